//! Two runs side by side: what changes for whom.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Outcome, Run};

/// What differs between two runs for one application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineChange {
    /// The application.
    pub code: String,
    /// Its position in the first run.
    pub position_before: Option<u32>,
    /// Its position in the second.
    pub position_after: Option<u32>,
    /// Its outcome in the first run; none when it was not there.
    pub before: Option<Outcome>,
    /// Its outcome in the second; none when it is not there.
    pub after: Option<Outcome>,
}

impl LineChange {
    /// Whether more than the position differs.
    #[must_use]
    pub fn changes_the_outcome(&self) -> bool {
        self.before != self.after
    }
}

/// Every application whose position or outcome differs between the two runs, by code: what a
/// late application or an exclusion on appeal (*esclusione in autotutela*) does to everybody
/// else.
#[must_use]
pub fn compare(before: &Run, after: &Run) -> Vec<LineChange> {
    let codes: BTreeSet<&str> =
        before.lines().iter().chain(after.lines()).map(super::Line::code).collect();
    codes
        .into_iter()
        .filter_map(|code| {
            let (old, new) = (before.line(code), after.line(code));
            let change = LineChange {
                code: code.to_owned(),
                position_before: old.and_then(|line| line.position),
                position_after: new.and_then(|line| line.position),
                before: old.map(|line| line.outcome.clone()),
                after: new.map(|line| line.outcome.clone()),
            };
            let same =
                change.position_before == change.position_after && !change.changes_the_outcome();
            (!same).then_some(change)
        })
        .collect()
}
