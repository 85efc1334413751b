//! `mattoni call`: a service's call, step by step, on a database.

use std::fs::File;
use std::path::Path;

use chrono::{DateTime, Utc};
use mattoni_core::value::Notation;
use mattoni_core::{Act, Id, Problem, Problems, RuleWorld};
use mattoni_office::Office;
use mattoni_office::italian::grouped;
use mattoni_office::ranking::{Drawn, run_id};
use mattoni_practice::Practice;
use mattoni_ranking::{
    Call as RankingCall, MayPublish, Method, Outcome, PublicList, RankingRun, Run, compare,
};
use mattoni_service::Service;
use serde_json::json;

use crate::args::{Call, CallStep};
use crate::italian;
use crate::output::{Bar, Failure, Reader, note, print_json, print_text, say, table};
use crate::store_access::officials::Whoever;
use crate::store_access::service_folder::{ServiceFolder, with_rules};
use crate::store_access::{desks, plugins};

struct Desktop<'a> {
    office: Office,
    folder: ServiceFolder,
    act: Act,
    /// Name of the run.
    run: &'a str,
    reader: Reader,
}

pub(crate) async fn run(args: &Call, reader: Reader) -> Result<(), Failure> {
    let folder = ServiceFolder::read(&args.service)?;
    let ente = folder.service.ente().clone();
    let desk = desks::at_work(&args.db, ente, args.new_ente).await?;
    let who = Whoever::at(desk, args.account.as_deref(), args.at).await?;
    let office = with_rules(Office::new(who.desk.clone()), &folder.service, &args.plugins)?;
    let act = who.act.clone();
    if let Some(calendar) = folder.calendar.as_ref().filter(|_| who.sets_up()) {
        office.set_calendar(&who.on_service(folder.service.code()), calendar, &act).await?;
    }
    let desktop = Desktop { office, folder, act, run: &args.run, reader };
    match &args.step {
        CallStep::Import { csv, italian } => {
            // Citizens should not apply to what cannot be decided.
            desktop.folder.fits(&args.plugins)?;
            let notation = if *italian { Notation::Italian } else { Notation::Plain };
            desktop.import(csv, notation).await
        }
        CallStep::Score => desktop.score(&args.plugins).await,
        CallStep::Rules => desktop.rules().await,
        CallStep::DrawUp { seed } => desktop.draw_up(seed.as_deref()).await,
        CallStep::Publish => desktop.publish().await,
        CallStep::Compare { with } => desktop.compare(with).await,
        CallStep::Supersede { old, reason } => desktop.supersede(old, reason).await,
        CallStep::Offer { answer_by } => {
            let drawn = desktop.drawn().await?;
            let bar = Bar::new("offerta dei posti", None, reader);
            let made = desktop.office.offer_places(&drawn, *answer_by, &desktop.act, &bar).await?;
            drop(bar);
            desktop.deliver().await?;
            desktop.say(&json!({ "offers": made }), &format!("{made} posti offerti"));
            Ok(())
        }
        CallStep::MoveUp { answer_by } => {
            let drawn = desktop.drawn().await?;
            let (office, act) = (&desktop.office, &desktop.act);
            let lapsed = office.lapse_offers(drawn.run.digest(), act, &|_| ()).await?.done;
            let moved = office.move_up(&drawn, Method::FillFreed, *answer_by, act).await?;
            desktop.deliver().await?;
            let text = format!("{lapsed} offerte decadute, {moved} famiglie salite");
            desktop.say(&json!({ "lapsed": lapsed, "moved_up": moved }), &text);
            Ok(())
        }
    }
}

