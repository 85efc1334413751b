//! A place offered to one applicant, and the answer.

mod record;
mod refusals;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use mattoni_core::calendar::rome_date;
use mattoni_core::record::{Concerns, Personal};
use mattoni_core::{Act, Actor, Aggregate, Digest};
use serde::{Deserialize, Serialize};

pub use record::OfferOrder;
pub use refusals::{
    AcceptRefusal, DeclineRefusal, ImproveRefusal, LapseRefusal, MakeRefusal, NotTheFamilys,
    ReseatRefusal, RevokeRefusal, WithdrawRefusal,
};

use crate::{Line, Outcome, Run};

/// A place at a facility.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Personal)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The facility.
    #[not_personal]
    pub facility: String,
    /// The reserved pool; none for a regular place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[not_personal]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Offer {
    run: Digest,
    #[not_personal]
    code: String,
    place: Place,
    answer_by: NaiveDate,
    status: OfferStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[not_personal]
    of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    concerns: Option<Concerns>,
    /// The signed requests of answers that others gave for the applicant.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    papers: BTreeSet<Digest>,
}

/// How an offer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Personal)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case")]
pub enum Afterwards {
    /// No.
    StopsWaiting,
    /// For the preferences written above the one that was offered.
    WaitsForBetter,
}

mattoni_core::verbs! {
    /// What can be done with an offer.
    pub enum OfferVerb;
    /// What can happen to an offer.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
    pub enum OfferEvent;

    /// A place was offered.
    begin Offered {
        /// When and by whom.
        act: Act,
        /// The run it comes from.
        run: Digest,
        /// The application.
        #[not_personal]
        code: String,
        /// The place.
        place: Place,
        /// The last day for the answer.
        answer_by: NaiveDate,
        /// What is ranked: the code of the service. Missing in journals written before offers
        /// named it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[not_personal]
        of: Option<String>,
        /// The record the offer goes with, and its person. Missing in journals written before
        /// offers named them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        concerns: Option<Concerns>,
    } = "ranking.offer.offered" as "offered", "posto offerto";

    /// Offer a place the applicant likes better.
    verb Improve "improve", "offrire un posto migliore", [Office] =>
    /// A better place took the place of the one offered before.
    Improved {
        /// When and by whom.
        act: Act,
        /// The better place.
        place: Place,
        /// The last day for the answer.
        answer_by: NaiveDate,
    } = "ranking.offer.improved" as "improved", "posto migliore offerto";

    /// Count the place in another pool of the same facility.
    verb Reseat "reseat", "contare il posto in un'altra riserva", [Office] =>
    /// The same facility counts the place in another pool.
    Reseated {
        /// When and by whom.
        act: Act,
        /// The reserved pool; none for a regular place.
        #[not_personal]
        pool: Option<String>,
    } = "ranking.offer.reseated" as "reseated", "posto contato in un'altra riserva";

    /// Accept the place.
    verb Accept "accept", "accettare il posto", [Citizen, Office] =>
    /// The applicant accepted.
    Accepted {
        /// When and by whom.
        act: Act,
        /// What they do from here.
        then: Afterwards,
    } = "ranking.offer.accepted" as "accepted", "posto accettato";

    /// Refuse the place.
    verb Refuse "refuse", "rifiutare il posto", [Citizen, Office] =>
    /// The applicant refused.
    Refused {
        /// When and by whom.
        act: Act,
        /// What they do from here.
        then: Afterwards,
    } = "ranking.offer.refused" as "refused", "posto rifiutato";

    /// Close the offer after its last day.
    verb Lapse "lapse", "far decadere l'offerta", [System] =>
    /// The last day went by.
    Lapsed {
        /// When and by whom.
        act: Act,
    } = "ranking.offer.lapsed" as "lapsed", "offerta decaduta";

    /// Leave the ranking.
    verb Withdraw "withdraw", "rinunciare", [Citizen, Office] =>
    /// The applicant left the ranking.
    Withdrawn {
        /// When and by whom.
        act: Act,
    } = "ranking.offer.withdrawn" as "withdrawn", "rinuncia";

    /// Take the place back.
    verb Revoke "revoke", "revocare il posto", [Office] =>
    /// The office took the place back.
    Revoked {
        /// When and by whom.
        act: Act,
        /// Why.
        #[personal]
        reason: String,
    } = "ranking.offer.revoked" as "revoked", "posto revocato";
}

impl OfferEvent {
    /// When it happened, and who did it.
    #[must_use]
    pub fn act(&self) -> &Act {
        match self {
            Self::Offered { act, .. }
            | Self::Improved { act, .. }
            | Self::Reseated { act, .. }
            | Self::Accepted { act, .. }
            | Self::Refused { act, .. }
            | Self::Lapsed { act }
            | Self::Withdrawn { act }
            | Self::Revoked { act, .. } => act,
        }
    }

    /// The same event of an offer in the ranking of this service: what [`Offer::make`] made,
    /// complete. Officials see an offer by its service; other events stay as they are.
    #[must_use]
    pub fn in_service(mut self, service: &str) -> Self {
        if let Self::Offered { of, .. } = &mut self {
            *of = Some(service.to_owned());
        }
        self
    }
}

impl Aggregate for Offer {
    const KIND: &'static str = "offer";
    type Event = OfferEvent;

