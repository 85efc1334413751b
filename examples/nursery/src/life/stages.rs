//! The stages of the call, each safe to run again.

use std::fs::File;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Digest, Refusal};
use mattoni_desk::practices::{SERVICE_STATE, in_state};
use mattoni_desk::ranking::{Drawn, run_id};
use mattoni_desk::{Acted, Desk, FilePostbox, ProtocolOffice, Verdict};
use mattoni_practice::{Asked, Assignee, Attachment, IntegrationAnswer, Practice, State};
use mattoni_ranking::{Call, MayPublish, Outcome, italian};
use mattoni_store::{Blobs, Sqlite};

use super::answers::{Habit, habit};
use super::{Equipped, RUN, Say};
use crate::Stopped;

const PAPER: &str = "certificazione L. 104/1992";

pub(super) struct Stages {
    pub(super) desk: Desk<Sqlite>,
    pub(super) postbox: FilePostbox,
    pub(super) equipped: Equipped,
    pub(super) call: Call,
    pub(super) folder: PathBuf,
}

/// An instant of 2027, UTC.
pub(super) fn instant(month: u32, day: u32, hour: u32) -> DateTime<Utc> {
    let date = date(month, day);
    date.and_hms_opt(hour, 0, 0).unwrap_or_default().and_utc()
}

/// A day of 2027. Only called with days written in this example.
pub(super) fn date(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, month, day).unwrap_or_default()
}

fn office(at: DateTime<Utc>) -> Act {
    Act::new(at, Actor::Operator("ufficio.nidi".into()))
}

fn no_progress(_: u64) {}

impl Stages {
    fn code(&self) -> &str {
        self.equipped.service.code()
    }

    /// The patron saint of Reggio nell'Emilia is San Prospero.
    fn calendar() -> LegalCalendar {
        LegalCalendar::national().with_patron(11, 24, "San Prospero")
    }

    /// Numbers of the register and messages: whatever waits in the outbox.
    pub(super) async fn deliver(&self, at: DateTime<Utc>) -> Result<(), Stopped> {
        let protocol = ProtocolOffice::new(&self.desk, at);
        self.desk.deliver(&[&protocol, &self.postbox], at, &no_progress).await?;
        Ok(())
    }

    /// The same decision on every practice in a state.
    async fn each(
        &self,
        state: State,
        verb: impl Fn(&Practice) -> Verdict<Practice>,
    ) -> Result<u64, Stopped> {
        let facet = in_state(self.code(), state);
        let report = self.desk.sweep((SERVICE_STATE, &facet), verb, &no_progress).await?;
        match report.refused.first() {
            None => Ok(report.done),
            Some((id, problems)) => Err(Stopped(format!("practice {id}: {problems}"))),
        }
    }

    /// Drafts, submission, numbers of the register.
    pub(super) async fn applications(&self, csv: &Path, say: &mut Say<'_>) -> Result<(), Stopped> {
        let service = &self.equipped.service;
        let at = instant(3, 10, 9);
        let report = self.desk.import(service, File::open(csv)?, at, &no_progress).await?;
        say(&format!(
            "10 March   {} drafts saved, {} were there already",
            report.opened, report.existing
        ));
        let at = instant(3, 20, 17);
        let sent = self.desk.submit_drafts(service, &Self::calendar(), at, &no_progress).await?;
        if let Some((id, problems)) = sent.refused.first() {
            return Err(Stopped(format!("practice {id}: {problems}")));
        }
        self.deliver(at).await?;
        say(&format!("20 March   {} submitted and registered, receipts sent", sent.done));
        Ok(())
    }

    /// Taken in charge; a paper is missing; most families bring it, some never do.
    pub(super) async fn examination(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let act = office(instant(4, 2, 8));
        let taken = self
            .each(State::Registered, |practice| {
                let taken = practice.take_in_charge(&act, Assignee::office("nidi"));
                taken.map(|event| Some(Acted::one(&act, event))).map_err(|r| r.problems())
            })
            .await?;
        say(&format!("2 April    {taken} taken in charge by the nursery office"));

        let (calendar, act) = (Self::calendar(), office(instant(4, 6, 10)));
        let asked = self
            .each(State::TakenInCharge, |practice| {
                let declared = practice.answers().get("disability_child");
                if declared != Some(&Value::Boolean(true)) || !practice.integrations().is_empty() {
                    return Ok(None);
                }
                let why = "è stata dichiarata una disabilità".to_owned();
                let paper = Asked::Paper { name: PAPER.into(), why };
                let by = date(4, 26);
                let asked = practice.request_integration(&act, vec![paper], by, &calendar);
                asked.map(|event| Some(Acted::one(&act, event))).map_err(|r| r.problems())
            })
            .await?;
        self.deliver(act.at).await?;
        say(&format!(
            "6 April    {asked} families asked for a missing paper: their term stands still"
        ));

        let paper = b"%PDF-1.7 certificazione dimostrativa".to_vec();
        let bytes = paper.len() as u64;
        let digest = self.desk.store().put(self.desk.ente(), paper).await?;
        let brought = self
            .each(State::AwaitingIntegration, |practice| {
                if habit(&practice.id().to_string()) == Habit::NeverAnswers {
                    return Ok(None);
                }
                let act = Act::new(instant(4, 15, 18), Actor::Citizen(practice.applicant().id));
                let answer = self.paper(digest, bytes);
                let answered = practice.answer_integration(&act, answer, &calendar);
                answered.map(|event| Some(Acted::one(&act, event))).map_err(|r| r.problems())
            })
            .await?;
        let act = office(instant(4, 28, 8));
        let lapsed = self
            .each(State::AwaitingIntegration, |practice| {
                let lapsed = practice.lapse_integration(&act, &calendar);
                lapsed.map(|event| Some(Acted::one(&act, event))).map_err(|r| r.problems())
            })
            .await?;
        self.deliver(act.at).await?;
        say(&format!("28 April   {brought} brought it, {lapsed} did not: the term runs again"));
        Ok(())
    }

