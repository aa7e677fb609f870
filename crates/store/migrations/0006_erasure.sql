-- Persons whose data were erased: without name or number, so that an older backup, once restored, is erased again and
-- a number that comes back is known. citizen_index is the keyed hash that the person had. A row stays when the person
-- is admitted anew; lifted_at_ms says since when.
CREATE TABLE erasure (
    county_code TEXT NOT NULL
  , person_id TEXT NOT NULL
  , citizen_index TEXT NOT NULL
  , reason TEXT NOT NULL
  , by_actor TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , lifted_at_ms BIGINT
  , PRIMARY KEY (county_code, person_id)
  , FOREIGN KEY (county_code) REFERENCES county (county_code)
);
CREATE INDEX erasure_by_citizen ON erasure (county_code, citizen_index, person_id);
