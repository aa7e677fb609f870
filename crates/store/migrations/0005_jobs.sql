-- Background jobs, and notifications in the app.

-- Counters that put changes of a control table in order: whoever changes a job takes the next number first and holds
-- it until the end of the transaction.
CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY
  , value BIGINT NOT NULL CHECK (value >= 0)
);
INSERT INTO counter (name, value) VALUES ('job', 0);

-- claimed_by and attempts together say who may write to a running job. change_seq puts what its owner is told in order.
CREATE TABLE job (
    id TEXT NOT NULL PRIMARY KEY
  , kind TEXT NOT NULL
  , county_code TEXT
  , unique_key TEXT
  , payload_json TEXT NOT NULL
  , state TEXT NOT NULL
  , run_after_ms BIGINT NOT NULL
  , attempts BIGINT NOT NULL CHECK (attempts >= 0)
  , max_attempts BIGINT NOT NULL CHECK (max_attempts >= 1)
  , claimed_by TEXT
  , claimed_at_ms BIGINT
  , heartbeat_at_ms BIGINT
  , progress_done BIGINT NOT NULL
  , progress_total BIGINT NOT NULL
  , message TEXT NOT NULL
  , result_json TEXT
  , change_seq BIGINT NOT NULL
  , created_by TEXT NOT NULL
  , created_at_ms BIGINT NOT NULL
  , finished_at_ms BIGINT
  , UNIQUE (unique_key)
);
CREATE INDEX job_by_state ON job (state, run_after_ms, id);
CREATE INDEX job_by_kind ON job (kind, state, id);
CREATE INDEX job_by_creator ON job (created_by, created_at_ms, id);
CREATE INDEX job_by_county ON job (county_code, created_at_ms, id);
CREATE INDEX job_by_change ON job (created_by, change_seq, id);

-- What was told, once for all who were told.
CREATE TABLE sending (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , kind TEXT NOT NULL
  , title TEXT NOT NULL
  , body TEXT NOT NULL
  , link TEXT NOT NULL
  , created_by TEXT NOT NULL
  , created_at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , FOREIGN KEY (county_code) REFERENCES county (county_code)
);
CREATE INDEX sending_by_time ON sending (county_code, created_at_ms, id);

-- Who was told and when it was seen. change_seq numbers the changes of a county; it is taken while the county is
-- locked, so that no smaller number appears later. kind and created_at_ms repeat the sending's, for lists and counts.
CREATE TABLE notification (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , sending_id TEXT NOT NULL
  , recipient TEXT NOT NULL
  , kind TEXT NOT NULL
  , is_seen BOOLEAN NOT NULL
  , seen_at_ms BIGINT
  , seen_by TEXT
  , change_seq BIGINT NOT NULL
  , created_at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , UNIQUE (county_code, sending_id, recipient)
  , FOREIGN KEY (county_code, sending_id) REFERENCES sending (county_code, id)
);
CREATE INDEX notification_by_recipient ON notification (county_code, recipient, is_seen, created_at_ms, id);
CREATE INDEX notification_by_kind ON notification (county_code, recipient, is_seen, kind, created_at_ms, id);
CREATE INDEX notification_by_change ON notification (county_code, recipient, change_seq, id);
CREATE INDEX notification_by_seq ON notification (county_code, change_seq, id);
