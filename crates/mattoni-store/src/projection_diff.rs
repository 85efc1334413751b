//! What databases write when the projection of a state changes, and what they store of the last
//! projection to compute it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use mattoni_core::Digest;
use mattoni_core::record::{Carries, Content, ListEntry, Projection, UniqueKey};
use serde::Deserialize;

use crate::list::row_at;

/// What is kept beside a state of its projection.
#[derive(Debug, Default)]
pub(crate) struct StoredProjection {
    pub(crate) version: u32,
    pub(crate) unique: Vec<UniqueKey>,
    entries: Vec<ListEntry>,
    /// Compared with the hash of the next row.
    row_hash: String,
}

/// What stands for the hash of a row that software of schema 3 to 7 computed otherwise.
const OLD: &str = "old";

/// The stored form of entries: version, row hash, and of each entry list, bucket, sort key and
/// whether it carries the row.
type Entries<'a> = (u32, Cow<'a, str>, Vec<(Cow<'a, str>, Cow<'a, str>, Cow<'a, str>, u8)>);

impl StoredProjection {
    /// Reads what [`stored_entries`] and [`stored_keys`] wrote, or software before them.
    pub(crate) fn read(entries: &str, keys: &str) -> serde_json::Result<Self> {
        let mut read = match entries.as_bytes().first() {
            None => Self::default(),
            Some(b'{') => serde_json::from_str::<OldListing>(entries)?.into(),
            Some(_) => {
                let (version, row_hash, entries): Entries<'_> = serde_json::from_str(entries)?;
                let entry = |(list, bucket, sort, carries): (_, Cow<'_, str>, Cow<'_, str>, u8)| {
                    let carries = if carries == 0 { Carries::Nothing } else { Carries::Row };
                    entry(list, bucket.into_owned(), sort.into_owned(), carries)
                };
                let entries = entries.into_iter().map(entry).collect();
                Self { version, unique: Vec::new(), entries, row_hash: row_hash.into_owned() }
            }
        };
        if !keys.is_empty() {
            let keys: Vec<StoredKey> = serde_json::from_str(keys)?;
            read.unique = keys.into_iter().filter_map(StoredKey::unique).collect();
        }
        Ok(read)
    }
}

#[cfg(feature = "sqlite")]
impl StoredProjection {
    pub(crate) fn entries(&self) -> &[ListEntry] {
        &self.entries
    }

    /// Whether this is the row that belongs to one of its entries.
    pub(crate) fn has_row(&self, entry: &ListEntry, row: &str) -> bool {
        self.row_hash == OLD || row_hash(row) == hash_at(entry, &self.row_hash)
    }
}

fn entry(list: Cow<'_, str>, bucket: String, sort: String, carries: Carries) -> ListEntry {
    let list = Cow::Owned(list.into_owned());
    ListEntry { list, bucket, sort, content: Content::Plain, carries }
}

/// The list entries of a projection as they are kept beside the state; empty for an empty
/// projection. The row itself is kept with the entries that carry it.
pub(crate) fn stored_entries(projection: &Projection) -> String {
    if projection.version == 0 && projection.entries.is_empty() && projection.row.is_empty() {
        return String::new();
    }
    let entries: Vec<_> = projection
        .entries
        .iter()
        .map(|entry| {
            let carries = u8::from(entry.carries == Carries::Row);
            (&*entry.list, &*entry.bucket, &*entry.sort, carries)
        })
        .collect();
    // Serialising numbers and texts cannot fail.
    let stored = (projection.version, row_hash(&projection.row), entries);
    serde_json::to_string(&stored).unwrap_or_default()
}

/// The unique keys of a projection as they are kept beside the state; empty for none.
pub(crate) fn stored_keys(unique: &[UniqueKey]) -> String {
    if unique.is_empty() {
        return String::new();
    }
    let keys: Vec<_> = unique.iter().map(|key| (&*key.name, &*key.value)).collect();
    serde_json::to_string(&keys).unwrap_or_default()
}

/// Half of the row's SHA-256; empty for no row.
fn row_hash(row: &str) -> String {
    if row.is_empty() {
        return String::new();
    }
    BASE64.encode(&Digest::of(row.as_bytes()).as_bytes()[..16])
}

/// A key as it is stored, or as software of schema 1 to 7 stored it.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredKey {
    Unique(String, String),
    Old { name: String, value: String, holding: String },
}

impl StoredKey {
    fn unique(self) -> Option<UniqueKey> {
        match self {
            Self::Unique(name, value) => Some(UniqueKey::new(name, value)),
            Self::Old { name, value, holding } if holding == "unique" => {
                Some(UniqueKey::new(name, value))
            }
            // Keys that were not unique no longer exist.
            Self::Old { .. } => None,
        }
    }
}

/// Entries as software of schema 3 to 7 stored them.
#[derive(Deserialize)]
struct OldListing {
    form: u32,
    places: Vec<OldPlace>,
}

#[derive(Deserialize)]
struct OldPlace {
    list: String,
    bucket: String,
    sort: String,
    #[serde(default)]
    carries: String,
}

impl From<OldListing> for StoredProjection {
    fn from(old: OldListing) -> Self {
        let entries = old.places.into_iter().map(|place| {
            let carries = if place.carries.is_empty() { Carries::Nothing } else { Carries::Row };
            entry(place.list.into(), place.bucket, place.sort, carries)
        });
        // The old hash was computed otherwise. This one never matches, so the next change writes
        // the row again.
        let row_hash = OLD.to_owned();
        Self { version: old.form, unique: Vec::new(), entries: entries.collect(), row_hash }
    }
}

