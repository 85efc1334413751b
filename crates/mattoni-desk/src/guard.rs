//! Guards: what a record may hold, by something outside its brick.

use std::collections::BTreeSet;

use async_trait::async_trait;
use mattoni_core::record::Record;
use mattoni_core::{Problem, Problems};
use mattoni_store::{Change, NewEvent};

use crate::Desk;

/// Checks what is about to be recorded of a kind, on every way in: at the counter, in bulk, from a
/// file, by the clock.
///
/// A verb of a record decides on the record alone. What depends on another record stands in a
/// guard: that a practice is of a service which exists and is open, that its answers fit the form.
/// A kind that must have a guard says so
/// ([`Brick::with_guarded`](mattoni_core::record::Brick::with_guarded)).
#[async_trait]
pub trait Guard: Send + Sync {
    /// Its name, by which a brick asks for it.
    fn name(&self) -> &'static str;

    /// The kind of record it guards.
    fn kind(&self) -> &'static str;

    /// The stable names of the events that it looks at. Changes without one of them pass unread.
    fn events(&self) -> &[&'static str];

    /// What is wrong with each of these changes, which all have such events and are to be
    /// committed together. The answers are in the order of the changes.
    ///
    /// # Errors
    /// When the machine fails.
    async fn check(
        &self,
        desk: &Desk,
        changes: &[&Change],
    ) -> Result<Vec<Result<(), Problems>>, mattoni_store::Error>;
}

/// The events of a change and the record after them.
///
/// # Errors
/// `store.json` when the change is not one of an `A`.
pub fn read_change<A: Record>(change: &Change) -> Result<(Vec<A::Event>, A), Problems> {
    let wrong = |error: serde_json::Error| {
        let remedy = format!("correct it: {error}");
        Problems::from(Problem::new("store.json", A::KIND, "must be readable", remedy))
    };
    let read = |event: &NewEvent| serde_json::from_slice(&event.body);
    let events = change.events.iter().map(read).collect::<Result<_, _>>().map_err(wrong)?;
    Ok((events, serde_json::from_slice(&change.state).map_err(wrong)?))
}

/// What keeps a desk from starting: guards that a brick asks for, by kind and name, and that are
/// not there.
pub(crate) fn missing<'a>(
    wanted: &'a BTreeSet<(&'static str, &'static str)>,
    there: &'a BTreeSet<(&'static str, &'static str)>,
) -> impl Iterator<Item = Problem> + 'a {
    wanted.difference(there).map(|(kind, name)| {
        Problem::new(
            "desk.guard.none",
            *kind,
            format!("must have the guard {name:?}, which says what such records may hold"),
            "add the guard with DeskParts::guard, or say that there is none with \
             DeskParts::unguarded",
        )
    })
}

/// The refusal of a change that its guard has said nothing about.
fn silent(guard: &str) -> Problems {
    let rule = format!("must be looked at by the guard {guard:?}, which answered too little");
    Problem::new("desk.guard.silent", guard, rule, "mend the guard: one answer a change").into()
}

impl Desk {
    /// Takes out of `changes` those that a guard refuses, and answers with them and why.
    ///
    /// # Errors
    /// When the machine fails.
    pub(crate) async fn take_refused(
        &self,
        changes: &mut Vec<Change>,
    ) -> Result<Vec<(Change, Problems)>, mattoni_store::Error> {
        let mut refused = Vec::new();
        for guard in self.guards() {
            let concerns = |change: &Change| {
                change.stream.kind == guard.kind()
                    && change.events.iter().any(|event| guard.events().contains(&&*event.name))
            };
            let looked_at: Vec<&Change> = changes.iter().filter(|one| concerns(one)).collect();
            if looked_at.is_empty() {
                continue;
            }
            let mut answers = guard.check(self, &looked_at).await?.into_iter();
            let mut kept = Vec::with_capacity(changes.len());
            for change in changes.drain(..) {
                match concerns(&change).then(|| answers.next()) {
                    None | Some(Some(Ok(()))) => kept.push(change),
                    Some(Some(Err(problems))) => refused.push((change, problems)),
                    Some(None) => refused.push((change, silent(guard.name()))),
                }
            }
            *changes = kept;
        }
        Ok(refused)
    }
}
