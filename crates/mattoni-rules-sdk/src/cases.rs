//! Tables of cases: what an official can read and check against the regulation.
//!
//! A case table is CSV without quotes. The columns are the rule's inputs by name, and what is
//! expected of the answer: `=work` for the points of a criterion (`12` or `12.50`), `=work?` for
//! the code of its reason, `=isee` for a tie key, `=class` for the class. A parameter by its name
//! after `$` is set for that case. An empty input is a missing value; an empty expectation is not
//! checked. A column called `case` names the case.

use std::fmt::Write as _;

use crate::contract::{Column, Kind, Table, Value, Values};
use crate::{Scorer, declare, describe, score_columns};

/// Scores every case and compares, with the parameters at their defaults where a case does not
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
/// # struct Answer { #[criterion(label = "Figli", max = 10)] family: Points<Why> }
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
/// #         Answer { family: Points::when(row.children > 0, points, Why::Children) }
/// #     }
/// # }
/// let table = "case,children,=family,=family?\nthree,3,6,children\nnone,0,0,\n";
/// assert_eq!(cases::check::<Rule>(table), Ok(2));
///
/// let wrong = cases::check::<Rule>("case,children,=family\none,1,3\n").unwrap_err();
/// assert_eq!(wrong, "line 2 (one): =family is 2.00, expected 3\n");
/// ```
pub fn check<S: Scorer>(csv: &str) -> Result<usize, String> {
    let description = describe::<S>();
    let declaration = declare::<S>();
    let mut lines = csv.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let Some((_, header)) = lines.next() else { return Err("the table is empty\n".to_owned()) };
    let header: Vec<&str> = header.split(',').map(str::trim).collect();
    let known = |name: &str| match name.strip_prefix('=') {
        Some("class") => !declaration.classes.is_empty(),
        Some(answer) => {
            let criterion = answer.trim_end_matches('?');
            declaration.criteria.iter().any(|c| c.code == criterion)
                || declaration.ties.iter().any(|t| t.name == answer)
        }
        None => match name.strip_prefix('$') {
            Some(parameter) => description.parameters.iter().any(|p| p.name == parameter),
            None => name == "case" || description.inputs.iter().any(|input| input.name == name),
        },
    };
    let mut report = String::new();
    for name in header.iter().filter(|name| !known(name)) {
        let _ =
            writeln!(report, "column {name} is neither declared by the rule nor an answer of it");
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
        let scores = match score_columns::<S>(&Table { rows: 1, columns }, &parameters) {
            Ok(scores) => scores,
            Err(failure) => {
                let _ = writeln!(report, "{place}: {}", failure.message);
                continue;
            }
        };
        let mut compare = |name: String, is: String, equal: &dyn Fn(&str) -> bool| {
            let expected = cell(&name);
            if !expected.is_empty() && !equal(expected) {
                let _ = writeln!(report, "{place}: {name} is {is}, expected {expected}");
            }
        };
        for (criterion, marks) in declaration.criteria.iter().zip(&scores.criteria) {
            let points = i64::from(marks.points[0]);
            compare(format!("={}", criterion.code), hundredths(points), &|text| {
                scaled(text, 2) == Some(points)
            });
            let reason = usize::from(marks.reasons[0])
                .checked_sub(1)
                .and_then(|index| description.reasons.get(index))
                .map_or("none", |reason| reason.code.as_str());
            compare(format!("={}?", criterion.code), reason.to_owned(), &|text| text == reason);
        }
        for (tie, keys) in declaration.ties.iter().zip(&scores.ties) {
            compare(format!("={}", tie.name), keys[0].to_string(), &|text| {
                text.parse() == Ok(keys[0])
            });
        }
        if let Some(class) =
            scores.classes.first().and_then(|index| declaration.classes.get(usize::from(*index)))
        {
            compare("=class".to_owned(), class.code.clone(), &|text| text == class.code);
        }
    }
    if report.is_empty() { Ok(cases) } else { Err(report) }
}

fn hundredths(points: i64) -> String {
    let sign = if points < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", points.unsigned_abs() / 100, points.unsigned_abs() % 100)
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
        Kind::Boolean => Value::Boolean(match text {
            "sì" | "si" | "true" => true,
            "no" | "false" => false,
            _ => return None,
        }),
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
