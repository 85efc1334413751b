//! Asking for what is missing (*richiesta di integrazione*), and the four ways it ends.
//!
//! The first request suspends the term, for at most 30 days; later ones are possible and suspend
//! nothing (L. 241/1990, art. 2, c. 7).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mattoni_core::calendar::{Due, LegalCalendar, Suspension, SuspensionKind, Term, rome_date};
use mattoni_core::record::Personal;
use mattoni_core::text::is_blank;
use mattoni_core::value::Value;
use mattoni_core::{Act, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, all, problem};
use crate::{
    Asked, Attachment, AttachmentBar, Event, Integration, IntegrationAnswer, IntegrationEnd,
    NoRoom, Practice, State, Verb,
};

/// Something missing was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct IntegrationRequested {
    /// When, and by whom.
    pub act: Act,
    /// Number of the request within the practice, from 1.
    pub number: u32,
    /// What is asked for.
    pub items: Vec<Asked>,
    /// Last day to answer, included.
    pub answer_by: NaiveDate,
    /// The term as it stands now.
    pub term: Term,
    /// The latest day the answer can come on.
    pub due: Due,
}

impl IntegrationRequested {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.integrations.push(Integration {
            number: self.number,
            items: self.items.clone(),
            asked: self.act.clone(),
            answer_by: self.answer_by,
            end: IntegrationEnd::Open,
        });
        practice.set_term(&self.term, &self.due);
        practice.move_to(State::AwaitingIntegration, &self.act);
    }
}

/// What was missing was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct IntegrationAnswered {
    /// When, and by whom.
    pub act: Act,
    /// Number of the request.
    pub number: u32,
    /// Answers given.
    #[serde(default)]
    #[personal(keys("child_" = "beneficiary", "beneficiary_" = "beneficiary"))]
    pub set: BTreeMap<String, Value>,
    /// Papers given, by the name they were asked under.
    #[serde(default)]
    pub papers: BTreeMap<String, Attachment>,
    /// What the applicant added in words.
    #[serde(default)]
    #[personal]
    pub note: String,
    /// The term, running again.
    pub term: Term,
    /// The last day for the answer.
    pub due: Due,
}

impl IntegrationAnswered {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.answers.extend(self.set.clone());
        // One file may answer two requests, and one that was there already.
        for paper in self.papers.values() {
            if !practice.holds(paper) {
                practice.attachments.push(paper.clone());
            }
        }
        let end = IntegrationEnd::Answered { act: self.act.clone(), note: self.note.clone() };
        practice.end_integration(end, &self.term, &self.due);
        practice.move_to(State::IntegrationAnswered, &self.act);
    }
}

/// The request was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct IntegrationCancelled {
    /// When, and by whom.
    pub act: Act,
    /// Number of the request.
    pub number: u32,
    /// Why.
    #[personal]
    pub reason: String,
    /// The term, running again.
    pub term: Term,
    /// The last day for the answer.
    pub due: Due,
}

impl IntegrationCancelled {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        let (act, reason) = (self.act.clone(), self.reason.clone());
        practice.end_integration(IntegrationEnd::Cancelled { act, reason }, &self.term, &self.due);
        practice.move_to(State::TakenInCharge, &self.act);
    }
}

/// The request's last day passed without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct IntegrationLapsed {
    /// When it was noted, and by whom.
    pub act: Act,
    /// Number of the request.
    pub number: u32,
    /// The term, running again.
    pub term: Term,
    /// The last day for the answer.
    pub due: Due,
}

impl IntegrationLapsed {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        let end = IntegrationEnd::Lapsed { act: self.act.clone() };
        practice.end_integration(end, &self.term, &self.due);
        practice.move_to(State::TakenInCharge, &self.act);
    }
}

/// Why nothing can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestIntegrationRefusal {
    /// Not in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// Everything that is wrong with the request.
    #[error("the request cannot be made")]
    Barred(Vec<RequestBar>),
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestBar {
    /// Nothing is asked for.
    #[error("nothing is asked for")]
    Nothing,
    /// A field the form doesn't have.
    #[error("is not in the form")]
    UnknownField {
        /// Its key.
        key: String,
    },
    /// The same thing is asked for twice.
    #[error("is asked for twice")]
    Twice {
        /// Its key or name.
        name: String,
    },
    /// The last day to answer is not after today.
    #[error("the last day to answer must be after {today}")]
    NoTime {
        /// Today.
        today: NaiveDate,
    },
}

