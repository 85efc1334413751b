//! The list everyone may read.

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::{Digest, Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::{Outcome, Points, RankingRun, Run, Superseded};

/// The list that is published: position, code and outcome, nothing that identifies.
///
/// No name, no points (at most a band), no class, no reserve and no reason: a reserve or a reason
/// can tell about health or hardship (D.lgs. 33/2013, art. 26, c. 4; Codice privacy, art.
/// 2-septies, c. 8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicList {
    /// Version of this form: 1.
    pub version: u32,
    /// What is ranked.
    pub title: String,
    /// The run it comes from.
    pub run: Digest,
    /// The list of entrants the draw was bound to.
    pub entrants: Digest,
    /// The string of the draw, where it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// That another list took its place: it does not hold any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded: Option<SupersededBy>,
    /// The lines: those in the order, then the others by code.
    pub entries: Vec<PublicEntry>,
}

/// By which list one that was published was superseded, and when. The reason is not in it: it may
/// be about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupersededBy {
    /// The run that took its place.
    pub by: Digest,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<&Superseded> for SupersededBy {
    fn from(superseded: &Superseded) -> Self {
        Self { by: superseded.by_run, at: superseded.act.at }
    }
}

/// One line of the public list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicEntry {
    /// Position in the order; none for those who are not in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// Public application code.
    pub code: String,
    /// The least number of points of its band, where bands are published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band_from: Option<Points>,
    /// What came out.
    pub outcome: PublicOutcome,
}

/// What came out, as far as everyone may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum PublicOutcome {
    /// A place at this facility.
    Placed {
        /// The facility's code.
        facility: String,
        /// What people call it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        label: String,
    },
    /// Admitted, or granted an amount.
    Admitted,
    /// In the order, with nothing so far.
    Waiting,
    /// Not in the order.
    NotAdmitted,
}

impl PublicList {
    /// The version of this form.
    pub const VERSION: u32 = 1;

    /// The public list of `run`; with `bands`, each line says in which band of points it falls:
    /// the greatest of these lower bounds it reaches.
    ///
    /// # Errors
    /// `ranking.publish.identifying` for every code that looks like something that identifies: a
    /// fiscal code, an IBAN, a date, a telephone number, a name.
    pub fn of(run: &Run, bands: Option<&[Points]>) -> Result<Self, Problems> {
        let mut found = Vec::new();
        for line in run.lines() {
            if let Some(what) = looks_like(line.code()) {
                found.push(Problem::new(
                    "ranking.publish.identifying",
                    format!("line[{}]", line.position.map_or(0, |position| position)),
                    format!("must have a code that identifies nobody; it looks like {what}"),
                    "give the application a code that says nothing of the person",
                ));
            }
        }
        Problems::check(found)?;
        let entries = run
            .lines()
            .iter()
            .map(|line| PublicEntry {
                position: line.position,
                code: line.code().to_owned(),
                band_from: bands.filter(|_| line.position.is_some()).and_then(|bands| {
                    bands.iter().copied().filter(|from| *from <= line.total).max()
                }),
                outcome: match &line.outcome {
                    Outcome::Placed { facility, .. } => PublicOutcome::Placed {
                        facility: facility.clone(),
                        label: label(run, facility),
                    },
                    Outcome::Admitted | Outcome::Granted { .. } => PublicOutcome::Admitted,
                    Outcome::Waiting { .. } => PublicOutcome::Waiting,
                    Outcome::BelowThreshold { .. }
                    | Outcome::Excluded { .. }
                    | Outcome::Duplicate { .. } => PublicOutcome::NotAdmitted,
                },
            })
            .collect();
        let source = run.call().criteria.source();
        Ok(Self {
            version: Self::VERSION,
            title: source.title.clone(),
            run: run.digest(),
            entrants: run.entrants_digest(),
            seed: source.draw.seed.clone(),
            superseded: None,
            entries,
        })
    }

    /// The same list, which says whether another took its place. Whatever shows a list that was
    /// published before takes it through here.
    #[must_use]
    pub fn standing_as(self, standing: &RankingRun) -> Self {
        Self { superseded: standing.superseded().map(SupersededBy::from), ..self }
    }
}

fn label(run: &Run, code: &str) -> String {
    let label = run.facilities().and_then(|facilities| {
        let facility = facilities.facility_position(code)?;
        Some(facilities.source().facility[facility].label.clone())
    });
    label.unwrap_or_default()
}

/// What a code looks like that must not be published, if anything. Parts between separators are
/// looked at too, and the problem never repeats the code: problems end up in logs.
fn looks_like(code: &str) -> Option<&'static str> {
    let joined: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let parts = code.split(|c: char| !c.is_ascii_alphanumeric());
    if !joined.bytes().any(|b| b.is_ascii_digit()) {
        return Some("a name: it has no digit");
    }
    if is_date(code) {
        return Some("a date");
    }
    parts.chain([joined.as_str()]).find_map(|part| {
        if is_fiscal_code(part) {
            Some("a fiscal code")
        } else if is_iban(part) {
            Some("an IBAN")
        } else if is_mobile(part) {
            Some("a telephone number")
        } else {
            None
        }
    })
}

/// The shape of a personal fiscal code, letters that stand for digits (*omocodia*) included.
fn is_fiscal_code(part: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphabetic();
    let digit = |b: u8| b.is_ascii_digit() || b"LMNPQRSTUV".contains(&b.to_ascii_uppercase());
    let bytes = part.as_bytes();
    bytes.len() == 16
        && bytes.iter().enumerate().all(|(i, &b)| match i {
            0..=5 | 8 | 11 | 15 => letter(b),
            _ => digit(b),
        })
}

fn is_iban(part: &str) -> bool {
    let bytes = part.as_bytes();
    (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_alphabetic)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && remainder_97(bytes) == 1
}

/// ISO 7064 MOD 97-10 over the rearranged IBAN.
fn remainder_97(bytes: &[u8]) -> u32 {
    bytes[4..].iter().chain(&bytes[..4]).fold(0, |rest, &b| {
        let value = (b as char).to_digit(36).unwrap_or(0);
        let shift = if value > 9 { 100 } else { 10 };
        (rest * shift + value) % 97
    })
}

fn is_mobile(part: &str) -> bool {
    let national = part.strip_prefix("0039").or_else(|| part.strip_prefix("39")).unwrap_or(part);
    let plain = national.len() == 10 && national.bytes().all(|b| b.is_ascii_digit());
    plain && national.starts_with('3')
}

fn is_date(code: &str) -> bool {
    let parts: Vec<&str> = code.split(['-', '/', '.', '_', ':']).collect();
    let &[a, b, c] = parts.as_slice() else { return false };
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        digits.contains(&text.len()).then(|| text.parse::<u32>().ok()).flatten()
    };
    let is_day = |year: &str, month: &str, day: &str| {
        let (Some(year), Some(month), Some(day)) =
            (number(year, 4..=4), number(month, 1..=2), number(day, 1..=2))
        else {
            return false;
        };
        NaiveDate::from_ymd_opt(year.cast_signed(), month, day).is_some()
    };
    is_day(a, b, c) || is_day(c, b, a)
}
