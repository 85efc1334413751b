//! The brick: an object that somebody found and handed in.
//!
//! It would be a crate of its own, and imports nothing but `mattoni-core`, `chrono`, `serde` and
//! `thiserror`.

use std::borrow::Cow;

use chrono::{Months, NaiveDate};
use mattoni_core::calendar::{LegalCalendar, rome_date};
use mattoni_core::record::{
    ALL, AccessRefusal, Brick, DayWork, Ended, Facts, List, ListEntry, Order, Owners, PEOPLE,
    Personal, Projection, Question, Recipient, Record, RecordRef, Retention, Role, Sight, Span,
    Spans, Subject, Tell, Verb as _, sort,
};
use mattoni_core::{Act, Aggregate, Digest, Id, Person, Problem, Problems, Refusal};
use serde::{Deserialize, Serialize};

// ---- verbs and events ----

mattoni_core::verbs! {
    /// What can be done with a found object.
    pub enum Verb;
    /// What happens to a found object.
    #[allow(missing_docs, reason = "fields are an act and what was done")]
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
    pub enum Event;

    /// It was handed in.
    begin Found(Found) = "found-item.found", "consegnato all'ufficio";
    /// Add a photograph.
    verb Photograph "photograph", "fotografare", [Office] =>
    /// A photograph was added.
    Photographed { act: Act, photo: Digest } = "found-item.photographed", "fotografato";
    /// Write a note that the office keeps to itself.
    verb Annotate "annotate", "annotare", [Office] =>
    /// A note was written.
    Noted(Note) = "found-item.noted", "nota dell'ufficio";
    /// Renounce the finder's right to the object.
    verb Waive "waive", "rinunciare", [Citizen] =>
    /// The finder renounced.
    Waived { act: Act } = "found-item.waived", "rinuncia del ritrovatore";
    /// Record that the owner's year is over.
    verb Lapse "lapse", "chiudere il termine", [System] =>
    /// The owner did not come within a year.
    Lapsed { act: Act } = "found-item.lapsed", "termine trascorso";
    /// Give it back to its owner.
    verb Return "return", "restituire al proprietario", [Office] => HandedOver;
    /// Give it to the finder.
    verb Award "award", "consegnare al ritrovatore", [Office] => HandedOver;
    /// It left the office.
    event HandedOver(HandedOver) = "found-item.handed-over", "ritirato", |over| over.to.verb();
}

/// An object is handed in (Civil Code, art. 927).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Found {
    /// When, and by which official.
    pub act: Act,
    /// The record's own id.
    pub id: Id<FoundItem>,
    /// The label on the object, e.g. `2027/0042`.
    #[not_personal]
    pub number: String,
    /// Code of the category, e.g. `wallet`.
    #[not_personal]
    pub category: String,
    /// What it looks like and what is in it.
    #[personal]
    pub description: String,
    /// Who found it.
    pub finder: Person,
    /// The finder's telephone number.
    #[personal(erased = "null")]
    pub phone: Option<String>,
    /// The last day of the notice on the ente's notice board (*albo pretorio*, art. 928).
    pub notice_until: NaiveDate,
}

/// The object leaves the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct HandedOver {
    /// When, and by which official.
    pub act: Act,
    /// What the receiver is.
    pub to: Receiver,
    /// Who received it.
    pub who: Person,
    /// The number of the identity document that was shown.
    #[personal(of = "receiver")]
    pub document: String,
}

/// What whoever receives the object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case")]
pub enum Receiver {
    /// Its owner.
    Owner,
    /// Its finder (art. 929).
    Finder,
}

impl Receiver {
    fn verb(self) -> Verb {
        match self {
            Self::Owner => Verb::Return,
            Self::Finder => Verb::Award,
        }
    }
}

// ---- the aggregate ----

/// A found object (*oggetto smarrito*), from the day it is handed in to the day it leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct FoundItem {
    /// How it came.
    pub found: Found,
    /// Its photograph.
    pub photo: Option<Digest>,
    /// The office's notes.
    pub notes: Vec<Note>,
    /// Whether the finder renounced it.
    pub waived: bool,
    /// Where it stands.
    pub state: State,
    /// How it left.
    pub left: Option<HandedOver>,
}

