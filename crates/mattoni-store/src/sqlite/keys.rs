//! Wrapped keys in SQLite.

use async_trait::async_trait;
use mattoni_core::{Digest, EnteId, Id, Person};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};

use crate::keys::{Columns, Erase, Key, Keys, Rewrapped, StoredKey};
use crate::sqlite::Sqlite;
use crate::sqlite::apply::Write;
use crate::sqlite::read::{all, page};
use crate::sqlite::statements::{Statements, id_bytes};
use crate::{Error, Stream};

const ROW: &str = "id, kind, stream, person, wrapped";
/// What the kind of a person's key is not.
const OF_A_PERSON: &str = "!= '' AND kind NOT LIKE 'blob %'";

fn bytes(id: u128) -> [u8; 16] {
    id.to_be_bytes()
}

fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u128> {
    Ok(u128::from_be_bytes(row.get(column)?))
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredKey> {
    let kind: String = row.get(1)?;
    let columns = Columns { kind: kind.into(), stream: number(row, 2)?, person: number(row, 3)? };
    let misread = || {
        let cause = "a key of nothing".into();
        rusqlite::Error::FromSqlConversionFailure(1, Type::Text, cause)
    };
    let of = columns.read().ok_or_else(misread)?;
    Ok(StoredKey { id: Id::from_u128(number(row, 0)?), of, wrapped: row.get(4)? })
}

/// The keys that a query finds for each of some things, by id.
fn for_each<T>(
    conn: &Connection,
    things: &[T],
    find: impl Fn(&Connection, &T) -> Result<Vec<StoredKey>, Error>,
) -> Result<Vec<StoredKey>, Error> {
    let mut keys = Vec::with_capacity(things.len());
    for thing in things {
        keys.extend(find(conn, thing)?);
    }
    keys.sort_by_key(|key: &StoredKey| key.id);
    Ok(keys)
}

impl Statements<'_> {
    pub(super) fn put_key(&mut self, ente: &EnteId, key: &StoredKey) -> rusqlite::Result<usize> {
        let Columns { kind, stream, person } = key.of.columns();
        let id = bytes(key.id.as_u128());
        let (stream, person) = (bytes(stream), bytes(person));
        let row = params![ente.as_str(), id, kind, stream, person, key.wrapped];
        let added = self.add_key.execute(row)?;
        if added == 0 && key.wrapped.is_none() {
            return self.drop_key.execute(params![ente.as_str(), id]);
        }
        Ok(added)
    }

    /// Whether this key, which a batch was sealed under, is the one that is there for its purpose.
    pub(super) fn is_there(&mut self, ente: &EnteId, key: &StoredKey) -> rusqlite::Result<bool> {
        self.key_there.exists(params![ente.as_str(), bytes(key.id.as_u128())])
    }

    pub(super) fn rewrap_key(&mut self, ente: &EnteId, key: &Rewrapped) -> rusqlite::Result<usize> {
        let id = bytes(key.id.as_u128());
        self.move_key.execute(params![ente.as_str(), id, key.from, key.to])
    }

    pub(super) fn erase_key_as_read(
        &mut self,
        ente: &EnteId,
        id: Id<Key>,
        wrapped: &[u8],
    ) -> rusqlite::Result<usize> {
        self.drop_key_as_read.execute(params![ente.as_str(), bytes(id.as_u128()), wrapped])
    }

    pub(super) fn erase_keys(&mut self, ente: &EnteId, erase: &Erase) -> rusqlite::Result<usize> {
        match erase {
            Erase::Person(person) => {
                self.erase_person.execute(params![ente.as_str(), bytes(person.as_u128())])
            }
            Erase::Stream(stream) => {
                self.erase_stream.execute(params![ente.as_str(), stream.kind, id_bytes(stream)])
            }
        }
    }
}

#[async_trait]
impl Keys for Sqlite {
    async fn keys(&self, ente: &EnteId, ids: &[Id<Key>]) -> Result<Vec<StoredKey>, Error> {
        let sql = format!("SELECT {ROW} FROM key WHERE ente = ?1 AND id = ?2");
        self.read(ente, |conn| {
            for_each(conn, ids, |conn, id| {
                all(conn, &sql, params![ente.as_str(), bytes(id.as_u128())], stored)
            })
        })
    }

