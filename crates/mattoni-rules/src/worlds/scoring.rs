//! Points by criterion, tie keys, classes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::columns::{self, Named};
use super::machine::{Lie, Machine};
use super::{
    World, bytes, check_choices, check_length, check_reasons, first_beyond, hundredths, reason,
};
use crate::check::{Checker, ITEMS};
use crate::contract::scoring as wire;
use crate::declared::{Class, Criterion, Declared, Order, Scoring, Tie};
use crate::description::Reason;

/// The answer of a scoring rule for one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoredRow {
    /// Points and reason by criterion, in the declared order.
    pub criteria: Vec<CriterionScore>,
    /// Tie keys by name.
    pub ties: BTreeMap<String, i64>,
    /// The class, where the rule knows classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
}

impl ScoredRow {
    /// The sum of all points, in hundredths.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.criteria.iter().map(|criterion| i64::from(criterion.points)).sum()
    }
}

/// Points under one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionScore {
    /// Code of the criterion.
    pub code: String,
    /// Points, in hundredths.
    pub points: i32,
    /// Code of the reason, when one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl World for Scoring {
    const NAME: &'static str = "scoring";
    type Row = ScoredRow;

    fn cells(row: &ScoredRow) -> Vec<(String, String)> {
        let mut cells = Vec::new();
        for criterion in &row.criteria {
            cells.push((criterion.code.clone(), hundredths(i64::from(criterion.points))));
            let reason = criterion.reason.clone().unwrap_or_else(|| "none".to_owned());
            cells.push((format!("{}?", criterion.code), reason));
        }
        cells.extend(row.ties.iter().map(|(name, key)| (name.clone(), key.to_string())));
        cells.extend(row.class.iter().map(|class| ("class".to_owned(), class.clone())));
        cells
    }
}

impl Machine for Scoring {
    const VERB: &'static str = "score";
    const DIGEST: &'static str = "mattoni.rules.scores.v1";
    type Declaration = wire::Declaration;
    type Wire = wire::Scores;

    fn declared(check: &mut Checker, _: &[String], given: wire::Declaration) -> Self {
        let wire::Declaration { criteria, ties, classes } = given;
        check.unique("criterion", criteria.iter().map(|one| one.code.as_str()), ITEMS);
        check.unique("tie", ties.iter().map(|tie| tie.name.as_str()), ITEMS);
        check.unique("class", classes.iter().map(|class| class.code.as_str()), ITEMS);
        if criteria.is_empty() && classes.is_empty() {
            check.problem("criterion", "a rule that scores has a criterion or a class");
        }
        classes.iter().for_each(|class| check.named("class", &class.code, &class.label));
        ties.iter().for_each(|tie| check.named("tie", &tie.name, &tie.label));
        let mut criterion = |one: wire::Criterion| {
            let wire::Criterion { code, label, min, max, source } = one;
            check.item("criterion", &code, &label, &source);
            if min > max {
                check.problem(&format!("criterion.{code}"), "the fewest points are above the most");
            }
            Criterion { code, label, min, max, source }
        };
        let tie = |tie: wire::Tie| Tie {
            name: tie.name,
            label: tie.label,
            order: match tie.order {
                wire::Order::LowerFirst => Order::LowerFirst,
                wire::Order::HigherFirst => Order::HigherFirst,
            },
        };
        let class = |class: wire::Class| Class { code: class.code, label: class.label };
        Self {
            criteria: criteria.into_iter().map(&mut criterion).collect(),
            ties: ties.into_iter().map(tie).collect(),
            classes: classes.into_iter().map(class).collect(),
        }
    }

    fn wrap(self) -> Declared {
        Declared::Scoring(self)
    }

    fn unwrap(declared: &Declared) -> Option<&Self> {
        if let Declared::Scoring(own) = declared { Some(own) } else { None }
    }

    fn check(&self, reasons: usize, scores: &wire::Scores, rows: usize) -> Result<(), Lie> {
        let Self { criteria, ties, classes } = self;
        if scores.criteria.len() != criteria.len() || scores.ties.len() != ties.len() {
            return Err(Lie::whole("the answer has not the declared columns"));
        }
        for (criterion, marks) in criteria.iter().zip(&scores.criteria) {
            let what = format!("criterion {}", criterion.code);
            check_length(&what, marks.points.len(), rows)?;
            let (min, max) = (criterion.min, criterion.max);
            if let Some((row, points)) = first_beyond(&marks.points, min, max) {
                let detail = format!("{what} has {points} hundredths, beyond {min} to {max}");
                return Err(Lie::at(row, detail));
            }
            check_reasons(&what, &marks.reasons, rows, reasons)?;
        }
        for (tie, keys) in ties.iter().zip(&scores.ties) {
            check_length(&format!("tie key {}", tie.name), keys.len(), rows)?;
        }
        let expected = if classes.is_empty() { 0 } else { rows };
        check_choices("class", &scores.classes, expected, classes.len())
    }

    fn row(&self, reasons: &[Reason], scores: &wire::Scores, row: usize) -> ScoredRow {
        let criteria = self.criteria.iter().zip(&scores.criteria);
        let criteria = criteria.map(|(criterion, marks)| CriterionScore {
            code: criterion.code.clone(),
            points: marks.points[row],
            reason: reason(reasons, marks.reasons[row]),
        });
        let ties = self.ties.iter().zip(&scores.ties);
        let class = scores.classes.get(row);
        ScoredRow {
            criteria: criteria.collect(),
            ties: ties.map(|(tie, keys)| (tie.name.clone(), keys[row])).collect(),
            class: class.map(|class| self.classes[usize::from(*class)].code.clone()),
        }
    }

    fn digest_fields(&self, parts: &[&wire::Scores]) -> Vec<Vec<u8>> {
        let mut fields = Vec::new();
        for (at, criterion) in self.criteria.iter().enumerate() {
            let marks = || parts.iter().map(|scores| &scores.criteria[at]);
            fields.push(criterion.code.as_bytes().to_vec());
            fields.push(bytes(marks().flat_map(|m| &m.points).map(|p| p.to_le_bytes())));
            fields.push(bytes(marks().flat_map(|m| &m.reasons).map(|r| r.to_le_bytes())));
        }
        for (at, tie) in self.ties.iter().enumerate() {
            fields.push(tie.name.as_bytes().to_vec());
            let keys = parts.iter().flat_map(|scores| &scores.ties[at]);
            fields.push(bytes(keys.map(|key| key.to_le_bytes())));
        }
        let classes = parts.iter().flat_map(|scores| &scores.classes);
        fields.push(bytes(classes.map(|class| class.to_le_bytes())));
        fields
    }

    fn columns(&self, reasons: &[Reason], parts: &[&wire::Scores]) -> Vec<Named> {
        let mut named = Vec::new();
        for (at, criterion) in self.criteria.iter().enumerate() {
            let marks = || parts.iter().map(move |scores| &scores.criteria[at]);
            let points = columns::numbers(2, marks().map(|marks| &marks.points));
            named.push((criterion.code.clone(), points));
            let reasons = columns::reasons(reasons, marks().map(|marks| &marks.reasons));
            named.push((format!("{}?", criterion.code), reasons));
        }
        for (at, tie) in self.ties.iter().enumerate() {
            let keys = parts.iter().map(|scores| &scores.ties[at]);
            named.push((tie.name.clone(), columns::numbers(0, keys)));
        }
        if !self.classes.is_empty() {
            let codes = self.classes.iter().map(|class| &class.code);
            let classes = columns::chosen(codes, parts.iter().map(|scores| &scores.classes));
            named.push(("class".to_owned(), classes));
        }
        named
    }
}
