-- What a list tells of a state, where the list has it: a page of it is read off the index, and no
-- state with it. Empty where nothing is told.
ALTER TABLE listing ADD COLUMN line text COLLATE "C" NOT NULL DEFAULT '';

ALTER TABLE listing DROP CONSTRAINT listing_pkey;
ALTER TABLE listing
    ADD CONSTRAINT listing_pkey PRIMARY KEY (ente, kind, list, bucket, sort, id) INCLUDE (line);
