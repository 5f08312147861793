//! A folder as model hubs lay it out, tiny and made here.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use candle_core::{Device, Tensor};
use models::store::{ModelSource, StoreError, obtain};
use models::{Embedder, TextKind};
use serde_json::json;

const HIDDEN: usize = 32;
const INTERMEDIATE: usize = 64;
const WORDS: [&str; 8] = ["<s>", "<pad>", "</s>", "<unk>", "query:", "passage:", "lệ", "phí"];

/// Numbers between -0.5 and 0.5 that look random and are the same every time.
fn tensor(seed: u32, shape: &[usize]) -> Tensor {
    let random = |i: u32| {
        let mixed = (i + 10_000 * seed).wrapping_mul(0x9e37_79b1);
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d);
        (mixed ^ (mixed >> 13)) as f32 / u32::MAX as f32 - 0.5
    };
    let values: Vec<f32> = (0..shape.iter().product::<usize>() as u32).map(random).collect();
    Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
}

fn write_folder(folder: &Path, model_type: &str) {
    let positions = if model_type == "bert" { 16 } else { 18 };
    let config = json!({
        "model_type": model_type, "hidden_size": HIDDEN, "num_hidden_layers": 2, "num_attention_heads": 2,
        "intermediate_size": INTERMEDIATE, "max_position_embeddings": positions, "layer_norm_eps": 1e-12, "pad_token_id": 1,
    });
    fs::write(folder.join("config.json"), config.to_string()).unwrap();
    let vocabulary: HashMap<_, _> = WORDS.iter().zip(0..).collect();
    let tokenizer = json!({
        "version": "1.0", "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
        "padding": null, "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"}, "decoder": null,
        "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": true,
            "add_prefix_space": false},
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "<unk>"},
    });
    fs::write(folder.join("tokenizer.json"), tokenizer.to_string()).unwrap();
    candle_core::safetensors::save(&tensors(positions), folder.join("model.safetensors")).unwrap();
}

fn tensors(positions: usize) -> HashMap<String, Tensor> {
    let mut shapes: Vec<(String, Vec<usize>)> = vec![
        ("embeddings.word_embeddings.weight".into(), vec![WORDS.len(), HIDDEN]),
        ("embeddings.position_embeddings.weight".into(), vec![positions, HIDDEN]),
        ("embeddings.token_type_embeddings.weight".into(), vec![2, HIDDEN]),
    ];
    let mut pair = |name: String, weight: Vec<usize>| {
        shapes.push((format!("{name}.bias"), vec![weight[0]]));
        shapes.push((format!("{name}.weight"), weight));
    };
    pair("embeddings.LayerNorm".into(), vec![HIDDEN]);
    for layer in 0..2 {
        for part in ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"] {
            pair(format!("encoder.layer.{layer}.{part}"), vec![HIDDEN, HIDDEN]);
        }
        pair(format!("encoder.layer.{layer}.intermediate.dense"), vec![INTERMEDIATE, HIDDEN]);
        pair(format!("encoder.layer.{layer}.output.dense"), vec![HIDDEN, INTERMEDIATE]);
        pair(format!("encoder.layer.{layer}.attention.output.LayerNorm"), vec![HIDDEN]);
        pair(format!("encoder.layer.{layer}.output.LayerNorm"), vec![HIDDEN]);
    }
    shapes.into_iter().zip(0..).map(|((name, shape), seed)| (name, tensor(seed, &shape))).collect()
}

