//! Blobs, each sealed under a key of its own.
//!
//! Below, a blob is kept by the digest of its sealed form. Its key says which blob that is
//! ([`KeyFor::Blob`]), so that everything above goes on by the digest of the bytes. What was put
//! before sealing began is kept by that digest itself, and stays so.
//!
//! # Races
//! Keys and bytes may lie in two stores, so no transaction is over both. A key comes before its
//! bytes: a process that stops in between leaves a key without bytes. After putting bytes, their key
//! is wrapped again. After discarding bytes, the key is erased only if it is wrapped as it was before
//! the bytes were found gone. So of two that put and discard at once, one sees the other. A put
//! that finds its key erased begins again with a new one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use mattoni_core::{Digest, EnteId, Id};

use crate::blob::{Found, SEALED, SEALING};
use crate::keys::{Key, KeyFor, Rewrapped, StoredKey};
use crate::vault::Vault;
use crate::vault::master::{KeyRing, Secret, draw};
use crate::vault::sealed_blob::Sealing;
use crate::{Error, ErrorKind, Store, StoredBlob, blob};

/// A blob's key that is not erased.
struct Live {
    id: Id<Key>,
    sealed: Digest,
    wrapped: Vec<u8>,
}

impl Live {
    fn of(key: StoredKey) -> Option<(Digest, Self)> {
        let KeyFor::Blob { blob, sealed } = key.of else { return None };
        Some((blob, Self { id: key.id, sealed, wrapped: key.wrapped? }))
    }

    fn secret(&self, ring: &KeyRing, ente: &EnteId, blob: Digest) -> Result<Secret, Error> {
        let of = KeyFor::Blob { blob, sealed: self.sealed };
        ring.unwrap(ente, self.id, &of, &self.wrapped)
    }
}

fn sealed_as(key: &StoredKey) -> Option<Digest> {
    match key.of {
        KeyFor::Blob { sealed, .. } => Some(sealed),
        KeyFor::Ente | KeyFor::Person { .. } => None,
    }
}

impl<S: Store> Vault<S> {
    async fn live(&self, ente: &EnteId, blob: Digest) -> Result<Vec<Live>, Error> {
        let keys = self.store.keys_of_blobs(ente, &[blob]).await?;
        Ok(keys.into_iter().filter_map(Live::of).map(|(_, key)| key).collect())
    }

    /// Seals the bytes and keeps them.
    pub(super) async fn keep(
        &self,
        ring: &KeyRing,
        ente: &EnteId,
        bytes: &[u8],
    ) -> Result<Digest, Error> {
        blob::fits(bytes)?;
        // As in a commit, nothing is added to a backup without its keys.
        self.ente_key(ente).await?;
        let blob = Digest::of(bytes);
        loop {
            let there = self.live(ente, blob).await?.into_iter().next();
            let (key, secret, form) = match there {
                Some(key) => {
                    let secret = key.secret(ring, ente, blob)?;
                    let form = Sealing { ente, blob, key: key.id }.seal(&secret, bytes)?;
                    (key, secret, form)
                }
                None => self.draw_for(ring, ente, blob, bytes).await?,
            };
            let sealed = key.sealed;
            self.store.put(ente, form).await?;
            if self.touch(ring, ente, blob, key, &secret).await? {
                return Ok(blob);
            }
            // The blob was discarded meanwhile and its key erased: what was put cannot be opened, and
            // is removed.
            self.store.forget(ente, sealed).await?;
        }
    }

    /// A new key for the blob, stored, and what it seals the bytes as.
    async fn draw_for(
        &self,
        ring: &KeyRing,
        ente: &EnteId,
        blob: Digest,
        bytes: &[u8],
    ) -> Result<(Live, Secret, Vec<u8>), Error> {
        let id = Id::from_u128(u128::from_be_bytes(*draw()?));
        let secret: Secret = draw()?;
        let form = Sealing { ente, blob, key: id }.seal(&secret, bytes)?;
        let sealed = Digest::of(&form);
        let of = KeyFor::Blob { blob, sealed };
        let wrapped = ring.wrap(ente, id, &of, &secret)?;
        let key = StoredKey { id, of, wrapped: Some(wrapped.clone()) };
        self.store.put_keys(ente, &[key]).await?;
        Ok((Live { id, sealed, wrapped }, secret, form))
    }

    /// Wraps the key anew, so that whoever read it before leaves it alone. Answers whether it is
    /// still there.
    async fn touch(
        &self,
        ring: &KeyRing,
        ente: &EnteId,
        blob: Digest,
        key: Live,
        secret: &Secret,
    ) -> Result<bool, Error> {
        let of = KeyFor::Blob { blob, sealed: key.sealed };
        let mut from = key.wrapped;
        loop {
            let to = ring.wrap(ente, key.id, &of, secret)?;
            if self.store.touch_key(ente, &Rewrapped { id: key.id, from, to }).await? {
                return Ok(true);
            }
            let there = self.store.keys(ente, &[key.id]).await?.pop();
            let Some(wrapped) = there.and_then(|key| key.wrapped) else { return Ok(false) };
            from = wrapped;
        }
    }

