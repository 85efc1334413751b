//! The loan of a key, from the day it is asked for to the day the key is back.

use chrono::NaiveDate;
use mattoni_core::calendar::{LegalCalendar, rome_date};
use mattoni_core::record::{
    AccessRefusal, DayWork, Ended, Facts, List, ListEntry, Owners, PEOPLE, Personal, Projection,
    Question, Recipient, Record, RecordRef, Retention, Role, Sight, Span, Spans, Subject, Tell,
    Verb as _, sort,
};
use mattoni_core::value::Value;
use mattoni_core::{Act, Aggregate, Digest, Id, Person, Problem, Problems, Refusal};
use serde::{Deserialize, Serialize};

/// Code of the service, as rules of retention name it.
pub const SERVICE: &str = "keys";

/// Keys that are out, by the day they are due back; one bucket for each office: `office/sport`.
pub const OUT: List = List::plain("out");

mattoni_core::verbs! {
    /// What can be done with the loan of a key.
    pub enum Verb;
    /// What happens to the loan of a key.
    #[allow(missing_docs, reason = "fields are an act and what was done")]
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
    pub enum Event;

    /// A citizen asked for the key.
    begin Asked(Asked) = "key-loan.asked", "chiave richiesta";
    /// Take the key out of the key box.
    verb Take "take", "ritirare la chiave", [Citizen] =>
    /// The key is out.
    Taken { act: Act } = "key-loan.taken", "chiave ritirata";
    /// Record that the key is back.
    verb Return "return", "riconsegnare la chiave", [Office] =>
    /// The key is back.
    Returned { act: Act } = "key-loan.returned", "chiave riconsegnata";
    /// Remind whoever has not brought the key back.
    verb Remind "remind", "sollecitare", [System] =>
    /// The key should be back by now.
    Overdue { act: Act } = "key-loan.overdue", "riconsegna in ritardo";
    /// Wait no longer for whoever did not take the key.
    verb Lapse "lapse", "archiviare", [System] =>
    /// Nobody took the key.
    Lapsed { act: Act } = "key-loan.lapsed", "chiave non ritirata";
}

/// A citizen asks for the key of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Asked {
    /// When, and by whom.
    pub act: Act,
    /// The record's own id.
    pub id: Id<KeyLoan>,
    /// Code of the office that keeps the key, e.g. `sport`.
    #[not_personal]
    pub office: String,
    /// Code of the room, e.g. `gym-north`.
    #[not_personal]
    pub room: String,
    /// Who asks for it.
    pub borrower: Person,
    /// What they want the room for.
    #[personal]
    pub why: String,
    /// The last day to bring it back.
    pub due_on: NaiveDate,
}

/// Where a loan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The key was asked for and is in the key box.
    Asked,
    /// It is out.
    Out,
    /// It is out and should be back.
    Overdue,
    /// It is back.
    Returned,
    /// Nobody took it.
    NeverTaken,
}

impl State {
    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Out => "out",
            Self::Overdue => "overdue",
            Self::Returned => "returned",
            Self::NeverTaken => "never-taken",
        }
    }
}

/// The loan of the key of a public room (*prestito della chiave*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct KeyLoan {
    /// How it was asked for.
    pub asked: Asked,
    /// Where it stands.
    pub state: State,
    /// The day it was last taken, returned or given up.
    pub moved_on: Option<NaiveDate>,
    /// Whether it was overdue, then or now.
    pub overdue: bool,
}

impl Aggregate for KeyLoan {
    const KIND: &'static str = "key-loan";
    type Event = Event;

    fn open(event: &Event) -> Option<Self> {
        let Event::Asked(asked) = event else { return None };
        Some(Self { asked: asked.clone(), state: State::Asked, moved_on: None, overdue: false })
    }

