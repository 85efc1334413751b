//! Opening a practice at the counter, anew or from an expired draft.

use mattoni_core::value::Value;
use mattoni_core::{Act, Id, Problem, Refusal as _};
use mattoni_desk::DeskError;
use mattoni_desk::counter::Records;
use mattoni_practice::{Event, Opening, Practice, ServiceRef, Verb};
use mattoni_service::Service;

use crate::procedure::procedure_of;

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

/// Takes an expired draft up at the counter, under a new id and the service as it is now: see
/// [`Practice::take_up`]. Answers that the form of today no longer takes are left behind. Safe to run
/// twice.
///
/// # Errors
/// [`DeskError::Refused`] with the refusal of [`Practice::take_up`], and those of [`Records::read`]
/// and [`Records::open`].
pub async fn take_up(
    counter: &Records<'_, Practice>,
    act: &Act,
    expired: Id<Practice>,
    id: Id<Practice>,
    service: &Service,
) -> Result<Practice, DeskError> {
    let old = counter.read(expired).await?;
    let reference = ServiceRef::new(service.code(), service.version());
    let taken = old.take_up(act, id, reference, procedure_of(service));
    let mut events = taken.map_err(|r| DeskError::Refused(r.problems()))?;
    let fits = |key: &String, answer: &mut Value| {
        service.form().field(key).is_some_and(|field| field.kind.check(answer).is_ok())
    };
    for event in &mut events {
        if let Event::Saved(saved) = event {
            saved.set.retain(fits);
        }
    }
    events.retain(|event| !matches!(event, Event::Saved(saved) if saved.set.is_empty()));
    counter.open(id, Verb::Save, act, &events).await
}
