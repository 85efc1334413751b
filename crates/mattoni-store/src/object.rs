//! Attachments beside the database: in a folder, or in an S3-compatible store.
//!
//! Put it under a store with [`WithBlobs`](crate::WithBlobs):
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! # let dir = tempfile::tempdir()?;
//! # let (db, attachments) = (dir.path().join("town.db"), dir.path().join("attachments"));
//! use mattoni_store::{Blobs, ObjectBlobs, Sqlite, WithBlobs};
//!
//! let store = WithBlobs::new(Sqlite::open(db)?, ObjectBlobs::folder(attachments)?);
//! let ente = "c_h223".parse()?;
//! let digest = store.put(&ente, b"carta d'identita".to_vec()).await?;
//! assert!(store.get(&ente, digest).await?.is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where what is
//! `<ente>/kept/<first two digits>/<digest>`, and what was set aside under
//! `<ente>/aside/<microseconds since 1970>/<digest>`. The ente leads every path: in an S3 store a
//! policy on the prefix is a second wall.
//!
//! # Durable
//! In a folder the file and the folders on the way to it are flushed before the caller hears yes.
//! An S3 store answers when it has the bytes. A blob is written under its name in one piece, so a
//! crash leaves it whole or not at all.
//!
//! # Races
//! Neither a folder nor an S3 store can say "remove this if nobody has written it since". So
//! setting aside is a copy followed by a removal, reads look in both places, and whoever puts the
//! bytes again always writes them: whichever comes last, the bytes are in one of the two.
//!
//! Needs a tokio runtime for S3; in a folder any executor will do.

mod durable;
#[cfg(feature = "blobs-s3")]
mod s3;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt, stream};
use mattoni_core::{Digest, EnteId};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

#[cfg(feature = "blobs-s3")]
pub use crate::object::s3::S3;

use crate::{Blobs, Error, ErrorKind, MAX_BLOB, StoredBlob, blob};

/// Blobs outside of the database.
pub struct ObjectBlobs {
    objects: Arc<dyn ObjectStore>,
    /// The folder on this machine, for flushing; `None` for an S3 store and in memory.
    folder: Option<PathBuf>,
}

/// How many requests run at the same time, because each takes an object store several milliseconds.
const LOOKS_AT_ONCE: usize = 16;

/// How often a blob is written again that others remove before it is on disk. Whoever sets it
/// aside does so once a run.
const ATTEMPTS: usize = 100;

const KEEPING: &str = "failed to keep a blob";
const READING: &str = "failed to read a blob";
const LISTING: &str = "failed to list blobs";
const COLLECTING: &str = "failed to collect a blob";

