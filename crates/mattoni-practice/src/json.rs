//! The stored form of a practice.
//!
//! A copy of its fields carries the `serde` attributes. Reading a state can then end with what
//! older states did not hold yet, and the page of [`Practice`] shows no methods of `serde`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use mattoni_core::calendar::{Due, Term};
use mattoni_core::value::Value;
use mattoni_core::{Contacts, Digest, EnteId, Id, Person};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    Assessment, Assignee, Attachment, Demand, Filer, Integration, Mandate, Message, Notice, Party,
    Payment, Practice, Procedure, RecordedDecision, Registration, ServiceRef, State, StateChange,
    Surplus,
};

/// The fields of [`Practice`], in the order in which they are written.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Practice")]
struct Stored {
    id: Id<Practice>,
    ente: EnteId,
    service: ServiceRef,
    procedure: Procedure,
    applicant: Person,
    beneficiary: Option<Person>,
    filer: Filer,
    parties: Vec<Party>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mandates: Vec<Mandate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contacts: Option<Contacts>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    papers: BTreeSet<Digest>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    abstained: BTreeSet<String>,
    state: State,
    changes: Vec<StateChange>,
    touched_at: DateTime<Utc>,
    warned_at: Option<DateTime<Utc>>,
    answers: BTreeMap<String, Value>,
    attachments: Vec<Attachment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    summed: Option<Digest>,
    registrations: Vec<Registration>,
    term: Option<Term>,
    due: Option<Due>,
    #[serde(default)]
    extensions: u32,
    assignee: Option<Assignee>,
    integrations: Vec<Integration>,
    assessments: Vec<Assessment>,
    demand: Option<Demand>,
    payments: Vec<Payment>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    surplus: Vec<Surplus>,
    notice: Option<Notice>,
    outcomes: Vec<RecordedDecision>,
    messages: Vec<Message>,
    parents: BTreeSet<Id<Practice>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    continues: Option<Id<Practice>>,
}

impl Serialize for Practice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Practice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut practice = Stored::deserialize(deserializer)?;
        // A draft from before its digest was kept, or whose digest was erased with the person.
        if practice.summed.is_none() {
            practice.sum_up();
        }
        Ok(practice)
    }
}
