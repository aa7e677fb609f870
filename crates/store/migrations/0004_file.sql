-- Photos, attachments and by-products. `content` is what is stored once in the object store, `file` binds it to an
-- owner; `upload` is what is still on its way (a control table: chunks come and go without an act of the county).

CREATE TABLE content (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , content_index TEXT NOT NULL
  , size BIGINT NOT NULL CHECK (size > 0)
  , media_type TEXT NOT NULL
  , width BIGINT
  , height BIGINT
  , key_sealed TEXT NOT NULL
  , thumbnail_size BIGINT
  , near_hash BIGINT
  , received_at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , UNIQUE (county_code, content_index)
  , FOREIGN KEY (county_code) REFERENCES county (county_code)
);

-- near_file_id names another file and is no foreign key: that file may be deleted alone.
CREATE TABLE file (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , kind TEXT NOT NULL
  , owner_kind TEXT NOT NULL
  , owner_id TEXT NOT NULL
  , unit_id TEXT NOT NULL
  , content_id TEXT NOT NULL
  , name_sealed TEXT NOT NULL
  , caption_sealed TEXT
  , is_internal BOOLEAN NOT NULL
  , external_reviewed BOOLEAN NOT NULL
  , examined_at_ms BIGINT
  , near_file_id TEXT
  , near_distance BIGINT
  , expires_at_ms BIGINT
  , released_at_ms BIGINT
  , by_actor TEXT NOT NULL
  , received_at_ms BIGINT NOT NULL
  , version BIGINT NOT NULL DEFAULT 1 CHECK (version >= 1)
  , PRIMARY KEY (county_code, id)
  , FOREIGN KEY (county_code, unit_id) REFERENCES unit (county_code, id)
  , FOREIGN KEY (county_code, content_id) REFERENCES content (county_code, id)
);
CREATE INDEX file_by_owner ON file (county_code, owner_kind, owner_id, received_at_ms, id);
CREATE INDEX file_by_unit ON file (county_code, unit_id, received_at_ms, id);
CREATE INDEX file_by_content ON file (county_code, content_id, id);
CREATE INDEX file_by_examined ON file (county_code, kind, examined_at_ms, id);
CREATE INDEX file_by_expiry ON file (county_code, expires_at_ms, id);
CREATE INDEX file_by_release ON file (county_code, released_at_ms, id);

CREATE TABLE upload (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , by_actor TEXT NOT NULL
  , request_sealed TEXT NOT NULL
  , key_sealed TEXT NOT NULL
  , total BIGINT NOT NULL CHECK (total > 0)
  , received BIGINT NOT NULL CHECK (received >= 0 AND received <= total)
  , parts TEXT NOT NULL
  , expires_at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
);
CREATE INDEX upload_by_expiry ON upload (county_code, expires_at_ms, id);
