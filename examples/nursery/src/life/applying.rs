//! March: applications, from a file and at the counter, by parents and by others for them.

use std::fs::File;

use mattoni_core::{FiscalCode, Refusal as _, Sex};
use mattoni_office::open_draft;
use mattoni_practice::{
    Attachment, Filer, Mandate, MandateKind, Party, PartyRole, Practice, Query, Saving, State, Verb,
};

use super::Say;
use super::story::{OFFICE, OFFICIAL, Story, at, day, official, quiet, refused, why};
use crate::Stopped;
use crate::town::cast::{self, Household};

impl Story {
    pub(super) async fn applying(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let csv = self.folder.join("applications.csv");
        let service = self.service_on(day("2027-03-10"));
        let when = at("2027-03-10T09:00:00Z");
        let report = self.calls.import(service, File::open(csv)?, when, &quiet).await?;
        let drafts = report.opened + report.existing;
        say(&format!("10 March     {drafts} drafts saved from the portal's file"));

        self.fiscal_codes(say)?;
        self.for_herself(say).await?;
        self.for_others(say).await?;
        self.hidden_from_others(say).await?;
        self.sent(report.practices, say).await
    }

    /// What a fiscal code says, and when it is wrong.
    fn fiscal_codes(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let told = |household: &Household| -> Result<String, Stopped> {
            let person = &household.parent;
            let place = person.fiscal_code.check_birth_place(person.born_on)?;
            let ended = place.ended.map_or(String::new(), |day| format!(", a town until {day}"));
            let form = if person.fiscal_code.is_omocodia() { ", an omocodia form" } else { "" };
            let born = place.name;
            Ok(format!(
                "{} {}: born in {born}{ended}{form}",
                person.fiscal_code, person.family_name
            ))
        };
        for household in [cast::popescu(), cast::singh(), cast::codeluppi(), cast::rossi()] {
            say(&format!("             {}", told(&household)?));
        }
        // The town that came after the merger was not there yet.
        let elda = cast::codeluppi().parent;
        let (family, given) = (&elda.family_name, &elda.given_name);
        let later = FiscalCode::make(family, given, elda.born_on, Sex::Female, "M364")?;
        if let Err(problem) = later.check_birth_place(elda.born_on) {
            say(&format!("             {later}: {} [{}]", problem.rule, problem.code));
        }
        Ok(())
    }

    /// Marta Ferretti: step by step, the other parent beside her, papers, a summary, sent.
    async fn for_herself(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let household = cast::ferretti();
        let service = self.service_on(day("2027-03-12"));
        let id = self.id_of(service, &household)?;
        let counter = self.citizen(&household.parent);
        let act = |when: &str| self.citizens_act(&household.parent, when);
        let opening = self.opening(service, &household, Filer::Applicant)?;
        open_draft(&counter, &act("2027-03-12T18:00:00Z"), opening).await?;

        // What she has answered so far is kept, however little it is.
        let mut answers = self.answers(service, &household)?;
        let later = answers.split_off("first_choice");
        let saved = self
            .once(&counter, id, Verb::Save, &act("2027-03-12T18:20:00Z"), |practice, act| {
                practice.save(act, Saving::set(answers.clone()))
            })
            .await?;
        let progress: Vec<_> = saved
            .progress()
            .iter()
            .map(|step| format!("{} {}/{}", step.step, step.answered, step.keys))
            .collect();
        if saved.state() == State::Draft && saved.answers().len() == answers.len() {
            say(&format!("12 March     Ferretti, step by step: {}", progress.join(", ")));
            let (act, calendar) = (act("2027-03-12T18:21:00Z"), Self::calendar());
            if let Err(bar) = saved.submit(&act, saved.summary().digest(), &calendar) {
                say(&format!(
                    "             sent too early: {} problems",
                    bar.problems().iter().count()
                ));
            }
        }
        let saving = Saving::set(later);
        self.once(&counter, id, Verb::Save, &act("2027-03-13T10:00:00Z"), |practice, act| {
            practice.save(act, saving.clone())
        })
        .await?;

        let people =
            [(cast::iotti(), PartyRole::CoApplicant), (cast::grandmother(), PartyRole::Reader)];
        for ((person, role), minute) in people.into_iter().zip(["10:05", "10:06"]) {
            let party = Party { person: person.person(&self.names), role };
            let act = act(&format!("2027-03-13T{minute}:00Z"));
            self.once(&counter, id, Verb::AddParty, &act, |practice, act| {
                practice.add_party(act, party.clone())
            })
            .await?;
        }
        say("13 March     the other parent applies with her, the grandmother may look");
        let seen = self.citizen(&cast::grandmother()).read(id).await?;
        let act_of_hers = self.citizens_act(&cast::grandmother(), "2027-03-13T11:00:00Z");
        let tried = self
            .citizen(&cast::grandmother())
            .decide(seen.id(), Verb::Submit, &act_of_hers, |practice: &Practice, act| {
                practice.submit(act, practice.summary().digest(), &Self::calendar())
            })
            .await;
        say(&format!("             the grandmother sends it: {}", refused(tried)?));
        self.papers(id, say).await?;

        // The other parent reads the summary and sends what Marta wrote.
        let sent_by = self.citizen(&cast::iotti());
        let sent = self.citizens_act(&cast::iotti(), "2027-03-14T21:00:00Z");
        let practice = self.submit(&sent_by, id, &sent).await?;
        say(&format!(
            "14 March     sent by the other parent, under version {} of the service",
            practice.service().version
        ));
        Ok(())
    }

