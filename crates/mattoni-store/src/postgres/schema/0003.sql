-- The lists that screens show, in the order they show them, and how long each is.

-- What of a state is in `listing`, so that its next change finds that without an index by id.
-- Empty for a state that was never listed.
ALTER TABLE state ADD COLUMN lists text COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE listing (
    ente   text COLLATE "C" NOT NULL,
    kind   text COLLATE "C" NOT NULL,
    list   text COLLATE "C" NOT NULL,
    bucket text COLLATE "C" NOT NULL,
    sort   text COLLATE "C" NOT NULL,
    id     uuid NOT NULL,
    PRIMARY KEY (ente, kind, list, bucket, sort, id)
);

-- Rows of `listing` by bucket. Under the list '' it counts the states of the kind by the form of
-- the lists they are listed under. Rows change in place and often: most of a page is left free.
CREATE TABLE tally (
    ente   text COLLATE "C" NOT NULL,
    kind   text COLLATE "C" NOT NULL,
    list   text COLLATE "C" NOT NULL,
    bucket text COLLATE "C" NOT NULL,
    n      bigint NOT NULL CHECK (n >= 0),
    PRIMARY KEY (ente, kind, list, bucket)
) WITH (fillfactor = 30);

-- Before the wall stands around it: whoever migrates counts the states of every ente. The wall
-- around `state` is opened for that, in this transaction, and closed again.
ALTER TABLE state NO FORCE ROW LEVEL SECURITY;
INSERT INTO tally (ente, kind, list, bucket, n)
    SELECT ente, kind, '', '0', count(*) FROM state GROUP BY ente, kind;
ALTER TABLE state FORCE ROW LEVEL SECURITY;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['listing', 'tally']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY wall ON %I USING (ente = current_setting(''mattoni.ente'', true))', name);
    END LOOP;
END
$$;
