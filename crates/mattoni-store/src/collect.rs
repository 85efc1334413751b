//! Removing what nothing refers to, while the store serves.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use mattoni_core::{Aggregate, Digest, EnteId};
use serde::{Deserialize, Serialize};

use crate::{Error, Loaded, Progress, Store, StoredState};

/// Which blobs each kind of aggregate refers to.
///
/// ```
/// use mattoni_core::{Aggregate, Digest, DomainEvent};
/// use mattoni_store::References;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Posted(Digest);
/// impl DomainEvent for Posted {
///     fn name(&self) -> &'static str {
///         "notice.posted"
///     }
/// }
///
/// #[derive(Serialize, Deserialize)]
/// struct Notice(Digest);
/// impl Aggregate for Notice {
///     const KIND: &'static str = "notice";
///     type Event = Posted;
///     fn open(event: &Posted) -> Option<Self> {
///         Some(Self(event.0))
///     }
///     fn apply(&mut self, event: &Posted) {
///         self.0 = event.0;
///     }
/// }
///
/// let references = References::new().with(|notice: &Notice| vec![notice.0]);
/// ```
#[derive(Default)]
pub struct References {
    by_kind: BTreeMap<&'static str, Of>,
}

type Of = Box<dyn Fn(&StoredState) -> Result<Vec<Digest>, Error> + Send + Sync>;

impl References {
    /// No kind yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// These, and those of an `A`. A kind that refers to no blob is named too: what is not known
    /// is never taken for garbage.
    #[must_use]
    pub fn with<A: Aggregate>(
        mut self,
        of: impl Fn(&A) -> Vec<Digest> + Send + Sync + 'static,
    ) -> Self {
        let read = move |stored: &StoredState| Ok(of(&Loaded::<A>::read(stored)?.state));
        self.by_kind.insert(A::KIND, Box::new(read));
        self
    }
}

impl fmt::Debug for References {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.by_kind.keys()).finish()
    }
}

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
    /// Kinds in the store whose references nobody named. As long as there is one, nothing is
    /// looked at and nothing removed.
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
    references: &References,
    now: DateTime<Utc>,
    grace: TimeDelta,
    mut on_progress: impl FnMut(Progress) + Send,
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
    let unknown = kinds.iter().filter(|kind| !references.by_kind.contains_key(kind.as_str()));
    report.unknown_kinds = unknown.cloned().collect();
    if !report.unknown_kinds.is_empty() {
        return Ok(report);
    }
    let mut wanted = referred_to(store, ente, references, &kinds, &mut on_progress).await?;
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
    // What was put and referred to while the list was read may be on one side only.
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
    references: &References,
    kinds: &[String],
    on_progress: &mut (impl FnMut(Progress) + Send),
) -> Result<BTreeSet<Digest>, Error> {
    let (mut wanted, mut done) = (BTreeSet::new(), 0);
    for kind in kinds {
        let Some(of) = references.by_kind.get(kind.as_str()) else { continue };
        let mut after = None;
        loop {
            let page = store.streams(ente, kind, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.stream.id);
            for stored in &page {
                wanted.extend(of(stored)?);
            }
            done += page.len() as u64;
            on_progress(Progress { done, total: None });
        }
    }
    Ok(wanted)
}
