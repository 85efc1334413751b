//! A service's folder: `service.toml`, and the criteria, places and fund of its ranking.

use std::fmt::Debug;
use std::sync::LazyLock;

use mattoni_core::calendar::LegalCalendar;
use mattoni_core::{Problems, RuleWorld};
use mattoni_office::coherence;
use mattoni_ranking::{Call, Criteria, Facilities, Fund, Prize};
use mattoni_rules::{Description, Host, Limits};
use mattoni_service::Service;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{form, plugin, said_in_full};

/// What a rule plugin says of itself: a service's parameters are read against it.
static PLUGIN: LazyLock<Description> = LazyLock::new(|| {
    let loaded = Host::new(Limits::default()).unwrap().load(&plugin("nursery-points")).unwrap();
    loaded.description().clone()
});

/// A call to hold services against.
static CALL: LazyLock<Call> = LazyLock::new(|| Call {
    criteria: criteria(include_str!("../../examples/nursery/criteria.toml")).unwrap(),
    prize: Prize::Places(facilities(include_str!("../../examples/nursery/places.toml")).unwrap()),
});

/// The first line says which file: `service`, `criteria`, `places`, `fund` or `calendar`.
pub(crate) fn target(bytes: &[u8]) {
    let Some((file, bytes)) = form(bytes) else { return };
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match file {
        "service" => service(text),
        "criteria" => drop(criteria(text)),
        "places" => drop(facilities(text)),
        "fund" => drop(fund(text)),
        "calendar" => {
            if let Ok(calendar) = toml::from_str::<LegalCalendar>(text) {
                let _ = calendar.check().map_err(|problems| said_in_full(&problems));
            }
        }
        _ => {}
    }
}

/// The source in a text, checked. What is taken is stored as JSON, and is taken again as the same.
fn taken<S, T>(
    text: &str,
    new: impl Fn(S) -> Result<T, Problems>,
    source: impl Fn(&T) -> &S,
) -> Option<T>
where
    S: Serialize + DeserializeOwned,
    T: PartialEq + Debug,
{
    let taken = new(toml::from_str(text).ok()?).map_err(|problems| said_in_full(&problems)).ok()?;
    let stored = serde_json::to_string(source(&taken)).unwrap();
    let again = new(serde_json::from_str(&stored).unwrap()).unwrap();
    assert_eq!(again, taken);
    Some(taken)
}

fn criteria(text: &str) -> Option<Criteria> {
    let criteria = taken(text, Criteria::new, Criteria::source)?;
    let _ = criteria.digest();
    Some(criteria)
}

fn facilities(text: &str) -> Option<Facilities> {
    taken(text, Facilities::new, Facilities::source)
}

fn fund(text: &str) -> Option<Fund> {
    taken(text, Fund::new, Fund::source)
}

fn service(text: &str) {
    let Some(service) = taken(text, Service::new, Service::source) else { return };
    // All that is made of a service.
    let _ = service.form().json_schema("modulo");
    let _ = (service.chain().text(), service.chain().mermaid(), service.chain().svg());
    let _ = service.status(chrono::DateTime::UNIX_EPOCH);
    let _ = mattoni_service::differences(&service, &service);
    let rules = [(RuleWorld::Scoring, &*PLUGIN)].into();
    let _ =
        coherence::check(&service, Some(&CALL), &rules).map_err(|problems| said_in_full(&problems));
}