    /// The bytes of the blob.
    pub(super) async fn fetch(
        &self,
        ente: &EnteId,
        blob: Digest,
    ) -> Result<Option<Vec<u8>>, Error> {
        let keys = self.store.keys_of_blobs(ente, &[blob]).await?;
        let had_a_key = !keys.is_empty();
        for (_, key) in keys.into_iter().filter_map(Live::of) {
            let secret = key.secret(self.ring()?, ente, blob)?;
            if let Some(form) = self.store.get(ente, key.sealed).await? {
                return Sealing { ente, blob, key: key.id }.open(&secret, form).map(Some);
            }
        }
        let clear = self.store.get(ente, blob).await?;
        if clear.is_none() && !had_a_key {
            self.has_every_key(ente).await?;
        }
        Ok(clear)
    }

    /// Fails when keys of sealed blobs are missing, because a blob that is not found may be one of
    /// them. Only its key says which blob a sealed form holds, so all of them are read; this is
    /// done only when a blob should be there and is not found.
    async fn has_every_key(&self, ente: &EnteId) -> Result<(), Error> {
        const PAGE: usize = 500;
        if self.ring.is_none() {
            return Ok(());
        }
        if self.store.head(ente).await?.is_some() {
            self.ente_key(ente).await?;
        }
        let mut after = None;
        loop {
            let page = self.store.blobs(ente, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.digest);
            let digests: Vec<Digest> = page.iter().map(|blob| blob.digest).collect();
            let keys = self.store.keys_of_sealed(ente, &digests).await?;
            let known: BTreeSet<Digest> = keys.iter().filter_map(sealed_as).collect();
            for digest in digests.into_iter().filter(|digest| !known.contains(digest)) {
                if self.is_sealed(ente, digest).await? {
                    return Err(Error::new(
                        ErrorKind::Locked,
                        "a blob is sealed under a key that is not here: restore the copy of the keys",
                    )
                    .with("ente", ente)
                    .with("sealed", digest));
                }
            }
        }
    }

    /// Whether what is kept by this digest is a sealed form.
    async fn is_sealed(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        if self.clear.lock().unwrap_or_else(PoisonError::into_inner).contains(&digest) {
            return Ok(false);
        }
        let Some(bytes) = self.store.get(ente, digest).await? else { return Ok(false) };
        let sealed = bytes.starts_with(SEALED);
        if !sealed {
            self.clear.lock().unwrap_or_else(PoisonError::into_inner).insert(digest);
        }
        Ok(sealed)
    }

