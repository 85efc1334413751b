-- Unique keys have a table of their own. Facets that several states shared are gone: lists find
-- and count them.
CREATE TABLE unique_key (
    ente  text COLLATE "C" NOT NULL,
    kind  text COLLATE "C" NOT NULL,
    name  text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    id    uuid NOT NULL,
    PRIMARY KEY (ente, kind, name, value)
);

-- Before row-level security is forced on the new table: the migration copies the rows of every
-- ente. On `facet` and `outbox` it is lifted in this transaction.
ALTER TABLE facet NO FORCE ROW LEVEL SECURITY;
INSERT INTO unique_key (ente, kind, name, value, id)
    SELECT ente, kind, name, value, id FROM facet WHERE holding = 'unique';
DROP TABLE facet;

ALTER TABLE unique_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE unique_key FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON unique_key USING (ente = current_setting('mattoni.ente', true));

-- What the next change of a state needs to know of its projection. Rows that older software wrote
-- are read as they are, so no state is written again here.
ALTER TABLE state RENAME COLUMN facets TO unique_keys;
ALTER TABLE state RENAME COLUMN lists TO projection;

ALTER TABLE listing RENAME TO list_entry;
ALTER TABLE list_entry RENAME CONSTRAINT listing_pkey TO list_entry_pkey;
ALTER TABLE list_entry RENAME COLUMN line TO row_json;

-- Delivered effects leave the outbox.
ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY;
DELETE FROM outbox WHERE fate = 'delivered';
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
