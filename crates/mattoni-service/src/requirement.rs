//! Who may have the service at all (*requisiti di accesso*), as far as the answers show it.

use std::collections::BTreeMap;

use mattoni_core::Problem;
use mattoni_core::value::{Kind, Value};
use serde_json::Value as Json;

use crate::{Field, Form, RequirementSource, Service};

/// A checked requirement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Requirement {
    text: String,
    field: String,
    bound: Bound,
}

#[derive(Debug, Clone, PartialEq)]
enum Bound {
    /// The answer fits this narrower kind.
    Within(Kind),
    /// The answer is this one.
    Is(Value),
}

impl Requirement {
    /// Checks a requirement against the form whose answers it is about.
    pub(crate) fn new(source: &RequirementSource, form: &Form) -> Result<Self, Problem> {
        let wrong = |rule: String, remedy: &str| {
            Problem::new("service.requirement", "requirements", rule, remedy)
        };
        let Some(field) = form.field(&source.field) else {
            let rule = format!("“{}” must be a field of the form", source.field);
            return Err(wrong(rule, "name one that is"));
        };
        if source.text.trim().is_empty() {
            let rule = format!("the requirement on {} must have a text", source.field);
            return Err(wrong(rule, "write what the citizen reads"));
        }
        let bound = match (source.bounds.len(), source.bounds.get("is")) {
            (1, Some(json)) => field.kind.from_json(json).map(Bound::Is),
            _ => narrower(field, &source.bounds).map(Bound::Within),
        };
        let bound = bound.map_err(|problem| {
            let rule = format!("the requirement on {}: {}", source.field, problem.rule);
            wrong(rule, "write is = …, or min and max, or options")
        })?;
        Ok(Self { text: source.text.clone(), field: source.field.clone(), bound })
    }

    fn unmet(&self, answers: &BTreeMap<String, Value>) -> Option<Problem> {
        let met = answers.get(&self.field).is_some_and(|answer| match &self.bound {
            Bound::Within(kind) => kind.check(answer).is_ok(),
            Bound::Is(value) => answer == value,
        });
        (!met).then(|| {
            let remedy = "check the answer; without this the service cannot be had";
            Problem::new("form.requirement", &self.field, &self.text, remedy)
        })
    }
}

/// The field's kind with other bounds.
fn narrower(field: &Field, bounds: &BTreeMap<String, Json>) -> Result<Kind, Problem> {
    let wrong = |rule: String| Problem::new("service.requirement", "", rule, "");
    let allowed: &[&str] = match field.kind {
        Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Money { .. } | Kind::Date { .. } => {
            &["min", "max"]
        }
        Kind::Choice { .. } => &["options"],
        _ => &[],
    };
    if bounds.is_empty() || !bounds.keys().all(|key| allowed.contains(&key.as_str())) {
        return Err(wrong(format!("a {} must be bounded in another way", field.kind.name())));
    }
    let mut json = bounds.clone();
    json.insert("kind".to_owned(), field.kind.name().into());
    if let Kind::Decimal { scale, .. } = field.kind {
        json.insert("scale".to_owned(), scale.into());
    }
    serde_json::from_value(Json::Object(json.into_iter().collect()))
        .map_err(|error| wrong(error.to_string()))
}

impl Service {
    /// Every requirement the answers do not meet, as `form.requirement` with the text the
    /// citizen reads as its rule. A requirement on something not answered is not met.
    ///
    /// Told before submission, not enforced by the form: the office decides.
    #[must_use]
    pub fn unmet(&self, answers: &BTreeMap<String, Value>) -> Vec<Problem> {
        self.requirements().iter().filter_map(|requirement| requirement.unmet(answers)).collect()
    }
}
