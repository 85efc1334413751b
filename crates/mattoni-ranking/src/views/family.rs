//! What one applicant may know of their own line: everything that decided, and nothing of
//! anyone else but how many points were enough.

use mattoni_core::{Digest, Money};
use serde::{Deserialize, Serialize};

use super::Explainer;
use super::explainer::Entry;
use crate::assign::Attempt;
use crate::{Correction, Line, Outcome, Parted, Points, Prize, TieValue, Waiting};

/// Why a line came out as it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// Version of this form: 1.
    pub version: u32,
    /// What is ranked.
    pub title: String,
    /// The run.
    pub run: Digest,
    /// The application.
    pub code: String,
    /// Position in the order, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// How many are in the order.
    pub ranked: u32,
    /// Total points.
    pub total: Points,
    /// Where the points come from.
    pub points: Vec<PointsExplained>,
    /// The values for the tie-breaks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ties: Vec<TieExplained>,
    /// What put it below the line above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below_the_one_above: Option<Parted>,
    /// What put it above the line below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above_the_one_below: Option<Parted>,
    /// Its ticket in the draw, where the draw had a say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Digest>,
    /// What came out.
    pub outcome: Outcome,
    /// The least that was asked for, where a threshold was missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at_least: Option<Points>,
    /// What was missing for a place or an amount, where nothing depends on facilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
    /// How the money was shared out, where it did not suffice for all and everyone got a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<SharedOut>,
    /// How it went at each facility named, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<ChoiceExplained>,
}

/// Money that was shared out in proportion, because it did not suffice for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedOut {
    /// All that was given out.
    pub available: Money,
    /// All that was asked for.
    pub asked: Money,
    /// Among how many applications.
    pub among: u32,
}

/// Points under one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsExplained {
    /// What people call the criterion.
    pub label: String,
    /// Legal source.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The most it can give.
    pub max: Points,
    /// Points for what was declared.
    pub declared: Points,
    /// Stable code of the reason.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What the office found instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction<Points>>,
}

/// The value for one tie-break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TieExplained {
    /// What people call it.
    pub label: String,
    /// The applicant's own value.
    pub value: Option<TieValue>,
}

/// How it went at one facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceExplained {
    /// The facility's code.
    pub facility: String,
    /// What people call it.
    pub label: String,
    /// Place in its list, from 1.
    pub place_in_list: u32,
    /// How many named it.
    pub list_length: u32,
    /// How it went.
    pub here: Here,
}

/// How it went at one facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Here {
    /// The place is here.
    Placed,
    /// Not needed: there is a place at a facility named before.
    NotNeeded,
    /// The facility has no place this application may take.
    NoSuchPlaces,
    /// All places went to others who stand before.
    Full {
        /// For each kind of places it may take, what was missing.
        gaps: Vec<Gap>,
    },
}

/// What was missing to get the last place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The reserved pool; none for regular places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<String>,
    /// What decided against whoever got the last place.
    pub decided: WhatDecided,
}

/// What decided against whoever got the last place. Of them it tells no more than their points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum WhatDecided {
    /// They have the title of the reserve.
    Title,
    /// The facility's own priority.
    Priority {
        /// The applicant's priority.
        yours: u32,
        /// The one that was enough.
        needed: u32,
    },
    /// A class that goes before.
    Class,
    /// Points.
    Points {
        /// The points that were enough.
        needed: Points,
        /// How many were missing.
        short_by: Points,
    },
    /// Equal points; the tie-break with this index, from 0.
    TieBreak {
        /// Index in written order.
        which: usize,
        /// What people call it.
        label: String,
    },
    /// Equal in everything; the draw.
    Draw,
    /// There was no room for all the brothers and sisters who ask to be together.
    Siblings,
}

