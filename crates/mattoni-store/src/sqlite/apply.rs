//! One write inside the writer's transaction.

use std::collections::BTreeMap;

use mattoni_core::record::{Projection, UniqueKey};
use mattoni_core::{Digest, EnteId, Id};
use rusqlite::params;

use crate::keys::{Key, Rewrapped, StoredKey};
use crate::projection_diff::{StoredProjection, Tallies, stored_entries, stored_keys};
use crate::record::{Link, by_json};
use crate::sqlite::fault::{fault, is_taken};
use crate::sqlite::statements::{StateRow, Statements, id_bytes, int};
use crate::{
    AfterFailure, Batch, Change, Committed, Conflict, EffectId, Error, ErrorKind, Head,
    Reprojected, SequenceClaim, Stream, Version,
};

/// The ends of the chains as the transaction has moved them. They are read under its lock, since
/// another process may have written before it.
pub(super) type Heads = BTreeMap<EnteId, Head>;

/// A write that is not a commit.
pub(super) enum Write {
    Delivered { ente: EnteId, ids: Vec<EffectId> },
    Failed { ente: EnteId, id: EffectId, error: String, then: AfterFailure },
    Replay { ente: EnteId, id: EffectId, now: i64 },
    Keep { ente: EnteId, digest: Digest, bytes: Vec<u8> },
    SetAside { ente: EnteId, digest: Digest, now: i64 },
    TakeBack { ente: EnteId, digest: Digest },
    Discard { ente: EnteId, digest: Digest, since: i64 },
    Forget { ente: EnteId, digest: Digest },
    PutKeys { ente: EnteId, keys: Vec<StoredKey> },
    Rewrap { ente: EnteId, keys: Vec<Rewrapped> },
    TouchKey { ente: EnteId, key: Rewrapped },
    EraseKey { ente: EnteId, id: Id<Key>, wrapped: Vec<u8> },
    Reproject { ente: EnteId, states: Vec<Reprojected> },
    Mend { ente: EnteId, kind: String },
}

/// Why a batch cannot be applied.
pub(super) enum Stop {
    Conflict(Conflict),
    Failed(Error),
}

impl From<Conflict> for Stop {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

const COMMITTING: &str = "failed to commit";

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(fault(COMMITTING, error))
    }
}

