//! An office of the ente.

use mattoni_core::record::{
    ALL, AccessRefusal, Facts, List, ListEntry, NoOrders, Owners, Personal, Projection, Question,
    Record, Retention, Sight, Span, Spans, Subject, Verb as _,
};
use mattoni_core::{Act, Aggregate, Digest, EnteId, Id, Problem, Problems, Refusal, named_id};
use serde::{Deserialize, Serialize};

use crate::checks;

/// Every office, in the bucket [`ALL`], by its code. Its entries carry the row.
pub const OFFICES: List = List::plain("office");

/// What an office says of itself. All of it is published (D.Lgs. 33/2013, art. 13, c. 1, lett. b
/// and d): names and contacts of offices are for everyone to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[non_exhaustive]
pub struct OfficeDetails {
    /// Its name, e.g. `Servizi scolastici`.
    #[not_personal]
    pub name: String,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[not_personal]
    pub phone: Option<String>,
    /// Address of e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[not_personal]
    pub email: Option<String>,
    /// Address of certified e-mail (*posta elettronica certificata*, PEC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[not_personal]
    pub pec: Option<String>,
    /// When it is open, as citizens read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[not_personal]
    pub hours: Option<String>,
    /// The account of its head (*responsabile*, L. 241/1990, art. 5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[not_personal]
    pub head: Option<String>,
}

impl OfficeDetails {
    /// An office with this name, of which nothing else is said.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), phone: None, email: None, pec: None, hours: None, head: None }
    }

    fn problems(&self) -> Vec<Problem> {
        let kind = Office::KIND;
        let emails = [("email", &self.email), ("pec", &self.pec)];
        let texts = [("phone", &self.phone), ("hours", &self.hours)];
        let text =
            |(field, text): (&str, &Option<String>)| checks::text(kind, field, text.as_deref()?);
        let email =
            |(field, text): (&str, &Option<String>)| checks::email(kind, field, text.as_deref()?);
        let head = self.head.as_deref().and_then(|head| checks::code(kind, "head", head));
        checks::text(kind, "name", &self.name)
            .into_iter()
            .chain(texts.into_iter().filter_map(text))
            .chain(emails.into_iter().filter_map(email))
            .chain(head)
            .collect()
    }
}

/// An office was set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct OfficeOpened {
    /// When, and by whom.
    pub act: Act,
    /// The ente.
    #[not_personal]
    pub ente: EnteId,
    /// Its code, for good.
    #[not_personal]
    pub code: String,
    /// What it says of itself.
    pub details: OfficeDetails,
}

/// What an office says of itself was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct OfficeChanged {
    /// When, and by whom.
    pub act: Act,
    /// What it says from now on.
    pub details: OfficeDetails,
}

/// An office was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct OfficeClosed {
    /// When, and by whom.
    pub act: Act,
}

mattoni_core::verbs! {
    /// What can be done with an office.
    pub enum OfficeVerb;
    /// What happens to an office.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
    #[non_exhaustive]
    pub enum OfficeEvent;

    /// It was set up.
    begin Opened(OfficeOpened) = "office.opened", "ufficio istituito";
    /// Change what it says of itself.
    verb Change "change", "modificare", [Technical] =>
    /// What it says of itself was changed.
    Changed(OfficeChanged) = "office.changed", "dati dell'ufficio modificati";
    /// Close it: nothing new is assigned to it.
    verb Close "close", "chiudere", [Technical] =>
    /// It was closed.
    Closed(OfficeClosed) = "office.closed", "ufficio chiuso";
}

/// An office (*ufficio*) of the ente: what practices are assigned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Office {
    #[not_personal]
    ente: EnteId,
    #[not_personal]
    code: String,
    details: OfficeDetails,
    closed: Option<Act>,
}

/// Why an office is not set up, changed or closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OfficeRefusal {
    /// What it says of itself is not in order.
    #[error("an office must be described in full")]
    Unsound(Problems),
    /// It is closed.
    #[error("must be an office that is open")]
    Closed,
}

impl Refusal for OfficeRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::Unsound(problems) => problems.clone(),
            Self::Closed => {
                let remedy = "set up another office under another code";
                Problem::new("office.closed", "office", self.to_string(), remedy).into()
            }
        }
    }
}

impl Office {
    /// The id of the office with this code.
    #[must_use]
    pub fn id_of(ente: &EnteId, code: &str) -> Id<Self> {
        named_id(ente, &[Self::KIND, code])
    }

    /// Sets up an office.
    ///
    /// ```
    /// use mattoni_core::{Act, Actor};
    /// use mattoni_staff::{Office, OfficeDetails};
    ///
    /// let ced = Act::new("2027-01-04T08:00:00Z".parse()?, Actor::Operator("ced".into()));
    /// let ente = "c_h223".parse()?;
    /// let mut details = OfficeDetails::new("Servizi scolastici");
    /// assert!(Office::open_office(&ced, &ente, "scuola", details.clone()).is_ok());
    /// details.email = Some("scuola".into());
    /// let refused = Office::open_office(&ced, &ente, "Scuola!", details).unwrap_err();
    /// assert_eq!(mattoni_core::Refusal::problems(&refused).iter().count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`OfficeRefusal::Unsound`] with `office.code`, `office.text`, `office.email`.
    pub fn open_office(
        act: &Act,
        ente: &EnteId,
        code: &str,
        details: OfficeDetails,
    ) -> Result<OfficeEvent, OfficeRefusal> {
        let mut found: Vec<Problem> = checks::code(Self::KIND, "code", code).into_iter().collect();
        found.extend(details.problems());
        Problems::check(found).map_err(OfficeRefusal::Unsound)?;
        let (act, ente, code) = (act.clone(), ente.clone(), code.to_owned());
        Ok(OfficeEvent::Opened(OfficeOpened { act, ente, code, details }))
    }

