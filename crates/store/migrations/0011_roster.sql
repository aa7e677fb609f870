-- The roster by hand: who changed a person, what else finds an entry again, entries that are two humans, columns that
-- a unit's files name in their own words, the yearly confirmation, reported changes of status.

-- Who made a change and by which act; a change by an import has both from there.
ALTER TABLE change ADD COLUMN by_actor TEXT;
ALTER TABLE change ADD COLUMN act TEXT;

-- Keyed hashes within the county: of the telephone number, and of the number as the cards of 15 digits had it.
ALTER TABLE person ADD COLUMN phone_index TEXT;
ALTER TABLE person ADD COLUMN citizen_short_index TEXT;
CREATE INDEX person_by_phone ON person (county_code, phone_index, id);

-- A candidate who is nobody on the roster: why, who said so, when.
ALTER TABLE candidate ADD COLUMN reason_sealed TEXT;
ALTER TABLE candidate ADD COLUMN decided_by TEXT;
ALTER TABLE candidate ADD COLUMN decided_at_ms BIGINT;

-- Two entries that look like one human and are two. first_id is the smaller.
CREATE TABLE apart (
    county_code TEXT NOT NULL
  , first_id TEXT NOT NULL
  , second_id TEXT NOT NULL
  , reason_sealed TEXT
  , by_actor TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, first_id, second_id)
  , FOREIGN KEY (county_code, first_id) REFERENCES person (county_code, id)
  , FOREIGN KEY (county_code, second_id) REFERENCES person (county_code, id)
);
CREATE INDEX apart_by_second ON apart (county_code, second_id, first_id);

-- Which column a head of a unit's files means; column_code '' is a head that means none.
CREATE TABLE head_word (
    county_code TEXT NOT NULL
  , unit_id TEXT NOT NULL
  , kind TEXT NOT NULL
  , head TEXT NOT NULL
  , column_code TEXT NOT NULL
  , by_actor TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, unit_id, kind, head)
  , FOREIGN KEY (county_code, unit_id) REFERENCES unit (county_code, id)
);

-- 年度确认: who was found alive and entitled in a year, how and by whom. A person without a row is still to be confirmed.
CREATE TABLE confirmation (
    county_code TEXT NOT NULL
  , year BIGINT NOT NULL CHECK (year BETWEEN 2000 AND 2200)
  , person_id TEXT NOT NULL
  , means TEXT NOT NULL
  , confirmed_on TEXT NOT NULL
  , files_json TEXT NOT NULL
  , remark_sealed TEXT
  , visit_id TEXT
  , was_unconfirmed BOOLEAN NOT NULL
  , by_actor TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , version BIGINT NOT NULL CHECK (version >= 1)
  , PRIMARY KEY (county_code, year, person_id)
  , FOREIGN KEY (county_code, person_id) REFERENCES person (county_code, id)
);
CREATE INDEX confirmation_by_person ON confirmation (county_code, person_id, year);
CREATE INDEX confirmation_by_visit ON confirmation (county_code, visit_id, person_id);

-- 人员变动: death, moves and suspensions, reported below and decided by the county. unit_id is where the person was
-- when it was reported.
CREATE TABLE status_change (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , person_id TEXT NOT NULL
  , unit_id TEXT NOT NULL
  , kind TEXT NOT NULL
  , happened_on TEXT NOT NULL
  , target_unit_id TEXT
  , target_sealed TEXT
  , reason_sealed TEXT NOT NULL
  , files_json TEXT NOT NULL
  , state TEXT NOT NULL
  , by_actor TEXT NOT NULL
  , by_account TEXT
  , at_ms BIGINT NOT NULL
  , decided_by TEXT
  , decided_at_ms BIGINT
  , decision_sealed TEXT
  , version BIGINT NOT NULL CHECK (version >= 1)
  , PRIMARY KEY (county_code, id)
  , FOREIGN KEY (county_code, person_id) REFERENCES person (county_code, id)
  , FOREIGN KEY (county_code, unit_id) REFERENCES unit (county_code, id)
  , FOREIGN KEY (county_code, target_unit_id) REFERENCES unit (county_code, id)
);
CREATE INDEX status_change_by_state ON status_change (county_code, state, at_ms, id);
CREATE INDEX status_change_by_person ON status_change (county_code, person_id, at_ms, id);
