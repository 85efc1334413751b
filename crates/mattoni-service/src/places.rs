//! Changing what stands at one place of a source: `sheet.title`, `procedure.term_days`.

use mattoni_core::Problem;
use serde_json::{Map, Value as Json};

use crate::ServiceSource;

impl ServiceSource {
    /// The source with something else at `place`, which is named as
    /// [`differences`](crate::differences) names places: steps and fields by their name.
    ///
    /// A `text` is taken as it is where a text stands now. Anywhere else it is read as JSON where it
    /// is some: `60`, `true`. A list or a table in JSON is always read as one, where one can stand:
    /// `["Sport", "Istruzione"]`. An empty text takes out what is there.
    ///
    /// ```
    /// # let source: mattoni_service::ServiceSource = toml::from_str(include_str!("../tests/it/dog.toml"))?;
    /// let changed = source.with("sheet.title", "Iscrizione del cane")?;
    /// let changed = changed.with("procedure.term_days", "60")?;
    /// let changed = changed.with("sheet.responsible.person", "Anna Bianchi")?;
    /// assert_eq!(changed.sheet.title, "Iscrizione del cane");
    /// assert_eq!(changed.procedure.term_days, 60);
    /// assert!(source.with("sheet.titel", "Iscrizione").is_err(), "there is no such place");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `service.setting.value` when the source has no such place, or what stands there cannot be
    /// what the text says.
    pub fn with(&self, place: &str, text: &str) -> Result<Self, Problem> {
        // A source always is JSON: its keys are texts and its numbers whole.
        let source = serde_json::to_value(self).unwrap_or_default();
        let place = as_written(&source, place);
        let names: Vec<&str> = place.split('.').collect();
        let as_text = || Some(Json::from(text));
        let as_json = || serde_json::from_str::<Json>(text).ok();
        let values = match (at(&source, &names), as_json()) {
            _ if text.trim().is_empty() => vec![None],
            (Some(Json::String(_)), json) if !holds_several(json.as_ref()) => vec![as_text(), json],
            (_, json) => vec![json, as_text()],
        };
        let mut why = "there is nothing there".to_owned();
        for value in values {
            let (mut changed, takes_out) = (source.clone(), text.trim().is_empty());
            if (value.is_none() && !takes_out) || !put(&mut changed, &names, value) {
                continue;
            }
            match serde_json::from_value(changed) {
                Ok(changed) => return Ok(changed),
                Err(error) => why = error.to_string(),
            }
        }
        Err(Problem::new(
            "service.setting.value",
            place.into_owned(),
            format!("must be a place of service.toml with a value of its kind: {why}"),
            "look at the table of all places in docs/service.md",
        ))
    }
}

/// The place as the source itself is written: the rule for scoring alone may stand right below
/// `rules`.
fn as_written<'p>(source: &Json, place: &'p str) -> std::borrow::Cow<'p, str> {
    let short = source["rules"]["plugin"].is_string();
    let long = source["rules"]["scoring"].is_object();
    match (place.strip_prefix("rules.scoring."), place.strip_prefix("rules.")) {
        (Some(rest), _) if short => format!("rules.{rest}").into(),
        (None, Some(rest)) if long && OF_A_RULE.contains(&first(rest)) => {
            format!("rules.scoring.{rest}").into()
        }
        _ => place.into(),
    }
}

fn holds_several(json: Option<&Json>) -> bool {
    json.is_some_and(|json| json.is_object() || json.is_array())
}

/// What is said of one rule.
const OF_A_RULE: [&str; 4] = ["plugin", "digest", "publishers", "parameters"];

fn first(place: &str) -> &str {
    place.split('.').next().unwrap_or_default()
}

fn at<'j>(json: &'j Json, names: &[&str]) -> Option<&'j Json> {
    names.iter().try_fold(json, |json, name| match json {
        Json::Array(items) => items.iter().find(|item| item["name"] == **name),
        other => other.get(name),
    })
}

/// Puts a value at a place, or takes out what is there; whether there is such a place.
fn put(json: &mut Json, names: &[&str], value: Option<Json>) -> bool {
    let Some((name, below)) = names.split_first() else { return false };
    match json {
        Json::Object(members) if below.is_empty() => match value {
            Some(value) => {
                members.insert((*name).to_owned(), value);
                true
            }
            None => members.remove(*name).is_some(),
        },
        Json::Object(members) => {
            if value.is_none() && !members.contains_key(*name) {
                return false;
            }
            let member = members.entry(*name).or_insert_with(|| Json::Object(Map::new()));
            put(member, below, value)
        }
        Json::Array(items) => {
            let Some(item) = items.iter_mut().find(|item| item["name"] == **name) else {
                return false;
            };
            !below.is_empty() && put(item, below, value)
        }
        _ => false,
    }
}
