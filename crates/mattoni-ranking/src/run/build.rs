//! From applications to the lines of a run.

use mattoni_core::{Problem, Problems};

use super::{Call, Choice, Line, Outcome, Prize, Run, RunForm, Waiting};
use crate::assign::{NONE, Standings};
use crate::entrants::Admission;
use crate::fund::Share;
use crate::order::UNRANKED;
use crate::{
    Applicant, Assignment, Criteria, Entrants, Market, Place, Points, Ranked, Standing, TieOn,
    TieValue,
};

pub(super) fn draw_up(call: &Call, applicants: &[Applicant]) -> Result<RunForm, Problems> {
    let mut found = Vec::new();
    let entrants = kept(Entrants::check(&call.criteria, applicants), &mut found);
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
        (Ok(()), None) => unreachable!("without entrants something was found"),
    };
    let ranked = entrants.rank()?;
    let mut lines = base_lines(&call.criteria, &ranked);
    match (&call.prize, &market) {
        (Prize::Places(_), Some(market)) => place(&mut lines, market, &ranked),
        (Prize::Fund(fund), _) => {
            for (who, share) in fund.share_out(&ranked) {
                lines[who as usize].outcome = share.into();
            }
        }
        (Prize::Places(_), None) => {}
    }
    let mut in_order: Vec<Line> = lines;
    // Positions are unique; those without one come last, by code.
    in_order.sort_by(|a, b| {
        let key = |line: &Line| line.position.unwrap_or(u32::MAX);
        key(a).cmp(&key(b)).then_with(|| a.code().cmp(b.code()))
    });
    Ok(RunForm {
        version: Run::VERSION,
        call: call.clone(),
        criteria_digest: call.criteria.digest(),
        entrants_digest: entrants.digest(),
        seed_digest: ranked.seed_digest(),
        lines: in_order,
    })
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

/// A line for each applicant, in the order they were given, without what the prize decides.
fn base_lines(criteria: &Criteria, ranked: &Ranked<'_>) -> Vec<Line> {
    let entrants = ranked.entrants;
    (0..)
        .zip(entrants.applicants)
        .map(|(who, applicant): (u32, _)| {
            let position = ranked.position[who as usize];
            let is_ranked = position != UNRANKED;
            let drawn = is_ranked && ranked.is_drawn(position);
            Line {
                position: is_ranked.then(|| position + 1),
                total: entrants.total(who),
                ties: tie_values(criteria, applicant),
                parted: if is_ranked { ranked.parted(position as usize) } else { None },
                ticket: ranked
                    .seed
                    .as_ref()
                    .filter(|_| drawn)
                    .map(|seed| seed.ticket(&applicant.code)),
                choices: Vec::new(),
                outcome: first_outcome(criteria, applicant, entrants, who),
                applicant: applicant.clone(),
            }
        })
        .collect()
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

fn first_outcome(
    criteria: &Criteria,
    applicant: &Applicant,
    entrants: &Entrants<'_>,
    who: u32,
) -> Outcome {
    match entrants.admission[who as usize] {
        Admission::Eligible => Outcome::Waiting { why: Waiting::NoPreferences },
        Admission::BelowThreshold(threshold) => {
            let had = match &criteria.thresholds()[usize::from(threshold)].criterion {
                Some(code) => points_under(applicant, code),
                None => entrants.total(who),
            };
            Outcome::BelowThreshold { threshold, had }
        }
        Admission::Excluded => Outcome::Excluded {
            reason: match &applicant.standing {
                Standing::Excluded { reason } | Standing::Included { reason } => reason.clone(),
                Standing::Ordinary => String::new(),
            },
        },
    }
}

fn place(lines: &mut [Line], market: &Market<'_>, ranked: &Ranked<'_>) {
    let assignment = Assignment::deferred(market, ranked);
    let standings = Standings::of(market, ranked);
    for &who in &ranked.order {
        let line = &mut lines[who as usize];
        line.choices = market
            .edges(who)
            .map(|edge| Choice {
                priority: market.edge_priority[edge as usize],
                standing: standings.position(ranked, who, edge) + 1,
            })
            .collect();
        let edge = assignment.edge[who as usize];
        if edge != NONE {
            let Place { facility, pool, preference } =
                market.place(who, edge, assignment.pool[who as usize]);
            line.outcome = Outcome::Placed { facility, pool, preference };
        } else if !line.choices.is_empty() {
            line.outcome = Outcome::Waiting { why: Waiting::AllFull };
        }
    }
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
