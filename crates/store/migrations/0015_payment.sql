-- Payments to bank cards. A batch is a list of lines; a claim says that one human is being paid for one item of one
-- campaign. The sums of a batch are kept and must balance at every moment.

-- makers, checker and approver are humans (not accounts); rule_json and layout_json are what the batch was made by.
CREATE TABLE payment_batch (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , campaign_id TEXT NOT NULL
  , item TEXT NOT NULL
  , code TEXT NOT NULL
  , parent_id TEXT
  , state TEXT NOT NULL
  , version BIGINT NOT NULL CHECK (version >= 1)
  , base_date TEXT NOT NULL
  , rule_json TEXT NOT NULL
  , refused_json TEXT NOT NULL
  , layout_key TEXT NOT NULL
  , layout_json TEXT
  , pay_date TEXT
  , makers TEXT NOT NULL
  , checker TEXT
  , approver TEXT
  , list_sm3 TEXT
  , due_count BIGINT NOT NULL
  , due_fen BIGINT NOT NULL
  , paid_count BIGINT NOT NULL CHECK (paid_count >= 0)
  , paid_fen BIGINT NOT NULL CHECK (paid_fen >= 0)
  , returned_count BIGINT NOT NULL CHECK (returned_count >= 0)
  , returned_fen BIGINT NOT NULL CHECK (returned_fen >= 0)
  , waiting_count BIGINT NOT NULL CHECK (waiting_count >= 0)
  , waiting_fen BIGINT NOT NULL CHECK (waiting_fen >= 0)
  , cancelled_count BIGINT NOT NULL CHECK (cancelled_count >= 0)
  , cancelled_fen BIGINT NOT NULL CHECK (cancelled_fen >= 0)
  , created_at_ms BIGINT NOT NULL
  , changed_at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , UNIQUE (county_code, code)
  , CHECK (due_count = paid_count + returned_count + waiting_count + cancelled_count)
  , CHECK (due_fen = paid_fen + returned_fen + waiting_fen + cancelled_fen)
  , FOREIGN KEY (county_code, campaign_id) REFERENCES campaign (county_code, id)
  , FOREIGN KEY (county_code, parent_id) REFERENCES payment_batch (county_code, id)
);
CREATE INDEX payment_batch_by_campaign ON payment_batch (county_code, campaign_id, created_at_ms, id);
CREATE INDEX payment_batch_by_time ON payment_batch (county_code, created_at_ms, id);

-- Everything that was done with a batch, in order.
CREATE TABLE payment_step (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , batch_id TEXT NOT NULL
  , act TEXT NOT NULL
  , version BIGINT NOT NULL
  , human TEXT NOT NULL
  , by_actor TEXT NOT NULL
  , detail TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , FOREIGN KEY (county_code, batch_id) REFERENCES payment_batch (county_code, id)
);
CREATE INDEX payment_step_by_batch ON payment_step (county_code, batch_id, at_ms, id);

-- The account is the one that was approved: the roster may have another since. cancelled_at is the stage (draft,
-- export, return, batch): what was taken out of a draft is not of the approved list.
CREATE TABLE payment_line (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , batch_id TEXT NOT NULL
  , seq BIGINT NOT NULL
  , person_id TEXT NOT NULL
  , citizen_index TEXT NOT NULL
  , name TEXT NOT NULL
  , payee TEXT NOT NULL
  , has_spelling BOOLEAN NOT NULL
  , class TEXT NOT NULL
  , row TEXT NOT NULL
  , township_id TEXT NOT NULL
  , village_id TEXT
  , amount_fen BIGINT NOT NULL CHECK (amount_fen > 0)
  , bank_name TEXT
  , account_sealed TEXT
  , account_index TEXT
  , state TEXT NOT NULL
  , reason TEXT
  , bank_text TEXT
  , bank_date TEXT
  , serial TEXT
  , result_id TEXT
  , cancelled_at TEXT
  , note TEXT
  , repays_id TEXT
  , repaid_by_id TEXT
  , PRIMARY KEY (county_code, id)
  , UNIQUE (county_code, batch_id, seq)
  , FOREIGN KEY (county_code, batch_id) REFERENCES payment_batch (county_code, id)
  , FOREIGN KEY (county_code, person_id) REFERENCES person (county_code, id)
  , FOREIGN KEY (county_code, township_id) REFERENCES unit (county_code, id)
  , FOREIGN KEY (county_code, village_id) REFERENCES unit (county_code, id)
);
CREATE INDEX payment_line_by_person ON payment_line (person_id, id);
CREATE INDEX payment_line_by_state ON payment_line (county_code, state, township_id, id);

-- One human, one item, one campaign: points to the line that may be or was paid. Released by the bank's return or a
-- cancellation alone.
CREATE TABLE claim (
    county_code TEXT NOT NULL
  , campaign_id TEXT NOT NULL
  , item TEXT NOT NULL
  , citizen_index TEXT NOT NULL
  , line_id TEXT NOT NULL
  , batch_id TEXT NOT NULL
  , PRIMARY KEY (county_code, campaign_id, item, citizen_index)
  , FOREIGN KEY (county_code, campaign_id) REFERENCES campaign (county_code, id)
  , FOREIGN KEY (county_code, line_id) REFERENCES payment_line (county_code, id)
  , FOREIGN KEY (county_code, batch_id) REFERENCES payment_batch (county_code, id)
) /* clustered */;
CREATE INDEX claim_by_batch ON claim (county_code, batch_id, citizen_index);

