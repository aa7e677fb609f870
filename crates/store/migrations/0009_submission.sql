-- Submitted tables: a row for each version that a unit submitted, with what was frozen (table_json) and its SM3. A row
-- is never taken away; state, decided_* and remark change, the frozen table never does. late_days are working days.
CREATE TABLE submission (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , campaign_id TEXT NOT NULL
  , unit_id TEXT NOT NULL
  , version BIGINT NOT NULL CHECK (version >= 1)
  , state TEXT NOT NULL
  , template_version BIGINT NOT NULL
  , deadline TEXT NOT NULL
  , late_days BIGINT NOT NULL CHECK (late_days >= 0)
  , table_json TEXT NOT NULL
  , sm3_hex TEXT NOT NULL
  , submitted_at_ms BIGINT NOT NULL
  , submitted_by TEXT NOT NULL
  , decided_at_ms BIGINT
  , decided_by TEXT
  , remark_sealed TEXT
  , PRIMARY KEY (county_code, id)
  , UNIQUE (county_code, campaign_id, unit_id, version)
  , FOREIGN KEY (county_code, campaign_id) REFERENCES campaign (county_code, id)
  , FOREIGN KEY (county_code, unit_id) REFERENCES unit (county_code, id)
);
CREATE INDEX submission_by_campaign ON submission (county_code, campaign_id, id);
