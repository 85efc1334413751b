-- Every key begins with the ente: no index leads from one ente's rows to another's, and every
-- table can be distributed by it. Text is ordered by its bytes, as the other backends order it.
-- Hashes are 32 bytes, instants microseconds since 1970 UTC.

-- The end of each ente's chain. Its row is the lock of the ente's writers.
CREATE TABLE head (
    ente text COLLATE "C" NOT NULL PRIMARY KEY,
    seq  bigint NOT NULL CHECK (seq >= 0),
    hash bytea NOT NULL CHECK (length(hash) = 32)
);

-- The one table that only ever grows.
CREATE TABLE journal (
    ente    text COLLATE "C" NOT NULL,
    seq     bigint NOT NULL CHECK (seq > 0),
    kind    text COLLATE "C" NOT NULL,
    id      uuid NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    name    text COLLATE "C" NOT NULL,
    at      bigint NOT NULL,
    by      text COLLATE "C" NOT NULL,
    body    bytea NOT NULL,
    hash    bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (ente, seq)
) PARTITION BY HASH (ente);

DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format(
            'CREATE TABLE journal_%s PARTITION OF journal
                FOR VALUES WITH (MODULUS 16, REMAINDER %s)', lpad(part::text, 2, '0'), part);
    END LOOP;
END
$$;

CREATE UNIQUE INDEX journal_by_stream ON journal (ente, kind, id, version);

-- Rows change in place: room is left in each page, so that a change touches no index.
CREATE TABLE state (
    ente    text COLLATE "C" NOT NULL,
    kind    text COLLATE "C" NOT NULL,
    id      uuid NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    -- What of it is in `facet`, so that its next change finds that without an index by id.
    facets  text COLLATE "C" NOT NULL,
    body    bytea NOT NULL,
    PRIMARY KEY (ente, kind, id)
) WITH (fillfactor = 70);

CREATE TABLE facet (
    ente    text COLLATE "C" NOT NULL,
    kind    text COLLATE "C" NOT NULL,
    name    text COLLATE "C" NOT NULL,
    value   text COLLATE "C" NOT NULL,
    id      uuid NOT NULL,
    holding text COLLATE "C" NOT NULL CHECK (holding IN ('plain', 'unique')),
    PRIMARY KEY (ente, kind, name, value, id)
);

CREATE UNIQUE INDEX facet_unique ON facet (ente, kind, name, value) WHERE holding = 'unique';

CREATE TABLE number (
    ente     text COLLATE "C" NOT NULL,
    sequence text COLLATE "C" NOT NULL,
    last     bigint NOT NULL CHECK (last > 0),
    PRIMARY KEY (ente, sequence)
);

CREATE TABLE outbox (
    ente       text COLLATE "C" NOT NULL,
    seq        bigint NOT NULL,
    idx        bigint NOT NULL,
    key        text COLLATE "C" NOT NULL,
    topic      text COLLATE "C" NOT NULL,
    kind       text COLLATE "C" NOT NULL,
    id         uuid NOT NULL,
    payload    bytea NOT NULL,
    attempts   bigint NOT NULL DEFAULT 0,
    next_at    bigint NOT NULL,
    fate       text COLLATE "C" NOT NULL DEFAULT 'waiting'
        CHECK (fate IN ('waiting', 'delivered', 'dead')),
    last_error text COLLATE "C",
    PRIMARY KEY (ente, seq, idx)
);

CREATE UNIQUE INDEX outbox_by_key ON outbox (ente, key);
CREATE INDEX outbox_due ON outbox (ente, next_at, seq, idx) WHERE fate = 'waiting';
CREATE INDEX outbox_queue ON outbox (ente, kind, id, seq, idx) WHERE fate = 'waiting';
CREATE INDEX outbox_dead ON outbox (ente, seq, idx) WHERE fate = 'dead';

CREATE TABLE blob (
    ente   text COLLATE "C" NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    bytes  bytea NOT NULL,
    PRIMARY KEY (ente, digest)
);

-- Attachments are compressed already, or small.
ALTER TABLE blob ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- The second wall: whatever a statement forgets, it sees and writes the rows of the ente its
-- transaction named and no others. FORCE, because the store's role owns the tables.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['head', 'journal', 'state', 'facet', 'number', 'outbox', 'blob']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY wall ON %I USING (ente = current_setting(''mattoni.ente'', true))', name);
    END LOOP;
    FOR part IN 0..15 LOOP
        name := 'journal_' || lpad(part::text, 2, '0');
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY wall ON %I USING (ente = current_setting(''mattoni.ente'', true))', name);
    END LOOP;
END
$$;

-- Whoever runs the store lists its entes; no ente is called `*`.
CREATE POLICY roll ON head FOR SELECT USING (current_setting('mattoni.ente', true) = '*');
