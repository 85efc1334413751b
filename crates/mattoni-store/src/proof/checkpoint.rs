//! The end of a chain, signed.

use chrono::{DateTime, Utc};
use mattoni_core::{Digest, DigestBuilder, EnteId, Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::proof::key::{PublicKey, Signature, SigningKey};
use crate::proof::merkle::{Edge, leaf};
use crate::{Error, ErrorKind, Head, JobProgress, Journal};

const FORMAT: &str = "mattoni.checkpoint.v1";
const PAGE: usize = 1000;

/// How long an ente's journal was at an instant, and what was in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Checkpoint {
    /// `mattoni.checkpoint.v1`.
    pub format: String,
    /// Whose journal.
    pub ente: EnteId,
    /// When it was looked at.
    pub at: DateTime<Utc>,
    /// The end of its chain.
    pub head: Head,
    /// The root of the tree (RFC 6962) whose leaves are the hashes of the rows.
    pub root: Digest,
    /// The roots of the tree's perfect subtrees, the largest first: what the next checkpoint goes
    /// on from.
    pub peaks: Vec<Digest>,
}

impl Checkpoint {
    /// What is signed: the digest, version `mattoni.checkpoint.v1`, of ente, instant in
    /// microseconds, length, hash of the last row, and root.
    fn digest(&self) -> Digest {
        DigestBuilder::new(FORMAT)
            .field(self.ente.as_str().as_bytes())
            .number(self.at.timestamp_micros())
            .field(&self.head.seq.to_le_bytes())
            .field(self.head.hash.as_bytes())
            .field(self.root.as_bytes())
            .finish()
    }

    fn edge(&self) -> Option<Edge> {
        let edge = Edge::new(self.head.seq, self.peaks.clone())?;
        (edge.root() == Some(self.root)).then_some(edge)
    }
}

/// A checkpoint to publish, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SignedCheckpoint {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// The key that belongs to the signature. Whoever verifies has it from elsewhere.
    pub key: PublicKey,
    /// The signature.
    pub signature: Signature,
}

impl SignedCheckpoint {
    /// Whether the owner of `key` signed just this.
    ///
    /// # Errors
    /// Every problem: `proof.format`, `proof.root` when the tree contradicts itself, `proof.key`
    /// when another key signed, `proof.signature`.
    pub fn verify(&self, key: &PublicKey) -> Result<(), Problems> {
        let mut found = Vec::new();
        let mut check = |holds: bool, code, field, rule| {
            if !holds {
                let remedy = "do not trust it: ask the ente for the one it published";
                found.push(Problem::new(code, field, rule, remedy));
            }
        };
        check(self.checkpoint.format == FORMAT, "proof.format", "format", "is of a known version");
        check(self.checkpoint.edge().is_some(), "proof.root", "root", "is that of the peaks");
        check(self.key == *key, "proof.key", "key", "is the ente's");
        let signed = key.signed(self.checkpoint.digest(), &self.signature);
        check(signed, "proof.signature", "signature", "is the key's, of just this");
        Problems::check(found)
    }
}

/// Walks the journal, from where `last` ended when there is one, and signs its end; `None` when
/// it is empty. To be done once a day, and published.
///
/// Checks every link on the way, and that the journal goes on from `last`: what does not hold is
/// not signed.
///
/// # Errors
/// [`ErrorKind::Corrupt`] when the chain does not hold or contradicts `last`, or `last` was not
/// signed by `key`; otherwise when the machine fails.
pub async fn checkpoint(
    store: &(impl Journal + ?Sized),
    ente: &EnteId,
    last: Option<&SignedCheckpoint>,
    key: &SigningKey,
    at: DateTime<Utc>,
    mut on_progress: impl FnMut(JobProgress) + Send,
) -> Result<Option<SignedCheckpoint>, Error> {
    const SIGNING: &str = "failed to sign: the journal does not hold, verify it";
    let refused =
        |seq: u64| Error::new(ErrorKind::Corrupt, SIGNING).with("ente", ente).with("seq", seq);
    let Some(end) = store.head(ente).await? else {
        return if last.is_some() { Err(refused(0)) } else { Ok(None) };
    };
    let (mut head, mut edge) = (Head::START, Edge::default());
    if let Some(last) = last {
        let trusted = last.verify(&key.public()).is_ok() && last.checkpoint.ente == *ente;
        let known = last.checkpoint.edge().filter(|_| trusted);
        edge = known.ok_or_else(|| refused(last.checkpoint.head.seq))?;
        head = last.checkpoint.head;
        if confirm(store, last).await?.is_some() {
            return Err(refused(head.seq));
        }
    }
    while head.seq < end.seq {
        let left = usize::try_from(end.seq - head.seq).unwrap_or(PAGE);
        let page = store.scan(ente, head.seq, left.min(PAGE)).await?;
        if page.is_empty() {
            return Err(refused(head.seq + 1));
        }
        for row in page {
            if row.seq != head.seq + 1 || row.link(ente, &head.hash) != row.hash {
                return Err(refused(head.seq + 1));
            }
            edge.push(leaf(row.hash.as_bytes()));
            head = Head { seq: row.seq, hash: row.hash };
        }
        on_progress(JobProgress { done: head.seq, total: Some(end.seq) });
    }
    let Some(root) = edge.root().filter(|_| head == end) else {
        return Err(refused(end.seq));
    };
    let (format, ente, peaks) = (FORMAT.to_owned(), ente.clone(), edge.peaks().to_vec());
    // The instant is signed in microseconds, so it is published without further digits.
    let at = DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at);
    let checkpoint = Checkpoint { format, ente, at, head, root, peaks };
    let signature = key.sign(checkpoint.digest());
    Ok(Some(SignedCheckpoint { checkpoint, key: key.public(), signature }))
}

/// How a journal contradicts a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "contradiction")]
#[non_exhaustive]
pub enum Contradiction {
    /// The journal ends before the checkpoint does: its tail was cut off.
    Cut {
        /// Where it ends, `None` when it is empty.
        journal: Option<Head>,
    },
    /// The row that was the last then is gone or is another now: the journal was rewritten.
    Rewritten {
        /// Its place.
        seq: u64,
        /// Its hash now.
        hash: Option<Digest>,
    },
}

/// Whether the journal still goes through a checkpoint, which the caller has
/// [verified](SignedCheckpoint::verify); `None` when it does. Together with a clean
/// [`verify`](crate::verify()) that proves every row up to it.
///
/// # Errors
/// When the machine fails. A contradiction is not an error but the answer.
pub async fn confirm(
    store: &(impl Journal + ?Sized),
    signed: &SignedCheckpoint,
) -> Result<Option<Contradiction>, Error> {
    let (ente, then) = (&signed.checkpoint.ente, signed.checkpoint.head);
    let journal = store.head(ente).await?;
    if journal.is_none_or(|now| now.seq < then.seq) {
        return Ok(Some(Contradiction::Cut { journal }));
    }
    let page = store.scan(ente, then.seq.saturating_sub(1), 1).await?;
    let row = page.first().filter(|row| row.seq == then.seq);
    let hash = row.map(|row| row.hash);
    let holds = hash == Some(then.hash);
    Ok((!holds).then_some(Contradiction::Rewritten { seq: then.seq, hash }))
}
