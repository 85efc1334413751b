//! `mattoni records show`: one record as it stands.

use mattoni_core::record::{RecordKind, Sight, Subject};
use mattoni_desk::read_any;
use mattoni_store::StoredState;
use serde_json::{Value, json};

use crate::output::{Failure, Reader, say};

pub(super) fn run(
    kind: &dyn RecordKind,
    stored: &StoredState,
    who: &Subject,
    reader: Reader,
) -> Result<(), Failure> {
    let state = read_any(kind, stored)?;
    let projection = state.projection()?;
    let body = state.shown_to(who).unwrap_or_default();
    let row: Value = serde_json::from_str(&projection.row).unwrap_or_default();
    let lists = projection
        .entries
        .iter()
        .map(|entry| json!({ "list": entry.list, "bucket": entry.bucket, "sort": entry.sort }));
    let keys = projection.unique.iter().map(|key| json!({ "name": key.name, "value": key.value }));
    // How many events there are tells of what is hidden from whoever does not see all.
    let version = (state.sight(who) == Sight::Everything).then_some(stored.version);
    let answer = json!({
        "kind": kind.kind(), "id": stored.stream.id, "version": version, "state": body,
        "row": row, "keys": keys.collect::<Vec<_>>(), "lists": lists.collect::<Vec<_>>(),
        "next_due": state.next_due(),
    });

    let mut lines = vec![format!("{} {}", kind.title(), stored.stream.id)];
    lines.extend(version.map(|version| format!("eventi: {version}")));
    lines.extend(projection.unique.iter().map(|key| format!("chiave: {}={}", key.name, key.value)));
    if let Some(day) = state.next_due() {
        lines.push(format!("prossima scadenza: {}", day.format("%d/%m/%Y")));
    }
    lines.extend(
        projection.entries.iter().map(|entry| format!("elenco: {} {}", entry.list, entry.bucket)),
    );
    lines.push(String::new());
    lines.extend(cells(&body).into_iter().map(|(path, value)| format!("{path}: {value}")));
    say(reader, &answer, &lines.join("\n"));
    Ok(())
}

/// Every value that says something, with its path; the members of lists count from 1.
pub(super) fn cells(value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(value, String::new(), &mut found);
    found
}

fn walk(value: &Value, at: String, found: &mut Vec<(String, String)>) {
    let under = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (name, member) in members {
                walk(member, under(name), found);
            }
        }
        Value::Array(items) => {
            for (item, number) in items.iter().zip(1..) {
                walk(item, under(&number.to_string()), found);
            }
        }
        Value::Bool(yes) => found.push((at, if *yes { "sì" } else { "no" }.to_owned())),
        Value::String(text) => found.push((at, text.clone())),
        Value::Number(number) => found.push((at, number.to_string())),
    }
}
