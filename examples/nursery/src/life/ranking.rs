//! May: scored by the rule plugin, looked into, drawn up as a draft, published as provisional.

use mattoni_core::{Act, Actor};
use mattoni_office::ranking::{Drawn, review_id, run_id};
use mattoni_ranking::{
    Correction, Explainer, MayPublish, OfficialList, Outcome, Points, PublicList, Review,
    ReviewEvent, ReviewRefusal, Standing, compare, italian,
};

use super::Equipped;
use super::Say;
use super::story::{HEAD, Story, head, official, quiet, refused};
use crate::Stopped;
use crate::town::cast::{self, Household};

/// The provisional ranking.
pub const PROVISIONAL: &str = "1";
/// The one that holds, after the appeals.
pub const FINAL: &str = "2";

impl Story {
    pub(super) async fn ranking(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let Equipped { service, ready, plugin } = &self.equipped;
        let act = official("2027-05-03T07:00:00Z");
        if self.desk.load(self.run(PROVISIONAL)).await?.is_none() {
            let report = self.calls.score(service, ready, plugin, &act, &quiet).await?;
            if let Some((id, problems)) = report.noted.refused.first() {
                return Err(Stopped(format!("practice {id}: {problems}")));
            }
            let evaluation = &report.evaluation;
            say(&format!(
                "3 May        {} applications scored by {} {} (WASM, fuel {})",
                evaluation.rows, evaluation.name, evaluation.version, evaluation.fuel,
            ));
        }
        self.looked_into(say).await?;
        let published = self.provisional(say).await?;
        self.views(&published, say).await
    }

    /// The office doubts, verifies, corrects: what was declared stays beside what was found.
    async fn looked_into(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let conte = cast::conte();
        self.looked(&conte, official("2027-05-03T08:00:00Z"), |review, act| {
            review.flag(act, "work", "il secondo datore di lavoro non conferma")
        })
        .await?;
        let code = self.code_of(&conte).await?;
        let id = review_id(self.ente(), self.equipped.service.code(), &code);
        let open = self.desk.load::<Review>(id).await?.is_some_and(|review| {
            review.state.flags().values().any(|flag| flag.resolved.is_none())
        });
        if open {
            let (service, act) = (&self.equipped.service, official("2027-05-03T08:30:00Z"));
            let tried = self.calls.draw_up(service, PROVISIONAL, &self.call, &act).await;
            say(&format!("             a doubt about Conte: {}", refused(tried)?));
        }
        let found = Correction {
            value: Points::whole(10),
            reason: "INPS: un solo rapporto di lavoro".into(),
        };
        self.looked(&conte, official("2027-05-03T09:00:00Z"), |review, act| {
            review.correct_points(act, "work", found.clone())
        })
        .await?;
        self.looked(&conte, official("2027-05-03T09:05:00Z"), |review, act| {
            review.resolve(act, "work", "punti corretti")
        })
        .await?;
        say("             INPS knows one of his two jobs: 20 points declared, 10 verified");
        Ok(())
    }

    /// A draft, a word of the office, the draft again; then published by who may.
    async fn provisional(&self, say: &mut Say<'_>) -> Result<Drawn, Stopped> {
        let (service, greco) = (&self.equipped.service, cast::greco());
        let id = review_id(self.ente(), service.code(), &self.code_of(&greco).await?);
        let mut first = None;
        if self.desk.load::<Review>(id).await?.is_none() {
            let act = official("2027-05-04T07:00:00Z");
            first = Some(self.calls.draw_up(service, PROVISIONAL, &self.call, &act).await?);
        }
        let reason = "residenza dichiarata e non vera: accertamento dell'anagrafe".to_owned();
        self.looked(&greco, official("2027-05-04T09:00:00Z"), |review, act| {
            review.decide_standing(act, Standing::Excluded { reason: reason.clone() })
        })
        .await?;
        let act = official("2027-05-04T12:00:00Z");
        if self
            .desk
            .load(self.run(PROVISIONAL))
            .await?
            .is_none_or(|r| r.state.published().is_none())
        {
            let again = self.calls.draw_up(service, PROVISIONAL, &self.call, &act).await?;
            if let Some(first) = first {
                let changes = compare(&first.run, &again.run);
                say(&format!(
                    "4 May        a draft; Greco is excluded by the office; the draft again: {} lines move, {} end otherwise",
                    changes.len(),
                    changes.iter().filter(|change| change.changes_the_outcome()).count()
                ));
            }
            let tried = MayPublish::granted_to(Actor::Operator(HEAD.into()));
            let by_office = self.calls.publish(self.run(PROVISIONAL), &act, &tried).await;
            say(&format!("             the office publishes: {}", refused(by_office)?));
            let act = head("2027-05-05T10:00:00Z");
            self.calls.publish(self.run(PROVISIONAL), &act, &tried).await?;
        }
        let drawn = self.drawn(PROVISIONAL).await?;
        say(&format!("5 May        published as provisional: {}", told(&drawn)));
        Ok(drawn)
    }

