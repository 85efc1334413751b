//! Tables of cases: what an official can read and check against the regulation.
//!
//! A case table is CSV without quotes. The columns are the rule's inputs by name, and what is
//! expected of the answer after `=`. A parameter by its name after `$` is set for that case. An
//! empty input is a missing value; an empty expectation is not checked. A column called `case`
//! names the case.
//!
//! | world | expectations |
//! | --- | --- |
//! | scoring | `=work` the points of a criterion (`12` or `12.50`), `=work?` the code of its reason, `=isee` a tie key, `=class` the class |
//! | eligibility | `=resident` whether a requirement is met (`sì` or `no`), `=resident?` why, `=accepted` |
//! | benefit | `=base` the amount of a component, `=base?` why, `=total` |
//! | tariff | `=meals` the amount of a charge or reduction, `=meals?` why, `=due` |
//! | routing | `=office`, `=office?`, `=priority`, `=days` |
//! | validation | `=isee` the code of the problem a check found, or `none` |

use std::fmt::Write as _;

use crate::contract::{Column, Kind, Table, Value, Values};
use crate::world::Cell;
use crate::{Rule, World, answer_columns, declare, describe};

/// Answers every case and compares, with the parameters at their defaults where a case does not
/// set them. Answers how many cases there were.
///
/// # Errors
/// A text with one line for each difference, and for each cell that cannot be read.
///
/// ```
/// # use mattoni_rules_sdk::{cases, prelude::*};
/// # #[derive(Inputs)]
/// # struct Row { #[input(label = "Figli")] children: u32 }
/// # #[derive(Scores)]
/// # #[scores(reasons = Why)]
/// # struct Answer { #[criterion(label = "Figli", max = 10)] family: Score<Why> }
/// # #[derive(Reasons)]
/// # enum Why { #[reason("Ha figli.")] Children }
/// # struct Rule;
/// # impl Scorer for Rule {
/// #     const NAME: &'static str = "rule";
/// #     const VERSION: &'static str = "1.0.0";
/// #     type Inputs = Row;
/// #     type Parameters = ();
/// #     type Scores = Answer;
/// #     fn new(_: ()) -> Self { Self }
/// #     fn score(&self, row: &Row) -> Answer {
/// #         let points = Decimal::whole(2) * i64::from(row.children);
/// #         Answer { family: Score::when(row.children > 0, points, Why::Children) }
/// #     }
/// # }
/// let table = "case,children,=family,=family?\nthree,3,6,children\nnone,0,0,\n";
/// assert_eq!(cases::check::<Scoring, Rule>(table), Ok(2));
///
/// let wrong = cases::check::<Scoring, Rule>("case,children,=family\none,1,3\n").unwrap_err();
/// assert_eq!(wrong, "line 2 (one): =family is 2.00, expected 3\n");
/// ```
pub fn check<W: World, R: Rule<W>>(csv: &str) -> Result<usize, String> {
    let description = describe::<W, R>();
    let declaration = declare::<W, R>();
    let mut lines = csv.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let Some((_, header)) = lines.next() else { return Err("the table is empty\n".to_owned()) };
    let header: Vec<&str> = header.split(',').map(str::trim).collect();
    let known = |name: &str| match name.strip_prefix('$') {
        Some(parameter) => description.parameters.iter().any(|p| p.name == parameter),
        None => name == "case" || description.inputs.iter().any(|input| input.name == name),
    };
    let mut report = String::new();
    let mut expected: Vec<&str> = Vec::new();
    for name in &header {
        match name.strip_prefix('=') {
            Some(answer) => expected.push(answer),
            None if known(name) => {}
            None => stranger(&mut report, name),
        }
    }
    let mut cases = 0;
    for (line, text) in lines {
        cases += 1;
        let cells: Vec<&str> = text.split(',').map(str::trim).collect();
        let cell = |name: &str| {
            header
                .iter()
                .position(|h| *h == name)
                .and_then(|at| cells.get(at))
                .copied()
                .unwrap_or("")
        };
        let place = format!("line {} ({})", line + 1, cell("case"));
        let mut columns = Vec::new();
        let mut readable = true;
        for input in &description.inputs {
            match one_row(&input.kind, cell(&input.name)) {
                Some(column) => columns.push(column),
                None => {
                    readable = false;
                    let found = cell(&input.name);
                    let _ = writeln!(report, "{place}: {} cannot be “{found}”", input.name);
                }
            }
        }
        let mut parameters = Vec::new();
        for parameter in &description.parameters {
            let text = cell(&format!("${}", parameter.name));
            if text.is_empty() {
                parameters.push(parameter.default.clone());
            } else if let Some(value) = value(&parameter.kind, text) {
                parameters.push(value);
            } else {
                readable = false;
                let _ = writeln!(report, "{place}: ${} cannot be “{text}”", parameter.name);
            }
        }
        if !readable {
            continue;
        }
        let answers = match answer_columns::<W, R>(&Table { rows: 1, columns }, &parameters) {
            Ok(answers) => answers,
            Err(failure) => {
                let _ = writeln!(report, "{place}: {}", failure.message);
                continue;
            }
        };
        let cells = W::cells(&declaration, &description.reasons, &answers, 0);
        expected.retain(|name| {
            let there = cells.iter().any(|(answer, _)| answer == name);
            if !there {
                stranger(&mut report, &format!("={name}"));
            }
            there
        });
        for (name, is) in &cells {
            let expected = cell(&format!("={name}"));
            if !expected.is_empty() && !agrees(is, expected) {
                let _ = writeln!(report, "{place}: ={name} is {is}, expected {expected}");
            }
        }
    }
    if report.is_empty() { Ok(cases) } else { Err(report) }
}

