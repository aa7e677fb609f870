-- From where an act came, and the form in which a row's hash is made: rows that are there already are of form 1, whose
-- hash does not cover the two new columns (they are empty then).
ALTER TABLE audit ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE audit ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN request_id TEXT NOT NULL DEFAULT '';

-- For the reader: what someone did, what befell a thing, what was refused, and where a day begins. All end in seq.
CREATE INDEX audit_by_time ON audit (county_code, at_ms, seq);
CREATE INDEX audit_by_actor ON audit (county_code, actor, seq);
CREATE INDEX audit_by_object ON audit (county_code, object_id, seq);
CREATE INDEX audit_by_outcome ON audit (county_code, outcome, seq) WHERE outcome <> 'done';

-- Heads of the chain, signed with a key that is not in the database. Rows are only ever added.
CREATE TABLE audit_checkpoint (
    county_code TEXT NOT NULL
  , seq BIGINT NOT NULL CHECK (seq >= 1)
  , hash TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , key_id TEXT NOT NULL
  , signature TEXT NOT NULL
  , PRIMARY KEY (county_code, seq)
);
