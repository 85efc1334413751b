//! One event shown to be under a checkpoint.

use mattoni_core::{Digest, Id, Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::proof::checkpoint::SignedCheckpoint;
use crate::proof::key::PublicKey;
use crate::proof::merkle::{Path, climb, leaf};
use crate::{Error, ErrorKind, Journal, Recorded, Stream, Version};

const FORMAT: &str = "mattoni.inclusion.v1";
const PAGE: usize = 1000;

/// An event, and why it must have been in the journal when the checkpoint was signed. To hand
/// over as JSON; some sixty bytes for every doubling of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Inclusion {
    /// `mattoni.inclusion.v1`.
    pub format: String,
    /// The event.
    pub event: ProvenEvent,
    /// The hash of the row before it.
    pub previous: Digest,
    /// The hashes beside the way from the row to the root, upwards.
    pub path: Vec<Digest>,
}

/// An event as it is hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ProvenEvent {
    /// Its place in the ente's journal.
    pub seq: u64,
    /// The stream it belongs to.
    pub stream: Stream,
    /// Its place in the stream.
    pub version: Version,
    /// Its name.
    pub name: String,
    /// When, in microseconds since 1970-01-01T00:00:00Z.
    pub at_micros: i64,
    /// Who, the JSON as it was hashed.
    pub by_json: String,
    /// What, the JSON as it was hashed.
    pub body: String,
}

impl Inclusion {
    /// Whether the event is under the checkpoint, and that is `key`'s.
    ///
    /// # Errors
    /// What [`SignedCheckpoint::verify`] finds, `proof.format`, and `proof.path` when the way from
    /// the event does not lead to the checkpoint's root.
    pub fn verify(&self, signed: &SignedCheckpoint, key: &PublicKey) -> Result<(), Problems> {
        signed.verify(key)?;
        let problem = |code, rule| {
            Problem::new(code, "inclusion", rule, "ask for it again, with its checkpoint")
        };
        if self.format != FORMAT {
            return Err(problem("proof.format", "is of a known version").into());
        }
        let event = &self.event;
        let row = Recorded {
            seq: event.seq,
            stream: Stream::new(
                event.stream.kind.clone(),
                Id::from_u128(event.stream.id.as_u128()),
            ),
            version: event.version,
            name: event.name.clone(),
            at_micros: event.at_micros,
            by_json: event.by_json.clone(),
            body: event.body.clone().into_bytes(),
            hash: Digest::ZERO,
        };
        let checkpoint = &signed.checkpoint;
        let hash = row.link(&checkpoint.ente, &self.previous);
        let root = event
            .seq
            .checked_sub(1)
            .and_then(|index| climb(leaf(hash.as_bytes()), index, checkpoint.head.seq, &self.path));
        if root == Some(checkpoint.root) {
            Ok(())
        } else {
            Err(problem("proof.path", "leads from the event to the checkpoint's root").into())
        }
    }
}

/// Shows that row `seq` is under the checkpoint. Reads the journal up to the checkpoint once.
///
/// # Errors
/// [`ErrorKind::Corrupt`] when the journal does not lead to the checkpoint or has no such row
/// under it, [`ErrorKind::Unreadable`] when the event is not text, or when the machine fails.
pub async fn prove(
    store: &(impl Journal + ?Sized),
    signed: &SignedCheckpoint,
    seq: u64,
) -> Result<Inclusion, Error> {
    let (ente, end) = (&signed.checkpoint.ente, signed.checkpoint.head);
    let lost =
        |kind| Error::new(kind, "failed to prove an event").with("ente", ente).with("seq", seq);
    let corrupt = || lost(ErrorKind::Corrupt);
    let mut path = Path::to(seq.checked_sub(1).ok_or_else(corrupt)?);
    let (mut at, mut hash, mut found) = (0, Digest::ZERO, None);
    while at < end.seq {
        let left = usize::try_from(end.seq - at).unwrap_or(PAGE);
        let page = store.scan(ente, at, left.min(PAGE)).await?;
        if page.is_empty() {
            return Err(corrupt());
        }
        for row in page {
            if row.seq != at + 1 {
                return Err(corrupt());
            }
            path.push(leaf(row.hash.as_bytes()));
            let previous = std::mem::replace(&mut hash, row.hash);
            at = row.seq;
            if row.seq == seq {
                found = Some((row, previous));
            }
        }
    }
    let (row, previous) = found.filter(|_| hash == end.hash).ok_or_else(corrupt)?;
    let path = path.finish().ok_or_else(corrupt)?;
    let text = String::from_utf8(row.body);
    let event = ProvenEvent {
        seq: row.seq,
        stream: row.stream,
        version: row.version,
        name: row.name,
        at_micros: row.at_micros,
        by_json: row.by_json,
        body: text.map_err(|e| lost(ErrorKind::Unreadable).caused_by(e))?,
    };
    let inclusion = Inclusion { format: FORMAT.to_owned(), event, previous, path };
    // A row that was altered together with nothing else would make a proof that proves nothing.
    inclusion.verify(signed, &signed.key).map_err(|e| corrupt().caused_by(e))?;
    Ok(inclusion)
}
