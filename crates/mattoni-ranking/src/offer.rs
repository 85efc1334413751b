//! A place offered to one applicant, and the answer.

use chrono::NaiveDate;
use mattoni_core::calendar::rome_date;
use mattoni_core::{Act, Aggregate, Digest, DomainEvent, Problem, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::{Line, Outcome, Run};

/// A place at a facility.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The facility.
    pub facility: String,
    /// The reserved pool; none for a regular place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<String>,
    /// Which of the applicant's preferences it is, from 1.
    pub preference: u32,
}

impl Place {
    /// The place an outcome gives.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Option<Self> {
        match outcome {
            Outcome::Placed { facility, pool, preference } => Some(Self {
                facility: facility.clone(),
                pool: pool.clone(),
                preference: *preference,
            }),
            _ => None,
        }
    }

    /// Whether the applicant of `line` named this facility as this preference.
    pub(crate) fn is_named_by(&self, line: &Line) -> bool {
        let index = self.preference.checked_sub(1).map(|i| i as usize);
        index
            .and_then(|i| line.applicant.preferences.get(i))
            .is_some_and(|named| named.facility == self.facility)
    }
}

/// The place offered to one applicant of one ranking; there is one offer for each.
///
/// Days are days of law in Europe/Rome, the last one included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    run: Digest,
    code: String,
    place: Place,
    answer_by: NaiveDate,
    status: OfferStatus,
}

/// How an offer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum OfferStatus {
    /// No answer yet.
    Open,
    /// Accepted.
    Accepted {
        /// What the applicant does from here.
        then: Afterwards,
    },
    /// Refused.
    Refused {
        /// What the applicant does from here.
        then: Afterwards,
    },
    /// The last day went by without an answer.
    Lapsed,
    /// The applicant left the ranking (*rinuncia*).
    Withdrawn,
    /// The office took the place back (*revoca*).
    Revoked,
}

/// Whether somebody who has answered still waits for a place they like better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Afterwards {
    /// No.
    StopsWaiting,
    /// For the preferences written above the one that was offered.
    WaitsForBetter,
}

/// What can happen to an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum OfferEvent {
    /// A place was offered.
    Offered {
        /// When and by whom.
        act: Act,
        /// The run it comes from.
        run: Digest,
        /// The application.
        code: String,
        /// The place.
        place: Place,
        /// The last day for the answer.
        answer_by: NaiveDate,
    },
    /// A better place took the place of the one offered before.
    Improved {
        /// When and by whom.
        act: Act,
        /// The better place.
        place: Place,
        /// The last day for the answer.
        answer_by: NaiveDate,
    },
    /// The same facility counts the place in another pool.
    Reseated {
        /// When and by whom.
        act: Act,
        /// The reserved pool; none for a regular place.
        pool: Option<String>,
    },
    /// The applicant accepted.
    Accepted {
        /// When and by whom.
        act: Act,
        /// What they do from here.
        then: Afterwards,
    },
    /// The applicant refused.
    Refused {
        /// When and by whom.
        act: Act,
        /// What they do from here.
        then: Afterwards,
    },
    /// The last day went by.
    Lapsed {
        /// When and by whom.
        act: Act,
    },
    /// The applicant left the ranking.
    Withdrawn {
        /// When and by whom.
        act: Act,
    },
    /// The office took the place back.
    Revoked {
        /// When and by whom.
        act: Act,
        /// Why.
        reason: String,
    },
}

impl DomainEvent for OfferEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::Offered { .. } => "ranking.offer.offered",
            Self::Improved { .. } => "ranking.offer.improved",
            Self::Reseated { .. } => "ranking.offer.reseated",
            Self::Accepted { .. } => "ranking.offer.accepted",
            Self::Refused { .. } => "ranking.offer.refused",
            Self::Lapsed { .. } => "ranking.offer.lapsed",
            Self::Withdrawn { .. } => "ranking.offer.withdrawn",
            Self::Revoked { .. } => "ranking.offer.revoked",
        }
    }
}

