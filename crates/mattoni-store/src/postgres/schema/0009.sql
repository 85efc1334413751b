-- Which entes there are is read from the journal too: of each its first row, and no other. An ente
-- whose head was deleted would not be looked at otherwise.
CREATE POLICY roll ON journal FOR SELECT
    USING (seq = 1 AND current_setting('mattoni.ente', true) = '*');
