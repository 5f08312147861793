//! 4-bit weights times 8-bit activations, in integers, for AVX2.
//!
//! The arithmetic is ggml's Q4_0 · Q8_0: per 32 inputs one integer product, scaled by both sides' scales. What makes it
//! fast is the layout. A register holds 8 outputs × 4 inputs, so a product needs no sum across lanes at the end; and the
//! weights are at most 15, so that all 32 inputs of a block add up in 16 bits (8 × 2 × 15 · 127 = 30,480 < 32,767)
//! before they are widened once.

use super::{Values, Weight};
use crate::vector_math::{ROUND, vectorised};

/// Inputs that share a scale.
const BLOCK: usize = 32;
/// ggml's bytes for a block: a half-precision scale and 32 nibbles.
const BLOCK_BYTES: usize = 2 + BLOCK / 2;
/// Outputs in a register.
const LANES: usize = 8;
/// Outputs computed together.
const OUTPUTS: usize = 2 * LANES;

/// Weights, tile after tile: `[outputs / 8][inputs / 32]`.
pub(super) struct IntegerBlocks {
    blocks: usize,
    tiles: Vec<Tile>,
}

/// 8 outputs × 32 inputs.
#[derive(Clone, Copy)]
struct Tile {
    scales: [f32; LANES],
    /// Byte `4 · output + i` of `quants[g]` holds input `4g + i` in its low nibble and input `16 + 4g + i` in the high one.
    quants: [[u8; 4 * LANES]; 4],
}

/// 32 activations of one row.
#[derive(Clone, Copy)]
struct Activations {
    scale: f32,
    /// Eight times their sum: the weights' nibbles stand for −8 to 7.
    offset: i32,
    /// Four 8-bit activations in each.
    quants: [i32; BLOCK / 4],
}

/// Whether this processor and these weights fit the kernel.
pub(super) fn holds(weight: &Weight) -> bool {
    matches!(weight.values, Values::Q4_0(_))
        && weight.inputs.is_multiple_of(BLOCK)
        && weight.outputs.is_multiple_of(OUTPUTS)
        && avx2::available()
}

impl IntegerBlocks {
    pub(super) fn new(weight: &Weight) -> Option<Self> {
        let Values::Q4_0(bytes) = &weight.values else { return None };
        if !holds(weight) {
            return None;
        }
        let blocks = weight.inputs / BLOCK;
        let tiles = bytes
            .chunks_exact(LANES * blocks * BLOCK_BYTES)
            .flat_map(|rows| (0..blocks).map(move |block| Tile::new(rows, blocks, block)))
            .collect();
        Some(Self { blocks, tiles })
    }

    /// `[rows, inputs]` into `[rows, outputs]`.
    pub(super) fn multiply(&self, input: &[f32], output: &mut [f32]) {
        let activations = quantise(input);
        avx2::multiply(&self.tiles, self.blocks, &activations, output);
    }
}

impl Tile {
    /// Gathers one block of each of 8 consecutive `rows` of ggml's layout.
    fn new(rows: &[u8], blocks: usize, block: usize) -> Self {
        let mut tile = Tile { scales: [0.0; LANES], quants: [[0; 4 * LANES]; 4] };
        for (output, row) in rows.chunks_exact(blocks * BLOCK_BYTES).enumerate() {
            let bytes = &row[block * BLOCK_BYTES..][..BLOCK_BYTES];
            tile.scales[output] = half::f16::from_le_bytes([bytes[0], bytes[1]]).to_f32();
            for (quants, nibbles) in tile.quants.iter_mut().zip(bytes[2..].chunks_exact(4)) {
                quants[4 * output..][..4].copy_from_slice(nibbles);
            }
        }
        tile
    }
}

fn quantise(input: &[f32]) -> Vec<Activations> {
    let (blocks, _) = input.as_chunks::<BLOCK>();
    let mut activations = vec![Activations { scale: 0.0, offset: 0, quants: [0; BLOCK / 4] }; blocks.len()];
    vectorised(
        #[inline(always)]
        || {
            for (activations, block) in activations.iter_mut().zip(blocks) {
                quantise_block(block, activations);
            }
        },
    );
    activations
}

