//! What the house needs to know about a practice: lists, rights, orders, retention, the clock.

use std::borrow::Cow;

use chrono::NaiveDate;
use mattoni_core::calendar::{LegalCalendar, Step, rome_date};
use mattoni_core::record::{
    AccessRefusal, Brick, DayWork, Disclosure, Ended, Facts, Happened, List, NewRecord, Owners,
    Projection, Record, Retention, Sight, Subject,
};
use mattoni_core::{Act, Aggregate as _, Digest, Id, Person, Problems, Refusal};

use crate::{
    Assignee, Chore, Event, Owed, Practice, PracticeOrder, PracticeRow, Reminder, ReminderEvent,
    Verb, access, lists,
};

/// Name of the guard that holds practices to what their service says.
pub const SERVICE_GUARD: &str = "service";

/// The brick of this crate: practices, and the reminders that the clock gives about them.
///
/// Practices must have the guard [`SERVICE_GUARD`]: the service that they are of says what they may
/// hold.
///
/// ```
/// use mattoni_core::record::Bricks;
///
/// let bricks = Bricks::new().with(mattoni_practice::brick());
/// assert!(bricks.check().is_ok());
/// assert_eq!(bricks.kind("practice").map(|kind| kind.title()), Some("pratica"));
/// ```
#[must_use]
pub fn brick() -> Brick {
    Brick::new("practice").with_guarded::<Practice>(SERVICE_GUARD).with::<Reminder>()
}

