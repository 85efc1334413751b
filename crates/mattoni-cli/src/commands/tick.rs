//! `mattoni tick`: the clock's own work, and the messages that follow from it.

use mattoni_core::Problem;
use mattoni_core::calendar::LegalCalendar;
use mattoni_desk::{Clock, Desk, FilePostbox, ProtocolOffice, SystemClock};
use mattoni_service::{Service, Status};
use mattoni_store::Store;
use serde_json::json;

use crate::args::Tick;
use crate::files::ServiceFolder;
use crate::output::{Bar, Failure, Reader, print_json, print_text};
use crate::records;

pub(crate) async fn run(args: &Tick, reader: Reader) -> Result<(), Failure> {
    let mut services: Vec<Service> = Vec::new();
    for folder in &args.services {
        services.push(ServiceFolder::read(folder)?.service);
    }
    let Some(ente) = services.first().map(Service::ente).cloned() else { return Ok(()) };
    if let Some(other) = services.iter().find(|service| *service.ente() != ente) {
        let problem = Problem::new(
            "cli.ente",
            "--service",
            format!("one tick is for one ente; {} is of {}", other.code(), other.ente()),
            "run it once for each ente",
        );
        return Err(Failure::Refused(problem.into()));
    }
    let store = records::open(&args.db).await?;
    tick(args, &Desk::new(store, ente), &services, reader).await
}

async fn tick<S: Store>(
    args: &Tick,
    desk: &Desk<S>,
    services: &[Service],
    reader: Reader,
) -> Result<(), Failure> {
    let now = args.at.unwrap_or_else(|| SystemClock.now());
    let bar = Bar::new("looking at practices", None, reader);
    let report = desk.tick(services, &LegalCalendar::national(), now, &bar).await?;
    drop(bar);
    let postbox =
        FilePostbox::open(args.db.messages()).map_err(|e| Failure::broken("no postbox", &e))?;
    let office = ProtocolOffice::new(desk, now);
    desk.deliver(&[&office, &postbox], now, &|_| ()).await?;
    match reader {
        Reader::Machine => print_json(&json!({
            "statuses": report.statuses,
            "warned": report.warned,
            "expired": report.expired,
            "integrations_lapsed": report.integrations_lapsed,
            "reminded": report.reminded,
            "offers_lapsed": report.offers_lapsed,
            "refused": report.refused,
        })),
        Reader::Person => {
            for change in &report.statuses {
                print_text(&format!("{} is {}", change.service, word(&change.to.status)));
            }
            print_text(&format!(
                "{} drafts warned, {} expired, {} integrations lapsed, {} reminders, {} offers \
                 lapsed, {} refused",
                report.warned,
                report.expired,
                report.integrations_lapsed,
                report.reminded,
                report.offers_lapsed,
                report.refused.len()
            ));
        }
    }
    Ok(())
}

fn word(status: &Status) -> String {
    match status {
        Status::Draft => "in preparation".into(),
        Status::Scheduled { .. } => "not open yet".into(),
        Status::Open { .. } => "open".into(),
        Status::Closed => "closed".into(),
        Status::Suspended { reason } => format!("suspended: {reason}"),
        other => format!("{other:?}"),
    }
}