/// A note that the office keeps to itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Note {
    /// When, and by which official.
    pub act: Act,
    /// What it says.
    #[personal]
    pub text: String,
}

/// Where a found object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It waits for its owner.
    Held,
    /// Its owner did not come within a year.
    Unclaimed,
    /// Its owner has it.
    Returned,
    /// Its finder has it.
    Awarded,
}

impl State {
    /// Stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Unclaimed => "unclaimed",
            Self::Returned => "returned",
            Self::Awarded => "awarded",
        }
    }
}

impl Aggregate for FoundItem {
    const KIND: &'static str = "found-item";
    type Event = Event;

    fn open(event: &Event) -> Option<Self> {
        let Event::Found(found) = event else { return None };
        Some(Self {
            found: found.clone(),
            photo: None,
            notes: Vec::new(),
            waived: false,
            state: State::Held,
            left: None,
        })
    }

    fn apply(&mut self, event: &Event) {
        match event {
            // The first event is taken in by `open`.
            Event::Found(_) => {}
            Event::Photographed { photo, .. } => self.photo = Some(*photo),
            Event::Noted(note) => self.notes.push(note.clone()),
            Event::Waived { .. } => self.waived = true,
            Event::Lapsed { .. } => self.state = State::Unclaimed,
            Event::HandedOver(over) => {
                self.state = match over.to {
                    Receiver::Owner => State::Returned,
                    Receiver::Finder => State::Awarded,
                };
                self.left = Some(over.clone());
            }
        }
    }
}

/// Why something cannot be done with a found object as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a found object {must}")]
pub struct NotNow {
    /// What was to be done.
    pub verb: Verb,
    /// What must be.
    pub must: &'static str,
}

impl Refusal for NotNow {
    fn problems(&self) -> Problems {
        let code = format!("{}.{}.state", FoundItem::KIND, self.verb.name());
        Problem::new(code, "state", self.to_string(), "look at the object's history").into()
    }
}

impl FoundItem {
    /// Adds a photograph.
    ///
    /// # Errors
    /// [`NotNow`] when the object left the office.
    pub fn photograph(&self, act: &Act, photo: Digest) -> Result<Event, NotNow> {
        self.must_be_here(Verb::Photograph)?;
        Ok(Event::Photographed { act: act.clone(), photo })
    }

    /// Writes a note that the office keeps to itself.
    ///
    /// # Errors
    /// [`NotNow`] when the object left the office.
    pub fn annotate(&self, act: &Act, text: &str) -> Result<Event, NotNow> {
        self.must_be_here(Verb::Annotate)?;
        Ok(Event::Noted(Note { act: act.clone(), text: text.to_owned() }))
    }

    /// Renounces the finder's right.
    ///
    /// # Errors
    /// [`NotNow`] when the object left the office.
    pub fn waive(&self, act: &Act) -> Result<Event, NotNow> {
        self.must_be_here(Verb::Waive)?;
        Ok(Event::Waived { act: act.clone() })
    }

    /// Records that the owner's year is over.
    ///
    /// # Errors
    /// [`NotNow`] while it is not, or when it was recorded.
    pub fn lapse(&self, act: &Act) -> Result<Event, NotNow> {
        let today = rome_date(act.at);
        if self.next_due().is_none_or(|day| today < day) {
            return Err(NotNow {
                verb: Verb::Lapse,
                must: "must wait for a year after its notice",
            });
        }
        Ok(Event::Lapsed { act: act.clone() })
    }

    /// Gives the object back to its owner.
    ///
    /// # Errors
    /// [`NotNow`] when the object left the office.
    pub fn give_back(&self, act: &Act, who: Person, document: &str) -> Result<Event, NotNow> {
        self.must_be_here(Verb::Return)?;
        let (act, document) = (act.clone(), document.to_owned());
        Ok(Event::HandedOver(HandedOver { act, to: Receiver::Owner, who, document }))
    }

    /// Gives the object to its finder.
    ///
    /// # Errors
    /// [`NotNow`] while its owner may still come, or when the finder renounced.
    pub fn award(&self, act: &Act, document: &str) -> Result<Event, NotNow> {
        if self.state != State::Unclaimed || self.waived {
            return Err(NotNow { verb: Verb::Award, must: "must be unclaimed and not renounced" });
        }
        let (act, document) = (act.clone(), document.to_owned());
        let who = self.found.finder.clone();
        Ok(Event::HandedOver(HandedOver { act, to: Receiver::Finder, who, document }))
    }

