//! What a page sends, and the JSON Schema that says the same.
//!
//! [`Form::check`](super::Form::check) reads answers by [`read`]; [`schema_of`] describes exactly
//! what `read` takes. `tests/it/agreement.rs` holds the two together.

use mattoni_core::Problem;
use mattoni_core::text::is_blank;
use mattoni_core::value::{Kind, Value};
use serde_json::{Value as Json, json};

use super::{Field, FieldOption};

/// The greatest whole number that every JSON reader keeps exactly (RFC 8259, section 6).
const EXACT: i64 = (1 << 53) - 1;
/// How many digits an amount has before the point: ten thousand billion euro are out of reach.
const EURO_DIGITS: u32 = 13;
/// How many decimals an amount has at most.
const CENTS: u32 = 2;
/// How many digits another number has before the point.
const DIGITS: u32 = 15;

/// Reads an answer as a page sends it; `None` for no answer: nothing, `null`, blank text.
///
/// White space around text is no part of it, and neither are spaces around a number. Codes of
/// choices and dates are taken as they are: nobody types them.
pub(super) fn read(field: &Field, json: Option<&Json>) -> Option<Result<Value, Problem>> {
    let json = match json? {
        Json::Null => return None,
        Json::String(text) if is_blank(text) => return None,
        json => json,
    };
    let whole = whole(json);
    let json = whole.as_ref().unwrap_or(json);
    Some(field.kind.from_json(json).and_then(|value| match plain(field, json) {
        Ok(()) => Ok(value),
        Err(problem) => Err(problem),
    }))
}

/// A number that is whole although it is written with a point or an exponent: `3.0`.
fn whole(json: &Json) -> Option<Json> {
    let Json::Number(number) = json else { return None };
    let float = number.as_f64().filter(|_| !number.is_i64() && !number.is_u64())?;
    // Up to here a float holds every whole number exactly.
    (float.fract() == 0.0 && float.abs() <= EXACT as f64).then(|| json!(float as i64))
}

/// Whether an answer that reads is written as the schema wants it.
fn plain(field: &Field, json: &Json) -> Result<(), Problem> {
    let wrong =
        |code: &'static str, rule: String, remedy: &str| Err(Problem::new(code, "", rule, remedy));
    let digits = match &field.kind {
        Kind::Money { .. } => EURO_DIGITS,
        _ => DIGITS,
    };
    match (&field.kind, json) {
        (Kind::Integer { .. }, Json::Number(number)) => match number.as_i64() {
            Some(number) if number.unsigned_abs() > EXACT.unsigned_abs() => wrong(
                "form.number",
                format!("must be between -{EXACT} and {EXACT}, found {number}"),
                "check the number",
            ),
            _ => Ok(()),
        },
        (Kind::Decimal { .. } | Kind::Money { .. }, json) => {
            let scale = decimals(&field.kind);
            let text = match json {
                Json::String(text) => text.trim_matches(' ').to_owned(),
                other => other.to_string(),
            };
            let (whole, part) = match text.trim_start_matches('-').split_once('.') {
                None => (text.trim_start_matches('-'), None),
                Some((whole, part)) => (whole, Some(part)),
            };
            let fits = |text: &str, most: u32| {
                (1..=most as usize).contains(&text.len())
                    && text.bytes().all(|b| b.is_ascii_digit())
            };
            if fits(whole, digits) && part.is_none_or(|part| fits(part, scale)) {
                return Ok(());
            }
            let rule = match scale {
                0 => format!("must be written with 1 to {digits} digits"),
                scale => format!(
                    "must be written with 1 to {digits} digits, and a point and up to {scale} \
                     decimals where it has any"
                ),
            };
            wrong("form.number", rule, "write e.g. 1234.56, or 0.5")
        }
        (Kind::Date { .. } | Kind::Choice { .. }, Json::String(text))
            if text.starts_with(around) || text.ends_with(around) =>
        {
            wrong("form.spaces", "must have no spaces around".to_owned(), "take them out")
        }
        (Kind::Text { .. }, Json::String(text)) if field.format.is_none() => {
            field.kind.check(&Value::Text(text.clone()))
        }
        _ => Ok(()),
    }
}

