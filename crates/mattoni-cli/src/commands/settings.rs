//! `mattoni service set`: settings of a kept service, changed together.

use mattoni_core::Problems;
use mattoni_office::{Office, ServiceChange};
use mattoni_service::{OfferedService, Service, ServiceSource, Setting, Staff, differences};
use serde_json::json;

use super::who;
use crate::args::staff::Whoever;
use crate::output::{Failure, Reader, refused, say};

/// What is to be changed, and whether it is.
pub(super) struct Asked<'a> {
    pub(super) code: &'a str,
    /// Places of the source, and what is to stand there.
    pub(super) set: &'a [(String, String)],
    pub(super) version: Option<u32>,
    pub(super) preview: bool,
}

pub(super) async fn run(
    asked: &Asked<'_>,
    basis: Option<&str>,
    acting: &Whoever,
    reader: Reader,
) -> Result<(), Failure> {
    let who = who::acting(acting).await?;
    let (code, subject) = (asked.code, who.on_service(asked.code));
    let id = OfferedService::id_of(who.desk.ente(), code);
    let service = who.desk.at_counter(subject.clone()).of::<OfferedService>().read(id).await?;
    let version = version_of(&service, asked.version)?;
    let before = service.source(version).ok_or_else(|| no_version(version))?;
    let settings = Setting::between(before, &changed(before, asked.set)?)?;
    if settings.is_empty() {
        let answer = json!({ "service": code, "version": version, "differences": [] });
        say(reader, &answer, &format!("{code}, versione {version}: è già così"));
        return Ok(());
    }
    // A preview has the act of the ente still to come.
    let basis = basis.unwrap_or("anteprima").to_owned();
    let change = ServiceChange { version, settings, basis };
    let office = Office::new(who.desk);
    let after = if asked.preview {
        office.try_service_change_as(&subject, code, &change, &who.act).await?
    } else {
        office.change_service_as(&subject, code, &change, &who.act).await?
    };
    let checked = |of: &OfferedService| -> Result<Service, Failure> {
        Ok(of.version(version).ok_or_else(|| no_version(version))??)
    };
    let found = differences(&checked(&service)?, &checked(&after)?);
    let theirs = |staff| change.settings.iter().any(|setting| setting.owner() == staff);
    let whose = match (theirs(Staff::Office), theirs(Staff::Technical)) {
        (true, false) => "dell'ufficio",
        (false, _) => "del personale tecnico",
        (true, true) => "dell'ufficio e del personale tecnico",
    };
    let end = if asked.preview { "niente è stato cambiato" } else { "fatto" };
    let mut lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    lines.push(format!("{code}, versione {version}, impostazioni {whose}: {end}"));
    let answer = json!({
        "service": code, "version": version, "differences": found, "changed": !asked.preview,
    });
    say(reader, &answer, &lines.join("\n"));
    Ok(())
}

/// The source with everything that is named put in.
fn changed(before: &ServiceSource, set: &[(String, String)]) -> Result<ServiceSource, Problems> {
    let (mut source, mut found) = (before.clone(), Vec::new());
    for (place, text) in set {
        match source.with(place, text) {
            Ok(next) => source = next,
            Err(problem) => found.push(problem),
        }
    }
    Problems::check(found).map(|()| source)
}

/// The version that is meant: the one that is named, or the only one.
fn version_of(service: &OfferedService, named: Option<u32>) -> Result<u32, Failure> {
    let mut versions = service.versions();
    let (first, several) = (versions.next().unwrap_or(0), versions.next().is_some());
    match named {
        Some(named) => Ok(named),
        None if several => {
            let all: Vec<_> = service.versions().map(|version| version.to_string()).collect();
            let remedy = format!("name one of: {}", all.join(", "));
            let rule = "must be given: the service has several versions";
            Err(refused("cli.service.version", "--version", rule, &remedy))
        }
        None => Ok(first),
    }
}

/// The refusal of a version that the service does not have.
pub(super) fn no_version(version: u32) -> Failure {
    let rule = format!("must be a version of the service: it has no version {version}");
    refused("service.offered.no-version", "--version", &rule, "look at its versions")
}
