//! What passes through a vault, sealed on the way in and opened on the way out.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::record::Span;
use mattoni_core::{Digest, EnteId, Id};

use crate::vault::mark::is_late;
use crate::vault::seal::{Rack, known};
use crate::vault::token::{Document, Part};
use crate::vault::{Pseudonyms, Vault};
use crate::{
    Batch, CommitError, Committed, EffectId, Error, Layer, ListRow, Placed, Recorded, Reprojected,
    Spot, Store, StoredBlob, StoredEffect, StoredState, Stream, Version,
};

/// How often a batch is sealed when others store keys for the same people at the same time.
const ATTEMPTS: usize = 8;

impl<S: Store> Vault<S> {
    async fn states(
        &self,
        ente: &EnteId,
        mut states: Vec<StoredState>,
    ) -> Result<Vec<StoredState>, Error> {
        let documents = states.iter_mut().map(|StoredState { stream, version, body, .. }| {
            (Document { ente, stream, version: *version, part: Part::State }, body)
        });
        let faults = self.opened(ente, documents).await?;
        for (state, fault) in states.iter_mut().zip(faults) {
            if fault.is_some() {
                state.body.clear();
                state.fault = fault;
            }
        }
        Ok(states)
    }

    async fn opened_rows(
        &self,
        ente: &EnteId,
        kind: &str,
        mut rows: Vec<ListRow>,
    ) -> Result<Vec<ListRow>, Error> {
        let stream = |row: &ListRow| Stream::new(kind.to_owned(), row.spot.id);
        let streams: Vec<Stream> = rows.iter().map(stream).collect();
        let mut texts: Vec<Vec<u8>> =
            rows.iter_mut().map(|row| std::mem::take(&mut row.row).into_bytes()).collect();
        let documents = streams.iter().zip(&mut texts).map(|(stream, text)| {
            (Document { ente, stream, version: Version::NONE, part: Part::Row }, text)
        });
        let faults = self.opened(ente, documents).await?;
        for ((row, text), fault) in rows.iter_mut().zip(texts).zip(faults) {
            if fault.is_none() {
                // The text was UTF-8 and only strings in it were replaced by strings.
                row.row = String::from_utf8_lossy(&text).into_owned();
            }
            row.fault = fault;
        }
        Ok(rows)
    }

    /// Projections with their rows and personal sort keys sealed.
    async fn reprojected(
        &self,
        ente: &EnteId,
        mut states: Vec<Reprojected>,
    ) -> Result<Vec<Reprojected>, CommitError> {
        let Some(ring) = &self.ring else { return Ok(states) };
        for state in &states {
            known(&self.personal, &state.stream)?;
        }
        // Fails where the ente's key is missing: then the keys must be restored before new ones
        // are made.
        self.ente_key(ente).await?;
        for state in &mut states {
            self.key_entries(ente, &state.stream.kind, &mut state.projection).await?;
        }
        loop {
            let streams = states.iter().map(|state| &state.stream);
            let streams = streams.filter(|stream| self.has_personal(stream));
            let mut rack = Rack::of(ring, &self.store, ente, streams).await?;
            let mut sealed = states.clone();
            for Reprojected { stream, projection, owners, .. } in &mut sealed {
                rack.row(stream, projection, owners, known(&self.personal, stream)?)?;
            }
            let made = rack.made();
            if made.is_empty() {
                return Ok(sealed);
            }
            // Records from before sealing have no key yet. Another process may store one at the same
            // time, so the next round reads what is stored.
            self.store.put_keys(ente, &made).await?;
        }
    }

    async fn effects(
        &self,
        ente: &EnteId,
        mut effects: Vec<StoredEffect>,
    ) -> Result<Vec<StoredEffect>, Error> {
        let documents = effects.iter_mut().map(|StoredEffect { key, stream, payload, .. }| {
            (Document { ente, stream, version: Version::NONE, part: Part::Effect(key) }, payload)
        });
        let faults = self.opened(ente, documents).await?;
        for (effect, fault) in effects.iter_mut().zip(faults) {
            if fault.is_some() {
                effect.payload.clear();
                effect.fault = fault;
            }
        }
        Ok(effects)
    }
}

/// [`history`](crate::Journal::history) gives rows opened; [`scan`](crate::Journal::scan), which
/// the chain is verified by, gives them as they are stored.
#[async_trait]
impl<S: Store> Layer for Vault<S> {
    type Below = S;

    fn below(&self) -> &S {
        &self.store
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        match &self.ring {
            None => {
                self.in_the_clear(&batch.ente).await?;
                self.store.commit(batch).await
            }
            Some(ring) => {
                batch.check()?;
                let mut attempt = 1;
                loop {
                    let sealed = self.sealed(ring, &batch).await?;
                    match self.store.commit(sealed).await {
                        Err(CommitError::Conflict(conflict))
                            if attempt < ATTEMPTS && is_late(&conflict) =>
                        {
                            attempt += 1;
                        }
                        done => return done,
                    }
                }
            }
        }
    }

