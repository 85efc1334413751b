//! Who stands at which counter, and doing each thing once: what every chapter needs.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{BulkRun, Role, Subject};
use mattoni_core::{Act, Actor, EnteId, Id, Refusal, SignIn, named_id};
use mattoni_desk::counter::Records;
use mattoni_desk::{BulkReport, Desk, DeskError, Names};
use mattoni_office::import::application_id;
use mattoni_office::ranking::{Drawn, run_id};
use mattoni_office::{Office, OfficeTick, open_draft, procedure_of};
use mattoni_practice::bulk::Selection;
use mattoni_practice::{Event, Filer, Opening, Practice, Saving, ServiceRef, Verb};
use mattoni_ranking::Call;
use mattoni_service::{Service, Versions};

use super::{Equipped, Say};
use crate::Stopped;
use crate::town::Resident;
use crate::town::cast::Household;

/// The account of whoever works at the nursery office.
pub(super) const OFFICIAL: &str = "ufficio.nidi";
/// The account of the head of the schools department.
pub(super) const HEAD: &str = "dirigente.scuola";
/// The office.
pub(super) const OFFICE: &str = "nidi";
/// The account of an official in it, to whom practices are assigned.
pub(super) const COLLEAGUE: &str = "anna.bianchi";

/// Practices at the counter, for whoever stands there.
pub(super) type Practices<'a> = Records<'a, Practice>;

/// An order to the office's bulk work.
pub(super) struct Order {
    pub(super) run: Id<BulkRun>,
    verb: Verb,
    selection: Selection,
}

/// Everything the story is made with.
pub(super) struct Story {
    pub(super) desk: Desk,
    /// What the offices do at that desk with several bricks.
    pub(super) calls: Office,
    /// What makes the ids that people have in the journal.
    pub(super) names: Names,
    pub(super) equipped: Equipped,
    /// Both versions of the call's service.
    pub(super) versions: Versions,
    /// The practice of the reduced fee.
    pub(super) fee: Service,
    pub(super) call: Call,
    pub(super) folder: PathBuf,
}

/// An instant, UTC. Only called with instants written in this example.
pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_default()
}

/// A day. Only called with days written in this example.
pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

pub(super) fn official(when: &str) -> Act {
    Act::new(at(when), Actor::Operator(OFFICIAL.into()))
}

pub(super) fn head(when: &str) -> Act {
    Act::new(at(when), Actor::Operator(HEAD.into()))
}

pub(super) fn quiet(_: u64) {}

/// The first problem of a refusal, as it is printed: its code and its rule.
pub(super) fn why(refused: &impl Refusal) -> String {
    let problems = refused.problems();
    let first = problems.iter().next();
    first.map(|problem| format!("{} [{}]", problem.rule, problem.code)).unwrap_or_default()
}

/// As [`why`], of an answer the desk has to refuse.
pub(super) fn refused<T>(answer: Result<T, DeskError>) -> Result<String, Stopped> {
    match answer {
        Err(DeskError::Refused(problems)) => {
            let first = problems.iter().next();
            Ok(first.map(|p| format!("{} [{}]", p.rule, p.code)).unwrap_or_default())
        }
        Err(other) => Err(other.into()),
        Ok(_) => Err(Stopped("something was allowed that has to be refused".into())),
    }
}

impl Story {
    /// The patron saint of Reggio nell'Emilia is San Prospero.
    pub(super) fn calendar() -> LegalCalendar {
        LegalCalendar::national().with_patron(11, 24, "San Prospero")
    }

    pub(super) fn ente(&self) -> &EnteId {
        self.desk.ente()
    }

    /// The service in the version that holds on `day`.
    pub(super) fn service_on(&self, day: NaiveDate) -> &Service {
        self.versions.on(day).unwrap_or(&self.equipped.service)
    }

    /// Puts a service into the ente's catalogue and publishes it.
    pub(super) async fn publish(&self, service: &Service, when: &str) -> Result<(), Stopped> {
        self.calls.offer(service, &head(when), "det. 12/2027").await?;
        Ok(())
    }