    fn open(event: &Self::Event) -> Option<Self> {
        match event {
            OfferEvent::Offered { run, code, place, answer_by, of, concerns, .. } => Some(Self {
                run: *run,
                code: code.clone(),
                place: place.clone(),
                answer_by: *answer_by,
                status: OfferStatus::Open,
                of: of.clone(),
                concerns: concerns.clone(),
                papers: BTreeSet::new(),
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
        self.papers.extend(event.act().paper());
    }
}

impl Offer {
    /// Offers `place` to the application `code`: the opening event. `concerns` is the practice
    /// behind the application, with its applicant; name the service with
    /// [`OfferEvent::in_service`].
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let last_day = day("2027-05-10");
    /// let offered = Offer::make(&office, &run, "2027-17", tulipano, last_day, None)?;
    /// let offer = Offer::open(&offered).unwrap();
    /// assert_eq!(offer.status(), OfferStatus::Open);
    /// // A place can only be offered to whoever named its facility.
    /// let other = Place { facility: "papavero".into(), pool: None, preference: 1 };
    /// assert_eq!(
    ///     Offer::make(&office, &run, "2027-17", other, last_day, None),
    ///     Err(MakeRefusal::NotChosen),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`MakeRefusal`]: not in the order, a place they did not name, a term that is past.
    pub fn make(
        act: &Act,
        run: &Run,
        code: &str,
        place: Place,
        answer_by: NaiveDate,
        concerns: Option<Concerns>,
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
            of: None,
            concerns,
        })
    }

    /// Offers a place the applicant likes better than the one they hold.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// // Who accepted the second preference and waits for better is offered the first.
    /// let mut offer = offer;
    /// offer.apply(&offer.accept(&citizen, Afterwards::WaitsForBetter)?);
    /// offer.apply(&offer.improve(&office, &run, girasole, day("2027-06-10"))?);
    /// assert_eq!((offer.place().preference, offer.status()), (1, OfferStatus::Open));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut offer = offer;
    /// offer.apply(&offer.reseat(&office, Some("legge-104".into()))?);
    /// assert_eq!(offer.place().pool.as_deref(), Some("legge-104"));
    /// assert_eq!(offer.status(), OfferStatus::Open);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ReseatRefusal::NotHeld`].
    pub fn reseat(&self, act: &Act, pool: Option<String>) -> Result<OfferEvent, ReseatRefusal> {
        if !self.holds() {
            return Err(ReseatRefusal::NotHeld);
        }
        Ok(OfferEvent::Reseated { act: act.clone(), pool })
    }

    /// Whether whoever acts answers for the applicant: themselves, or somebody with their signed
    /// request or mandate on file. Whether a mandate holds, the practice says.
    fn answers(&self, act: &Act) -> Result<(), NotTheFamilys> {
        let applicant = self.concerns.as_ref().map(|concerns| concerns.person);
        let for_them = act.on_behalf.filter(|it| applicant.is_none_or(|who| who == it.person));
        match (&act.by, for_them) {
            (Actor::System(_), _) => Ok(()),
            (Actor::Citizen(person), _) if applicant == Some(*person) => Ok(()),
            (Actor::Citizen(_), Some(_)) => Ok(()),
            (Actor::Citizen(_), None) => Err(NotTheFamilys::Stranger),
            (_, Some(for_them)) if for_them.paper.is_some() => Ok(()),
            _ => Err(NotTheFamilys::NoPaper),
        }
    }

    /// The applicant takes the place.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut offer = offer;
    /// offer.apply(&offer.accept(&citizen, Afterwards::StopsWaiting)?);
    /// assert!(offer.holds() && !offer.waits_for_better());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AcceptRefusal`]: not open, after the last day, or by somebody who does not answer for
    /// the applicant.
    pub fn accept(&self, act: &Act, then: Afterwards) -> Result<OfferEvent, AcceptRefusal> {
        self.answers(act)?;
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
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut offer = offer;
    /// offer.apply(&offer.refuse(&citizen, Afterwards::WaitsForBetter)?);
    /// assert!(!offer.holds() && offer.waits_for_better());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`DeclineRefusal`]: not open, after the last day, or by somebody who does not answer for
    /// the applicant.
    pub fn refuse(&self, act: &Act, then: Afterwards) -> Result<OfferEvent, DeclineRefusal> {
        self.answers(act)?;
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
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut offer = offer;
    /// let clock = |at: &str| Act::new(at.parse().unwrap(), Actor::System("clock".into()));
    /// // The last day, 10 May, counts to its end in Rome.
    /// let refusal = offer.lapse(&clock("2027-05-10T21:59:00Z")).unwrap_err();
    /// assert_eq!(refusal, LapseRefusal::NotDue { answer_by: day("2027-05-10") });
    /// offer.apply(&offer.lapse(&clock("2027-05-10T22:00:00Z"))?);
    /// assert_eq!(offer.status(), OfferStatus::Lapsed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut offer = offer;
    /// offer.apply(&offer.withdraw(&citizen)?);
    /// assert_eq!(offer.status(), OfferStatus::Withdrawn);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`WithdrawRefusal`]: there is nothing to leave, or it is not for whoever acts.
    pub fn withdraw(&self, act: &Act) -> Result<OfferEvent, WithdrawRefusal> {
        self.answers(act)?;
        if !self.holds() && !self.waits_for_better() {
            return Err(WithdrawRefusal::NotHeld);
        }
        Ok(OfferEvent::Withdrawn { act: act.clone() })
    }

    /// The office takes the place back, for instance because what was declared is not true.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut offer = offer;
    /// assert_eq!(offer.revoke(&office, " "), Err(RevokeRefusal::NoReason));
    /// offer.apply(&offer.revoke(&office, "residenza non confermata")?);
    /// assert_eq!(offer.status(), OfferStatus::Revoked);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
        if mattoni_core::text::is_blank(&reason) {
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

    /// What is ranked: the code of the service, where the offer names it.
    #[must_use]
    pub fn of(&self) -> Option<&str> {
        self.of.as_deref()
    }

    /// The practice behind the application and its applicant, where the offer names them.
    #[must_use]
    pub fn concerns(&self) -> Option<&Concerns> {
        self.concerns.as_ref()
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