    /// A paper that is taken, and a film that is not.
    async fn papers(
        &self,
        id: mattoni_core::Id<Practice>,
        say: &mut Say<'_>,
    ) -> Result<(), Stopped> {
        let parent = cast::ferretti().parent;
        let bytes = b"%PDF-1.7 contratto di lavoro dimostrativo".to_vec();
        let size = bytes.len() as u64;
        let digest = self.desk.store().put(self.ente(), bytes).await?;
        let contract = Attachment::new("contratto.pdf", "application/pdf", size, digest);
        let film = Attachment {
            name: "la-nostra-famiglia.mp4".into(),
            media_type: "video/mp4".into(),
            bytes: 12 << 20,
            ..contract.clone()
        };
        let counter = self.citizen(&parent);
        let act = self.citizens_act(&parent, "2027-03-13T12:00:00Z");
        let practice = self
            .once(&counter, id, Verb::Attach, &act, |practice, act| {
                practice.attach(act, contract.clone())
            })
            .await?;
        say(&format!(
            "             attached: {} ({size} bytes, {})",
            contract.name,
            digest.short()
        ));
        if practice.state() == State::Draft
            && let Err(bars) = practice.attach(&act, film)
        {
            for problem in &bars.problems() {
                say(&format!(
                    "             a film is refused: {} [{}]",
                    problem.rule, problem.code
                ));
            }
        }
        Ok(())
    }

    /// A delegate, an entrusted office, an official at the counter; then all others of the story.
    async fn for_others(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let service = self.service_on(day("2027-03-16"));
        let proof = self.desk.store().put(self.ente(), b"delega firmata".to_vec()).await?;
        let entrusted =
            self.desk.store().put(self.ente(), b"mandato al patronato".to_vec()).await?;
        let stand_ins = [
            (cast::popescu(), cast::zanni(), MandateKind::Delegated, proof, "her delegate"),
            (
                cast::singh(),
                cast::sassi(),
                MandateKind::Entrusted,
                entrusted,
                "the patronage office",
            ),
        ];
        for (household, stand_in, kind, paper, what) in stand_ins {
            let acts = ["09:00", "09:20", "09:30"]
                .map(|time| self.citizens_act(&stand_in, &format!("2027-03-16T{time}:00Z")));
            let mandate = Mandate::new(stand_in.person(&self.names), kind).with_paper(paper);
            let filer = Filer::Delegate(mandate);
            let counter = self.citizen(&stand_in);
            let [opened, saved, sent] = &acts;
            let practice =
                self.apply(&counter, service, &household, filer, [opened, saved, sent]).await?;
            say(&format!(
                "16 March     {} {} applies for {}: {what}, version {}",
                stand_in.given_name,
                stand_in.family_name,
                household.parent.family_name,
                practice.service().version
            ));
        }
        let [opened, saved, sent] =
            ["10:00", "10:10", "10:20"].map(|t| official(&format!("2027-03-16T{t}:00Z")));
        let filer = Filer::counter(OFFICIAL, OFFICE);
        let household = cast::codeluppi();
        // What was typed is printed and signed.
        let signed = self.desk.store().put(self.ente(), b"domanda firmata".to_vec()).await?;
        let applicant = household.parent.person(&self.names).id;
        let sent = &sent.on_behalf_of(applicant, Some(signed));
        let (opened, saved) = (&opened, &saved);
        self.apply(&self.office(), service, &household, filer, [opened, saved, sent]).await?;
        say("             an official types for Codeluppi, who came to the counter");

        let done_above = ["Ferretti", "Popescu", "Singh", "Codeluppi"];
        let others = cast::in_time().into_iter();
        for household in others.filter(|h| !done_above.contains(&h.parent.family_name.as_str())) {
            let acts = ["18:00", "18:30", "18:40"]
                .map(|t| self.citizens_act(&household.parent, &format!("2027-03-17T{t}:00Z")));
            let [opened, saved, sent] = &acts;
            let counter = self.citizen(&household.parent);
            self.apply(&counter, service, &household, Filer::Applicant, [opened, saved, sent])
                .await?;
        }
        // Campani writes his name and never comes back.
        let household = cast::campani();
        let act = self.citizens_act(&household.parent, "2027-03-18T22:00:00Z");
        let opening = self.opening(service, &household, Filer::Applicant)?;
        open_draft(&self.citizen(&household.parent), &act, opening).await?;
        say("18 March     Campani opens a draft and leaves it");
        Ok(())
    }