    /// A page of blobs: those that are sealed by what their keys say, and those that are not.
    pub(super) async fn listed(
        &self,
        ente: &EnteId,
        mut after: Option<Digest>,
        limit: usize,
    ) -> Result<Vec<StoredBlob>, Error> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        loop {
            let mut keys = self.store.blob_keys(ente, after, limit).await?;
            let mut end = None;
            if keys.len() >= limit
                && let Some(KeyFor::Blob { blob, .. }) = keys.last().map(|key| key.of.clone())
            {
                // The page may end between two keys of one blob.
                keys.retain(|key| !matches!(&key.of, KeyFor::Blob { blob: of, .. } if *of == blob));
                keys.extend(self.store.keys_of_blobs(ente, &[blob]).await?);
                end = Some(blob);
            }
            let mut found = Found::default();
            self.find_sealed(ente, keys, &mut found).await?;
            self.find_clear(ente, (after, end), limit, &mut found).await?;
            if end.is_none() || !found.0.is_empty() {
                return Ok(found.0.into_values().take(limit).collect());
            }
            // None of these keys has a stored blob: goes on with the next page.
            after = end;
        }
    }

    async fn find_sealed(
        &self,
        ente: &EnteId,
        keys: Vec<StoredKey>,
        found: &mut Found,
    ) -> Result<(), Error> {
        let live = keys.into_iter().filter_map(Live::of);
        let blobs: BTreeMap<Digest, Digest> = live.map(|(blob, key)| (key.sealed, blob)).collect();
        let sealed: Vec<Digest> = blobs.keys().copied().collect();
        for form in self.store.stored_blobs(ente, &sealed).await? {
            let Some(blob) = blobs.get(&form.digest) else { continue };
            let bytes = form.bytes.saturating_sub(SEALING as u64);
            found.add(StoredBlob { digest: *blob, bytes, ..form });
        }
        Ok(())
    }

    /// Those after `after` and up to `end` that are no key's, until the page is full.
    async fn find_clear(
        &self,
        ente: &EnteId,
        (mut after, end): (Option<Digest>, Option<Digest>),
        limit: usize,
        found: &mut Found,
    ) -> Result<(), Error> {
        loop {
            let page = self.store.blobs(ente, after, limit).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.digest);
            let digests: Vec<Digest> = page.iter().map(|blob| blob.digest).collect();
            let keys = self.store.keys_of_sealed(ente, &digests).await?;
            let sealed: BTreeSet<Digest> =
                keys.into_iter().filter_map(Live::of).map(|(_, key)| key.sealed).collect();
            for blob in page {
                if end.is_some_and(|end| blob.digest > end) {
                    return Ok(());
                }
                if !sealed.contains(&blob.digest) {
                    found.add(blob);
                }
            }
            if after.is_some_and(|after| found.0.range(..=after).count() >= limit) {
                return Ok(());
            }
        }
    }

    /// Those of the blobs that are there.
    pub(super) async fn looked_up(
        &self,
        ente: &EnteId,
        blobs: &[Digest],
    ) -> Result<Vec<StoredBlob>, Error> {
        let mut found = Found::default();
        let keys = self.store.keys_of_blobs(ente, blobs).await?;
        self.find_sealed(ente, keys, &mut found).await?;
        for clear in self.store.stored_blobs(ente, blobs).await? {
            found.add(clear);
        }
        Ok(found.0.into_values().collect())
    }

    /// By which digests the blob may be kept.
    async fn places(&self, ente: &EnteId, blob: Digest) -> Result<Vec<Digest>, Error> {
        let live = self.live(ente, blob).await?;
        Ok(live.into_iter().map(|key| key.sealed).chain([blob]).collect())
    }

    pub(super) async fn lay_aside(
        &self,
        ente: &EnteId,
        blob: Digest,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let mut changed = false;
        for place in self.places(ente, blob).await? {
            changed |= self.store.set_aside(ente, place, now).await?;
        }
        Ok(changed)
    }

    pub(super) async fn fetch_back(&self, ente: &EnteId, blob: Digest) -> Result<bool, Error> {
        let places = self.places(ente, blob).await?;
        let there = self.store.stored_blobs(ente, &places).await?;
        if there.iter().any(|place| place.aside_since.is_none()) {
            return Ok(false);
        }
        let mut changed = false;
        for place in there {
            changed |= self.store.take_back(ente, place.digest).await?;
        }
        Ok(changed)
    }

    /// Discards the blob, and erases the keys of what is gone.
    pub(super) async fn dispose(
        &self,
        ente: &EnteId,
        blob: Digest,
        since: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let (mut gone, mut places) = (false, vec![blob]);
        for key in self.live(ente, blob).await? {
            places.push(key.sealed);
            if self.store.discard(ente, key.sealed, since).await? {
                gone = true;
                self.erase_unless_put_again(ente, key).await?;
            }
        }
        let clear = self.store.stored_blobs(ente, &[blob]).await?.pop();
        let long = clear.and_then(|clear| clear.aside_since).is_some_and(|aside| aside <= since);
        if long && !self.is_anothers(ente, blob).await? {
            gone |= self.store.discard(ente, blob, since).await?;
        }
        Ok(gone && self.store.stored_blobs(ente, &places).await?.is_empty())
    }

    async fn erase_unless_put_again(&self, ente: &EnteId, key: Live) -> Result<(), Error> {
        loop {
            // The wrapped key is read before the blobs: a process that puts the blob afterwards wraps
            // the key again, and then it is not erased below.
            let there = self.store.keys(ente, &[key.id]).await?.pop();
            let Some(wrapped) = there.and_then(|key| key.wrapped) else { return Ok(()) };
            let put_again = !self.store.stored_blobs(ente, &[key.sealed]).await?.is_empty();
            if put_again || self.store.erase_key(ente, key.id, &wrapped).await? {
                return Ok(());
            }
        }
    }

    /// Whether what is kept by this digest is the sealed form of another blob, be it one whose
    /// key is not here, because the copy of the keys that was restored is older: a newer one
    /// opens it.
    async fn is_anothers(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        let keys = self.store.keys_of_sealed(ente, &[digest]).await?;
        if !keys.is_empty() {
            return Ok(keys.iter().any(|key| key.wrapped.is_some()));
        }
        self.is_sealed(ente, digest).await
    }

    /// Erases every key of the blob, then removes the bytes: also those that an earlier call,
    /// which was stopped in between, left behind.
    pub(super) async fn obliterate(&self, ente: &EnteId, blob: Digest) -> Result<bool, Error> {
        let keys = self.store.keys_of_blobs(ente, &[blob]).await?;
        let erased: Vec<StoredKey> =
            keys.into_iter().map(|key| StoredKey { wrapped: None, ..key }).collect();
        if !erased.is_empty() {
            self.store.put_keys(ente, &erased).await?;
        }
        let mut gone = self.store.forget(ente, blob).await?;
        for key in &erased {
            if let Some(sealed) = sealed_as(key) {
                gone |= self.store.forget(ente, sealed).await?;
            }
        }
        if !gone && erased.is_empty() {
            self.has_every_key(ente).await?;
        }
        Ok(gone)
    }
}