    /// Changes what it says of itself.
    ///
    /// ```
    #[doc = include_str!("office_example.txt")]
    /// let mut details = office.details().clone();
    /// details.head = Some("g.verdi".into());
    /// office.apply(&office.change(&ced, details)?);
    /// assert_eq!(office.details().head.as_deref(), Some("g.verdi"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`OfficeRefusal`]: closed, or unsound.
    pub fn change(&self, act: &Act, details: OfficeDetails) -> Result<OfficeEvent, OfficeRefusal> {
        self.still_open()?;
        Problems::check(details.problems()).map_err(OfficeRefusal::Unsound)?;
        Ok(OfficeEvent::Changed(OfficeChanged { act: act.clone(), details }))
    }

    /// Closes it. What it has in charge stays there until somebody hands it on; nothing new is
    /// assigned to it.
    ///
    /// ```
    #[doc = include_str!("office_example.txt")]
    /// office.apply(&office.close(&ced)?);
    /// assert!(office.is_closed());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`OfficeRefusal::Closed`] when it is closed already.
    pub fn close(&self, act: &Act) -> Result<OfficeEvent, OfficeRefusal> {
        self.still_open()?;
        Ok(OfficeEvent::Closed(OfficeClosed { act: act.clone() }))
    }

    fn still_open(&self) -> Result<(), OfficeRefusal> {
        if self.is_closed() { Err(OfficeRefusal::Closed) } else { Ok(()) }
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What it says of itself.
    #[must_use]
    pub fn details(&self) -> &OfficeDetails {
        &self.details
    }

    /// Whether nothing new is assigned to it.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.is_some()
    }
}

impl Aggregate for Office {
    const KIND: &'static str = "office";
    type Event = OfficeEvent;

    fn open(event: &OfficeEvent) -> Option<Self> {
        let OfficeEvent::Opened(opened) = event else { return None };
        let OfficeOpened { ente, code, details, .. } = opened.clone();
        Some(Self { ente, code, details, closed: None })
    }

    fn apply(&mut self, event: &OfficeEvent) {
        match event {
            // The first event is taken in by `open`.
            OfficeEvent::Opened(_) => {}
            OfficeEvent::Changed(changed) => self.details = changed.details.clone(),
            OfficeEvent::Closed(closed) => self.closed = Some(closed.act.clone()),
        }
    }
}

/// An office as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[non_exhaustive]
pub struct OfficeRow {
    /// Its code.
    #[not_personal]
    pub code: String,
    /// What it says of itself.
    pub details: OfficeDetails,
    /// Whether it is closed.
    pub closed: bool,
}

/// Every office, by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct EveryOffice;

impl Question<Office> for EveryOffice {
    fn spans(&self, _: &Subject) -> Spans {
        Spans::Of(vec![Span::new(OFFICES, ALL)])
    }

    fn picks(&self, _: &Office, _: &str) -> bool {
        true
    }

    fn picks_all(&self) -> bool {
        true
    }
}

impl Record for Office {
    const TITLE: &'static str = "ufficio";
    type Verb = OfficeVerb;
    type Orders = NoOrders;
    type Row = OfficeRow;
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[OFFICES];

    fn verb_of(event: &OfficeEvent) -> Option<OfficeVerb> {
        event.verb()
    }

    fn event_italian(event: &OfficeEvent) -> &'static str {
        event.italian()
    }

    fn act_of(event: &OfficeEvent) -> Option<&Act> {
        Some(match event {
            OfficeEvent::Opened(opened) => &opened.act,
            OfficeEvent::Changed(changed) => &changed.act,
            OfficeEvent::Closed(closed) => &closed.act,
        })
    }

    fn projection(&self) -> Projection {
        let listed = ListEntry::new(OFFICES, ALL, &self.code).with_row();
        Projection::new().unique("code", &self.code).entry(listed)
    }

    fn row(&self) -> OfficeRow {
        let (code, details) = (self.code.clone(), self.details.clone());
        OfficeRow { code, details, closed: self.is_closed() }
    }

    fn owners(&self) -> Owners {
        Owners::none()
    }

    fn orders(&self, _: &OfficeEvent) -> Vec<NoOrders> {
        Vec::new()
    }

    /// Offices are for everyone to know.
    fn sight(&self, who: &Subject) -> Sight {
        if who.ente == self.ente { Sight::Everything } else { Sight::Nothing }
    }

    fn may(&self, who: &Subject, verb: OfficeVerb) -> Result<(), AccessRefusal> {
        if self.sight(who) == Sight::Nothing {
            return Err(AccessRefusal::Unknown { kind: Self::KIND });
        }
        if who.is_on(verb.by()) {
            return Ok(());
        }
        Err(AccessRefusal::NotTheirs { kind: Self::KIND, verb: verb.name() })
    }

    /// Whoever has a role has it in this ente.
    fn sees_whole(who: &Subject, list: &str, bucket: &str) -> bool {
        !who.roles.is_empty() && list == OFFICES.name && bucket == ALL
    }

    fn blobs(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn retention(&self) -> Retention {
        Retention::Forever
    }

    fn facts(&self, out: &mut Facts) {
        out.code("office", Some(&self.code));
        out.flag("closed", self.is_closed());
        out.flag("has_head", self.details.head.is_some());
    }
}
