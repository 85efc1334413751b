//! The log of who read personal data, and why.

use mattoni_core::calendar::rome_date;
use mattoni_core::record::{
    AccessRefusal, Concerns, Ended, Facts, List, ListEntry, NoOrders, NoVerb, Owners, Personal,
    Projection, Question, Record, Retention, Role, Sight, Span, Spans, Subject, sort,
};
use mattoni_core::{
    Act, Actor, Aggregate, Digest, DomainEvent, EnteId, Id, Problem, Problems, Refusal, named_id,
};
use serde::{Deserialize, Serialize};

/// Readings by when they were, in a bucket for each account that reads and one for each record
/// that is read. Its entries carry the row.
pub const READERS: List = List::plain("reader");

/// Somebody read personal data (GDPR, art. 5, par. 2, and art. 32: who reads what must be found).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[non_exhaustive]
pub struct Read {
    /// When, and which account.
    pub act: Act,
    /// The ente.
    #[not_personal]
    pub ente: EnteId,
    /// What was read, by a stable name: `practice.show`.
    #[not_personal]
    pub what: String,
    /// The record, and whom it is about; none where several were read at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concerns: Option<Concerns>,
    /// Why, in the reader's words. It may say something about the person.
    #[personal]
    pub why: String,
}

impl Read {
    /// The id of this reading: the same account reads the same thing once an instant.
    #[must_use]
    pub fn id(&self) -> Id<Reading> {
        let record = self.concerns.as_ref().map(|about| about.record.to_string());
        let at = sort::instant(self.act.at);
        let by = self.act.by.to_string();
        named_id(
            &self.ente,
            &[Reading::KIND, &by, &at, &self.what, record.as_deref().unwrap_or_default()],
        )
    }
}

/// What happens to a reading: it is written, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(tag = "event")]
#[non_exhaustive]
pub enum ReadingEvent {
    /// Personal data was read.
    #[serde(rename = "reading.read")]
    Read(Read),
}

impl DomainEvent for ReadingEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::Read(_) => "reading.read",
        }
    }
}

/// One reading of personal data, written before the data is shown.
///
/// ```
/// use mattoni_core::{Act, Actor};
/// use mattoni_staff::Reading;
///
/// let act = Act::new("2027-03-01T09:00:00Z".parse()?, Actor::Operator("g.verdi".into()));
/// let ente = "c_h223".parse()?;
/// assert!(Reading::of(&act, &ente, "practice.show", None, "chiesto dal sindaco").is_ok());
/// assert!(Reading::of(&act, &ente, "practice.show", None, " ").is_err(), "a reason is needed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(transparent)]
pub struct Reading {
    /// Who read what, when and why.
    pub read: Read,
}

/// Why a reading is not let pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadingRefusal {
    /// No reason is given.
    #[error("must say why the data is read")]
    NoReason,
}

impl Refusal for ReadingRefusal {
    fn problems(&self) -> Problems {
        let remedy = "write the reason, e.g. the request it answers";
        Problem::new("reading.reason", "why", self.to_string(), remedy).into()
    }
}

impl Reading {
    /// The first and only event of a reading.
    ///
    /// # Errors
    /// [`ReadingRefusal::NoReason`].
    pub fn of(
        act: &Act,
        ente: &EnteId,
        what: &str,
        concerns: Option<Concerns>,
        why: &str,
    ) -> Result<Read, ReadingRefusal> {
        if why.trim().is_empty() {
            return Err(ReadingRefusal::NoReason);
        }
        let (act, ente) = (act.clone(), ente.clone());
        Ok(Read { act, ente, what: what.to_owned(), concerns, why: why.trim().to_owned() })
    }

    fn account(&self) -> Option<&str> {
        match &self.read.act.by {
            Actor::Operator(account) => Some(account),
            _ => None,
        }
    }
}

impl Aggregate for Reading {
    const KIND: &'static str = "reading";
    type Event = ReadingEvent;

    fn open(event: &ReadingEvent) -> Option<Self> {
        let ReadingEvent::Read(read) = event;
        Some(Self { read: read.clone() })
    }

    fn apply(&mut self, _: &ReadingEvent) {
        // It is written once.
    }
}

