//! The rules as a municipality writes them (`criteria.toml`), and their checks.

use mattoni_core::Problem;
use serde::{Deserialize, Serialize};

use super::{Criteria, TieBreak, TieOn, check_code, sum};
use crate::{Points, codes};

/// The written rules, not checked yet: what `criteria.toml` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriteriaSource {
    /// Version of this form: 1.
    pub version: u32,
    /// What is ranked, for people.
    pub title: String,
    /// Classes that come before points (*classi di precedenza*).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub class: Vec<ClassSource>,
    /// What gives points.
    #[serde(default)]
    pub criterion: Vec<CriterionSource>,
    /// Minimum thresholds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub threshold: Vec<ThresholdSource>,
    /// Tie-breaks (*criteri di precedenza a parità di punteggio*), first to last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tie_break: Vec<TieBreakSource>,
    /// What becomes of a second application for the same subject.
    #[serde(default, skip_serializing_if = "Duplicates::is_default")]
    pub duplicates: Duplicates,
    /// What decides when nothing else does.
    pub draw: DrawRule,
}

/// What becomes of several applications for the same subject (*domande doppie*): for one child,
/// say. Applications that the office excluded are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duplicates {
    /// Nothing is drawn up while there are several: the office excludes all but one.
    #[default]
    Refuse,
    /// The one that came in first is ranked, and the others are left out.
    KeepFirst,
    /// The one that came in last is ranked: it takes the place of those before it.
    KeepLast,
}

impl Duplicates {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A class that goes before or after others whatever the points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassSource {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub label: String,
    /// The classes it comes after. When left out it comes after the one written above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<String>>,
    /// Legal source.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// Something that gives points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionSource {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub label: String,
    /// The most it can give.
    pub max: Points,
    /// The least it can give: below zero where a regulation takes points away.
    #[serde(default)]
    pub min: Points,
    /// Legal source, e.g. `Regolamento nidi, art. 7, c. 1`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// The least that is needed to be in the ranking at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThresholdSource {
    /// The criterion it is about; the total when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criterion: Option<String>,
    /// The least number of points.
    pub at_least: Points,
    /// Legal source.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// Which way a tie-break goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prefer {
    /// The higher value goes first; the later date, so the younger child.
    Higher,
    /// The lower value goes first; the earlier date.
    Lower,
}

/// The kind of a value that breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyKind {
    /// A whole number.
    Number,
    /// Euro and cents.
    Money,
    /// A day.
    Date,
}

/// Where those stand who do not have the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// Nobody may lack it.
    #[default]
    Refused,
    /// Before those who have it.
    First,
    /// After those who have it.
    Last,
}

/// One tie-break as written: on a criterion's points or on a named value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TieBreakSource {
    /// Which way it goes.
    pub prefer: Prefer,
    /// The criterion whose points are compared; either this or `key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criterion: Option<String>,
    /// The name of the value that is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The kind of the value; needed with `key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<KeyKind>,
    /// Where those stand who lack the value.
    #[serde(default)]
    pub missing: Missing,
    /// What people call it.
    pub label: String,
    /// Legal source.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// One lottery for all facilities or one for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DrawKind {
    /// One number an applicant, good everywhere.
    Single,
    /// A number an applicant and facility.
    Multiple,
}

/// The public draw (*sorteggio*) that decides what is left; the algorithm is in
/// [`crate::draw`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawRule {
    /// One lottery or many.
    pub kind: DrawKind,
    /// The published string, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
}

pub(super) fn check_version(source: &CriteriaSource, found: &mut Vec<Problem>) {
    if source.version != Criteria::VERSION {
        found.push(Problem::new(
            "ranking.criteria.version",
            "version",
            format!("must be a known version of the criteria, and {} is none", source.version),
            format!("write version = {}", Criteria::VERSION),
        ));
    }
}

pub(super) fn check_criteria(criteria: &[CriterionSource], found: &mut Vec<Problem>) {
    codes::check_unique(
        criteria.iter().map(|c| c.code.as_str()),
        "ranking.criterion.duplicate",
        |code| format!("criterion[{code}]"),
        found,
    );
    for criterion in criteria {
        let field = format!("criterion[{}]", criterion.code);
        check_code(&criterion.code, &field, found);
        if criterion.max <= criterion.min {
            found.push(Problem::new(
                "ranking.criterion.range",
                field,
                format!(
                    "must give more at most than at least; gives from {} to {} points",
                    criterion.min, criterion.max
                ),
                "make the most it can give greater than the least",
            ));
        }
    }
    let fits = sum(criteria.iter().map(|c| c.max)).and(sum(criteria.iter().map(|c| c.min)));
    if fits.is_none() {
        found.push(Problem::new(
            "ranking.points.overflow",
            "criterion",
            "must have maxima whose sum fits 64 bits of hundredths",
            "lower the maxima",
        ));
    }
}

