//! `mattoni retention`: what the rules of retention ask for, and doing it.

use mattoni_core::calendar::rome_date;
use mattoni_core::{Act, Actor};
use mattoni_desk::privacy::{Action, RetentionReport, Schedule, ScheduleSource};
use mattoni_desk::{Clock, SystemClock};

use crate::args::privacy::{Retention, RetentionVerb};
use crate::output::{Bar, Failure, Reader, print_json, print_text, table};
use crate::store_access::{desks, files};

pub(crate) async fn run(args: &Retention, reader: Reader) -> Result<(), Failure> {
    let (RetentionVerb::Preview(work) | RetentionVerb::Apply(work)) = &args.verb;
    let source = files::toml::<ScheduleSource>(&work.rules)?;
    let at = work.at.unwrap_or_else(|| SystemClock.now());
    let (db, ente) = (&work.database.db, work.database.ente.as_ref());
    let desk = match &args.verb {
        RetentionVerb::Preview(_) => desks::to_look(db, ente).await?,
        RetentionVerb::Apply(_) => desks::to_change(db, ente).await?,
    };
    let schedule = Schedule::new(source, desk.bricks())?;
    let bar = Bar::new("guardo i documenti", None, reader);
    let report = match &args.verb {
        RetentionVerb::Preview(_) => desk.retention_preview(&schedule, rome_date(at), &bar).await?,
        RetentionVerb::Apply(_) => {
            let act = Act::new(at, Actor::System("retention".into()));
            desk.retain(&schedule, &act, &bar).await?
        }
    };
    drop(bar);
    match reader {
        Reader::Machine => print_json(&report),
        Reader::Person => print_text(&page(&report)),
    }
    Failure::none_left_out(&report.unreadable)
}

fn page(report: &RetentionReport) -> String {
    let header = ["regola", "azione", "già fatti", "dovuti", "fatti", "restano", "dal", "fonte"];
    let mut lines = table(header);
    for rule in &report.rules {
        let action = match rule.action {
            Action::Erase => "cancellare",
            Action::RemoveAttachments => "togliere i file",
            Action::Keep => "conservare",
            _ => "?",
        };
        lines.add_row([
            rule.rule.clone(),
            action.to_owned(),
            rule.earlier.to_string(),
            rule.due.to_string(),
            rule.done.to_string(),
            rule.kept.to_string(),
            rule.next_on.map_or_else(|| "-".to_owned(), |day| day.format("%d/%m/%Y").to_string()),
            rule.source.clone(),
        ]);
    }
    format!(
        "{lines}\nal {}: {} documenti, {} in corso, {} senza regola, {} file tolti",
        report.today.format("%d/%m/%Y"),
        report.looked_at(),
        report.under_way,
        report.without_rule,
        report.files_removed
    )
}
