//! A ranking straight from a file: no practices, no database.

use std::collections::BTreeMap;
use std::io::Read;

use chrono::{DateTime, Utc};
use mattoni_core::value::{Kind, Value};
use mattoni_core::{Problem, Problems};
use mattoni_desk::DeskError;
use mattoni_practice::CriterionPoints;
use mattoni_ranking::{Applicant, Call, Preference, Run};
use mattoni_rules::{Batch, Ready, ScoredRow};

use super::applicant::{Answer, score};
use crate::csv_table::{Column, Presence, Table, TableLimits, TypedRow};

/// Preferences a file can hold.
const PREFERENCES: usize = 10;

/// Ranks the applications of a CSV file: scored by the plugin, ordered by the call's criteria.
///
/// Columns: `code`, the plugin's inputs; `class`, where the criteria have classes and the plugin
/// gives none; where the call gives places, `group`, `reserves` (codes of pools, separated by
/// spaces) and `preference_1` to `preference_10`; `subject` (a code that is the same for all
/// applications for one child, and no fiscal code) and `received_at` (`2027-03-01T09:00:00Z`), where
/// the criteria keep the first or the last of several.
///
/// # Errors
/// [`DeskError::Refused`] with every problem of the file, each with line and field, or of the
/// applications against the criteria; [`DeskError::Part`] when the plugin fails.
pub fn rank_file(source: impl Read, ready: &Ready, call: &Call) -> Result<Run, DeskError> {
    let inputs = ready.description().inputs.iter();
    let mut columns: Vec<Column> = inputs
        .map(|input| Column {
            name: input.name.clone(),
            kind: input.kind.clone(),
            presence: if input.required { Presence::Required } else { Presence::Optional },
        })
        .collect();
    let code = columns.len();
    let text = || Kind::Text { max_chars: 64 };
    columns.push(Column::required("code", text()));
    columns.push(Column::optional("class", text()));
    columns.push(Column::optional("group", text()));
    columns.push(Column::optional("reserves", Kind::Text { max_chars: 1_000 }));
    columns.push(Column::optional("subject", text()));
    columns.push(Column::optional("received_at", text()));
    columns.extend((1..=PREFERENCES).map(|n| Column::optional(format!("preference_{n}"), text())));

    let (table, mut found) = Table::scan(source, &columns, &TableLimits::default());
    let rows = table.typed(&columns).unwrap_or_else(|problems| {
        found.extend(problems);
        Vec::new()
    });
    found.extend(duplicates(&table, &columns));
    found.extend(instants(&table, &columns));
    found.sort_by_key(|problem| problem.line.unwrap_or(u64::MAX));
    Problems::check(found)?;
    let mut builder = Batch::builder(ready.description());
    for row in &rows {
        builder.push(|name| {
            let place = columns.iter().position(|column| column.name == name)?;
            row.values[place].as_ref()
        });
    }
    let scored = ready.score(&builder.finish()?).map_err(DeskError::part)?;
    let applicants: Vec<Applicant> = rows
        .iter()
        .zip(scored.iter())
        .map(|(row, answer)| applicant(row, code, answer, call))
        .collect();
    Ok(Run::draw_up(call, applicants)?)
}

fn duplicates(table: &Table, columns: &[Column]) -> Vec<Problem> {
    let mut seen = BTreeMap::new();
    let mut found = Vec::new();
    for (line, cells) in table.texts(columns) {
        if let Some(code) = cells.get("code")
            && let Some(first) = seen.insert(*code, line)
        {
            let rule = format!("the same code stands on line {first}");
            found.push(
                Problem::new("table.duplicate", "code", rule, "keep the right one").at_line(line),
            );
        }
    }
    found
}

/// What is no instant among the `received_at`.
fn instants(table: &Table, columns: &[Column]) -> Vec<Problem> {
    let given = table.texts(columns);
    let given = given.filter_map(|(line, cells)| Some((line, *cells.get("received_at")?)));
    given
        .filter(|(_, text)| text.parse::<DateTime<Utc>>().is_err())
        .map(|(line, _)| {
            let rule = "must be an instant with its offset";
            let remedy = "write e.g. 2027-03-01T09:00:00Z";
            Problem::new("table.instant", "received_at", rule, remedy).at_line(line)
        })
        .collect()
}

fn applicant(row: &TypedRow, code: usize, answer: ScoredRow, call: &Call) -> Applicant {
    let text = |place: usize| match &row.values[place] {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    // The columns after the inputs, in the order they were asked for.
    let (class, group, reserves) = (code + 1, code + 2, code + 3);
    let (subject, received, first) = (code + 4, code + 5, code + 6);
    let mut applicant = Applicant::new(text(code).unwrap_or_default());
    let points: Vec<CriterionPoints> = answer
        .criteria
        .into_iter()
        .map(|score| CriterionPoints {
            criterion: score.code,
            hundredths: i64::from(score.points),
            reason: score.reason.unwrap_or_default(),
        })
        .collect();
    let given = text(class);
    let (tie_keys, class) = (&answer.ties, answer.class.as_ref().or(given.as_ref()));
    score(&mut applicant, &Answer { points: &points, tie_keys, class }, &call.criteria);
    applicant.group = text(group);
    applicant.subject = text(subject);
    applicant.received_at = text(received).and_then(|text| text.parse().ok());
    applicant.reserves =
        text(reserves).iter().flat_map(|list| list.split_whitespace()).map(str::to_owned).collect();
    applicant.preferences =
        (first..first + PREFERENCES).filter_map(text).map(Preference::new).collect();
    applicant
}
