//! Proving that nothing was changed: chain, states, runs.

use mattoni_core::{Aggregate, Id, Problem, Problems};
use mattoni_practice::Practice;
use mattoni_ranking::{Offer, RankingRun, Review};
use mattoni_store::{Folders, Loaded, Report, StatesReport, Store, verify, verify_states};

use crate::evaluation::EvaluationRecord;
use crate::intake::Inspection;
use crate::privacy::Erasure;
use crate::tick::{Reminder, ServiceWatch};
use crate::{BulkRecord, Desk, DeskError, Progress};

/// What a proof found.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The journal's chain.
    pub chain: Report,
    /// Every state against its history.
    pub states: StatesReport,
    /// Ranking runs whose document was read and drawn up again with the same result.
    pub runs: u64,
    /// Ranking runs that came out otherwise, each with what differs.
    pub altered_runs: Vec<(Id<RankingRun>, Problems)>,
}

impl Proof {
    /// Whether nothing at all was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.chain.is_clean() && self.states.is_clean() && self.altered_runs.is_empty()
    }
}

/// How everything the desk keeps is folded. Whoever keeps aggregates of their own in the same
/// journal adds them, and proves the whole with [`Desk::verify_with`].
#[must_use]
pub fn folders() -> Folders {
    Folders::new()
        .with::<Practice>()
        .with::<EvaluationRecord>()
        .with::<RankingRun>()
        .with::<Offer>()
        .with::<Review>()
        .with::<BulkRecord>()
        .with::<ServiceWatch>()
        .with::<Reminder>()
        .with::<Inspection>()
        .with::<Erasure>()
}

impl<S: Store> Desk<S> {
    /// Walks the whole journal of the ente, folds every history, and draws every ranking run up
    /// again from its own document.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails. What is found is no error: it is in the
    /// [`Proof`].
    pub async fn verify(&self, progress: &dyn Progress) -> Result<Proof, DeskError> {
        self.verify_with(&folders(), progress).await
    }

    /// As [`verify`](Self::verify), in a journal with more than the desk's own aggregates.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub async fn verify_with(
        &self,
        folders: &Folders,
        progress: &dyn Progress,
    ) -> Result<Proof, DeskError> {
        let chain = verify(self.store(), self.ente(), |p| progress.reached(p.done)).await?;
        let states =
            verify_states(self.store(), self.ente(), folders, |p| progress.reached(p.done)).await?;
        let (mut runs, mut altered_runs) = (0, Vec::new());
        let mut after = None;
        loop {
            let page = self.store().streams(self.ente(), RankingRun::KIND, after, 100).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.stream.id);
            for stored in &page {
                let standing: Loaded<RankingRun> = Loaded::read(stored)?;
                match self.run_of(&standing.state).await {
                    Ok(run) => match run.verify() {
                        Ok(()) => runs += 1,
                        Err(problems) => altered_runs.push((standing.id, problems)),
                    },
                    Err(DeskError::Store(error)) => {
                        altered_runs.push((standing.id, document_wrong(&error)));
                    }
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(Proof { chain, states, runs, altered_runs })
    }
}

fn document_wrong(error: &mattoni_store::Error) -> Problems {
    Problem::new(
        "desk.verify.run-document",
        "run",
        error.to_string(),
        "restore the document from a backup",
    )
    .into()
}
