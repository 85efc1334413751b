//! What is known of one application when the ranking is drawn up.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use mattoni_core::Money;
use mattoni_core::record::{Erasable, Marks, Owner, Personal, Placeholder, Step};
use serde::{Deserialize, Serialize};

use crate::{KeyKind, Points};

/// One application in the ranking: facts that others have established, nothing to be computed.
///
/// It is known by a **public code**, such as the number of the protocol or of the practice, and
/// never by a fiscal code or a name: the code is printed in the public list.
///
/// ```
/// use mattoni_ranking::{Applicant, Points, Preference, Score};
///
/// let mut anna = Applicant::new("2026-0412");
/// anna.points.push(Score::new("lavoro", Points::whole(8), "both-parents-work"));
/// anna.preferences.push(Preference::new("girasole"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    /// Public application code, unique in the ranking.
    pub code: String,
    /// An opaque key of whom or what the place is for, where the same child must not be ranked
    /// twice: a digest made by the caller, never a fiscal code. What becomes of two applications
    /// for the same subject, the criteria say ([`crate::Duplicates`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it came in. Needed where the criteria keep the first or the last application for a
    /// subject, and there is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<DateTime<Utc>>,
    /// Its class, where the criteria have classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The group (age group, category) that decides which places it competes for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Points with their reasons; several under one criterion add up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Score>,
    /// Values that break ties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tie_keys: Vec<TieKey>,
    /// The reserved pools (*riserve*) it has a title for, wherever it competes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reserves: Vec<String>,
    /// The facilities it would take, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preferences: Vec<Preference>,
    /// The brothers and sisters it asks to be placed with, where the rules let families ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub siblings: Option<Siblings>,
    /// The amount asked for, where money is granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// In or out by the office's own decision.
    #[serde(default, skip_serializing_if = "Standing::is_ordinary")]
    pub standing: Standing,
    /// Review flags nobody has resolved yet; any of them blocks the run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_flags: Vec<String>,
}

impl Applicant {
    /// An application known by `code`, with nothing in it.
    #[must_use]
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), ..Self::default() }
    }

    /// What it has for the tie-break called `key`: the verified value where there is one.
    #[must_use]
    pub fn tie_value(&self, key: &str) -> Option<TieValue> {
        self.tie_keys.iter().find(|k| k.key == key).map(TieKey::value)
    }
}

/// A copy: so that what takes applications takes borrowed ones too.
impl From<&Self> for Applicant {
    fn from(applicant: &Self) -> Self {
        applicant.clone()
    }
}

/// Points given under one criterion, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// The criterion.
    pub criterion: String,
    /// The points for what was declared.
    pub points: Points,
    /// Stable code of the reason, e.g. `both-parents-work`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What the office found instead. The declared points stay beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction<Points>>,
}

impl Score {
    /// `points` under `criterion`, for `reason`.
    #[must_use]
    pub fn new(criterion: impl Into<String>, points: Points, reason: impl Into<String>) -> Self {
        Self { criterion: criterion.into(), points, reason: reason.into(), correction: None }
    }

    /// The points that count: the verified ones where there are any.
    #[must_use]
    pub fn counted(&self) -> Points {
        self.correction.as_ref().map_or(self.points, |c| c.value)
    }
}

/// A value put right by an official, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction<T> {
    /// The verified value.
    pub value: T,
    /// Why it differs from what was declared.
    pub reason: String,
}

/// Both are what the office holds on the applicant.
impl<T: Erasable> Personal for Correction<T> {
    fn mark(marks: &mut Marks) {
        marks.at(Step::Key("value"), |marks| marks.personal(Owner::Subject, T::PLACEHOLDER));
        marks.at(Step::Key("reason"), |marks| marks.personal(Owner::Subject, Placeholder::TEXT));
    }
}

/// A value that breaks ties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TieKey {
    /// Its name, as in the criteria.
    pub key: String,
    /// The declared value.
    pub declared: TieValue,
    /// What the office found instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction<TieValue>>,
}

impl TieKey {
    /// `value` under the name `key`.
    #[must_use]
    pub fn new(key: impl Into<String>, value: impl Into<TieValue>) -> Self {
        Self { key: key.into(), declared: value.into(), correction: None }
    }

    /// The value that counts.
    #[must_use]
    pub fn value(&self) -> TieValue {
        self.correction.as_ref().map_or(self.declared, |c| c.value)
    }
}

/// A number, an amount or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TieValue {
    /// A whole number.
    Number(i64),
    /// Euro and cents.
    Money(Money),
    /// A day.
    Date(NaiveDate),
    /// Points under a criterion.
    Points(Points),
}