impl Explainer<'_> {
    /// Why the line of the application `code` came out as it did; `None` when there is no such
    /// line.
    #[must_use]
    pub fn explain(&self, code: &str) -> Option<Explanation> {
        let run = self.run;
        let number = run.line_number(code)?;
        let line = &run.lines()[number];
        let next = run.lines().get(number + 1).filter(|next| next.position.is_some());
        let criteria = &run.call().criteria;
        Some(Explanation {
            version: Explanation::VERSION,
            title: criteria.source().title.clone(),
            run: run.digest(),
            code: code.to_owned(),
            position: line.position,
            ranked: run.lines().partition_point(|line| line.position.is_some()) as u32,
            total: line.total,
            points: self.points(line),
            ties: criteria
                .tie_breaks()
                .iter()
                .zip(&line.ties)
                .map(|(tie, value)| TieExplained { label: tie.label.clone(), value: *value })
                .collect(),
            below_the_one_above: line.parted,
            above_the_one_below: line.position.and(next).and_then(|next| next.parted),
            ticket: line.ticket,
            outcome: line.told_outcome(),
            asked_at_least: match &line.outcome {
                Outcome::BelowThreshold { threshold, .. } => {
                    criteria.thresholds().get(usize::from(*threshold)).map(|t| t.at_least)
                }
                _ => None,
            },
            gap: self.fund_gap(line),
            shared: self.shared(line),
            choices: self.choices(number as u32, line),
        })
    }

    fn points(&self, line: &Line) -> Vec<PointsExplained> {
        let criteria = &self.run.call().criteria;
        line.applicant
            .points
            .iter()
            .filter_map(|score| {
                let criterion = criteria.criterion(&score.criterion)?;
                Some(PointsExplained {
                    label: criterion.label.clone(),
                    source: criterion.source.clone(),
                    max: criterion.max,
                    declared: score.points,
                    reason: score.reason.clone(),
                    correction: score.correction.clone(),
                })
            })
            .collect()
    }

    fn choices(&self, number: u32, line: &Line) -> Vec<ChoiceExplained> {
        let Some(market) = &self.market else { return Vec::new() };
        let held = match &line.outcome {
            Outcome::Placed { preference, .. } => *preference,
            _ => u32::MAX,
        };
        let source = market.facilities.source();
        market
            .edges(number)
            .zip(&line.choices)
            .zip(1_u32..)
            .map(|((edge, choice), preference)| {
                let section = market.edge_section[edge as usize];
                let facility = &source.facility[market.facility_of(section)];
                let gaps: Vec<Gap> = market
                    .attempts_of(edge)
                    .filter_map(|attempt| self.gap_at(number, preference, attempt))
                    .collect();
                ChoiceExplained {
                    facility: facility.code.clone(),
                    label: facility.label.clone(),
                    place_in_list: self.place_in_list(section, *choice, number),
                    list_length: self.lists[section as usize].len() as u32,
                    here: match preference.cmp(&held) {
                        std::cmp::Ordering::Equal => Here::Placed,
                        std::cmp::Ordering::Greater => Here::NotNeeded,
                        std::cmp::Ordering::Less if gaps.is_empty() => Here::NoSuchPlaces,
                        std::cmp::Ordering::Less => Here::Full { gaps },
                    },
                }
            })
            .collect()
    }

    fn gap_at(&self, number: u32, preference: u32, attempt: Attempt) -> Option<Gap> {
        let market = self.market.as_ref()?;
        let (last, filled) = self.last[attempt.pool as usize];
        let lines = self.run.lines();
        let line = &lines[number as usize];
        let choice = line.choices[preference as usize - 1];
        let entry = Entry { released: attempt.released, choice, line: number };
        let seats = market.pools[attempt.pool as usize];
        let beaten_by = last.filter(|last| *last < entry && filled == seats.places);
        let reserve = seats.reserve;
        let pool = reserve.map(|i| market.facilities.source().pool[usize::from(i)].code.clone());
        // Nobody alone fails to get a place they stand well enough for.
        let Some(last) = beaten_by else {
            return Some(Gap { pool, decided: WhatDecided::Siblings });
        };
        let decided = if attempt.released && !last.released {
            WhatDecided::Title
        } else if choice.priority != last.choice.priority {
            WhatDecided::Priority { yours: choice.priority, needed: last.choice.priority }
        } else {
            self.decided(line, &lines[last.line as usize])
        };
        Some(Gap { pool, decided })
    }

    /// What put `line` behind `last`, priorities aside.
    fn decided(&self, line: &Line, last: &Line) -> WhatDecided {
        let criteria = &self.run.call().criteria;
        if line.applicant.class != last.applicant.class && !criteria.classes().is_empty() {
            return WhatDecided::Class;
        }
        if line.total != last.total {
            return WhatDecided::Points {
                needed: last.total,
                short_by: line.total.short_of(last.total),
            };
        }
        let parted = line.ties.iter().zip(&last.ties).position(|(a, b)| a != b);
        match parted.and_then(|which| criteria.tie_breaks().get(which).map(|tie| (which, tie))) {
            Some((which, tie)) => WhatDecided::TieBreak { which, label: tie.label.clone() },
            None => WhatDecided::Draw,
        }
    }

    fn shared(&self, line: &Line) -> Option<SharedOut> {
        let Prize::Fund(fund) = &self.run.call().prize else { return None };
        line.position?;
        let category = fund.pro_rata(&line.applicant)?;
        let (mut available, mut asked, mut among) = (Money::ZERO, Money::ZERO, 0);
        for other in self.run.lines().iter().filter(|other| other.position.is_some()) {
            if category.group.is_some() && other.applicant.group != category.group {
                continue;
            }
            if let Outcome::Granted { amount, .. } = &other.outcome {
                available = available.checked_add(*amount)?;
            }
            asked = asked.checked_add(fund.asked(&other.applicant))?;
            among += 1;
        }
        (available < asked).then_some(SharedOut { available, asked, among })
    }

    fn fund_gap(&self, line: &Line) -> Option<Gap> {
        let Prize::Fund(fund) = &self.run.call().prize else { return None };
        if fund.pro_rata(&line.applicant).is_some() {
            // Nobody was served before another.
            return None;
        }
        let Outcome::Waiting { why: Waiting::NoPlaceLeft | Waiting::BudgetEnded { .. } } =
            &line.outcome
        else {
            return None;
        };
        let by_group = fund.source().category.iter().any(|category| category.group.is_some());
        let served = |other: &&Line| {
            matches!(other.outcome, Outcome::Admitted | Outcome::Granted { .. })
                && (!by_group || other.applicant.group == line.applicant.group)
                && other.position < line.position
        };
        let last = self.run.lines().iter().rev().filter(|l| l.position.is_some()).find(served)?;
        Some(Gap { pool: None, decided: self.decided(line, last) })
    }
}

impl Explanation {
    /// The version of this form.
    pub const VERSION: u32 = 1;

    /// The tie-break with this index, as people call it.
    #[must_use]
    pub fn tie_label(&self, which: usize) -> Option<&str> {
        self.ties.get(which).map(|tie| tie.label.as_str())
    }
}
