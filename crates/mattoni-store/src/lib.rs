//! Where records live: state and journal in one commit, on memory, SQLite or PostgreSQL.
//!
//! A *stream* is the history of one record in one ente. The store keeps for each its current
//! state, loaded with one read, and the *journal*: every event of every stream, in the order they
//! were committed, each row linked to the one before it by hash. Both are written in one
//! transaction, together with the unique keys and list entries of the state ([`Projection`]), with
//! what is still to be done outside ([`Effect`]) and with the numbers the events carry
//! ([`SequenceClaim`]). So they cannot come apart, whatever fails when, and [`verify`] proves that
//! they have not.
//!
//! ```
//! use chrono::DateTime;
//! use mattoni_core::{Act, Actor, Aggregate, DomainEvent, EnteId, Id};
//! use mattoni_store::{
//!     Batch, Effect, Journal, List, ListEntry, Lists, Next, Projection, Sqlite, load, verify,
//! };
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, Serialize, Deserialize)]
//! enum Event {
//!     Reported { street: String },
//!     Mended,
//! }
//! impl DomainEvent for Event {
//!     fn name(&self) -> &'static str {
//!         match self {
//!             Self::Reported { .. } => "pothole.reported",
//!             Self::Mended => "pothole.mended",
//!         }
//!     }
//! }
//!
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! struct Pothole {
//!     street: String,
//!     mended: bool,
//! }
//! impl Aggregate for Pothole {
//!     const KIND: &'static str = "pothole";
//!     type Event = Event;
//!     fn open(event: &Event) -> Option<Self> {
//!         match event {
//!             Event::Reported { street } => Some(Self { street: street.clone(), mended: false }),
//!             Event::Mended => None,
//!         }
//!     }
//!     fn apply(&mut self, event: &Event) {
//!         self.mended |= matches!(event, Event::Mended);
//!     }
//! }
//!
//! const OPEN: List = List::plain("open");
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("town.db");
//! let store = Sqlite::open(&path)?;
//! let ente: EnteId = "c_f051".parse()?;
//! let id = Id::<Pothole>::from_u128(0x019a_b000_0000_7000_8000_0000_0000_0001);
//! let act = Act::new(DateTime::UNIX_EPOCH, Actor::Operator("m.rossi".to_owned()));
//!
//! // A new one. The unique key stops a second report of the same hole, the list shows what is
//! // open, the effect thanks the reporter. For a `Record` all this comes with `Change::of`.
//! let reported = Next::<Pothole>::open(
//!     id,
//!     &act,
//!     &[Event::Reported { street: "via Roma".to_owned() }],
//! )?;
//! let projection = Projection::new()
//!     .unique("place", "via Roma 3")
//!     .entry(ListEntry::new(OPEN, "via Roma", "2027-03-01"));
//! let change = reported
//!     .change
//!     .with_projection(projection)
//!     .with_effects([Effect::new(format!("pothole/{id}/1/0"), "message.tell", "{}")]);
//! store.commit(Batch::new(ente.clone(), [change])).await?;
//! assert_eq!(store.tally(&ente, "pothole", "open", "via Roma").await?, 1);
//!
//! // Load, decide, commit. A change that was decided on an older version conflicts.
//! let pothole = load::<Pothole>(&store, &ente, id).await?.ok_or("it was just reported")?;
//! let mended = pothole.next(&act, &[Event::Mended])?;
//! assert!(mended.state.mended);
//! store.commit(Batch::new(ente.clone(), [mended.change])).await?;
//! assert_eq!(store.tally(&ente, "pothole", "open", "via Roma").await?, 0);
//!
//! // A year later.
//! assert!(verify(&store, &ente, |_| {}).await?.is_clean());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Promises
//! - **Durable**: a commit that returned survives the process and the machine ([`Memory`] excepted).
//! - **All or nothing**: a [`Batch`] over any number of streams happens whole or leaves no trace.
//! - **No lost update**: a change names the version it was decided on; when the stream has moved
//!   on the answer is a [`Conflict`].
//! - **No twin**: a unique key has one holder, however many ask in the same instant.
//! - **No gap**: a sequence's numbers are claimed in the commit that uses them.
//! - **At least once, in order**: effects wait in the [`Outbox`] until they are delivered, those of
//!   a stream one after the other, each with an idempotency key.
//! - **Nothing is garbage at first sight**: a blob goes when two looks, a time apart, found nothing
//!   that refers to it ([`collect`]), never between its upload and the commit.
//! - **Provable**: the chain shows every row that was changed, removed, added or moved.
//! - **Lists as the states are**: a page and a count are of what is committed, and cost the same
//!   however long a list is, a page of [`ListRow`]s also wherever in it; read on by [`Cursor`], a
//!   list shows nothing twice.
//! - **A wall around each ente**: every key, row and call is for one
//!   [`EnteId`](mattoni_core::EnteId).
//! - **Sealed**, behind a [`Vault`]: what is personal is encrypted under a key of its person and
//!   record, a blob under one of its own, and is gone with the key, from backups too
//!   (*crypto-shredding*). A kind that the vault does not know is refused.
//!
//! The ports ([`Journal`], [`Lists`], [`Sequences`], [`Outbox`], [`Blobs`], [`Keys`], together
//! [`Store`]) are these promises as traits; `conformance` (a feature) holds any backend to them.
//! A store around a store is a [`Layer`], which writes only what it does otherwise. An
//! `Arc<dyn Store>` is a store.
//!
//! # Choosing ids
//! Any id works, but ids that begin with the time (UUID version 7) keep what belongs together
//! close on disk: committing is then several times faster than with random ids.
//!
//! # Two ways to fail
//! A batch that breaks a rule is *refused* with all its problems, one that came too late
//! *conflicts*: both are answers, and nothing was written. Anything else is an [`Error`] with a
//! kind. One kind, [`ErrorKind::Unknown`], says that a commit may or may not have happened.
//!
//! # What this crate does not do
//! Decide (the bricks of floor 1), draw ids or read the clock, retry, deliver (`mattoni-desk`).
//! Unique keys, lists, outbox and sequences are working data and no part of the proof; projections
//! can be made anew from the states at any time ([`Lists::reproject`]). The proof shows tampering
//! up to the head it finds; whoever can rewrite the *whole* journal with its head is found out
//! only by a head that was kept elsewhere: a checkpoint.
//!
//! # Features
//! - `sqlite` (default): [`Sqlite`].
//! - `postgres`: `Postgres`; with `postgres-tls` over TLS.
//! - `blobs-object`: [`object`], attachments in a folder; with `blobs-s3` in an S3-compatible store.
//! - `checkpoints`: `proof`, signed checkpoints of the chain.
//! - `conformance`: the suite for backends.
#![forbid(unsafe_code)]

mod atomic_file;
mod audit;
mod batch;
mod blob;
mod check;
mod collect;
mod conflict;
#[cfg(feature = "conformance")]
pub mod conformance;
mod cursor;
mod error;
mod keys;
mod layer;
mod list;
mod memory;
#[cfg(feature = "blobs-object")]
pub mod object;
mod ports;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod projection_diff;
#[cfg(feature = "checkpoints")]
pub mod proof;
mod record;
#[cfg(feature = "sqlite")]
pub mod sqlite;
mod stream;
mod typed;
pub mod vault;
mod verify;
mod with_blobs;

pub use audit::IndexAudit;
pub use batch::{Batch, Change, Effect, NewEvent, SequenceClaim};
pub use blob::StoredBlob;
pub use check::{MAX_BLOB, MAX_EVENT, MAX_NAME, MAX_PER_CHANGE, MAX_ROW, MAX_STATE, MAX_VALUE};
pub use collect::{Collected, collect};
pub use conflict::{CommitError, Conflict};
pub use cursor::{Cursor, CursorRefusal};
pub use error::{Error, ErrorKind};
pub use keys::{ENTE_KEY, Erase, Key, KeyFor, Keys, Rewrapped, StoredKey};
pub use layer::Layer;
pub use list::{ListRow, Placed, Reprojected, Spot};
pub use mattoni_core::record::{
    Carries, Content, Direction, List, ListEntry, Owners, PersonalData, Projection, Span,
    UniqueKey, sort,
};
pub use memory::Memory;
#[cfg(feature = "blobs-object")]
pub use object::ObjectBlobs;
pub use ports::{Blobs, Journal, Lists, Outbox, Sequences, Store};
#[cfg(feature = "postgres")]
pub use postgres::Postgres;
pub use record::{
    AfterFailure, Committed, EffectId, Head, Recorded, RecordedStream, StoredEffect, StoredState,
};
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;
pub use stream::{Stream, Version};
pub use typed::{Loaded, Next, Past, history, load, load_many};
pub use vault::{
    KeyCopy, KeyRing, MasterKey, Pseudonyms, Vault, copy_keys, make_key_file, replace_key_file,
    restore_keys,
};
pub use verify::{
    Finding, JobProgress, Report, RowName, StateFinding, StatesReport, verify, verify_states,
};
pub use with_blobs::WithBlobs;
