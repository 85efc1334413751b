-- The lists that screens show, in the order they show them, and how long each is.

-- What of a state is in `listing`, so that its next change finds that without an index by id.
-- Empty for a state that was never listed.
ALTER TABLE state ADD COLUMN lists TEXT NOT NULL DEFAULT '';

CREATE TABLE listing (
    ente   TEXT NOT NULL,
    kind   TEXT NOT NULL,
    list   TEXT NOT NULL,
    bucket TEXT NOT NULL,
    sort   TEXT NOT NULL,
    id     BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (ente, kind, list, bucket, sort, id)
) STRICT, WITHOUT ROWID;

-- Rows of `listing` by bucket. Under the list '' it counts the states of the kind by the form of
-- the lists they are listed under.
CREATE TABLE tally (
    ente   TEXT NOT NULL,
    kind   TEXT NOT NULL,
    list   TEXT NOT NULL,
    bucket TEXT NOT NULL,
    n      INTEGER NOT NULL CHECK (n >= 0),
    PRIMARY KEY (ente, kind, list, bucket)
) STRICT, WITHOUT ROWID;

INSERT INTO tally (ente, kind, list, bucket, n)
    SELECT ente, kind, '', '0', count(*) FROM state GROUP BY ente, kind;
