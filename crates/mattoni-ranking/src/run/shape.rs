//! That a run which was read hangs together: whatever is asked of it has an answer.
//!
//! Whether it also came out as the rules say is another question, which [`Run::verify`] answers.

use mattoni_core::{Problem, Problems};

use super::{Line, Outcome, Prize, Run, RunForm};
use crate::{Facilities, Market};

pub(super) fn check(form: &RunForm) -> Result<(), Problems> {
    if form.version != Run::VERSION {
        return Err(Problem::new(
            "ranking.run.version",
            "version",
            format!("must be a known version of a run, and {} is none", form.version),
            "read it with the release that wrote it",
        )
        .into());
    }
    let facilities = match &form.call.prize {
        Prize::Places(facilities) => {
            Market::check(facilities, form.lines.iter().map(|line| &line.applicant))?;
            Some(facilities)
        }
        Prize::Fund(_) => None,
    };
    let tie_breaks = form.call.criteria.tie_breaks().len();
    let ranked = form.lines.partition_point(|line| line.position.is_some());
    let found = (0..)
        .zip(&form.lines)
        .filter(|(i, line)| {
            let expected = (*i < ranked).then_some(*i + 1).map(|p| u32::try_from(p).ok());
            let position_fits = line.position == expected.flatten();
            !(position_fits && line.ties.len() == tie_breaks && outcome_fits(line, facilities))
        })
        .map(|(_, line)| {
            Problem::new(
                "ranking.run.shape",
                format!("line[{}]", line.code()),
                "must agree with the rest of the run",
                "the run was altered; take it from the journal",
            )
        })
        .collect();
    Problems::check(found)
}

fn outcome_fits(line: &Line, facilities: Option<&Facilities>) -> bool {
    let named = &line.applicant.preferences;
    let choices = if line.position.is_some() && facilities.is_some() { named.len() } else { 0 };
    let place_fits = match &line.outcome {
        Outcome::Placed { facility, pool, preference } => {
            let at = preference.checked_sub(1).and_then(|i| named.get(i as usize));
            line.position.is_some()
                && at.is_some_and(|at| at.facility == *facility)
                && facilities.is_some_and(|f| {
                    pool.as_deref().is_none_or(|pool| f.pool_position(pool).is_some())
                })
        }
        _ => true,
    };
    place_fits && line.choices.len() == choices
}
