//! `mattoni tick`: the clock's own work, and the messages that follow from it.

use mattoni_desk::{Clock, SystemClock};
use mattoni_office::italian::grouped;
use mattoni_office::{Office, OfficeTick};
use mattoni_service::Service;
use serde_json::json;

use crate::args::Tick;
use crate::italian;
use crate::output::{Bar, Failure, Reader, refused, say};
use crate::store_access::desks;
use crate::store_access::service_folder::ServiceFolder;

pub(crate) async fn run(args: &Tick, reader: Reader) -> Result<(), Failure> {
    let mut folders: Vec<ServiceFolder> = Vec::new();
    for folder in &args.services {
        folders.push(ServiceFolder::read(folder)?);
    }
    let services: Vec<Service> = folders.iter().map(|folder| folder.service.clone()).collect();
    let Some(ente) = services.first().map(Service::ente).cloned() else { return Ok(()) };
    if let Some(other) = services.iter().find(|service| *service.ente() != ente) {
        return Err(refused(
            "cli.ente.services",
            "--service",
            &format!("must be of one ente; {} is of {}", other.code(), other.ente()),
            "run it once for each ente",
        ));
    }
    let calendar = folders.last().map(|folder| folder.calendar.clone()).unwrap_or_default();
    if folders.iter().any(|folder| folder.calendar != calendar) {
        return Err(refused(
            "cli.ente.calendars",
            "--service",
            "must have one calendar for one ente, and their folders have several",
            "keep one ente.toml in the folder above the services",
        ));
    }
    let mut office = Office::new(desks::at_work(&args.db, ente, args.new_ente).await?);
    for folder in &folders {
        office = folder.staffed(office, &args.plugins)?;
    }
    let now = args.at.unwrap_or_else(|| SystemClock.now());
    let bar = Bar::new("guardo che cosa scade", None, reader);
    let done = office.tick(&services, &calendar, now, &bar).await?;
    drop(bar);
    let delivered = office.desk().deliver(now, &|_| ()).await?;
    let rules: Vec<_> = done
        .rules
        .iter()
        .map(|report| {
            json!({
                "service": report.service, "world": report.world, "plugin": report.plugin,
                "noted": report.noted, "refused": report.refused,
                "unreadable": report.unreadable,
            })
        })
        .collect();
    let answer = json!({
        "statuses": done.statuses, "events": done.due.events, "refused": done.due.refused,
        "rules": rules, "rules_not_asked": done.rules_not_asked,
        "unreadable": done.due.unreadable,
        "delivery": {
            "delivered": delivered.delivered, "later": delivered.later, "never": delivered.never,
            "faults": delivered.faults,
        },
    });
    let mut text = page(&done);
    text.extend(italian::undelivered(&delivered));
    if text.is_empty() {
        text.push("nessuna novità".to_owned());
    }
    say(reader, &answer, &text.join("\n"));
    Failure::none_left_out(&done.due.unreadable)?;
    if delivered.faults.is_empty() { Ok(()) } else { Err(Failure::Found) }
}

fn page(done: &OfficeTick) -> Vec<String> {
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
    for report in &done.rules {
        let (service, rule) = (&report.service, report.world.italian());
        match report.noted {
            0 => {}
            1 => lines.push(format!("servizio {service}, {rule}: 1 risposta")),
            noted => lines.push(format!("servizio {service}, {rule}: {} risposte", grouped(noted))),
        }
        if let Some(left_out) = italian::counted(report.unreadable.len()) {
            lines.push(format!("servizio {service}, {rule}: {left_out}"));
        }
        for (id, problems) in &report.refused {
            let told = problems.iter();
            lines.extend(told.map(|problem| format!("pratica {id}, {rule} in attesa: {problem}")));
        }
    }
    for (service, problems) in &done.rules_not_asked {
        let told = problems.iter();
        lines.extend(told.map(|problem| format!("servizio {service}, regole ferme: {problem}")));
    }
    lines
}
