//! Reminders to an office that a practice's last day is near or has passed: one for each day.

use chrono::NaiveDate;
use mattoni_core::record::{
    AccessRefusal, Facts, List, NoVerb, Owners, Personal, Projection, Recipient, Record, RecordRef,
    Retention, Sight, Subject, Tell,
};
use mattoni_core::{Act, Aggregate, Digest, DomainEvent, EnteId, Id, named_id};
use serde::{Deserialize, Serialize};

use crate::{Chore, Practice, Template};

/// A reminder that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Reminder {
    /// When it was given.
    pub act: Act,
    /// About which practice.
    pub practice: Id<Practice>,
    /// The message to the office.
    pub says: Template,
}

/// What happens to a reminder: it is given, and never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(tag = "event")]
#[non_exhaustive]
pub enum ReminderEvent {
    /// The office is reminded.
    #[serde(rename = "clock.reminded")]
    Reminded(Reminder),
}

impl DomainEvent for ReminderEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::Reminded(_) => "clock.reminded",
        }
    }
}

mattoni_core::orders! {
    /// What a reminder asks of others: to tell the office.
    pub enum ReminderOrder { Tell }
}

impl Reminder {
    /// The reminder that `chore` asks for, with the id that stands for it; `None` when it asks
    /// for something else.
    pub(crate) fn of(
        ente: &EnteId,
        practice: Id<Practice>,
        chore: &Chore,
        act: &Act,
    ) -> Option<(Id<Self>, Self)> {
        let (name, due, says): (_, NaiveDate, _) = match *chore {
            Chore::RemindOffice { due } => ("nears", due, Template::TermNears { due }),
            Chore::TermPassed { due } => ("passed", due, Template::TermPassed { due }),
            _ => return None,
        };
        let id = named_id(ente, &["reminder", &practice.to_string(), name, &due.to_string()]);
        Some((id, Self { act: act.clone(), practice, says }))
    }
}

impl Aggregate for Reminder {
    const KIND: &'static str = "reminder";
    type Event = ReminderEvent;

    fn open(event: &ReminderEvent) -> Option<Self> {
        match event {
            ReminderEvent::Reminded(reminder) => Some(reminder.clone()),
        }
    }

    // Given once; a second event of the kind would be of another reminder.
    fn apply(&mut self, _: &ReminderEvent) {}
}

impl Record for Reminder {
    const TITLE: &'static str = "promemoria";
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[];

    type Verb = NoVerb;
    type Orders = ReminderOrder;
    type Row = ();

    fn verb_of(_: &ReminderEvent) -> Option<NoVerb> {
        None
    }

    fn event_italian(_: &ReminderEvent) -> &'static str {
        "promemoria dato"
    }

    fn act_of(event: &ReminderEvent) -> Option<&Act> {
        match event {
            ReminderEvent::Reminded(reminder) => Some(&reminder.act),
        }
    }

    fn projection(&self) -> Projection {
        Projection::new()
    }

    fn row(&self) {}

    fn owners(&self) -> Owners {
        Owners::none()
    }

    fn orders(&self, _: &ReminderEvent) -> Vec<ReminderOrder> {
        vec![self.says.tell(self.practice, Recipient::Office).into()]
    }

    fn sight(&self, who: &Subject) -> Sight {
        if who.is_official() { Sight::Everything } else { Sight::Nothing }
    }

    fn may(&self, _: &Subject, verb: NoVerb) -> Result<(), AccessRefusal> {
        match verb {}
    }

    fn blobs(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn retention(&self) -> Retention {
        Retention::With(RecordRef::of(self.practice))
    }

    fn facts(&self, out: &mut Facts) {
        out.code("template", Some(self.says.code()));
        out.instant("given_at", Some(self.act.at));
    }
}
