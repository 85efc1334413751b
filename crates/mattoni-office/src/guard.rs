//! What a practice may hold: its service says it, on every way in.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::calendar::rome_date;
use mattoni_core::{Act, Actor, Aggregate as _, Problem, Problems};
use mattoni_desk::{Desk, Guard, read_change};
use mattoni_practice::{Event, Opening, Practice, Procedure, ServiceRef};
use mattoni_service::{OfferedService, Service};
use mattoni_store::{Change, Error};

use crate::offer::{unknown, unknown_service};
use crate::procedure_of;

/// Lets practices be opened, filled in and sent only as a service of the ente says.
///
/// - A practice is opened for a service that the ente keeps ([`OfferedService`]), under the version
///   that is published and open then, with the procedure that this version has, by somebody who
///   was identified as it asks.
/// - Answers are saved that are of the form: the kind, the bounds and the format of their field;
///   while the service is open.
/// - A draft is submitted while the service is open, with a form that is complete and requirements
///   that are met. Another application for the same thing keeps it from being submitted
///   ([`mattoni_practice::lists::APPLICATION`]).
/// - Answers to a request for integration are of the form, too.
///
/// A practice stays under the version that it was opened under.
#[derive(Debug, Clone, Copy, Default)]
pub struct ServiceGuard;

/// A service as the changes of one commit need it: read once, and each version made once.
struct Offered {
    service: OfferedService,
    versions: BTreeMap<u32, Result<Version, Problems>>,
}

struct Version {
    service: Service,
    procedure: Procedure,
}

impl Offered {
    fn new(service: OfferedService) -> Self {
        let made = |number: u32| {
            let version = service.version(number)?;
            let version = version.map(|service| {
                let procedure = procedure_of(&service);
                Version { service, procedure }
            });
            Some((number, version))
        };
        let versions = service.versions().filter_map(made).collect();
        Self { service, versions }
    }

    fn version(&self, wanted: &ServiceRef) -> Result<&Version, Problems> {
        let none = || {
            let (code, number) = (&wanted.code, wanted.version);
            unknown(format!("must be a version of {code} that is kept: {number} is none"))
        };
        let version = self.versions.get(&wanted.version).ok_or_else(none)?;
        version.as_ref().map_err(Problems::clone)
    }

    /// The version under which applications are taken at `at`.
    fn current(&self, at: DateTime<Utc>) -> Option<&Version> {
        let number = self.service.number_on(rome_date(at))?;
        self.versions.get(&number)?.as_ref().ok()
    }

    /// Why nothing goes in at `at`: whatever version a practice is under, its service takes
    /// applications when the version of the day does.
    fn closed(&self, version: &Version, at: DateTime<Utc>) -> Option<Problem> {
        self.current(at).unwrap_or(version).service.takes(at).err()
    }

    /// Why a practice cannot be opened like this.
    fn unopenable(&self, version: &Version, act: &Act, opening: &Opening) -> Vec<Problem> {
        let mut found: Vec<Problem> = version.service.takes(act.at).err().into_iter().collect();
        let current = self.current(act.at).map(|current| current.service.version());
        if found.is_empty() && current != Some(version.service.version()) {
            found.push(Problem::new(
                "office.service.version",
                "service.version",
                "must be the version that is published and valid on this day",
                "open it under the version of the day",
            ));
        }
        if opening.procedure != version.procedure {
            found.push(Problem::new(
                "office.service.procedure",
                "procedure",
                "must be the procedure of the service",
                "take it from the service with procedure_of",
            ));
        }
        found
    }
}

#[async_trait]
impl Guard for ServiceGuard {
    fn name(&self) -> &'static str {
        mattoni_practice::SERVICE_GUARD
    }

    fn kind(&self) -> &'static str {
        Practice::KIND
    }

    fn events(&self) -> &[&'static str] {
        &[
            "practice.opened",
            "practice.saved",
            "practice.submitted",
            "practice.integration-answered",
        ]
    }

    async fn check(
        &self,
        desk: &Desk,
        changes: &[&Change],
    ) -> Result<Vec<Result<(), Problems>>, Error> {
        let read: Vec<Result<(Vec<Event>, Practice), Problems>> =
            changes.iter().map(|change| read_change::<Practice>(change)).collect();
        let mut services: BTreeMap<String, Option<Offered>> = BTreeMap::new();
        for (_, practice) in read.iter().flatten() {
            let code = &practice.service().code;
            if !services.contains_key(code) {
                let id = OfferedService::id_of(desk.ente(), code);
                let there = mattoni_store::load(desk.store(), desk.ente(), id).await?;
                services.insert(code.clone(), there.map(|loaded| Offered::new(loaded.state)));
            }
        }
        let check = |(events, practice): (Vec<Event>, Practice)| {
            let service = services.get(&practice.service().code).and_then(Option::as_ref);
            Problems::check(wrong(service, &events, &practice))
        };
        Ok(read.into_iter().map(|read| read.and_then(check)).collect())
    }
}

/// Everything that the service does not allow.
fn wrong(service: Option<&Offered>, events: &[Event], practice: &Practice) -> Vec<Problem> {
    let code = &practice.service().code;
    let offered = service.ok_or_else(|| unknown_service(code));
    let found = offered.and_then(|offered| Ok((offered, offered.version(practice.service())?)));
    let (offered, version) = match found {
        Ok(found) => found,
        Err(problems) => return problems.into_iter().collect(),
    };
    let form = version.service.form();
    let mut found = Vec::new();
    for event in events {
        match event {
            Event::Opened(opened) => {
                found.extend(offered.unopenable(version, &opened.act, &opened.opening));
                found.extend(identified(&version.service, &opened.act));
            }
            Event::Saved(saved) => {
                found.extend(offered.closed(version, saved.act.at));
                found.extend(identified(&version.service, &saved.act));
                found.extend(form.check_values(&saved.set).err().into_iter().flatten());
            }
            Event::Submitted(submitted) => {
                let answers = practice.answers();
                found.extend(offered.closed(version, submitted.act.at));
                found.extend(identified(&version.service, &submitted.act));
                found.extend(form.check_values(answers).err().into_iter().flatten());
                found.extend(form.missing(answers));
                found.extend(version.service.admits(answers).err().into_iter().flatten());
            }
            Event::IntegrationAnswered(answered) => {
                found.extend(form.check_values(&answered.set).err().into_iter().flatten());
            }
            _ => {}
        }
    }
    // Opened and saved in one go, a practice says the same twice.
    let mut unique: Vec<Problem> = Vec::with_capacity(found.len());
    for problem in found {
        if !unique.contains(&problem) {
            unique.push(problem);
        }
    }
    unique
}

/// A citizen who acts was identified as the service asks.
fn identified(version: &Service, act: &Act) -> Option<Problem> {
    let asked = version.source().access.sign_in();
    let enough = !matches!(act.by, Actor::Citizen(_)) || act.signed_in >= asked;
    (!enough).then(|| {
        Problem::new(
            "office.service.sign-in",
            "signed_in",
            format!("must have signed in with {} or better", asked.italian()),
            "sign in again, or go to the counter",
        )
    })
}