    /// The counter of somebody with this role.
    pub(super) fn at_counter(&self, role: Role) -> Practices<'_> {
        let subject = Subject::new(self.ente().clone(), vec![role]).identified(SignIn::Spid2);
        self.desk.at_counter(subject).of()
    }

    /// The counter of a citizen who signed in.
    pub(super) fn citizen(&self, who: &Resident) -> Practices<'_> {
        let person = who.person(&self.names).id;
        self.at_counter(Role::Citizen { person })
    }

    /// The counter of the nursery office.
    pub(super) fn office(&self) -> Practices<'_> {
        let (offices, services) = self.reach();
        let role = Role::Operator { account: OFFICIAL.into(), offices, services };
        self.at_counter(role)
    }

    /// The counter of the head of the department.
    pub(super) fn head(&self) -> Practices<'_> {
        let (offices, services) = self.reach();
        let role = Role::OfficeHead { account: HEAD.into(), offices, services };
        self.at_counter(role)
    }

    fn reach(&self) -> (std::collections::BTreeSet<String>, std::collections::BTreeSet<String>) {
        let code = self.equipped.service.code();
        let services = [code.to_owned(), super::late::CODE.to_owned(), self.fee.code().to_owned()];
        ([OFFICE.to_owned()].into(), services.into())
    }

    pub(super) fn citizens_act(&self, who: &Resident, when: &str) -> Act {
        Act::new(at(when), Actor::Citizen(who.person(&self.names).id)).identified(SignIn::Spid2)
    }

    /// The id of a household's application: it follows from the service and the child.
    pub(super) fn id_of(
        &self,
        service: &Service,
        household: &Household,
    ) -> Result<Id<Practice>, Stopped> {
        let answers = self.answers(service, household)?;
        application_id(&self.names, service, &answers)
            .ok_or_else(|| Stopped("an application without its child".into()))
    }

    /// The practice of a household of the call.
    pub(super) async fn practice_of(&self, household: &Household) -> Result<Practice, Stopped> {
        let id = self.id_of(&self.equipped.service, household)?;
        self.practice(id).await
    }

    /// The practice as it stands, whoever asks.
    pub(super) async fn practice(&self, id: Id<Practice>) -> Result<Practice, Stopped> {
        let there = self.desk.load(id).await?;
        there.map(|loaded| loaded.state).ok_or_else(|| Stopped(format!("no practice {id}")))
    }

    /// What the household writes, checked against the form.
    pub(super) fn answers(
        &self,
        service: &Service,
        household: &Household,
    ) -> Result<std::collections::BTreeMap<String, mattoni_core::value::Value>, Stopped> {
        let asked = |column: &&str| service.form().field(column).is_some();
        let cells = household.cells.iter().map(|(column, cell)| (*column, cell.as_str()));
        Ok(service.form().check_row(cells.filter(|(column, _)| asked(column)))?)
    }

    /// What a draft of the household is opened with.
    pub(super) fn opening(
        &self,
        service: &Service,
        household: &Household,
        filer: Filer,
    ) -> Result<Opening, Stopped> {
        let id = self.id_of(service, household)?;
        let reference = ServiceRef::new(service.code(), service.version());
        let applicant = household.parent.person(&self.names);
        let opening =
            Opening::new(id, self.ente().clone(), reference, procedure_of(service), applicant);
        let child = household.child.person(&self.names);
        Ok(opening.for_beneficiary(child).filed_by(filer))
    }

    /// Opens, fills in and sends an application, by whoever stands at `counter`.
    pub(super) async fn apply(
        &self,
        counter: &Practices<'_>,
        service: &Service,
        household: &Household,
        filer: Filer,
        acts: [&Act; 3],
    ) -> Result<Practice, Stopped> {
        let [opened, saved, sent] = acts;
        service.takes(sent.at).map_err(mattoni_core::Problems::from)?;
        let opening = self.opening(service, household, filer)?;
        let (id, answers) = (opening.id, self.answers(service, household)?);
        open_draft(counter, opened, opening).await?;
        self.once(counter, id, Verb::Save, saved, |practice, act| {
            practice.save(act, Saving::set(answers.clone()))
        })
        .await?;
        self.submit(counter, id, sent).await
    }

    /// Sends a draft whose summary was read, and has it registered before anything else is sent:
    /// so the number does not hang on how many deliveries a day sees, or on when one is cut short.
    pub(super) async fn submit(
        &self,
        counter: &Practices<'_>,
        id: Id<Practice>,
        act: &Act,
    ) -> Result<Practice, Stopped> {
        let calendar = Self::calendar();
        self.once(counter, id, Verb::Submit, act, |practice, act| {
            practice.submit(act, practice.summary().digest(), &calendar)
        })
        .await?;
        self.deliver(act.at).await?;
        Ok(counter.read(id).await?)
    }

    /// Does a verb, unless it was done by this very act: a chapter that was stopped half-way is
    /// told from its beginning.
    pub(super) async fn once<R: Refusal, E: Into<Option<Event>>>(
        &self,
        counter: &Practices<'_>,
        id: Id<Practice>,
        verb: Verb,
        act: &Act,
        decide: impl Fn(&Practice, &Act) -> Result<E, R>,
    ) -> Result<Practice, Stopped> {
        let past = self.desk.history::<Practice>(id).await?;
        if past.iter().any(|past| past.event.verb() == Some(verb) && past.event.act() == act) {
            return Ok(counter.read(id).await?);
        }
        Ok(counter.decide(id, verb, act, decide).await?)
    }

    /// An order to the office's bulk work; the same name is the same order.
    pub(super) fn order(&self, name: &str, verb: Verb, selection: Selection) -> Order {
        Order { run: named_id(self.ente(), &["bulk", name]), verb, selection }
    }

    /// Previews an order, carries it out, and tries it again, which has to change nothing.
    pub(super) async fn in_bulk<R: Refusal>(
        &self,
        order: &Order,
        act: &Act,
        decide: impl Fn(&Practice, &Act) -> Result<Event, R>,
    ) -> Result<(usize, BulkReport<Practice>), Stopped> {
        let (office, Order { run, verb, selection }) = (self.office(), order);
        let preview = office.preview(*run, *verb, selection, act, &decide).await?;
        let mut report = office.bulk(*run, *verb, selection, act, &decide, &quiet).await?;
        let again = office.bulk(*run, *verb, selection, act, &decide, &quiet).await?;
        if again.done > 0 || !again.refused.is_empty() {
            return Err(Stopped("a bulk run that was done did something".into()));
        }
        // Of a run that was stopped half-way, what was done before counts as well.
        report.done = again.unchanged - report.refused.len() as u64;
        let meant = preview.decided.len() + preview.refused.len();
        Ok((meant + usize::try_from(preview.done).unwrap_or(0), report))
    }

    /// The clock's own work, at `now`, and the messages that follow.
    pub(super) async fn tick(&self, now: &str) -> Result<OfficeTick, Stopped> {
        let service = self.service_on(mattoni_core::calendar::rome_date(at(now))).clone();
        let services = [service, self.fee.clone()];
        let report = self.calls.tick(&services, &Self::calendar(), at(now), &quiet).await?;
        if let Some((record, problems)) = report.due.refused.first() {
            return Err(Stopped(format!("{record}: {problems}")));
        }
        self.deliver(at(now)).await?;
        // The documents of rankings that were drawn up anew, as `mattoni store collect` does it.
        self.desk.collect_blobs(at(now), TimeDelta::days(1), &quiet).await?;
        Ok(report)
    }

    /// Numbers of the register and messages: whatever waits in the outbox.
    pub(super) async fn deliver(&self, at: DateTime<Utc>) -> Result<(), Stopped> {
        self.desk.deliver(at, &quiet).await?;
        Ok(())
    }

    /// The call's run of this name.
    pub(super) async fn drawn(&self, name: &str) -> Result<Drawn, Stopped> {
        let code = self.equipped.service.code();
        Ok(self.calls.drawn(run_id(self.ente(), code, name)).await?)
    }

    /// The last day for the answer, with each of its reasons.
    pub(super) fn tell_term(practice: &Practice, say: &mut Say<'_>) {
        let Some(due) = practice.due() else { return };
        say(&format!("             answer by {}, because", due.on));
        for step in &due.steps {
            say(&format!("               {step}"));
        }
    }
}