impl Record for Practice {
    const TITLE: &'static str = "pratica";
    const PROJECTION: u32 = 5;
    const LISTS: &'static [List] = lists::LISTS;
    const PERSONAL_KEYS: &'static [&'static str] = &[lists::APPLICATION];

    type Verb = Verb;
    type Orders = PracticeOrder;
    type Row = PracticeRow;

    fn verb_of(event: &Event) -> Option<Verb> {
        event.verb()
    }

    fn event_italian(event: &Event) -> &'static str {
        match event {
            Event::PaymentRecorded(recorded) => match recorded.owed {
                Owed::Yes => event.italian(),
                Owed::No => "pagamento non dovuto: rimborso da decidere",
                Owed::Ended => "pagamento dopo la fine: rimborso o riapertura da decidere",
            },
            _ => event.italian(),
        }
    }

    fn act_of(event: &Event) -> Option<&Act> {
        Some(event.act())
    }

    fn projection(&self) -> Projection {
        self.projected()
    }

    fn row(&self) -> PracticeRow {
        PracticeRow::of(self)
    }

    fn owners(&self) -> Owners {
        let owners = Owners::subject(self.applicant.id);
        match &self.beneficiary {
            Some(person) => owners.with("beneficiary", person.id),
            None => owners,
        }
    }

    fn orders(&self, event: &Event) -> Vec<PracticeOrder> {
        self.orders_of(event)
    }

    fn sight(&self, who: &Subject) -> Sight {
        self.seen_by(who)
    }

    fn may(&self, who: &Subject, verb: Verb) -> Result<(), AccessRefusal> {
        self.allows(who, verb)
    }

    /// Its files, the documents that prove mandates, and the signed requests of what was done on
    /// behalf of the applicant.
    fn blobs(&self) -> Vec<Digest> {
        let files = self.attachments.iter().map(|file| file.digest);
        let proofs = self.mandates().filter_map(|mandate| mandate.paper);
        files.chain(proofs).chain(self.papers.iter().copied()).collect()
    }

    fn retention(&self) -> Retention {
        match self.changes.last().filter(|_| self.state.is_final()) {
            None => Retention::UnderWay,
            Some(last) => Retention::Ended(Ended {
                service: self.service.code.clone(),
                state: self.state.name(),
                on: rome_date(last.act.at),
                submitted_on: self.submitted_at().map(rome_date),
                name: self.protocol_number().map_or_else(|| self.id.to_string(), str::to_owned),
            }),
        }
    }

    fn final_states() -> &'static [&'static str] {
        &["accepted", "rejected", "withdrawn", "expired", "revoked"]
    }

    fn facts(&self, out: &mut Facts) {
        let closed = self.changes.last().filter(|_| self.state.is_final());
        let suspended = |step: &Step| match step {
            Step::Suspended { days, .. } => *days as usize,
            _ => 0,
        };
        let steps = self.due.iter().flat_map(|due| &due.steps);
        let hundredths = self.assessment().map(|latest| latest.total_hundredths());
        out.code("service", Some(&self.service.code));
        out.count("service_version", self.service.version as usize);
        out.code("state", Some(self.state.name()));
        out.instant("submitted_at", self.submitted_at());
        out.date("due", self.due.as_ref().map(|due| due.on));
        out.instant("closed_at", closed.map(|change| change.act.at));
        out.code("office", self.assignee.as_ref().map(Assignee::office_code));
        out.count("integrations", self.integrations.len());
        out.count("suspended_days", steps.map(suspended).sum());
        out.count("extensions", self.extensions as usize);
        out.flag("notice_given", self.notice.is_some());
        out.code("outcome", self.outcome().map(|outcome| outcome.answer.name()));
        out.count("outcomes", self.outcomes.len());
        out.count("attachments", self.attachments.len());
        out.count("messages", self.messages.len());
        out.flag("assessed", hundredths.is_some());
        out.flag("for_another", self.beneficiary.is_some());
        out.code("filed_by", Some(self.filer.name()));
    }

    fn shown_to(&self, who: &Subject) -> Option<Cow<'_, Self>> {
        self.as_seen_by(who)
    }

    fn knows(&self, who: &Subject, event: &Event) -> bool {
        self.lets_know(who, event)
    }

    fn event_shown_to(&self, who: &Subject, event: Event) -> Option<Event> {
        self.event_as_seen_by(who, event)
    }

    fn sees_whole(who: &Subject, list: &str, bucket: &str) -> bool {
        access::sees_whole(who, list, bucket)
    }

    fn next_due(&self) -> Option<NaiveDate> {
        self.next_chore_on()
    }

    /// The verb that is due, and a reminder for each last day that is near or has passed once the
    /// verb is done.
    fn day_work(
        &self,
        act: &Act,
        calendar: &LegalCalendar,
        today: NaiveDate,
    ) -> Result<DayWork<Self>, Problems> {
        let mut work = DayWork::default();
        let mut after = Cow::Borrowed(self);
        if let Some(event) = self.due_event(act, calendar, today)? {
            after.to_mut().apply(&event);
            work.events.push(event);
        }
        for chore in after.chores(today) {
            if let Some((id, reminder)) = Reminder::of(&self.ente, self.id, &chore, act) {
                work.opens.push(NewRecord::of(id, act, &[ReminderEvent::Reminded(reminder)])?);
            }
        }
        Ok(work)
    }

    fn disclose(&self, person: Id<Person>, history: &[Happened<Event>]) -> Option<Disclosure> {
        self.disclosed_to(person, history)
    }
}

impl Practice {
    /// The event of the verb that is due on `today`, if one is.
    fn due_event(
        &self,
        act: &Act,
        calendar: &LegalCalendar,
        today: NaiveDate,
    ) -> Result<Option<Event>, Problems> {
        for chore in self.chores(today) {
            return Ok(Some(match chore {
                Chore::WarnOfExpiry => self.warn_of_expiry(act).map_err(|r| r.problems())?,
                Chore::Expire => self.expire(act).map_err(|r| r.problems())?,
                Chore::LapseIntegration => {
                    self.lapse_integration(act, calendar).map_err(|r| r.problems())?
                }
                Chore::RemindOffice { .. } | Chore::TermPassed { .. } => continue,
            }));
        }
        Ok(None)
    }
}