    fn is_here(&self) -> bool {
        self.left.is_none()
    }

    fn must_be_here(&self, verb: Verb) -> Result<(), NotNow> {
        if self.is_here() { Ok(()) } else { Err(NotNow { verb, must: "must be in the office" }) }
    }

    fn found_on(&self) -> NaiveDate {
        rome_date(self.found.act.at)
    }

    /// How much of it someone sees in one of their roles.
    fn sight_of(&self, role: &Role) -> Sight {
        match role {
            Role::Citizen { person } if *person == self.found.finder.id => Sight::WithoutNotes,
            Role::Auditor | Role::System => Sight::Everything,
            official if official.works_on(Some(OFFICE), None) => Sight::Everything,
            _ => Sight::Nothing,
        }
    }
}

// ---- orders ----

/// `notice.publish`: a notice is to be put on the ente's notice board (*albo pretorio*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct PublishNotice {
    /// Of which object.
    pub of: RecordRef,
    /// Its number.
    #[not_personal]
    pub number: String,
    /// Code of its category.
    #[not_personal]
    pub category: String,
    /// The last day of the notice.
    pub until: NaiveDate,
}

impl Order for PublishNotice {
    const TOPIC: &'static str = "notice.publish";
}

mattoni_core::orders! {
    /// What a found object asks of others.
    pub enum ItemOrder { PublishNotice, Tell }
}

// ---- lists ----

/// What is in the office, by the day it was handed in.
pub const HELD: List = List::plain("held");
/// All found objects, by the family name of the finder.
pub const FINDER: List = List::personal("finder");
/// Code of the office.
pub const OFFICE: &str = "lost-property";

/// A found object as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct ItemRow {
    /// The label on the object.
    #[not_personal]
    pub number: String,
    /// Code of the category.
    #[not_personal]
    pub category: String,
    /// The finder's family name.
    #[personal]
    pub finder: String,
    /// The day it was handed in.
    pub found_on: NaiveDate,
    /// Where it stands.
    pub state: State,
}

/// Everything in the office, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct InTheOffice;

impl Question<FoundItem> for InTheOffice {
    fn spans(&self, _: &Subject) -> Spans {
        Spans::Of(vec![Span::new(HELD, ALL)])
    }

    fn picks(&self, seen: &FoundItem, _: &str) -> bool {
        seen.is_here()
    }

    fn picks_all(&self) -> bool {
        true
    }
}

// ---- the record ----

impl Record for FoundItem {
    const TITLE: &'static str = "oggetto smarrito";
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[PEOPLE, HELD, FINDER];
    type Verb = Verb;
    type Orders = ItemOrder;
    type Row = ItemRow;

    fn verb_of(event: &Event) -> Option<Verb> {
        event.verb()
    }

