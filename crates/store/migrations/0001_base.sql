-- The base of the house. One text for SQLite and PostgreSQL: column types TEXT, BIGINT, BOOLEAN; no triggers, no
-- sequences. A statement ends with a semicolon at the end of a line. A foreign key stands on a line of its own that
-- begins with ", FOREIGN KEY": PostgreSQL gets it by ALTER TABLE after the table (and its distribution). A table
-- that is "clustered" keeps its rows in the tree of its key on SQLite (WITHOUT ROWID): for short rows found by key.
-- `migration` itself is made by the migrator.

CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY
  , value TEXT NOT NULL
);

-- audit_seq and audit_hash are the head of the county's audit chain; acts of a county lock this row. Every change of
-- units or campaigns raises reference_version.
CREATE TABLE county (
    county_code TEXT NOT NULL PRIMARY KEY
  , name TEXT NOT NULL
  , place TEXT NOT NULL
  , audit_seq BIGINT NOT NULL CHECK (audit_seq >= 0)
  , audit_hash TEXT NOT NULL
  , created_at_ms BIGINT NOT NULL
  , reference_version BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE unit (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , code TEXT NOT NULL
  , kind TEXT NOT NULL
  , name TEXT NOT NULL
  , short_name TEXT NOT NULL
  , parent_id TEXT
  , valid_from TEXT
  , valid_to TEXT
  , PRIMARY KEY (county_code, id)
  , UNIQUE (county_code, code)
  , FOREIGN KEY (county_code) REFERENCES county (county_code)
  , FOREIGN KEY (county_code, parent_id) REFERENCES unit (county_code, id)
);
CREATE INDEX unit_by_parent ON unit (county_code, parent_id, id);

CREATE TABLE unit_alias (
    county_code TEXT NOT NULL
  , unit_id TEXT NOT NULL
  , alias TEXT NOT NULL
  , PRIMARY KEY (county_code, unit_id, alias)
  , FOREIGN KEY (county_code, unit_id) REFERENCES unit (county_code, id)
);

CREATE TABLE unit_event (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , kind TEXT NOT NULL
  , unit_id TEXT NOT NULL
  , other_unit_id TEXT
  , on_date TEXT NOT NULL
  , before TEXT
  , after TEXT
  , at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , FOREIGN KEY (county_code, unit_id) REFERENCES unit (county_code, id)
  , FOREIGN KEY (county_code, other_unit_id) REFERENCES unit (county_code, id)
);
CREATE INDEX unit_event_by_unit ON unit_event (county_code, unit_id, id);
CREATE INDEX unit_event_by_time ON unit_event (county_code, at_ms, id);

CREATE TABLE campaign (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , code TEXT NOT NULL
  , template_key TEXT NOT NULL
  , template_version BIGINT NOT NULL
  , year BIGINT NOT NULL
  , heading TEXT NOT NULL
  , deadline TEXT NOT NULL
  , period_from TEXT NOT NULL
  , period_to TEXT NOT NULL
  , is_open BOOLEAN NOT NULL
  , template_json TEXT NOT NULL
  , created_at_ms BIGINT NOT NULL
  , source TEXT
  , PRIMARY KEY (county_code, id)
  , UNIQUE (county_code, code)
  , FOREIGN KEY (county_code) REFERENCES county (county_code)
);

CREATE TABLE campaign_unit (
    county_code TEXT NOT NULL
  , campaign_id TEXT NOT NULL
  , unit_id TEXT NOT NULL
  , issued_at_ms BIGINT NOT NULL
  , signed_at_ms BIGINT
  , PRIMARY KEY (county_code, campaign_id, unit_id)
  , FOREIGN KEY (county_code, campaign_id) REFERENCES campaign (county_code, id)
  , FOREIGN KEY (county_code, unit_id) REFERENCES unit (county_code, id)
);
CREATE INDEX campaign_unit_by_unit ON campaign_unit (county_code, unit_id, campaign_id);

CREATE TABLE holiday (
    county_code TEXT NOT NULL
  , on_date TEXT NOT NULL
  , kind TEXT NOT NULL
  , name TEXT NOT NULL
  , PRIMARY KEY (county_code, on_date)
  , FOREIGN KEY (county_code) REFERENCES county (county_code)
);

CREATE TABLE import (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , kind TEXT NOT NULL
  , campaign_id TEXT
  , file_name TEXT NOT NULL
  , read BIGINT NOT NULL CHECK (read >= 0)
  , added BIGINT NOT NULL CHECK (added >= 0)
  , changed BIGINT NOT NULL CHECK (changed >= 0)
  , unchanged BIGINT NOT NULL CHECK (unchanged >= 0)
  , refused BIGINT NOT NULL CHECK (refused >= 0)
  , by_actor TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , undone_at_ms BIGINT
  , PRIMARY KEY (county_code, id)
  , CHECK (read = added + changed + unchanged + refused)
  , FOREIGN KEY (county_code) REFERENCES county (county_code)
  , FOREIGN KEY (county_code, campaign_id) REFERENCES campaign (county_code, id)
);
CREATE INDEX import_by_time ON import (county_code, at_ms, id);
CREATE INDEX import_by_campaign ON import (county_code, campaign_id, at_ms, id);

CREATE TABLE person (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , name TEXT NOT NULL
  , name_key TEXT NOT NULL
  , name_word TEXT NOT NULL
  , citizen_sealed TEXT NOT NULL
  , citizen_index TEXT NOT NULL
  , citizen_last4_index TEXT NOT NULL
  , birth TEXT
  , sex TEXT
  , ethnicity TEXT
  , township_id TEXT NOT NULL
  , village_id TEXT
  , household TEXT
  , certificate TEXT
  , address_sealed TEXT
  , phone_sealed TEXT
  , allowance BOOLEAN NOT NULL
  , bank_name TEXT
  , account_sealed TEXT
  , account_index TEXT
  , account_name TEXT
  , status TEXT NOT NULL
  , stopped_on TEXT
  , hardship TEXT NOT NULL
  , hardship_text_sealed TEXT
  , note_sealed TEXT
  , merged_into TEXT
  , created_import TEXT
  , version BIGINT NOT NULL DEFAULT 1 CHECK (version >= 1)
  , received_at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , UNIQUE (county_code, citizen_index)
  , FOREIGN KEY (county_code, township_id) REFERENCES unit (county_code, id)
  , FOREIGN KEY (county_code, village_id) REFERENCES unit (county_code, id)
  , FOREIGN KEY (county_code, merged_into) REFERENCES person (county_code, id)
  , FOREIGN KEY (county_code, created_import) REFERENCES import (county_code, id)
);
CREATE INDEX person_by_township ON person (township_id, name_key, id);
CREATE INDEX person_by_village ON person (village_id, name_key, id);
CREATE INDEX person_by_word ON person (county_code, name_word, id);
CREATE INDEX person_by_last4 ON person (citizen_last4_index, id);
CREATE INDEX person_by_account ON person (account_index, id);

CREATE TABLE identity (
    county_code TEXT NOT NULL
  , person_id TEXT NOT NULL
  , class TEXT NOT NULL
  , grade BIGINT CHECK (grade BETWEEN 1 AND 10)
  , nature TEXT
  , PRIMARY KEY (county_code, person_id, class)
  , FOREIGN KEY (county_code, person_id) REFERENCES person (county_code, id)
) /* clustered */;

CREATE TABLE candidate (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , unit_id TEXT NOT NULL
  , name TEXT NOT NULL
  , citizen_sealed TEXT
  , citizen_index TEXT
  , match_key TEXT NOT NULL
  , status TEXT NOT NULL
  , person_id TEXT
  , created_import TEXT
  , received_at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , UNIQUE (county_code, match_key)
  , FOREIGN KEY (county_code, unit_id) REFERENCES unit (county_code, id)
  , FOREIGN KEY (county_code, person_id) REFERENCES person (county_code, id)
  , FOREIGN KEY (county_code, created_import) REFERENCES import (county_code, id)
);
CREATE INDEX candidate_by_status ON candidate (county_code, status, received_at_ms, id);
CREATE INDEX candidate_by_unit ON candidate (county_code, unit_id, id);
CREATE INDEX candidate_by_person ON candidate (county_code, person_id, id);
CREATE INDEX candidate_by_import ON candidate (county_code, created_import, id);

-- subject_id is a person or a candidate, by object_kind.
CREATE TABLE visit (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , campaign_id TEXT NOT NULL
  , import_id TEXT
  , unit_id TEXT NOT NULL
  , above_1 TEXT
  , above_2 TEXT
  , own_row TEXT NOT NULL
  , row TEXT NOT NULL
  , object_kind TEXT NOT NULL
  , subject_id TEXT
  , object_name TEXT NOT NULL
  , household TEXT
  , headcount BIGINT CHECK (headcount >= 0)
  , category TEXT NOT NULL
  , visited_on TEXT NOT NULL
  , method TEXT NOT NULL
  , leader_name TEXT NOT NULL
  , leader_title TEXT NOT NULL
  , leader_kind TEXT
  , money_fen BIGINT NOT NULL CHECK (money_fen >= 0)
  , money_source TEXT
  , goods_json TEXT
  , goods_fen BIGINT NOT NULL CHECK (goods_fen >= 0)
  , help_json TEXT
  , note_sealed TEXT
  , typed_key TEXT NOT NULL
  , object_key TEXT NOT NULL
  , source_row BIGINT
  , version BIGINT NOT NULL DEFAULT 1 CHECK (version >= 1)
  , by_actor TEXT NOT NULL
  , received_at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , FOREIGN KEY (county_code, campaign_id) REFERENCES campaign (county_code, id)
  , FOREIGN KEY (county_code, import_id) REFERENCES import (county_code, id)
  , FOREIGN KEY (county_code, unit_id) REFERENCES unit (county_code, id)
);
CREATE INDEX visit_by_unit ON visit (county_code, campaign_id, unit_id, received_at_ms, id);
CREATE INDEX visit_by_subject ON visit (county_code, campaign_id, subject_id, id);
CREATE INDEX visit_by_typed ON visit (county_code, campaign_id, typed_key, id);
CREATE INDEX visit_by_object ON visit (county_code, campaign_id, object_key, id);
CREATE INDEX visit_by_import ON visit (county_code, import_id, id);
CREATE INDEX visit_by_time ON visit (county_code, campaign_id, received_at_ms, id);

-- Kept figures: sums of visits by scope and row. They are added to with negative steps, and a database checks a row
-- before it finds that it exists already, so `>= 0` is not asked here but proved by the recomputation.
CREATE TABLE cell (
    county_code TEXT NOT NULL
  , campaign_id TEXT NOT NULL
  , scope_id TEXT NOT NULL
  , row TEXT NOT NULL
  , visits BIGINT NOT NULL
  , person_times BIGINT NOT NULL
  , group_persons BIGINT NOT NULL
  , persons BIGINT NOT NULL
  , households BIGINT NOT NULL
  , objects BIGINT NOT NULL
  , money_county_fen BIGINT NOT NULL
  , money_own_fen BIGINT NOT NULL
  , money_donation_fen BIGINT NOT NULL
  , money_unstated_fen BIGINT NOT NULL
  , goods_fen BIGINT NOT NULL
  , help_schooling BIGINT NOT NULL
  , help_family_employment BIGINT NOT NULL
  , help_housing BIGINT NOT NULL
  , help_medical BIGINT NOT NULL
  , help_legal_aid BIGINT NOT NULL
  , help_other BIGINT NOT NULL
  , principal_home_visits BIGINT NOT NULL
  , deputy_home_visits BIGINT NOT NULL
  , PRIMARY KEY (county_code, campaign_id, scope_id, row)
  , FOREIGN KEY (county_code, campaign_id) REFERENCES campaign (county_code, id)
) /* clustered */;

CREATE TABLE cell_item (
    county_code TEXT NOT NULL
  , campaign_id TEXT NOT NULL
  , scope_id TEXT NOT NULL
  , kind TEXT NOT NULL
  , row TEXT NOT NULL
  , item TEXT NOT NULL
  , count BIGINT NOT NULL
  , PRIMARY KEY (county_code, campaign_id, scope_id, kind, row, item)
  , FOREIGN KEY (county_code, campaign_id) REFERENCES campaign (county_code, id)
) /* clustered */;

CREATE TABLE cell_subject (
    county_code TEXT NOT NULL
  , campaign_id TEXT NOT NULL
  , scope_id TEXT NOT NULL
  , subject_id TEXT NOT NULL
  , rows TEXT NOT NULL
  , household TEXT NOT NULL
  , letter BIGINT NOT NULL
  , home BIGINT NOT NULL
  , talk BIGINT NOT NULL
  , telephone BIGINT NOT NULL
  , PRIMARY KEY (county_code, campaign_id, scope_id, subject_id)
  , FOREIGN KEY (county_code, campaign_id) REFERENCES campaign (county_code, id)
) /* clustered */;

-- What an import changed, field by field; field '*' is the whole record as it was before.
CREATE TABLE change (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , import_id TEXT
  , table_name TEXT NOT NULL
  , row_id TEXT NOT NULL
  , field TEXT NOT NULL
  , before_sealed TEXT
  , after_sealed TEXT
  , at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , FOREIGN KEY (county_code, import_id) REFERENCES import (county_code, id)
);
CREATE INDEX change_by_row ON change (county_code, table_name, row_id, id);
CREATE INDEX change_by_import ON change (county_code, import_id, id);

-- Rows are only ever added. The hash of a row covers all its columns and the hash before it.
CREATE TABLE audit (
    county_code TEXT NOT NULL
  , seq BIGINT NOT NULL CHECK (seq >= 1)
  , at_ms BIGINT NOT NULL
  , actor TEXT NOT NULL
  , origin TEXT NOT NULL
  , act TEXT NOT NULL
  , object_kind TEXT NOT NULL
  , object_id TEXT NOT NULL
  , outcome TEXT NOT NULL
  , detail_json TEXT NOT NULL
  , previous_hash TEXT NOT NULL
  , hash TEXT NOT NULL
  , PRIMARY KEY (county_code, seq)
);
