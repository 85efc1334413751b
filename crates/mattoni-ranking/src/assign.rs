//! Who gets which place.

mod chances;
mod deferred;
mod immediate;
mod market;
mod measures;
mod siblings;
mod trading;

pub use chances::Chances;
pub use deferred::Assignment;
pub(crate) use deferred::{NONE, Standings, propose_within};
pub(crate) use market::Attempt;
pub use market::Market;
pub use measures::Measures;
pub(crate) use siblings::Families;
