//! One field of a form that takes files.

use mattoni_core::Problem;
use serde_json::Value as Json;

use super::Condition;
use crate::FieldSource;

/// A field that takes files instead of an answer: `kind = "file"`.
///
/// Its files are attached to the practice under its name; they are no answers, so that
/// [`Form::check`](crate::Form::check), rules and files of applications do not know it.
#[derive(Debug, Clone, PartialEq)]
pub struct FileField {
    /// Name, unique within the form.
    pub name: String,
    /// Label the citizen reads.
    pub label: String,
    /// Help the citizen reads; empty for none.
    pub help: String,
    /// Whether it may be left empty, at least as long as its condition is not met.
    pub optional: bool,
    /// When it must be given although it is optional.
    pub required_if: Option<Condition>,
    /// Allowed media types; those of the procedure, without any.
    pub media_types: Vec<String>,
    /// Greatest size of one file in bytes; that of the procedure, without one.
    pub max_bytes: Option<u64>,
    /// How many files at least, where any are given.
    pub min: u32,
    /// How many files at most.
    pub max: u32,
    /// Its place among all fields of its step, from 0.
    pub position: usize,
}

/// The keys of a field that takes files, besides those that every field has.
const KEYS: [&str; 5] = ["kind", "media_types", "max_bytes", "min", "max"];

impl FileField {
    /// Whether a field is one that takes files.
    pub(super) fn is(source: &FieldSource) -> bool {
        source.kind.get("kind").and_then(Json::as_str) == Some("file")
    }

    /// Reads one, without its condition.
    pub(super) fn new(source: &FieldSource, position: usize) -> Result<Self, Problem> {
        let wrong = |code: &'static str, rule: String, remedy: &str| {
            Err(Problem::new(code, "", rule, remedy))
        };
        if let Some(key) = source.kind.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return wrong(
                "service.form.option",
                format!("must have only options of a field of kind file, and “{key}” is none"),
                "check the spelling, or leave it out",
            );
        }
        if source.format.is_some() || source.source.is_some() {
            return wrong(
                "service.form.format",
                "must have neither format nor source: it takes files".to_owned(),
                "leave them out; media_types says which files it takes",
            );
        }
        let number = |key: &'static str| match source.kind.get(key) {
            None => Ok(None),
            Some(json) => json.as_u64().filter(|n| *n > 0).map(Some).ok_or(key),
        };
        let count = |key: &'static str| {
            number(key).and_then(|n| n.map(u32::try_from).transpose().map_err(|_| key))
        };
        let read = || -> Result<_, &'static str> {
            let media_types: Vec<String> = match source.kind.get("media_types") {
                None => Vec::new(),
                Some(json) => serde_json::from_value(json.clone()).map_err(|_| "media_types")?,
            };
            if !media_types.iter().all(|found| is_media_type(found)) {
                return Err("media_types");
            }
            let min = count("min")?.unwrap_or(1);
            let max = count("max")?.unwrap_or(min);
            if min > max { Err("max") } else { Ok((media_types, number("max_bytes")?, min, max)) }
        };
        match read() {
            Ok((media_types, max_bytes, min, max)) => Ok(Self {
                name: source.name.clone(),
                label: source.label.clone(),
                help: source.help.clone(),
                optional: source.optional,
                required_if: None,
                media_types,
                max_bytes,
                min,
                max,
                position,
            }),
            Err(key) => wrong(
                "service.form.bounds",
                format!("must have a “{key}” that a file can fit"),
                "write e.g. media_types = [\"application/pdf\"], max_bytes = 1000000, min = 1, max = 2",
            ),
        }
    }
}

/// Whether a text is written as a media type (RFC 6838, section 4.2), in lower case.
pub(crate) fn is_media_type(text: &str) -> bool {
    let name = |part: &str| {
        let others = |c: char| "!#$&-^_.+".contains(c);
        part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && part.len() <= 127
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || others(c))
    };
    text.split_once('/').is_some_and(|(kind, subtype)| name(kind) && name(subtype))
}