impl TieValue {
    /// The kind; `None` for points, which no applicant brings along.
    #[must_use]
    pub fn kind(self) -> Option<KeyKind> {
        match self {
            Self::Number(_) => Some(KeyKind::Number),
            Self::Money(_) => Some(KeyKind::Money),
            Self::Date(_) => Some(KeyKind::Date),
            Self::Points(_) => None,
        }
    }

    /// A number that orders like the value.
    pub(crate) fn ordinal(self) -> i64 {
        match self {
            Self::Number(n) => n,
            Self::Money(m) => m.cents(),
            Self::Date(d) => i64::from(d.num_days_from_ce()),
            Self::Points(p) => p.in_hundredths(),
        }
    }
}

impl Erasable for TieValue {
    const PLACEHOLDER: Placeholder = Placeholder { shape: "tie-value", json: r#"{"number":0}"# };
}

impl From<i64> for TieValue {
    fn from(n: i64) -> Self {
        Self::Number(n)
    }
}

impl From<Money> for TieValue {
    fn from(amount: Money) -> Self {
        Self::Money(amount)
    }
}

impl From<NaiveDate> for TieValue {
    fn from(day: NaiveDate) -> Self {
        Self::Date(day)
    }
}

impl fmt::Display for TieValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => n.fmt(f),
            Self::Money(m) => m.fmt(f),
            Self::Date(d) => d.fmt(f),
            Self::Points(p) => p.fmt(f),
        }
    }
}

/// One facility an applicant would take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preference {
    /// The facility's code.
    pub facility: String,
    /// The only reserved pool it competes in there, instead of those of [`Applicant::reserves`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<String>,
    /// The facility's own priority for this applicant; lower goes before points and all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub priority: u32,
}

impl Preference {
    /// `facility`, with the applicant's own reserves and no special priority.
    #[must_use]
    pub fn new(facility: impl Into<String>) -> Self {
        Self { facility: facility.into(), pool: None, priority: 0 }
    }

    /// The same, competing only in `pool`.
    #[must_use]
    pub fn in_pool(mut self, pool: impl Into<String>) -> Self {
        self.pool = Some(pool.into());
        self
    }

    /// The same, with the facility's own `priority` (lower goes first).
    #[must_use]
    pub fn with_priority(mut self, priority: u32) -> Self {
        self.priority = priority;
        self
    }
}

/// The family of a child whose brothers and sisters (*fratelli*) are in the same ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Siblings {
    /// The same code for all of them, and for nobody else.
    pub family: String,
    /// What they ask for; the same for all of them.
    pub ask: Together,
}

impl Siblings {
    /// The siblings of `family`, who ask to be together or not at all, or if it can be.
    #[must_use]
    pub fn new(family: impl Into<String>, ask: Together) -> Self {
        Self { family: family.into(), ask }
    }
}

/// What brothers and sisters ask for. They move as one through the facilities that all of them
/// name, and stand at each where the last of them stands there.
///
/// # What it costs
/// With families that must be placed together there may be no outcome at all that leaves nobody
/// wanting a place of somebody behind them (Roth 1984). What stays true, and tests hold it:
/// - no quota is broken, and no family that asks [`OrNotAtAll`](Self::OrNotAtAll) is parted;
/// - nobody **without** linked siblings would rather have a place that is empty or went to
///   somebody standing behind them, where a family stands where its last member stands;
/// - the same applications give the same places, in whatever order they come in.
///
/// What is no longer guaranteed, as soon as one family is linked: that the family itself is not
/// passed over (a facility it has given up can find room again later, when another family goes
/// elsewhere); that its list is best written as it is meant; that one applicant more helps
/// nobody else.
///
/// What becomes of them when places fall free afterwards is said at
/// [`next_in_line`](crate::next_in_line()#brothers-and-sisters).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Together {
    /// At the same facility, and each alone where no facility has room for all.
    Preferred,
    /// At the same facility or nowhere.
    OrNotAtAll,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// Whether the office took the application in or out by its own decision (*d'ufficio*).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Standing {
    /// Neither: the rules decide.
    #[default]
    Ordinary,
    /// In, even below the thresholds.
    Included {
        /// Why.
        #[personal]
        reason: String,
    },
    /// Out.
    Excluded {
        /// Why.
        #[personal]
        reason: String,
    },
}

impl Standing {
    fn is_ordinary(&self) -> bool {
        *self == Self::Ordinary
    }
}
