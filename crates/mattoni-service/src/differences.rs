//! What is different between two services.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{Service, ServiceSource};

/// One place where two services are different.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Where: `sheet.title`, `steps.child.fields.birth_date.label`.
    pub place: String,
    /// What the first has there; `None` for nothing.
    pub before: Option<Json>,
    /// What the second has there; `None` for nothing.
    pub after: Option<Json>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |side: &Option<Json>| side.as_ref().map_or("–".to_owned(), Json::to_string);
        write!(f, "{}: {} → {}", self.place, show(&self.before), show(&self.after))
    }
}

/// Every place where `before` and `after` are different, in the order of the places' names.
/// Steps and fields are matched by name; where one is added, taken out or moved, the list of
/// names is different at the place of the list.
#[must_use]
pub fn differences(before: &Service, after: &Service) -> Vec<Difference> {
    of_sources(before.source(), after.source())
}

/// The same of sources that are not checked.
pub(crate) fn of_sources(before: &ServiceSource, after: &ServiceSource) -> Vec<Difference> {
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    // A service's source always is JSON: its keys are texts and its numbers whole.
    flatten("", &serde_json::to_value(before).unwrap_or_default(), &mut old);
    flatten("", &serde_json::to_value(after).unwrap_or_default(), &mut new);
    let places: BTreeSet<_> = old.keys().chain(new.keys()).cloned().collect();
    let differs = |place: &String| old.get(place) != new.get(place);
    places
        .into_iter()
        .filter(differs)
        .map(|place| Difference {
            before: old.get(&place).cloned(),
            after: new.get(&place).cloned(),
            place,
        })
        .collect()
}

fn flatten(place: &str, json: &Json, into: &mut BTreeMap<String, Json>) {
    let below = |name: &str| {
        if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
    };
    match json {
        Json::Object(members) => {
            for (name, member) in members {
                flatten(&below(name), member, into);
            }
        }
        Json::Array(items) if !items.is_empty() && items.iter().all(named) => {
            let names: Vec<_> = items.iter().map(|item| item["name"].clone()).collect();
            for item in items {
                flatten(&below(item["name"].as_str().unwrap_or_default()), item, into);
            }
            into.insert(place.to_owned(), Json::Array(names));
        }
        Json::Null => {}
        other => {
            into.insert(place.to_owned(), other.clone());
        }
    }
}

fn named(item: &Json) -> bool {
    item["name"].is_string()
}