    async fn keys_of(&self, ente: &EnteId, streams: &[Stream]) -> Result<Vec<StoredKey>, Error> {
        let sql = format!("SELECT {ROW} FROM key WHERE ente = ?1 AND kind = ?2 AND stream = ?3");
        self.read(ente, |conn| {
            for_each(conn, streams, |conn, stream| {
                let key = params![ente.as_str(), stream.kind, id_bytes(stream)];
                all(conn, &sql, key, stored)
            })
        })
    }

    async fn keys_of_person(
        &self,
        ente: &EnteId,
        person: Id<Person>,
    ) -> Result<Vec<StoredKey>, Error> {
        let sql = format!(
            "SELECT {ROW} FROM key WHERE ente = ?1 AND person = ?2 AND kind {OF_A_PERSON} ORDER BY id"
        );
        self.read(ente, |conn| {
            all(conn, &sql, params![ente.as_str(), bytes(person.as_u128())], stored)
        })
    }

    async fn keys_of_blobs(
        &self,
        ente: &EnteId,
        blobs: &[Digest],
    ) -> Result<Vec<StoredKey>, Error> {
        let sql = format!("SELECT {ROW} FROM key WHERE ente = ?1 AND kind = ?2");
        self.read(ente, |conn| {
            for_each(conn, blobs, |conn, blob| {
                let kind = Columns::kind_of_blob(Some(*blob));
                all(conn, &sql, params![ente.as_str(), kind], stored)
            })
        })
    }

    async fn keys_of_sealed(
        &self,
        ente: &EnteId,
        sealed: &[Digest],
    ) -> Result<Vec<StoredKey>, Error> {
        let sql = format!(
            "SELECT {ROW} FROM key
             WHERE ente = ?1 AND person = ?3 AND stream = ?2 AND kind LIKE 'blob %'"
        );
        self.read(ente, |conn| {
            for_each(conn, sealed, |conn, sealed| {
                let (stream, person) = Columns::halves(*sealed);
                all(conn, &sql, params![ente.as_str(), bytes(stream), bytes(person)], stored)
            })
        })
    }

    async fn blob_keys(
        &self,
        ente: &EnteId,
        after: Option<Digest>,
        limit: usize,
    ) -> Result<Vec<StoredKey>, Error> {
        let sql = format!(
            "SELECT {ROW} FROM key WHERE ente = ?1 AND kind > ?2 AND kind < ?3
             AND wrapped IS NOT NULL ORDER BY kind, id LIMIT ?4"
        );
        let (above, below) = (Columns::kind_of_blob(after), Columns::BEYOND_BLOBS);
        self.read(ente, |conn| {
            all(conn, &sql, params![ente.as_str(), above, below, page(limit)], stored)
        })
    }

    async fn all_keys(
        &self,
        ente: &EnteId,
        after: Option<Id<Key>>,
        limit: usize,
    ) -> Result<Vec<StoredKey>, Error> {
        let sql = format!("SELECT {ROW} FROM key WHERE ente = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
        let after = bytes(after.map_or(0, |id| id.as_u128()));
        self.read(ente, |conn| all(conn, &sql, params![ente.as_str(), after, page(limit)], stored))
    }

    async fn put_keys(&self, ente: &EnteId, keys: &[StoredKey]) -> Result<u64, Error> {
        self.write(Write::PutKeys { ente: ente.clone(), keys: keys.to_vec() }).await
    }

    async fn rewrap(&self, ente: &EnteId, keys: &[Rewrapped]) -> Result<u64, Error> {
        self.write(Write::Rewrap { ente: ente.clone(), keys: keys.to_vec() }).await
    }

    async fn touch_key(&self, ente: &EnteId, key: &Rewrapped) -> Result<bool, Error> {
        Ok(self.write(Write::TouchKey { ente: ente.clone(), key: key.clone() }).await? == 1)
    }

    async fn erase_key(&self, ente: &EnteId, id: Id<Key>, wrapped: &[u8]) -> Result<bool, Error> {
        let (ente, wrapped) = (ente.clone(), wrapped.to_vec());
        Ok(self.write(Write::EraseKey { ente, id, wrapped }).await? == 1)
    }
}
