-- 经费和慰问品台账: what was bought, handed down, signed for, given back. Entries are never changed; a cancelled one stays.
CREATE TABLE ledger_entry (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , campaign_id TEXT NOT NULL
  , unit_id TEXT NOT NULL
  , kind TEXT NOT NULL
  , item TEXT NOT NULL
  , quantity BIGINT NOT NULL CHECK (quantity > 0)
  , measure TEXT NOT NULL
  , value_fen BIGINT NOT NULL
  , heads BIGINT
  , standard_fen BIGINT
  , draw_id TEXT
  , person_name TEXT NOT NULL
  , voucher TEXT NOT NULL
  , on_date TEXT NOT NULL
  , note TEXT NOT NULL
  , file_id TEXT
  , by_actor TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , cancelled_by TEXT
  , cancelled_at_ms BIGINT
  , cancel_reason TEXT
  , PRIMARY KEY (county_code, id)
  , FOREIGN KEY (county_code, campaign_id) REFERENCES campaign (county_code, id)
  , FOREIGN KEY (county_code, unit_id) REFERENCES unit (county_code, id)
);
CREATE INDEX ledger_entry_by_campaign ON ledger_entry (county_code, campaign_id, on_date, id);

-- 公示: when and where the list of a batch was shown, what was objected and what came of it.
CREATE TABLE payment_notice (
    county_code TEXT NOT NULL
  , batch_id TEXT NOT NULL
  , from_on TEXT NOT NULL
  , to_on TEXT NOT NULL
  , place TEXT NOT NULL
  , objections TEXT NOT NULL
  , outcome TEXT NOT NULL
  , by_actor TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , version BIGINT NOT NULL CHECK (version >= 1)
  , PRIMARY KEY (county_code, batch_id)
  , FOREIGN KEY (county_code, batch_id) REFERENCES payment_batch (county_code, id)
);
