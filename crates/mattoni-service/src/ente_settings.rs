//! What is the same for all services of an ente: the calendar that its terms are counted by.

use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{
    AccessRefusal, Facts, List, NoOrders, Owners, Personal, Projection, Record, Retention, Role,
    Sight, Subject, Verb as _,
};
use mattoni_core::{Act, Aggregate, Digest, EnteId, Id, Problems, named_id};
use serde::{Deserialize, Serialize};

/// The calendar was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct CalendarSet {
    /// When, and by whom.
    pub act: Act,
    /// The ente.
    #[not_personal]
    pub ente: EnteId,
    /// The calendar from now on: its patron saint, and whether it is in the province of Bolzano.
    #[not_personal]
    pub calendar: LegalCalendar,
}

/// The terms that ran when the calendar was set were counted by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct TermsRecounted {
    /// When, and by whom.
    pub act: Act,
    /// How many practices have another last day now.
    pub moved: u64,
}

/// The settings of an ente.
///
/// ```
/// use mattoni_core::calendar::LegalCalendar;
/// use mattoni_core::{Act, Actor, fold};
/// use mattoni_service::EnteSettings;
///
/// let act = Act::new("2027-01-04T08:00:00Z".parse()?, Actor::Operator("ced".into()));
/// let patron = LegalCalendar::national().with_patron(11, 24, "San Prospero");
/// let set = EnteSettings::set_calendar(&act, &"c_h223".parse()?, patron.clone())?;
/// let settings: EnteSettings = fold([&set]).expect("it begins the record");
/// assert_eq!(*settings.calendar(), patron);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct EnteSettings {
    #[not_personal]
    ente: EnteId,
    #[not_personal]
    calendar: LegalCalendar,
    set: Act,
    /// Whether the terms that ran then were counted by this calendar.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    recounted: bool,
}

mattoni_core::verbs! {
    /// What technical staff do with an ente's settings.
    pub enum EnteVerb;
    /// What happens to an ente's settings.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
    #[non_exhaustive]
    pub enum EnteEvent;

    /// The calendar was set.
    begin CalendarSet(CalendarSet) = "ente.calendar-set", "calendario dell'ente impostato";

    /// Set the calendar that terms are counted by.
    verb SetCalendar "set-calendar", "impostare il calendario", [Technical] => CalendarSet;
    /// Note that running terms were counted by the calendar.
    verb Recount "recount", "ricontare i termini", [System] =>
    /// Running terms were counted by the calendar.
    TermsRecounted(TermsRecounted) = "ente.terms-recounted", "termini ricontati";
}

impl EnteSettings {
    /// The id of the ente's settings.
    #[must_use]
    pub fn id(ente: &EnteId) -> Id<Self> {
        named_id(ente, &["ente-settings"])
    }

    /// The calendar that the ente's terms are counted by.
    #[must_use]
    pub fn calendar(&self) -> &LegalCalendar {
        &self.calendar
    }

    /// The act that set it.
    #[must_use]
    pub fn set(&self) -> &Act {
        &self.set
    }

    /// Whether terms that ran when the calendar was set are yet to be counted by it.
    #[must_use]
    pub fn awaits_recount(&self) -> bool {
        !self.recounted
    }