/// The same model in plain tensor operations, for up to 14 words.
fn expected(tensors: &HashMap<String, Tensor>, ids: &[u32], first_position: usize) -> Vec<f32> {
    let get = |name: &str| tensors[name].clone();
    let linear = |x: &Tensor, name: &str| {
        let weight = get(&format!("{name}.weight")).t().unwrap();
        x.matmul(&weight).unwrap().broadcast_add(&get(&format!("{name}.bias"))).unwrap()
    };
    let norm = |x: &Tensor, name: &str| {
        let centred = x.broadcast_sub(&x.mean_keepdim(1).unwrap()).unwrap();
        let variance = centred.sqr().unwrap().mean_keepdim(1).unwrap();
        let scaled = centred.broadcast_div(&variance.sqrt().unwrap()).unwrap();
        let scaled = scaled.broadcast_mul(&get(&format!("{name}.weight"))).unwrap();
        scaled.broadcast_add(&get(&format!("{name}.bias"))).unwrap()
    };
    let positions = get("embeddings.position_embeddings.weight").narrow(0, first_position, ids.len()).unwrap();
    let words = get("embeddings.word_embeddings.weight").index_select(&Tensor::new(ids, &Device::Cpu).unwrap(), 0).unwrap();
    let types = get("embeddings.token_type_embeddings.weight").narrow(0, 0, 1).unwrap();
    let mut x = norm(&(words + positions).unwrap().broadcast_add(&types).unwrap(), "embeddings.LayerNorm");
    for layer in 0..2 {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        let [q, k, v] = ["query", "key", "value"].map(|part| linear(&x, &name(&format!("attention.self.{part}"))));
        let head = |index: usize| {
            let [q, k, v] = [&q, &k, &v].map(|all| all.narrow(1, index * 16, 16).unwrap().contiguous().unwrap());
            let scores = (q.matmul(&k.t().unwrap()).unwrap() / 4.0).unwrap().exp().unwrap();
            let weights = scores.broadcast_div(&scores.sum_keepdim(1).unwrap()).unwrap();
            weights.matmul(&v).unwrap()
        };
        let context = Tensor::cat(&[head(0), head(1)], 1).unwrap();
        let attended = (&x + linear(&context, &name("attention.output.dense"))).unwrap();
        x = norm(&attended, &name("attention.output.LayerNorm"));
        let wide = linear(&x, &name("intermediate.dense")).gelu_erf().unwrap();
        let sum = (&x + linear(&wide, &name("output.dense"))).unwrap();
        x = norm(&sum, &name("output.LayerNorm"));
    }
    x.mean(0).unwrap().to_vec1().unwrap()
}

fn open(folder: &Path, models_dir: &Path) -> Result<Arc<dyn Embedder>, StoreError> {
    obtain(&ModelSource::Folder(folder.to_owned()), models_dir, &|_| {})
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn both_architectures_follow_the_plain_computation() {
    for (model_type, first_position) in [("bert", 0), ("xlm-roberta", 2)] {
        let (folder, models_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write_folder(folder.path(), model_type);
        let embedder = open(folder.path(), models_dir.path()).unwrap();
        assert_eq!(embedder.dimensions(), HIDDEN);
        let vector = embedder.embed(TextKind::Query, &["lệ phí phí lạ lệ"]).unwrap().remove(0);
        let tensors = tensors(16 + first_position);
        let expected = expected(&tensors, &[0, 4, 6, 7, 7, 3, 6, 2], first_position);
        assert!(cosine(&vector, &expected) > 0.999, "{model_type}");
    }
}

#[test]
fn a_text_longer_than_the_window_is_the_average_of_its_windows() {
    let (folder, models_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_folder(folder.path(), "bert");
    let embedder = open(folder.path(), models_dir.path()).unwrap();
    let vector = embedder.embed(TextKind::Passage, &[format!("{}{}", "phí ".repeat(13), "lệ ".repeat(7)).as_str()]).unwrap().remove(0);
    let first: Vec<u32> = [0, 5].into_iter().chain([7; 13]).chain([2]).collect();
    let second: Vec<u32> = [0].into_iter().chain([6; 7]).chain([2]).collect();
    let tensors = tensors(16);
    let (first, second) = (expected(&tensors, &first, 0), expected(&tensors, &second, 0));
    let average = |a: f32, b: f32| -> Vec<f32> { first.iter().zip(&second).map(|(first, second)| a * first + b * second).collect() };
    assert!(cosine(&vector, &average(14.0, 7.0)) > 0.999);
    assert!(cosine(&vector, &average(14.0, 7.0)) > cosine(&vector, &average(1.0, 1.0)));
}

#[test]
fn the_id_follows_every_file() {
    let (folder, models_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_folder(folder.path(), "bert");
    let id = open(folder.path(), models_dir.path()).unwrap().id().to_owned();
    assert_eq!(open(folder.path(), models_dir.path()).unwrap().id(), id);
    let tokenizer = fs::read_to_string(folder.path().join("tokenizer.json")).unwrap();
    fs::write(folder.path().join("tokenizer.json"), tokenizer + " ").unwrap();
    assert_ne!(open(folder.path(), models_dir.path()).unwrap().id(), id);
}

#[test]
fn broken_folders_are_named_in_one_sentence() {
    let (folder, models_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let failure = |folder: &Path| open(folder, models_dir.path()).err().unwrap();
    assert!(matches!(failure(folder.path()), StoreError::NoModelInFolder { .. }));
    write_folder(folder.path(), "t5");
    assert!(failure(folder.path()).to_string().contains("loại mô hình t5 chưa được hỗ trợ"));
    write_folder(folder.path(), "bert");
    fs::write(folder.path().join("model.safetensors"), "not weights").unwrap();
    assert!(matches!(failure(folder.path()), StoreError::Unreadable { .. }));
    fs::write(folder.path().join("e5-small-q4.bin"), "not weights either").unwrap();
    assert!(matches!(failure(folder.path()), StoreError::WrongHash { .. }));
}
