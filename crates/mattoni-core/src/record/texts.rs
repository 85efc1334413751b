//! The texts of an event: all of them such as a person can have written.

use serde::Serialize;
use serde_json::Value;

use crate::text::{Lines, check};
use crate::{Problem, Problems};

/// That every text in the JSON of `event` is one that a person can have written
/// ([`text::check`](crate::text::check)), as it is asked of whatever is recorded. A form or a file
/// says the same earlier, and by the name of its field.
///
/// ```
/// use mattoni_core::record::check_texts;
/// use serde_json::json;
///
/// assert!(check_texts(&json!({ "reason": "manca\nun foglio" })).is_ok());
/// let problems = check_texts(&json!({ "decision": { "motivation": "\u{202E}on" } })).unwrap_err();
/// assert_eq!(problems.iter().next().unwrap().field, "decision.motivation");
/// ```
///
/// # Errors
/// `core.text.unwritable` for each text that is not, with its place in the event.
pub fn check_texts(event: &impl Serialize) -> Result<(), Problems> {
    // What cannot be written as JSON is refused where it is to be recorded.
    check_json(&serde_json::to_vec(event).unwrap_or_default())
}

/// The same of an event that is JSON already.
pub(super) fn check_json(json: &[u8]) -> Result<(), Problems> {
    if !json.windows(2).any(is_suspect) {
        return Ok(());
    }
    let mut found = Vec::new();
    walk(&serde_json::from_slice(json).unwrap_or_default(), String::new(), &mut found);
    Problems::check(found)
}

/// Whether these bytes of JSON may be of a text that is refused: the escape of a control character,
/// or what is no ASCII. What is suspected is looked at.
fn is_suspect(bytes: &[u8]) -> bool {
    matches!(bytes, [b'\\', b'u' | b'b' | b'f'] | [0x7F..=0xFF, _])
}

fn walk(value: &Value, at: String, found: &mut Vec<Problem>) {
    let under = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    match value {
        Value::String(text) => {
            found.extend(check(text, Lines::Many).err().map(|problem| problem.in_field(at)));
        }
        Value::Object(members) => {
            for (name, member) in members {
                walk(member, under(name), found);
            }
        }
        Value::Array(items) => {
            for (number, item) in (1..).zip(items) {
                walk(item, under(&u64::to_string(&number)), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