/// What reading an answer leaves out at both ends.
fn around(c: char) -> bool {
    mattoni_core::text::is_invisible(c)
}

fn decimals(kind: &Kind) -> u32 {
    match kind {
        Kind::Decimal { scale, .. } => *scale,
        _ => CENTS,
    }
}

/// The JSON Schema of what [`read`] takes from a field as an answer.
pub(crate) fn schema_of(field: &Field) -> Json {
    match &field.kind {
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Integer { min, max } => json!({
            "type": "integer",
            "minimum": min.unwrap_or(-EXACT).max(-EXACT),
            "maximum": max.unwrap_or(EXACT).min(EXACT),
        }),
        Kind::Decimal { scale, min, max } => bounded(
            number(DIGITS, *scale),
            min.map(|min| min.to_string()),
            max.map(|max| max.to_string()),
        ),
        Kind::Money { min, max } => bounded(
            number(EURO_DIGITS, CENTS),
            min.map(|min| min.to_string()),
            max.map(|max| max.to_string()),
        ),
        Kind::Date { min, max } => bounded(
            json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
            min.map(|min| min.to_string()),
            max.map(|max| max.to_string()),
        ),
        Kind::Text { max_chars } => match field.format {
            None => json!({
                "type": "string", "maxLength": max_chars, "pattern": format!("[^{BLANK}]"),
            }),
            Some(format) => json!({
                "type": "string", "pattern": format!("[^{BLANK}]"), "x-format": format,
            }),
        },
        Kind::Choice { options } if field.options.iter().all(|o| o.label == o.value) => {
            json!({ "type": "string", "enum": options })
        }
        Kind::Choice { .. } => {
            let option = |FieldOption { value, label }: &FieldOption| json!({ "const": value, "title": label });
            json!({ "type": "string", "oneOf": field.options.iter().map(option).collect::<Vec<_>>() })
        }
        _ => json!({}),
    }
}

/// A number as text, so that nothing passes through a float; whole ones may be JSON numbers.
fn number(digits: u32, scale: u32) -> Json {
    let whole = format!("[0-9]{{1,{digits}}}");
    // A point before exactly three digits could be one between thousands, and is refused.
    let pattern = match scale {
        0 => whole,
        1 | 2 => format!("{whole}(\\.[0-9]{{1,{scale}}})?"),
        _ => {
            let most = match scale {
                3 => "[0-9]{1,2}".to_owned(),
                scale => format!("([0-9]{{1,2}}|[0-9]{{4,{scale}}})"),
            };
            let (zero, long) = (digits - 1, digits - 1);
            format!(
                "({whole}(\\.{most})?|(0[0-9]{{0,{zero}}}|[1-9][0-9]{{3,{long}}})\\.[0-9]{{3}})"
            )
        }
    };
    let most = 10_i64.pow(digits) - 1;
    json!({
        "type": ["string", "integer"],
        "pattern": format!("^ *-?{pattern} *$"),
        "minimum": -most,
        "maximum": most,
    })
}

fn bounded(mut schema: Json, min: Option<String>, max: Option<String>) -> Json {
    for (key, bound) in [("x-min", min), ("x-max", max)] {
        if let Some(bound) = bound {
            schema[key] = json!(bound);
        }
    }
    schema
}

/// The JSON Schema of no answer, where a field may be left empty.
pub(crate) fn no_answer() -> Json {
    json!({ "anyOf": [
        { "type": "null" },
        { "type": "string", "pattern": format!("^[{BLANK}]*$") },
    ] })
}

/// The characters that show nothing ([`is_blank`]), as those of a class of regular expressions.
const BLANK: &str = "\\u0000-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\
    \\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\
    \\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8\\u{1bca0}-\\u{1bca3}\
    \\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}";
