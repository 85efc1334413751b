//! May: what people ask about the provisional ranking, an appeal, and the ranking that holds.

use mattoni_ranking::{MayPublish, Outcome, RankingRun, Standing, compare};

use super::Say;
use super::questions;
use super::ranking::{FINAL, PROVISIONAL, told};
use super::story::{Story, head, official, refused};
use crate::Stopped;
use crate::town::cast;

impl Story {
    pub(super) async fn appeals(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let provisional = self.drawn(PROVISIONAL).await?;
        say("6 May        what people ask");
        questions::answer(&provisional, say)?;

        // An appeal shows that Tirelli's family does not live in town. It stays on the list of
        // entrants, so that everybody else's ticket in the draw stays what it was.
        let (service, tirelli) = (&self.equipped.service, cast::tirelli());
        let reason = "accolto il ricorso: residenza non accertata".to_owned();
        self.looked(&tirelli, official("2027-05-13T08:00:00Z"), |review, act| {
            review.decide_standing(act, Standing::Excluded { reason: reason.clone() })
        })
        .await?;
        let act = official("2027-05-13T09:00:00Z");
        if self.desk.load::<RankingRun>(self.run(FINAL)).await?.is_none() {
            let other = self.call.criteria.with_seed("un altro sorteggio")?;
            let call = mattoni_ranking::Call { criteria: other, prize: self.call.prize.clone() };
            let tried = self.calls.draw_up(service, PROVISIONAL, &call, &act).await;
            say(&format!("13 May       what is published stays: {}", refused(tried)?));
        }
        let holds = self.calls.draw_up(service, FINAL, &self.call, &act).await?;
        let changes = compare(&provisional.run, &holds.run);
        let touched: Vec<_> = changes.iter().filter(|c| c.changes_the_outcome()).collect();
        say(&format!(
            "             an appeal takes Tirelli out: {} lines move, {} end otherwise",
            changes.len(),
            touched.len()
        ));
        for change in touched.iter().take(4) {
            let side = |outcome: &Option<Outcome>| match outcome {
                Some(Outcome::Placed { facility, pool: None, .. }) => self.label(facility),
                Some(Outcome::Placed { facility, .. }) => {
                    format!("{}, a reserved place", self.label(facility))
                }
                Some(Outcome::Waiting { .. }) => "waiting".to_owned(),
                Some(Outcome::Excluded { .. }) => "excluded".to_owned(),
                _ => "-".to_owned(),
            };
            say(&format!(
                "               {}  {} -> {}",
                change.code,
                side(&change.before),
                side(&change.after)
            ));
        }
        let old = self.desk.load::<RankingRun>(self.run(PROVISIONAL)).await?;
        if old.is_some_and(|run| run.state.superseded().is_none()) {
            let act = head("2027-05-14T08:00:00Z");
            let may = MayPublish::granted_to(act.by.clone());
            let (from, to) = (self.run(PROVISIONAL), self.run(FINAL));
            self.calls.supersede(from, to, &act, &may, "accolto un ricorso").await?;
        }
        let holds = self.drawn(FINAL).await?;
        self.post(&holds)?;
        say(&format!("14 May       published in its place: {}", told(&holds)));
        let provisional = self.drawn(PROVISIONAL).await?;
        let act = official("2027-05-14T09:00:00Z");
        let by = super::story::day("2027-05-24");
        let tried = self.calls.offer_places(&provisional, by, &act, &super::story::quiet).await;
        say(&format!(
            "             places of the old one are offered no more: {}",
            refused(tried)?
        ));
        Ok(())
    }
}
