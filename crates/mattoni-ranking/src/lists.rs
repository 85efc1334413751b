//! The lists in which the records of a ranking are found.

use mattoni_core::record::List;

/// Runs and reviews by the code of the service: runs in order of the instant they were drawn up,
/// reviews in order of application.
pub const SERVICE: List = List::plain("service");

/// Offers by the digest of their run, in order of application; the run itself in the same bucket.
pub const RUN: List = List::plain("run");