/// A reading as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(transparent)]
pub struct ReadingRow {
    /// Who read what, when and why.
    pub read: Read,
}

/// The readings by an account, or of a record, latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ReadingsOf {
    /// By this account.
    Account(String),
    /// Of this record, as `practice/ID`.
    Record(String),
}

impl ReadingsOf {
    fn bucket(&self) -> String {
        match self {
            Self::Account(name) => format!("account/{name}"),
            Self::Record(record) => format!("record/{record}"),
        }
    }
}

impl Question<Reading> for ReadingsOf {
    fn spans(&self, _: &Subject) -> Spans {
        Spans::Of(vec![Span::new(READERS, self.bucket()).downwards()])
    }

    fn picks(&self, _: &Reading, _: &str) -> bool {
        true
    }

    fn picks_all(&self) -> bool {
        true
    }
}

impl Record for Reading {
    const TITLE: &'static str = "lettura di dati personali";
    type Verb = NoVerb;
    type Orders = NoOrders;
    type Row = ReadingRow;
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[READERS];

    fn verb_of(_: &ReadingEvent) -> Option<NoVerb> {
        None
    }

    fn event_italian(_: &ReadingEvent) -> &'static str {
        "dati personali letti"
    }

    fn act_of(event: &ReadingEvent) -> Option<&Act> {
        let ReadingEvent::Read(read) = event;
        Some(&read.act)
    }

    fn projection(&self) -> Projection {
        let at = sort::instant(self.read.act.at);
        let account = self.account().map(|name| ReadingsOf::Account(name.to_owned()));
        let record = self.read.concerns.as_ref().map(|about| about.record.to_string());
        let buckets = account.into_iter().chain(record.map(ReadingsOf::Record));
        let entry = |of: ReadingsOf| ListEntry::new(READERS, of.bucket(), &at).with_row();
        Projection::new().entries(buckets.map(entry))
    }

    fn row(&self) -> ReadingRow {
        ReadingRow { read: self.read.clone() }
    }

    fn owners(&self) -> Owners {
        self.read.concerns.as_ref().map_or(Owners::none(), |about| Owners::subject(about.person))
    }

    fn orders(&self, _: &ReadingEvent) -> Vec<NoOrders> {
        Vec::new()
    }

    /// Heads of offices and auditors see every reading, everybody their own.
    fn sight(&self, who: &Subject) -> Sight {
        let sees = |role: &Role| match role {
            Role::OfficeHead { .. } | Role::Auditor | Role::System => true,
            Role::Operator { account, .. } | Role::TechnicalAdmin { account } => {
                self.account() == Some(account)
            }
            _ => false,
        };
        let sees = who.ente == self.read.ente && who.roles.iter().any(sees);
        if sees { Sight::Everything } else { Sight::Nothing }
    }

    fn may(&self, _: &Subject, verb: NoVerb) -> Result<(), AccessRefusal> {
        match verb {}
    }

    fn sees_whole(who: &Subject, list: &str, bucket: &str) -> bool {
        let account = bucket.strip_prefix("account/");
        let sees = |role: &Role| match role {
            Role::OfficeHead { .. } | Role::Auditor | Role::System => true,
            Role::Operator { account: own, .. } | Role::TechnicalAdmin { account: own } => {
                account == Some(own)
            }
            _ => false,
        };
        list == READERS.name && who.roles.iter().any(sees)
    }

    fn blobs(&self) -> Vec<Digest> {
        Vec::new()
    }

    /// As long as what was read.
    fn retention(&self) -> Retention {
        match &self.read.concerns {
            Some(about) => Retention::With(about.record.clone()),
            None => Retention::Ended(Ended {
                service: "staff".to_owned(),
                state: "read",
                on: rome_date(self.read.act.at),
                submitted_on: None,
                name: self.read.what.clone(),
            }),
        }
    }

    fn final_states() -> &'static [&'static str] {
        &["read"]
    }

    fn facts(&self, out: &mut Facts) {
        out.code("what", Some(&self.read.what));
        out.code("account", self.account());
        out.instant("at", Some(self.read.act.at));
    }
}
