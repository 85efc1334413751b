//! What people ask about a published ranking: would another method have been fairer, how much
//! was luck. All from the run itself; nothing is recorded.

use mattoni_office::ranking::Drawn;
use mattoni_ranking::{Applicant, Assignment, Chances, Entrants, Market, Measures};

use super::Say;
use crate::Stopped;

/// Draws tried to tell luck from rank.
const DRAWS: u32 = 100;

/// Answers both about the run.
pub(super) fn answer(drawn: &Drawn, say: &mut Say<'_>) -> Result<(), Stopped> {
    let call = drawn.run.call();
    let Some(facilities) = drawn.run.facilities() else { return Ok(()) };
    let applicants: Vec<Applicant> = drawn.run.applicants().cloned().collect();
    let entrants = Entrants::check(&call.criteria, &applicants)?;
    let market = Market::check(facilities, &applicants)?;
    let ranked = entrants.rank()?;

    let mut told = |method: &str, measures: Measures| {
        say(&format!(
            "             {method:22} {} placed, {} at their first choice, {} passed over",
            measures.placed,
            measures.by_choice.first().copied().unwrap_or(0),
            measures.passed_over
        ));
    };
    told("deferred acceptance", Assignment::deferred(&market, &ranked).measures(&market, &ranked));
    told(
        "immediate acceptance",
        Assignment::immediate(&market, &ranked).measures(&market, &ranked),
    );
    told(
        "top trading cycles",
        Assignment::top_trading(&market, &ranked).measures(&market, &ranked),
    );

    let seeds = (0..DRAWS).map(|n| format!("prova {n}"));
    let chances = Chances::over(&entrants, &market, seeds)?;
    let by_luck = entrants
        .codes()
        .filter(|code| chances.placed(code).is_some_and(|n| n > 0 && n < chances.draws()))
        .count();
    say(&format!("             over {DRAWS} other draws, {by_luck} places hang on the draw"));

    Ok(())
}