impl Aggregate for Offer {
    const KIND: &'static str = "offer";
    type Event = OfferEvent;

    fn open(event: &Self::Event) -> Option<Self> {
        match event {
            OfferEvent::Offered { run, code, place, answer_by, .. } => Some(Self {
                run: *run,
                code: code.clone(),
                place: place.clone(),
                answer_by: *answer_by,
                status: OfferStatus::Open,
            }),
            _ => None,
        }
    }

    fn apply(&mut self, event: &Self::Event) {
        self.status = match event {
            OfferEvent::Offered { place, answer_by, .. }
            | OfferEvent::Improved { place, answer_by, .. } => {
                self.place = place.clone();
                self.answer_by = *answer_by;
                OfferStatus::Open
            }
            OfferEvent::Reseated { pool, .. } => {
                self.place.pool.clone_from(pool);
                self.status
            }
            OfferEvent::Accepted { then, .. } => OfferStatus::Accepted { then: *then },
            OfferEvent::Refused { then, .. } => OfferStatus::Refused { then: *then },
            OfferEvent::Lapsed { .. } => OfferStatus::Lapsed,
            OfferEvent::Withdrawn { .. } => OfferStatus::Withdrawn,
            OfferEvent::Revoked { .. } => OfferStatus::Revoked,
        };
    }
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $({ $($field:ident: $ty:ty = $fdoc:literal),+ })? => $code:literal, $text:literal, $remedy:literal;)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$vdoc])* #[error($text)] $variant $({ $(#[doc = $fdoc] $field: $ty),+ })?,)+
        }

        impl Refusal for $name {
            fn problems(&self) -> Problems {
                let (code, remedy) = match self { $(Self::$variant { .. } => ($code, $remedy),)+ };
                Problem::new(code, "offer", self.to_string(), remedy).into()
            }
        }
    )+};
}

refusals! {
    /// Why a place cannot be offered.
    MakeRefusal {
        /// The last day is past.
        PastTerm { answer_by: NaiveDate = "The last day given." }
            => "ranking.offer.past-term", "the last day for the answer, {answer_by}, is past", "give a later day";
        /// The application is not in the run, or not in the order.
        NotRanked => "ranking.offer.not-ranked", "the application is not in the order", "offer to somebody who is";
        /// The place is not one of the applicant's preferences.
        NotChosen => "ranking.offer.not-chosen", "the applicant did not name this place", "offer a place they named";
    }
    /// Why a better place cannot be offered.
    ImproveRefusal {
        /// The applicant no longer waits.
        NotWaiting => "ranking.offer.not-waiting", "the applicant no longer waits for a better place", "offer it to the next in line";
        /// The run is not the one the offer comes from.
        OtherRun => "ranking.offer.other-run", "the offer comes from another run", "hand in its own run";
        /// The place is not one of the applicant's preferences.
        NotChosen => "ranking.offer.not-chosen", "the applicant did not name this place", "offer a place they named";
        /// The place is not one they prefer.
        NotBetter => "ranking.offer.not-better", "the applicant does not prefer this place", "offer it to the next in line";
        /// The last day is past.
        PastTerm { answer_by: NaiveDate = "The last day given." }
            => "ranking.offer.past-term", "the last day for the answer, {answer_by}, is past", "give a later day";
    }
    /// Why a place cannot be counted in another pool.
    ReseatRefusal {
        /// There is nothing to count.
        NotHeld => "ranking.offer.not-held", "the applicant holds no place", "nothing to do";
    }
    /// Why an offer cannot be accepted.
    AcceptRefusal {
        /// It has been answered or is gone.
        NotOpen => "ranking.offer.not-open", "the offer is no longer open", "look at how it stands";
        /// The last day is past.
        TooLate { answer_by: NaiveDate = "The last day there was." }
            => "ranking.offer.too-late", "the last day for the answer was {answer_by}", "ask the office";
    }
    /// Why an offer cannot be refused.
    DeclineRefusal {
        /// It has been answered or is gone.
        NotOpen => "ranking.offer.not-open", "the offer is no longer open", "look at how it stands";
        /// The last day is past.
        TooLate { answer_by: NaiveDate = "The last day there was." }
            => "ranking.offer.too-late", "the last day for the answer was {answer_by}", "nothing to do: it lapses";
    }
    /// Why an offer cannot lapse.
    LapseRefusal {
        /// It has been answered or is gone.
        NotOpen => "ranking.offer.not-open", "the offer is no longer open", "nothing to do";
        /// The last day is not over.
        NotDue { answer_by: NaiveDate = "The last day." }
            => "ranking.offer.not-due", "an answer may come until the end of {answer_by}", "wait until the day after";
    }
    /// Why an applicant cannot leave.
    WithdrawRefusal {
        /// There is nothing to leave.
        NotHeld => "ranking.offer.not-held", "the applicant holds no place and waits for none", "nothing to do";
    }
    /// Why the office cannot take a place back.
    RevokeRefusal {
        /// There is nothing to take.
        NotHeld => "ranking.offer.not-held", "the applicant holds no place", "nothing to do";
        /// No reason was given.
        NoReason => "ranking.offer.no-reason", "a place is taken back only with a reason", "write the reason";
    }
}

