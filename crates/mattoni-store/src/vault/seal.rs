//! Sealing a batch before it is committed.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::{EnteId, Id, Person, Problem};

use crate::keys::{Key, KeyFor, Keys, StoredKey};
use crate::vault::master::{KeyRing, Secret, draw};
use crate::vault::personal::{Field, Personal, Whose};
use crate::vault::splice::{Replace, splice, text_at};
use crate::vault::token::{self, Document, Part};
use crate::{Change, CommitError, Error, ErrorKind, Listing, Stream, Version};

/// Why a batch cannot be sealed.
pub(super) enum Stop {
    Refused(Problem),
    Failed(Error),
}

impl From<serde_json::Error> for Stop {
    fn from(error: serde_json::Error) -> Self {
        let remedy = format!("mend it: {error}");
        Self::Refused(Problem::new("store.json", "body", "is JSON", remedy))
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Stop> for CommitError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(problem) => Self::Refused(problem.into()),
            Stop::Failed(error) => Self::Failed(error),
        }
    }
}

/// A key to seal with.
enum Held {
    Open(Id<Key>, Secret),
    Erased(Id<Key>),
}

/// The keys of a batch's streams, those it makes among them.
pub(super) struct Rack<'a> {
    ring: &'a KeyRing,
    ente: &'a EnteId,
    held: BTreeMap<KeyFor, Held>,
    new: Vec<StoredKey>,
}

impl<'a> Rack<'a> {
    /// The keys that are there for the streams. One that is only about to begin may have some too:
    /// restored from a copy that is newer than the records, or erased before those were.
    pub(super) async fn of(
        ring: &'a KeyRing,
        store: &impl Keys,
        ente: &'a EnteId,
        streams: impl Iterator<Item = &Stream>,
    ) -> Result<Self, Error> {
        let streams: BTreeSet<&Stream> = streams.collect();
        let mut rack = Self { ring, ente, held: BTreeMap::new(), new: Vec::new() };
        if streams.is_empty() {
            return Ok(rack);
        }
        let streams: Vec<Stream> = streams.into_iter().cloned().collect();
        for key in store.keys_of(ente, &streams).await? {
            let held = match &key.wrapped {
                None => Held::Erased(key.id),
                Some(wrapped) => Held::Open(key.id, ring.unwrap(ente, key.id, &key.of, wrapped)?),
            };
            rack.held.insert(key.of, held);
        }
        Ok(rack)
    }

    fn key(&mut self, stream: &Stream, person: Id<Person>) -> Result<&Held, Error> {
        let of = KeyFor::Person { stream: stream.clone(), person };
        if !self.held.contains_key(&of) {
            let id = Id::from_u128(u128::from_be_bytes(*draw()?));
            let secret: Secret = draw()?;
            let wrapped = self.ring.wrap(self.ente, id, &of, &secret)?;
            self.new.push(StoredKey { id, of: of.clone(), wrapped: Some(wrapped) });
            self.held.insert(of.clone(), Held::Open(id, secret));
        }
        self.held.get(&of).ok_or_else(|| Error::new(ErrorKind::Io, "a key vanished"))
    }

    /// Seals one change: its events, its state, its effects' payloads, and what lists tell of it.
    /// Facets and places are not touched.
    pub(super) fn seal(&mut self, change: &Change, personal: &Personal) -> Result<Change, Stop> {
        let mut sealed = change.clone();
        let plain = String::from_utf8_lossy(&change.state);
        let mut owners = Owners { state: &plain, known: Vec::new() };
        for (n, event) in sealed.events.iter_mut().enumerate() {
            let version = change.expected.plus(n + 1);
            let (part, fields) = (Part::Event, personal.events);
            event.body =
                self.document(&event.body, &change.stream, (version, part), fields, &mut owners)?;
        }
        for effect in &mut sealed.effects {
            let (part, fields) = (Part::Effect(&effect.key), personal.effects);
            let of = (Version::NONE, part);
            let (payload, stream) = (&effect.payload, &change.stream);
            effect.payload = self.document(payload, stream, of, fields, &mut owners)?;
        }
        let of = (change.leads_to(), Part::State);
        let (state, fields) = (&change.state, personal.state);
        sealed.state = self.document(state, &change.stream, of, fields, &mut owners)?;
        self.line(&change.stream, &mut sealed.listing, personal)?;
        sealed.keys.append(&mut self.new);
        Ok(sealed)
    }