impl ObjectBlobs {
    /// Blobs in a folder of this machine, which is made if there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be made.
    pub fn folder(path: impl Into<PathBuf>) -> Result<Self, Error> {
        const OPENING: &str = "failed to open the folder of blobs";
        let path = path.into();
        let failed = || Error::new(ErrorKind::Io, OPENING).with("path", path.display());
        let mut new = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut new, 0o700);
        new.recursive(true).create(&path).map_err(|e| failed().caused_by(e))?;
        let whole = path.canonicalize().map_err(|e| failed().caused_by(e))?;
        let files = LocalFileSystem::new_with_prefix(&whole).map_err(|e| failed().caused_by(e))?;
        Ok(Self { objects: Arc::new(files), folder: Some(whole) })
    }

    /// Blobs that live as long as the value, for tests.
    #[must_use]
    pub fn memory() -> Self {
        Self { objects: Arc::new(InMemory::new()), folder: None }
    }

    /// Makes sure that what is at `path` survives the machine. `false` when it is not there any
    /// more.
    async fn flush(&self, path: &Path) -> Result<bool, Error> {
        let Some(folder) = self.folder.clone() else { return Ok(true) };
        let path = path.clone();
        durable::flush(folder, path).await.map_err(|e| {
            let kind = durable::kind(&e);
            Error::new(kind, KEEPING).caused_by(e)
        })
    }

    async fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, Error> {
        let object = match self.objects.get(path).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            object => object.map_err(|e| fault(READING, e))?,
        };
        if object.meta.size > (MAX_BLOB + blob::SEALING) as u64 {
            let size = object.meta.size;
            return Err(Error::new(ErrorKind::Corrupt, READING).with("bytes", size));
        }
        Ok(Some(object.bytes().await.map_err(|e| fault(READING, e))?.into()))
    }

    async fn is_there(&self, path: &Path) -> Result<bool, Error> {
        Ok(self.size(path).await?.is_some())
    }

    async fn size(&self, path: &Path) -> Result<Option<u64>, Error> {
        match self.objects.head(path).await {
            Ok(object) => Ok(Some(object.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(e) => Err(fault(READING, e)),
        }
    }

    /// The blob wherever it is; `instants` are those since when things are aside.
    async fn stored(
        &self,
        ente: &EnteId,
        digest: Digest,
        instants: &[i64],
    ) -> Result<Option<StoredBlob>, Error> {
        let here = kept(ente, digest);
        let blob = |bytes, aside_since| StoredBlob { digest, bytes, aside_since };
        if let Some(bytes) = self.size(&here).await? {
            return Ok(Some(blob(bytes, None)));
        }
        for since in instants {
            if let Some(bytes) = self.size(&aside(ente, *since, digest)).await? {
                return Ok(Some(blob(bytes, DateTime::from_timestamp_micros(*since))));
            }
        }
        // Another process may have taken it back between the two reads: looks once more.
        Ok(self.size(&here).await?.map(|bytes| blob(bytes, None)))
    }

    /// Answers whether it was there; another run may have removed it first.
    async fn remove(&self, path: &Path) -> Result<bool, Error> {
        match self.objects.delete(path).await {
            Ok(()) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(e) => Err(fault(COLLECTING, e)),
        }
    }

    /// Copies the blob; `false` when it is gone.
    async fn copy(&self, from: &Path, to: &Path) -> Result<bool, Error> {
        match self.objects.copy(from, to).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(false),
            copied => copied.map_err(|e| fault(COLLECTING, e))?,
        }
        // If the copy is gone as well, another process is moving the blob.
        self.flush(to).await
    }

    /// The names of the folders in `path`, in order.
    async fn folders(&self, path: &Path) -> Result<BTreeSet<String>, Error> {
        let listed = self.objects.list_with_delimiter(Some(path)).await;
        let prefixes = listed.map_err(|e| fault(LISTING, e))?.common_prefixes;
        Ok(prefixes.iter().filter_map(Path::filename).map(str::to_owned).collect())
    }

    /// The blobs right under `path`, with their sizes.
    async fn files(&self, path: &Path) -> Result<BTreeMap<Digest, u64>, Error> {
        let listed: Vec<_> =
            self.objects.list(Some(path)).try_collect().await.map_err(|e| fault(LISTING, e))?;
        // Files whose name is no digest belong to other programs and are skipped.
        let ours = listed.iter().filter_map(|object| {
            let digest = object.location.filename()?.parse().ok()?;
            Some((digest, object.size))
        });
        Ok(ours.collect())
    }

    /// The instants at which blobs of the ente were set aside, latest first.
    async fn instants(&self, ente: &EnteId) -> Result<Vec<i64>, Error> {
        let folders = self.folders(&aside_root(ente)).await?;
        let mut instants: Vec<i64> = folders.iter().filter_map(|name| name.parse().ok()).collect();
        instants.sort_unstable_by(|a, b| b.cmp(a));
        Ok(instants)
    }
}

impl fmt::Debug for ObjectBlobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectBlobs").field("objects", &self.objects.to_string()).finish()
    }
}

fn kept_root(ente: &EnteId) -> Path {
    Path::from_iter([ente.as_str(), "kept"])
}

fn aside_root(ente: &EnteId) -> Path {
    Path::from_iter([ente.as_str(), "aside"])
}

fn shard(first_byte: u8) -> String {
    format!("{first_byte:02x}")
}

fn kept(ente: &EnteId, digest: Digest) -> Path {
    let name = digest.to_string();
    Path::from_iter([ente.as_str(), "kept", &shard(digest.as_bytes()[0]), &name])
}

fn aside(ente: &EnteId, since: i64, digest: Digest) -> Path {
    Path::from_iter([ente.as_str(), "aside", &since.to_string(), &digest.to_string()])
}

/// A failure of the object store in the store's words. What its client could not settle by
/// trying again is taken for a server that cannot be reached.
fn fault(message: &'static str, error: object_store::Error) -> Error {
    use object_store::Error as Cause;
    let kind = match &error {
        Cause::Generic { source, .. } => match source.downcast_ref::<std::io::Error>() {
            Some(io) => durable::kind(io),
            None if error.to_string().contains("No space left") => ErrorKind::Full,
            None if matches!(error, Cause::Generic { store: "S3", .. }) => ErrorKind::Unreachable,
            None => ErrorKind::Io,
        },
        _ => ErrorKind::Io,
    };
    Error::new(kind, message).caused_by(error)
}

#[async_trait]
impl Blobs for ObjectBlobs {
    async fn put(&self, ente: &EnteId, bytes: Vec<u8>) -> Result<Digest, Error> {
        blob::fits(&bytes)?;
        let digest = Digest::of(&bytes);
        let path = kept(ente, digest);
        let bytes = PutPayload::from(bytes);
        for _ in 0..ATTEMPTS {
            // Written even if it exists: otherwise a process that is setting it aside at this moment
            // could remove it afterwards.
            self.objects.put(&path, bytes.clone()).await.map_err(|e| fault(KEEPING, e))?;
            if self.flush(&path).await? {
                return Ok(digest);
            }
        }
        Err(Error::new(ErrorKind::Io, KEEPING).with("removed", path))
    }

