//! Removing what nothing refers to, while the store serves.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use mattoni_core::record::Bricks;
use mattoni_core::{Digest, EnteId};
use serde::{Deserialize, Serialize};

use crate::typed::unreadable_state;
use crate::{Error, JobProgress, Store};

/// What a collection did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Collected {
    /// Whose blobs.
    pub ente: EnteId,
    /// Blobs that are referred to.
    pub kept: u64,
    /// Blobs nothing refers to, set aside by this run.
    pub set_aside: Vec<Digest>,
    /// Blobs that were aside and are referred to again.
    pub taken_back: Vec<Digest>,
    /// Blobs that had been aside for long enough, and are gone.
    pub discarded: Vec<Digest>,
    /// The bytes of those.
    pub bytes: u64,
    /// Blobs that are referred to and not there: lost, restore them from a backup.
    pub missing: Vec<Digest>,
    /// Kinds in the store that no brick keeps, so that nobody knows what they refer to. As long as
    /// there is one, nothing is looked at and nothing removed.
    pub unknown_kinds: Vec<String>,
}

const PAGE: usize = 500;

/// Sets aside every blob that no state refers to, and discards those that have been aside for
/// `grace` or longer: two runs at least `grace` apart remove what both found to be garbage.
///
/// Runs while others read and write, and beside another run of its own. It holds one thing to be
/// true: whoever puts a blob commits what refers to it within `grace`. A day is plenty.
///
/// # Errors
/// When the machine fails, or a state does not read; running it again goes on.
pub async fn collect(
    store: &(impl Store + ?Sized),
    ente: &EnteId,
    bricks: &Bricks,
    now: DateTime<Utc>,
    grace: TimeDelta,
    mut on_progress: impl FnMut(JobProgress) + Send,
) -> Result<Collected, Error> {
    let mut report = Collected {
        ente: ente.clone(),
        kept: 0,
        set_aside: Vec::new(),
        taken_back: Vec::new(),
        discarded: Vec::new(),
        bytes: 0,
        missing: Vec::new(),
        unknown_kinds: Vec::new(),
    };
    let kinds = store.kinds(ente).await?;
    let unknown = kinds.iter().filter(|kind| bricks.kind(kind).is_none());
    report.unknown_kinds = unknown.cloned().collect();
    if !report.unknown_kinds.is_empty() {
        return Ok(report);
    }
    let mut wanted = referred_to(store, ente, bricks, &kinds, &mut on_progress).await?;
    let mut after = None;
    loop {
        let page = store.blobs(ente, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.digest);
        for blob in page {
            let digest = blob.digest;
            match blob.aside_since {
                _ if wanted.remove(&digest) => {
                    report.kept += 1;
                    if blob.aside_since.is_some() && store.take_back(ente, digest).await? {
                        report.taken_back.push(digest);
                    }
                }
                None => {
                    if store.set_aside(ente, digest, now).await? {
                        report.set_aside.push(digest);
                    }
                }
                Some(since) if since + grace <= now => {
                    if store.discard(ente, digest, now - grace).await? {
                        report.discarded.push(digest);
                        report.bytes += blob.bytes;
                    }
                }
                Some(_) => {}
            }
        }
    }
    // A blob that was put and referred to while the list was read may not be in the list: asks for
    // each.
    for digest in wanted {
        if store.get(ente, digest).await?.is_none() {
            report.missing.push(digest);
        }
    }
    Ok(report)
}

/// Every digest that a state names.
async fn referred_to(
    store: &(impl Store + ?Sized),
    ente: &EnteId,
    bricks: &Bricks,
    kinds: &[String],
    on_progress: &mut (impl FnMut(JobProgress) + Send),
) -> Result<BTreeSet<Digest>, Error> {
    let (mut wanted, mut done) = (BTreeSet::new(), 0);
    for kind in kinds {
        let Some(known) = bricks.kind(kind) else { continue };
        let mut after = None;
        loop {
            let page = store.streams(ente, kind, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.stream.id);
            for stored in &page {
                let state = known.read(stored.json()?).map_err(|e| unreadable_state(stored, e))?;
                wanted.extend(state.blobs());
            }
            done += page.len() as u64;
            on_progress(JobProgress { done, total: None });
        }
    }
    Ok(wanted)
}
