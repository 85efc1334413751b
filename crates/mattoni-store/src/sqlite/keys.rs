//! Wrapped keys in SQLite.

use async_trait::async_trait;
use mattoni_core::{EnteId, Id, Person};
use rusqlite::{Row, params};

use crate::keys::{Erase, Key, KeyFor, Keys, Rewrapped, StoredKey};
use crate::sqlite::Sqlite;
use crate::sqlite::apply::Write;
use crate::sqlite::read::{all, first, page};
use crate::sqlite::statements::{Statements, id_bytes};
use crate::{Error, Stream};

const ROW: &str = "id, kind, stream, person, wrapped";

fn bytes(id: u128) -> [u8; 16] {
    id.to_be_bytes()
}

fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u128> {
    Ok(u128::from_be_bytes(row.get(column)?))
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredKey> {
    let (kind, person): (String, _) = (row.get(1)?, number(row, 3)?);
    let of = if kind.is_empty() {
        KeyFor::Ente
    } else {
        let stream = Stream::new(kind, Id::from_u128(number(row, 2)?));
        KeyFor::Person { person: Id::from_u128(person), stream }
    };
    Ok(StoredKey { id: Id::from_u128(number(row, 0)?), of, wrapped: row.get(4)? })
}

impl Statements<'_> {
    pub(super) fn put_key(&mut self, ente: &EnteId, key: &StoredKey) -> rusqlite::Result<usize> {
        let (kind, stream, person) = match &key.of {
            KeyFor::Ente => ("", [0; 16], 0),
            KeyFor::Person { person, stream } => {
                (&*stream.kind, id_bytes(stream), person.as_u128())
            }
        };
        let id = bytes(key.id.as_u128());
        let row = params![ente.as_str(), id, kind, stream, bytes(person), key.wrapped];
        let added = self.add_key.execute(row)?;
        if added == 0 && key.wrapped.is_none() {
            return self.drop_key.execute(params![ente.as_str(), id]);
        }
        Ok(added)
    }

    pub(super) fn rewrap_key(&mut self, ente: &EnteId, key: &Rewrapped) -> rusqlite::Result<usize> {
        let id = bytes(key.id.as_u128());
        self.move_key.execute(params![ente.as_str(), id, key.from, key.to])
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
            let mut keys = Vec::with_capacity(ids.len());
            for id in ids {
                keys.extend(first(
                    conn,
                    &sql,
                    params![ente.as_str(), bytes(id.as_u128())],
                    stored,
                )?);
            }
            keys.sort_by_key(|key: &StoredKey| key.id);
            Ok(keys)
        })
    }

    async fn keys_of(&self, ente: &EnteId, streams: &[Stream]) -> Result<Vec<StoredKey>, Error> {
        let sql = format!("SELECT {ROW} FROM key WHERE ente = ?1 AND kind = ?2 AND stream = ?3");
        self.read(ente, |conn| {
            let mut keys = Vec::with_capacity(streams.len());
            for stream in streams {
                let key = params![ente.as_str(), stream.kind, id_bytes(stream)];
                keys.extend(all(conn, &sql, key, stored)?);
            }
            keys.sort_by_key(|key: &StoredKey| key.id);
            Ok(keys)
        })
    }

    async fn keys_of_person(
        &self,
        ente: &EnteId,
        person: Id<Person>,
    ) -> Result<Vec<StoredKey>, Error> {
        let sql = format!(
            "SELECT {ROW} FROM key WHERE ente = ?1 AND person = ?2 AND kind != '' ORDER BY id"
        );
        self.read(ente, |conn| {
            all(conn, &sql, params![ente.as_str(), bytes(person.as_u128())], stored)
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
}
