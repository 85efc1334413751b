//! One field of a form.

use std::collections::BTreeSet;

use mattoni_core::text::is_blank;
use mattoni_core::value::{Kind, Value};
use mattoni_core::{FiscalCode, Problem, Problems, TaxCode};
use serde_json::Value as Json;

use crate::{ConditionSource, FieldSource, Format, OptionSource};

/// One field of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Name, unique within the form.
    pub name: String,
    /// What an answer must be.
    pub kind: Kind,
    /// What a text must be beyond text.
    pub format: Option<Format>,
    /// Label the citizen reads.
    pub label: String,
    /// Help the citizen reads; empty for none.
    pub help: String,
    /// Whether it may be left empty, at least as long as its condition is not met.
    pub optional: bool,
    /// When it must be answered although it is optional.
    pub required_if: Option<Condition>,
    /// Where the ente has the answer already.
    pub source: Option<String>,
    /// What a choice offers, in order, with the labels people read; empty for other kinds.
    pub options: Vec<FieldOption>,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldOption {
    /// The code that is stored, and that rules and criteria know.
    pub value: String,
    /// What people read.
    pub label: String,
}

/// When a field must be answered: another one has this answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The other field.
    pub field: String,
    /// Its answer.
    pub equals: Value,
}

impl Field {
    pub(super) fn new(source: &FieldSource) -> Result<Self, Problem> {
        let problem = |code: &'static str, rule: String, remedy: &str| {
            Err(Problem::new(code, "", rule, remedy))
        };
        let name = source.kind.get("kind").and_then(Json::as_str).unwrap_or_default();
        let keys: &[&str] = match name {
            "boolean" => &[],
            "integer" | "money" | "date" => &["min", "max"],
            "decimal" => &["scale", "min", "max"],
            "text" => &["max_chars"],
            "choice" => &["options"],
            _ => {
                return problem(
                    "service.form.kind",
                    format!("must be of a known kind, and “{name}” is none"),
                    "use boolean, integer, decimal, money, date, text, choice or file",
                );
            }
        };
        let stranger = |key: &&String| *key != "kind" && !keys.contains(&key.as_str());
        if let Some(key) = source.kind.keys().find(stranger) {
            return problem(
                "service.form.option",
                format!("must have only options of a field of kind {name}, and “{key}” is none"),
                "check the spelling, or leave it out",
            );
        }
        let mut bounds = source.kind.clone();
        let options = match bounds.remove("options").map(options_of).transpose() {
            Ok(options) => options.unwrap_or_default(),
            Err(found) => return Err(found),
        };
        if name == "choice" {
            let codes = options.iter().map(|option| Json::String(option.value.clone()));
            bounds.insert("options".to_owned(), codes.collect());
        }
        let json = Json::Object(bounds.into_iter().collect());
        let kind: Kind = match serde_json::from_value(json) {
            Ok(kind) => kind,
            Err(error) => {
                return problem(
                    "service.form.bounds",
                    format!("must have bounds of its kind: {error}"),
                    "check the bounds",
                );
            }
        };
        if !sound(&kind) {
            return problem(
                "service.form.bounds",
                "must have bounds that an answer can fit".to_owned(),
                "check the bounds",
            );
        }
        if source.format.is_some() && !matches!(kind, Kind::Text { .. }) {
            return problem(
                "service.form.format",
                "must be a text to have a format".to_owned(),
                "make it a text, or leave the format out",
            );
        }
        Ok(Self {
            name: source.name.clone(),
            kind,
            format: source.format,
            label: source.label.clone(),
            help: source.help.clone(),
            optional: source.optional,
            required_if: None,
            source: source.source.clone(),
            options,
        })
    }

    /// The label of an option: the code itself where there is no such option.
    #[must_use]
    pub fn option_label<'a>(&'a self, code: &'a str) -> &'a str {
        let option = self.options.iter().find(|option| option.value == code);
        option.map_or(code, |option| &option.label)
    }

    /// An answer as people read it: the label of a choice, and the text of any other value.
    #[must_use]
    pub fn shown(&self, value: &Value) -> String {
        match value {
            Value::Choice(code) => self.option_label(code).to_owned(),
            other => other.to_string(),
        }
    }

    /// A refusal of the field's kind in the words of the field: options by their labels.
    pub(super) fn worded(&self, mut problem: Problem) -> Problem {
        if problem.code == "value.not-an-option" {
            let options = self.options.iter().map(|FieldOption { value, label }| {
                if value == label { value.clone() } else { format!("{value} ({label})") }
            });
            problem.rule = format!("must be one of: {}", options.collect::<Vec<_>>().join(", "));
        }
        problem
    }

    /// The value in its one written form, once it fits the field's format.
    pub(super) fn refined(&self, value: Value) -> Result<Value, Problem> {
        match (self.format, &value) {
            (Some(Format::FiscalCode), Value::Text(text)) => match text.parse::<FiscalCode>() {
                Ok(code) => Ok(Value::Text(code.to_string())),
                Err(refused) => Err(Problem::new(
                    "form.fiscal-code",
                    "",
                    format!("must be a fiscal code: {}", rule_of(&refused)),
                    "copy it from the health card (tessera sanitaria)",
                )),
            },
            (Some(Format::TaxCode), Value::Text(text)) => match text.parse::<TaxCode>() {
                Ok(code) => Ok(Value::Text(code.to_string())),
                Err(refused) => Err(Problem::new(
                    "form.tax-code",
                    "",
                    format!(
                        "must be a fiscal code, of 16 characters or 11 digits: {}",
                        rule_of(&refused)
                    ),
                    "copy it from the health card, or from the sheet of the Agenzia delle Entrate",
                )),
            },
            _ => Ok(value),
        }
    }
}

