//! All versions of one service.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mattoni_core::{Problem, Problems};

use crate::Service;

/// All versions of one service: at most one holds on any day.
#[derive(Debug, Clone, PartialEq)]
pub struct Versions(BTreeMap<u32, Service>);

impl Versions {
    /// Checks that the versions are of one service and that no two hold on the same day.
    ///
    /// # Errors
    /// `service.versions.none`, `.stranger` for one of another service, `.twice` for a number
    /// that comes again, `.overlap` for validities that do.
    pub fn new(versions: impl IntoIterator<Item = Service>) -> Result<Self, Problems> {
        let mut found = Vec::new();
        let mut all: BTreeMap<u32, Service> = BTreeMap::new();
        for service in versions {
            let place = format!("version {}", service.version());
            let wrong = |code: &'static str, rule: String, remedy: &str| {
                Problem::new(code, place.clone(), rule, remedy)
            };
            for other in all.values() {
                if (other.ente(), other.code()) != (service.ente(), service.code()) {
                    let rule = format!("must be of {}, as the others are", other.code());
                    found.push(wrong("service.versions.stranger", rule, "leave it out"));
                } else if other.version() == service.version() {
                    let rule = "must have a number of its own".to_owned();
                    found.push(wrong("service.versions.twice", rule, "give it the next number"));
                } else if overlap(other, &service) {
                    let rule = format!("must hold on other days than version {}", other.version());
                    let remedy = "end one the day before the other begins";
                    found.push(wrong("service.versions.overlap", rule, remedy));
                }
            }
            all.entry(service.version()).or_insert(service);
        }
        if all.is_empty() {
            let rule = "must have at least one version";
            found.push(Problem::new("service.versions.none", "", rule, "give one"));
        }
        Problems::check(found)?;
        Ok(Self(all))
    }

    /// The version that holds on `day`: the one new practices are opened under.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<&Service> {
        self.0.values().find(|service| service.is_valid_on(day))
    }

    /// The version of this number: the one an older practice stays under.
    #[must_use]
    pub fn get(&self, version: u32) -> Option<&Service> {
        self.0.get(&version)
    }
}

fn overlap(one: &Service, other: &Service) -> bool {
    let span = |service: &Service| {
        let source = service.source();
        (source.valid_from.unwrap_or(NaiveDate::MIN), source.valid_to.unwrap_or(NaiveDate::MAX))
    };
    let ((from, to), (other_from, other_to)) = (span(one), span(other));
    from <= other_to && other_from <= to
}
