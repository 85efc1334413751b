//! A store that seals what is personal, and every blob.
//!
//! [`Vault`] stands around any backend. On the way in it encrypts the values that
//! [`PersonalData`] names, each under a key of its person and stream; on the way out it decrypts
//! them. What is below never sees them: not the journal, whose chain is over the sealed bytes, not
//! the states, not the log, not a backup. Each key is stored wrapped by a [`MasterKey`] that the
//! integrator keeps.
//!
//! Erasing the key ([`Change::erases`](crate::Change::erases)) erases the person
//! (*crypto-shredding*): no copy of the sealed values can be read from then on. The record stays
//! and reads: with its dates, its states and its numbers, and with a placeholder where the person
//! was. The chain verifies as before, with the keys, without them and after they were erased.
//!
//! A value whose owner is nobody is sealed under a key of the record itself. A kind that is not
//! registered is refused.
//!
//! ```
//! use mattoni_core::record::{KindPersonal, Marks, Owners, Personal, PersonalData};
//! use mattoni_core::{Act, Actor, Aggregate, DomainEvent, EnteId, Id, Person};
//! use mattoni_store::{
//!     Batch, Erase, Journal, KeyRing, MasterKey, Memory, Next, Vault, load, verify,
//! };
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize, Personal)]
//! struct Left {
//!     by: Id<Person>,
//!     #[personal]
//!     text: String,
//! }
//! impl DomainEvent for Left {
//!     fn name(&self) -> &'static str {
//!         "note.left"
//!     }
//! }
//! #[derive(Serialize, Deserialize, Personal)]
//! struct Note {
//!     by: Id<Person>,
//!     #[personal]
//!     text: String,
//! }
//! impl Aggregate for Note {
//!     const KIND: &'static str = "note";
//!     type Event = Left;
//!     fn open(left: &Left) -> Option<Self> {
//!         Some(Self { by: left.by, text: left.text.clone() })
//!     }
//!     fn apply(&mut self, _: &Left) {}
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! // A registry of bricks says it all: `bricks.personal()`.
//! let note = KindPersonal {
//!     events: Marks::of::<Left>(),
//!     state: Marks::of::<Note>(),
//!     ..KindPersonal::default()
//! };
//! let personal = PersonalData::new().with("note", note);
//! let store = Vault::open(Memory::new(), personal, KeyRing::new(MasterKey::draw()?)).await?;
//!
//! let ente: EnteId = "c_f051".parse()?;
//! let (id, maria) = (Id::<Note>::from_u128(1), Id::from_u128(7));
//! let act = Act::new("2027-03-01T09:00:00Z".parse()?, Actor::Citizen(maria));
//! let left = Left { by: maria, text: "Back at noon.".into() };
//! let first = Next::<Note>::open(id, &act, &[left])?.change;
//! let first = first.with_owners(Owners::subject(maria));
//! store.commit(Batch::new(ente.clone(), [first])).await?;
//!
//! // Whoever has the key reads it; the journal has only the sealed bytes.
//! let note = load::<Note>(&store, &ente, id).await?.ok_or("it was just left")?;
//! assert_eq!(note.state.text, "Back at noon.");
//! let row = store.scan(&ente, 0, 1).await?.remove(0);
//! assert!(!String::from_utf8(row.body)?.contains("noon"));
//!
//! // Erasing is part of a change, which says why.
//! let gone = Left { by: maria, text: String::new() };
//! let reason = Next::<Note>::open(Id::from_u128(2), &act, &[gone])?.change;
//! let erasing = reason.with_erases([Erase::Person(maria)]);
//! store.commit(Batch::new(ente.clone(), [erasing])).await?;
//! let note = load::<Note>(&store, &ente, id).await?.ok_or("the record is still there")?;
//! assert_eq!(note.state.text, "[dati cancellati]");
//! assert!(verify(&store, &ente, |_| {}).await?.is_clean());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Blobs
//! Every blob is sealed whole, under a key of its own, and found by the digest of its bytes as
//! ever. Below it is kept by the digest of its sealed form. [`forget`](crate::Blobs::forget) and
//! [`discard`](crate::Blobs::discard) erase the key, so that the copy in an older backup cannot be read
//! either. A blob that was put in the clear is read, listed and removed as before.
//!
//! # What it does not do
//! It does not hide that something is there: which record, of which kind, when, by whose pseudonym
//! and how long a value is; which blobs there are, by the digests of their bytes, and how long
//! they are. It seals what is committed through it, not what was there before. A
//! master key that is lost cannot be made again, and everything sealed is lost with it.

mod blobs;
mod copy;
mod key_file;
mod layer;
mod lists;
mod mark;
mod master;
mod placeholder;
mod pseudonym;
mod seal;
mod sealed_blob;
mod splice;
mod token;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use mattoni_core::record::PersonalData;
use mattoni_core::{Digest, EnteId, Id};

pub use self::copy::{KeyCopy, copy_keys, restore_keys};
pub use self::key_file::{make_key_file, replace_key_file};
pub use self::master::{KeyRing, MasterKey};
pub use self::pseudonym::Pseudonyms;