impl Statements<'_> {
    pub(super) fn write(&mut self, write: &Write) -> Result<u64, Stop> {
        let changed = match write {
            Write::Delivered { ente, ids } => {
                let mut changed = 0;
                for id in ids {
                    let done =
                        self.deliver.execute(params![ente.as_str(), int(id.seq), id.index])?;
                    changed += self.and_advance(ente, *id, done)?;
                }
                changed
            }
            Write::Failed { ente, id, error, then } => match then {
                AfterFailure::RetryAt(at) => self.retry.execute(params![
                    ente.as_str(),
                    int(id.seq),
                    id.index,
                    error,
                    at.timestamp_micros()
                ])?,
                AfterFailure::Dead => {
                    let key = params![ente.as_str(), int(id.seq), id.index, error];
                    let done = self.bury.execute(key)?;
                    self.and_advance(ente, *id, done)?
                }
            },
            Write::Replay { ente, id, now } => {
                self.replay.execute(params![ente.as_str(), int(id.seq), id.index, now])?
            }
            Write::Keep { ente, digest, bytes } => {
                self.keep.execute(params![ente.as_str(), digest.as_bytes(), bytes])?
                    + self.take_back.execute(params![ente.as_str(), digest.as_bytes()])?
            }
            Write::SetAside { ente, digest, now } => {
                self.aside.execute(params![ente.as_str(), digest.as_bytes(), now])?
            }
            Write::TakeBack { ente, digest } => {
                self.take_back.execute(params![ente.as_str(), digest.as_bytes()])?
            }
            Write::Discard { ente, digest, since } => {
                let gone =
                    self.discard.execute(params![ente.as_str(), digest.as_bytes(), since])?;
                if gone > 0 {
                    self.take_back.execute(params![ente.as_str(), digest.as_bytes()])?;
                }
                gone
            }
            Write::Forget { ente, digest } => {
                self.take_back.execute(params![ente.as_str(), digest.as_bytes()])?;
                self.forget.execute(params![ente.as_str(), digest.as_bytes()])?
            }
            Write::PutKeys { ente, keys } => {
                keys.iter().map(|key| self.put_key(ente, key)).sum::<rusqlite::Result<_>>()?
            }
            Write::Rewrap { ente, keys } => {
                keys.iter().map(|key| self.rewrap_key(ente, key)).sum::<rusqlite::Result<_>>()?
            }
            Write::TouchKey { ente, key } => self.rewrap_key(ente, key)?,
            Write::EraseKey { ente, id, wrapped } => self.erase_key_as_read(ente, *id, wrapped)?,
            Write::Reproject { ente, states } => self.reproject_all(ente, states)?,
            Write::Mend { ente, kind } => self.mend(ente, kind)?,
        };
        Ok(changed as u64)
    }

    /// Puts the effect that follows a finished one into the queue.
    fn and_advance(&mut self, ente: &EnteId, id: EffectId, done: usize) -> rusqlite::Result<usize> {
        if done > 0 {
            self.advance.execute(params![ente.as_str(), int(id.seq), id.index])?;
        }
        Ok(done)
    }

    pub(super) fn apply(&mut self, batch: &Batch, heads: &mut Heads) -> Result<Committed, Stop> {
        let mut head = match heads.get(&batch.ente) {
            Some(head) => *head,
            None => self.read_head(&batch.ente)?,
        };
        let first_seq = head.seq + 1;
        let mut versions = Vec::with_capacity(batch.changes.len());
        let mut tallies = Tallies::default();
        for change in &batch.changes {
            let had = self.move_stream(&batch.ente, change)?;
            for claim in &change.claims {
                self.claim(&batch.ente, claim)?;
            }
            let had = had.map(|had| had.projection);
            let (stream, has) = (&change.stream, &change.projection);
            self.change_projection(&batch.ente, stream, had.as_ref(), has, &mut tallies)?;
            self.append_events(&batch.ente, change, &mut head)?;
            self.post_effects(&batch.ente, change, head.seq)?;
            for key in &change.keys {
                // Where another key for the same was there first, none was added.
                if self.put_key(&batch.ente, key)? == 0 && !self.is_there(&batch.ente, key)? {
                    return Err(Conflict::Key { stream: change.stream.clone() }.into());
                }
            }
            for erase in &change.erases {
                self.erase_keys(&batch.ente, erase)?;
            }
            versions.push(change.leads_to());
        }
        self.count_entries(&batch.ente, &tallies)?;
        // Done last, so that a batch that fails half way does not move the head.
        heads.insert(batch.ente.clone(), head);
        Ok(Committed { first_seq, head, versions })
    }

    /// Replaces the state and answers what was there before, `None` when it is new.
    fn move_stream(&mut self, ente: &EnteId, change: &Change) -> Result<Option<StateRow>, Stop> {
        let (stream, id) = (&change.stream, id_bytes(&change.stream));
        let to = int(change.leads_to().get());
        let keys = stored_keys(&change.projection.unique);
        let entries = stored_entries(&change.projection);
        let (expected, mut actual) = (change.expected, None);
        if expected == Version::NONE {
            // Does not read first: the row is inserted only if it is new.
            let row = params![ente.as_str(), stream.kind, id, to, keys, change.state, entries];
            if self.open_state.execute(row)? == 1 {
                return Ok(None);
            }
        }
        if let Some(had) = self.read_state(ente, stream)? {
            if had.version == expected {
                self.move_state.execute(params![had.rowid, to, keys, change.state, entries])?;
                return Ok(Some(had));
            }
            actual = Some(had.version);
        }
        let actual = actual.unwrap_or(Version::NONE);
        Err(Conflict::Version { stream: stream.clone(), expected, actual }.into())
    }

    fn claim(&mut self, ente: &EnteId, claim: &SequenceClaim) -> Result<(), Stop> {
        let moved = if claim.number == 1 {
            self.open_number.execute(params![ente.as_str(), claim.sequence])?
        } else {
            self.move_number.execute(params![ente.as_str(), claim.sequence, int(claim.number)])?
        };
        if moved == 1 {
            return Ok(());
        }
        let mut rows = self.number.query(params![ente.as_str(), claim.sequence])?;
        let last = match rows.next()? {
            Some(row) => super::statements::count(row, 0)?,
            None => 0,
        };
        let (sequence, claimed) = (claim.sequence.to_string(), claim.number);
        Err(Conflict::Number { sequence, claimed, last }.into())
    }

    /// Moves the stream from the unique keys and list entries it had to those it has.
    pub(super) fn change_projection(
        &mut self,
        ente: &EnteId,
        stream: &Stream,
        had: Option<&StoredProjection>,
        has: &Projection,
        tallies: &mut Tallies,
    ) -> Result<(), Stop> {
        let id = id_bytes(stream);
        let old_keys = had.map_or(&[][..], |had| &had.unique);
        for old in old_keys.iter().filter(|old| !has.unique.contains(old)) {
            let key = params![ente.as_str(), stream.kind, old.name, old.value, id];
            self.drop_unique_key.execute(key)?;
        }
        for new in has.unique.iter().filter(|new| !old_keys.contains(new)) {
            let row = params![ente.as_str(), stream.kind, new.name, new.value, id];
            match self.add_unique_key.execute(row) {
                Ok(_) => {}
                Err(e) if is_taken(&e) => return Err(self.holder_of(ente, stream, new)?.into()),
                Err(e) => return Err(e.into()),
            }
        }
        Ok(self.change_entries(ente, stream, had, has, tallies)?)
    }

    pub(super) fn holder_of(
        &mut self,
        ente: &EnteId,
        stream: &Stream,
        unique: &UniqueKey,
    ) -> rusqlite::Result<Conflict> {
        let key = params![ente.as_str(), stream.kind, unique.name, unique.value];
        let id: [u8; 16] = self.holder.query_row(key, |row| row.get(0))?;
        Ok(Conflict::UniqueKey {
            stream: stream.clone(),
            name: unique.name.to_string(),
            value: unique.value.clone(),
            holder: Id::from_u128(u128::from_be_bytes(id)),
        })
    }

    fn append_events(
        &mut self,
        ente: &EnteId,
        change: &Change,
        head: &mut Head,
    ) -> Result<(), Stop> {
        let stream = &change.stream;
        let (id, by) = (id_bytes(stream), by_json(&change.act.by));
        let at_micros = change.act.at.timestamp_micros();
        let link = Link { ente, stream, at_micros, by_json: &by };
        for (n, event) in change.events.iter().enumerate() {
            let (seq, version) = (head.seq + 1, change.expected.plus(n + 1));
            let hash = link.row(&head.hash, seq, version, &event.name, &event.body);
            let row = params![
                ente.as_str(),
                int(seq),
                stream.kind,
                id,
                int(version.get()),
                event.name,
                at_micros,
                by,
                event.body,
                hash.as_bytes()
            ];
            self.append.execute(row).map_err(|e| {
                // The stream's version and the head were just checked, so a row that is in the
                // way was not written by this software.
                let kind = if is_taken(&e) { ErrorKind::Corrupt } else { return Stop::from(e) };
                Stop::Failed(
                    Error::new(kind, "failed to commit: the journal is ahead of head or state")
                        .with("ente", ente)
                        .with("seq", seq)
                        .with("stream", stream)
                        .caused_by(e),
                )
            })?;
            *head = Head { seq, hash };
        }
        Ok(())
    }

    fn post_effects(&mut self, ente: &EnteId, change: &Change, seq: u64) -> Result<(), Stop> {
        let stream = &change.stream;
        let id = id_bytes(stream);
        for (index, effect) in (0_u32..).zip(&change.effects) {
            let next_at = effect.not_before.unwrap_or(change.act.at).timestamp_micros();
            let row = params![
                ente.as_str(),
                int(seq),
                index,
                effect.key,
                effect.topic,
                stream.kind,
                id,
                effect.payload,
                next_at
            ];
            match self.post.execute(row) {
                Ok(_) => {}
                Err(e) if is_taken(&e) => {
                    return Err(Conflict::Effect { key: effect.key.clone() }.into());
                }
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
    }
}
