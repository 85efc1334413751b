//! What a practice may hold: its service says it, on every way in.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::calendar::rome_date;
use mattoni_core::{Act, Actor, Aggregate as _, Problem, Problems, SignIn};
use mattoni_desk::{Desk, Guard, read_change};
use mattoni_practice::{Event, Opening, Practice, ServiceRef};
use mattoni_service::{Access, OfferedService, Service};
use mattoni_store::{Change, Error};

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

/// The services of one commit, each read once.
type Services = BTreeMap<String, Option<OfferedService>>;

#[async_trait]
impl Guard for ServiceGuard {
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
        let mut services = Services::new();
        for (_, practice) in read.iter().flatten() {
            let code = &practice.service().code;
            if !services.contains_key(code) {
                let id = OfferedService::id_of(desk.ente(), code);
                let there = mattoni_store::load(desk.store(), desk.ente(), id).await?;
                services.insert(code.clone(), there.map(|loaded| loaded.state));
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
fn wrong(service: Option<&OfferedService>, events: &[Event], practice: &Practice) -> Vec<Problem> {
    let (offered, version) = match version(service, practice.service()) {
        Ok(found) => found,
        Err(problems) => return problems.into_iter().collect(),
    };
    let mut found = Vec::new();
    for event in events {
        match event {
            Event::Opened(opened) => {
                found.extend(unopenable(offered, &version, &opened.act, &opened.opening));
                found.extend(identified(&version, &opened.act));
            }
            Event::Saved(saved) => {
                found.extend(closed(offered, &version, saved.act.at));
                found.extend(identified(&version, &saved.act));
                found.extend(version.form().check_values(&saved.set).err().into_iter().flatten());
            }
            Event::Submitted(submitted) => {
                let answers = practice.answers();
                found.extend(closed(offered, &version, submitted.act.at));
                found.extend(identified(&version, &submitted.act));
                found.extend(version.form().check_values(answers).err().into_iter().flatten());
                found.extend(version.form().missing(answers));
                found.extend(version.admits(answers).err().into_iter().flatten());
            }
            Event::IntegrationAnswered(answered) => {
                let checked = version.form().check_values(&answered.set);
                found.extend(checked.err().into_iter().flatten());
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

fn version<'s>(
    service: Option<&'s OfferedService>,
    wanted: &ServiceRef,
) -> Result<(&'s OfferedService, Service), Problems> {
    let unknown = |rule: String| {
        let remedy = "name a service of the catalogue, or import it first";
        Problems::from(Problem::new("office.service.unknown", "service", rule, remedy))
    };
    let offered = service.ok_or_else(|| {
        unknown(format!("must be a service that the ente offers: {} is none", wanted.code))
    })?;
    let version = offered.version(wanted.version).ok_or_else(|| {
        unknown(format!(
            "must be a version of {} that is kept: {} is none",
            wanted.code, wanted.version
        ))
    })?;
    Ok((offered, version?))
}

/// Why a practice cannot be opened like this.
fn unopenable(
    offered: &OfferedService,
    version: &Service,
    act: &Act,
    opening: &Opening,
) -> Vec<Problem> {
    let mut found: Vec<Problem> = version.takes(act.at).err().into_iter().collect();
    if found.is_empty() && !is_current(offered, version, act.at) {
        found.push(Problem::new(
            "office.service.version",
            "service.version",
            "must be the version that is published and valid on this day",
            "open it under the version of the day",
        ));
    }
    if opening.procedure != procedure_of(version) {
        found.push(Problem::new(
            "office.service.procedure",
            "procedure",
            "must be the procedure of the service",
            "take it from the service with procedure_of",
        ));
    }
    found
}

/// Why nothing goes in at `at`: whatever version a practice is under, its service takes
/// applications when the version of the day does.
fn closed(offered: &OfferedService, version: &Service, at: DateTime<Utc>) -> Option<Problem> {
    match offered.on(rome_date(at)) {
        Some(current) => current.takes(at).err(),
        None => version.takes(at).err(),
    }
}

fn is_current(offered: &OfferedService, version: &Service, at: DateTime<Utc>) -> bool {
    offered.on(rome_date(at)).is_some_and(|current| current.version() == version.version())
}

/// A citizen who acts was identified as the service asks.
fn identified(version: &Service, act: &Act) -> Option<Problem> {
    let asked = match version.source().access {
        Access::Anonymous => SignIn::Anonymous,
        Access::Spid1 => SignIn::Spid1,
        Access::Spid2 => SignIn::Spid2,
        Access::Spid3 | Access::Cie => SignIn::Cie,
    };
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
