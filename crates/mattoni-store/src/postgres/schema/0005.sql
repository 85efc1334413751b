-- Keys of people, each encrypted under a master key that is not here. Of the ente's own key kind,
-- stream and person are empty. NULL: erased.
CREATE TABLE key (
    ente    text COLLATE "C" NOT NULL,
    id      uuid NOT NULL,
    kind    text COLLATE "C" NOT NULL,
    stream  uuid NOT NULL,
    person  uuid NOT NULL,
    wrapped bytea,
    PRIMARY KEY (ente, id)
);

CREATE UNIQUE INDEX key_by_stream ON key (ente, kind, stream, person);
CREATE INDEX key_by_person ON key (ente, person);

ALTER TABLE key ENABLE ROW LEVEL SECURITY;
ALTER TABLE key FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON key USING (ente = current_setting('mattoni.ente', true));
