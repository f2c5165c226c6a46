-- A correction that was asked for before anything was public and is confirmed afterwards: the second person writes the public note.
ALTER TABLE correction_outcome ADD COLUMN note text CONSTRAINT correction_outcome_note CHECK (length(btrim(note)) >= 2);