/// How the list entries of a state change. Entries that stay as they are, most of them as a rule,
/// are neither written nor counted.
pub(crate) struct EntryDiff<'a> {
    /// Entries to delete.
    pub(crate) removed: Vec<&'a ListEntry>,
    /// New entries, with their rows.
    pub(crate) added: Vec<(&'a ListEntry, &'a str)>,
    /// Entries that stay, with their new rows.
    pub(crate) updated: Vec<(&'a ListEntry, &'a str)>,
}

impl<'a> EntryDiff<'a> {
    /// From `had`, none when the state is new, to `has`.
    pub(crate) fn between(had: Option<&'a StoredProjection>, has: &'a Projection) -> Self {
        let before = had.map_or(&[][..], |had| &had.entries);
        let removed = before.iter().filter(|old| !has.entries.iter().any(|new| new.is_at(old)));
        let mut diff = Self { removed: removed.collect(), added: Vec::new(), updated: Vec::new() };
        // The row kept with an entry has changed if its hash has.
        let old_hash = had.map_or("", |had| &had.row_hash);
        let new_hash = row_hash(&has.row);
        for new in &has.entries {
            match before.iter().find(|old| old.is_at(new)) {
                None => diff.added.push((new, row_at(new, has))),
                Some(old) if hash_at(old, old_hash) == hash_at(new, &new_hash) => {}
                Some(_) => diff.updated.push((new, row_at(new, has))),
            }
        }
        diff
    }
}

/// The hash of the row that is kept with an entry.
fn hash_at<'h>(entry: &ListEntry, row_hash: &'h str) -> &'h str {
    match entry.carries {
        Carries::Nothing => "",
        Carries::Row => row_hash,
    }
}

/// By how much the counts of buckets change, by kind, list and bucket. The list `""` counts the
/// states of the kind by the version of their projection.
#[derive(Debug, Default)]
pub(crate) struct Tallies(BTreeMap<(String, String, String), i64>);

impl Tallies {
    /// A state's projection goes from one version to another; from none when the state is new.
    pub(crate) fn version(&mut self, kind: &str, from: Option<u32>, to: u32) {
        if from != Some(to) {
            if let Some(from) = from {
                self.add(kind, "", &from.to_string(), -1);
            }
            self.add(kind, "", &to.to_string(), 1);
        }
    }

    /// A state's entries change.
    pub(crate) fn entries(&mut self, kind: &str, diff: &EntryDiff<'_>) {
        for entry in &diff.removed {
            self.add(kind, &entry.list, &entry.bucket, -1);
        }
        for (entry, _) in &diff.added {
            self.add(kind, &entry.list, &entry.bucket, 1);
        }
    }

    fn add(&mut self, kind: &str, list: &str, bucket: &str, n: i64) {
        *self.0.entry((kind.to_owned(), list.to_owned(), bucket.to_owned())).or_default() += n;
    }

    /// The buckets that change: kind, list, bucket, and by how much.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&str, &str, &str, i64)> {
        let changed = self.0.iter().filter(|(_, n)| **n != 0);
        changed.map(|((kind, list, bucket), n)| (kind.as_str(), list.as_str(), bucket.as_str(), *n))
    }
}

#[cfg(test)]
mod tests {
    use mattoni_core::record::List;

    use super::*;

    const DUE: List = List::plain("due");

    fn projection(sort: &str, row: &str) -> Projection {
        let entries =
            [ListEntry::new(DUE, "office/\"a\"", sort).with_row(), ListEntry::new(DUE, "all", "")];
        Projection::new().version(2).unique("number", "2027/1").entries(entries).row(row)
    }

    fn stored(projection: &Projection) -> StoredProjection {
        let keys = stored_keys(&projection.unique);
        StoredProjection::read(&stored_entries(projection), &keys).unwrap()
    }

    fn diff(had: &Projection, has: &Projection) -> (usize, usize, usize) {
        let had = stored(had);
        let diff = EntryDiff::between(Some(&had), has);
        (diff.removed.len(), diff.added.len(), diff.updated.len())
    }

    #[test]
    fn a_projection_is_known_again_as_it_was_stored() {
        let one = projection("1", "{}");
        let read = stored(&one);
        assert_eq!((read.version, &read.unique, &read.entries), (2, &one.unique, &one.entries));
        assert_eq!(diff(&one, &one), (0, 0, 0));
        assert_eq!(diff(&one, &projection("2", "{}")), (1, 1, 0));
        assert_eq!(diff(&one, &projection("1", "[]")), (0, 0, 1));
        assert_eq!(diff(&one, &projection("1", "")), (0, 0, 1));
        assert_eq!(diff(&projection("1", ""), &one), (0, 0, 1));
        assert_eq!(diff(&one, &Projection::default()), (2, 0, 0));
        assert_eq!(stored_entries(&Projection::default()), "");
        assert_eq!(stored_keys(&[]), "");
    }

    #[test]
    fn what_older_software_stored_is_read() {
        let entries = r#"{"form":1,"places":[{"list":"due","bucket":"all","sort":"3"},
            {"list":"due","bucket":"b","sort":"4","content":"personal","carries":"line"}],"line":"00"}"#;
        let keys = r#"[{"name":"service","value":"nido","holding":"plain"},
            {"name":"number","value":"7","holding":"unique"}]"#;
        let read = StoredProjection::read(entries, keys).unwrap();
        assert_eq!(read.unique, [UniqueKey::new("number", "7")]);
        assert_eq!((read.version, read.entries.len()), (1, 2));
        let carries: Vec<_> = read.entries.iter().map(|entry| entry.carries).collect();
        assert_eq!(carries, [Carries::Nothing, Carries::Row]);
        let none = StoredProjection::read("", "[]").unwrap();
        assert_eq!((none.version, none.unique.len(), none.entries.len()), (0, 0, 0));
    }
}
