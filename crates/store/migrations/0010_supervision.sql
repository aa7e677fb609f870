-- Chasing: a row for each unit that was asked once; what was said and by whom stands in the sending. told are people;
-- a unit without an account is told as a unit, so that its first clerk finds it.
CREATE TABLE chase (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , campaign_id TEXT NOT NULL
  , unit_id TEXT NOT NULL
  , sending_id TEXT NOT NULL
  , told BIGINT NOT NULL CHECK (told >= 0)
  , at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , UNIQUE (county_code, sending_id, unit_id)
  , FOREIGN KEY (county_code, campaign_id) REFERENCES campaign (county_code, id)
  , FOREIGN KEY (county_code, unit_id) REFERENCES unit (county_code, id)
  , FOREIGN KEY (county_code, sending_id) REFERENCES sending (county_code, id)
);
CREATE INDEX chase_by_campaign ON chase (county_code, campaign_id, unit_id, at_ms, id);

-- Who was told for which unit; an account of two units is told once and counts for both.
CREATE TABLE chase_recipient (
    county_code TEXT NOT NULL
  , chase_id TEXT NOT NULL
  , notification_id TEXT NOT NULL
  , PRIMARY KEY (county_code, chase_id, notification_id)
  , FOREIGN KEY (county_code, chase_id) REFERENCES chase (county_code, id)
  , FOREIGN KEY (county_code, notification_id) REFERENCES notification (county_code, id)
) /* clustered */;

-- Visits by day and method, counted from the index alone.
CREATE INDEX visit_by_day ON visit (county_code, campaign_id, visited_on, method, id);
