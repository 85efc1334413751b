//! June: every practice gets its answer, most of them in one order over thousands.

use mattoni_core::record::Span;
use mattoni_core::{Act, Problems, Refusal as _};
use mattoni_desk::Acted;
use mattoni_office::ranking::Drawn;
use mattoni_practice::bulk::Selection;
use mattoni_practice::lists::{STATE, in_state};
use mattoni_practice::{Decision, Event, Practice, State, Verb};
use mattoni_ranking::{Facilities, Outcome, Prize};

use super::Say;
use super::ranking::FINAL;
use super::story::{Story, official, quiet, why};
use crate::Stopped;
use crate::town::cast;

/// States in which a practice of the call awaits its answer.
const OPEN: [State; 2] = [State::TakenInCharge, State::IntegrationAnswered];

impl Story {
    pub(super) async fn deciding(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let drawn = self.drawn(FINAL).await?;
        self.no_notice(say).await?;
        self.accepted(&drawn, say).await?;

        // All others in one order: what it would do is seen first, and doing it twice is safe.
        let code = self.equipped.service.code();
        let selection = Selection::all().of_service(code).in_states(OPEN);
        let order = self.order("rejected", Verb::Reject, selection);
        let act = official("2027-06-09T10:00:00Z");
        let run = order.run;
        let (meant, report) = self
            .in_bulk(&order, &act, |practice, act| {
                let number = practice.protocol_number().unwrap_or_default();
                let decision = Decision::new(reason(&drawn, number)).in_run(run);
                practice.reject(act, decision)
            })
            .await?;
        if let Some((id, problems)) = report.refused.first() {
            return Err(Stopped(format!("practice {id}: {problems}")));
        }
        self.deliver(act.at).await?;
        say(&format!(
            "             {meant} selected and previewed, {} rejected with their motivation; the same order again: 0",
            report.done
        ));
        for household in [cast::menozzi(), cast::greco(), cast::rossi()] {
            let practice = self.practice_of(&household).await?;
            if let Some(outcome) = practice.outcomes().first() {
                let name = &household.parent.family_name;
                say(&format!("             {name}: {}", outcome.decision.motivation));
            }
        }
        Ok(())
    }

    /// Where families compete, art. 10-bis does not apply: no notice, and none is needed.
    async fn no_notice(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let practice = self.practice_of(&cast::menozzi()).await?;
        let act = official("2027-06-09T07:00:00Z");
        let noticed = practice.give_notice(&act, "nessun punto", &Self::calendar());
        if practice.state() == State::TakenInCharge
            && let Err(refusal) = noticed
        {
            say(&format!("9 June       a notice before Menozzi's rejection: {}", why(&refusal)));
        }
        Ok(())
    }

    /// Whoever took a place.
    async fn accepted(&self, drawn: &Drawn, say: &mut Say<'_>) -> Result<(), Stopped> {
        let act = official("2027-06-09T08:00:00Z");
        let places = self.places_taken(drawn).await?;
        let accept = |practice: &Practice| -> Result<Option<Acted<Event>>, Problems> {
            let number = practice.protocol_number().unwrap_or_default();
            let Some(facility) = places.get(number) else { return Ok(None) };
            accept(practice, &act, &self.label(facility)).map(Some)
        };
        for state in OPEN {
            let span = Span::new(STATE, in_state(self.equipped.service.code(), state));
            self.desk.sweep(&span, accept, &quiet).await?;
        }
        self.deliver(act.at).await?;
        say(&format!("9 June       {} children have a place", places.len()));
        Ok(())
    }

    /// What people call a nursery.
    pub(super) fn label(&self, code: &str) -> String {
        let known = self.facilities().and_then(|facilities| {
            facilities.source().facility.iter().find(|facility| facility.code == code)
        });
        known.map_or_else(|| code.to_owned(), |facility| facility.label.clone())
    }

    /// The nurseries, as the call has them.
    pub(super) fn facilities(&self) -> Option<&Facilities> {
        match &self.call.prize {
            Prize::Places(facilities) => Some(facilities),
            Prize::Fund(_) => None,
        }
    }
}

/// A practice whose family took a place.
pub(super) fn accept(
    practice: &Practice,
    act: &Act,
    nursery: &str,
) -> Result<Acted<Event>, Problems> {
    let decision = Decision::new(format!("posto assegnato e accettato: {nursery}"));
    let event = practice.accept(act, decision).map_err(|refusal| refusal.problems())?;
    Ok(Acted::one(act, event))
}

/// Why an application got no place.
fn reason(drawn: &Drawn, number: &str) -> String {
    let line = drawn.run.line(number);
    match line.map(|line| (&line.outcome, line.position)) {
        Some((Outcome::Excluded { reason }, _)) if reason == "outside-ages" => {
            "fuori dall'età prevista dal regolamento, art. 3".to_owned()
        }
        Some((Outcome::Excluded { reason }, _)) => reason.clone(),
        Some((Outcome::BelowThreshold { .. }, _)) => {
            "punteggio inferiore al minimo, regolamento, art. 4, c. 3".to_owned()
        }
        Some((_, Some(position))) => {
            format!("posti esauriti o non accettati; posizione {position} in lista di attesa")
        }
        _ => "non in graduatoria".to_owned(),
    }
}