impl Offer {
    /// Offers `place` to the application `code`: the opening event.
    ///
    /// # Errors
    /// [`MakeRefusal`]: not in the order, a place they did not name, a term that is past.
    pub fn make(
        act: &Act,
        run: &Run,
        code: &str,
        place: Place,
        answer_by: NaiveDate,
    ) -> Result<OfferEvent, MakeRefusal> {
        let line = run.line(code).filter(|line| line.position.is_some());
        let Some(line) = line else { return Err(MakeRefusal::NotRanked) };
        if !place.is_named_by(line) {
            return Err(MakeRefusal::NotChosen);
        }
        if rome_date(act.at) > answer_by {
            return Err(MakeRefusal::PastTerm { answer_by });
        }
        Ok(OfferEvent::Offered {
            act: act.clone(),
            run: run.digest(),
            code: code.to_owned(),
            place,
            answer_by,
        })
    }

    /// Offers a place the applicant likes better than the one they hold.
    ///
    /// # Errors
    /// [`ImproveRefusal`]: they no longer wait, did not name it or do not prefer it, the term is
    /// past, or `run` is not the one the offer comes from.
    pub fn improve(
        &self,
        act: &Act,
        run: &Run,
        place: Place,
        answer_by: NaiveDate,
    ) -> Result<OfferEvent, ImproveRefusal> {
        if !self.waits_for_better() {
            return Err(ImproveRefusal::NotWaiting);
        }
        if self.run != run.digest() {
            return Err(ImproveRefusal::OtherRun);
        }
        if !run.line(&self.code).is_some_and(|line| place.is_named_by(line)) {
            return Err(ImproveRefusal::NotChosen);
        }
        if place.preference >= self.place.preference {
            return Err(ImproveRefusal::NotBetter);
        }
        if rome_date(act.at) > answer_by {
            return Err(ImproveRefusal::PastTerm { answer_by });
        }
        Ok(OfferEvent::Improved { act: act.clone(), place, answer_by })
    }

    /// Counts the place in another pool of the same facility; nothing changes for the applicant.
    ///
    /// # Errors
    /// [`ReseatRefusal::NotHeld`].
    pub fn reseat(&self, act: &Act, pool: Option<String>) -> Result<OfferEvent, ReseatRefusal> {
        if !self.holds() {
            return Err(ReseatRefusal::NotHeld);
        }
        Ok(OfferEvent::Reseated { act: act.clone(), pool })
    }

