//! Wrapped keys in PostgreSQL.

use async_trait::async_trait;
use mattoni_core::{Digest, EnteId, Id, Person};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::keys::{Columns, Erase, Key, Keys, Rewrapped, StoredKey};
use crate::postgres::Postgres;
use crate::postgres::commit::head_for_update;
use crate::postgres::fault::no_connection;
use crate::postgres::read::{get, page, uuid};
use crate::postgres::session::{Query, begin, begin_and_read, write, write_all, write_and_commit};
use crate::{Error, ErrorKind, Stream};

fn number(id: u128) -> Uuid {
    Uuid::from_u128(id)
}

fn stored(row: &Row) -> Result<StoredKey, Error> {
    let number = |column| get::<Uuid>(row, column).map(|id| id.as_u128());
    let kind: String = get(row, 1)?;
    let named = kind.clone();
    let columns = Columns { kind: kind.into(), stream: number(2)?, person: number(3)? };
    let misread = || Error::new(ErrorKind::Corrupt, "failed to read").with("kind", named);
    let of = columns.read().ok_or_else(misread)?;
    Ok(StoredKey { id: Id::from_u128(number(0)?), of, wrapped: get(row, 4)? })
}

/// Adds a key, or erases the one that is there when this one is erased.
pub(super) fn put<'a>(ente: &'a EnteId, key: &'a StoredKey) -> Query<'a> {
    // Two processes that make the ente's own key at the same time conflict in both unique indexes.
    // If ON CONFLICT named one of them, a conflict in the other would be an error.
    const ADD: &str = "INSERT INTO key (ente, id, kind, stream, person, wrapped)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    const ERASED: &str = "INSERT INTO key (ente, id, kind, stream, person, wrapped)
        SELECT $1::text, $2::uuid, $3::text, $4::uuid, $5::uuid, $6::bytea
        WHERE NOT EXISTS (SELECT 1 FROM key
            WHERE ente = $1 AND kind = $3 AND stream = $4 AND person = $5 AND id <> $2)
        ON CONFLICT (ente, id) DO UPDATE SET wrapped = NULL WHERE key.wrapped IS NOT NULL";
    let Columns { kind, stream, person } = key.of.columns();
    Query::new(if key.wrapped.is_some() { ADD } else { ERASED })
        .with(ente.as_str())
        .with(number(key.id.as_u128()))
        .with(kind.into_owned())
        .with(number(stream))
        .with(number(person))
        .with(key.wrapped.as_deref())
}

