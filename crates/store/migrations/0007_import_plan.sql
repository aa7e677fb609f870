-- Imports that wait for their confirmation. The uploaded file and what it would do lie encrypted in the object store;
-- digest is a keyed hash over all that would be written and said, so that a roster that changed meanwhile is noticed.
-- source_file_id and outcome_file_id are no foreign keys: by-products are forgotten by themselves.
CREATE TABLE import_plan (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , kind TEXT NOT NULL
  , campaign_code TEXT
  , owner TEXT NOT NULL
  , source_file_id TEXT NOT NULL
  , outcome_file_id TEXT
  , digest TEXT
  , job_id TEXT
  , import_id TEXT
  , written_at_ms BIGINT
  , created_at_ms BIGINT NOT NULL
  , expires_at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , FOREIGN KEY (county_code) REFERENCES county (county_code)
);
CREATE INDEX import_plan_by_owner ON import_plan (county_code, owner, created_at_ms, id);
CREATE INDEX import_plan_by_expiry ON import_plan (county_code, expires_at_ms, id);