    /// What a single read hides, no list and no second application shows.
    async fn hidden_from_others(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let (hers, stranger) = (cast::ferretti(), cast::conte());
        let id = self.id_of(&self.equipped.service, &hers)?;
        let counter = self.citizen(&stranger.parent);
        say(&format!("             Conte reads Ferretti's: {}", refused(counter.read(id).await)?));
        let of_hers = Query::default().of_person(hers.parent.person(&self.names).id);
        let (own, others) =
            (counter.count(&Query::default()).await?, counter.count(&of_hers).await?);
        say(&format!("             Conte lists: {own} of his own, {others} of Ferretti's"));

        // The child is applied for already: the other parent gets no second application.
        let again = Household { parent: cast::zanni(), ..hers };
        let service = self.service_on(day("2027-03-18"));
        let act = self.citizens_act(&again.parent, "2027-03-18T09:00:00Z");
        let opening = self.opening(service, &again, Filer::Applicant)?;
        let tried = open_draft(&self.citizen(&again.parent), &act, opening).await;
        say(&format!("             a second application for her child: {}", refused(tried)?));
        Ok(())
    }

    /// Everything that is complete is sent and gets its number, in the order in which it came.
    async fn sent(
        &self,
        mut drafts: Vec<mattoni_core::Id<Practice>>,
        say: &mut Say<'_>,
    ) -> Result<(), Stopped> {
        let when = at("2027-03-20T17:00:00Z");
        let service = self.service_on(day("2027-03-20"));
        let left = self.id_of(service, &cast::campani())?;
        drafts.push(left);
        let calendar = Self::calendar();
        let report = self.calls.submit_drafts(service, &drafts, &calendar, when, &quiet).await?;
        if let Some((id, problems)) = report.refused.iter().find(|(id, _)| *id != left) {
            return Err(Stopped(format!("practice {id}: {problems}")));
        }
        // Before the register has numbered it, an application cannot be taken back.
        let fresh = self.practice_of(&cast::benassi()).await?;
        let act = self.citizens_act(&cast::benassi().parent, "2027-03-20T17:00:00Z");
        if fresh.state() == State::Submitted
            && let Err(bars) = fresh.withdraw(&act, "")
        {
            say(&format!("20 March     Benassi withdraws at once: {}", why(&bars)));
        }
        self.deliver(when).await?;
        let query = mattoni_practice::bulk::Selection::all()
            .of_service(service.code())
            .in_states([State::Registered]);
        let numbered = self.office().count(&query).await?;
        say(&format!(
            "20 March     {numbered} submitted and registered, receipts sent; {} draft is incomplete",
            report.refused.len()
        ));
        let (first, second) =
            (self.practice_of(&cast::ferretti()).await?, self.practice_of(&cast::rossi()).await?);
        for (name, practice) in [("Ferretti", first), ("Rossi", second)] {
            let version = practice.service().version;
            say(&format!("             {name}, under version {version}:"));
            Self::tell_term(&practice, say);
        }
        let late = service.takes(at("2027-04-01T10:00:00Z")).map_err(mattoni_core::Problems::from);
        if let Err(problems) = late {
            say(&format!("1 April      Pedroni comes a moment too late: {}", why_all(&problems)));
        }
        Ok(())
    }
}

fn why_all(problems: &mattoni_core::Problems) -> String {
    problems.iter().map(|p| format!("{} [{}]", p.rule, p.code)).collect::<Vec<_>>().join("; ")
}