/// Scales the block so that its largest magnitude becomes 127, and rounds.
#[inline(always)]
fn quantise_block(block: &[f32; BLOCK], activations: &mut Activations) {
    let mut maxima = [0.0_f32; LANES];
    for chunk in block.as_chunks::<LANES>().0 {
        for (max, value) in maxima.iter_mut().zip(chunk) {
            let magnitude = value.abs();
            *max = if magnitude > *max { magnitude } else { *max };
        }
    }
    let max = maxima.into_iter().fold(0.0, f32::max);
    let inverse = if max > 0.0 { 127.0 / max } else { 0.0 };
    let mut rounded = [0; BLOCK];
    for (rounded, value) in rounded.iter_mut().zip(block) {
        *rounded = (value * inverse + ROUND).to_bits().wrapping_sub(ROUND.to_bits()) as i32;
    }
    activations.scale = max / 127.0;
    activations.offset = 8 * rounded.iter().sum::<i32>();
    for (quants, rounded) in activations.quants.iter_mut().zip(rounded.as_chunks::<4>().0) {
        *quants = (rounded[0] & 0xff) | (rounded[1] & 0xff) << 8 | (rounded[2] & 0xff) << 16 | rounded[3] << 24;
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{__m256, __m256i};

    use pulp::x86::V3;

    use super::{Activations, LANES, OUTPUTS, Tile};

    /// Rows computed together: each weight loaded and unpacked serves this many.
    const ROWS: usize = 4;
    /// Rows whose activations stay in the second-level cache while all weights pass.
    const PANEL: usize = 64;

    pub(super) fn available() -> bool {
        V3::is_available()
    }

    pub(super) fn multiply(tiles: &[Tile], blocks: usize, activations: &[Activations], output: &mut [f32]) {
        let Some(simd) = V3::try_new() else { return };
        let outputs = tiles.len() / blocks * LANES;
        for (activations, output) in activations.chunks(PANEL * blocks).zip(output.chunks_mut(PANEL * outputs)) {
            simd.vectorize(
                #[inline(always)]
                || multiply_panel(simd, tiles, blocks, activations, output, outputs),
            );
        }
    }

    #[inline(always)]
    fn multiply_panel(simd: V3, tiles: &[Tile], blocks: usize, activations: &[Activations], output: &mut [f32], outputs: usize) {
        for (column, pair) in tiles.chunks_exact(2 * blocks).enumerate() {
            let mut rows = activations.chunks_exact(ROWS * blocks);
            let mut written = output.chunks_exact_mut(ROWS * outputs);
            for (rows, written) in rows.by_ref().zip(written.by_ref()) {
                multiply_rows::<ROWS>(simd, pair, rows, &mut written[column * OUTPUTS..], outputs);
            }
            for (row, written) in rows.remainder().chunks_exact(blocks).zip(written.into_remainder().chunks_exact_mut(outputs)) {
                multiply_rows::<1>(simd, pair, row, &mut written[column * OUTPUTS..], outputs);
            }
        }
    }

    /// `R` rows times 16 outputs. `output` begins at the first of them, its rows are `outputs` apart.
    #[inline(always)]
    fn multiply_rows<const R: usize>(simd: V3, tiles: &[Tile], activations: &[Activations], output: &mut [f32], outputs: usize) {
        let blocks = tiles.len() / 2;
        let (lower, upper) = tiles.split_at(blocks);
        let mut rows = [activations; R];
        for (row, activations) in rows.iter_mut().zip(activations.chunks_exact(blocks)) {
            *row = activations;
        }
        let mut sums = [[simd.avx._mm256_setzero_ps(); 2]; R];
        for (block, tiles) in lower.iter().zip(upper).enumerate() {
            let mut activations = [&rows[0][block]; R];
            for (activations, row) in activations.iter_mut().zip(rows) {
                *activations = &row[block];
            }
            let products = multiply_block(simd, [tiles.0, tiles.1], activations);
            for ((sums, products), activations) in sums.iter_mut().zip(products).zip(activations) {
                let offset = simd.avx._mm256_set1_epi32(activations.offset);
                let scale = simd.avx._mm256_set1_ps(activations.scale);
                for ((sum, product), tile) in sums.iter_mut().zip(products).zip([tiles.0, tiles.1]) {
                    let scales = simd.avx._mm256_mul_ps(pulp::bytemuck::cast(tile.scales), scale);
                    let product = simd.avx._mm256_cvtepi32_ps(simd.avx2._mm256_sub_epi32(product, offset));
                    *sum = simd.fma._mm256_fmadd_ps(product, scales, *sum);
                }
            }
        }
        for (row, sums) in sums.into_iter().enumerate() {
            let written: [f32; OUTPUTS] = pulp::bytemuck::cast::<[__m256; 2], _>(sums);
            output[row * outputs..][..OUTPUTS].copy_from_slice(&written);
        }
    }

    /// The integer products of one block, 2 × 8 outputs for each row. Loops, not `map`: closures would be compiled apart,
    /// without AVX2.
    #[inline(always)]
    fn multiply_block<const R: usize>(simd: V3, tiles: [&Tile; 2], activations: [&Activations; R]) -> [[__m256i; 2]; R] {
        let nibble = simd.avx._mm256_set1_epi8(0x0f);
        let mut sums = [[simd.avx._mm256_setzero_si256(); 2]; R];
        for group in 0..4 {
            let bytes: [__m256i; 2] = [pulp::bytemuck::cast(tiles[0].quants[group]), pulp::bytemuck::cast(tiles[1].quants[group])];
            for half in 0..2 {
                let shifted = if half == 0 {
                    bytes
                } else {
                    [simd.avx2._mm256_srli_epi16::<4>(bytes[0]), simd.avx2._mm256_srli_epi16::<4>(bytes[1])]
                };
                let weights = [simd.avx2._mm256_and_si256(shifted[0], nibble), simd.avx2._mm256_and_si256(shifted[1], nibble)];
                for (sums, activations) in sums.iter_mut().zip(activations) {
                    let activations = simd.avx._mm256_set1_epi32(activations.quants[group + 4 * half]);
                    for (sum, weights) in sums.iter_mut().zip(weights) {
                        let products = simd.avx2._mm256_maddubs_epi16(weights, activations);
                        *sum = simd.avx2._mm256_add_epi16(*sum, products);
                    }
                }
            }
        }
        let ones = simd.avx._mm256_set1_epi16(1);
        for sum in sums.as_flattened_mut() {
            *sum = simd.avx2._mm256_madd_epi16(*sum, ones);
        }
        sums
    }
}

/// Other processors use candle's kernels.
#[cfg(not(target_arch = "x86_64"))]
mod avx2 {
    use super::{Activations, Tile};

    pub(super) fn available() -> bool {
        false
    }

    pub(super) fn multiply(_: &[Tile], _: usize, _: &[Activations], _: &mut [f32]) {}
}