    fn paper(&self, digest: Digest, bytes: u64) -> IntegrationAnswer {
        let attachment = Attachment {
            name: "certificazione.pdf".into(),
            media_type: "application/pdf".into(),
            bytes,
            digest,
        };
        IntegrationAnswer { papers: [(PAPER.to_owned(), attachment)].into(), ..Default::default() }
    }

    /// Scored in one batch, drawn up, published.
    pub(super) async fn ranking(&self, say: &mut Say<'_>) -> Result<Drawn, Stopped> {
        let id = run_id(self.desk.ente(), self.code(), RUN);
        if let Some(there) = self.desk.load(id).await?
            && there.state.published().is_some()
        {
            let drawn = self.desk.drawn(id).await?;
            say("5 May      the ranking is published already");
            self.post(&drawn)?;
            return Ok(drawn);
        }
        let Equipped { service, ready, plugin } = &self.equipped;
        let act = office(instant(5, 3, 7));
        let report = self.desk.score(service, ready, plugin, &act, &no_progress).await?;
        if let Some((id, problems)) = report.noted.refused.first() {
            return Err(Stopped(format!("practice {id}: {problems}")));
        }
        let evaluation = &report.evaluation;
        say(&format!(
            "3 May      {} applications scored by {} {} (WASM, fuel {}), {} answers noted",
            evaluation.rows,
            evaluation.name,
            evaluation.version,
            evaluation.fuel,
            report.noted.done
        ));
        let act = office(instant(5, 4, 7));
        self.desk.draw_up(service, RUN, &self.call, &act).await?;
        let act = Act::new(instant(5, 5, 10), Actor::Operator("dirigente.scuola".into()));
        let may = MayPublish::granted_to(act.by.clone());
        self.desk.publish(id, &act, &may).await?;
        let drawn = self.desk.drawn(id).await?;
        self.post(&drawn)?;
        Ok(drawn)
    }

    /// Writes the public list and says how it came out.
    fn post(&self, drawn: &Drawn) -> Result<(), Stopped> {
        let list = mattoni_ranking::PublicList::of(&drawn.run, None)?;
        let mut text = italian::public_list(&list).join("\n");
        text.push('\n');
        std::fs::write(self.folder.join("graduatoria.txt"), text)?;
        Ok(())
    }

    /// Every practice gets its answer.
    pub(super) async fn outcomes(&self, drawn: &Drawn, say: &mut Say<'_>) -> Result<(), Stopped> {
        let act = office(instant(6, 1, 8));
        let places = self.places_taken(drawn).await?;
        let decide = |practice: &Practice| {
            let number = practice.protocol_number().unwrap_or_default();
            let decided = match (places.get(number), drawn.run.line(number)) {
                (Some(facility), _) => {
                    let motivation = format!("posto assegnato e accettato: {facility}");
                    practice
                        .accept(&act, mattoni_practice::Decision::new(motivation))
                        .map_err(|refusal| refusal.problems())
                }
                (None, Some(line)) => {
                    let motivation = match (&line.outcome, line.position) {
                        (Outcome::Excluded { .. }, _) | (_, None) => {
                            "fuori dall'età prevista dal regolamento, art. 3".to_owned()
                        }
                        (_, Some(position)) => format!(
                            "posti esauriti o non accettati; posizione {position} in lista di attesa"
                        ),
                    };
                    practice
                        .reject(&act, mattoni_practice::Decision::new(motivation))
                        .map_err(|refusal| refusal.problems())
                }
                (None, None) => return Ok(None),
            };
            decided.map(|event| Some(Acted::one(&act, event)))
        };
        let mut done = 0;
        for state in [State::TakenInCharge, State::IntegrationAnswered] {
            done += self.each(state, decide).await?;
        }
        self.deliver(act.at).await?;
        say(&format!(
            "1 June     {done} practices answered; {} children have a place",
            places.len()
        ));
        Ok(())
    }
}