pub(crate) use self::token::BEGINS as SEALED;

use self::master::{Secret, draw};
use self::seal::{Rack, known};
use self::token::{Document, Opener};
use crate::keys::{ENTE_KEY, Key, KeyFor, Rewrapped, StoredKey};
use crate::{Batch, CommitError, Error, ErrorKind, Store, Stream};

/// A store around a store, which seals what is personal, and every blob. It stands outermost:
/// around [`WithBlobs`](crate::WithBlobs), it seals what that keeps elsewhere.
pub struct Vault<S> {
    store: S,
    personal: PersonalData,
    /// `None`: nothing is sealed, and what is sealed does not open.
    ring: Option<KeyRing>,
    /// Entes' own keys are never erased, so they may be kept.
    entes: Mutex<BTreeMap<EnteId, Secret>>,
    /// Blobs that were looked at and are in the clear. By their digests they stay so.
    clear: Mutex<BTreeSet<Digest>>,
    /// Entes in which it is marked that they are sealed.
    marked: Mutex<BTreeSet<EnteId>>,
}

impl<S> fmt::Debug for Vault<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("ring", &self.ring).finish_non_exhaustive()
    }
}

impl<S> Vault<S> {
    /// A vault without a key, for a store in which nothing is sealed, or to look at what of one
    /// is not. It commits records as they are given, unless those of the ente are sealed
    /// ([`ErrorKind::Locked`]), and decrypts nothing.
    pub fn without_key(store: S) -> Self {
        Self::around(store, PersonalData::new(), None)
    }

    /// What is below: everything as it is stored.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// What is below, without the vault.
    pub fn into_store(self) -> S {
        self.store
    }

    /// Whether what is personal is sealed.
    pub fn seals(&self) -> bool {
        self.ring.is_some()
    }

    fn around(store: S, personal: PersonalData, ring: Option<KeyRing>) -> Self {
        Self {
            store,
            personal,
            ring,
            entes: Mutex::default(),
            clear: Mutex::default(),
            marked: Mutex::default(),
        }
    }

    fn ring(&self) -> Result<&KeyRing, Error> {
        self.ring.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Locked, "the records are sealed, and no master key was given")
        })
    }
}

impl<S: Store> Vault<S> {
    /// A vault around `store`, which seals what `personal` names under keys of this ring. It
    /// refuses to commit records of kinds that are not in it.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`] when the store was sealed under another master key; when the machine
    /// fails.
    pub async fn open(store: S, personal: PersonalData, ring: KeyRing) -> Result<Self, Error> {
        let vault = Self::around(store, personal, Some(ring));
        for ente in vault.store.entes().await? {
            vault.there(&ente).await?;
        }
        Ok(vault)
    }

    /// The ente's own key, if it has one.
    async fn there(&self, ente: &EnteId) -> Result<Option<Secret>, Error> {
        let known = self.entes.lock().unwrap_or_else(PoisonError::into_inner).get(ente).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(key) = self.store.keys(ente, &[ENTE_KEY]).await?.pop() else { return Ok(None) };
        // The ente's key is never erased, so a row without it was not written by this software.
        let wrapped = key.wrapped.unwrap_or_default();
        let secret = self.ring()?.unwrap(ente, ENTE_KEY, &KeyFor::Ente, &wrapped);
        let secret = secret.map_err(|e| e.with("ente", ente))?;
        let mut entes = self.entes.lock().unwrap_or_else(PoisonError::into_inner);
        entes.insert(ente.clone(), secret.clone());
        Ok(Some(secret))
    }

    /// The ente's own key, made if it has none.
    async fn ente_key(&self, ente: &EnteId) -> Result<Secret, Error> {
        if let Some(there) = self.there(ente).await? {
            return Ok(there);
        }
        if self.store.head(ente).await?.is_some() {
            // Another process may have begun meanwhile: its key was there before its first commit.
            return self.there(ente).await?.ok_or_else(|| keys_missing(ente));
        }
        self.begin(ente).await
    }

    /// Begins to seal the records of an ente that have not been sealed so far: gives it the key
    /// of its own that a new ente gets with its first commit. What is there stays in the clear,
    /// and ids made of names are other ones from now on.
    ///
    /// # Errors
    /// When the machine fails.
    pub async fn begin_sealing(&self, ente: &EnteId) -> Result<(), Error> {
        if self.there(ente).await?.is_none() {
            self.begin(ente).await?;
        }
        Ok(())
    }

    async fn begin(&self, ente: &EnteId) -> Result<Secret, Error> {
        let wrapped = self.ring()?.wrap(ente, ENTE_KEY, &KeyFor::Ente, &draw()?)?;
        let key = StoredKey { id: ENTE_KEY, of: KeyFor::Ente, wrapped: Some(wrapped) };
        self.store.put_keys(ente, &[key]).await?;
        // Another process may have stored one first: the stored key is used.
        self.there(ente)
            .await?
            .ok_or_else(|| Error::new(ErrorKind::Io, "a key vanished between two calls"))
    }