fn stranger(report: &mut String, name: &str) {
    let _ = writeln!(report, "column {name} is neither declared by the rule nor an answer of it");
}

fn agrees(is: &Cell, expected: &str) -> bool {
    match is {
        Cell::Number { units, scale } => scaled(expected, *scale) == Some(*units),
        Cell::Code(code) => code == expected,
        Cell::Flag(yes) => flag(expected) == Some(*yes),
    }
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "sì" | "si" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}

/// A decimal text in units of `10^-scale`.
fn scaled(text: &str, scale: u8) -> Option<i64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let scale = usize::from(scale);
    if decimals.len() > scale || decimals.contains(['-', '+']) {
        return None;
    }
    format!("{whole}{decimals:0<scale$}").parse().ok()
}

fn value(kind: &Kind, text: &str) -> Option<Value> {
    Some(match kind {
        Kind::Boolean => Value::Boolean(flag(text)?),
        Kind::Integer(_) => Value::Integer(text.parse().ok()?),
        Kind::Decimal(decimals) => Value::Decimal(scaled(text, decimals.scale)?),
        Kind::Money(_) => Value::Money(scaled(text, 2)?),
        Kind::Date(_) => Value::Date(date(text)?),
        Kind::Text(_) => Value::Text(text.to_owned()),
        Kind::Choice(options) => {
            let index = options.iter().position(|option| option.code == text)?;
            Value::Choice(u16::try_from(index).ok()?)
        }
    })
}

fn date(text: &str) -> Option<i32> {
    let mut parts = text.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    let date = crate::Date::ymd(year, month, day);
    (parts.next().is_none() && date.to_ymd() == (year, month, day)).then(|| date.days())
}

fn one_row(kind: &Kind, text: &str) -> Option<Column> {
    let missing = text.is_empty();
    let given = if missing { None } else { Some(value(kind, text)?) };
    let values = match (kind, given) {
        (Kind::Boolean, given) => {
            Values::Booleans(vec![u8::from(given == Some(Value::Boolean(true)))])
        }
        (Kind::Integer(_), Some(Value::Integer(n))) => Values::Integers(vec![n]),
        (Kind::Integer(_), _) => Values::Integers(vec![0]),
        (Kind::Decimal(_), Some(Value::Decimal(n))) => Values::Decimals(vec![n]),
        (Kind::Decimal(_), _) => Values::Decimals(vec![0]),
        (Kind::Money(_), Some(Value::Money(n))) => Values::Money(vec![n]),
        (Kind::Money(_), _) => Values::Money(vec![0]),
        (Kind::Date(_), Some(Value::Date(n))) => Values::Dates(vec![n]),
        (Kind::Date(_), _) => Values::Dates(vec![0]),
        (Kind::Choice(_), Some(Value::Choice(n))) => Values::Choices(vec![n]),
        (Kind::Choice(_), _) => Values::Choices(vec![0]),
        (Kind::Text(_), _) => return None,
    };
    Some(Column { values, valid: missing.then(|| vec![0]) })
}
