//! Any text a citizen can send gets a sound vector.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod support;

use models::TextKind;
use support::{cosine, embed, model};
use unicode_normalization::UnicodeNormalization;

const QUESTION: &str = "Tôi muốn đổi giấy phép lái xe ở Nghệ An thì nộp hồ sơ ở đâu?";

fn assert_sound(text: &str) {
    let vector = embed(TextKind::Query, text);
    assert_eq!(vector.len(), 384);
    assert!((cosine(&vector, &vector) - 1.0).abs() < 1e-3, "{:?} has another length", text.get(..20));
}

#[test]
fn a_batch_gives_the_vectors_of_its_texts() {
    let texts = [QUESTION, "", "Lệ phí?", "☕", &QUESTION.repeat(9), "đăng ký khai sinh", &QUESTION.repeat(60)];
    let batch = model().embed(TextKind::Passage, &texts).unwrap();
    for (text, vector) in texts.iter().zip(&batch) {
        assert!(cosine(vector, &embed(TextKind::Passage, text)) > 0.999_99);
    }
    assert!(model().embed(TextKind::Passage, &[]).unwrap().is_empty());
}

#[test]
fn decomposed_vietnamese_is_the_same_text() {
    let decomposed: String = QUESTION.nfd().collect();
    assert_ne!(decomposed, QUESTION);
    assert_eq!(embed(TextKind::Query, &decomposed), embed(TextKind::Query, QUESTION));
}

#[test]
fn a_query_and_a_passage_differ() {
    let similarity = cosine(&embed(TextKind::Query, QUESTION), &embed(TextKind::Passage, QUESTION));
    assert!(similarity < 0.999);
}

#[test]
fn meaning_counts() {
    let question = embed(TextKind::Query, "mất căn cước thì làm lại ở đâu");
    let near = embed(TextKind::Passage, "Cấp lại thẻ căn cước khi bị mất: nộp hồ sơ tại Công an cấp xã.");
    let far = embed(TextKind::Passage, "Cấp giấy phép khai thác thủy sản cho tàu cá.");
    assert!(cosine(&question, &near) > cosine(&question, &far) + 0.03);
}

#[test]
fn odd_texts_do_no_harm() {
    let controls: String = ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}').collect();
    let zero_widths = "\u{200b}\u{200d}\u{feff}\u{202e}\u{e0041}";
    let stacked = format!("a{}", "\u{301}".repeat(3_000));
    for text in ["", " ", "\n\n\n", "😀🎉👩‍👩‍👧‍👦🇻🇳", &controls, zero_widths, &stacked, "<s></s><unk><mask>", "𝕋𝕠̂𝕚 ﷺ ꧅"]
    {
        assert_sound(text);
    }
}

#[test]
fn long_texts_do_no_harm() {
    let words = "thường trú phường ";
    assert_sound(&words.repeat(100_000 / words.chars().count() + 1));
    assert_sound(&"ắ".repeat(1_000));
    assert_sound(&"☕".repeat(1_000));
}
