//! `mattoni tick`: the clock's own work, and the messages that follow from it.

use mattoni_core::calendar::LegalCalendar;
use mattoni_desk::{Clock, SystemClock};
use mattoni_office::{Office, OfficeTick};
use mattoni_service::Service;
use serde_json::json;

use crate::args::Tick;
use crate::italian;
use crate::output::{Bar, Failure, Reader, refused, say};
use crate::store_access::desks;
use crate::store_access::service_folder::ServiceFolder;

pub(crate) async fn run(args: &Tick, reader: Reader) -> Result<(), Failure> {
    let (mut services, mut calendars): (Vec<Service>, Vec<LegalCalendar>) = Default::default();
    for folder in &args.services {
        let folder = ServiceFolder::read(folder)?;
        services.push(folder.service);
        calendars.push(folder.calendar);
    }
    let Some(ente) = services.first().map(Service::ente).cloned() else { return Ok(()) };
    if let Some(other) = services.iter().find(|service| *service.ente() != ente) {
        return Err(refused(
            "cli.ente.services",
            "--service",
            &format!("must be of one ente; {} is of {}", other.code(), other.ente()),
            "run it once for each ente",
        ));
    }
    let calendar = calendars.pop().unwrap_or_default();
    if calendars.iter().any(|other| *other != calendar) {
        return Err(refused(
            "cli.ente.calendars",
            "--service",
            "must have one calendar for one ente, and their folders have several",
            "keep one ente.toml in the folder above the services",
        ));
    }
    let office = Office::new(desks::at_work(&args.db, ente, args.new_ente).await?);
    let now = args.at.unwrap_or_else(|| SystemClock.now());
    let bar = Bar::new("guardo che cosa scade", None, reader);
    let done = office.tick(&services, &calendar, now, &bar).await?;
    drop(bar);
    office.desk().deliver(now, &|_| ()).await?;
    let answer = json!({
        "statuses": done.statuses, "events": done.due.events, "refused": done.due.refused,
    });
    say(reader, &answer, &page(&done));
    Ok(())
}

fn page(done: &OfficeTick) -> String {
    let statuses = done.statuses.iter();
    let mut lines: Vec<String> = statuses
        .map(|change| {
            format!("servizio {}: {}", change.service, super::offered::word(&change.to.status))
        })
        .collect();
    lines.extend(done.due.events.iter().map(|(event, count)| format!("{event}: {count}")));
    for (record, problems) in &done.due.refused {
        let lost = problems.iter().map(italian::problem);
        lines.extend(lost.map(|problem| format!("{record} non riuscito: {problem}")));
    }
    if lines.is_empty() {
        lines.push("nessuna novità".to_owned());
    }
    lines.join("\n")
}