    fn event_italian(event: &Event) -> &'static str {
        event.italian()
    }

    fn act_of(event: &Event) -> Option<&Act> {
        Some(match event {
            Event::Found(Found { act, .. })
            | Event::Photographed { act, .. }
            | Event::Noted(Note { act, .. })
            | Event::Waived { act }
            | Event::Lapsed { act }
            | Event::HandedOver(HandedOver { act, .. }) => act,
        })
    }

    fn projection(&self) -> Projection {
        let finder = &self.found.finder;
        let day = sort::date(self.found_on());
        let held = ListEntry::new(HELD, ALL, day.clone()).with_row();
        Projection::new()
            .unique("number", self.found.number.clone())
            .entry(ListEntry::new(PEOPLE, finder.id.to_string(), day))
            .entry(ListEntry::new(FINDER, ALL, finder.family_name.to_lowercase()))
            .entries(self.is_here().then_some(held))
    }

    fn row(&self) -> ItemRow {
        ItemRow {
            number: self.found.number.clone(),
            category: self.found.category.clone(),
            finder: self.found.finder.family_name.clone(),
            found_on: self.found_on(),
            state: self.state,
        }
    }

    fn owners(&self) -> Owners {
        let owners = Owners::subject(self.found.finder.id);
        match &self.left {
            Some(over) => owners.with("receiver", over.who.id),
            None => owners,
        }
    }

    fn orders(&self, event: &Event) -> Vec<ItemOrder> {
        let of = RecordRef::of(self.found.id);
        let tell = |template: &str| Tell::new(of.clone(), Recipient::Applicant, template);
        match event {
            Event::Found(found) => {
                let notice = PublishNotice {
                    of: of.clone(),
                    number: found.number.clone(),
                    category: found.category.clone(),
                    until: found.notice_until,
                };
                vec![notice.into(), tell("found-item.receipt").into()]
            }
            Event::Lapsed { .. } if !self.waived => vec![tell("found-item.unclaimed").into()],
            _ => Vec::new(),
        }
    }

    fn sight(&self, who: &Subject) -> Sight {
        let sights = who.roles.iter().map(|role| self.sight_of(role));
        sights.max().unwrap_or(Sight::Nothing)
    }

    fn may(&self, who: &Subject, verb: Verb) -> Result<(), AccessRefusal> {
        if self.sight(who) == Sight::Nothing {
            return Err(AccessRefusal::Unknown { kind: Self::KIND });
        }
        // In one and the same role they see the object and stand on the right side of the counter.
        let does = |role: &Role| {
            self.sight_of(role) > Sight::Nothing && verb.by().iter().any(|side| role.is(*side))
        };
        if who.roles.iter().any(does) {
            Ok(())
        } else {
            Err(AccessRefusal::NotTheirs { kind: Self::KIND, verb: verb.name() })
        }
    }

    fn shown_to(&self, who: &Subject) -> Option<Cow<'_, Self>> {
        match self.sight(who) {
            Sight::Nothing => None,
            Sight::WithoutNotes => {
                let mut seen = self.clone();
                seen.notes.clear();
                seen.left = seen.left.filter(|over| over.to == Receiver::Finder);
                Some(Cow::Owned(seen))
            }
            Sight::Everything => Some(Cow::Borrowed(self)),
        }
    }

    fn knows(&self, who: &Subject, event: &Event) -> bool {
        match (self.sight(who), event) {
            (Sight::Nothing, _) | (Sight::WithoutNotes, Event::Noted(_)) => false,
            (Sight::WithoutNotes, Event::HandedOver(over)) => over.to == Receiver::Finder,
            _ => true,
        }
    }

    fn sees_whole(who: &Subject, list: &str, _: &str) -> bool {
        list == HELD.name && who.roles.iter().any(|role| role.works_on(Some(OFFICE), None))
    }

    fn blobs(&self) -> Vec<Digest> {
        self.photo.into_iter().collect()
    }

    fn retention(&self) -> Retention {
        let Some(over) = &self.left else { return Retention::UnderWay };
        Retention::Ended(Ended {
            service: OFFICE.to_owned(),
            state: self.state.name(),
            on: rome_date(over.act.at),
            submitted_on: Some(self.found_on()),
            name: self.found.number.clone(),
        })
    }

    fn final_states() -> &'static [&'static str] {
        &["returned", "awarded"]
    }

    fn facts(&self, out: &mut Facts) {
        out.code("category", Some(&self.found.category));
        out.code("state", Some(self.state.name()));
        out.date("found_on", Some(self.found_on()));
        out.date("left_on", self.left.as_ref().map(|over| rome_date(over.act.at)));
        out.flag("photographed", self.photo.is_some());
        out.flag("waived", self.waived);
    }

    fn next_due(&self) -> Option<NaiveDate> {
        let year_over = self.found.notice_until.checked_add_months(Months::new(12))?;
        if self.state == State::Held { year_over.succ_opt() } else { None }
    }

    fn day_work(
        &self,
        act: &Act,
        _: &LegalCalendar,
        today: NaiveDate,
    ) -> Result<DayWork<Self>, Problems> {
        let mut work = DayWork::default();
        if self.next_due().is_some_and(|day| day <= today) {
            work.events.push(self.lapse(act).map_err(|refusal| refusal.problems())?);
        }
        Ok(work)
    }
}

/// The brick of this crate.
#[must_use]
pub fn brick() -> Brick {
    Brick::new("lost-property").with::<FoundItem>()
}
