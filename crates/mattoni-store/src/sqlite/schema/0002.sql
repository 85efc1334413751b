-- An effect that follows another of its change waits behind it and needs no place in the queue of
-- its own until that one is done: a change then costs one place, however many its effects.
ALTER TABLE outbox ADD COLUMN follows INTEGER NOT NULL DEFAULT 0 CHECK (follows IN (0, 1));

DROP INDEX outbox_due;
DROP INDEX outbox_queue;
CREATE INDEX outbox_due ON outbox (ente, next_at, seq, idx)
    WHERE fate = 'waiting' AND follows = 0;
CREATE INDEX outbox_queue ON outbox (ente, kind, id, seq, idx)
    WHERE fate = 'waiting' AND follows = 0;