    async fn load(&self, ente: &EnteId, stream: &Stream) -> Result<Option<StoredState>, Error> {
        let state = self.store.load(ente, stream).await?;
        Ok(self.states(ente, state.into_iter().collect()).await?.pop())
    }

    async fn history(
        &self,
        ente: &EnteId,
        stream: &Stream,
        after: Version,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error> {
        let mut rows = self.store.history(ente, stream, after, limit).await?;
        let documents = rows.iter_mut().map(|Recorded { stream, version, body, .. }| {
            (Document { ente, stream, version: *version, part: Part::Event }, body)
        });
        let faults = self.opened(ente, documents).await?;
        // A history with a gap is none: it is given whole or not at all.
        match faults.into_iter().flatten().next() {
            None => Ok(rows),
            Some(fault) => Err(fault),
        }
    }

    async fn streams(
        &self,
        ente: &EnteId,
        kind: &str,
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<StoredState>, Error> {
        self.states(ente, self.store.streams(ente, kind, after, limit).await?).await
    }

    async fn load_many(
        &self,
        ente: &EnteId,
        streams: &[Stream],
    ) -> Result<Vec<StoredState>, Error> {
        self.states(ente, self.store.load_many(ente, streams).await?).await
    }

    async fn holder(
        &self,
        ente: &EnteId,
        kind: &str,
        name: &str,
        value: &str,
    ) -> Result<Option<StoredState>, Error> {
        let value = self.keyed_value(ente, kind, name, value).await?;
        let state = self.store.holder(ente, kind, name, &value).await?;
        Ok(self.states(ente, state.into_iter().collect()).await?.pop())
    }

    async fn page(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<Placed>, Error> {
        let span = self.keyed_span(ente, kind, span).await?;
        let placed = self.store.page(ente, kind, &span, after, limit).await?;
        let (sorts, states): (Vec<String>, Vec<StoredState>) =
            placed.into_iter().map(|placed| (placed.sort, placed.state)).unzip();
        let states = self.states(ente, states).await?;
        let whole = sorts.into_iter().zip(states);
        Ok(whole.map(|(sort, state)| Placed { sort, state }).collect())
    }

    async fn rows(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<ListRow>, Error> {
        let span = self.keyed_span(ente, kind, span).await?;
        let rows = self.store.rows(ente, kind, &span, after, limit).await?;
        self.opened_rows(ente, kind, rows).await
    }

    async fn reproject(&self, ente: &EnteId, states: Vec<Reprojected>) -> Result<u64, CommitError> {
        let states = self.reprojected(ente, states).await?;
        self.store.reproject(ente, states).await
    }

    async fn due(
        &self,
        ente: &EnteId,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        self.effects(ente, self.store.due(ente, now, limit).await?).await
    }

    async fn dead(
        &self,
        ente: &EnteId,
        after: Option<EffectId>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        self.effects(ente, self.store.dead(ente, after, limit).await?).await
    }

    async fn put(&self, ente: &EnteId, bytes: Vec<u8>) -> Result<Digest, Error> {
        match &self.ring {
            None => self.store.put(ente, bytes).await,
            Some(ring) => self.keep(ring, ente, &bytes).await,
        }
    }

    async fn get(&self, ente: &EnteId, digest: Digest) -> Result<Option<Vec<u8>>, Error> {
        self.fetch(ente, digest).await
    }

    async fn blobs(
        &self,
        ente: &EnteId,
        after: Option<Digest>,
        limit: usize,
    ) -> Result<Vec<StoredBlob>, Error> {
        self.listed(ente, after, limit).await
    }

    async fn stored_blobs(
        &self,
        ente: &EnteId,
        digests: &[Digest],
    ) -> Result<Vec<StoredBlob>, Error> {
        self.looked_up(ente, digests).await
    }

    async fn set_aside(
        &self,
        ente: &EnteId,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        self.lay_aside(ente, digest, now).await
    }

    async fn take_back(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        self.fetch_back(ente, digest).await
    }

    async fn discard(
        &self,
        ente: &EnteId,
        digest: Digest,
        since: DateTime<Utc>,
    ) -> Result<bool, Error> {
        self.dispose(ente, digest, since).await
    }

    async fn forget(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        self.obliterate(ente, digest).await
    }

    async fn pseudonyms(&self, ente: &EnteId) -> Result<Option<Pseudonyms>, Error> {
        match self.ring {
            None => Ok(None),
            Some(_) => Ok(Some(Pseudonyms::of_ente(&self.ente_key(ente).await?))),
        }
    }
}
