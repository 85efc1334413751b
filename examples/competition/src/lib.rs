//! A public competition (*concorso pubblico*): written and oral tests with minimum marks, titles,
//! reserved posts, titles of preference, and what an exclusion on appeal changes.
//!
//! [`run`] tells the whole of it. What this call decides beside the template stands in
//! `competition.toml`; the marks and the titles, in `candidates.csv`. There is no database and no
//! plugin.
//!
//! Run with: `cargo xtask demo competition`
#![forbid(unsafe_code)]

mod candidates;

use std::error::Error;

use mattoni_ranking::{
    Applicant, Call, Criteria, CriteriaSource, Explainer, Facilities, Line, Outcome, Parted, Prize,
    PublicList, Run, Standing, compare, italian, templates,
};
use serde::Deserialize;

/// What this call decides beside the template.
#[derive(Deserialize)]
struct Own {
    title: String,
    seed: String,
    places: Facilities,
}

/// Draws the ranking up, checks it, and hands what it says to `say`, a line at a time: the public
/// list, who wins by a reserve, the letter to somebody who lost a tie, and what would change
/// without the first.
///
/// # Errors
/// When a file cannot be read, the reserves exceed half of the posts, or the ranking cannot be
/// drawn up again as it was.
pub fn run(say: &mut dyn FnMut(&str)) -> Result<(), Box<dyn Error>> {
    let (call, candidates) = load()?;
    let run = Run::draw_up(&call, &candidates)?;
    run.verify()?;
    say(&format!("{} candidati, {} idonei", candidates.len(), suitable(&run)));
    for line in italian::public_list(&PublicList::of(&run, None)?) {
        say(&line);
    }

    say("\nPosti riservati (solo per l'ufficio):");
    for line in run.lines() {
        if let Outcome::Placed { pool: Some(pool), .. } = &line.outcome {
            let position = line.position.unwrap_or_default();
            say(&format!("  {}, posizione {position}: vince per la riserva {pool}", line.code()));
        }
    }

    let tied = |line: &&Line| {
        matches!(line.parted, Some(Parted::TieBreak(_)))
            && matches!(line.outcome, Outcome::Waiting { .. })
    };
    let tied = run.lines().iter().find(tied);
    let words = italian::Words::default().with_reason("voto", "voto in trentesimi");
    if let Some(explained) = tied.and_then(|line| Explainer::new(&run).explain(line.code())) {
        say("\nLettera a chi ha perso una parità:");
        for paragraph in italian::explanation(&explained, &words) {
            say(&format!("  {paragraph}"));
        }
    }

    let first = run.lines()[0].code().to_owned();
    say(&format!("\nSe {first} fosse esclusa in autotutela:"));
    for change in compare(&run, &without(&call, &candidates, &first)?) {
        if change.changes_the_outcome() {
            say(&format!(
                "  {}: {} -> {}",
                change.code,
                short(&change.before),
                short(&change.after)
            ));
        }
    }
    Ok(())
}

fn load() -> Result<(Call, Vec<Applicant>), Box<dyn Error>> {
    let own: Own = toml::from_str(include_str!("../competition.toml"))?;
    if !within_half(&own.places) {
        return Err("the reserves exceed half of the posts (DPR 487/1994, art. 5)".into());
    }
    let mut criteria: CriteriaSource = toml::from_str(templates::COMPETITION_CRITERIA)?;
    criteria.title = own.title;
    criteria.draw.seed = Some(own.seed);
    let call = Call { criteria: Criteria::new(criteria)?, prize: Prize::Places(own.places) };
    Ok((call, candidates::read(include_str!("../candidates.csv"))?))
}

/// All reserves together are at most half of the posts (DPR 487/1994, art. 5, c. 1).
fn within_half(places: &Facilities) -> bool {
    places.source().facility.iter().flat_map(|facility| &facility.seats).all(|seats| {
        let reserved: i64 = seats.reserved.iter().map(|reserve| reserve.places).sum();
        2 * reserved <= seats.places
    })
}

fn short(outcome: &Option<Outcome>) -> &str {
    match outcome {
        Some(Outcome::Placed { pool: Some(_), .. }) => "vince per una riserva",
        Some(Outcome::Placed { .. }) => "vince",
        Some(Outcome::Waiting { .. }) => "idonea",
        _ => "fuori graduatoria",
    }
}

fn suitable(run: &Run) -> usize {
    run.lines().iter().filter(|line| line.position.is_some()).count()
}

/// The same competition without one candidate: they stay on the list of entrants, so the draw
/// stays the same.
fn without(call: &Call, candidates: &[Applicant], code: &str) -> Result<Run, Box<dyn Error>> {
    let mut candidates = candidates.to_vec();
    for candidate in candidates.iter_mut().filter(|candidate| candidate.code == code) {
        candidate.standing = Standing::Excluded { reason: "requisito mancante".to_owned() };
    }
    Ok(Run::draw_up(call, &candidates)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;

    fn drawn() -> Run {
        let (call, candidates) = load().unwrap();
        Run::draw_up(&call, &candidates).unwrap()
    }

    #[test]
    fn it_says_who_wins_and_what_an_exclusion_changes() {
        let mut lines = Vec::new();
        run(&mut |line| lines.push(line.to_owned())).unwrap();
        assert!(lines[0].ends_with(" idonei"), "{lines:?}");
        assert!(lines.iter().any(|line| line.contains("vince per la riserva")), "{lines:?}");
        assert!(lines.iter().any(|line| line.ends_with("in autotutela:")), "{lines:?}");
    }

    #[test]
    fn ten_win_and_every_reserve_is_filled_as_far_as_there_are_titles() {
        let (call, candidates) = load().unwrap();
        let run = Run::draw_up(&call, &candidates).unwrap();
        let count = |pool: Option<&str>| {
            let won = |outcome: &Outcome| matches!(outcome, Outcome::Placed { pool: p, .. } if p.as_deref() == pool);
            run.lines().iter().filter(|line| won(&line.outcome)).count()
        };
        assert_eq!((count(None), count(Some("ffaa")), count(Some("scu"))), (5, 3, 1));
        assert_eq!(count(Some("l68")), 1);
    }

    #[test]
    fn nobody_below_the_minimum_is_in_the_ranking() {
        for line in drawn().lines() {
            let failed = matches!(line.outcome, Outcome::BelowThreshold { .. });
            assert_eq!(failed, line.position.is_none(), "{}", line.code());
        }
    }

    #[test]
    fn a_reserve_beyond_half_of_the_posts_is_refused() {
        let places: Facilities = toml::from_str(
            "pool = [{ code = \"ffaa\", label = \"\" }]\n\
             facility = [{ code = \"c\", seats = [{ places = 3, reserved = [{ pool = \"ffaa\", places = 2 }] }] }]",
        )
        .unwrap();
        assert!(!within_half(&places));
    }

    #[test]
    fn an_exclusion_lets_somebody_in_and_nobody_out() {
        let (call, candidates) = load().unwrap();
        let before = Run::draw_up(&call, &candidates).unwrap();
        let first = before.lines()[0].code();
        let after = without(&call, &candidates, first).unwrap();
        let wins = |outcome: &Option<Outcome>| matches!(outcome, Some(Outcome::Placed { .. }));
        let changes = compare(&before, &after);
        assert!(changes.iter().any(|c| !wins(&c.before) && wins(&c.after)));
        assert!(changes.iter().all(|c| c.code == first || !wins(&c.before) || wins(&c.after)));
    }
}