impl Condition {
    /// The condition of a field, about one of those asked before it.
    pub(super) fn of<'a>(
        source: &FieldSource,
        mut before: impl Iterator<Item = &'a Field>,
    ) -> Result<Option<Self>, Problem> {
        let refused = |rule: String, remedy: &str| {
            Err(Problem::new("service.form.condition", "", rule, remedy))
        };
        let Some(ConditionSource { field, equals }) = &source.required_if else {
            return Ok(None);
        };
        if source.optional {
            return refused(
                "must be optional or required under a condition, not both".to_owned(),
                "leave “optional” out: without the condition it may be left empty",
            );
        }
        let Some(other) = before.find(|other| other.name == *field) else {
            let rule =
                format!("must depend on a field that is asked before it, and “{field}” is not");
            return refused(rule, "name a field that comes before");
        };
        // Of these a page can compare an answer without reading numbers in it.
        if !matches!(
            other.kind,
            Kind::Boolean | Kind::Choice { .. } | Kind::Integer { .. } | Kind::Date { .. }
        ) {
            let rule = format!("must not depend on “{field}”, a {}", other.kind.name());
            return refused(rule, "depend on a boolean, choice, integer or date");
        }
        match other.kind.from_json(equals) {
            Ok(equals) => Ok(Some(Self { field: field.clone(), equals })),
            Err(problem) => {
                let rule =
                    format!("must depend on an answer that “{field}” can have: {}", problem.rule);
                refused(rule, "write an answer it can have")
            }
        }
    }
}

/// The options of a choice: a plain text is its own label.
fn options_of(json: Json) -> Result<Vec<FieldOption>, Problem> {
    let wrong = |rule: String, remedy: &str| Problem::new("service.form.bounds", "", rule, remedy);
    let sources: Vec<OptionSource> = serde_json::from_value(json).map_err(|_| {
        wrong(
            "must have options that are texts, or tables of a value and a label".to_owned(),
            "write e.g. [\"a\", { value = \"b\", label = \"B\" }]",
        )
    })?;
    let options: Vec<_> = sources
        .into_iter()
        .map(|source| match source {
            OptionSource::Plain(value) => FieldOption { label: value.clone(), value },
            OptionSource::Labelled { value, label } => FieldOption { value, label },
        })
        .collect();
    // A code with spaces around could not be told from the one without.
    if let Some(odd) = options.iter().find(|o| is_blank(&o.label) || o.value.trim() != o.value) {
        let rule = format!("must have a label and a value without spaces around: “{}”", odd.value);
        return Err(wrong(rule, "write what the citizen reads, and a code"));
    }
    Ok(options)
}

fn rule_of(problems: &Problems) -> String {
    problems.iter().map(|problem| problem.rule.as_str()).collect::<Vec<_>>().join(", ")
}

fn sound(kind: &Kind) -> bool {
    fn ordered<T: PartialOrd>(min: Option<&T>, max: Option<&T>) -> bool {
        min.zip(max).is_none_or(|(min, max)| min <= max)
    }
    match kind {
        Kind::Integer { min, max } => ordered(min.as_ref(), max.as_ref()),
        Kind::Decimal { scale, min, max } => *scale <= 9 && ordered(min.as_ref(), max.as_ref()),
        Kind::Money { min, max } => ordered(min.as_ref(), max.as_ref()),
        Kind::Date { min, max } => ordered(min.as_ref(), max.as_ref()),
        Kind::Text { max_chars } => *max_chars > 0,
        Kind::Choice { options } => {
            let different: BTreeSet<_> = options.iter().collect();
            !options.is_empty() && different.len() == options.len()
        }
        _ => true,
    }
}
