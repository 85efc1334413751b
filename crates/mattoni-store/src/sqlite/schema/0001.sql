-- Every key begins with the ente: no index leads from one ente's rows to another's.
-- Ids are 16 bytes big-endian, hashes 32 bytes, instants microseconds since 1970 UTC.

-- The end of each ente's chain.
CREATE TABLE head (
    ente TEXT NOT NULL PRIMARY KEY,
    seq  INTEGER NOT NULL CHECK (seq > 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    ente    TEXT NOT NULL,
    seq     INTEGER NOT NULL CHECK (seq > 0),
    kind    TEXT NOT NULL,
    id      BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    name    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    by      TEXT NOT NULL,
    body    BLOB NOT NULL,
    hash    BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (ente, seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX journal_by_stream ON journal (ente, kind, id, version);

-- With a rowid: states are larger than an index page takes well, and change in place.
CREATE TABLE state (
    ente    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    id      BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    -- What of it is in `facet`, so that its next change finds that without an index by id.
    facets  TEXT NOT NULL,
    body    BLOB NOT NULL,
    PRIMARY KEY (ente, kind, id)
) STRICT;

CREATE TABLE facet (
    ente    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    id      BLOB NOT NULL CHECK (length(id) = 16),
    holding TEXT NOT NULL CHECK (holding IN ('plain', 'unique')),
    PRIMARY KEY (ente, kind, name, value, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX facet_unique ON facet (ente, kind, name, value) WHERE holding = 'unique';

CREATE TABLE number (
    ente     TEXT NOT NULL,
    sequence TEXT NOT NULL,
    last     INTEGER NOT NULL CHECK (last > 0),
    PRIMARY KEY (ente, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    ente       TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    idx        INTEGER NOT NULL,
    key        TEXT NOT NULL,
    topic      TEXT NOT NULL,
    kind       TEXT NOT NULL,
    id         BLOB NOT NULL CHECK (length(id) = 16),
    payload    BLOB NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_at    INTEGER NOT NULL,
    fate       TEXT NOT NULL DEFAULT 'waiting' CHECK (fate IN ('waiting', 'delivered', 'dead')),
    last_error TEXT,
    PRIMARY KEY (ente, seq, idx)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX outbox_by_key ON outbox (ente, key);
CREATE INDEX outbox_due ON outbox (ente, next_at, seq, idx) WHERE fate = 'waiting';
CREATE INDEX outbox_queue ON outbox (ente, kind, id, seq, idx) WHERE fate = 'waiting';
CREATE INDEX outbox_dead ON outbox (ente, seq, idx) WHERE fate = 'dead';

CREATE TABLE blob (
    ente   TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    bytes  BLOB NOT NULL,
    PRIMARY KEY (ente, digest)
) STRICT;
