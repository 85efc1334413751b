//! What databases write when a state moves in the lists, and what they keep to know it by.

use std::collections::BTreeMap;

use mattoni_core::Digest;

use crate::{Listing, Place};

/// What becomes of a state's places as it moves from one listing to another. Those it keeps, most
/// of them as a rule, are neither written nor counted.
pub(crate) struct Moves<'a> {
    /// Where it stands no more.
    pub(crate) left: Vec<&'a Place>,
    /// Where it stands now and did not before, and what is told there.
    pub(crate) taken: Vec<(&'a Place, &'a str)>,
    /// Where it stands as before and something else is told.
    pub(crate) retold: Vec<(&'a Place, &'a str)>,
}

impl<'a> Moves<'a> {
    /// From `had` as it was stored, none when the state is new, to `has`.
    pub(crate) fn between(had: Option<&'a Listing>, has: &'a Listing) -> Self {
        let before = had.map_or(&[][..], |had| &had.places);
        let mut moves = Self { left: Vec::new(), taken: Vec::new(), retold: Vec::new() };
        moves.left.extend(before.iter().filter(|old| !has.places.iter().any(|new| new.is_at(old))));
        // Of a listing that was stored, the line is known by its mark.
        let mark = had.map(|_| mark(&has.line)).unwrap_or_default();
        for place in &has.places {
            let told = place.told(has);
            let known_by = if told.is_empty() { "" } else { &mark };
            match had.zip(before.iter().find(|old| old.is_at(place))) {
                None => moves.taken.push((place, told)),
                Some((had, old)) if old.told(had) != known_by => moves.retold.push((place, told)),
                Some(_) => {}
            }
        }
        moves
    }
}

/// How many places more, or fewer, each bucket has: by kind, list and bucket. Under the list `""`
/// it is states of the kind by the form they are listed under.
#[derive(Debug, Default)]
pub(crate) struct Tallies(BTreeMap<(String, String, String), i64>);

impl Tallies {
    /// The state's listing is of another form, perhaps; of none when the state is new.
    pub(crate) fn formed(&mut self, kind: &str, from: Option<u32>, to: u32) {
        if from != Some(to) {
            if let Some(from) = from {
                self.add(kind, "", &from.to_string(), -1);
            }
            self.add(kind, "", &to.to_string(), 1);
        }
    }

    /// The state moved from place to place.
    pub(crate) fn moved(&mut self, kind: &str, moves: &Moves<'_>) {
        for place in &moves.left {
            self.add(kind, &place.list, &place.bucket, -1);
        }
        for (place, _) in &moves.taken {
            self.add(kind, &place.list, &place.bucket, 1);
        }
    }

    fn add(&mut self, kind: &str, list: &str, bucket: &str, n: i64) {
        *self.0.entry((kind.to_owned(), list.to_owned(), bucket.to_owned())).or_default() += n;
    }

    /// The buckets that changed: kind, list, bucket, and by how much.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&str, &str, &str, i64)> {
        let changed = self.0.iter().filter(|(_, n)| **n != 0);
        changed.map(|((kind, list, bucket), n)| (kind.as_str(), list.as_str(), bucket.as_str(), *n))
    }
}

/// A listing as it is stored beside the state: nothing for a state that was never listed. Its
/// line is at its places; here a mark of it tells whether the next one is another.
pub(crate) fn written(listing: &Listing) -> String {
    if *listing == Listing::default() {
        return String::new();
    }
    let marked = Listing { line: mark(&listing.line), ..listing.clone() };
    // Strings, a number and unit enums, which JSON always takes.
    serde_json::to_string(&marked).unwrap_or_default()
}

/// What tells a line from others: half of its SHA-256, in hexadecimal digits.
fn mark(line: &str) -> String {
    if line.is_empty() {
        return String::new();
    }
    let mut mark = Digest::of(line.as_bytes()).to_string();
    mark.truncate(32);
    mark
}

/// The listing that was stored, with the mark of its line.
pub(crate) fn read(stored: &str) -> serde_json::Result<Listing> {
    if stored.is_empty() { Ok(Listing::default()) } else { serde_json::from_str(stored) }
}