    /// The applicant takes the place.
    ///
    /// # Errors
    /// [`AcceptRefusal`]: not open, or after the last day.
    pub fn accept(&self, act: &Act, then: Afterwards) -> Result<OfferEvent, AcceptRefusal> {
        if self.status != OfferStatus::Open {
            return Err(AcceptRefusal::NotOpen);
        }
        if rome_date(act.at) > self.answer_by {
            return Err(AcceptRefusal::TooLate { answer_by: self.answer_by });
        }
        Ok(OfferEvent::Accepted { act: act.clone(), then })
    }

    /// The applicant does not take the place.
    ///
    /// # Errors
    /// [`DeclineRefusal`]: not open, or after the last day.
    pub fn refuse(&self, act: &Act, then: Afterwards) -> Result<OfferEvent, DeclineRefusal> {
        if self.status != OfferStatus::Open {
            return Err(DeclineRefusal::NotOpen);
        }
        if rome_date(act.at) > self.answer_by {
            return Err(DeclineRefusal::TooLate { answer_by: self.answer_by });
        }
        Ok(OfferEvent::Refused { act: act.clone(), then })
    }

    /// The last day went by without an answer.
    ///
    /// # Errors
    /// [`LapseRefusal`]: not open, or the last day is not over.
    pub fn lapse(&self, act: &Act) -> Result<OfferEvent, LapseRefusal> {
        if self.status != OfferStatus::Open {
            return Err(LapseRefusal::NotOpen);
        }
        if rome_date(act.at) <= self.answer_by {
            return Err(LapseRefusal::NotDue { answer_by: self.answer_by });
        }
        Ok(OfferEvent::Lapsed { act: act.clone() })
    }

    /// The applicant leaves the ranking, whether they hold a place or only wait for one.
    ///
    /// # Errors
    /// [`WithdrawRefusal::NotHeld`].
    pub fn withdraw(&self, act: &Act) -> Result<OfferEvent, WithdrawRefusal> {
        if !self.holds() && !self.waits_for_better() {
            return Err(WithdrawRefusal::NotHeld);
        }
        Ok(OfferEvent::Withdrawn { act: act.clone() })
    }

    /// The office takes the place back, for instance because what was declared is not true.
    ///
    /// # Errors
    /// [`RevokeRefusal`]: there is no place, or no reason.
    pub fn revoke(
        &self,
        act: &Act,
        reason: impl Into<String>,
    ) -> Result<OfferEvent, RevokeRefusal> {
        let reason = reason.into();
        if !self.holds() {
            return Err(RevokeRefusal::NotHeld);
        }
        if reason.trim().is_empty() {
            return Err(RevokeRefusal::NoReason);
        }
        Ok(OfferEvent::Revoked { act: act.clone(), reason })
    }

    /// The digest of the run the offer comes from.
    #[must_use]
    pub fn run(&self) -> Digest {
        self.run
    }

    /// The application.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The place that was offered last.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The last day for the answer, included.
    #[must_use]
    pub fn answer_by(&self) -> NaiveDate {
        self.answer_by
    }

    /// How it stands.
    #[must_use]
    pub fn status(&self) -> OfferStatus {
        self.status
    }

    /// Whether the place is taken: accepted, or waiting for the answer.
    #[must_use]
    pub fn holds(&self) -> bool {
        matches!(self.status, OfferStatus::Open | OfferStatus::Accepted { .. })
    }

    /// Whether the applicant would move to a place they like better.
    #[must_use]
    pub fn waits_for_better(&self) -> bool {
        let better = Afterwards::WaitsForBetter;
        match self.status {
            OfferStatus::Open => true,
            OfferStatus::Accepted { then } | OfferStatus::Refused { then } => then == better,
            OfferStatus::Lapsed | OfferStatus::Withdrawn | OfferStatus::Revoked => false,
        }
    }
}
