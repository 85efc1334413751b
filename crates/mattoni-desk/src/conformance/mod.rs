//! A suite that tries any brick, ours or an integrator's.
//!
//! Give it a [`Sample`]: a history of a record, whose data is in it, which of its values are
//! personal, and who may see it. [`brick`] lives that history on a sealed SQLite store and finds
//! out whether everything holds that the house promises for every record: the laws of events and
//! states, sealing, lists, the one authorisation on every path, order routing, the clock,
//! collection of files, the dossier, erasure.
//!
//! ```
//! use mattoni_core::record::{Brick, Record};
//! use mattoni_desk::conformance::{Failures, Sample};
//!
//! async fn tries<A: Record<Event: Clone>>(
//!     my_brick: fn() -> Brick,
//!     sample: Sample<A>,
//! ) -> Result<(), Failures> {
//!     mattoni_desk::conformance::brick(my_brick, &sample).await
//! }
//! ```
//!
//! `examples/keyring` tries its brick so, and so does the example `lost_property` of this crate.

mod checks;
mod rights;
mod sample;

use std::fmt;

use mattoni_core::record::{Brick, Record};

pub use sample::Sample;

use checks::Trial;

/// Everything in which a brick fell short, each with what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failures(Vec<String>);

impl Failures {
    /// What was found.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.0 {
            writeln!(f, "- {failure}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failures {}

/// Tries a brick with a history of one of its records.
///
/// # Errors
/// [`Failures`] with everything in which it fell short.
pub async fn brick<A: Record<Event: Clone>>(
    brick: impl Fn() -> Brick,
    sample: &Sample<A>,
) -> Result<(), Failures> {
    let mut trial = Trial::begin(brick, sample).await?;
    trial.laws().await;
    trial.sealing().await;
    trial.lists().await;
    trial.sight().await;
    trial.rights();
    trial.orders().await;
    trial.clock().await;
    trial.files().await;
    trial.facts();
    trial.dossier().await;
    trial.erasure().await;
    trial.end()
}
