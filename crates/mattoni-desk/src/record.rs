//! What the desk does with records whatever their kind.

use mattoni_core::record::{AnyState, Brick, RecordKind, Role, Sight, Subject};
use mattoni_store::StoredState;

use crate::bulk_run::BulkRecord;
use crate::intake::Inspection;
use crate::privacy::Erasure;

/// The desk's own kinds of record: bulk runs, inspections of files, erasures. Every desk has them.
#[must_use]
pub fn brick() -> Brick {
    Brick::new("desk").with::<BulkRecord>().with::<Inspection>().with::<Erasure>()
}

/// Reads a stored state, whatever its kind.
///
/// # Errors
/// The state's [fault](StoredState::fault);
/// [`ErrorKind::Unreadable`](mattoni_store::ErrorKind::Unreadable) when it does not read as the
/// kind.
pub fn read_any(
    kind: &dyn RecordKind,
    stored: &StoredState,
) -> Result<Box<dyn AnyState>, mattoni_store::Error> {
    kind.read(stored.json()?).map_err(|e| {
        let unreadable = mattoni_store::ErrorKind::Unreadable;
        let error = mattoni_store::Error::new(unreadable, "failed to read a state");
        error.with("stream", &stored.stream).caused_by(e)
    })
}

/// What whoever runs the service sees of a record that is about its work and about nobody: the
/// head of an office, the auditor, technical staff and the software see it whole, others nothing.
pub(crate) fn sight_of_staff(who: &Subject) -> Sight {
    let staff = who.roles.iter().any(|role| {
        matches!(
            role,
            Role::OfficeHead { .. } | Role::Auditor | Role::TechnicalAdmin { .. } | Role::System
        )
    });
    if staff { Sight::Everything } else { Sight::Nothing }
}
