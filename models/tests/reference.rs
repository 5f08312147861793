//! The vectors agree with those of the reference engine (`reference/make_reference.sh`).
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use models::TextKind;
use support::{cosine, embed};

#[test]
fn vectors_agree_with_the_reference_engine() {
    let sentences = include_str!("../reference/sentences.tsv").lines();
    let mut vectors = include_str!("../reference/vectors.txt").lines();
    let (mut count, mut sum, mut least) = (0, 0.0, 1.0_f32);
    for line in sentences {
        let (kind, text) = line.split_once('\t').unwrap();
        let kind = if kind == "query" { TextKind::Query } else { TextKind::Passage };
        let expected: Vec<f32> = vectors.next().unwrap().split(' ').map(|number| number.parse().unwrap()).collect();
        let cosine = cosine(&embed(kind, text), &expected);
        assert!(cosine >= 0.999, "{cosine} for {text}");
        (count, sum, least) = (count + 1, sum + cosine, least.min(cosine));
    }
    assert_eq!(count, 50);
    eprintln!("least {least}, mean {}", sum / 50.0);
}