impl Desktop<'_> {
    fn service(&self) -> &Service {
        &self.folder.service
    }

    fn at(&self) -> DateTime<Utc> {
        self.act.at
    }

    fn say(&self, machine: &serde_json::Value, person: &str) {
        say(self.reader, machine, person);
    }

    /// Numbers of the register and messages: whatever waits in the outbox.
    async fn deliver(&self) -> Result<(), Failure> {
        let bar = Bar::new("consegna", None, self.reader);
        let delivered = self.office.desk().deliver(self.at(), &bar).await?;
        drop(bar);
        italian::undelivered(&delivered).iter().for_each(|line| note(line));
        Ok(())
    }

    async fn import(&self, csv: &Path, notation: Notation) -> Result<(), Failure> {
        let file = File::open(csv).map_err(|error| {
            let (field, why) = (csv.display().to_string(), error.to_string());
            Problems::from(Problem::new("cli.file.unreadable", field, why, "check the path"))
        })?;
        // The folder is what the ente published: the catalogue takes it in when it is new.
        self.service().takes(self.at()).map_err(Problems::from)?;
        self.office.offer(self.service(), &self.act, "service.toml").await?;
        let bar = Bar::new("acquisizione", None, self.reader);
        let office = &self.office;
        let report = office.import_in(self.service(), file, notation, self.at(), &bar).await?;
        drop(bar);
        let bar = Bar::new("invio", Some(report.opened), self.reader);
        let (service, calendar) = (self.service(), self.office.calendar().await?);
        let drafts = &report.practices;
        let sent = self.office.submit_drafts(service, drafts, &calendar, self.at(), &bar).await?;
        drop(bar);
        self.deliver().await?;
        self.say(
            &json!({
                "opened": report.opened, "existing": report.existing,
                "submitted": sent.done, "refused": sent.refused,
            }),
            &format!(
                "{} domande acquisite, {} c'erano già, {} inviate e protocollate, {} rifiutate",
                report.opened,
                report.existing,
                sent.done,
                sent.refused.len()
            ),
        );
        told(&sent.refused)
    }

    async fn score(&self, built: &Path) -> Result<(), Failure> {
        let Some(rules) = self.service().source().rules.of(RuleWorld::Scoring) else {
            let problem = Problem::new(
                "cli.service.rules",
                "rules.scoring",
                "must name the rule that gives points",
                "add a [rules.scoring] section to service.toml",
            );
            return Err(Failure::Refused(problem.into()));
        };
        let file = built.join(format!("{}.wasm", rules.plugin));
        let (loaded, bytes) = plugins::load_rule(&file, rules)?;
        let ready = mattoni_office::scoring::grant(rules, loaded, plugins::signature(&file)?)?;
        let bar = Bar::new("valutazione", None, self.reader);
        let report = self.office.score(self.service(), &ready, &bytes, &self.act, &bar).await?;
        drop(bar);
        self.say(
            &json!({ "evaluation": report.evaluation, "digest": report.digest, "noted": report.noted.done, "refused": report.noted.refused }),
            &format!(
                "{} domande valutate da {} {}, {} risposte annotate, {} rifiutate, fuel {}, valutazione {}",
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

    /// What the rules answer about the practices that wait, in Italian.
    async fn rules(&self) -> Result<(), Failure> {
        let bar = Bar::new("chiedo alle regole", None, self.reader);
        let reports = self.office.apply_rules(self.service(), self.at(), &bar).await?;
        drop(bar);
        self.deliver().await?;
        let mut lines = table(["regola", "programma", "risposte", "in attesa", "fuel"]);
        for report in &reports {
            lines.add_row([
                report.world.italian().to_owned(),
                report.plugin.clone(),
                grouped(report.noted),
                grouped(report.refused.len() as u64),
                grouped(report.fuel),
            ]);
        }
        let answer = reports.iter().map(|report| {
            json!({
                "world": report.world, "plugin": report.plugin, "noted": report.noted,
                "refused": report.refused, "fuel": report.fuel,
            })
        });
        let text = if reports.is_empty() {
            "Il servizio non ha regole da applicare da sole.".to_owned()
        } else {
            lines.to_string()
        };
        self.say(&json!({ "rules": answer.collect::<Vec<_>>() }), &text);
        let refused: Vec<_> = reports.into_iter().flat_map(|report| report.refused).collect();
        told(&refused)
    }

    async fn draw_up(&self, seed: Option<&str>) -> Result<(), Failure> {
        let mut call: RankingCall = self.folder.call()?.clone();
        if let Some(seed) = seed {
            call.criteria = call.criteria.with_seed(seed)?;
        }
        let drawn = self.office.draw_up(self.service(), self.run, &call, &self.act).await?;
        let mut lines = table(["pos.", "domanda", "punti", "esito"]);
        for line in drawn.run.lines().iter().take(10) {
            lines.add_row([
                line.position.map_or("-".into(), |position| position.to_string()),
                line.code().to_owned(),
                mattoni_ranking::italian::decimal(line.total),
                mattoni_ranking::italian::in_brief(&line.told_outcome(), &call.prize),
            ]);
        }
        let text = format!(
            "{lines}\nle prime {} di {} domande, bozza {}",
            drawn.run.lines().len().min(10),
            drawn.run.lines().len(),
            drawn.run.digest()
        );
        self.say(&json!({ "run": drawn.run.digest(), "lines": drawn.run.lines().len() }), &text);
        Ok(())
    }

    async fn publish(&self) -> Result<(), Failure> {
        let may = MayPublish::granted_to(self.act.by.clone());
        let list = self.office.publish(self.id(self.run), &self.act, &may).await?;
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
        let before = self.office.drawn(self.id(with)).await?.run;
        let after = self.drawn().await?.run;
        let changes = compare(&before, &after);
        let mut lines = table(["domanda", "era", "è", "esito prima", "esito ora"]);
        let place = |position: Option<u32>| position.map_or("-".into(), |p| p.to_string());
        let told = |there: &Option<Outcome>, run: &Run| {
            let prize = &run.call().prize;
            there
                .as_ref()
                .map_or("-".into(), |outcome| mattoni_ranking::italian::in_brief(outcome, prize))
        };
        for change in &changes {
            lines.add_row([
                change.code.clone(),
                place(change.position_before),
                place(change.position_after),
                told(&change.before, &before),
                told(&change.after, &after),
            ]);
        }
        let other = changes.iter().filter(|change| change.changes_the_outcome()).count();
        let text = format!("{lines}\n{} righe diverse, {other} nell'esito", changes.len());
        self.say(&json!({ "changes": changes }), &text);
        Ok(())
    }

    async fn supersede(&self, old: &str, reason: &str) -> Result<(), Failure> {
        let may = MayPublish::granted_to(self.act.by.clone());
        let (old, new) = (self.id(old), self.id(self.run));
        let list = self.office.supersede(old, new, &self.act, &may, reason).await?;
        self.post(&list);
        Ok(())
    }

    fn id(&self, run: &str) -> Id<RankingRun> {
        run_id(self.office.desk().ente(), self.service().code(), run)
    }

    async fn drawn(&self) -> Result<Drawn, Failure> {
        Ok(self.office.drawn(self.id(self.run)).await?)
    }
}

/// Names each application that was left out, on standard error: the rest was done, and still the
/// command did not do all it was asked.
fn told(refused: &[(Id<Practice>, Problems)]) -> Result<(), Failure> {
    for (id, problems) in refused {
        for problem in problems {
            note(&format!("pratica {id}: {}", crate::italian::problem(problem)));
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(Failure::Found) }
}
