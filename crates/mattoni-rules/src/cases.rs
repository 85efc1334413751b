//! Tables of cases: what an official can read and check against the regulation, run against the
//! plugin itself, whatever language it was written in.
//!
//! The form is that of `mattoni_rules_sdk::cases`: CSV without quotes, inputs by name, `$name` a
//! parameter for that case, `=name` an expected answer (`=name?` its reason), `case` the case's
//! name. An empty input is a missing value, an empty expectation is not checked.

use std::collections::BTreeMap;

use mattoni_core::value::{Kind, Value};
use mattoni_core::{Problem, Problems};
use rust_decimal::Decimal;

use crate::worlds::World;
use crate::{Batch, Ready};

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Case {
    /// Its name, where the table has one.
    pub name: String,
    /// Its line in the table, counted from 1.
    pub line: u64,
    /// What was not as expected; nothing when the case agrees.
    pub mismatches: Vec<Mismatch>,
}

/// One answer that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Name of the answer, or `plugin` where it gave none.
    pub answer: String,
    /// What the table says.
    pub expected: String,
    /// What the plugin says.
    pub is: String,
}

/// Answers every case of a table and compares.
///
/// # Errors
/// Every column that the plugin neither takes nor answers, and every cell that cannot be read,
/// with its line.
pub fn check<W: World>(plugin: &Ready<W>, csv: &str) -> Result<Vec<Case>, Problems> {
    let mut lines = (1..).zip(csv.lines()).filter(|(_, line)| !line.trim().is_empty());
    let header: Vec<&str> =
        lines.next().map_or_else(Vec::new, |(_, line)| line.split(',').map(str::trim).collect());
    let mut found = strangers(plugin, &header);
    let mut cases = Vec::new();
    for (line, text) in lines {
        let cells: BTreeMap<&str, &str> =
            header.iter().copied().zip(text.split(',').map(str::trim)).collect();
        match case(plugin, line, &cells) {
            Ok(case) => cases.push(case),
            Err(problems) => {
                found.extend(problems.into_iter().map(|problem| problem.at_line(line)));
            }
        }
    }
    let answered = cases.iter().flat_map(|case| &case.mismatches);
    let unknown = answered.filter(|mismatch| mismatch.is == NOTHING);
    let unknown: std::collections::BTreeSet<&str> =
        unknown.map(|mismatch| mismatch.answer.as_str()).collect();
    found.extend(unknown.into_iter().map(|name| stranger(&format!("={name}"))));
    Problems::check(found)?;
    Ok(cases)
}

const NOTHING: &str = "not an answer of this plugin";

fn strangers<W: World>(plugin: &Ready<W>, header: &[&str]) -> Vec<Problem> {
    let description = plugin.description();
    let known = |name: &str| match name.strip_prefix('$') {
        Some(name) => description.parameters.iter().any(|one| one.name == name),
        None => {
            name == "case"
                || name.starts_with('=')
                || description.inputs.iter().any(|input| input.name == name)
        }
    };
    header.iter().filter(|name| !known(name)).map(|name| stranger(name)).collect()
}

fn stranger(name: &str) -> Problem {
    Problem::new(
        "rules.cases.column",
        name,
        "a column is an input, $ and a parameter, = and an answer, or `case`",
        "check its name",
    )
}

fn case<W: World>(
    plugin: &Ready<W>,
    line: u64,
    cells: &BTreeMap<&str, &str>,
) -> Result<Case, Problems> {
    let mut found = Vec::new();
    let mut read = |name: &str, kind: &Kind| {
        let text = cells.get(name).filter(|text| !text.is_empty())?;
        kind.parse(text).map_err(|problem| found.push(problem.in_field(name))).ok()
    };
    let description = plugin.description();
    let inputs: BTreeMap<&str, Value> = description
        .inputs
        .iter()
        .filter_map(|input| Some((input.name.as_str(), read(&input.name, &input.kind)?)))
        .collect();
    let parameters: BTreeMap<String, Value> = description
        .parameters
        .iter()
        .filter_map(|one| Some((one.name.clone(), read(&format!("${}", one.name), &one.kind)?)))
        .collect();
    Problems::check(found)?;
    let set = plugin.with_parameters(&parameters)?;
    let mut batch = Batch::builder(description);
    batch.push(|name| inputs.get(name));
    let batch = batch.finish()?;
    let name = cells.get("case").map_or_else(String::new, |name| (*name).to_owned());
    let expected = cells
        .iter()
        .filter_map(|(name, text)| Some((name.strip_prefix('=')?, *text)))
        .filter(|(_, text)| !text.is_empty());
    let mismatches = match set.answer(&batch).map(|answered| answered.row(0)) {
        Ok(row) => {
            let answers: BTreeMap<String, String> =
                row.map(|row| W::cells(&row).into_iter().collect()).unwrap_or_default();
            let compare = |(name, expected): (&str, &str)| {
                let is = answers.get(name).map_or(NOTHING, String::as_str);
                let mismatch = || Mismatch {
                    answer: name.to_owned(),
                    expected: expected.to_owned(),
                    is: is.to_owned(),
                };
                (!agrees(is, expected)).then(mismatch)
            };
            expected.filter_map(compare).collect()
        }
        Err(error) => vec![Mismatch {
            answer: "plugin".to_owned(),
            expected: "an answer".to_owned(),
            is: error.to_string(),
        }],
    };
    Ok(Case { name, line, mismatches })
}

/// Texts agree as they are, as numbers (`12` and `12.00`) or as yes and no.
fn agrees(is: &str, expected: &str) -> bool {
    let number = |text: &str| text.parse::<Decimal>().ok();
    let flag = |text: &str| Kind::Boolean.parse(text).ok();
    is == expected
        || number(is).is_some_and(|is| number(expected) == Some(is))
        || flag(is).is_some_and(|is| flag(expected) == Some(is))
}