    fn apply(&mut self, event: &Event) {
        let (state, act) = match event {
            // The first event is taken in by `open`.
            Event::Asked(_) => return,
            Event::Taken { act } => (State::Out, act),
            Event::Returned { act } => (State::Returned, act),
            Event::Overdue { act } => (State::Overdue, act),
            Event::Lapsed { act } => (State::NeverTaken, act),
        };
        self.state = state;
        self.overdue |= state == State::Overdue;
        self.moved_on = Some(rome_date(act.at));
    }
}

/// Why something cannot be done with a loan as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key {must}")]
pub struct NotNow {
    /// What was to be done.
    pub verb: Verb,
    /// What must be.
    pub must: &'static str,
}

impl Refusal for NotNow {
    fn problems(&self) -> Problems {
        let code = format!("{}.{}.state", KeyLoan::KIND, self.verb.name());
        Problem::new(code, "state", self.to_string(), "look at the loan's history").into()
    }
}

impl KeyLoan {
    /// Takes the key.
    ///
    /// # Errors
    /// [`NotNow`] unless it was asked for and has not been taken, and on a day after the last one.
    pub fn take(&self, act: &Act) -> Result<Event, NotNow> {
        let must = "must be asked for, not taken yet, and not be due back on an earlier day";
        let now = self.state == State::Asked && rome_date(act.at) <= self.asked.due_on;
        let event = Event::Taken { act: act.clone() };
        if now { Ok(event) } else { Err(NotNow { verb: Verb::Take, must }) }
    }

    /// Brings the key back.
    ///
    /// # Errors
    /// [`NotNow`] unless it is out.
    pub fn give_back(&self, act: &Act) -> Result<Event, NotNow> {
        let event = Event::Returned { act: act.clone() };
        if self.is_out() {
            Ok(event)
        } else {
            Err(NotNow { verb: Verb::Return, must: "must be out" })
        }
    }

    /// Whether the key is out.
    #[must_use]
    pub fn is_out(&self) -> bool {
        matches!(self.state, State::Out | State::Overdue)
    }

    fn sight_of(&self, role: &Role) -> Sight {
        let sees = match role {
            Role::Citizen { person } => *person == self.asked.borrower.id,
            Role::Auditor | Role::System => true,
            official => official.works_on(Some(&self.asked.office), None),
        };
        if sees { Sight::Everything } else { Sight::Nothing }
    }
}

mattoni_core::orders! {
    /// What the loan of a key asks of others.
    pub enum KeyOrder { Tell }
}

/// The loan of a key as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct KeyRow {
    /// Code of the room.
    #[not_personal]
    pub room: String,
    /// The borrower's family name.
    #[personal]
    pub borrower: String,
    /// The last day to bring the key back.
    pub due_on: NaiveDate,
    /// Where it stands.
    pub state: State,
}

/// The keys of an office that are out, the longest due first.
#[derive(Debug, Clone, Serialize)]
pub struct KeysOut {
    /// Code of the office.
    pub office: String,
}

impl Question<KeyLoan> for KeysOut {
    fn spans(&self, _: &Subject) -> Spans {
        Spans::Of(vec![Span::new(OUT, bucket(&self.office))])
    }

    fn picks(&self, seen: &KeyLoan, _: &str) -> bool {
        seen.is_out() && seen.asked.office == self.office
    }

    fn picks_all(&self) -> bool {
        true
    }
}

fn bucket(office: &str) -> String {
    format!("office/{office}")
}

impl Record for KeyLoan {
    const TITLE: &'static str = "prestito di chiave";
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[PEOPLE, OUT];
    type Verb = Verb;
    type Orders = KeyOrder;
    type Row = KeyRow;

    fn verb_of(event: &Event) -> Option<Verb> {
        event.verb()
    }

