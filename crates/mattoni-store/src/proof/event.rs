//! The proof of one event: its row, and how the row hangs on a published checkpoint.

use mattoni_core::{Digest, EnteId, Id, Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::proof::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::proof::key::PublicKey;
use crate::proof::merkle::{leads_to, leaf, path};
use crate::{Error, ErrorKind, Head, JobProgress, Journal, Recorded, Stream, Version};

const FORMAT: &str = "mattoni.event-proof.v1";
const PAGE: usize = 1000;

/// A row of the journal, written out whole: what is in here is what was hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ProvedRow {
    /// Its place in the ente's journal, from 1.
    pub seq: u64,
    /// The kind of record it happened to.
    pub kind: String,
    /// The record.
    pub id: Id<Stream>,
    /// Its place among the record's events, from 1.
    pub version: u64,
    /// The event's name.
    pub event: String,
    /// When, in microseconds since 1970-01-01T00:00:00Z.
    pub at_micros: i64,
    /// Who, as it was stored (JSON).
    pub by: String,
    /// The event, as it was stored: what is personal in it stays sealed where the store seals.
    pub body: String,
    /// The row's hash.
    pub hash: Digest,
}

impl ProvedRow {
    fn of(row: &Recorded) -> Result<Self, Error> {
        let body = String::from_utf8(row.body.clone()).map_err(|e| {
            Error::new(ErrorKind::Corrupt, "an event is no text").with("seq", row.seq).caused_by(e)
        })?;
        Ok(Self {
            seq: row.seq,
            kind: row.stream.kind.to_string(),
            id: row.stream.id,
            version: row.version.get(),
            event: row.name.clone(),
            at_micros: row.at_micros,
            by: row.by_json.clone(),
            body,
            hash: row.hash,
        })
    }

    /// The row, as the journal had it.
    #[must_use]
    pub fn recorded(&self) -> Recorded {
        Recorded {
            seq: self.seq,
            stream: Stream::new(self.kind.clone(), self.id),
            version: Version::new(self.version),
            name: self.event.clone(),
            at_micros: self.at_micros,
            by_json: self.by.clone(),
            body: self.body.clone().into_bytes(),
            hash: self.hash,
        }
    }
}

/// One event and what proves it, as JSON: whoever has it and the ente's key needs no store.
///
/// The row's hash follows from the row and the hash of the row before it. It is a leaf of the tree
/// (RFC 6962) over all rows up to [`end`](Self::end); the [`path`](Self::path) leads from it to the
/// root, which the checkpoint signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct EventProof {
    /// `mattoni.event-proof.v1`.
    pub format: String,
    /// Whose journal.
    pub ente: EnteId,
    /// The row.
    pub row: ProvedRow,
    /// The hash of the row before it.
    pub previous: Digest,
    /// The end of the chain it was followed to.
    pub end: Head,
    /// The root of the tree up to there.
    pub root: Digest,
    /// From the row's leaf to the root: the hashes it is joined with, the nearest first.
    pub path: Vec<Digest>,
    /// Who signed that end, where it is that of a checkpoint. Without one the proof is worth as
    /// much as the trust in [`end`](Self::end).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<SignedCheckpoint>,
}

/// Why an event cannot be proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoProof {
    /// The chain ends before the row.
    Beyond {
        /// Where it ends.
        last: u64,
    },
    /// This row does not follow from the one before it: it was changed, or is missing.
    Broken {
        /// Its place.
        seq: u64,
    },
    /// The journal does not go through the checkpoint.
    Otherwise,
}

