-- Blobs nothing refers to, and since when that is known. Apart from the blobs, so that noting it
-- does not write them again.
CREATE TABLE blob_aside (
    ente   text COLLATE "C" NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    since  bigint NOT NULL,
    PRIMARY KEY (ente, digest)
);

ALTER TABLE blob_aside ENABLE ROW LEVEL SECURITY;
ALTER TABLE blob_aside FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON blob_aside USING (ente = current_setting('mattoni.ente', true));
