//! Opening a practice at the counter.

use mattoni_core::{Act, Problem, Refusal as _};
use mattoni_desk::DeskError;
use mattoni_desk::counter::Records;
use mattoni_practice::{Opening, Practice, Verb};

/// Opens a draft at the counter, for whoever stands there or as their typist or delegate. Safe to
/// run twice.
///
/// # Errors
/// [`DeskError::Refused`] with the refusal of [`Practice::open_draft`], `desk.counter.ente` for
/// another ente, and those of [`Records::open`].
pub async fn open_draft(
    counter: &Records<'_, Practice>,
    act: &Act,
    opening: Opening,
) -> Result<Practice, DeskError> {
    if opening.ente != *counter.desk().ente() {
        return Err(DeskError::Refused(
            Problem::new(
                "desk.counter.ente",
                "ente",
                "must be the ente of the counter",
                "go to the desk of that ente",
            )
            .into(),
        ));
    }
    let id = opening.id;
    let opened =
        Practice::open_draft(act, opening).map_err(|r| DeskError::Refused(r.problems()))?;
    counter.open(id, Verb::Save, act, &[opened]).await
}
