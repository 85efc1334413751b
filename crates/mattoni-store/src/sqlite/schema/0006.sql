-- What a list tells of a state, where the list has it: a page of it is read side by side, and no
-- state with it. Empty where nothing is told.
ALTER TABLE listing ADD COLUMN line TEXT NOT NULL DEFAULT '';