impl Refusal for RequestIntegrationRefusal {
    fn problems(&self) -> Problems {
        let bars = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::Barred(bars) => bars,
        };
        let found = bars.iter().map(|bar| {
            let (what, field, remedy) = match bar {
                RequestBar::Nothing => ("nothing", "items", "name at least one thing"),
                RequestBar::UnknownField { key } => {
                    ("unknown-field", key.as_str(), "ask for a field of the form, or a paper")
                }
                RequestBar::Twice { name } => ("twice", name.as_str(), "ask for it once"),
                RequestBar::NoTime { .. } => ("no-time", "answer_by", "choose a later day"),
            };
            problem(Verb::RequestIntegration, what, field, bar.to_string(), remedy)
        });
        all(Verb::RequestIntegration, found.collect())
    }
}

/// Why an answer to a request is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerIntegrationRefusal {
    /// Nothing was asked for.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// There is no room for it on the practice.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// Everything that is wrong with the answer.
    #[error("the answer is not complete")]
    Barred(Vec<AnswerBar>),
}

/// One thing that is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerBar {
    /// Something asked for is not there.
    #[error("was asked for and is missing")]
    Missing {
        /// Its key or name.
        name: String,
    },
    /// Something nobody asked for: what was declared cannot be changed on the side.
    #[error("was not asked for")]
    NotAsked {
        /// Its key or name.
        name: String,
    },
    /// A file that is not taken.
    #[error("{0}")]
    File(AttachmentBar),
}

impl Refusal for AnswerIntegrationRefusal {
    fn problems(&self) -> Problems {
        let bars = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NoRoom(no_room) => return no_room.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::Barred(bars) => bars,
        };
        let verb = Verb::AnswerIntegration;
        let found = bars.iter().map(|bar| match bar {
            AnswerBar::Missing { name } => {
                problem(verb, "missing", name, bar.to_string(), "give it")
            }
            AnswerBar::NotAsked { name } => {
                problem(verb, "not-asked", name, bar.to_string(), "leave it out")
            }
            AnswerBar::File(file) => file.problem(verb, "papers"),
        });
        all(verb, found.collect())
    }
}

/// Why a request cannot be taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CancelIntegrationRefusal {
    /// There is no open request.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// No reason is given.
    #[error("a reason must be given")]
    NoReason,
}

impl Refusal for CancelIntegrationRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NotTheirs(not_theirs) => not_theirs.problems(),
            Self::NoReason => problem(
                Verb::CancelIntegration,
                "no-reason",
                "reason",
                self.to_string(),
                "say why the request is taken back",
            )
            .into(),
        }
    }
}

/// Why a request does not lapse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LapseIntegrationRefusal {
    /// There is no open request.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// Its last day has not passed.
    #[error("the applicant has until {until}")]
    TooEarly {
        /// The last day, included.
        until: NaiveDate,
    },
}

impl Refusal for LapseIntegrationRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NotTheirs(not_theirs) => not_theirs.problems(),
            Self::TooEarly { .. } => problem(
                Verb::LapseIntegration,
                "too-early",
                "answer_by",
                self.to_string(),
                "wait, or cancel the request",
            )
            .into(),
        }
    }
}