    /// Who may see what of it: everyone, the office, a family.
    async fn views(&self, drawn: &Drawn, say: &mut Say<'_>) -> Result<(), Stopped> {
        let bands: Vec<Points> = [0, 20, 40, 60].map(Points::whole).into();
        let list = PublicList::of(&drawn.run, Some(&bands))?;
        let text = italian::public_list(&list);
        let code = self.code_of(&cast::ferretti()).await?;
        say("             what everyone reads, what the office reads, what Ferretti reads:");
        if let Some(line) = text.iter().find(|line| line.contains(&code)) {
            say(&format!("               {}", line.trim()));
        }
        let explainer = Explainer::new(&drawn.run);
        let official = OfficialList::of(&explainer);
        let full = official.cutoffs.iter().filter(|cut| cut.filled == cut.places).count();
        if let Some(row) = official.rows.iter().find(|row| row.line.code() == code) {
            say(&format!(
                "               {} points, {} in the lists of what she chose; {full} of {} lists are full",
                row.line.total,
                row.places_in_lists.iter().map(u32::to_string).collect::<Vec<_>>().join(", "),
                official.cutoffs.len()
            ));
        }
        for household in [cast::ferretti(), cast::conte()] {
            let code = self.code_of(&household).await?;
            let Some(explained) = explainer.explain(&code) else { continue };
            let words = self.words()?;
            for sentence in italian::explanation(&explained, &words) {
                say(&format!("               {sentence}"));
            }
        }
        Ok(())
    }

    /// The sentences the rule has for its reasons.
    fn words(&self) -> Result<italian::Words, Stopped> {
        let mut words = italian::Words::default();
        for reason in &self.equipped.ready.description().reasons {
            words = words.with_reason(&reason.code, &reason.text);
        }
        if let Some(facilities) = self.facilities() {
            for pool in &facilities.source().pool {
                words = words.with_pool(&pool.code, &pool.label);
            }
        }
        Ok(words)
    }

    /// A word of the office on a household's application, once.
    pub(super) async fn looked(
        &self,
        household: &Household,
        act: Act,
        verb: impl Fn(&Review, &Act) -> Result<ReviewEvent, ReviewRefusal>,
    ) -> Result<(), Stopped> {
        let code = self.code_of(household).await?;
        let id = review_id(self.ente(), self.equipped.service.code(), &code);
        let past = self.desk.history::<Review>(id).await?;
        if past.iter().all(|past| past.act != act) {
            let service = &self.equipped.service;
            self.calls.review(service, &code, &act, |review| verb(review, &act)).await?;
        }
        Ok(())
    }

    /// The number a household's application is known by in public.
    pub(super) async fn code_of(&self, household: &Household) -> Result<String, Stopped> {
        let practice = self.practice_of(household).await?;
        let number = practice.protocol_number().map(str::to_owned);
        number.ok_or_else(|| Stopped("an application without its number".into()))
    }

    pub(super) fn run(&self, name: &str) -> mattoni_core::Id<mattoni_ranking::RankingRun> {
        run_id(self.ente(), self.equipped.service.code(), name)
    }

    /// Writes the public list to its file.
    pub(super) fn post(&self, drawn: &Drawn) -> Result<(), Stopped> {
        let list = PublicList::of(&drawn.run, None)?;
        let mut text = italian::public_list(&list).join("\n");
        text.push('\n');
        std::fs::write(self.folder.join("graduatoria.txt"), text)?;
        Ok(())
    }
}

/// How a run came out.
pub(super) fn told(drawn: &Drawn) -> String {
    let count = |wanted: fn(&Outcome) -> bool| {
        drawn.run.lines().iter().filter(|line| wanted(&line.outcome)).count()
    };
    format!(
        "{} placed ({} at their first choice), {} waiting, {} below the threshold, {} excluded; run {}",
        count(|o| matches!(o, Outcome::Placed { .. })),
        count(|o| matches!(o, Outcome::Placed { preference: 1, .. })),
        count(|o| matches!(o, Outcome::Waiting { .. })),
        count(|o| matches!(o, Outcome::BelowThreshold { .. })),
        count(|o| matches!(o, Outcome::Excluded { .. })),
        drawn.run.digest().short()
    )
}
