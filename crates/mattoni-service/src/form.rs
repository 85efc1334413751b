//! The form: steps, fields, and the check of what people give.

mod field;
mod file;
mod page;

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::text::is_blank;
use mattoni_core::value::{Notation, Value};
use mattoni_core::{Problem, Problems};
use serde_json::Value as Json;

use crate::StepSource;

pub use field::{Condition, Field, FieldOption};
pub use file::FileField;
pub(crate) use file::is_media_type;
pub(crate) use page::{no_answer, schema_of};

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
    /// Its fields with an answer, in order.
    pub fields: Vec<Field>,
    /// Its fields with files, in order.
    pub files: Vec<FileField>,
}

/// A field of a step, as it stands among the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FormItem<'a> {
    /// One that is answered.
    Field(&'a Field),
    /// One that takes files.
    File(&'a FileField),
}

impl FormStep {
    /// All its fields, in the order in which they are written down.
    pub fn items(&self) -> impl Iterator<Item = FormItem<'_>> {
        let (mut fields, mut files) = (self.fields.iter(), self.files.iter().peekable());
        (0..self.fields.len() + self.files.len()).filter_map(move |position| {
            match files.next_if(|file| file.position == position) {
                Some(file) => Some(FormItem::File(file)),
                None => fields.next().map(FormItem::Field),
            }
        })
    }
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
            let (mut fields, mut files) = (Vec::new(), Vec::new());
            for (field, position) in step.fields.iter().zip(0..) {
                let place = format!("{place}.{}", field.name);
                found.extend(name_problem(&field.name, &place));
                if !names.insert(&field.name) {
                    found.push(twice(&place));
                }
                if is_blank(&field.label) {
                    found.push(Problem::new(
                        "service.form.label",
                        &place,
                        "must have a label",
                        "write what the citizen reads",
                    ));
                }
                let before = checked.iter().flat_map(|step: &FormStep| &step.fields);
                let required_if =
                    Condition::of(field, before.chain(&fields)).unwrap_or_else(|problem| {
                        found.push(problem.in_field(&place));
                        None
                    });
                let optional = field.optional || required_if.is_some();
                let read = if FileField::is(field) {
                    FileField::new(field, position)
                        .map(|read| files.push(FileField { required_if, optional, ..read }))
                } else {
                    Field::new(field)
                        .map(|read| fields.push(Field { required_if, optional, ..read }))
                };
                found.extend(read.err().map(|problem| problem.in_field(&place)));
            }
            let (name, title) = (step.name.clone(), step.title.clone());
            checked.push(FormStep { name, title, fields, files });
        }
        Problems::check(found)?;
        Ok(Self { steps: checked })
    }

    /// Its steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[FormStep] {
        &self.steps
    }

    /// Every field that takes files, in order.
    pub fn files(&self) -> impl Iterator<Item = &FileField> {
        self.steps.iter().flat_map(|step| &step.files)
    }

    /// Every field with an answer, in order: the columns of a file of applications.
    pub fn columns(&self) -> impl Iterator<Item = &Field> {
        self.steps.iter().flat_map(|step| &step.fields)
    }

    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.columns().find(|field| field.name == name)
    }

    /// Checks what a page sends: a JSON object with a member for each answer. `null` and text that
    /// shows nothing are no answer. It takes exactly what its [JSON Schema](Self::json_schema)
    /// does.
    ///
    /// # Errors
    /// Everything that is wrong: `form.unknown-field`, `form.file` for an answer where a file is
    /// asked for, `form.missing`, `form.fiscal-code`, `form.number` for a number that is not
    /// written plainly, `form.spaces` for spaces around a code or a date, and the codes of
    /// [`Kind::from_json`](mattoni_core::value::Kind::from_json), each with its field.
    pub fn check(
        &self,
        given: &serde_json::Map<String, Json>,
    ) -> Result<BTreeMap<String, Value>, Problems> {
        self.read(given.keys().map(String::as_str), |field| {
            page::read(field, given.get(&field.name))
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
                        let value = page::read(field, given.get(&field.name))?.ok()?;
                        Some((field.name.clone(), field.refined(value).ok()?))
                    })
                    .collect())
            }
        }
    }

    /// Checks a row of a file: text for each column that is there. Empty text is no answer.
    ///
    /// # Errors
    /// As [`check`](Self::check), with the codes of [`Kind::parse`](mattoni_core::value::Kind::parse).
    pub fn check_row<'a>(
        &self,
        cells: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<BTreeMap<String, Value>, Problems> {
        self.check_row_in(cells, Notation::Plain)
    }

    /// Checks a row of a file whose numbers and dates are written in this notation.
    ///
    /// # Errors
    /// As [`check_row`](Self::check_row).
    pub fn check_row_in<'a>(
        &self,
        cells: impl IntoIterator<Item = (&'a str, &'a str)>,
        notation: Notation,
    ) -> Result<BTreeMap<String, Value>, Problems> {
        let cells: BTreeMap<_, _> = cells.into_iter().collect();
        self.read(cells.keys().copied(), |field| match cells.get(field.name.as_str()) {
            None => None,
            Some(text) if is_blank(text) => None,
            Some(text) => Some(field.kind.parse_in(text, notation)),
        })
    }

    /// Answers as people read them: each step that has any, by title, with the label of each field
    /// and its answer as [`Field::shown`] gives it, in the form's order.
    ///
    /// ```
    /// # use std::collections::BTreeMap;
    /// use mattoni_core::value::Value;
    /// use mattoni_service::{Form, StepSource};
    ///
    /// let step: StepSource = toml::from_str(r#"
    ///     name = "child"
    ///     title = "Il bambino"
    ///
    ///     [[fields]]
    ///     name = "nursery"
    ///     label = "Nido"
    ///     kind = "choice"
    ///     options = [{ value = "sole", label = "Nido Sole" }]
    /// "#)?;
    /// let form = Form::new(&[step])?;
    /// let answers = BTreeMap::from([("nursery".to_owned(), Value::Choice("sole".into()))]);
    /// assert_eq!(form.shown(&answers), [("Il bambino", vec![("Nido", "Nido Sole".to_owned())])]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn shown<'a>(
        &'a self,
        answers: &BTreeMap<String, Value>,
    ) -> Vec<(&'a str, Vec<(&'a str, String)>)> {
        let shown = |field: &'a Field| {
            answers.get(&field.name).map(|value| (field.label.as_str(), field.shown(value)))
        };
        self.steps
            .iter()
            .map(|step| (step.title.as_str(), step.fields.iter().filter_map(shown).collect()))
            .filter(|(_, answers): &(_, Vec<_>)| !answers.is_empty())
            .collect()
    }

    /// Checks answers that were read already: each of a field of the form, of its kind, within its
    /// bounds, in its format. Nothing has to be there.
    ///
    /// # Errors
    /// Everything that is wrong: `form.unknown-field`, `form.fiscal-code`, `form.spelling`, and the
    /// codes of [`Kind::check`], each with its field.
    pub fn check_values(&self, answers: &BTreeMap<String, Value>) -> Result<(), Problems> {
        let wrong = |(name, value): (&String, &Value)| {
            let Some(field) = self.field(name) else { return Some(self.unknown(name)) };
            match field.kind.check(value).and_then(|()| field.refined(value.clone())) {
                Ok(refined) if refined == *value => None,
                Ok(refined) => {
                    let rule = format!("must be stored as the form reads it: {refined}");
                    Some(Problem::new("form.spelling", name, rule, "read it with the form first"))
                }
                Err(problem) => Some(field.worded(problem).in_field(name)),
            }
        };
        Problems::check(answers.iter().filter_map(wrong).collect())
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
            Some(Condition { field: other, equals }) => match self.field(other) {
                Some(other) => {
                    format!("must be given when “{}” is {}", other.label, other.shown(equals))
                }
                None => format!("must be given when “{other}” is {equals}"),
            },
            None if field.optional => return None,
            None => "must be given".to_owned(),
        };
        let remedy = format!("fill in “{}”", field.label);
        Some(Problem::new("form.missing", &field.name, rule, remedy))
    }

    fn unknown(&self, name: &str) -> Problem {
        if self.files().any(|file| file.name == name) {
            let rule = "must be given as a file, not as an answer";
            return Problem::new("form.file", name, rule, "attach it to the application");
        }
        let known: Vec<_> = self.columns().map(|field| field.name.as_str()).collect();
        let remedy = format!("leave it out, or use one of: {}", known.join(", "));
        Problem::new("form.unknown-field", name, "must be a field of the form", remedy)
    }

    fn read<'a>(
        &self,
        names: impl Iterator<Item = &'a str>,
        answer: impl Fn(&Field) -> Option<Result<Value, Problem>>,
    ) -> Result<BTreeMap<String, Value>, Problems> {
        let mut found: Vec<_> = names
            .filter(|name| self.field(name).is_none())
            .map(|name| self.unknown(name))
            .collect();
        let mut answers = BTreeMap::new();
        for field in self.columns() {
            // A condition is about a field asked before: its answer has been read.
            match answer(field).map(|read| read.and_then(|value| field.refined(value))) {
                None => found.extend(self.missing_from(field, &answers)),
                Some(Ok(value)) => {
                    answers.insert(field.name.clone(), value);
                }
                Some(Err(problem)) => found.push(field.worded(problem).in_field(&field.name)),
            }
        }
        Problems::check(found)?;
        Ok(answers)
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
