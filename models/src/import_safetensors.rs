//! Reads a folder as model hubs lay it out: `config.json`, `tokenizer.json`, `model.safetensors` of a BERT or XLM-R.

use std::collections::HashMap;
use std::path::Path;

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{DType, Device, Tensor, safetensors};
use serde::Deserialize;
use tokenizers::Tokenizer;

use crate::ImportError;
use crate::bert::{Bert, Layer, Norm, Shape};
use crate::embedder::BertEmbedder;
use crate::kernels::{Kernel, Linear, Values, Weight, fastest};
use crate::tokenization::{TokenModel, Tokenization};

/// The files of the folder; weights last, the others are small.
pub(crate) const FILES: [&str; 3] = ["config.json", "tokenizer.json", "model.safetensors"];

type Result<T> = std::result::Result<T, ImportError>;

/// The fields of `config.json` that matter here.
#[derive(Deserialize)]
struct Config {
    model_type: String,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    layer_norm_eps: f32,
    #[serde(default)]
    pad_token_id: usize,
}

/// Loads the folder as the embedder `id`.
pub(crate) fn import(folder: &Path, id: String) -> Result<BertEmbedder> {
    let shape = read_shape(&std::fs::read(folder.join(FILES[0]))?)?;
    let tokenization = read_tokenization(&folder.join(FILES[1]))?;
    let tensors = Tensors(safetensors::load(folder.join(FILES[2]), &Device::Cpu)?);
    Ok(BertEmbedder::new(id, tokenization, read_bert(&tensors, shape)?))
}

fn read_shape(config: &[u8]) -> Result<Shape> {
    let config: Config = serde_json::from_slice(config)?;
    // XLM-R counts positions from the one after its padding id, BERT from zero.
    let first_position = match config.model_type.as_str() {
        "bert" => 0,
        "xlm-roberta" => config.pad_token_id + 1,
        other => return Err(format!("loại mô hình {other} chưa được hỗ trợ").into()),
    };
    let shape = Shape {
        hidden: config.hidden_size,
        heads: config.num_attention_heads,
        intermediate: config.intermediate_size,
        layers: config.num_hidden_layers,
        window: config.max_position_embeddings.saturating_sub(first_position),
        first_position,
        epsilon: config.layer_norm_eps,
    };
    shape.check()?;
    Ok(shape)
}

fn read_tokenization(path: &Path) -> Result<Tokenization> {
    let mut tokenizer = Tokenizer::from_file(path)?;
    // Windows do the cutting, and one text at a time needs no filling.
    tokenizer.with_truncation(None)?.with_padding(None);
    let frame = tokenizer.encode("", true)?;
    let (&begin, &end) = frame.get_ids().first().zip(frame.get_ids().last()).ok_or("bộ tách từ không có ký hiệu đầu, cuối")?;
    Ok(Tokenization { begin, end, model: TokenModel::HuggingFace(Box::new(tokenizer)) })
}

fn read_bert(tensors: &Tensors, shape: Shape) -> Result<Bert> {
    let hidden = shape.hidden;
    let words = tensors.get("embeddings.word_embeddings.weight")?;
    let token_type = tensors.get("embeddings.token_type_embeddings.weight")?.narrow(0, 0, 1)?;
    let positions = tensors.get("embeddings.position_embeddings.weight")?.broadcast_add(&token_type)?;
    if positions.dims() != [shape.first_position + shape.window, hidden] {
        return Err("bảng vị trí có dạng lạ".into());
    }
    let kernel = fastest(&tensors.weight("encoder.layer.0.intermediate.dense", shape.intermediate, hidden)?)?;
    tracing::info!(?kernel, "chose the matrix kernel");
    let layers = (0..shape.layers).map(|layer| read_layer(tensors, &shape, kernel, layer)).collect::<Result<_>>()?;
    Ok(Bert {
        words: QTensor::quantize(&words, GgmlDType::Q8_0)?,
        positions: positions.flatten_all()?.to_vec1()?,
        norm: tensors.norm("embeddings.LayerNorm", hidden)?,
        layers,
        shape,
    })
}

fn read_layer(tensors: &Tensors, shape: &Shape, kernel: Kernel, layer: usize) -> Result<Layer> {
    let name = |part: &str| format!("encoder.layer.{layer}.{part}");
    let (hidden, intermediate) = (shape.hidden, shape.intermediate);
    let linear = |part: &str, outputs, inputs| -> Result<Linear> {
        let weight = tensors.weight(&name(part), outputs, inputs)?;
        Ok(Linear::new(kernel, &weight, tensors.floats(&name(&format!("{part}.bias")), outputs)?)?)
    };
    let parts = ["query", "key", "value"].map(|part| name(&format!("attention.self.{part}")));
    let weights = parts.iter().map(|part| tensors.weight(part, hidden, hidden)).collect::<Result<_>>()?;
    let biases: Vec<_> = parts.iter().map(|part| tensors.floats(&format!("{part}.bias"), hidden)).collect::<Result<_>>()?;
    let qkv = Weight::stacked(weights).ok_or("lớp không có trọng số")?;
    Ok(Layer {
        qkv: Linear::new(kernel, &qkv, biases.concat())?,
        attention_output: linear("attention.output.dense", hidden, hidden)?,
        attention_norm: tensors.norm(&name("attention.output.LayerNorm"), hidden)?,
        up: linear("intermediate.dense", intermediate, hidden)?,
        down: linear("output.dense", hidden, intermediate)?,
        output_norm: tensors.norm(&name("output.LayerNorm"), hidden)?,
    })
}

/// The tensors by name, with or without the name of the whole model in front.
struct Tensors(HashMap<String, Tensor>);

impl Tensors {
    fn get(&self, name: &str) -> Result<Tensor> {
        let tensor = ["", "bert.", "roberta."].iter().find_map(|prefix| self.0.get(&format!("{prefix}{name}")));
        Ok(tensor.ok_or_else(|| format!("thiếu tensor {name}"))?.to_dtype(DType::F32)?)
    }

    fn floats(&self, name: &str, length: usize) -> Result<Vec<f32>> {
        let values = self.get(name)?.flatten_all()?.to_vec1()?;
        if values.len() == length { Ok(values) } else { Err(format!("tensor {name} có dạng lạ").into()) }
    }

    fn weight(&self, name: &str, outputs: usize, inputs: usize) -> Result<Weight> {
        let values = Values::F32(self.floats(&format!("{name}.weight"), outputs * inputs)?);
        Ok(Weight { outputs, inputs, values })
    }

    fn norm(&self, name: &str, length: usize) -> Result<Norm> {
        let weight = self.floats(&format!("{name}.weight"), length)?;
        Ok(Norm { weight, bias: self.floats(&format!("{name}.bias"), length)? })
    }
}
