//! The form: steps, fields, and the check of what people give.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::value::{Kind, Value};
use mattoni_core::{FiscalCode, Problem, Problems};
use serde_json::Value as Json;

use crate::{ConditionSource, FieldSource, Format, StepSource};

/// A checked form.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    steps: Vec<FormStep>,
}

/// One step of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct FormStep {
    /// Name, unique within the form.
    pub name: String,
    /// Title the citizen reads.
    pub title: String,
    /// Its fields, in order.
    pub fields: Vec<Field>,
}

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
}

/// When a field must be answered: another one has this answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The other field.
    pub field: String,
    /// Its answer.
    pub equals: Value,
}

impl Form {
    /// Checks the steps of a form: names well formed and unique, kinds known and sound.
    ///
    /// # Errors
    /// All of: `service.form.name`, `.twice`, `.empty-step`, `.label`, `.kind`, `.option`,
    /// `.bounds`, `.format`, `.condition`.
    pub fn new(steps: &[StepSource]) -> Result<Self, Problems> {
        let mut found = Vec::new();
        let (mut names, mut step_names) = (BTreeSet::new(), BTreeSet::new());
        let mut checked = Vec::new();
        for step in steps {
            let place = format!("steps.{}", step.name);
            found.extend(name_problem(&step.name, &place));
            if !step_names.insert(&step.name) {
                found.push(twice(&place));
            }
            if step.fields.is_empty() {
                found.push(Problem::new(
                    "service.form.empty-step",
                    &place,
                    "must have a field",
                    "add one, or leave the step out",
                ));
            }
            let mut fields = Vec::new();
            for field in &step.fields {
                let place = format!("{place}.{}", field.name);
                found.extend(name_problem(&field.name, &place));
                if !names.insert(&field.name) {
                    found.push(twice(&place));
                }
                if field.label.trim().is_empty() {
                    found.push(Problem::new(
                        "service.form.label",
                        &place,
                        "must have a label",
                        "write what the citizen reads",
                    ));
                }
                match Field::new(field) {
                    Ok(mut read) => {
                        let before = checked.iter().flat_map(|step: &FormStep| &step.fields);
                        match condition(field, before.chain(&fields)) {
                            Ok(condition) => read.required_if = condition,
                            Err(problem) => found.push(problem.in_field(place)),
                        }
                        read.optional |= read.required_if.is_some();
                        fields.push(read);
                    }
                    Err(problem) => found.push(problem.in_field(place)),
                }
            }
            let (name, title) = (step.name.clone(), step.title.clone());
            checked.push(FormStep { name, title, fields });
        }
        Problems::check(found)?;
        Ok(Self { steps: checked })
    }

