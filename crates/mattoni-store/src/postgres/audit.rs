//! Holding unique keys, list entries and counts against the projections kept beside the states.

use mattoni_core::EnteId;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::postgres::read::{count, get};
use crate::postgres::session::Query;
use crate::{Error, IndexAudit, Stream};

/// What is kept beside states of their projections, as rows; software before schema 8 kept objects
/// where there are arrays now, and another hash of the row.
macro_rules! kept {
    ($rest:literal) => {
        concat!(
            "WITH kept AS (
                SELECT id, CASE projection WHEN '' THEN '[0, \"\", []]'::jsonb
                        ELSE projection::jsonb END AS projection,
                    CASE unique_keys WHEN '' THEN '[]'::jsonb
                        ELSE unique_keys::jsonb END AS keys
                FROM state WHERE ente = $1 AND kind = $2
            ), version AS (
                SELECT CASE jsonb_typeof(projection) WHEN 'array' THEN projection->>0
                    ELSE projection->>'form' END AS version FROM kept
            ), entry AS (
                SELECT id, e->>0 AS list, e->>1 AS bucket, e->>2 AS sort,
                    CASE e->>3 WHEN '1' THEN projection->>1 ELSE '' END AS hash
                FROM kept, jsonb_array_elements(CASE jsonb_typeof(projection)
                    WHEN 'array' THEN projection->2 ELSE '[]'::jsonb END) e
                UNION ALL
                SELECT id, e->>'list', e->>'bucket', e->>'sort', NULL
                FROM kept, jsonb_array_elements(CASE jsonb_typeof(projection)
                    WHEN 'array' THEN '[]'::jsonb ELSE projection->'places' END) e
            ), held AS (
                SELECT id, CASE jsonb_typeof(k) WHEN 'array' THEN k->>0 ELSE k->>'name' END AS name,
                    CASE jsonb_typeof(k) WHEN 'array' THEN k->>1 ELSE k->>'value' END AS value
                FROM kept, jsonb_array_elements(keys) k
                WHERE jsonb_typeof(k) = 'array' OR k->>'holding' = 'unique'
            )",
            $rest
        )
    };
}

/// One statement, so that everything is as of one instant.
const AUDIT: &str = kept!(
    ", entries AS (
        SELECT e.id, l.id IS NOT NULL AS there, l.id IS NOT NULL AND (e.hash IS NULL OR e.hash =
            CASE l.row_json WHEN '' THEN '' ELSE rtrim(encode(substring(
                sha256(convert_to(l.row_json, 'UTF8')) FROM 1 FOR 16), 'base64'), '=') END) AS whole
        FROM entry e LEFT JOIN list_entry l ON l.ente = $1 AND l.kind = $2 AND l.list = e.list
            AND l.bucket = e.bucket AND l.sort = e.sort AND l.id = e.id
    ), keys AS (
        SELECT h.id, u.id IS NOT NULL AS whole FROM held h LEFT JOIN unique_key u
            ON u.ente = $1 AND u.kind = $2 AND u.name = h.name AND u.value = h.value AND u.id = h.id
    ), counts AS (
        SELECT list, bucket, count(*) AS n FROM list_entry WHERE ente = $1 AND kind = $2
        GROUP BY list, bucket
        UNION ALL
        SELECT '', version, count(*) FROM version GROUP BY version
    ), tallies AS (
        SELECT list, bucket, n FROM tally WHERE ente = $1 AND kind = $2
    ), miscounted AS (
        SELECT list, bucket FROM counts FULL JOIN tallies USING (list, bucket)
        WHERE counts.n IS DISTINCT FROM tallies.n
    ), lacking AS (
        SELECT id FROM entries WHERE NOT whole UNION ALL SELECT id FROM keys WHERE NOT whole
    ) SELECT (SELECT count(*) FROM keys WHERE whole), (SELECT count(*) FROM entries WHERE whole),
        (SELECT count(*) FROM lacking),
        (SELECT count(*) FROM list_entry WHERE ente = $1 AND kind = $2)
            - (SELECT count(*) FROM entries WHERE there)
            + (SELECT count(*) FROM unique_key WHERE ente = $1 AND kind = $2)
            - (SELECT count(*) FROM keys WHERE whole),
        (SELECT count(*) FROM miscounted),
        ARRAY(SELECT DISTINCT id FROM lacking ORDER BY id LIMIT 10)"
);

const DROP_ENTRIES: &str = kept!(
    " DELETE FROM list_entry l WHERE l.ente = $1 AND l.kind = $2
        AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.id = l.id AND e.list = l.list
            AND e.bucket = l.bucket AND e.sort = l.sort)"
);
const DROP_KEYS: &str = kept!(
    " DELETE FROM unique_key u WHERE u.ente = $1 AND u.kind = $2
        AND NOT EXISTS (SELECT 1 FROM held h WHERE h.id = u.id AND h.name = u.name
            AND h.value = u.value)"
);
const DROP_TALLIES: &str = "DELETE FROM tally WHERE ente = $1 AND kind = $2";
const COUNT_ENTRIES: &str = "INSERT INTO tally (ente, kind, list, bucket, n)
    SELECT $1, $2, list, bucket, count(*) FROM list_entry WHERE ente = $1 AND kind = $2
    GROUP BY list, bucket";
const COUNT_VERSIONS: &str = kept!(
    " INSERT INTO tally (ente, kind, list, bucket, n)
        SELECT $1, $2, '', version, count(*) FROM version GROUP BY version"
);

pub(super) fn audit<'a>(ente: &'a EnteId, kind: &'a str) -> Query<'a> {
    Query::new(AUDIT).with(ente.as_str()).with(kind)
}

/// The answer to [`audit`].
pub(super) fn audited(kind: &str, row: &Row) -> Result<IndexAudit, Error> {
    let streams: Vec<Uuid> = get(row, 5)?;
    let stream = |id: Uuid| Stream::new(kind.to_owned(), mattoni_core::Id::from_u128(id.as_u128()));
    Ok(IndexAudit {
        keys: count(row, 0)?,
        entries: count(row, 1)?,
        lacking: count(row, 2)?,
        stray: count(row, 3)?,
        miscounted: count(row, 4)?,
        streams: streams.into_iter().map(stream).collect(),
    })
}

/// Removes keys and entries that no state has, and counts anew.
pub(super) fn mend<'a>(ente: &'a EnteId, kind: &'a str) -> Vec<Query<'a>> {
    let all = [DROP_ENTRIES, DROP_KEYS, DROP_TALLIES, COUNT_ENTRIES, COUNT_VERSIONS];
    all.map(|sql| Query::new(sql).with(ente.as_str()).with(kind)).into()
}
