//! Groups that may be published.

use std::collections::BTreeMap;

use crate::Effect;

/// The fewest rows a published line or count may be of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Smallest(u64);

impl Smallest {
    /// At least so many rows, and never fewer than 3, the lowest that the rules allow: see
    /// [`default`](Self::default).
    #[must_use]
    pub fn at_least(rows: u64) -> Self {
        Self(rows.max(3))
    }
}

impl Default for Smallest {
    /// 5 rows. Nobody may be recognised by means that are likely to be used (GDPR, recital 26);
    /// the *regole deontologiche* for statistics put the lowest threshold at 3 (Garante,
    /// 19 December 2018, G.U. 14 January 2019, n. 11, 19A00181, annex 1, art. 5, c. 1, lett. a),
    /// to be raised with the sensitivity of the matter (lett. b): benefits are one.
    fn default() -> Self {
        Self(5)
    }
}

/// A line that may be published.
pub(crate) struct Group<'a> {
    /// The values of its columns; `None` where groups went together.
    pub(crate) key: Option<Vec<Option<&'a str>>>,
    pub(crate) effect: Effect,
    /// Whether the counts are shown.
    pub(crate) counts: bool,
}

/// The groups in the order of their keys, those that went together last.
pub(crate) fn published<'a>(
    groups: BTreeMap<Vec<Option<&'a str>>, Effect>,
    Smallest(smallest): Smallest,
) -> Vec<Group<'a>> {
    let (mut large, small): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|(_, effect)| effect.rows() >= smallest);
    let mut together = Effect::default();
    small.iter().for_each(|(_, effect)| together.join(effect));
    // A rest that is too small is the difference between the whole and what is shown.
    while (1..smallest).contains(&together.rows()) && !large.is_empty() {
        let next = (0..large.len()).min_by_key(|at| large[*at].1.rows()).unwrap_or(0);
        together.join(&large.remove(next).1);
    }
    let mut shown: Vec<Group<'a>> = large
        .into_iter()
        .map(|(key, effect)| Group { key: Some(key), effect, counts: true })
        .collect();
    // A whole that is too small itself has no line.
    if together.rows() >= smallest {
        shown.push(Group { key: None, effect: together, counts: true });
    }
    hide_counts(&mut shown, smallest);
    shown
}

/// Hides the counts of groups with a small one, and of more groups, smallest first, until what
/// the hidden ones have together, which follows from the whole, is not small either.
fn hide_counts(groups: &mut [Group<'_>], smallest: u64) {
    let small = |effect: &Effect| {
        [effect.gain, effect.lose, effect.same].into_iter().any(|n| (1..smallest).contains(&n))
    };
    let mut hidden = Effect::default();
    for group in &mut *groups {
        group.counts = !small(&group.effect);
        if !group.counts {
            hidden.join(&group.effect);
        }
    }
    while small(&hidden) {
        let shown = groups.iter_mut().filter(|group| group.counts);
        let Some(next) = shown.min_by_key(|group| group.effect.rows()) else { return };
        next.counts = false;
        hidden.join(&next.effect);
    }
}
