//! `mattoni call`: a service's call, step by step, on a database.

use std::fs::File;
use std::path::Path;

use chrono::{DateTime, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::{Act, Actor, Id, Problem, Problems};
use mattoni_desk::ranking::run_id;
use mattoni_desk::{Clock, Desk, FilePostbox, ProtocolOffice, SystemClock};
use mattoni_practice::Practice;
use mattoni_ranking::{
    Call as RankingCall, MayPublish, Method, Outcome, PublicList, RankingRun, compare,
};
use mattoni_service::Service;
use mattoni_store::Store;
use serde_json::json;

use super::rank::{host, outcome};
use crate::args::{Call, CallStep};
use crate::files::{self, ServiceFolder};
use crate::output::{Bar, Failure, Reader, print_json, print_text, table};
use crate::records::{self, Db};

struct Desktop<'a, S> {
    desk: Desk<S>,
    folder: ServiceFolder,
    act: Act,
    db: &'a Db,
    /// Name of the run.
    run: &'a str,
    reader: Reader,
}

pub(crate) async fn run(args: &Call, reader: Reader) -> Result<(), Failure> {
    let folder = ServiceFolder::read(&args.service)?;
    let ente = folder.service.ente().clone();
    let store = records::open(&args.db).await?;
    step(args, Desk::new(store, ente), folder, reader).await
}

async fn step<S: Store>(
    args: &Call,
    desk: Desk<S>,
    folder: ServiceFolder,
    reader: Reader,
) -> Result<(), Failure> {
    let at = args.at.unwrap_or_else(|| SystemClock.now());
    let act = Act::new(at, Actor::Operator(args.operator.clone()));
    let desktop = Desktop { desk, folder, act, db: &args.db, run: &args.run, reader };
    match &args.step {
        CallStep::Import { csv } => {
            // Citizens should not apply to what cannot be decided.
            desktop.folder.fits(&args.plugins)?;
            desktop.import(csv).await
        }
        CallStep::Score => desktop.score(&args.plugins).await,
        CallStep::DrawUp { seed } => desktop.draw_up(seed.as_deref()).await,
        CallStep::Publish => desktop.publish().await,
        CallStep::Compare { with } => desktop.compare(with).await,
        CallStep::Supersede { old, reason } => desktop.supersede(old, reason).await,
        CallStep::Offer { answer_by } => {
            let drawn = desktop.drawn().await?;
            let bar = Bar::new("offering", None, reader);
            let made = desktop.desk.offer_places(&drawn, *answer_by, &desktop.act, &bar).await?;
            drop(bar);
            desktop.deliver().await?;
            desktop.say(&json!({ "offers": made }), &format!("{made} places offered"));
            Ok(())
        }
        CallStep::MoveUp { answer_by } => {
            let drawn = desktop.drawn().await?;
            let (desk, act) = (&desktop.desk, &desktop.act);
            let lapsed = desk.lapse_offers(drawn.run.digest(), act, &|_| ()).await?.done;
            let moved = desk.move_up(&drawn, Method::FillFreed, *answer_by, act).await?;
            desktop.deliver().await?;
            let text = format!("{lapsed} offers lapsed, {moved} families moved up");
            desktop.say(&json!({ "lapsed": lapsed, "moved_up": moved }), &text);
            Ok(())
        }
    }
}

