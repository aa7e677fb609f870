-- Accounts: who may sign in, with what, as what. Control tables: no foreign key leaves them or points at one.
-- The unit of a grant is '' for the whole county.

-- A human. Separation of duties compares humans, not accounts; name and number tell them apart within a county.
CREATE TABLE staff (
    id TEXT NOT NULL PRIMARY KEY
  , county_code TEXT NOT NULL
  , name TEXT NOT NULL
  , number TEXT NOT NULL
  , created_at_ms BIGINT NOT NULL
  , UNIQUE (county_code, name, number)
);

-- A login. totp_since_ms is NULL while a second factor is being enrolled or there is none.
CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY
  , county_code TEXT NOT NULL
  , login TEXT NOT NULL
  , staff_id TEXT NOT NULL
  , password_hash TEXT NOT NULL
  , password_at_ms BIGINT NOT NULL
  , password_until_ms BIGINT
  , must_change_since_ms BIGINT
  , totp_sealed TEXT
  , totp_since_ms BIGINT
  , totp_step BIGINT NOT NULL
  , created_at_ms BIGINT NOT NULL
  , signed_in_at_ms BIGINT
  , disabled_at_ms BIGINT
  , UNIQUE (county_code, login)
);
CREATE INDEX account_by_staff ON account (staff_id, id);
CREATE INDEX account_by_login ON account (login, id);

CREATE TABLE account_grant (
    account_id TEXT NOT NULL
  , role TEXT NOT NULL
  , unit_id TEXT NOT NULL
  , county_code TEXT NOT NULL
  , granted_at_ms BIGINT NOT NULL
  , granted_by TEXT NOT NULL
  , PRIMARY KEY (account_id, role, unit_id)
);
CREATE INDEX account_grant_by_county ON account_grant (county_code, account_id, role, unit_id);

-- What a browser holds is random; only its keyed hash is here.
CREATE TABLE session (
    id TEXT NOT NULL PRIMARY KEY
  , county_code TEXT NOT NULL
  , account_id TEXT NOT NULL
  , token_hash TEXT NOT NULL
  , address TEXT
  , agent TEXT
  , created_at_ms BIGINT NOT NULL
  , seen_at_ms BIGINT NOT NULL
  , UNIQUE (token_hash)
);
CREATE INDEX session_by_account ON session (account_id, id);
CREATE INDEX session_by_seen ON session (seen_at_ms, id);

-- For machines: a part of one role's permissions for one unit, until a day.
CREATE TABLE api_token (
    id TEXT NOT NULL PRIMARY KEY
  , county_code TEXT NOT NULL
  , name TEXT NOT NULL
  , token_hash TEXT NOT NULL
  , role TEXT NOT NULL
  , unit_id TEXT NOT NULL
  , permissions TEXT NOT NULL
  , created_by TEXT NOT NULL
  , created_at_ms BIGINT NOT NULL
  , expires_at_ms BIGINT NOT NULL
  , used_at_ms BIGINT
  , revoked_at_ms BIGINT
  , UNIQUE (token_hash)
);
CREATE INDEX api_token_by_county ON api_token (county_code, id);

CREATE TABLE recovery_code (
    account_id TEXT NOT NULL
  , code_hash TEXT NOT NULL
  , used_at_ms BIGINT
  , PRIMARY KEY (account_id, code_hash)
);

-- Failed sign-ins by account and by address; the key is a keyed hash, what people type by mistake is not kept.
CREATE TABLE sign_in_throttle (
    key TEXT NOT NULL PRIMARY KEY
  , failures BIGINT NOT NULL
  , tried_at_ms BIGINT NOT NULL
  , wait_until_ms BIGINT NOT NULL
);
CREATE INDEX sign_in_throttle_by_time ON sign_in_throttle (tried_at_ms, key);

-- The unit under which an import stands; NULL is the county's own.
ALTER TABLE import ADD COLUMN unit_id TEXT;
