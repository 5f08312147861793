//! Matrix multiplication by fixed weights, in the form that is fastest on this processor.

mod integer_blocks;
mod tensors;

use std::borrow::Cow;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use candle_core::{Device, Result, Tensor};

use integer_blocks::IntegerBlocks;
use tensors::{Float, PaddedQ8};

/// Weights as the file holds them, row-major `[outputs, inputs]`.
pub(crate) struct Weight {
    pub(crate) outputs: usize,
    pub(crate) inputs: usize,
    pub(crate) values: Values,
}

/// How the numbers of a [`Weight`] are stored.
pub(crate) enum Values {
    /// ggml's 4-bit blocks: for 32 inputs a half-precision scale and 16 bytes.
    Q4_0(Vec<u8>),
    F32(Vec<f32>),
}

impl Weight {
    /// One matrix whose outputs are those of `parts` in turn; all have the same inputs and form.
    pub(crate) fn stacked(parts: Vec<Weight>) -> Option<Weight> {
        parts.into_iter().reduce(|mut stack, part| {
            stack.outputs += part.outputs;
            match (&mut stack.values, part.values) {
                (Values::Q4_0(stack), Values::Q4_0(part)) => stack.extend(part),
                (Values::F32(stack), Values::F32(part)) => stack.extend(part),
                // The importers read every weight of a layer in one form.
                _ => unreachable!("weights of one layer in two forms"),
            }
            stack
        })
    }

    /// The weights as 32-bit floats, `[outputs, inputs]`.
    fn to_tensor(&self) -> Result<Tensor> {
        let shape = (self.outputs, self.inputs);
        match &self.values {
            Values::F32(values) => Tensor::from_slice(values, shape, &Device::Cpu),
            Values::Q4_0(blocks) => {
                let storage = QStorage::from_data(Cow::Borrowed(blocks), &Device::Cpu, GgmlDType::Q4_0)?;
                QTensor::new(storage, shape)?.dequantize(&Device::Cpu)
            }
        }
    }
}

/// A way to multiply. All agree with each other to a cosine of 0.999 of the finished vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kernel {
    /// 4-bit weights times 8-bit activations in integers, ours, for AVX2.
    IntegerBlocks,
    /// candle's repacked 8-bit kernels, which want inputs in multiples of 256: the rest is zeros.
    PaddedQ8,
    /// candle's 32-bit matrix product.
    Float,
}

/// A linear layer, `output = input · weightᵀ + bias`.
pub(crate) struct Linear {
    bias: Vec<f32>,
    matrix: Matrix,
}

enum Matrix {
    IntegerBlocks(IntegerBlocks),
    PaddedQ8(PaddedQ8),
    Float(Float),
}

impl Linear {
    pub(crate) fn new(kernel: Kernel, weight: &Weight, bias: Vec<f32>) -> Result<Self> {
        let matrix = match kernel {
            Kernel::IntegerBlocks => match IntegerBlocks::new(weight) {
                Some(matrix) => Matrix::IntegerBlocks(matrix),
                None => candle_core::bail!("the integer kernel cannot hold these weights"),
            },
            Kernel::PaddedQ8 => Matrix::PaddedQ8(PaddedQ8::new(weight)?),
            Kernel::Float => Matrix::Float(Float::new(weight)?),
        };
        Ok(Self { bias, matrix })
    }

    /// Multiplies `[rows, inputs]` into `[rows, outputs]`.
    pub(crate) fn forward(&self, input: &[f32], output: &mut [f32]) -> Result<()> {
        match &self.matrix {
            Matrix::IntegerBlocks(matrix) => matrix.multiply(input, output),
            Matrix::PaddedQ8(matrix) => matrix.multiply(input, output)?,
            Matrix::Float(matrix) => matrix.multiply(input, output)?,
        }
        for row in output.chunks_exact_mut(self.bias.len()) {
            row.iter_mut().zip(&self.bias).for_each(|(value, bias)| *value += bias);
        }
        Ok(())
    }
}

/// Tokens of a usual question, the shape that the choice is measured on.
const SAMPLE_ROWS: usize = 24;
/// Time given to a kernel in each turn.
const SAMPLE_TIME: Duration = Duration::from_millis(5);
/// Every kernel has so many turns. All but the worst ones must be good: what else the machine does in one or two of them
/// decides nothing, and neither does a turn in which candle's callers happened not to meet.
const TURNS: usize = 8;
const WORST: usize = 2;

