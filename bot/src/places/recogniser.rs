//! From the words of a text to the places that they mean.

use std::cmp::Reverse;
use std::ops::Range;

use super::Places;
use super::candidate::{Candidate, Trust};
use super::found::{Found, Mention};
use super::names::Target;
use super::reading::Reading;
use super::resolve::{Said, resolve};
use super::text::tokens;
use super::unit::Kind;

impl Places {
    /// The place that a text means: the most certain commune that it names, else a former district.
    pub fn find(&self, text: &str) -> Found<'_> {
        self.mention(text).map_or(Found::Nothing, |mention| mention.found)
    }

    /// The same with where it stands.
    pub fn mention(&self, text: &str) -> Option<Mention<'_>> {
        let found = self.read(text);
        let best = found.into_iter().min_by_key(|(candidate, mention)| {
            let is_district = matches!(mention.found, Found::District(_));
            (is_district, Reverse(candidate.trust))
        });
        best.map(|(_, mention)| mention)
    }

    /// All places that a text names, in order.
    pub fn mentions(&self, text: &str) -> Vec<Mention<'_>> {
        self.read(text).into_iter().map(|(_, mention)| mention).collect()
    }

    fn read(&self, text: &str) -> Vec<(Candidate, Mention<'_>)> {
        let is_everyday = |phrase: &str| self.everyday.contains(phrase);
        let reading = Reading::new(tokens(text), &self.names, &is_everyday);
        let chosen = self.chosen(&reading);
        let owners: Vec<Vec<usize>> = (0..chosen.len()).map(|at| self.districts_for(&reading, &chosen, at)).collect();
        let used: Vec<usize> = owners.iter().flatten().copied().collect();
        let mentions = chosen.iter().enumerate().filter(|(at, _)| !used.contains(at)).filter_map(|(at, candidate)| {
            let found = resolve(self, &said(candidate, &chosen, &owners[at]));
            let spans = self.spans(&reading, &chosen, at, &owners[at]);
            (found != Found::Nothing).then(|| (candidate.clone(), Mention { found, spans }))
        });
        mentions.collect()
    }

    /// The candidates that enough speaks for; of those that share words, the best.
    fn chosen(&self, reading: &Reading) -> Vec<Candidate> {
        let spelt = reading.spelt();
        let beside = |one: &Candidate| spelt.iter().any(|other| reading.touch(&one.whole, &other.whole) && self.belong(one, other));
        let mut accepted: Vec<Candidate> = spelt.iter().filter(|one| one.is_accepted(beside(one))).cloned().collect();
        let near = reading.near(&accepted);
        let near_beside = |one: &Candidate| accepted.iter().any(|other| reading.touch(&one.whole, &other.whole) && self.belong(one, other));
        let near: Vec<Candidate> = near.into_iter().filter(|one| one.is_accepted(near_beside(one))).collect();
        accepted.extend(near);
        // "xa luong minhh" is a misspelt name after its kind, not Xá Lượng.
        accepted.sort_by_key(|one| {
            (Reverse(one.trust == Trust::Kind), Reverse(one.fit), Reverse(one.name.len()), Reverse(one.trust), one.name.start)
        });
        let mut chosen: Vec<Candidate> = Vec::new();
        for candidate in accepted {
            match chosen.iter_mut().find(|other| !are_apart(&candidate.name, &other.name)) {
                None => chosen.push(candidate),
                // "xa anh son dongg": Anh Sơn, or Anh Sơn Đông misspelt.
                Some(other) if candidate.is_near_extension_of(other) => other.targets.extend(candidate.targets),
                Some(_) => {}
            }
        }
        chosen.sort_by_key(|one| one.name.start);
        chosen
    }

    /// Whether one is a district and the other has a unit in it.
    fn belong(&self, one: &Candidate, other: &Candidate) -> bool {
        are_apart(&one.name, &other.name) && (self.lies_in(one, other) || self.lies_in(other, one))
    }

    fn lies_in(&self, unit: &Candidate, district: &Candidate) -> bool {
        let may_be_district = matches!(district.kind, None | Some(Kind::District));
        let districts = district.targets.iter().filter(|target| matches!(target, Target::District(_)));
        let mut pairs = districts.flat_map(|district| unit.targets.iter().map(move |unit| (unit, district)));
        may_be_district && unit.kind != Some(Kind::District) && pairs.any(|(unit, district)| self.is_inside(*unit, *district))
    }

    /// The chosen mentions that say in which district the one at `at` lies: those beside it, else all.
    fn districts_for(&self, reading: &Reading, chosen: &[Candidate], at: usize) -> Vec<usize> {
        let unit = &chosen[at];
        let is_around = |other: &usize| *other != at && self.lies_in(unit, &chosen[*other]) && !self.lies_in(&chosen[*other], unit);
        let around: Vec<usize> = (0..chosen.len()).filter(is_around).collect();
        let beside: Vec<usize> = around.iter().copied().filter(|other| reading.touch(&unit.whole, &chosen[*other].whole)).collect();
        if beside.is_empty() { around } else { beside }
    }

    fn spans(&self, reading: &Reading, chosen: &[Candidate], at: usize, owners: &[usize]) -> Vec<Range<usize>> {
        let bytes = |words: &Range<usize>| reading.tokens[words.start].span.start..reading.tokens[words.end - 1].span.end;
        let mut spans: Vec<Range<usize>> = owners.iter().chain([&at]).map(|at| bytes(&chosen[*at].whole)).collect();
        spans.sort_by_key(|span| span.start);
        spans
    }
}

fn said<'a>(candidate: &'a Candidate, chosen: &'a [Candidate], owners: &[usize]) -> Said<'a> {
    let districts = owners.iter().flat_map(|at| &chosen[*at].targets).copied();
    Said {
        targets: &candidate.targets,
        kind: candidate.kind,
        era: candidate.era,
        districts: districts.filter(|target| matches!(target, Target::District(_))).collect(),
    }
}

fn are_apart(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.end <= other.start || other.end <= one.start
}
