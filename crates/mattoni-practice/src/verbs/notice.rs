//! Notice before rejection (*preavviso di rigetto*, L. 241/1990, art. 10-bis).

use chrono::NaiveDate;
use mattoni_core::calendar::{
    Due, LegalCalendar, SuspensionKind, Term, observations_by, rome_date,
};
use mattoni_core::record::Personal;
use mattoni_core::text::is_blank;
use mattoni_core::{Act, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, problem};
use crate::{Event, Nature, NoRoom, Notice, Observations, Practice, State, Verb};

/// The reasons against were given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct NoticeGiven {
    /// When, and by whom.
    pub act: Act,
    /// The reasons against.
    #[personal]
    pub reasons: String,
    /// Last day for observations, included.
    pub observations_by: NaiveDate,
    /// The term as it stands now.
    pub term: Term,
    /// The last day for the answer if no observations are made.
    pub due: Due,
}

impl NoticeGiven {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.notice = Some(Notice {
            reasons: self.reasons.clone(),
            given: self.act.clone(),
            observations_by: self.observations_by,
            observations: None,
        });
        practice.set_term(&self.term, &self.due);
        practice.move_to(State::NoticeGiven, &self.act);
    }
}

/// Why no notice can be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GiveNoticeRefusal {
    /// Not in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// Art. 10-bis does not apply where applicants compete.
    #[error("a competitive procedure has no notice before rejection")]
    Competitive,
    /// No reasons are given.
    #[error("the reasons must be given")]
    NoReasons,
}

impl Refusal for GiveNoticeRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::Competitive => ("competitive", "procedure", "reject with its motivation"),
            Self::NoReasons => ("no-reasons", "reasons", "say what stands against accepting"),
        };
        problem(Verb::GiveNotice, what, field, self.to_string(), remedy).into()
    }
}

/// Observations were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct NoticeAnswered {
    /// When, and by whom.
    pub act: Act,
    /// Their text.
    #[personal]
    pub text: String,
    /// The term as it stands now.
    pub term: Term,
    /// The last day for the answer.
    pub due: Due,
}

impl NoticeAnswered {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        if let Some(notice) = &mut practice.notice {
            notice.observations =
                Some(Observations { text: self.text.clone(), made: self.act.clone() });
        }
        practice.set_term(&self.term, &self.due);
    }
}

/// Why observations are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerNoticeRefusal {
    /// No notice was given.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// There is no room for it on the practice.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// They were made already.
    #[error("observations were made already")]
    Already,
    /// The last day for them has passed.
    #[error("observations were possible until {until}")]
    TooLate {
        /// The last day, included.
        until: NaiveDate,
    },
    /// They are empty.
    #[error("the observations are empty")]
    Empty,
}

impl Refusal for AnswerNoticeRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NoRoom(no_room) => return no_room.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::Already => ("already", "text", "write a message to the office"),
            Self::TooLate { .. } => ("too-late", "text", "write a message to the office"),
            Self::Empty => ("empty", "text", "write the observations"),
        };
        problem(Verb::AnswerNotice, what, field, self.to_string(), remedy).into()
    }
}

impl Practice {
    /// Gives the applicant the reasons against accepting. They have ten days for observations,
    /// to the next working day when the tenth is a holiday; the term stands still meanwhile.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// practice.apply(&practice.give_notice(&office, "manca un requisito", &calendar)?);
    /// assert_eq!(practice.notice().unwrap().observations_by.to_string(), "2026-09-14");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`GiveNoticeRefusal`]; never possible in a competitive procedure.
    pub fn give_notice(
        &self,
        act: &Act,
        reasons: &str,
        calendar: &LegalCalendar,
    ) -> Result<Event, GiveNoticeRefusal> {
        self.ready(Verb::GiveNotice)?;
        self.theirs(Verb::GiveNotice, act)?;
        if self.procedure.nature == Nature::Competitive {
            return Err(GiveNoticeRefusal::Competitive);
        }
        if is_blank(reasons) {
            return Err(GiveNoticeRefusal::NoReasons);
        }
        let today = rome_date(act.at);
        let observations_by = observations_by(today, calendar);
        let (term, due) = self.suspended(SuspensionKind::RejectionNotice, today, calendar);
        let (act, reasons) = (act.clone(), reasons.to_owned());
        Ok(NoticeGiven { act, reasons, observations_by, term, due }.into())
    }

    /// Makes observations on the notice. The term runs again ten days later.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// practice.apply(&practice.give_notice(&office, "manca un requisito", &calendar)?);
    /// practice.apply(&practice.answer_notice(&citizen, "il requisito c'è", &calendar)?);
    /// assert!(practice.notice().unwrap().observations.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AnswerNoticeRefusal`] without a notice, a second time, or after their last day.
    pub fn answer_notice(
        &self,
        act: &Act,
        text: &str,
        calendar: &LegalCalendar,
    ) -> Result<Event, AnswerNoticeRefusal> {
        self.ready(Verb::AnswerNotice)?;
        self.theirs(Verb::AnswerNotice, act)?;
        let today = rome_date(act.at);
        if let Some(notice) = &self.notice {
            if notice.observations.is_some() {
                return Err(AnswerNoticeRefusal::Already);
            }
            if today > notice.observations_by {
                return Err(AnswerNoticeRefusal::TooLate { until: notice.observations_by });
            }
        }
        if is_blank(text) {
            return Err(AnswerNoticeRefusal::Empty);
        }
        let (term, due) = self.resumed(today, calendar);
        let answered = NoticeAnswered { act: act.clone(), text: text.to_owned(), term, due };
        Ok(self.room_for(answered)?)
    }
}
