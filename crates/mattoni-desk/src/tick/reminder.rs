//! What the clock told an office about a practice's last day: once for each day and each word.

use mattoni_core::{Act, Aggregate, DomainEvent, EnteId, Id};
use mattoni_practice::{Chore, Practice, Reaction, Recipient, Template};
use mattoni_store::{Effect, Facet};
use serde::{Deserialize, Serialize};

use crate::practices::{Task, topic};
use crate::{Kept, named_id};

/// A reminder that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// When it was given.
    pub act: Act,
    /// About which practice.
    pub practice: Id<Practice>,
    /// What the office is told.
    pub says: Template,
}

/// What happens to a reminder: it is given, and never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
#[non_exhaustive]
pub enum ReminderEvent {
    /// The office is told.
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

impl Reminder {
    /// The reminder that `chore` asks for, with the id that stands for it; `None` when it asks
    /// for something else.
    pub(super) fn of(
        ente: &EnteId,
        practice: Id<Practice>,
        chore: &Chore,
        act: &Act,
    ) -> Option<(Id<Self>, Self)> {
        let (name, due, says) = match *chore {
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

impl Kept for Reminder {
    fn facets(&self) -> Vec<Facet> {
        Vec::new()
    }

    fn effects(&self, _: &ReminderEvent, key: &str) -> Vec<Effect> {
        let reaction = Reaction::Tell { to: Recipient::Office, template: self.says.clone() };
        let topic = topic(&reaction);
        let task = Task { practice: self.practice, reaction };
        // A task is ids, dates and text: JSON always takes it.
        let payload = serde_json::to_vec(&task).unwrap_or_default();
        vec![Effect::new(format!("{key}/0"), topic, payload)]
    }
}
