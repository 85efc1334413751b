-- Blobs nothing refers to, and since when that is known. Apart from the blobs, so that noting it
-- does not write them again.
CREATE TABLE blob_aside (
    ente   TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    since  INTEGER NOT NULL,
    PRIMARY KEY (ente, digest)
) STRICT, WITHOUT ROWID;
