//! `mattoni tick`: the clock's own work, and the messages that follow from it.

use mattoni_core::calendar::rome_date;
use mattoni_desk::{Clock, SystemClock};
use mattoni_office::italian::grouped;
use mattoni_office::{Office, OfficeTick};
use serde_json::json;

use super::recounted;
use crate::args::Tick;
use crate::italian;
use crate::output::{Bar, Failure, Reader, say};
use crate::store_access::desks;
use crate::store_access::service_folder::with_rules;

pub(crate) async fn run(args: &Tick, reader: Reader) -> Result<(), Failure> {
    let desk = desks::at_work_there(&args.database.db, args.database.ente.as_ref()).await?;
    let mut office = Office::new(desk);
    let now = args.at.unwrap_or_else(|| SystemClock.now());
    let services = office.services_on(rome_date(now)).await?;
    let mut not_loaded = Vec::new();
    for service in &services {
        // A plugin that is missing keeps nothing else from being done.
        match with_rules(office.clone(), service, &args.plugins) {
            Ok(staffed) => office = staffed,
            Err(Failure::Refused(problems)) => {
                not_loaded.push((service.code().to_owned(), problems));
            }
            Err(broken) => return Err(broken),
        }
    }
    let calendar = office.calendar().await?;
    let bar = Bar::new("guardo che cosa scade", None, reader);
    let mut done = office.tick(&services, &calendar, now, &bar).await?;
    // Why a plugin could not be loaded says more than that it is not there.
    done.rules_not_asked.retain(|(code, _)| !not_loaded.iter().any(|(other, _)| other == code));
    done.rules_not_asked.extend(not_loaded);
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
        "statuses": done.statuses, "recounted": done.recounted.moved,
        "recount_refused": done.recounted.refused, "events": done.due.events, "refused": done.due.refused,
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
    lines.extend(recounted::lines(&done.recounted));
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
            let told = problems.iter().map(italian::problem);
            lines.extend(told.map(|problem| format!("pratica {id}, {rule} in attesa: {problem}")));
        }
    }
    for (service, problems) in &done.rules_not_asked {
        let told = problems.iter().map(italian::problem);
        lines.extend(told.map(|problem| format!("servizio {service}, regole ferme: {problem}")));
    }
    lines
}
