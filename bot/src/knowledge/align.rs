//! Which row of a list became which row of another state of it.

use super::value::Value;

/// Below this a row is another row, in hundredths.
const ALIKE: u32 = 40;

/// For each row of `after`, the row of `before` that it comes from. Rows keep their order (the alignment of Needleman and
/// Wunsch, 1970, without a price for gaps); a row that moved is gone in one place and new in another.
pub(crate) fn align(before: &[Value], after: &[Value]) -> Vec<Option<usize>> {
    let alike = |b: usize, a: usize| similarity(&before[b], &after[a]);
    // best[b][a]: the most that the rows from b and a on can have in common.
    let mut best = vec![vec![0; after.len() + 1]; before.len() + 1];
    let mut scores = vec![vec![0; after.len()]; before.len()];
    for b in (0..before.len()).rev() {
        for a in (0..after.len()).rev() {
            scores[b][a] = alike(b, a);
            let paired = if scores[b][a] >= ALIKE { best[b + 1][a + 1] + scores[b][a] } else { 0 };
            best[b][a] = paired.max(best[b + 1][a]).max(best[b][a + 1]);
        }
    }
    let mut pairs = vec![None; after.len()];
    let (mut b, mut a) = (0, 0);
    while b < before.len() && a < after.len() {
        if scores[b][a] >= ALIKE && best[b][a] == best[b + 1][a + 1] + scores[b][a] {
            pairs[a] = Some(b);
            (b, a) = (b + 1, a + 1);
        } else if best[b][a] == best[b + 1][a] {
            b += 1;
        } else {
            a += 1;
        }
    }
    pair_rewritten(before.len(), &mut pairs);
    pairs
}

/// As many rows gone as come, at one place: they were rewritten.
fn pair_rewritten(before: usize, pairs: &mut [Option<usize>]) {
    let (mut from, mut b) = (0, 0);
    while from < pairs.len() {
        if let Some(paired) = pairs[from] {
            (from, b) = (from + 1, paired + 1);
            continue;
        }
        let end = (from..pairs.len()).find(|at| pairs[*at].is_some()).unwrap_or(pairs.len());
        let next = pairs.get(end).copied().flatten().unwrap_or(before);
        if next - b == end - from {
            (from..end).for_each(|at| pairs[at] = Some(b + at - from));
        }
        from = end;
    }
}

/// How much two rows have in common, in hundredths.
fn similarity(one: &Value, other: &Value) -> u32 {
    match (one, other) {
        _ if one == other => 100,
        (Value::Text(one), Value::Text(other)) => common_words(one, other),
        (Value::List(one), Value::List(other)) => {
            let longer = one.len().max(other.len()) as u32;
            one.iter().zip(other).map(|(one, other)| similarity(one, other)).sum::<u32>() / longer.max(1)
        }
        (Value::Row(one), Value::Row(other)) => {
            let is_blank = |value: &Value| value.text().is_empty() && value.items().is_empty();
            let cells = one.iter().filter_map(|(key, value)| Some((value, other.get(key)?)));
            let told: Vec<_> = cells.filter(|(one, other)| !(is_blank(one) && is_blank(other))).collect();
            told.iter().map(|(one, other)| similarity(one, other)).sum::<u32>() / told.len().max(1) as u32
        }
        _ => 0,
    }
}

fn common_words(one: &str, other: &str) -> u32 {
    let mut left: Vec<&str> = other.split_whitespace().collect();
    let longer = one.split_whitespace().count().max(left.len()) as u32;
    let shared = one.split_whitespace().filter(|word| {
        let found = left.iter().position(|other| other == word);
        found.map(|at| left.swap_remove(at)).is_some()
    });
    100 * shared.count() as u32 / longer.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(words: &[&str]) -> Vec<Value> {
        words.iter().map(|word| Value::Text((*word).to_owned())).collect()
    }

    #[test]
    fn rows_are_found_again() {
        let before = items(&["nộp tờ khai", "nhận giấy hẹn", "nhận kết quả"]);
        let cases: [(&[&str], &[Option<usize>]); 6] = [
            (&["nộp tờ khai", "nhận giấy hẹn", "nhận kết quả"], &[Some(0), Some(1), Some(2)]),
            (&["nhận giấy hẹn", "nhận kết quả"], &[Some(1), Some(2)]),
            (&["mới", "nộp tờ khai mẫu 1", "nhận kết quả"], &[None, Some(0), Some(2)]),
            (&["nộp tờ khai", "hoàn toàn khác", "nhận kết quả"], &[Some(0), Some(1), Some(2)]),
            (&["nộp tờ khai", "thêm", "nhận giấy hẹn", "nhận kết quả"], &[Some(0), None, Some(1), Some(2)]),
            (&[], &[]),
        ];
        for (after, expected) in cases {
            assert_eq!(align(&before, &items(after)), expected, "{after:?}");
        }
    }
}