    /// Puts every key of the ente that an older master key wrapped under the one in use, and
    /// answers how many. What is sealed stays as it is. Run it twice, or while others work, it
    /// does no harm; once it answers 0 the older key is needed for nothing but old copies.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`] when a key is wrapped by a master key that is not on the ring; when
    /// the machine fails. What was done until then stays.
    pub async fn rotate(&self, ente: &EnteId) -> Result<u64, Error> {
        const PAGE: usize = 500;
        let ring = self.ring()?;
        let (mut after, mut done) = (None, 0);
        loop {
            let page = self.store.all_keys(ente, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(done) };
            after = Some(last.id);
            let mut rewrapped = Vec::new();
            for key in &page {
                let Some(from) = key.wrapped.clone().filter(|w| !ring.is_current(w)) else {
                    continue;
                };
                let secret = ring.unwrap(ente, key.id, &key.of, &from)?;
                let to = ring.wrap(ente, key.id, &key.of, &secret)?;
                rewrapped.push(Rewrapped { id: key.id, from, to });
            }
            if !rewrapped.is_empty() {
                done += self.store.rewrap(ente, &rewrapped).await?;
            }
        }
    }

    /// The batch as it is stored.
    async fn sealed(&self, ring: &KeyRing, batch: &Batch) -> Result<Batch, CommitError> {
        for change in &batch.changes {
            known(&self.personal, &change.stream)?;
        }
        // A store with records and without the ente's key is a backup without its keys. Nothing is
        // added to it: a new key would be in conflict with the keys once they are restored.
        self.ente_key(&batch.ente).await?;
        let streams = batch.changes.iter().map(|change| &change.stream);
        let streams = streams.filter(|stream| self.has_personal(stream));
        let mut rack = Rack::of(ring, &self.store, &batch.ente, streams).await?;
        let mut changes = Vec::with_capacity(batch.changes.len());
        for change in &batch.changes {
            let mut sealed = rack.seal(change, known(&self.personal, &change.stream)?)?;
            self.key_entries(&batch.ente, &change.stream.kind, &mut sealed.projection).await?;
            changes.push(sealed);
        }
        let mut sealed = Batch::new(batch.ente.clone(), changes);
        self.mark(&mut sealed).await?;
        Ok(sealed)
    }

    /// Whether anything can be personal in records of the stream's kind.
    fn has_personal(&self, stream: &Stream) -> bool {
        self.personal.kind(&stream.kind).is_some_and(|kind| {
            let documents = [&kind.events, &kind.state, &kind.row];
            documents.into_iter().chain(kind.orders.values()).any(|fields| !fields.is_empty())
        })
    }

    /// Decrypts the sealed values of the documents, and answers for each, in their order, why it
    /// could not be: what does not open stays as it is, and the others open. Documents without
    /// sealed values are only searched.
    ///
    /// It fails as a whole where nothing can open: without a master key, and where not even the
    /// ente's own key is there, as in a backup whose keys were not restored.
    async fn opened<'a>(
        &self,
        ente: &EnteId,
        documents: impl Iterator<Item = (Document<'a>, &'a mut Vec<u8>)>,
    ) -> Result<Vec<Option<Error>>, Error> {
        let mut faults = Vec::new();
        let mut sealed = Vec::new();
        let mut needed: BTreeSet<Id<Key>> = BTreeSet::new();
        for (n, (document, body)) in documents.enumerate() {
            faults.push(None);
            if token::has_sealed(body) {
                needed.extend(token::keys_in(body));
                sealed.push((n, document, body));
            }
        }
        if sealed.is_empty() {
            return Ok(faults);
        }
        let ring = self.ring()?;
        let needed: Vec<Id<Key>> = needed.into_iter().collect();
        let mut keys = BTreeMap::new();
        for key in self.store.keys(ente, &needed).await? {
            let KeyFor::Person { stream, person } = &key.of else { continue };
            let opener = match &key.wrapped {
                Some(wrapped) => match ring.unwrap(ente, key.id, &key.of, wrapped) {
                    Ok(secret) => Opener::Secret(secret),
                    Err(error) => Opener::Broken(error),
                },
                None => Opener::Erased(*person),
            };
            keys.insert(key.id, (stream.clone(), opener));
        }
        for (n, document, body) in sealed {
            match token::open(body, &document, &keys, &self.personal) {
                Ok(opened) => *body = opened,
                Err(fault) => faults[n] = Some(fault),
            }
        }
        if faults.iter().any(Option::is_some)
            && self.store.keys(ente, &[ENTE_KEY]).await?.is_empty()
        {
            return Err(keys_missing(ente));
        }
        Ok(faults)
    }
}

/// The records are there and their keys are not.
fn keys_missing(ente: &EnteId) -> Error {
    Error::new(
        ErrorKind::Locked,
        "the records have no keys: restore the copy of the keys, or begin to seal them",
    )
    .with("ente", ente)
}