    async fn get(&self, ente: &EnteId, digest: Digest) -> Result<Option<Vec<u8>>, Error> {
        let mut bytes = self.read(&kept(ente, digest)).await?;
        if bytes.is_none() {
            for since in self.instants(ente).await? {
                bytes = self.read(&aside(ente, since, digest)).await?;
                if bytes.is_some() {
                    break;
                }
            }
        }
        if bytes.is_none() {
            // Another process may have taken it back between the two reads: looks once more.
            bytes = self.read(&kept(ente, digest)).await?;
        }
        bytes.map(|bytes| blob::whole(ente, digest, bytes)).transpose()
    }

    async fn blobs(
        &self,
        ente: &EnteId,
        after: Option<Digest>,
        limit: usize,
    ) -> Result<Vec<StoredBlob>, Error> {
        // What is set aside is the garbage of a few runs, so it fits in memory.
        let mut put_aside: BTreeMap<Digest, (u64, i64)> = BTreeMap::new();
        for since in self.instants(ente).await? {
            let folder = aside_root(ente).join(since.to_string());
            for (digest, bytes) in self.files(&folder).await? {
                put_aside.entry(digest).or_insert((bytes, since));
            }
        }
        let shards = self.folders(&kept_root(ente)).await?;
        let above = |digest: &Digest| after.is_none_or(|after| *digest > after);
        let mut found = BTreeMap::new();
        for first_byte in after.map_or(0, |after| after.as_bytes()[0])..=u8::MAX {
            if found.len() >= limit {
                break;
            }
            let here = put_aside.range(lowest(first_byte)..);
            for (digest, (bytes, since)) in
                here.take_while(|(digest, _)| digest.as_bytes()[0] == first_byte)
            {
                let aside_since = DateTime::from_timestamp_micros(*since);
                found.insert(*digest, StoredBlob { digest: *digest, bytes: *bytes, aside_since });
            }
            if shards.contains(&shard(first_byte)) {
                let folder = kept_root(ente).join(shard(first_byte));
                for (digest, bytes) in self.files(&folder).await? {
                    // A blob that is also set aside was put again since, so it counts as kept.
                    found.insert(digest, StoredBlob { digest, bytes, aside_since: None });
                }
            }
            found.retain(|digest, _| above(digest));
        }
        Ok(found.into_values().take(limit).collect())
    }

    async fn stored_blobs(
        &self,
        ente: &EnteId,
        digests: &[Digest],
    ) -> Result<Vec<StoredBlob>, Error> {
        let instants = &self.instants(ente).await?;
        let digests: BTreeSet<Digest> = digests.iter().copied().collect();
        let looks = digests.into_iter().map(|digest| self.stored(ente, digest, instants));
        let found: Vec<_> = stream::iter(looks).buffered(LOOKS_AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn set_aside(
        &self,
        ente: &EnteId,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let (from, since) = (kept(ente, digest), now.timestamp_micros());
        if !self.copy(&from, &aside(ente, since, digest)).await? {
            return Ok(false);
        }
        self.remove(&from).await?;
        // Removes copies that earlier runs set aside before the blob was put again.
        for earlier in self.instants(ente).await?.into_iter().filter(|instant| *instant < since) {
            self.remove(&aside(ente, earlier, digest)).await?;
        }
        Ok(true)
    }

    async fn take_back(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        let to = kept(ente, digest);
        let (mut there, mut was_aside) = (self.is_there(&to).await?, false);
        for since in self.instants(ente).await? {
            let from = aside(ente, since, digest);
            if !there {
                there = self.copy(&from, &to).await?;
                was_aside = there;
            }
            if there {
                self.remove(&from).await?;
            }
        }
        Ok(was_aside)
    }

    async fn discard(
        &self,
        ente: &EnteId,
        digest: Digest,
        since: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let (long, still): (Vec<i64>, Vec<i64>) = self
            .instants(ente)
            .await?
            .into_iter()
            .partition(|instant| *instant <= since.timestamp_micros());
        let mut gone = false;
        for instant in long {
            let path = aside(ente, instant, digest);
            if self.is_there(&path).await? {
                gone |= self.remove(&path).await?;
            }
        }
        // The blob is still there if it is kept, or was set aside again later.
        let mut left = self.is_there(&kept(ente, digest)).await?;
        for instant in still {
            left = left || self.is_there(&aside(ente, instant, digest)).await?;
        }
        Ok(gone && !left)
    }

    async fn forget(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        let mut paths = vec![kept(ente, digest)];
        paths.extend(self.instants(ente).await?.into_iter().map(|at| aside(ente, at, digest)));
        let mut gone = false;
        for path in paths {
            if self.is_there(&path).await? {
                gone |= self.remove(&path).await?;
            }
        }
        Ok(gone)
    }
}

/// The lowest digest that begins with this byte.
fn lowest(first_byte: u8) -> Digest {
    let mut bytes = [0; 32];
    bytes[0] = first_byte;
    Digest::from_bytes(bytes)
}
