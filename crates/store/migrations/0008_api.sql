-- Who looked at protected values in full; the audit says why.
CREATE TABLE reveal (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , viewer TEXT NOT NULL
  , person_id TEXT NOT NULL
  , field TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , FOREIGN KEY (county_code) REFERENCES county (county_code)
);
CREATE INDEX reveal_by_viewer ON reveal (county_code, viewer, at_ms, id);

-- Pages of persons in the order of their names, as they came, and by the first letters of the pinyin.
ALTER TABLE person ADD COLUMN name_initials TEXT NOT NULL DEFAULT '';
CREATE INDEX person_by_name ON person (county_code, name_key, id);
CREATE INDEX person_by_time ON person (county_code, received_at_ms, id);
CREATE INDEX person_by_initials ON person (county_code, name_initials, id);