    fn event_italian(event: &Event) -> &'static str {
        event.italian()
    }

    fn act_of(event: &Event) -> Option<&Act> {
        Some(match event {
            Event::Asked(Asked { act, .. })
            | Event::Taken { act }
            | Event::Returned { act }
            | Event::Overdue { act }
            | Event::Lapsed { act } => act,
        })
    }

    fn projection(&self) -> Projection {
        let Asked { act, office, room, borrower, due_on, .. } = &self.asked;
        let asked_on = sort::date(rome_date(act.at));
        let theirs = ListEntry::new(PEOPLE, borrower.id.to_string(), asked_on);
        let projection = Projection::new().entry(theirs);
        if !self.is_out() {
            return projection;
        }
        // A key is out once: the second who would take it is refused.
        let out = ListEntry::new(OUT, bucket(office), sort::date(*due_on)).with_row();
        projection.unique("room", room.clone()).entry(out)
    }

    fn row(&self) -> KeyRow {
        KeyRow {
            room: self.asked.room.clone(),
            borrower: self.asked.borrower.family_name.clone(),
            due_on: self.asked.due_on,
            state: self.state,
        }
    }

    fn owners(&self) -> Owners {
        Owners::subject(self.asked.borrower.id)
    }

    fn orders(&self, event: &Event) -> Vec<KeyOrder> {
        let template = match event {
            Event::Taken { .. } => "key-loan.taken",
            Event::Overdue { .. } => "key-loan.overdue",
            _ => return Vec::new(),
        };
        let about = RecordRef::of(self.asked.id);
        let due_on = Value::Date(self.asked.due_on);
        vec![Tell::new(about, Recipient::Applicant, template).with("due_on", due_on).into()]
    }

    fn sight(&self, who: &Subject) -> Sight {
        let sights = who.roles.iter().map(|role| self.sight_of(role));
        sights.max().unwrap_or(Sight::Nothing)
    }

    fn may(&self, who: &Subject, verb: Verb) -> Result<(), AccessRefusal> {
        if self.sight(who) == Sight::Nothing {
            return Err(AccessRefusal::Unknown { kind: Self::KIND });
        }
        // In one and the same role they see the loan and stand on the right side of the counter.
        let does = |role: &Role| {
            self.sight_of(role) > Sight::Nothing && verb.by().iter().any(|side| role.is(*side))
        };
        if who.roles.iter().any(does) {
            Ok(())
        } else {
            Err(AccessRefusal::NotTheirs { kind: Self::KIND, verb: verb.name() })
        }
    }

    fn sees_whole(who: &Subject, list: &str, bucket: &str) -> bool {
        let office = bucket.strip_prefix("office/");
        let works = |role: &Role| role.works_on(office, None);
        list == OUT.name && office.is_some() && who.roles.iter().any(works)
    }

    fn blobs(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn retention(&self) -> Retention {
        let (State::Returned | State::NeverTaken, Some(on)) = (self.state, self.moved_on) else {
            return Retention::UnderWay;
        };
        let asked_on = rome_date(self.asked.act.at);
        Retention::Ended(Ended {
            service: SERVICE.to_owned(),
            state: self.state.name(),
            on,
            submitted_on: Some(asked_on),
            name: format!("{} {asked_on}", self.asked.room),
        })
    }

    fn final_states() -> &'static [&'static str] {
        &["returned", "never-taken"]
    }

    fn facts(&self, out: &mut Facts) {
        out.code("office", Some(&self.asked.office));
        out.code("room", Some(&self.asked.room));
        out.code("state", Some(self.state.name()));
        out.date("asked_on", Some(rome_date(self.asked.act.at)));
        out.date("due_on", Some(self.asked.due_on));
        out.date("moved_on", self.moved_on);
        out.flag("overdue", self.overdue);
    }

    fn next_due(&self) -> Option<NaiveDate> {
        match self.state {
            State::Asked | State::Out => self.asked.due_on.succ_opt(),
            State::Overdue | State::Returned | State::NeverTaken => None,
        }
    }

    fn day_work(
        &self,
        act: &Act,
        _: &LegalCalendar,
        today: NaiveDate,
    ) -> Result<DayWork<Self>, Problems> {
        let mut work = DayWork::default();
        if self.next_due().is_some_and(|day| day <= today) {
            let act = act.clone();
            work.events.push(if self.is_out() {
                Event::Overdue { act }
            } else {
                Event::Lapsed { act }
            });
        }
        Ok(work)
    }
}