/// Adds keys that are new, or there already as they are. Refused if another key is there for the
/// same.
pub(super) fn bring<'a>(ente: &'a EnteId, keys: &[&'a StoredKey]) -> Query<'a> {
    const SQL: &str = "INSERT INTO key (ente, id, kind, stream, person, wrapped)
        SELECT $1, unnest($2::uuid[]), unnest($3::text[]), unnest($4::uuid[]), unnest($5::uuid[]),
            unnest($6::bytea[])
        ON CONFLICT (ente, id) DO NOTHING";
    let columns: Vec<_> = keys.iter().map(|key| key.of.columns()).collect();
    let ids: Vec<_> = keys.iter().map(|key| number(key.id.as_u128())).collect();
    let streams: Vec<_> = columns.iter().map(|of| number(of.stream)).collect();
    let people: Vec<_> = columns.iter().map(|of| number(of.person)).collect();
    let kinds: Vec<_> = columns.into_iter().map(|of| of.kind.into_owned()).collect();
    let wrapped: Vec<_> = keys.iter().map(|key| key.wrapped.as_deref()).collect();
    Query::new(SQL)
        .with(ente.as_str())
        .with(ids)
        .with(kinds)
        .with(streams)
        .with(people)
        .with(wrapped)
}

/// Erases keys.
pub(super) fn erase<'a>(ente: &'a EnteId, erase: &'a Erase) -> Query<'a> {
    const PERSON: &str = "UPDATE key SET wrapped = NULL
         WHERE ente = $1 AND person = $2 AND kind <> '' AND kind NOT LIKE 'blob %'";
    const STREAM: &str =
        "UPDATE key SET wrapped = NULL WHERE ente = $1 AND kind = $2 AND stream = $3";
    match erase {
        Erase::Person(person) => {
            Query::new(PERSON).with(ente.as_str()).with(number(person.as_u128()))
        }
        Erase::Stream(stream) => {
            Query::new(STREAM).with(ente.as_str()).with(&*stream.kind).with(uuid(stream.id))
        }
    }
}

#[async_trait]
impl Keys for Postgres {
    async fn keys(&self, ente: &EnteId, ids: &[Id<Key>]) -> Result<Vec<StoredKey>, Error> {
        const SQL: &str = "SELECT id, kind, stream, person, wrapped FROM key
            WHERE ente = $1 AND id = ANY($2) ORDER BY id";
        let ids: Vec<Uuid> = ids.iter().map(|id| number(id.as_u128())).collect();
        self.all(ente, Query::new(SQL).with(ente.as_str()).with(ids), stored).await
    }

    async fn keys_of(&self, ente: &EnteId, streams: &[Stream]) -> Result<Vec<StoredKey>, Error> {
        // OFFSET 0: see commit.rs.
        const SQL: &str = "SELECT k.id, k.kind, k.stream, k.person, k.wrapped
            FROM unnest($2::text[], $3::uuid[]) AS w (kind, stream),
            LATERAL (SELECT id, kind, stream, person, wrapped FROM key
                WHERE ente = $1 AND kind = w.kind AND stream = w.stream OFFSET 0) k
            ORDER BY k.id";
        let kinds: Vec<&str> = streams.iter().map(|stream| &*stream.kind).collect();
        let ids: Vec<Uuid> = streams.iter().map(|stream| uuid(stream.id)).collect();
        let query = Query::new(SQL).with(ente.as_str()).with(kinds).with(ids);
        self.all(ente, query, stored).await
    }

    async fn keys_of_person(
        &self,
        ente: &EnteId,
        person: Id<Person>,
    ) -> Result<Vec<StoredKey>, Error> {
        const SQL: &str = "SELECT id, kind, stream, person, wrapped FROM key
            WHERE ente = $1 AND person = $2 AND kind <> '' AND kind NOT LIKE 'blob %' ORDER BY id";
        let query = Query::new(SQL).with(ente.as_str()).with(number(person.as_u128()));
        self.all(ente, query, stored).await
    }

    async fn keys_of_blobs(
        &self,
        ente: &EnteId,
        blobs: &[Digest],
    ) -> Result<Vec<StoredKey>, Error> {
        const SQL: &str = "SELECT id, kind, stream, person, wrapped FROM key
            WHERE ente = $1 AND kind = ANY($2) ORDER BY id";
        let kinds: Vec<_> = blobs.iter().map(|blob| Columns::kind_of_blob(Some(*blob))).collect();
        self.all(ente, Query::new(SQL).with(ente.as_str()).with(kinds), stored).await
    }

    async fn keys_of_sealed(
        &self,
        ente: &EnteId,
        sealed: &[Digest],
    ) -> Result<Vec<StoredKey>, Error> {
        // OFFSET 0: see commit.rs.
        const SQL: &str = "SELECT k.id, k.kind, k.stream, k.person, k.wrapped
            FROM unnest($2::uuid[], $3::uuid[]) AS w (stream, person),
            LATERAL (SELECT id, kind, stream, person, wrapped FROM key
                WHERE ente = $1 AND person = w.person AND stream = w.stream
                AND kind LIKE 'blob %' OFFSET 0) k
            ORDER BY k.id";
        let (streams, people): (Vec<_>, Vec<_>) = sealed
            .iter()
            .map(|sealed| Columns::halves(*sealed))
            .map(|(stream, person)| (number(stream), number(person)))
            .unzip();
        let query = Query::new(SQL).with(ente.as_str()).with(streams).with(people);
        self.all(ente, query, stored).await
    }

    async fn blob_keys(
        &self,
        ente: &EnteId,
        after: Option<Digest>,
        limit: usize,
    ) -> Result<Vec<StoredKey>, Error> {
        const SQL: &str = "SELECT id, kind, stream, person, wrapped FROM key
            WHERE ente = $1 AND kind > $2 AND kind < $3 AND wrapped IS NOT NULL
            ORDER BY kind, id LIMIT $4";
        let query = Query::new(SQL)
            .with(ente.as_str())
            .with(Columns::kind_of_blob(after))
            .with(Columns::BEYOND_BLOBS)
            .with(page(limit));
        self.all(ente, query, stored).await
    }

    async fn all_keys(
        &self,
        ente: &EnteId,
        after: Option<Id<Key>>,
        limit: usize,
    ) -> Result<Vec<StoredKey>, Error> {
        const SQL: &str = "SELECT id, kind, stream, person, wrapped FROM key
            WHERE ente = $1 AND id > $2 ORDER BY id LIMIT $3";
        let after = number(after.map_or(0, |id| id.as_u128()));
        let query = Query::new(SQL).with(ente.as_str()).with(after).with(page(limit));
        self.all(ente, query, stored).await
    }

    async fn put_keys(&self, ente: &EnteId, keys: &[StoredKey]) -> Result<u64, Error> {
        // The ente's commits wait: under the same lock they have looked which keys are there.
        let client = self.pool.get().await.map_err(no_connection)?;
        begin_and_read(&client, &begin(ente.as_str()), &[head_for_update(ente)]).await?;
        let queries: Vec<_> = keys.iter().map(|key| put(ente, key)).collect();
        write_and_commit(&client, &queries).await.map_err(|e| e.with("ente", ente))
    }

    async fn rewrap(&self, ente: &EnteId, keys: &[Rewrapped]) -> Result<u64, Error> {
        const SQL: &str =
            "UPDATE key SET wrapped = $4 WHERE ente = $1 AND id = $2 AND wrapped = $3";
        let query = |key: &Rewrapped| {
            Query::new(SQL)
                .with(ente.as_str())
                .with(number(key.id.as_u128()))
                .with(key.from.clone())
                .with(key.to.clone())
        };
        let queries: Vec<_> = keys.iter().map(query).collect();
        write_all(&self.pool, ente.as_str(), &queries).await.map_err(|e| e.with("ente", ente))
    }

    async fn erase_key(&self, ente: &EnteId, id: Id<Key>, wrapped: &[u8]) -> Result<bool, Error> {
        const SQL: &str =
            "UPDATE key SET wrapped = NULL WHERE ente = $1 AND id = $2 AND wrapped = $3";
        let query = Query::new(SQL).with(ente.as_str()).with(number(id.as_u128())).with(wrapped);
        let done = write(&self.pool, ente.as_str(), &query).await;
        Ok(done.map_err(|e| e.with("ente", ente))? == 1)
    }
}
