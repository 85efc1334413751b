//! Sealing a batch before it is committed.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::record::{
    KindPersonal, Owner, Owners, PersonalData, PersonalField, Projection, Step,
};
use mattoni_core::{EnteId, Id, Person, Problem};

use crate::keys::{Key, KeyFor, Keys, StoredKey};
use crate::vault::master::{KeyRing, Secret, draw};
use crate::vault::splice::{Replace, splice, text_at};
use crate::vault::token::{self, Document, KeyName, Part};
use crate::{Change, CommitError, Error, ErrorKind, Stream, Version};

/// Why a batch cannot be sealed.
pub(super) enum Stop {
    Refused(Problem),
    Failed(Error),
}

impl From<serde_json::Error> for Stop {
    fn from(error: serde_json::Error) -> Self {
        let remedy = format!("correct it: {error}");
        Self::Refused(Problem::new("store.json", "body", "must be JSON", remedy))
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

    /// Seals one change: its events, its state, its effects' payloads and its row. Unique keys
    /// and list entries are left as they are.
    pub(super) fn seal(
        &mut self,
        change: &Change,
        personal: &KindPersonal,
    ) -> Result<Change, Stop> {
        let mut sealed = change.clone();
        let owners = &change.owners;
        for (n, event) in sealed.events.iter_mut().enumerate() {
            let version = change.expected.plus(n + 1);
            let document = Document { version, ..self.document(&change.stream, Part::Event) };
            event.body = self.sealed(&event.body, document, &personal.events, owners)?;
        }
        for effect in &mut sealed.effects {
            let document = self.document(&change.stream, Part::Effect(&effect.key));
            let fields = personal.orders.get(&*effect.topic);
            let fields = fields.ok_or_else(|| unknown_topic(&change.stream, &effect.topic))?;
            effect.payload = self.sealed(&effect.payload, document, fields, owners)?;
        }
        let state = self.document(&change.stream, Part::State);
        let state = Document { version: change.leads_to(), ..state };
        sealed.state = self.sealed(&change.state, state, &personal.state, owners)?;
        self.row(&change.stream, &mut sealed.projection, owners, personal)?;
        sealed.keys.append(&mut self.new);
        Ok(sealed)
    }

    /// Seals the row of a projection. It is bound to its stream and to no version: the same row
    /// is sealed to the same bytes, and need not be written again.
    pub(super) fn row(
        &mut self,
        stream: &Stream,
        projection: &mut Projection,
        owners: &Owners,
        personal: &KindPersonal,
    ) -> Result<(), Stop> {
        if projection.row.is_empty() {
            return Ok(());
        }
        let plain = std::mem::take(&mut projection.row);
        let document = self.document(stream, Part::Row);
        let sealed = self.sealed(plain.as_bytes(), document, &personal.row, owners)?;
        // JSON in which values are replaced by JSON is UTF-8.
        projection.row = String::from_utf8_lossy(&sealed).into_owned();
        Ok(())
    }

    /// The keys that were made for what was sealed.
    pub(super) fn made(self) -> Vec<StoredKey> {
        self.new
    }

    fn document<'d>(&self, stream: &'d Stream, part: Part<'d>) -> Document<'d>
    where
        'a: 'd,
    {
        Document { ente: self.ente, stream, version: Version::NONE, part }
    }

    fn sealed(
        &mut self,
        body: &[u8],
        document: Document<'_>,
        fields: &[PersonalField],
        owners: &Owners,
    ) -> Result<Vec<u8>, Stop> {
        if String::from_utf8_lossy(body).contains(token::BEGINS) {
            return Err(Stop::Refused(Problem::new(
                "store.sealed.reserved",
                document.stream.to_string(),
                "no key of the JSON may be called $sealed",
                "call it something else",
            )));
        }
        if fields.is_empty() {
            return Ok(body.to_vec());
        }
        splice(body, fields, &mut Sealer { rack: self, document, owners, nth: 0, before: None })
    }
}

/// What is personal in records of the stream's kind.
pub(super) fn known<'p>(
    personal: &'p PersonalData,
    stream: &Stream,
) -> Result<&'p KindPersonal, Stop> {
    personal.kind(&stream.kind).ok_or_else(|| {
        Stop::Refused(Problem::new(
            "store.sealed.unknown-kind",
            stream.to_string(),
            format!("the vault must know what is personal in a {}", stream.kind),
            "register the brick that keeps this kind with Bricks, and open the vault with \
             Bricks::personal()",
        ))
    })
}

fn unknown_topic(stream: &Stream, topic: &str) -> Stop {
    Stop::Refused(Problem::new(
        "store.sealed.unknown-topic",
        stream.to_string(),
        format!("the vault must know what is personal in an order {topic}"),
        format!("declare it among the orders that a {} gives", stream.kind),
    ))
}

struct Sealer<'a, 'r> {
    rack: &'a mut Rack<'r>,
    document: Document<'a>,
    owners: &'a Owners,
    nth: u64,
    /// The key of the value sealed last.
    before: Option<Id<Key>>,
}

impl Sealer<'_, '_> {
    /// Whose the value is. One that is nobody's is sealed under a key of the record itself.
    fn owner(&self, field: &PersonalField, value: &str) -> Id<Person> {
        let owner = match field.owner {
            Owner::Itself(key) => text_at(value, key).and_then(|id| id.parse().ok()),
            named => self.owners.of(named),
        };
        owner.unwrap_or_else(|| Id::from_u128(self.document.stream.id.as_u128()))
    }
}

impl Replace<Stop> for Sealer<'_, '_> {
    fn replace(&mut self, field: &PersonalField, value: &str) -> Result<String, Stop> {
        let (stream, shape) = (self.document.stream, field.placeholder.shape);
        let owner = self.owner(field, value);
        let nth = self.nth;
        self.nth += 1;
        let held = self.rack.key(stream, owner)?;
        let (Held::Open(key, _) | Held::Erased(key)) = held;
        let name = KeyName::after(self.before.replace(*key), *key);
        match (held, self.document.part) {
            (Held::Open(_, secret), _) => {
                Ok(token::seal(&self.document, nth, shape, &name, secret, value)?)
            }
            (Held::Erased(_), Part::State | Part::Row) => Ok(token::gone(shape, &name)),
            (Held::Erased(_), _) => Err(Stop::Refused(Problem::new(
                "store.erased",
                format!("{stream}{}", path(field)),
                "nothing may be added to what was erased of a person",
                "open a new record",
            ))),
        }
    }
}

/// The path as people read it.
fn path(field: &PersonalField) -> String {
    let step = |step: &Step| match step {
        Step::Key(key) => format!("/{key}"),
        Step::Keys(beginning) => format!("/{beginning}*"),
        Step::Each => "/*".to_owned(),
        _ => String::new(),
    };
    field.path.iter().map(step).collect()
}
