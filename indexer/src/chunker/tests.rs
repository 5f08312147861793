//! What passages hold.

use std::collections::HashSet;

use super::*;
use crate::guide::tests::SAMPLE;

fn text_of(chunks: &[Chunk], section: Section) -> String {
    let of_section = chunks.iter().filter(|chunk| chunk.section == section);
    of_section.map(|chunk| chunk.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_row_stands_in_a_chunk_of_its_section() {
    let guide = Guide::parse(SAMPLE).unwrap();
    let chunks = chunk(&guide);
    let fees = text_of(&chunks, Section::Fees);
    for row in &guide.fees {
        assert!(fees.contains(&row.case) && fees.contains(&row.amount), "{fees}");
    }
    assert!(fees.contains("31/12/2026"), "{fees}");
    let times = text_of(&chunks, Section::Times);
    assert!(guide.times.iter().all(|row| times.contains(&row.case) && times.contains(&row.duration)));
    let papers = text_of(&chunks, Section::Papers);
    for case in &guide.papers {
        assert!(papers.contains(&case.case));
        for paper in &case.items {
            assert!(papers.contains(&paper.name), "{papers}");
            assert!(paper.copies.iter().chain(&paper.note).all(|words| papers.contains(words)), "{papers}");
        }
    }
    let steps = text_of(&chunks, Section::Steps);
    assert!(guide.steps.iter().all(|step| steps.contains(step)));
    let legal = text_of(&chunks, Section::LegalBasis);
    assert!(guide.legal_basis.iter().all(|law| legal.contains(&law.number) && legal.contains(&law.title)));
    let channels = text_of(&chunks, Section::Channels);
    assert!(guide.channels.iter().all(|channel| channels.contains(&channel.place)));
    assert!(text_of(&chunks, Section::Body).contains("mang theo thẻ cũ"));
    assert!(text_of(&chunks, Section::Overview).contains("1.014064"));
    let names: Vec<&String> = chunks.iter().filter(|chunk| chunk.section == Section::Names).map(|chunk| &chunk.text).collect();
    assert_eq!(names, std::iter::once(&guide.title).chain(&guide.other_names).collect::<Vec<_>>());
}

#[test]
fn every_chunk_names_the_procedure_and_has_its_own_stable_id() {
    let guide = Guide::parse(SAMPLE).unwrap();
    let chunks = chunk(&guide);
    let rows = chunks.iter().filter(|chunk| chunk.section != Section::Names);
    assert!(rows.into_iter().all(|chunk| chunk.text.starts_with(&guide.title)));
    assert_eq!(chunks.iter().map(|chunk| chunk.id).collect::<HashSet<_>>().len(), chunks.len());
    assert_eq!(chunks, chunk(&guide));
}

#[test]
fn a_long_section_is_cut_at_rows_and_keeps_its_case() {
    let mut guide = Guide::parse(SAMPLE).unwrap();
    let paper = guide.papers[0].items[0].clone();
    guide.papers[0].items = vec![paper; 60];
    let chunks = chunk(&guide);
    let papers: Vec<&Chunk> = chunks.iter().filter(|chunk| chunk.section == Section::Papers).collect();
    assert!(papers.len() > 2);
    assert!(papers.iter().all(|chunk| lexical::syllables(&chunk.text).len() < LONGEST + 60));
    assert!(papers.iter().take(papers.len() - 1).all(|chunk| chunk.text.contains(&guide.papers[0].case)));
}
