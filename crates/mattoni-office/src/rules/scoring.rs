//! Asking the rules about all practices of a service at once, and keeping the answers as facts.

use std::collections::BTreeMap;

use mattoni_core::record::Span;
use mattoni_core::{Act, Digest, Problem, Problems};
use mattoni_desk::{BulkReport, DeskError, Progress, Unreadable};
use mattoni_practice::lists::{STATE, in_state};
use mattoni_practice::{Practice, State};
use mattoni_ranking::RankingRun;
use mattoni_rules::{Evaluation, Loaded as LoadedPlugin, Ready, Signature};
use mattoni_service::{RuleSource, Service};

pub use super::grant::parameters;

use super::ask::Ask;
use super::grant::grant_rule;
use super::note::{Noting, Rows, declared};
use crate::Office;

/// States in which an application is complete enough to be scored. One that waits for a missing
/// paper is not: its answers may still change.
pub const SCOREABLE: [State; 4] =
    [State::Submitted, State::Registered, State::TakenInCharge, State::IntegrationAnswered];

/// What came of scoring.
#[derive(Debug, Clone)]
pub struct ScoringReport {
    /// The record of the evaluation.
    pub evaluation: Evaluation,
    /// The digest it is known by.
    pub digest: Digest,
    /// What came of noting the answers on the practices.
    pub noted: BulkReport<Practice>,
}

impl Office {
    /// Scores all complete practices of the service in one batch, records the evaluation and
    /// notes each practice's answer on it. `plugin` is the plugin's bytes, kept in the store so
    /// that the evaluation can be computed again. Can be killed and run again: the same question
    /// is the same evaluation, and a practice on which it is the latest does not note it again.
    /// Going back to rules or parameters used before is scoring with them once more.
    ///
    /// # Errors
    /// Each practice whose answers changed meanwhile (`desk.score.changed`) is in the report.
    /// [`DeskError::Refused`] when an answer the rules need is missing or of another kind, named
    /// with its practice, or `desk.score.published` when a published ranking stands on the points
    /// there are; [`DeskError::Part`] when the plugin fails; [`DeskError::Store`] when the
    /// machine does.
    pub async fn score(
        &self,
        service: &Service,
        ready: &Ready,
        plugin: &[u8],
        act: &Act,
        progress: &dyn Progress,
    ) -> Result<ScoringReport, DeskError> {
        if Digest::of(plugin) != ready.digest() {
            return Err(other_plugin().into());
        }
        self.not_published(service).await?;
        let mut practices = BTreeMap::new();
        let unreadable = self.each_in_states(service, &SCOREABLE, |practice| {
            practices.insert(practice.id(), declared(ready.description(), practice.answers()));
        });
        // Whoever has no points has no place: nobody is left out of a call in silence.
        Unreadable::none_of(&unreadable.await?)?;
        let rows = Rows::of(ready.description(), &practices)?;
        let asked = ready.ask(&rows.batch).map_err(DeskError::part)?;
        let evaluation = asked.evaluation.clone();
        let digest = self.keep_evaluation(service, &evaluation, ready, plugin, act).await?;
        let noting = Noting { rule: ready, rows: &rows, asked: &asked, evaluation: digest, act };
        let noted = self.note(&noting, |_, _, _| Ok(None), progress).await?;
        Ok(ScoringReport { evaluation, digest, noted })
    }

    /// Looks at every practice of the service in these states that can be read, and answers with
    /// those that cannot.
    pub(crate) async fn each_in_states(
        &self,
        service: &Service,
        states: &[State],
        mut each: impl FnMut(&Practice),
    ) -> Result<Vec<Unreadable>, DeskError> {
        let mut unreadable = Vec::new();
        for state in states {
            let span = Span::new(STATE, in_state(service.code(), *state));
            let mut after = None;
            let desk = self.desk();
            while let Some(page) =
                desk.readable_page_of::<Practice>(&span, &mut after, &mut unreadable).await?
            {
                page.iter().for_each(|loaded| each(&loaded.state));
            }
        }
        Ok(unreadable)
    }

    /// Points that a published ranking stands on stay as they are.
    async fn not_published(&self, service: &Service) -> Result<(), DeskError> {
        let span = Span::new(mattoni_ranking::SERVICE, service.code());
        for run in self.desk().all_of::<RankingRun>(&span).await? {
            if run.state.published().is_some() && run.state.superseded().is_none() {
                return Err(published(service).into());
            }
        }
        Ok(())
    }
}

/// Lets a plugin score for a service as its configuration says: [`grant_rule`] for scoring.
///
/// # Errors
/// As [`grant_rule`].
pub fn grant(
    rule: &RuleSource,
    plugin: LoadedPlugin,
    signature: Option<Signature>,
) -> Result<Ready, Problems> {
    grant_rule(rule, plugin, signature)
}

fn other_plugin() -> Problems {
    Problem::new(
        "desk.score.plugin",
        "plugin",
        "must be the bytes of the plugin that scores",
        "hand over the bytes it was loaded from",
    )
    .into()
}

fn published(service: &Service) -> Problems {
    Problem::new(
        "desk.score.published",
        "service",
        format!("a ranking of {} is published and stands on the points there are", service.code()),
        "correct single applications by a new run that supersedes it",
    )
    .into()
}
