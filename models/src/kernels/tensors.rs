//! The kernels that candle brings.

use candle_core::quantized::{GgmlDType, QMatMul, QTensor};
use candle_core::{D, Device, Module, Result, Tensor};

use super::Weight;

/// candle's fast repacked kernels take only inputs in multiples of this.
const INPUT_MULTIPLE: usize = 256;

/// 8-bit weights whose inputs are filled up with zeros.
pub(super) struct PaddedQ8 {
    inputs: usize,
    padded: usize,
    matrix: QMatMul,
}

impl PaddedQ8 {
    pub(super) fn new(weight: &Weight) -> Result<Self> {
        let padded = weight.inputs.next_multiple_of(INPUT_MULTIPLE);
        let tensor = weight.to_tensor()?.pad_with_zeros(D::Minus1, 0, padded - weight.inputs)?;
        let matrix = QMatMul::from_qtensor(QTensor::quantize(&tensor, GgmlDType::Q8_0)?)?;
        Ok(Self { inputs: weight.inputs, padded, matrix })
    }

    pub(super) fn multiply(&self, input: &[f32], output: &mut [f32]) -> Result<()> {
        let rows = input.len() / self.inputs;
        let mut filled = vec![0.0; rows * self.padded];
        for (filled, row) in filled.chunks_exact_mut(self.padded).zip(input.chunks_exact(self.inputs)) {
            filled[..self.inputs].copy_from_slice(row);
        }
        let input = Tensor::from_vec(filled, (rows, self.padded), &Device::Cpu)?;
        copy_out(&self.matrix.forward(&input)?, output)
    }
}

/// 32-bit weights, `[inputs, outputs]`.
pub(super) struct Float {
    inputs: usize,
    matrix: Tensor,
}

impl Float {
    pub(super) fn new(weight: &Weight) -> Result<Self> {
        Ok(Self { inputs: weight.inputs, matrix: weight.to_tensor()?.t()? })
    }

    pub(super) fn multiply(&self, input: &[f32], output: &mut [f32]) -> Result<()> {
        let input = Tensor::from_slice(input, (input.len() / self.inputs, self.inputs), &Device::Cpu)?;
        copy_out(&input.matmul(&self.matrix)?, output)
    }
}

fn copy_out(tensor: &Tensor, output: &mut [f32]) -> Result<()> {
    output.copy_from_slice(&tensor.flatten_all()?.to_vec1::<f32>()?);
    Ok(())
}
