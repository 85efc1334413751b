//! From applications to the lines of a run.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::{Digest, Problem, Problems};

use super::{Call, Choice, Line, Outcome, Prize, Run, RunForm, Waiting};
use crate::assign::{Families, NONE, Standings};
use crate::entrants::Admission;
use crate::fund::Share;
use crate::order::UNRANKED;
use crate::{
    Applicant, Assignment, Criteria, Entrants, Market, Parted, Place, Points, Ranked, Standing,
    TieOn, TieValue,
};

/// A run beside the applications it was drawn up from, which it only read.
pub(super) struct Drawn {
    pub(super) digests: Digests,
    /// The lines: the number of each application in the list that was given, and what came out
    /// for it.
    pub(super) verdicts: Vec<(u32, Verdict)>,
}

#[derive(PartialEq, Eq)]
pub(super) struct Digests {
    pub(super) criteria: Digest,
    pub(super) entrants: Digest,
    pub(super) seed: Option<Digest>,
}

/// A line without its application.
pub(super) struct Verdict {
    position: Option<u32>,
    total: Points,
    ties: Vec<Option<TieValue>>,
    parted: Option<Parted>,
    ticket: Option<Digest>,
    choices: Vec<Choice>,
    outcome: Outcome,
}

impl Drawn {
    pub(super) fn of<'a>(
        call: &'a Call,
        applicants: impl Iterator<Item = &'a Applicant> + Clone,
    ) -> Result<Self, Problems> {
        let mut found = Vec::new();
        let entrants = kept(Entrants::check(&call.criteria, applicants.clone()), &mut found);
        let market = match &call.prize {
            Prize::Places(facilities) => kept(Market::check(facilities, applicants), &mut found),
            Prize::Fund(fund) => {
                kept(fund.check(applicants), &mut found);
                None
            }
        };
        let entrants = match (Problems::check(found), entrants) {
            (Err(problems), _) => return Err(problems),
            (Ok(()), Some(entrants)) => entrants,
            // `kept` gives nothing only after it has noted problems, which are returned above.
            (Ok(()), None) => unreachable!("a refused list of entrants has problems"),
        };
        let ranked = entrants.rank()?;
        let given = match (&call.prize, &market) {
            (Prize::Places(_), Some(market)) => Given::Places(Places::of(market, &ranked)),
            (Prize::Fund(fund), _) => Given::Shares(fund.share_out(&ranked)),
            // As above.
            (Prize::Places(_), None) => unreachable!("a refused market has problems"),
        };
        // Those in the order, best first, then the others by code.
        let is_out = |who: &&u32| ranked.position[**who as usize] == UNRANKED;
        let others = entrants.by_code.iter().filter(is_out);
        let verdicts = ranked
            .order
            .iter()
            .chain(others)
            .map(|&who| (who, verdict(&call.criteria, &ranked, &given, who)))
            .collect();
        let digests = Digests {
            criteria: call.criteria.digest(),
            entrants: entrants.digest(),
            seed: ranked.seed_digest(),
        };
        Ok(Self { digests, verdicts })
    }

    pub(super) fn into_form<A: Into<Applicant>>(self, call: &Call, applicants: Vec<A>) -> RunForm {
        let mut applicants: Vec<Option<A>> = applicants.into_iter().map(Some).collect();
        // Every application has one line, so each is there when its line asks for it.
        let take = |(who, verdict): (u32, Verdict)| {
            Some(verdict.with(applicants[who as usize].take()?.into()))
        };
        RunForm {
            version: Run::VERSION,
            call: call.clone(),
            criteria_digest: self.digests.criteria,
            entrants_digest: self.digests.entrants,
            seed_digest: self.digests.seed,
            lines: self.verdicts.into_iter().filter_map(take).collect(),
        }
    }
}

impl Verdict {
    fn with(self, applicant: Applicant) -> Line {
        let Self { position, total, ties, parted, ticket, choices, outcome } = self;
        Line { position, applicant, total, ties, parted, ticket, choices, outcome }
    }

    /// Whether `line` says the same.
    pub(super) fn is_of(&self, line: &Line) -> bool {
        let Self { position, total, ties, parted, ticket, choices, outcome } = self;
        (position, total, parted, ticket)
            == (&line.position, &line.total, &line.parted, &line.ticket)
            && (ties, choices, outcome) == (&line.ties, &line.choices, &line.outcome)
    }
}

fn kept<T>(checked: Result<T, Problems>, found: &mut Vec<Problem>) -> Option<T> {
    match checked {
        Ok(value) => Some(value),
        Err(problems) => {
            found.extend(problems);
            None
        }
    }
}

