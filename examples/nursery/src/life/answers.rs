//! What the families do with the places they are offered.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mattoni_core::{Act, Actor, Digest, Refusal};
use mattoni_desk::Acted;
use mattoni_desk::ranking::{Drawn, RUN};
use mattoni_ranking::{Afterwards, Method, Offer, OfferStatus, Outcome};

use super::Say;
use super::stages::{Stages, date, instant};
use crate::Stopped;

/// How a made-up family behaves: follows from a name, so that it is the same in every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Habit {
    Accepts,
    Refuses,
    NeverAnswers,
}

pub(super) fn habit(name: &str) -> Habit {
    match Digest::of(name.as_bytes()).as_bytes()[0] {
        0..=14 => Habit::Refuses,
        15..=29 => Habit::NeverAnswers,
        _ => Habit::Accepts,
    }
}

impl Stages {
    /// Offers, answers, lapses, next in line, answers again.
    pub(super) async fn answers(&self, drawn: &Drawn, say: &mut Say<'_>) -> Result<(), Stopped> {
        let count = |wanted: fn(&Outcome) -> bool| {
            drawn.run.lines().iter().filter(|line| wanted(&line.outcome)).count()
        };
        say(&format!(
            "5 May      published: {} placed ({} at their first choice), {} waiting, {} excluded; run {}",
            count(|o| matches!(o, Outcome::Placed { .. })),
            count(|o| matches!(o, Outcome::Placed { preference: 1, .. })),
            count(|o| matches!(o, Outcome::Waiting { .. })),
            count(|o| matches!(o, Outcome::Excluded { .. })),
            drawn.run.digest().short()
        ));
        let (first, second) = (date(5, 17), date(5, 28));
        let act = Act::new(instant(5, 6, 8), Actor::Operator("ufficio.nidi".into()));
        let made = self.desk.offer_places(drawn, first, &act, &|_| ()).await?;
        self.deliver(act.at).await?;
        say(&format!("6 May      {made} places offered, to be answered by 17 May"));

        let answered = self.answer(drawn, first, instant(5, 12, 19)).await?;
        let act = Act::new(instant(5, 18, 6), Actor::System("offers".into()));
        let lapsed = self.lapse(drawn, &act).await?;
        say(&format!("18 May     {answered} families answered, {lapsed} offers lapsed unanswered"));

        let offers = self.desk.offers(drawn.run.digest()).await?;
        if !offers.iter().any(|offer| offer.state.answer_by() == second) {
            let moved = self.desk.move_up(drawn, Method::FillFreed, second, &act).await?;
            say(&format!("18 May     {moved} families moved up to the places that fell free"));
        }
        self.deliver(act.at).await?;

        let answered = self.answer(drawn, second, instant(5, 24, 19)).await?;
        let act = Act::new(instant(5, 29, 6), Actor::System("offers".into()));
        let lapsed = self.lapse(drawn, &act).await?;
        self.deliver(act.at).await?;
        say(&format!("29 May     {answered} of them answered, {lapsed} offers lapsed unanswered"));
        Ok(())
    }

    /// Families answer the offers that are to be answered by `answer_by`.
    async fn answer(
        &self,
        drawn: &Drawn,
        answer_by: NaiveDate,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Result<u64, Stopped> {
        let verb = |offer: &Offer| {
            if offer.status() != OfferStatus::Open || offer.answer_by() != answer_by {
                return Ok(None);
            }
            // Whoever is not at their first choice goes on waiting for a better place.
            let then = match offer.place().preference {
                1 => Afterwards::StopsWaiting,
                _ => Afterwards::WaitsForBetter,
            };
            let act = Act::new(at, Actor::System("portal".into()));
            let answer = match habit(&format!("{} {answer_by}", offer.code())) {
                Habit::Accepts => offer.accept(&act, then).map_err(|refusal| refusal.problems()),
                Habit::Refuses => offer
                    .refuse(&act, Afterwards::StopsWaiting)
                    .map_err(|refusal| refusal.problems()),
                Habit::NeverAnswers => return Ok(None),
            };
            answer.map(|event| Some(Acted::one(&act, event)))
        };
        let run = drawn.run.digest().to_string();
        let report = self.desk.sweep((RUN, &run), verb, &|_| ()).await?;
        Ok(report.done)
    }

    async fn lapse(&self, drawn: &Drawn, act: &Act) -> Result<u64, Stopped> {
        Ok(self.desk.lapse_offers(drawn.run.digest(), act, &|_| ()).await?.done)
    }

    /// Who took a place, by number of the register.
    pub(super) async fn places_taken(
        &self,
        drawn: &Drawn,
    ) -> Result<BTreeMap<String, String>, Stopped> {
        let offers = self.desk.offers(drawn.run.digest()).await?;
        let taken = offers
            .into_iter()
            .filter(|offer| matches!(offer.state.status(), OfferStatus::Accepted { .. }))
            .map(|offer| (offer.state.code().to_owned(), offer.state.place().facility.clone()));
        Ok(taken.collect())
    }
}