pub(super) fn check_thresholds(source: &CriteriaSource, found: &mut Vec<Problem>) {
    for (i, threshold) in source.threshold.iter().enumerate() {
        let field = format!("threshold[{i}]");
        let most = match &threshold.criterion {
            Some(code) => match source.criterion.iter().find(|c| c.code == *code) {
                Some(criterion) => Some(criterion.max),
                None => {
                    found.push(unknown_criterion(code, &field));
                    continue;
                }
            },
            None => sum(source.criterion.iter().map(|c| c.max)),
        };
        if most.is_some_and(|most| threshold.at_least > most) {
            found.push(Problem::new(
                "ranking.threshold.unreachable",
                field,
                format!("must be within reach, and nobody can have {} points", threshold.at_least),
                "lower the threshold or raise the maximum",
            ));
        }
    }
}

pub(super) fn tie_breaks(source: &CriteriaSource, found: &mut Vec<Problem>) -> Vec<TieBreak> {
    let mut checked = Vec::with_capacity(source.tie_break.len());
    for (i, written) in source.tie_break.iter().enumerate() {
        let field = format!("tie_break[{i}]");
        let on = match (&written.criterion, &written.key, written.kind) {
            (Some(code), None, None) => {
                if !source.criterion.iter().any(|c| c.code == *code) {
                    found.push(unknown_criterion(code, &field));
                }
                TieOn::Criterion(code.clone())
            }
            (None, Some(name), Some(kind)) => {
                check_code(name, &field, found);
                TieOn::Key { name: name.clone(), kind, missing: written.missing }
            }
            _ => {
                found.push(Problem::new(
                    "ranking.tie-break.form",
                    field,
                    "must be on a criterion, or on a key and its kind",
                    "write criterion = …, or key = … and kind = \"number\", \"money\" or \"date\"",
                ));
                continue;
            }
        };
        if checked.iter().any(|earlier: &TieBreak| earlier.on == on) {
            found.push(Problem::new(
                "ranking.tie-break.duplicate",
                field,
                "must be on another value than an earlier tie-break",
                "take one out",
            ));
        }
        checked.push(TieBreak { on, prefer: written.prefer, label: written.label.clone() });
    }
    checked
}

/// The classes in an order that respects every `after`: among those whose predecessors are
/// placed, the one written first.
pub(super) fn precedence(classes: &[ClassSource], found: &mut Vec<Problem>) -> Vec<String> {
    codes::check_unique(
        classes.iter().map(|c| c.code.as_str()),
        "ranking.class.duplicate",
        |code| format!("class[{code}]"),
        found,
    );
    let mut waits: Vec<(&str, Vec<&str>)> = Vec::with_capacity(classes.len());
    for (i, class) in classes.iter().enumerate() {
        let field = format!("class[{}]", class.code);
        check_code(&class.code, &field, found);
        let after: Vec<&str> = match &class.after {
            Some(after) => after.iter().map(String::as_str).collect(),
            None => classes[..i].last().map(|above| above.code.as_str()).into_iter().collect(),
        };
        for other in &after {
            if !classes.iter().any(|c| c.code == *other) {
                found.push(Problem::new(
                    "ranking.class.unknown",
                    field.clone(),
                    format!("must come after a class, and {other:?} is none"),
                    "name a class of this list",
                ));
            }
        }
        waits.push((&class.code, after));
    }
    let known = |code: &str| classes.iter().any(|c| c.code == code);
    let mut order: Vec<String> = Vec::with_capacity(classes.len());
    while !waits.is_empty() {
        let ready = waits.iter().position(|(_, after)| {
            after.iter().all(|other| !known(other) || order.iter().any(|done| done == other))
        });
        let Some(ready) = ready else {
            let circle: Vec<&str> = waits.iter().map(|(code, _)| *code).collect();
            found.push(Problem::new(
                "ranking.class.cycle",
                "class",
                format!("must have an order without a circle, and {} make one", circle.join(", ")),
                "take one `after` out",
            ));
            break;
        };
        order.push(waits.remove(ready).0.to_owned());
    }
    order
}

fn unknown_criterion(code: &str, field: &str) -> Problem {
    Problem::new(
        "ranking.criterion.unknown",
        field,
        format!("must be a criterion, and {code:?} is none"),
        "name a criterion of this file",
    )
}
