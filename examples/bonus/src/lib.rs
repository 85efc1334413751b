//! A bonus granted in order until the money ends, to the cent: two categories, the first with a
//! share of the fund, what it leaves to the second, the last amount in part.
//!
//! [`run`] tells the whole of it. What decides stands beside this code, in `bonus.toml`; what was
//! asked for, in `applications.csv`. There is no database and no plugin.
//!
//! Run with: `cargo xtask demo bonus`
#![forbid(unsafe_code)]

mod applications;

use std::error::Error;

use applications::Band;
use mattoni_core::Money;
use mattoni_ranking::{
    Applicant, Call, Criteria, Explainer, Fund, Outcome, Prize, PublicList, PublicOutcome, Run,
    Waiting, italian,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Notice {
    isee_limit: Money,
    band: Vec<Band>,
    criteria: Criteria,
    fund: Fund,
}

/// Draws the ranking up, checks it, and hands what it says to `say`, a line at a time: how much is
/// granted in each category, the head of the public list, letters to those who get less than they
/// asked for.
///
/// # Errors
/// When a file cannot be read, or the ranking cannot be drawn up again as it was.
pub fn run(say: &mut dyn FnMut(&str)) -> Result<(), Box<dyn Error>> {
    let (call, applications) = load()?;
    let run = Run::draw_up(&call, &applications)?;
    run.verify()?;
    say(&format!("{}: {} domande", call.criteria.source().title, applications.len()));
    for group in ["retta", "mensa"] {
        say(&format!("  {group}: {}", summary(&run, Some(group))));
    }
    say(&format!("  in tutto: {}", summary(&run, None)));

    let list = PublicList::of(&run, None)?;
    let admitted = |outcome: &PublicOutcome| *outcome == PublicOutcome::Admitted;
    let granted = list.entries.iter().filter(|entry| admitted(&entry.outcome)).count();
    say(&format!("\nElenco pubblico, {granted} ammesse; le prime righe:"));
    for line in italian::public_list(&list).iter().take(6) {
        say(line);
    }

    let cut = |line: &&mattoni_ranking::Line| match &line.outcome {
        Outcome::Granted { amount, asked } => amount < asked,
        Outcome::Waiting { why } => matches!(why, Waiting::BudgetEnded { .. }),
        _ => false,
    };
    say("\nLettere a chi ha avuto meno di quanto chiesto, le prime due:");
    let words = italian::Words::default().with_reason("isee-band", "fascia dell'ISEE dichiarato");
    let explainer = Explainer::new(&run);
    for line in run.lines().iter().filter(cut).take(2) {
        if let Some(explained) = explainer.explain(line.code()) {
            say(&format!("  {}", italian::explanation(&explained, &words).join(" ")));
        }
    }
    Ok(())
}

fn load() -> Result<(Call, Vec<Applicant>), Box<dyn Error>> {
    let notice: Notice = toml::from_str(include_str!("../bonus.toml"))?;
    let csv = include_str!("../applications.csv");
    let applications = applications::read(csv, &notice.band, notice.isee_limit)?;
    Ok((Call { criteria: notice.criteria, prize: Prize::Fund(notice.fund) }, applications))
}

/// How many are granted how much, in one category or in all.
fn granted(run: &Run, group: Option<&str>) -> (usize, Money) {
    run.lines()
        .iter()
        .filter(|line| group.is_none() || line.applicant.group.as_deref() == group)
        .filter_map(|line| match &line.outcome {
            Outcome::Granted { amount, .. } => Some(*amount),
            _ => None,
        })
        .fold((0, Money::ZERO), |(count, sum), amount| {
            // A fund never grants more than its own total, which is an amount.
            (count + 1, sum.checked_add(amount).unwrap_or(sum))
        })
}

fn summary(run: &Run, group: Option<&str>) -> String {
    let (count, sum) = granted(run, group);
    let of_group =
        |line: &&mattoni_ranking::Line| group.is_none() || line.applicant.group.as_deref() == group;
    let out = run.lines().iter().filter(of_group).filter(|line| line.position.is_none()).count();
    let waiting = run
        .lines()
        .iter()
        .filter(of_group)
        .filter(|line| matches!(line.outcome, Outcome::Waiting { .. }))
        .count();
    let sum = italian::money(sum);
    format!("{count} ammesse per {sum}, {waiting} senza fondi, {out} escluse")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use mattoni_ranking::Standing;

    use super::*;

    #[test]
    fn it_says_what_is_granted_and_to_whom_it_writes() {
        let mut lines = Vec::new();
        run(&mut |line| lines.push(line.to_owned())).unwrap();
        assert!(lines[3].starts_with("  in tutto: "), "{lines:?}");
        assert!(lines.iter().any(|line| line.starts_with("\nLettere")), "{lines:?}");
    }

    #[test]
    fn the_fund_is_spent_to_the_cent() {
        let (call, applications) = load().unwrap();
        let run = Run::draw_up(&call, &applications).unwrap();
        assert_eq!(granted(&run, None).1.to_string(), "35548.18");
        let first = granted(&run, Some("retta")).1;
        assert!(first <= "19551.49".parse().unwrap(), "55 % rounded down is 19,551.49: {first}");
    }

    #[test]
    fn in_each_category_nobody_with_a_higher_isee_is_served_before() {
        let (call, applications) = load().unwrap();
        let run = Run::draw_up(&call, &applications).unwrap();
        for group in ["retta", "mensa"] {
            let served: Vec<bool> = run
                .lines()
                .iter()
                .filter(|line| line.position.is_some())
                .filter(|line| line.applicant.group.as_deref() == Some(group))
                .map(|line| matches!(line.outcome, Outcome::Granted { .. }))
                .collect();
            let ends = served.iter().position(|served| !served).unwrap();
            assert!(served[ends..].iter().all(|served| !served), "{group}: the order was jumped");
            let isee: Vec<_> = run
                .lines()
                .iter()
                .filter(|line| line.position.is_some())
                .filter(|line| line.applicant.group.as_deref() == Some(group))
                .map(|line| line.applicant.tie_value("isee").unwrap().to_string())
                .map(|isee| isee.parse::<Money>().unwrap())
                .collect();
            assert!(isee.is_sorted());
        }
    }

    #[test]
    fn a_child_gets_each_kind_of_bonus_once() {
        let (_, applications) = load().unwrap();
        let second = |a: &&Applicant| match &a.standing {
            Standing::Excluded { reason } => reason.starts_with("seconda"),
            _ => false,
        };
        let twice: Vec<&str> =
            applications.iter().filter(second).map(|a| a.code.as_str()).collect();
        assert_eq!(twice, ["B-0133"]);
    }

    #[test]
    fn the_public_list_shows_no_amount_and_no_isee() {
        let (call, applications) = load().unwrap();
        let list = PublicList::of(&Run::draw_up(&call, &applications).unwrap(), None).unwrap();
        let text = italian::public_list(&list).join("\n");
        for a in &applications {
            let isee = a.tie_value("isee").unwrap().to_string();
            assert!(!text.contains(&isee), "{}", a.code);
        }
    }
}
