//! Checkpoints: the end of the chain, signed and published.
//!
//! The chain of an ente proves its journal to whoever trusts the head. A *checkpoint* keeps the
//! head outside of the ente's own systems: once a day it is signed and published (on the ente's
//! site, in the *albo pretorio*, by another ente). From then on [`confirm`] finds out when rows
//! were cut off the end or the whole journal was rewritten. Beside the head it carries the root of
//! a Merkle tree over the rows: [`prove_event`] writes down how one row hangs on it, for whoever
//! is to check that event alone.
//!
//! ```
//! # use chrono::DateTime;
//! # use mattoni_core::{Act, Actor, EnteId, Id};
//! # use mattoni_store::{Batch, Change, Journal, Memory, NewEvent, Stream, Version};
//! use mattoni_store::proof::{SignedCheckpoint, SigningKey, checkpoint, confirm};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! # let store = Memory::new();
//! # let ente: EnteId = "c_f051".parse()?;
//! # for id in 1..=3 {
//! #     let act = Act::new(DateTime::UNIX_EPOCH, Actor::Operator("m.rossi".to_owned()));
//! #     let event = NewEvent { name: "lamp.hung".into(), body: b"{}".to_vec() };
//! #     let stream = Stream::new("lamp", Id::from_u128(id));
//! #     let change = Change::raw(stream, Version::NONE, act, vec![event], b"{}".to_vec());
//! #     store.commit(Batch::new(ente.clone(), [change])).await?;
//! # }
//! // 32 random bytes, kept where the ente keeps its secrets.
//! let key = SigningKey::from_seed([7; 32]);
//! let now = DateTime::UNIX_EPOCH;
//! let first = checkpoint(&store, &ente, None, &key, now, |_| {}).await?.ok_or("an empty journal")?;
//! let published = serde_json::to_string(&first)?;
//!
//! // Anybody, with the ente's public key:
//! let read: SignedCheckpoint = serde_json::from_str(&published)?;
//! read.verify(&key.public())?;
//!
//! // A year later.
//! assert_eq!(confirm(&store, &read).await?, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod checkpoint;
mod event;
mod key;
mod merkle;

pub use checkpoint::{Checkpoint, Contradiction, SignedCheckpoint, checkpoint, confirm};
pub use event::{EventProof, NoProof, ProvedRow, prove_event};
pub use key::{PublicKey, Signature, SigningKey};