-- Whom the rule refused by name when the batch was made.
CREATE TABLE payment_refusal (
    county_code TEXT NOT NULL
  , batch_id TEXT NOT NULL
  , person_id TEXT NOT NULL
  , reason TEXT NOT NULL
  , PRIMARY KEY (county_code, batch_id, person_id)
  , FOREIGN KEY (county_code, batch_id) REFERENCES payment_batch (county_code, id)
  , FOREIGN KEY (county_code, person_id) REFERENCES person (county_code, id)
) /* clustered */;

CREATE TABLE payment_finding (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , batch_id TEXT NOT NULL
  , line_id TEXT
  , check_code TEXT NOT NULL
  , weight TEXT NOT NULL
  , detail TEXT NOT NULL
  , pass_reason TEXT
  , passed_by TEXT
  , passed_at_ms BIGINT
  , PRIMARY KEY (county_code, id)
  , FOREIGN KEY (county_code, batch_id) REFERENCES payment_batch (county_code, id)
  , FOREIGN KEY (county_code, line_id) REFERENCES payment_line (county_code, id)
);
CREATE INDEX payment_finding_by_batch ON payment_finding (county_code, batch_id, check_code, id);
CREATE INDEX payment_finding_by_line ON payment_finding (county_code, line_id, id);

-- The bank's files of the last export; their bytes are made again from the lines and compared with sm3.
CREATE TABLE payment_file (
    county_code TEXT NOT NULL
  , batch_id TEXT NOT NULL
  , part BIGINT NOT NULL
  , name TEXT NOT NULL
  , count BIGINT NOT NULL
  , sum_fen BIGINT NOT NULL
  , sm3 TEXT NOT NULL
  , PRIMARY KEY (county_code, batch_id, part)
  , FOREIGN KEY (county_code, batch_id) REFERENCES payment_batch (county_code, id)
);

-- What the bank answered: each file once.
CREATE TABLE payment_result (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , batch_id TEXT NOT NULL
  , kind TEXT NOT NULL
  , file_name TEXT NOT NULL
  , sm3 TEXT NOT NULL
  , rows BIGINT NOT NULL
  , paid BIGINT NOT NULL
  , returned BIGINT NOT NULL
  , unchanged BIGINT NOT NULL
  , pending BIGINT NOT NULL
  , unmatched BIGINT NOT NULL
  , by_actor TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , UNIQUE (county_code, batch_id, sm3)
  , FOREIGN KEY (county_code, batch_id) REFERENCES payment_batch (county_code, id)
);
CREATE INDEX payment_result_by_batch ON payment_result (county_code, batch_id, at_ms, id);

-- Rows of an answer that match no line.
CREATE TABLE payment_unmatched (
    county_code TEXT NOT NULL
  , result_id TEXT NOT NULL
  , row BIGINT NOT NULL
  , why TEXT NOT NULL
  , name TEXT NOT NULL
  , amount_fen BIGINT
  , outcome TEXT NOT NULL
  , bank_text TEXT NOT NULL
  , PRIMARY KEY (county_code, result_id, row)
  , FOREIGN KEY (county_code, result_id) REFERENCES payment_result (county_code, id)
);

-- How a person's bank writes the name.
CREATE TABLE bank_spelling (
    county_code TEXT NOT NULL
  , person_id TEXT NOT NULL
  , spelling TEXT NOT NULL
  , reason TEXT NOT NULL
  , by_actor TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, person_id)
  , FOREIGN KEY (county_code, person_id) REFERENCES person (county_code, id)
);

-- Layouts that the county entered or changed.
CREATE TABLE bank_layout (
    county_code TEXT NOT NULL
  , key TEXT NOT NULL
  , text TEXT NOT NULL
  , version BIGINT NOT NULL
  , by_actor TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, key)
  , FOREIGN KEY (county_code) REFERENCES county (county_code)
);

-- Lists of others that are compared with (burials, household register, insurance), by index of the number.
CREATE TABLE comparison (
    county_code TEXT NOT NULL
  , id TEXT NOT NULL
  , kind TEXT NOT NULL
  , source TEXT NOT NULL
  , file_name TEXT NOT NULL
  , entries BIGINT NOT NULL
  , by_actor TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, id)
  , FOREIGN KEY (county_code) REFERENCES county (county_code)
);
CREATE INDEX comparison_by_time ON comparison (county_code, at_ms, id);

CREATE TABLE comparison_entry (
    county_code TEXT NOT NULL
  , citizen_index TEXT NOT NULL
  , comparison_id TEXT NOT NULL
  , PRIMARY KEY (county_code, citizen_index, comparison_id)
  , FOREIGN KEY (county_code, comparison_id) REFERENCES comparison (county_code, id)
) /* clustered */;
CREATE INDEX comparison_entry_by_list ON comparison_entry (county_code, comparison_id, citizen_index);

-- The same number on the payment lists of two counties, as the job found it; each county has its own row.
CREATE TABLE payment_twin (
    county_code TEXT NOT NULL
  , citizen_index TEXT NOT NULL
  , other_county TEXT NOT NULL
  , found_at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, citizen_index, other_county)
  , FOREIGN KEY (county_code) REFERENCES county (county_code)
) /* clustered */;

-- A step that is sent again under the same key is done once.
CREATE TABLE payment_key (
    county_code TEXT NOT NULL
  , key TEXT NOT NULL
  , act TEXT NOT NULL
  , request_sm3 TEXT NOT NULL
  , batch_id TEXT NOT NULL
  , at_ms BIGINT NOT NULL
  , PRIMARY KEY (county_code, key)
  , FOREIGN KEY (county_code, batch_id) REFERENCES payment_batch (county_code, id)
);
