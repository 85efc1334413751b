//! Autumn and the year after: a place is lost and finds the next in line, a practice is examined
//! again, a draft nobody came back to expires.

use mattoni_core::{Act, Actor};
use mattoni_office::ranking::offer_id;
use mattoni_practice::{Answer, Assignee, Decision, RevocationGround, Verb};
use mattoni_ranking::{Afterwards, Method, Offer, OfferStatus};

use super::Say;
use super::ranking::FINAL;
use super::story::{OFFICE, Story, at, day, head, official, refused};
use crate::Stopped;
use crate::town::cast;

impl Story {
    pub(super) async fn autumn(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        self.taken_back(say).await?;
        self.next_in_line(say).await
    }

    /// What was declared was not true: the acceptance is taken back, and with it the place.
    async fn taken_back(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let practice = self.practice_of(&cast::fornaciari()).await?;
        let id = practice.id();
        let why = "accertata la convivenza con l'altro genitore: dichiarazione non vera (DPR 445/2000, art. 75)";
        let act = head("2027-09-20T08:00:00Z");
        let revoke = |practice: &mattoni_practice::Practice, act: &Act| {
            practice.revoke(
                act,
                RevocationGround::Forfeiture,
                Decision::new(why),
                &Self::calendar(),
            )
        };
        let by_office =
            self.office().decide(id, Verb::Revoke, &official("2027-09-20T07:00:00Z"), revoke).await;
        say(&format!("20 September the office revokes Fornaciari's: {}", refused(by_office)?));
        self.once(&self.head(), id, Verb::Revoke, &act, revoke).await?;
        let run = self.drawn(FINAL).await?.run.digest();
        let code = self.code_of(&cast::fornaciari()).await?;
        let offer = offer_id(self.ente(), run, &code);
        let held = self.desk.load::<Offer>(offer).await?;
        if held.is_some_and(|offer| offer.state.holds()) {
            let take = |offer: &Offer| offer.revoke(&act, why).map(|event| vec![event]);
            self.desk.decide(offer, &act, take).await?;
        }
        say("             the head of the department does (decadenza): the place falls free");
        Ok(())
    }

    /// The place goes to the next in line, whose practice was closed and is opened again.
    async fn next_in_line(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let drawn = self.drawn(FINAL).await?;
        let (by, act) = (day("2027-10-01"), official("2027-09-21T08:00:00Z"));
        let offers = self.calls.offers(drawn.run.digest()).await?;
        if !offers.iter().any(|offer| offer.state.answer_by() == by) {
            self.calls.move_up(&drawn, Method::FillFreed, by, &act).await?;
        }
        self.deliver(act.at).await?;
        let (mut new, mut better) = (Vec::new(), 0_u32);
        for offer in self.calls.offers(drawn.run.digest()).await? {
            if offer.state.answer_by() != by {
                continue;
            }
            if offer.state.status() == OfferStatus::Open {
                let act = Act::new(at("2027-09-24T19:00:00Z"), Actor::System("portal".into()));
                let take = |offer: &Offer| {
                    offer.accept(&act, Afterwards::StopsWaiting).map(|event| vec![event])
                };
                self.desk.decide(offer.id, &act, take).await?;
            }
            let number = offer.state.code();
            let practice = self.calls.practice(number).await?;
            let nursery = self.label(&offer.state.place().facility);
            let first = practice.state.outcomes().first().map(|outcome| &outcome.answer);
            if first == Some(&Answer::Accepted) {
                better += 1;
                continue;
            }
            let calendar = Self::calendar();
            self.once(
                &self.head(),
                practice.id,
                Verb::Reopen,
                &head("2027-09-27T08:00:00Z"),
                |p, act| {
                    p.reopen(act, "si è liberato un posto", Assignee::office(OFFICE), &calendar)
                },
            )
            .await?;
            let act = official("2027-09-27T09:00:00Z");
            self.once(&self.office(), practice.id, Verb::Accept, &act, |practice, act| {
                practice.accept(act, Decision::new(format!("scorrimento: {nursery}")))
            })
            .await?;
            new.push(format!("{number}, {nursery}"));
        }
        say(&format!(
            "24 September the next in line: {} get a place, {better} a better one",
            new.len()
        ));
        if let Some(first) = new.first() {
            say(&format!("27 September rejected in June, re-opened, accepted: {first}"));
        }
        self.deliver(at("2027-09-27T09:00:00Z")).await
    }

    /// A year later nobody has come back to Campani's draft.
    pub(super) async fn a_year_later(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let warned = self.tick("2028-02-20T06:00:00Z").await?;
        let id = self.id_of(&self.equipped.service, &cast::campani())?;
        let practice = self.practice(id).await?;
        if let Some(on) = practice.expires_on() {
            say(&format!(
                "20 February  the clock warns {} owner of a draft: kept until {on}",
                warned.due.count("practice.expiry-warned")
            ));
        }
        self.tick("2028-03-22T06:00:00Z").await?;
        let practice = self.practice(id).await?;
        say(&format!("22 March     Campani's draft: {}", practice.state()));
        Ok(())
    }
}
