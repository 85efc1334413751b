-- Unique keys have a table of their own. Facets that several states shared are gone: lists find
-- and count them.
CREATE TABLE unique_key (
    ente  TEXT NOT NULL,
    kind  TEXT NOT NULL,
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    id    BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (ente, kind, name, value)
) STRICT, WITHOUT ROWID;

INSERT INTO unique_key (ente, kind, name, value, id)
    SELECT ente, kind, name, value, id FROM facet WHERE holding = 'unique';
DROP TABLE facet;

-- What the next change of a state needs to know of its projection. Rows that older software wrote
-- are read as they are, so no state is written again here.
ALTER TABLE state RENAME COLUMN facets TO unique_keys;
ALTER TABLE state RENAME COLUMN lists TO projection;

ALTER TABLE listing RENAME TO list_entry;
ALTER TABLE list_entry RENAME COLUMN line TO row_json;

-- Delivered effects leave the outbox.
DELETE FROM outbox WHERE fate = 'delivered';
