//! Answers to offered places: by the applicant, by who speaks for them, at the counter.

use mattoni_core::calendar::rome_date;
use mattoni_core::record::{AccessRefusal, Record as _, Subject};
use mattoni_core::{Act, Actor, Aggregate as _, Id, Problems, Refusal as _};
use mattoni_desk::DeskError;
use mattoni_practice::{Practice, Verb};
use mattoni_ranking::{Afterwards, Offer, OfferEvent, OfferVerb};

use crate::Office;

/// What is answered to an offered place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlaceAnswer {
    /// The place is taken.
    Accept(Afterwards),
    /// The place is not taken.
    Refuse(Afterwards),
    /// The applicant leaves the ranking.
    Withdraw,
}

impl PlaceAnswer {
    fn verb(self) -> OfferVerb {
        match self {
            Self::Accept(_) => OfferVerb::Accept,
            Self::Refuse(_) => OfferVerb::Refuse,
            Self::Withdraw => OfferVerb::Withdraw,
        }
    }

    fn of(self, offer: &Offer, act: &Act) -> Result<OfferEvent, Problems> {
        match self {
            Self::Accept(then) => offer.accept(act, then).map_err(|refusal| refusal.problems()),
            Self::Refuse(then) => offer.refuse(act, then).map_err(|refusal| refusal.problems()),
            Self::Withdraw => offer.withdraw(act).map_err(|refusal| refusal.problems()),
        }
    }
}

impl Office {
    /// Answers an offered place: as the applicant; as who speaks for them on their practice, with
    /// them or by a mandate that holds on the day of the act; as an official with the family's
    /// signed request on file ([`Act::on_behalf_of`]). Answers with the offer as it stands then.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with `desk.unknown` when for `who` there is no such offer,
    /// `offer.access.not-theirs` when they may not answer it, `ranking.offer.no-paper` without the
    /// signed request, `practice.access.conflict-of-interest` for an official with an interest of
    /// their own, or the refusal of the answer; [`DeskError::Contended`] and [`DeskError::Store`]
    /// as [`Desk::decide`](mattoni_desk::Desk::decide).
    pub async fn answer_offer(
        &self,
        who: &Subject,
        id: Id<Offer>,
        act: &Act,
        answer: PlaceAnswer,
    ) -> Result<Offer, DeskError> {
        let who = who.clone().on(rome_date(act.at));
        let acting = who.acting_as(&act.by);
        if let Some((offer, practice)) = self.offer_and_practice(id).await? {
            // An interest in the practice is one in its places.
            if matches!(act.by, Actor::Operator(_))
                && let Err(refused @ AccessRefusal::Conflict { .. }) =
                    practice.may(&acting, Verb::Write)
            {
                return Err(DeskError::refused(&refused));
            }
            let applicant = offer.concerns().map(|concerns| concerns.person);
            if let (Actor::Citizen(person), Some(applicant)) = (&act.by, applicant)
                && *person != applicant
                && acting.people().any(|who| who == *person)
                && practice.speaks_for_applicant(*person, rome_date(act.at))
            {
                if answer == PlaceAnswer::Withdraw
                    && !practice.withdraws_for_applicant(*person, rome_date(act.at))
                {
                    let verb = answer.verb().name();
                    let refused = AccessRefusal::NotTheirs { kind: Offer::KIND, verb };
                    return Err(DeskError::refused(&refused));
                }
                let act = act.clone().on_behalf_of(applicant, act.paper());
                let events = |offer: &Offer| answer.of(offer, &act).map(|event| vec![event]);
                return Ok(self.desk().decide(id, &act, events).await?.state);
            }
        }
        let offers = self.desk().at_counter(who).of::<Offer>();
        offers.decide(id, answer.verb(), act, |offer, act| answer.of(offer, act)).await
    }

    /// The offer with the practice it goes with, where it names one.
    async fn offer_and_practice(
        &self,
        id: Id<Offer>,
    ) -> Result<Option<(Offer, Practice)>, DeskError> {
        let Some(offer) = self.desk().load(id).await?.map(|loaded| loaded.state) else {
            return Ok(None);
        };
        let Some(of) = offer.concerns().and_then(|concerns| concerns.record.id::<Practice>())
        else {
            return Ok(None);
        };
        let practice = self.desk().load(of).await?;
        Ok(practice.map(|loaded| (offer, loaded.state)))
    }
}