/// Proves the event at `seq` of the ente's journal: every link is checked from the first row to
/// the end of the checkpoint, or to where the journal ends today.
///
/// The caller has [verified](SignedCheckpoint::verify) the checkpoint.
///
/// # Errors
/// When the machine fails, or a row cannot be read. That the journal does not prove it is no error,
/// but the answer.
pub async fn prove_event(
    store: &(impl Journal + ?Sized),
    ente: &EnteId,
    seq: u64,
    checkpoint: Option<&SignedCheckpoint>,
    mut on_progress: impl FnMut(JobProgress) + Send,
) -> Result<Result<EventProof, NoProof>, Error> {
    if checkpoint.is_some_and(|signed| signed.checkpoint.ente != *ente) {
        return Ok(Err(NoProof::Otherwise));
    }
    let end = match checkpoint {
        Some(signed) => signed.checkpoint.head,
        None => store.head(ente).await?.unwrap_or(Head::START),
    };
    if seq == 0 || seq > end.seq {
        return Ok(Err(NoProof::Beyond { last: end.seq }));
    }
    let (mut head, mut found) = (Head::START, None);
    let mut leaves = Vec::new();
    while head.seq < end.seq {
        let left = usize::try_from(end.seq - head.seq).unwrap_or(PAGE).min(PAGE);
        let page = match store.scan(ente, head.seq, left).await {
            // What cannot be read does not follow; which row it is shows one by one.
            Err(e) if e.kind() == ErrorKind::Corrupt && left > 1 => {
                match store.scan(ente, head.seq, 1).await {
                    Err(e) if e.kind() == ErrorKind::Corrupt => Vec::new(),
                    page => page?,
                }
            }
            Err(e) if e.kind() == ErrorKind::Corrupt => Vec::new(),
            page => page?,
        };
        if page.is_empty() {
            return Ok(Err(NoProof::Broken { seq: head.seq + 1 }));
        }
        for row in page {
            if row.seq != head.seq + 1 || row.link(ente, &head.hash) != row.hash {
                return Ok(Err(NoProof::Broken { seq: head.seq + 1 }));
            }
            if row.seq == seq {
                found = Some((ProvedRow::of(&row)?, head.hash));
            }
            leaves.push(leaf(row.hash.as_bytes()));
            head = Head { seq: row.seq, hash: row.hash };
        }
        on_progress(JobProgress { done: head.seq, total: Some(end.seq) });
    }
    let Some((row, previous)) = found.filter(|_| head == end) else {
        return Ok(Err(NoProof::Otherwise));
    };
    let at = usize::try_from(seq - 1).unwrap_or(usize::MAX);
    let Some((path, root)) = path(&leaves, at) else {
        return Ok(Err(NoProof::Otherwise));
    };
    if checkpoint.is_some_and(|signed| signed.checkpoint.root != root) {
        return Ok(Err(NoProof::Otherwise));
    }
    Ok(Ok(EventProof {
        format: FORMAT.to_owned(),
        ente: ente.clone(),
        row,
        previous,
        end,
        root,
        path,
        checkpoint: checkpoint.cloned(),
    }))
}

impl EventProof {
    /// Whether all of it holds: the row's hash is that of the row, the path leads from it to the
    /// root, and the checkpoint, where there is one, signs that root and was signed by the owner of
    /// `key`.
    ///
    /// # Errors
    /// Every problem: `proof.event.format`, `proof.event.row`, `proof.event.path`,
    /// `proof.event.checkpoint` when it is about another journal or another end of it, and those of
    /// [`SignedCheckpoint::verify`].
    pub fn verify(&self, key: Option<&PublicKey>) -> Result<(), Problems> {
        let mut found = Vec::new();
        let mut check = |holds: bool, code, field, rule| {
            if !holds {
                let remedy = "do not trust it: ask the ente for another one";
                found.push(Problem::new(code, field, rule, remedy));
            }
        };
        check(self.format == FORMAT, "proof.event.format", "format", "must be of a known version");
        let linked = self.row.recorded().link(&self.ente, &self.previous);
        check(
            linked == self.row.hash,
            "proof.event.row",
            "row",
            "must be the row that was hashed: what it says is not what was recorded",
        );
        let leads = leads_to(
            self.root,
            leaf(self.row.hash.as_bytes()),
            (self.row.seq.wrapping_sub(1), self.end.seq),
            &self.path,
        );
        check(leads, "proof.event.path", "path", "must lead from the row to the root");
        if let Some(signed) = &self.checkpoint {
            let Checkpoint { ente, head, root, .. } = &signed.checkpoint;
            check(
                (ente, head, root) == (&self.ente, &self.end, &self.root),
                "proof.event.checkpoint",
                "checkpoint",
                "must be of the journal and the end that the row was followed to",
            );
            let verified = signed.verify(key.unwrap_or(&signed.key));
            found.extend(verified.err().into_iter().flatten());
        }
        Problems::check(found)
    }
}