impl<S: Store> Desktop<'_, S> {
    fn service(&self) -> &Service {
        &self.folder.service
    }

    fn at(&self) -> DateTime<Utc> {
        self.act.at
    }

    fn say(&self, machine: &serde_json::Value, person: &str) {
        match self.reader {
            Reader::Machine => print_json(machine),
            Reader::Person => print_text(person),
        }
    }

    /// Numbers of the register and messages: whatever waits in the outbox.
    async fn deliver(&self) -> Result<(), Failure> {
        let office = ProtocolOffice::new(&self.desk, self.at());
        let postbox =
            FilePostbox::open(self.db.messages()).map_err(|e| Failure::broken("no postbox", &e))?;
        let bar = Bar::new("delivering", None, self.reader);
        self.desk.deliver(&[&office, &postbox], self.at(), &bar).await?;
        Ok(())
    }

    async fn import(&self, csv: &Path) -> Result<(), Failure> {
        let file = File::open(csv).map_err(|error| {
            let (field, why) = (csv.display().to_string(), error.to_string());
            Problems::from(Problem::new("cli.file.unreadable", field, why, "check the path"))
        })?;
        let bar = Bar::new("importing", None, self.reader);
        let report = self.desk.import(self.service(), file, self.at(), &bar).await?;
        drop(bar);
        let bar = Bar::new("submitting", Some(report.opened), self.reader);
        let calendar = LegalCalendar::national();
        let (service, drafts) = (self.service(), &report.practices);
        let sent = self.desk.submit_drafts(service, drafts, &calendar, self.at(), &bar).await?;
        drop(bar);
        self.deliver().await?;
        self.say(
            &json!({
                "opened": report.opened, "existing": report.existing,
                "submitted": sent.done, "refused": sent.refused,
            }),
            &format!(
                "{} applications taken in, {} were there already, {} submitted and registered, {} refused",
                report.opened, report.existing, sent.done, sent.refused.len()
            ),
        );
        told(&sent.refused)
    }

    async fn score(&self, plugins: &Path) -> Result<(), Failure> {
        let Some(rules) = &self.service().source().rules else {
            let problem = Problem::new(
                "cli.service.rules",
                "rules",
                "the service has a plugin",
                "add [rules]",
            );
            return Err(Failure::Refused(problem.into()));
        };
        let file = plugins.join(format!("{}.wasm", rules.plugin));
        let bytes = files::bytes(&file)?;
        let loaded =
            host()?.load(&bytes).map_err(|e| Failure::broken("the plugin is unusable", &e))?;
        let ready = mattoni_desk::scoring::grant(rules, loaded, files::signature(&file)?)?;
        let bar = Bar::new("scoring", None, self.reader);
        let report = self.desk.score(self.service(), &ready, &bytes, &self.act, &bar).await?;
        drop(bar);
        self.say(
            &json!({ "evaluation": report.evaluation, "digest": report.digest, "noted": report.noted.done, "refused": report.noted.refused }),
            &format!(
                "{} applications scored by {} {}, {} answers noted, {} refused, fuel {}, evaluation {}",
                report.evaluation.rows,
                report.evaluation.name,
                report.evaluation.version,
                report.noted.done,
                report.noted.refused.len(),
                report.evaluation.fuel,
                report.digest
            ),
        );
        told(&report.noted.refused)
    }

    async fn draw_up(&self, seed: Option<&str>) -> Result<(), Failure> {
        let mut call: RankingCall = self.folder.call()?.clone();
        if let Some(seed) = seed {
            call.criteria = call.criteria.with_seed(seed)?;
        }
        let drawn = self.desk.draw_up(self.service(), self.run, &call, &self.act).await?;
        let mut lines = table(["pos.", "code", "points", "outcome"]);
        for line in drawn.run.lines().iter().take(10) {
            lines.add_row([
                line.position.map_or("-".into(), |position| position.to_string()),
                line.code().to_owned(),
                line.total.to_string(),
                outcome(&line.told_outcome()),
            ]);
        }
        let text = format!(
            "{lines}\nthe first {} of {} applications, draft {}",
            drawn.run.lines().len().min(10),
            drawn.run.lines().len(),
            drawn.run.digest()
        );
        self.say(&json!({ "run": drawn.run.digest(), "lines": drawn.run.lines().len() }), &text);
        Ok(())
    }

    async fn publish(&self) -> Result<(), Failure> {
        let may = MayPublish::granted_to(self.act.by.clone());
        let list = self.desk.publish(self.id(self.run), &self.act, &may).await?;
        self.post(&list);
        Ok(())
    }

    fn post(&self, list: &PublicList) {
        match self.reader {
            Reader::Machine => print_json(list),
            Reader::Person => {
                for sentence in mattoni_ranking::italian::public_list(list) {
                    print_text(&sentence);
                }
            }
        }
    }

    async fn compare(&self, with: &str) -> Result<(), Failure> {
        let before = self.desk.drawn(self.id(with)).await?.run;
        let changes = compare(&before, &self.drawn().await?.run);
        let mut lines = table(["code", "was", "is", "outcome before", "outcome now"]);
        let place = |position: Option<u32>| position.map_or("-".into(), |p| p.to_string());
        let told = |there: &Option<Outcome>| there.as_ref().map_or("-".into(), outcome);
        for change in &changes {
            lines.add_row([
                change.code.clone(),
                place(change.position_before),
                place(change.position_after),
                told(&change.before),
                told(&change.after),
            ]);
        }
        let other = changes.iter().filter(|change| change.changes_the_outcome()).count();
        let text = format!("{lines}\n{} lines differ, {other} in their outcome", changes.len());
        self.say(&json!({ "changes": changes }), &text);
        Ok(())
    }

    async fn supersede(&self, old: &str, reason: &str) -> Result<(), Failure> {
        let may = MayPublish::granted_to(self.act.by.clone());
        let (old, new) = (self.id(old), self.id(self.run));
        let list = self.desk.supersede(old, new, &self.act, &may, reason).await?;
        self.post(&list);
        Ok(())
    }

    fn id(&self, run: &str) -> Id<RankingRun> {
        run_id(self.desk.ente(), self.service().code(), run)
    }

    async fn drawn(&self) -> Result<mattoni_desk::ranking::Drawn, Failure> {
        Ok(self.desk.drawn(self.id(self.run)).await?)
    }
}

/// Names each application that was left out, on standard error: the rest was done, and still the
/// command did not do all it was asked.
fn told(refused: &[(Id<Practice>, Problems)]) -> Result<(), Failure> {
    for (id, problems) in refused {
        for problem in problems {
            eprintln!("practice {id}: {problem}");
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(Failure::Found) }
}
