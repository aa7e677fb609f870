-- 走访安排: whom a unit is to visit, when, and who leads; without a leader it hands households to a unit.
CREATE TABLE arrangement (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , campaign_id TEXT NOT NULL
  , unit_id TEXT NOT NULL
  , planned_on TEXT
  , leader_name TEXT NOT NULL
  , leader_title TEXT NOT NULL
  , leader_kind TEXT
  , party TEXT NOT NULL
  , note TEXT NOT NULL
  , by_actor TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , version BIGINT NOT NULL CHECK (version >= 1)
  , PRIMARY KEY (county_code, id)
  , FOREIGN KEY (county_code, campaign_id) REFERENCES campaign (county_code, id)
  , FOREIGN KEY (county_code, unit_id) REFERENCES unit (county_code, id)
);
CREATE INDEX arrangement_by_campaign ON arrangement (county_code, campaign_id, planned_on, id);

-- The persons of an arrangement, place by place from 1.
CREATE TABLE arrangement_person (
    county_code TEXT NOT NULL
  , arrangement_id TEXT NOT NULL
  , person_id TEXT NOT NULL
  , place BIGINT NOT NULL CHECK (place >= 1)
  , PRIMARY KEY (county_code, arrangement_id, person_id)
  , FOREIGN KEY (county_code, arrangement_id) REFERENCES arrangement (county_code, id)
  , FOREIGN KEY (county_code, person_id) REFERENCES person (county_code, id)
);
CREATE INDEX arrangement_person_by_person ON arrangement_person (county_code, person_id, arrangement_id);
