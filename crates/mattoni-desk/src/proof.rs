//! Proving that nothing was changed: the chain, every state against its history, and what was
//! erased against the erasures on record.

use mattoni_store::{Report, StatesReport, verify, verify_states};

use crate::{AheadReport, Desk, DeskError, KeysReport, Progress};

/// What a proof found.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The journal's chain.
    pub chain: Report,
    /// Every state against its history.
    pub states: StatesReport,
    /// Every erased key against the erasures on record.
    pub keys: KeysReport,
    /// Rows that are dated ahead of the desk's clock. They are no finding; whoever reads the journal
    /// has to know.
    pub ahead: AheadReport,
}

impl Proof {
    /// Whether nothing at all was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.chain.is_clean() && self.states.is_clean() && self.keys.is_clean()
    }
}

impl Desk {
    /// Walks the whole journal of the ente, folds every history of the kinds that its bricks bring,
    /// and looks for every erased key whether an erasure on record says so.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails. What is found is no error: it is in the
    /// [`Proof`].
    pub async fn verify(&self, progress: &dyn Progress) -> Result<Proof, DeskError> {
        let chain = verify(self.store(), self.ente(), |p| progress.reached(p.done)).await?;
        let states = verify_states(self.store(), self.ente(), self.bricks(), |p| {
            progress.reached(p.done);
        })
        .await?;
        let keys = self.verify_keys().await?;
        let ahead = self.rows_ahead().await?;
        Ok(Proof { chain, states, keys, ahead })
    }
}