impl Practice {
    /// Asks the applicant for what is missing, to be given by `answer_by`. The first time, the
    /// term stands still from today.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// let phone = Asked::Field { key: "telefono".into(), why: "per gli avvisi".into() };
    /// let answer_by = "2026-09-20".parse()?;
    /// practice.apply(&practice.request_integration(&office, vec![phone], answer_by, &calendar)?);
    /// assert_eq!(practice.state(), State::AwaitingIntegration);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RequestIntegrationRefusal`] with everything that is wrong with the request.
    pub fn request_integration(
        &self,
        act: &Act,
        items: Vec<Asked>,
        answer_by: NaiveDate,
        calendar: &LegalCalendar,
    ) -> Result<Event, RequestIntegrationRefusal> {
        self.ready(Verb::RequestIntegration)?;
        self.theirs(Verb::RequestIntegration, act)?;
        let today = rome_date(act.at);
        let mut bars = Vec::new();
        if items.is_empty() {
            bars.push(RequestBar::Nothing);
        }
        for (index, item) in items.iter().enumerate() {
            let name = asked_name(item);
            if matches!(item, Asked::Field { .. }) && !self.procedure.asks(name) {
                bars.push(RequestBar::UnknownField { key: name.to_owned() });
            }
            if items[..index].iter().any(|earlier| asked_name(earlier) == name) {
                bars.push(RequestBar::Twice { name: name.to_owned() });
            }
        }
        if answer_by <= today {
            bars.push(RequestBar::NoTime { today });
        }
        if !bars.is_empty() {
            return Err(RequestIntegrationRefusal::Barred(bars));
        }
        let (term, due) = self.suspended(SuspensionKind::Integration, today, calendar);
        let number = Self::next_number(&self.integrations);
        let act = act.clone();
        Ok(IntegrationRequested { act, number, items, answer_by, term, due }.into())
    }

    /// Gives what was asked for: all of it, and nothing else. One file may answer several requests,
    /// and a file that the practice has already may answer one: it is named again, and counts once.
    ///
    /// An answer after `answer_by` is still taken as long as the office hasn't gone on.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// let phone = Asked::Field { key: "telefono".into(), why: "per gli avvisi".into() };
    /// let answer_by = "2026-09-20".parse()?;
    /// practice.apply(&practice.request_integration(&office, vec![phone], answer_by, &calendar)?);
    ///
    /// let set = BTreeMap::from([("telefono".to_owned(), Value::Text("0737 1234".into()))]);
    /// let answer = IntegrationAnswer { set, ..IntegrationAnswer::default() };
    /// practice.apply(&practice.answer_integration(&citizen, answer, &calendar)?);
    /// assert_eq!(practice.state(), State::IntegrationAnswered);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AnswerIntegrationRefusal`] with everything that is wrong with the answer.
    pub fn answer_integration(
        &self,
        act: &Act,
        answer: IntegrationAnswer,
        calendar: &LegalCalendar,
    ) -> Result<Event, AnswerIntegrationRefusal> {
        self.ready(Verb::AnswerIntegration)?;
        self.theirs(Verb::AnswerIntegration, act)?;
        let items = self.open_integration().map_or(&[][..], |open| &open.items);
        let mut bars = Vec::new();
        for item in items {
            let given = match item {
                Asked::Field { key, .. } => answer.set.get(key).is_some_and(|a| !a.is_blank()),
                Asked::Paper { name, .. } => answer.papers.contains_key(name),
            };
            if !given {
                bars.push(AnswerBar::Missing { name: asked_name(item).to_owned() });
            }
        }
        let field = |key: &str| {
            items.iter().any(|i| matches!(i, Asked::Field { .. }) && asked_name(i) == key)
        };
        let paper = |key: &str| {
            items.iter().any(|i| matches!(i, Asked::Paper { .. }) && asked_name(i) == key)
        };
        let extra_fields = answer.set.keys().filter(|key| !field(key));
        let extra_papers = answer.papers.keys().filter(|name| !paper(name));
        for name in extra_fields.chain(extra_papers) {
            bars.push(AnswerBar::NotAsked { name: name.clone() });
        }
        let mut new: Vec<&Attachment> = Vec::new();
        for paper in answer.papers.values().filter(|paper| !self.holds(paper)) {
            if !new.iter().any(|other| other.digest == paper.digest) {
                new.push(paper);
            }
        }
        bars.extend(self.file_bars(new).into_iter().map(AnswerBar::File));
        if !bars.is_empty() {
            return Err(AnswerIntegrationRefusal::Barred(bars));
        }
        let (term, due) = self.resumed(rome_date(act.at), calendar);
        let answered = IntegrationAnswered {
            act: act.clone(),
            number: Self::current_number(&self.integrations),
            set: answer.set,
            papers: answer.papers,
            note: answer.note,
            term,
            due,
        };
        Ok(self.room_for(answered)?)
    }

