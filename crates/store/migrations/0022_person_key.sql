-- The wrapped key of a person's sealed columns. Records from before have none until they change; an erased one never.
ALTER TABLE person ADD COLUMN key_sealed TEXT;
