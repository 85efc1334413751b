//! The values of a document that its marks say are a person's.

use mattoni_core::record::{Owner, Owners, PersonalField, Step};
use mattoni_core::{Id, Person};
use serde_json::Value;

/// The personal values of `document` whose owner is `person`, each with its path in it.
pub(super) fn values_of(
    document: &Value,
    fields: &[PersonalField],
    owners: &Owners,
    person: Id<Person>,
) -> Vec<(String, Value)> {
    let mut found: Vec<(String, Option<Id<Person>>, Value)> = Vec::new();
    for field in fields {
        walk(document, &field.path, String::new(), &mut |path, value| {
            // Where several paths lead to one value, the first counts.
            if value.is_null() || found.iter().any(|(known, ..)| *known == path) {
                return;
            }
            let owner = match field.owner {
                Owner::Itself(key) => {
                    value.get(key).and_then(Value::as_str).and_then(|id| id.parse().ok())
                }
                owner => owners.of(owner),
            };
            found.push((path, owner, value.clone()));
        });
    }
    let theirs = found.into_iter().filter(|(_, owner, _)| *owner == Some(person));
    theirs.map(|(path, _, value)| (path, value)).collect()
}

fn walk(value: &Value, path: &[Step], at: String, found: &mut impl FnMut(String, &Value)) {
    let under = |key: &str| if at.is_empty() { key.to_owned() } else { format!("{at}.{key}") };
    let Some((step, rest)) = path.split_first() else { return found(at, value) };
    match (*step, value) {
        (Step::Key(key), Value::Object(members)) => {
            if let Some(member) = members.get(key) {
                walk(member, rest, under(key), found);
            }
        }
        (Step::Keys(beginning), Value::Object(members)) => {
            for (key, member) in members.iter().filter(|(key, _)| key.starts_with(beginning)) {
                walk(member, rest, under(key), found);
            }
        }
        (Step::Each, Value::Array(items)) => {
            for (n, item) in items.iter().enumerate() {
                walk(item, rest, under(&(n + 1).to_string()), found);
            }
        }
        (Step::Tag { key, value: tag }, Value::Object(members))
            if members.get(key).and_then(Value::as_str) == Some(tag) =>
        {
            walk(value, rest, at, found);
        }
        _ => {}
    }
}