/// Measures every kernel that can hold `sample`, a weight of the model, and returns the fastest.
pub(crate) fn fastest(sample: &Weight) -> Result<Kernel> {
    let holds = |kernel: &Kernel| *kernel != Kernel::IntegerBlocks || integer_blocks::holds(sample);
    let kernels = [Kernel::IntegerBlocks, Kernel::PaddedQ8, Kernel::Float].into_iter().filter(holds);
    let built = |kernel| Ok((kernel, Linear::new(kernel, sample, vec![0.0; sample.outputs])?));
    let candidates = kernels.map(built).collect::<Result<Vec<_>>>()?;
    let mut rates = vec![Vec::new(); candidates.len()];
    for _ in 0..TURNS {
        for (rates, (_, linear)) in rates.iter_mut().zip(&candidates) {
            rates.push(measure(linear, sample)?);
        }
    }
    rates.iter_mut().for_each(|rates| rates.sort_by(f64::total_cmp));
    let measured = candidates.iter().zip(rates).map(|((kernel, _), rates)| (*kernel, rates[WORST]));
    let measured = measured.inspect(|(kernel, rate)| tracing::debug!(?kernel, rate, "measured a matrix kernel"));
    Ok(measured.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(Kernel::Float, |(kernel, _)| kernel))
}

/// Products a second while every core multiplies, as it is when many ask at once. One caller alone would flatter candle's
/// kernels: their pool of threads gives it all cores, and serves one caller after another.
fn measure(linear: &Linear, sample: &Weight) -> Result<f64> {
    let input: Vec<f32> = (0..SAMPLE_ROWS * sample.inputs).map(|i| (i as f32 * 0.37).sin()).collect();
    // The first round repacks weights and wakes threads.
    linear.forward(&input, &mut vec![0.0; SAMPLE_ROWS * sample.outputs])?;
    let together = Barrier::new(rayon::current_num_threads());
    let started = Instant::now();
    let rounds = rayon::broadcast(|_| {
        together.wait();
        let started = Instant::now();
        let mut output = vec![0.0; SAMPLE_ROWS * sample.outputs];
        let mut rounds = 0;
        while started.elapsed() < SAMPLE_TIME {
            linear.forward(&input, &mut output)?;
            rounds += 1;
        }
        Ok(rounds)
    });
    // Over the time of all: callers that come one after another must not count as if they had come together.
    let rounds: u32 = rounds.into_iter().sum::<Result<_>>()?;
    Ok(f64::from(rounds) / started.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {

    use super::*;

    const OUTPUTS: usize = 48;
    const INPUTS: usize = 96;

    fn weight() -> Weight {
        let values: Vec<f32> = (0..OUTPUTS * INPUTS).map(|i| (i as f32 * 0.731).sin() * 0.2).collect();
        let tensor = Tensor::from_vec(values, (OUTPUTS, INPUTS), &Device::Cpu).unwrap();
        let blocks = QTensor::quantize(&tensor, GgmlDType::Q4_0).unwrap().data().unwrap().into_owned();
        Weight { outputs: OUTPUTS, inputs: INPUTS, values: Values::Q4_0(blocks) }
    }

    fn outputs(kernel: Kernel, rows: usize) -> Vec<f32> {
        let linear = Linear::new(kernel, &weight(), (0..OUTPUTS).map(|i| i as f32).collect()).unwrap();
        // The largest activations that eight bits hold, so that an overflow would show.
        let input: Vec<f32> = (0..rows * INPUTS).map(|i| if i % 7 == 0 { -3.0 } else { 3.0 }).collect();
        let mut output = vec![0.0; rows * OUTPUTS];
        linear.forward(&input, &mut output).unwrap();
        output
    }

    #[test]
    fn all_kernels_agree() {
        for rows in [1, 3, 4, 70] {
            let exact = outputs(Kernel::Float, rows);
            let others = [Kernel::PaddedQ8, Kernel::IntegerBlocks];
            for kernel in others.into_iter().filter(|kernel| *kernel == Kernel::PaddedQ8 || integer_blocks::holds(&weight())) {
                for (value, exact) in outputs(kernel, rows).iter().zip(&exact) {
                    assert!((value - exact).abs() < 0.2, "{kernel:?}, {rows} rows: {value} is not {exact}");
                }
            }
        }
    }

    #[test]
    fn only_whole_tiles_of_four_bits_go_to_the_integer_kernel() {
        let odd = Weight { outputs: 8, inputs: 32, values: Values::Q4_0(vec![0; 8 * 18]) };
        assert!(!integer_blocks::holds(&odd));
        let floats = Weight { outputs: 16, inputs: 32, values: Values::F32(vec![0.0; 512]) };
        assert!(!integer_blocks::holds(&floats));
        assert!(fastest(&floats).is_ok());
    }
}