    /// Seals what lists tell of a state. It is bound to its stream and to no version: where the
    /// same is told again, the same is stored, and no place has to be written.
    pub(super) fn line(
        &mut self,
        stream: &Stream,
        listing: &mut Listing,
        personal: &Personal,
    ) -> Result<(), Stop> {
        if listing.line.is_empty() {
            return Ok(());
        }
        let plain = std::mem::take(&mut listing.line);
        let mut owners = Owners { state: &plain, known: Vec::new() };
        let of = (Version::NONE, Part::Line);
        let sealed = self.document(plain.as_bytes(), stream, of, personal.lines, &mut owners)?;
        // JSON with values replaced by JSON is text.
        listing.line = String::from_utf8_lossy(&sealed).into_owned();
        Ok(())
    }

    /// The keys that were made for what was sealed.
    pub(super) fn made(self) -> Vec<StoredKey> {
        self.new
    }

    fn document(
        &mut self,
        body: &[u8],
        stream: &Stream,
        (version, part): (Version, Part<'_>),
        fields: &'static [Field],
        owners: &mut Owners<'_>,
    ) -> Result<Vec<u8>, Stop> {
        if fields.is_empty() {
            return Ok(body.to_vec());
        }
        if String::from_utf8_lossy(body).contains(token::BEGINS) {
            return Err(Stop::Refused(Problem::new(
                "store.sealed.reserved",
                stream.to_string(),
                "no key of the JSON is called $sealed",
                "call it something else",
            )));
        }
        let document = Document { ente: self.ente, stream, version, part };
        splice(body, fields, &mut Sealer { rack: self, document, owners, nth: 0 })
    }
}

/// Whose the values are that do not say so themselves.
struct Owners<'a> {
    state: &'a str,
    known: Vec<(&'static [&'static str], Option<Id<Person>>)>,
}

impl Owners<'_> {
    fn at(&mut self, pointers: &'static [&'static str]) -> Option<Id<Person>> {
        if let Some((_, owner)) = self.known.iter().find(|(known, _)| *known == pointers) {
            return *owner;
        }
        let owner = pointers.iter().find_map(|p| text_at(self.state, p)?.parse().ok());
        self.known.push((pointers, owner));
        owner
    }
}

struct Sealer<'a, 'r, 'o> {
    rack: &'a mut Rack<'r>,
    document: Document<'a>,
    owners: &'a mut Owners<'o>,
    nth: u64,
}

impl Replace<Stop> for Sealer<'_, '_, '_> {
    fn replace(&mut self, field: &Field, value: &str) -> Result<String, Stop> {
        let stream = self.document.stream;
        let owner = match field.whose {
            Whose::State(pointers) => self.owners.at(pointers),
            Whose::Itself(pointer) => text_at(value, pointer).and_then(|id| id.parse().ok()),
        };
        let owner = owner.ok_or_else(|| {
            Stop::Refused(Problem::new(
                "store.sealed.owner",
                format!("{stream}{}", field.path),
                "a personal value is somebody's",
                "put the id of its person into the state",
            ))
        })?;
        let nth = self.nth;
        self.nth += 1;
        match (self.rack.key(stream, owner)?, self.document.part) {
            (Held::Open(key, secret), _) => {
                Ok(token::seal(&self.document, nth, field.shape, (*key, secret), value)?)
            }
            (Held::Erased(key), Part::State | Part::Line) => Ok(token::gone(field.shape, *key)),
            (Held::Erased(_), _) => Err(Stop::Refused(Problem::new(
                "store.erased",
                format!("{stream}{}", field.path),
                "nothing is added to what was erased of a person",
                "open a new record",
            ))),
        }
    }
}
