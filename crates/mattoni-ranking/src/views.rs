//! What each reader may see of a run: the public, the office, each family.

mod explainer;
mod family;
mod official;
mod public;

pub use explainer::{Cutoff, Explainer};
pub use family::{
    ChoiceExplained, Explanation, Gap, Here, PointsExplained, SharedOut, TieExplained, WhatDecided,
};
pub use official::{OfficialList, OfficialRow};
pub use public::{PublicEntry, PublicList, PublicOutcome, SupersededBy};
