//! Fiscal codes and terms of law, a second.
//!
//! Run with: `cargo bench -p mattoni-benches --features core --bench core`
//!
//! - `fiscal codes`: a million people get a code, which is read back; beside python-codicefiscale
//!   (`encode` and `decode`) where `python3` can import it. `MATTONI_PYTHON` names another python.
//! - `terms`: due dates with their reasons for starts over 36 years, by a calendar with a patron
//!   saint; the goal is a million a second.
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]
#![allow(clippy::float_arithmetic, reason = "rates and ratios")]

use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use chrono::{Days, NaiveDate};
use mattoni_core::calendar::{LegalCalendar, Suspension, SuspensionKind, Term};
use mattoni_core::{FiscalCode, Problems, Sex};

const ROUNDS: usize = 7;
const PEOPLE: u64 = 1_000_000;
const STARTS: u64 = 13_149;

const FAMILIES: [&str; 8] =
    ["Rossi", "D'Angelo", "Fo", "De La Cruz", "Nicolò", "Esposito", "Brambilla", "Ferrari"];
const NAMES: [&str; 8] =
    ["Mario", "Gianfranco", "Al", "Maria Elena", "Niccolò", "Anna", "Alessandro", "Giulia"];
const PLACES: [&str; 4] = ["H501", "F205", "H223", "Z110"];

/// The same people for both; 36,500 days from 1 January 1926.
const PYTHON: &str = r#"
import datetime, time
from codicefiscale import codicefiscale
F = ["Rossi", "D'Angelo", "Fo", "De La Cruz", "Nicolò", "Esposito", "Brambilla", "Ferrari"]
N = ["Mario", "Gianfranco", "Al", "Maria Elena", "Niccolò", "Anna", "Alessandro", "Giulia"]
P = ["H501", "F205", "H223", "Z110"]
first = datetime.datetime(1926, 1, 1)
def person(i):
    born = first + datetime.timedelta(days=i * 7919 % 36500)
    return F[i % 8], N[i // 8 % 8], "MF"[i % 2], born, P[i // 64 % 4]
codicefiscale.decode(codicefiscale.encode(*person(0)))
start = time.perf_counter()
for i in range(1000):
    codicefiscale.decode(codicefiscale.encode(*person(i)))
print(1000 / (time.perf_counter() - start))
"#;

fn main() -> Result<(), Problems> {
    println!("a second, median of {ROUNDS} turns");
    println!("{:<34} {:>13} {:>24} {:>9}", "", "mattoni", "other", "ratio");

    let codes = median(|| {
        let first = first(1926);
        for i in 0..PEOPLE {
            black_box(read_back(i, first)?);
        }
        Ok(PEOPLE)
    })?;
    match python() {
        Some(rate) => row("fiscal codes made and read", codes, "python-codicefiscale", rate),
        None => {
            println!("{:<34} {codes:>13.0} (no python-codicefiscale to compare)", "fiscal codes");
        }
    }

    let calendar = LegalCalendar::national().with_patron(6, 29, "Santi Pietro e Paolo");
    let plain = terms(&calendar, |_| vec![])?;
    row("terms", plain, "goal", 1_000_000.0);
    let suspended = terms(&calendar, |received| {
        let suspension = |kind, asked, answered| Suspension {
            kind,
            from: received + Days::new(asked),
            answered_on: Some(received + Days::new(answered)),
        };
        vec![
            suspension(SuspensionKind::Integration, 5, 17),
            suspension(SuspensionKind::RejectionNotice, 25, 30),
        ]
    })?;
    row("terms, suspended twice", suspended, "goal", 1_000_000.0);
    Ok(())
}

fn first(year: i32) -> NaiveDate {
    // 1 January exists.
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default()
}

fn read_back(i: u64, first: NaiveDate) -> Result<FiscalCode, Problems> {
    let pick = |list: &[&'static str], by: u64| list[(i / by) as usize % list.len()];
    let sex = if i.is_multiple_of(2) { Sex::Male } else { Sex::Female };
    let born = first + Days::new(i * 7919 % 36_500);
    let code = FiscalCode::make(pick(&FAMILIES, 1), pick(&NAMES, 8), born, sex, pick(&PLACES, 64))?;
    let read: FiscalCode = black_box(code.as_str()).parse()?;
    assert_eq!(read, code);
    Ok(read)
}

fn terms(
    calendar: &LegalCalendar,
    suspensions: impl Fn(NaiveDate) -> Vec<Suspension>,
) -> Result<f64, Problems> {
    let first = first(2000);
    let all: Vec<Term> = (0..STARTS)
        .flat_map(|start| [30, 60, 90, 180].map(|days| (first + Days::new(start), days)))
        .map(|(received, days)| {
            let mut term = Term::new(received, days);
            term.suspensions = suspensions(received);
            term
        })
        .collect();
    median(|| {
        for term in &all {
            black_box(black_box(term).due(calendar));
        }
        Ok(all.len() as u64)
    })
}

/// Rate of the median turn; `turn` answers how much it did.
fn median(mut turn: impl FnMut() -> Result<u64, Problems>) -> Result<f64, Problems> {
    let mut rates = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let done = turn()?;
        rates.push(done as f64 / start.elapsed().as_secs_f64());
    }
    rates.sort_by(f64::total_cmp);
    Ok(rates[ROUNDS / 2])
}

/// Codes a second, if there is a python that can import the package.
fn python() -> Option<f64> {
    let python = std::env::var("MATTONI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(python).args(["-c", PYTHON]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn row(what: &str, ours: f64, other: &str, theirs: f64) {
    let other = format!("{other} {theirs:.0}");
    println!("{what:<34} {ours:>13.0} {other:>24} {:>9.1}", ours / theirs);
}