    /// Takes the request back; the term runs again from today.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// let paper = Asked::Paper { name: "certificato".into(), why: "manca".into() };
    /// let answer_by = "2026-09-20".parse()?;
    /// practice.apply(&practice.request_integration(&office, vec![paper], answer_by, &calendar)?);
    /// practice.apply(&practice.cancel_integration(&office, "trovato in anagrafe", &calendar)?);
    /// assert_eq!(practice.state(), State::TakenInCharge);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CancelIntegrationRefusal`] without an open request, or without a reason.
    pub fn cancel_integration(
        &self,
        act: &Act,
        reason: &str,
        calendar: &LegalCalendar,
    ) -> Result<Event, CancelIntegrationRefusal> {
        self.ready(Verb::CancelIntegration)?;
        self.theirs(Verb::CancelIntegration, act)?;
        if is_blank(reason) {
            return Err(CancelIntegrationRefusal::NoReason);
        }
        let (term, due) = self.resumed(rome_date(act.at), calendar);
        let number = Self::current_number(&self.integrations);
        let (act, reason) = (act.clone(), reason.to_owned());
        Ok(IntegrationCancelled { act, number, reason, term, due }.into())
    }

    /// Goes on without the answer, its last day having passed.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// let paper = Asked::Paper { name: "certificato".into(), why: "manca".into() };
    /// let answer_by = "2026-09-20".parse()?;
    /// practice.apply(&practice.request_integration(&office, vec![paper], answer_by, &calendar)?);
    ///
    /// assert!(practice.lapse_integration(&on("2026-09-20", &system), &calendar).is_err());
    /// practice.apply(&practice.lapse_integration(&on("2026-09-21", &system), &calendar)?);
    /// assert_eq!(practice.state(), State::TakenInCharge);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`LapseIntegrationRefusal`] without an open request, or up to its last day.
    pub fn lapse_integration(
        &self,
        act: &Act,
        calendar: &LegalCalendar,
    ) -> Result<Event, LapseIntegrationRefusal> {
        self.ready(Verb::LapseIntegration)?;
        self.theirs(Verb::LapseIntegration, act)?;
        let today = rome_date(act.at);
        if let Some(open) = self.open_integration()
            && today <= open.answer_by
        {
            return Err(LapseIntegrationRefusal::TooEarly { until: open.answer_by });
        }
        let (term, due) = self.resumed(today, calendar);
        let number = Self::current_number(&self.integrations);
        Ok(IntegrationLapsed { act: act.clone(), number, term, due }.into())
    }

    fn current_number(list: &[Integration]) -> u32 {
        list.last().map_or(0, |integration| integration.number)
    }

    fn end_integration(&mut self, end: IntegrationEnd, term: &Term, due: &Due) {
        if let Some(last) = self.integrations.last_mut() {
            last.end = end;
        }
        self.set_term(term, due);
    }

    pub(crate) fn set_term(&mut self, term: &Term, due: &Due) {
        self.term = Some(term.clone());
        self.due = Some(due.clone());
    }

    /// The term with one more suspension from `today`.
    pub(crate) fn suspended(
        &self,
        kind: SuspensionKind,
        today: NaiveDate,
        calendar: &LegalCalendar,
    ) -> (Term, Due) {
        let mut term = self.running_term(today);
        term.suspensions.push(Suspension { kind, from: today, answered_on: None });
        let due = term.due(calendar);
        (term, due)
    }

    /// The term with its open suspension ended on `today`.
    pub(crate) fn resumed(&self, today: NaiveDate, calendar: &LegalCalendar) -> (Term, Due) {
        let mut term = self.running_term(today);
        if let Some(open) = term.suspensions.last_mut() {
            open.answered_on = open.answered_on.or(Some(today));
        }
        let due = term.due(calendar);
        (term, due)
    }

    // Every state in which a term is changed comes after submission, which sets it.
    pub(crate) fn running_term(&self, today: NaiveDate) -> Term {
        self.term.clone().unwrap_or_else(|| Term::new(today, self.procedure.term_days))
    }
}

fn asked_name(item: &Asked) -> &str {
    match item {
        Asked::Field { key, .. } => key,
        Asked::Paper { name, .. } => name,
    }
}