    /// Its steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[FormStep] {
        &self.steps
    }

    /// Every field in order: the columns of a file of applications.
    pub fn columns(&self) -> impl Iterator<Item = &Field> {
        self.steps.iter().flat_map(|step| &step.fields)
    }

    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.columns().find(|field| field.name == name)
    }

    /// Checks what a page sends: a JSON object with a member for each answer. `null` and empty
    /// text are no answer.
    ///
    /// # Errors
    /// Everything that is wrong: `form.unknown-field`, `form.missing`, `form.fiscal-code`, and
    /// the codes of [`Kind::from_json`], each with its field.
    pub fn check(
        &self,
        given: &serde_json::Map<String, Json>,
    ) -> Result<BTreeMap<String, Value>, Problems> {
        self.read(given.keys().map(String::as_str), |field| match given.get(&field.name) {
            None | Some(Json::Null) => None,
            Some(Json::String(text)) if text.trim().is_empty() => None,
            Some(json) => Some(field.kind.from_json(json)),
        })
    }

    /// Checks a draft: as [`check`](Self::check), but nothing is missing yet.
    ///
    /// # Errors
    /// As [`check`](Self::check), without `form.missing`.
    pub fn check_draft(
        &self,
        given: &serde_json::Map<String, Json>,
    ) -> Result<BTreeMap<String, Value>, Problems> {
        match self.check(given) {
            Ok(answers) => Ok(answers),
            Err(problems) => {
                let found: Vec<_> =
                    problems.into_iter().filter(|p| p.code != "form.missing").collect();
                Problems::check(found)?;
                // Only what is missing was wrong: what is there reads.
                Ok(self
                    .columns()
                    .filter_map(|field| {
                        let value = field.kind.from_json(given.get(&field.name)?).ok()?;
                        Some((field.name.clone(), field.refined(value).ok()?))
                    })
                    .collect())
            }
        }
    }

    /// Checks a row of a file: text for each column that is there. Empty text is no answer.
    ///
    /// # Errors
    /// As [`check`](Self::check), with the codes of [`Kind::parse`].
    pub fn check_row<'a>(
        &self,
        cells: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<BTreeMap<String, Value>, Problems> {
        let cells: BTreeMap<_, _> = cells.into_iter().collect();
        self.read(cells.keys().copied(), |field| match cells.get(field.name.as_str()) {
            None => None,
            Some(text) if text.trim().is_empty() => None,
            Some(text) => Some(field.kind.parse(text)),
        })
    }

    /// What a draft still lacks to be sent, as `form.missing`.
    #[must_use]
    pub fn missing(&self, answers: &BTreeMap<String, Value>) -> Vec<Problem> {
        self.columns()
            .filter(|field| !answers.contains_key(&field.name))
            .filter_map(|field| self.missing_from(field, answers))
            .collect()
    }

    /// What is wrong with leaving the field empty.
    fn missing_from(&self, field: &Field, answers: &BTreeMap<String, Value>) -> Option<Problem> {
        let met = |condition: &&Condition| answers.get(&condition.field) == Some(&condition.equals);
        let rule = match field.required_if.as_ref().filter(met) {
            Some(Condition { field: other, equals }) => {
                let label = self.field(other).map_or(other, |other| &other.label);
                format!("must be given when “{label}” is {equals}")
            }
            None if field.optional => return None,
            None => "must be given".to_owned(),
        };
        let remedy = format!("fill in “{}”", field.label);
        Some(Problem::new("form.missing", &field.name, rule, remedy))
    }

    fn read<'a>(
        &self,
        names: impl Iterator<Item = &'a str>,
        answer: impl Fn(&Field) -> Option<Result<Value, Problem>>,
    ) -> Result<BTreeMap<String, Value>, Problems> {
        let mut found: Vec<_> = names
            .filter(|name| self.field(name).is_none())
            .map(|name| {
                let known: Vec<_> = self.columns().map(|field| field.name.as_str()).collect();
                let remedy = format!("leave it out, or use one of: {}", known.join(", "));
                Problem::new("form.unknown-field", name, "must be a field of the form", remedy)
            })
            .collect();
        let mut answers = BTreeMap::new();
        for field in self.columns() {
            // A condition is about a field asked before: its answer has been read.
            match answer(field).map(|read| read.and_then(|value| field.refined(value))) {
                None => found.extend(self.missing_from(field, &answers)),
                Some(Ok(value)) => {
                    answers.insert(field.name.clone(), value);
                }
                Some(Err(problem)) => found.push(problem.in_field(&field.name)),
            }
        }
        Problems::check(found)?;
        Ok(answers)
    }
}

impl Field {
    fn new(source: &FieldSource) -> Result<Self, Problem> {
        let problem = |code: &'static str, rule: String, remedy: &str| {
            Err(Problem::new(code, "", rule, remedy))
        };
        let name = source.kind.get("kind").and_then(Json::as_str).unwrap_or_default();
        let options: &[&str] = match name {
            "boolean" => &[],
            "integer" | "money" | "date" => &["min", "max"],
            "decimal" => &["scale", "min", "max"],
            "text" => &["max_chars"],
            "choice" => &["options"],
            _ => {
                return problem(
                    "service.form.kind",
                    format!("must be of a known kind, and “{name}” is none"),
                    "use boolean, integer, decimal, money, date, text or choice",
                );
            }
        };
        let stranger = |key: &&String| *key != "kind" && !options.contains(&key.as_str());
        if let Some(key) = source.kind.keys().find(stranger) {
            return problem(
                "service.form.option",
                format!("must have only options of a field of kind {name}, and “{key}” is none"),
                "check the spelling, or leave it out",
            );
        }
        let json = Json::Object(source.kind.clone().into_iter().collect());
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
        })
    }

    /// The value in its one written form, once it fits the field's format.
    fn refined(&self, value: Value) -> Result<Value, Problem> {
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
            _ => Ok(value),
        }
    }
}

/// The condition of a field, about one of those asked before it.
fn condition<'a>(
    source: &FieldSource,
    mut before: impl Iterator<Item = &'a Field>,
) -> Result<Option<Condition>, Problem> {
    let refused =
        |rule: String, remedy: &str| Err(Problem::new("service.form.condition", "", rule, remedy));
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
        let rule = format!("must depend on a field that is asked before it, and “{field}” is not");
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
        Ok(equals) => Ok(Some(Condition { field: field.clone(), equals })),
        Err(problem) => {
            let rule =
                format!("must depend on an answer that “{field}” can have: {}", problem.rule);
            refused(rule, "write an answer it can have")
        }
    }
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

fn name_problem(name: &str, place: &str) -> Option<Problem> {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(letters)
        && name.len() <= 63;
    (!fits).then(|| {
        Problem::new(
            "service.form.name",
            place,
            "must be 1 to 63 lower-case letters, digits and underscores, a letter first",
            "rename it; the label is where accents and spaces go",
        )
    })
}

fn twice(place: &str) -> Problem {
    Problem::new(
        "service.form.twice",
        place,
        "must have a name of its own",
        "rename one of the two",
    )
}
