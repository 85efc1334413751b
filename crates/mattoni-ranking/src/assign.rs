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

use crate::Ranked;

impl Assignment {
    /// Assigns the places of `market` to those who stand in `ranked`; both come from the same
    /// applicants. Brothers and sisters are kept together where they ask for it; what that costs
    /// is said at [`crate::Together`].
    ///
    /// # Panics
    /// When `market` and `ranked` were made from different lists of applicants.
    #[must_use]
    pub fn deferred(market: &Market<'_>, ranked: &Ranked<'_>) -> Self {
        deferred::check_same_applicants(market, ranked);
        match Families::of(market, ranked) {
            Some(families) => families.together(market, ranked, market.spans(), |_, _| false),
            None => propose_within(market, ranked, &market.spans()),
        }
    }
}
