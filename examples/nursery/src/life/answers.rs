//! May and June: places are offered, taken, refused, left unanswered; the next in line follow.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use mattoni_core::record::Span;
use mattoni_core::{Act, Actor, Digest, Refusal as _};
use mattoni_desk::Acted;
use mattoni_office::ranking::Drawn;
use mattoni_ranking::{Afterwards, Method, Offer, OfferStatus, RUN, next_in_line};

use super::Say;
use super::ranking::FINAL;
use super::story::{Story, at, day, official, quiet, refused};
use crate::Stopped;
use crate::town::cast;

/// How a made-up family behaves: follows from its number in the register, so that it is the same
/// in every run. Its id is not: that is made with the ente's own key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Habit {
    Accepts,
    Refuses,
    NeverAnswers,
}

pub(super) fn habit(name: &str) -> Habit {
    match Digest::of(name.as_bytes()).as_bytes()[0] {
        0..=24 => Habit::Refuses,
        25..=44 => Habit::NeverAnswers,
        _ => Habit::Accepts,
    }
}

impl Story {
    pub(super) async fn places(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let drawn = self.drawn(FINAL).await?;
        let rounds = ["2027-05-24", "2027-05-31", "2027-06-07"].map(day);
        let [first, second, third] = rounds;

        let act = official("2027-05-15T08:00:00Z");
        self.calls.offer_places(&drawn, first, &act, &quiet).await?;
        self.deliver(act.at).await?;
        let offers = self.calls.offers(drawn.run.digest()).await?.len();
        say(&format!("15 May       {offers} places offered, to be answered by 24 May"));
        self.round(&drawn, first, "2027-05-20T19:00:00Z").await?;
        self.tick("2027-05-25T06:00:00Z").await?;
        say(&format!("25 May       {}", self.told_offers(&drawn, first).await?));

        // Two ways to go on. What each would do is seen before it is done.
        let act = official("2027-05-25T07:00:00Z");
        if !self.offered(&drawn, second).await? {
            let held = self.calls.offers(drawn.run.digest()).await?;
            let held: Vec<&Offer> = held.iter().map(|offer| &offer.state).collect();
            let mut moved = [0; 2];
            for (count, method) in moved.iter_mut().zip([Method::FillFreed, Method::Reassign]) {
                let moves = next_in_line(&drawn.run, held.iter().copied(), method)?;
                *count = moves.iter().filter(|next| !next.is_reseating()).count();
            }
            say(&format!(
                "             next in line: {} would move one freed place at a time, {} if all preferences ran again",
                moved[0], moved[1]
            ));
            let past = self.calls.move_up(&drawn, Method::FillFreed, first, &act).await;
            say(&format!("             to be answered by yesterday: {}", refused(past)?));
            self.calls.move_up(&drawn, Method::FillFreed, second, &act).await?;
        }
        self.deliver(act.at).await?;
        self.round(&drawn, second, "2027-05-28T19:00:00Z").await?;
        self.tick("2027-06-01T06:00:00Z").await?;
        say(&format!("1 June       first move: {}", self.told_offers(&drawn, second).await?));

        let act = official("2027-06-01T07:00:00Z");
        if !self.offered(&drawn, third).await? {
            self.calls.move_up(&drawn, Method::Reassign, third, &act).await?;
        }
        self.deliver(act.at).await?;
        self.round(&drawn, third, "2027-06-04T19:00:00Z").await?;
        let report = self.tick("2027-06-08T06:00:00Z").await?;
        say(&format!(
            "8 June       second move, all preferences again: {}",
            self.told_offers(&drawn, third).await?
        ));
        say(&format!(
            "             the clock reminds the office of {} practices whose last day is near",
            report.due.count("clock.reminded")
        ));
        Ok(())
    }

    /// Families answer the offers that are to be answered by `answer_by`.
    async fn round(&self, drawn: &Drawn, answer_by: NaiveDate, when: &str) -> Result<(), Stopped> {
        // The families of the story take what they get: that is how the story goes on.
        let mut named = BTreeSet::new();
        for household in cast::in_time() {
            named.insert(self.code_of(&household).await?);
        }
        let verb = |offer: &Offer| {
            if offer.status() != OfferStatus::Open || offer.answer_by() != answer_by {
                return Ok(None);
            }
            // Whoever is not at their first choice goes on waiting for a better place.
            let then = match offer.place().preference {
                1 => Afterwards::StopsWaiting,
                _ => Afterwards::WaitsForBetter,
            };
            let act = Act::new(at(when), Actor::System("portal".into()));
            let habit = match named.contains(offer.code()) {
                true => Habit::Accepts,
                false => habit(&format!("{} {answer_by}", offer.code())),
            };
            let answer = match habit {
                Habit::Accepts => offer.accept(&act, then).map_err(|refusal| refusal.problems()),
                Habit::Refuses => offer
                    .refuse(&act, Afterwards::StopsWaiting)
                    .map_err(|refusal| refusal.problems()),
                Habit::NeverAnswers => return Ok(None),
            };
            answer.map(|event| Some(Acted::one(&act, event)))
        };
        let span = Span::new(RUN, drawn.run.digest().to_string());
        let report = self.desk.sweep(&span, verb, &quiet).await?;
        match report.refused.first() {
            None => Ok(()),
            Some((id, problems)) => Err(Stopped(format!("offer {id}: {problems}"))),
        }
    }

    /// Whether the offers of this round were made.
    async fn offered(&self, drawn: &Drawn, answer_by: NaiveDate) -> Result<bool, Stopped> {
        let offers = self.calls.offers(drawn.run.digest()).await?;
        Ok(offers.iter().any(|offer| offer.state.answer_by() == answer_by))
    }

    async fn told_offers(&self, drawn: &Drawn, answer_by: NaiveDate) -> Result<String, Stopped> {
        let offers = self.calls.offers(drawn.run.digest()).await?;
        let count = |wanted: fn(OfferStatus) -> bool| {
            let of_round = offers.iter().filter(|offer| offer.state.answer_by() == answer_by);
            of_round.filter(|offer| wanted(offer.state.status())).count()
        };
        Ok(format!(
            "{} accepted, {} refused, {} lapsed unanswered",
            count(|status| matches!(status, OfferStatus::Accepted { .. })),
            count(|status| matches!(status, OfferStatus::Refused { .. })),
            count(|status| status == OfferStatus::Lapsed)
        ))
    }

    /// Who took a place, by number of the register.
    pub(super) async fn places_taken(
        &self,
        drawn: &Drawn,
    ) -> Result<BTreeMap<String, String>, Stopped> {
        let offers = self.calls.offers(drawn.run.digest()).await?;
        let taken = offers
            .into_iter()
            .filter(|offer| matches!(offer.state.status(), OfferStatus::Accepted { .. }))
            .map(|offer| (offer.state.code().to_owned(), offer.state.place().facility.clone()));
        Ok(taken.collect())
    }
}