    /// Notes that running terms were counted by the calendar that `set` set: `None` when another
    /// was set since, or it is noted already.
    ///
    /// ```
    /// use mattoni_core::calendar::LegalCalendar;
    /// use mattoni_core::{Act, Actor, Aggregate};
    /// use mattoni_service::EnteSettings;
    ///
    /// let act = Act::new("2027-01-04T08:00:00Z".parse()?, Actor::Operator("ced".into()));
    /// let patron = LegalCalendar::national().with_patron(6, 13, "Sant'Antonio");
    /// let set = EnteSettings::set_calendar(&act, &"c_h223".parse()?, patron)?;
    /// let mut settings = EnteSettings::open(&set).expect("it sets them for the first time");
    /// if let Some(event) = settings.recounted(&act, &act, 0) {
    ///     settings.apply(&event);
    /// }
    /// assert!(!settings.awaits_recount());
    /// assert_eq!(settings.recounted(&act, &act, 0), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn recounted(&self, act: &Act, set: &Act, moved: u64) -> Option<EnteEvent> {
        let due = self.set == *set && !self.recounted;
        due.then(|| EnteEvent::TermsRecounted(TermsRecounted { act: act.clone(), moved }))
    }

    /// Sets the calendar, for the first time or anew. Terms that run are to be counted again by it.
    ///
    /// ```
    /// use mattoni_core::calendar::LegalCalendar;
    /// use mattoni_core::{Act, Actor};
    /// use mattoni_service::EnteSettings;
    ///
    /// let act = Act::new("2027-01-04T08:00:00Z".parse()?, Actor::Operator("ced".into()));
    /// let nonsense = LegalCalendar::national().with_patron(2, 30, "San Nessuno");
    /// assert!(EnteSettings::set_calendar(&act, &"c_h223".parse()?, nonsense).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`LegalCalendar::check`].
    pub fn set_calendar(
        act: &Act,
        ente: &EnteId,
        calendar: LegalCalendar,
    ) -> Result<EnteEvent, Problems> {
        calendar.check()?;
        let (act, ente) = (act.clone(), ente.clone());
        Ok(EnteEvent::CalendarSet(CalendarSet { act, ente, calendar }))
    }
}

impl Aggregate for EnteSettings {
    const KIND: &'static str = "ente-settings";
    type Event = EnteEvent;

    fn open(event: &EnteEvent) -> Option<Self> {
        let EnteEvent::CalendarSet(CalendarSet { act, ente, calendar }) = event else {
            return None;
        };
        let (ente, calendar, set) = (ente.clone(), calendar.clone(), act.clone());
        Some(Self { ente, calendar, set, recounted: false })
    }

    fn apply(&mut self, event: &EnteEvent) {
        match event {
            EnteEvent::CalendarSet(CalendarSet { act, calendar, .. }) => {
                (self.calendar, self.set) = (calendar.clone(), act.clone());
                self.recounted = false;
            }
            EnteEvent::TermsRecounted(_) => self.recounted = true,
        }
    }
}

impl Record for EnteSettings {
    const TITLE: &'static str = "impostazioni dell'ente";
    type Verb = EnteVerb;
    type Orders = NoOrders;
    type Row = ();
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[];

    fn verb_of(event: &EnteEvent) -> Option<EnteVerb> {
        event.verb()
    }

    fn event_italian(event: &EnteEvent) -> &'static str {
        event.italian()
    }

    fn act_of(event: &EnteEvent) -> Option<&Act> {
        Some(match event {
            EnteEvent::CalendarSet(set) => &set.act,
            EnteEvent::TermsRecounted(recounted) => &recounted.act,
        })
    }

    fn projection(&self) -> Projection {
        Projection::new()
    }

    fn row(&self) {}

    fn owners(&self) -> Owners {
        Owners::none()
    }

    fn orders(&self, _: &EnteEvent) -> Vec<NoOrders> {
        Vec::new()
    }

    /// Staff of the ente.
    fn sight(&self, who: &Subject) -> Sight {
        let staff = |role: &Role| role.is_official() || matches!(role, Role::TechnicalAdmin { .. });
        let sees = who.ente == self.ente && who.roles.iter().any(staff);
        if sees { Sight::Everything } else { Sight::Nothing }
    }

    fn may(&self, who: &Subject, verb: EnteVerb) -> Result<(), AccessRefusal> {
        if self.sight(who) == Sight::Nothing {
            return Err(AccessRefusal::Unknown { kind: Self::KIND });
        }
        if who.is_on(verb.by()) {
            return Ok(());
        }
        Err(AccessRefusal::NotTheirs { kind: Self::KIND, verb: verb.name() })
    }

    fn sees_whole(who: &Subject, _: &str, _: &str) -> bool {
        who.is_official()
    }

    fn blobs(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn retention(&self) -> Retention {
        Retention::Forever
    }

    fn facts(&self, out: &mut Facts) {
        out.instant("calendar_set", Some(self.set.at));
    }
}
