//! The element-wise half of BERT over plain slices, written so that the compiler turns each loop into vector
//! instructions: no branches inside, sums in independent lanes.

/// Lanes that a sum keeps apart; two AVX2 registers' worth hides the latency of the addition.
const LANES: usize = 16;

/// Runs `work` compiled for AVX2 where the processor has it, and for the build's baseline elsewhere.
#[inline(always)]
pub(crate) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = pulp::x86::V3::try_new() {
        return avx2.vectorize(work);
    }
    work()
}

/// `x = layer_norm(x + addend)` for every row of `x` (`[rows, weight.len()]`); the addend has the same shape.
pub(crate) fn add_layer_norm(x: &mut [f32], addend: &[f32], weight: &[f32], bias: &[f32], epsilon: f32) {
    vectorised(
        #[inline(always)]
        || {
            for (row, addend) in x.chunks_exact_mut(weight.len()).zip(addend.chunks_exact(weight.len())) {
                row.iter_mut().zip(addend).for_each(|(value, addend)| *value += addend);
                normalise_row(row, weight, bias, epsilon);
            }
        },
    );
}

/// `x = layer_norm(x)` for every row of `x` (`[rows, weight.len()]`).
pub(crate) fn layer_norm(x: &mut [f32], weight: &[f32], bias: &[f32], epsilon: f32) {
    vectorised(
        #[inline(always)]
        || x.chunks_exact_mut(weight.len()).for_each(|row| normalise_row(row, weight, bias, epsilon)),
    );
}

#[inline(always)]
fn normalise_row(row: &mut [f32], weight: &[f32], bias: &[f32], epsilon: f32) {
    let length = row.len() as f32;
    let mean = sum(row, |value| value) / length;
    let variance = sum(row, |value| (value - mean) * (value - mean)) / length;
    let scale = 1.0 / (variance + epsilon).sqrt();
    for ((value, weight), bias) in row.iter_mut().zip(weight).zip(bias) {
        *value = (*value - mean) * scale * weight + bias;
    }
}

#[inline(always)]
fn sum(values: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest: f32 = chunks.remainder().iter().map(|&value| term(value)).sum();
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane += term(value);
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// The exact (erf) GELU, in place.
pub(crate) fn gelu(x: &mut [f32]) {
    vectorised(
        #[inline(always)]
        || {
            for value in x {
                *value = 0.5 * *value * (1.0 + erf(*value * std::f32::consts::FRAC_1_SQRT_2));
            }
        },
    );
}

/// The rational approximation of Eigen and XLA (`generic_fast_erf_float`); its error is a few units in the last place.
#[inline(always)]
fn erf(x: f32) -> f32 {
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let numerator = polynomial(
        square,
        [-2.726_142_3e-10, 2.770_681_4e-8, -2.101_024e-6, -5.692_506_4e-5, -7.349_906_3e-4, -2.954_6e-3, -1.609_603_3e-2],
    );
    let denominator = polynomial(square, [-1.456_607_2e-5, -2.133_740_6e-4, -1.682_827_e-3, -7.373_329e-3, -1.426_473_9e-2]);
    x * numerator / denominator
}

#[inline(always)]
fn polynomial<const N: usize>(x: f32, coefficients: [f32; N]) -> f32 {
    coefficients.into_iter().fold(0.0, |value, coefficient| value * x + coefficient)
}

/// Turns one row of attention scores into weights that sum to one.
#[inline(always)]
pub(crate) fn softmax(row: &mut [f32]) {
    let mut maxima = [f32::NEG_INFINITY; LANES];
    let chunks = row.chunks_exact(LANES);
    let rest = chunks.remainder().iter().fold(f32::NEG_INFINITY, |max, &value| max.max(value));
    for chunk in chunks {
        for (max, &value) in maxima.iter_mut().zip(chunk) {
            *max = if value > *max { value } else { *max };
        }
    }
    let max = maxima.into_iter().fold(rest, f32::max);
    row.iter_mut().for_each(|value| *value = exp(*value - max));
    let scale = 1.0 / sum(row, |value| value);
    row.iter_mut().for_each(|value| *value *= scale);
}

/// `e^x` for `x` ≤ 0 by Cephes' `expf`: a power of two times a polynomial of the rest, error below 2e-7.
#[inline(always)]
fn exp(x: f32) -> f32 {
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let power = shifted - ROUND;
    let rest = x - power * 0.693_359_4 + power * 2.121_944_4e-4;
    let tail = polynomial(rest, [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5]);
    let scale = f32::from_bits((shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127)) << 23);
    (tail * rest * rest + rest + 1.0) * scale
}

/// Adding this number leaves a float no room for a fraction: it rounds to the nearest integer, which then stands in
/// the lowest bits.
pub(crate) const ROUND: f32 = 12_582_912.0;

/// Scales a vector to length one; a zero vector stays as it is.
pub(crate) fn l2_normalise(vector: &mut [f32]) {
    let norm = sum(vector, |value| value * value).sqrt();
    if norm > 1e-6 {
        vector.iter_mut().for_each(|value| *value /= norm);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gelu_follows_the_error_function() {
        // Reference values of x·Φ(x), from tables of the normal distribution.
        let mut values = [-6.0, -2.0, -1.0, 0.0, 0.5, 1.0, 3.0, 6.0];
        gelu(&mut values);
        let expected = [0.0, -0.045_500_26, -0.158_655_25, 0.0, 0.345_731_23, 0.841_344_7, 2.995_950_3, 6.0];
        for (value, expected) in values.iter().zip(expected) {
            assert!((value - expected).abs() < 2e-6, "{value} is not {expected}");
        }
    }

    #[test]
    fn softmax_follows_exp_and_sums_to_one() {
        let scores: Vec<f32> = (0..37).map(|i| (i as f32 * 0.7).sin() * 40.0).collect();
        let mut weights = scores.clone();
        softmax(&mut weights);
        let total: f64 = scores.iter().map(|&score| f64::from(score).exp()).sum();
        for (weight, score) in weights.iter().zip(&scores) {
            assert!((f64::from(*weight) - f64::from(*score).exp() / total).abs() < 1e-6);
        }
    }

    #[test]
    fn layer_norm_gives_mean_zero_and_variance_one() {
        let mut x: Vec<f32> = (0..48).map(|i| (i * i % 17) as f32).collect();
        layer_norm(&mut x, &[1.0; 48], &[0.0; 48], 1e-12);
        assert!((x.iter().sum::<f32>()).abs() < 1e-4);
        assert!((x.iter().map(|value| value * value).sum::<f32>() / 48.0 - 1.0).abs() < 1e-4);
    }
}