/// What was given out.
enum Given<'m> {
    Places(Places<'m>),
    Shares(BTreeMap<u32, Share>),
}

struct Places<'m> {
    market: &'m Market<'m>,
    assignment: Assignment,
    standings: Standings,
    /// Those who are placed with all their siblings or not at all.
    or_not_at_all: BTreeSet<u32>,
}

impl<'m> Places<'m> {
    fn of(market: &'m Market<'m>, ranked: &Ranked<'_>) -> Self {
        Self {
            market,
            assignment: Assignment::deferred(market, ranked),
            standings: Standings::of(market, ranked),
            or_not_at_all: Families::of(market, ranked)
                .map(|families| families.or_not_at_all())
                .unwrap_or_default(),
        }
    }

    fn choices(&self, ranked: &Ranked<'_>, who: u32) -> Vec<Choice> {
        self.market
            .edges(who)
            .map(|edge| Choice {
                priority: self.market.edge_priority[edge as usize],
                standing: self.standings.position(ranked, who, edge) + 1,
            })
            .collect()
    }

    fn outcome(&self, who: u32) -> Outcome {
        let edge = self.assignment.edge[who as usize];
        let why = if edge != NONE {
            let Place { facility, pool, preference } =
                self.market.place(who, edge, self.assignment.pool[who as usize]);
            return Outcome::Placed { facility, pool, preference };
        } else if self.market.edges(who).is_empty() {
            Waiting::NoPreferences
        } else if self.or_not_at_all.contains(&who) {
            Waiting::SiblingsNotTogether
        } else {
            Waiting::AllFull
        };
        Outcome::Waiting { why }
    }
}

fn verdict(criteria: &Criteria, ranked: &Ranked<'_>, given: &Given<'_>, who: u32) -> Verdict {
    let entrants = ranked.entrants;
    let applicant = entrants.applicants[who as usize];
    let position = Some(ranked.position[who as usize]).filter(|position| *position != UNRANKED);
    let seed = ranked.seed.as_ref().filter(|_| position.is_some_and(|p| ranked.is_drawn(p)));
    Verdict {
        position: position.map(|position| position + 1),
        total: entrants.total(who),
        ties: tie_values(criteria, applicant),
        parted: position.and_then(|position| ranked.parted(position as usize)),
        ticket: seed.map(|seed| seed.ticket(&applicant.code)),
        choices: match (given, position) {
            (Given::Places(places), Some(_)) => places.choices(ranked, who),
            _ => Vec::new(),
        },
        outcome: match entrants.admission[who as usize] {
            Admission::Eligible => match given {
                Given::Places(places) => places.outcome(who),
                // Everyone in the order has a category: the fund checked it.
                Given::Shares(shares) => shares[&who].into(),
            },
            Admission::BelowThreshold(threshold) => {
                let had = match &criteria.thresholds()[usize::from(threshold)].criterion {
                    Some(code) => points_under(applicant, code),
                    None => entrants.total(who),
                };
                Outcome::BelowThreshold { threshold, had }
            }
            Admission::Duplicate(kept) => Outcome::Duplicate {
                kept: entrants.applicants[kept as usize].code.clone(),
                rule: criteria.duplicates(),
            },
            Admission::Excluded => Outcome::Excluded {
                reason: match &applicant.standing {
                    Standing::Excluded { reason } | Standing::Included { reason } => reason.clone(),
                    Standing::Ordinary => String::new(),
                },
            },
        },
    }
}

fn tie_values(criteria: &Criteria, applicant: &Applicant) -> Vec<Option<TieValue>> {
    criteria
        .tie_breaks()
        .iter()
        .map(|tie_break| match &tie_break.on {
            TieOn::Criterion(code) => Some(TieValue::Points(points_under(applicant, code))),
            TieOn::Key { name, .. } => applicant.tie_value(name),
        })
        .collect()
}

/// Checked with the entrants to fit.
fn points_under(applicant: &Applicant, criterion: &str) -> Points {
    applicant
        .points
        .iter()
        .filter(|score| score.criterion == criterion)
        .fold(Points::ZERO, |sum, score| sum.checked_add(score.counted()).unwrap_or(sum))
}

impl From<Share> for Outcome {
    fn from(share: Share) -> Self {
        match share {
            Share::Admitted => Self::Admitted,
            Share::Granted { amount, asked } => Self::Granted { amount, asked },
            Share::NoPlaceLeft => Self::Waiting { why: Waiting::NoPlaceLeft },
            Share::BudgetEnded { left } => Self::Waiting { why: Waiting::BudgetEnded { left } },
        }
    }
}
