//! BERT's encoder (Devlin et al. 2018, post-norm, exact GELU) with mean pooling, over plain slices.
//!
//! A layer is cut so that only attention needs the other tokens: from the attended values up to the next layer's queries,
//! keys and values every row stands alone. The rows of a text are split over the threads, which meet once a layer.

use candle_core::quantized::QTensor;
use candle_core::{Device, Result, Tensor};
use rayon::prelude::*;

use crate::ImportError;
use crate::attention::{HEAD_MULTIPLE, attend};
use crate::kernels::Linear;
use crate::vector_math::{add_layer_norm, gelu, layer_norm};

/// Rows go to threads in multiples of this, the number that the integer kernel computes together.
const ROW_MULTIPLE: usize = 4;

/// The shape of a model.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) hidden: usize,
    pub(crate) heads: usize,
    pub(crate) intermediate: usize,
    pub(crate) layers: usize,
    /// Tokens in one forward pass, `<s>` and `</s>` included.
    pub(crate) window: usize,
    /// The position of the first token (XLM-R counts from 2).
    pub(crate) first_position: usize,
    pub(crate) epsilon: f32,
}

impl Shape {
    /// Refuses what the code below cannot compute.
    pub(crate) fn check(&self) -> std::result::Result<(), ImportError> {
        let heads_fit = self.heads > 0 && self.hidden.is_multiple_of(self.heads * HEAD_MULTIPLE);
        let sound = heads_fit && self.hidden > 0 && self.intermediate >= self.hidden && self.window > 2;
        if sound { Ok(()) } else { Err(format!("hình dạng mô hình không dùng được: {self:?}").into()) }
    }
}

/// Scale and shift of a layer norm.
pub(crate) struct Norm {
    pub(crate) weight: Vec<f32>,
    pub(crate) bias: Vec<f32>,
}

/// One encoder layer; `qkv` computes queries, keys and values in one product.
pub(crate) struct Layer {
    pub(crate) qkv: Linear,
    pub(crate) attention_output: Linear,
    pub(crate) attention_norm: Norm,
    pub(crate) up: Linear,
    pub(crate) down: Linear,
    pub(crate) output_norm: Norm,
}

/// A loaded encoder.
pub(crate) struct Bert {
    pub(crate) shape: Shape,
    /// Quantised, rows are looked up: expanded it would take 384 MB.
    pub(crate) words: QTensor,
    /// Position plus token type 0, `[positions, hidden]`.
    pub(crate) positions: Vec<f32>,
    pub(crate) norm: Norm,
    pub(crate) layers: Vec<Layer>,
}

impl Bert {
    /// The mean of the last layer over all tokens (at most [`Shape::window`]), by up to `threads` threads.
    pub(crate) fn mean(&self, ids: &[u32], threads: usize) -> Result<Vec<f32>> {
        if threads < 2 {
            return self.forward(ids, ids.len());
        }
        let rows = ids.len().div_ceil(threads).next_multiple_of(ROW_MULTIPLE);
        // Inside one scope the threads stay awake between the layers.
        rayon::scope(|_| self.forward(ids, rows))
    }

    fn forward(&self, ids: &[u32], rows: usize) -> Result<Vec<f32>> {
        let hidden = self.shape.hidden;
        let mut x = self.embed_tokens(ids)?;
        let mut qkv = vec![0.0; 3 * x.len()];
        let mut next = vec![0.0; 3 * x.len()];
        self.split(rows, &mut x, &mut next, |_, x, next| {
            layer_norm(x, &self.norm.weight, &self.norm.bias, self.shape.epsilon);
            self.layers.first().map_or(Ok(()), |layer| layer.qkv.forward(x, next))
        })?;
        for (index, layer) in self.layers.iter().enumerate() {
            std::mem::swap(&mut qkv, &mut next);
            self.split(rows, &mut x, &mut next, |first_row, x, next| {
                layer.forward(&self.shape, &qkv, first_row, x)?;
                self.layers.get(index + 1).map_or(Ok(()), |layer| layer.qkv.forward(x, next))
            })?;
        }
        let mut mean = vec![0.0; hidden];
        for row in x.chunks_exact(hidden) {
            mean.iter_mut().zip(row).for_each(|(mean, value)| *mean += value / ids.len() as f32);
        }
        Ok(mean)
    }

    /// Word plus position vectors, `[tokens, hidden]`.
    fn embed_tokens(&self, ids: &[u32]) -> Result<Vec<f32>> {
        let ids = Tensor::from_slice(ids, ids.len(), &Device::Cpu)?;
        let mut x = self.words.embedding(&ids)?.flatten_all()?.to_vec1::<f32>()?;
        let positions = &self.positions[self.shape.first_position * self.shape.hidden..];
        x.iter_mut().zip(positions).for_each(|(value, position)| *value += position);
        Ok(x)
    }

    /// Calls `work(first row, rows of x, rows of next)` for every share of `rows` rows, in parallel when there are several.
    fn split(
        &self,
        rows: usize,
        x: &mut [f32],
        next: &mut [f32],
        work: impl Fn(usize, &mut [f32], &mut [f32]) -> Result<()> + Sync,
    ) -> Result<()> {
        let share = rows * self.shape.hidden;
        if x.len() <= share {
            return work(0, x, next);
        }
        x.par_chunks_mut(share)
            .zip(next.par_chunks_mut(3 * share))
            .enumerate()
            .try_for_each(|(index, (x, next))| work(index * rows, x, next))
    }
}

impl Layer {
    /// The layer for the rows of `x`, which are `first_row..` of the text whose `qkv` this is.
    fn forward(&self, shape: &Shape, qkv: &[f32], first_row: usize, x: &mut [f32]) -> Result<()> {
        let mut wide = vec![0.0; x.len() / shape.hidden * shape.intermediate];
        let mut narrow = vec![0.0; x.len()];
        attend(qkv, first_row, shape.heads, &mut wide[..x.len()], shape.hidden);
        self.attention_output.forward(&wide[..x.len()], &mut narrow)?;
        add_layer_norm(x, &narrow, &self.attention_norm.weight, &self.attention_norm.bias, shape.epsilon);
        self.up.forward(x, &mut wide)?;
        gelu(&mut wide);
        self.down.forward(&wide, &mut narrow)?;
        add_layer_norm(x, &narrow, &self.output_norm.weight, &self.output_norm.bias, shape.epsilon);
        Ok(())
    }
}
