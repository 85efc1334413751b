//! `mattoni retention`: what the rules of retention ask for, and doing it.

use mattoni_core::calendar::rome_date;
use mattoni_core::{Act, Actor};
use mattoni_desk::privacy::{Action, RetentionReport, Schedule, ScheduleSource};
use mattoni_desk::{Clock, SystemClock};

use crate::args::privacy::{Retention, RetentionVerb};
use crate::files;
use crate::output::{Bar, Failure, Reader, print_json, print_text, table};
use crate::records::{self, desk};

pub(crate) async fn run(args: &Retention, reader: Reader) -> Result<(), Failure> {
    let (RetentionVerb::Preview(work) | RetentionVerb::Apply(work)) = &args.verb;
    let schedule = Schedule::new(files::toml::<ScheduleSource>(&work.rules)?)?;
    let at = work.at.unwrap_or_else(|| SystemClock.now());
    let ente = work.database.ente.as_ref();
    // Found out before a new one is made.
    let there = records::open_to_read(&work.database.db).await?;
    let bar = Bar::new("looking at practices", None, reader);
    let report = match &args.verb {
        RetentionVerb::Preview(_) => {
            desk(there, ente).await?.retention_preview(&schedule, rome_date(at), &bar).await?
        }
        RetentionVerb::Apply(_) => {
            drop(there);
            let act = Act::new(at, Actor::System("retention".into()));
            let store = records::open(&work.database.db).await?;
            desk(store, ente).await?.retain(&schedule, &act, &bar).await?
        }
    };
    drop(bar);
    match reader {
        Reader::Machine => print_json(&report),
        Reader::Person => print_text(&page(&report)),
    }
    Ok(())
}

fn page(report: &RetentionReport) -> String {
    let mut lines = table(["rule", "action", "earlier", "due", "done", "kept", "next", "source"]);
    for rule in &report.rules {
        let action = match rule.action {
            Action::Erase => "erase",
            Action::RemoveAttachments => "remove attachments",
            Action::Keep => "keep",
            _ => "?",
        };
        lines.add_row([
            rule.rule.clone(),
            action.to_owned(),
            rule.earlier.to_string(),
            rule.due.to_string(),
            rule.done.to_string(),
            rule.kept.to_string(),
            rule.next_on.map_or_else(|| "-".to_owned(), |day| day.to_string()),
            rule.source.clone(),
        ]);
    }
    format!(
        "{lines}\n{}: {} practices, {} under way, {} without a rule, {} attachments removed",
        report.today,
        report.looked_at(),
        report.under_way,
        report.without_rule,
        report.attachments_removed
    )
}
