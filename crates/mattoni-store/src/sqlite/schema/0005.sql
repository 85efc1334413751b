-- Keys of people, each encrypted under a master key that is not here. Of the ente's own key kind,
-- stream and person are empty. NULL: erased.
CREATE TABLE key (
    ente    TEXT NOT NULL,
    id      BLOB NOT NULL CHECK (length(id) = 16),
    kind    TEXT NOT NULL,
    stream  BLOB NOT NULL CHECK (length(stream) = 16),
    person  BLOB NOT NULL CHECK (length(person) = 16),
    wrapped BLOB,
    PRIMARY KEY (ente, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX key_by_stream ON key (ente, kind, stream, person);
CREATE INDEX key_by_person ON key (ente, person);
