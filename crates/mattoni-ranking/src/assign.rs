//! Who gets which place.

mod deferred;
mod market;

pub use deferred::Assignment;
pub(crate) use deferred::{NONE, Standings, propose_within};
pub(crate) use market::Attempt;
pub use market::Market;
