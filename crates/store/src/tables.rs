//! Every table with its place and columns (design rule 9). A schema test holds this against both catalogues.

use Placement::{Control, Distributed};
use serde::{Deserialize, Serialize};

/// Where a table stands when the data of many counties is spread over machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Rows live with their county; `county_code` is first in every key.
    Distributed,
    /// Small and rarely written, a copy on every machine.
    Reference,
    /// On the coordinator only; no foreign key touches it.
    Control,
}

/// The type of a column; there are no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// TEXT
    Text,
    /// BIGINT
    Int,
    /// BOOLEAN
    Bool,
}

/// A table as declared.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Name.
    pub name: &'static str,
    /// Where it stands.
    pub placement: Placement,
    /// Columns of the primary key, in order.
    pub key: &'static [&'static str],
    /// TEXT columns.
    pub text: &'static [&'static str],
    /// BIGINT columns.
    pub int: &'static [&'static str],
    /// BOOLEAN columns.
    pub bool: &'static [&'static str],
}

impl Table {
    /// The declared table of this name; a wrong name is a fault of the program.
    pub fn named(name: &str) -> &'static Self {
        TABLES.iter().find(|table| table.name == name).expect("every table is declared in tables.rs")
    }

    /// The type of a column; `None` when there is no such column.
    pub fn column(&self, name: &str) -> Option<ColumnType> {
        if self.text.contains(&name) {
            Some(ColumnType::Text)
        } else if self.int.contains(&name) {
            Some(ColumnType::Int)
        } else {
            self.bool.contains(&name).then_some(ColumnType::Bool)
        }
    }
}

const fn table(
    name: &'static str,
    key: &'static [&'static str],
    text: &'static [&'static str],
    int: &'static [&'static str],
    bool: &'static [&'static str],
) -> Table {
    Table { name, placement: Distributed, key, text, int, bool }
}

const fn control(
    name: &'static str,
    key: &'static [&'static str],
    text: &'static [&'static str],
    int: &'static [&'static str],
) -> Table {
    Table { name, placement: Control, key, text, int, bool: &[] }
}

const BY_ID: &[&str] = &["county_code", "id"];

/// All tables, in an order in which none points at a later one.
#[rustfmt::skip]
pub const TABLES: &[Table] = &[
    control("migration", &["version"], &["name", "sm3_hex"], &["version", "applied_at_ms"]),
    control("setting", &["key"], &["key", "value"], &[]),
    control("staff", &["id"], &["id", "county_code", "name", "number"], &["created_at_ms"]),
    control("account", &["id"], &["id", "county_code", "login", "staff_id", "password_hash", "totp_sealed"],
        &["password_at_ms", "password_until_ms", "must_change_since_ms", "totp_since_ms", "totp_step",
        "created_at_ms", "signed_in_at_ms", "disabled_at_ms"]),
    control("account_grant", &["account_id", "role", "unit_id"], &["account_id", "role", "unit_id", "county_code",
        "granted_by"], &["granted_at_ms"]),
    control("session", &["id"], &["id", "county_code", "account_id", "token_hash", "address", "agent"],
        &["created_at_ms", "seen_at_ms"]),
    control("api_token", &["id"], &["id", "county_code", "name", "token_hash", "role", "unit_id", "permissions",
        "created_by"], &["created_at_ms", "expires_at_ms", "used_at_ms", "revoked_at_ms"]),
    control("recovery_code", &["account_id", "code_hash"], &["account_id", "code_hash"], &["used_at_ms"]),
    control("sign_in_throttle", &["key"], &["key"], &["failures", "tried_at_ms", "wait_until_ms"]),
    table("county", &["county_code"], &["county_code", "name", "place", "audit_hash"],
        &["audit_seq", "created_at_ms", "reference_version"], &[]),
    table("unit", BY_ID, &["county_code", "id", "code", "kind", "name", "short_name", "parent_id", "valid_from",
        "valid_to"], &[], &[]),
    table("unit_alias", &["county_code", "unit_id", "alias"], &["county_code", "unit_id", "alias"], &[], &[]),
    table("unit_event", BY_ID, &["county_code", "id", "kind", "unit_id", "other_unit_id", "on_date", "before",
        "after"], &["at_ms"], &[]),
    table("campaign", BY_ID, &["county_code", "id", "code", "template_key", "heading", "deadline", "period_from",
        "period_to", "template_json", "source"], &["template_version", "year", "created_at_ms"], &["is_open"]),
    table("campaign_unit", &["county_code", "campaign_id", "unit_id"], &["county_code", "campaign_id", "unit_id"],
        &["issued_at_ms", "signed_at_ms"], &[]),
    table("holiday", &["county_code", "on_date"], &["county_code", "on_date", "kind", "name"], &[], &[]),
    table("import", BY_ID, &["county_code", "id", "kind", "campaign_id", "file_name", "by_actor", "unit_id"],
        &["read", "added", "changed", "unchanged", "refused", "at_ms", "undone_at_ms"], &[]),
    table("person", BY_ID, &["county_code", "id", "name", "name_key", "name_initials", "name_word", "key_sealed",
        "citizen_sealed", "citizen_index", "citizen_last4_index", "birth", "sex", "ethnicity", "township_id",
        "village_id", "household", "certificate", "address_sealed", "phone_sealed", "bank_name", "account_sealed",
        "account_index", "account_name", "status", "stopped_on", "hardship", "hardship_text_sealed", "note_sealed",
        "merged_into", "created_import", "phone_index", "citizen_short_index"], &["version", "received_at_ms"],
        &["allowance"]),
    table("identity", &["county_code", "person_id", "class"], &["county_code", "person_id", "class", "nature"],
        &["grade"], &[]),
    table("candidate", BY_ID, &["county_code", "id", "unit_id", "name", "citizen_sealed", "citizen_index",
        "match_key", "status", "person_id", "created_import", "reason_sealed", "decided_by"],
        &["received_at_ms", "decided_at_ms"], &[]),
    table("visit", BY_ID, &["county_code", "id", "campaign_id", "import_id", "unit_id", "above_1", "above_2",
        "own_row", "row", "object_kind", "subject_id", "object_name", "household", "category", "visited_on",
        "method", "leader_name", "leader_title", "leader_kind", "money_source", "goods_json", "help_json",
        "note_sealed", "typed_key", "object_key", "by_actor"],
        &["headcount", "money_fen", "goods_fen", "source_row", "version", "received_at_ms"], &[]),
    table("cell", &["county_code", "campaign_id", "scope_id", "row"], &["county_code", "campaign_id", "scope_id",
        "row"], &["visits", "person_times", "group_persons", "persons", "households", "objects",
        "money_county_fen", "money_own_fen", "money_donation_fen", "money_unstated_fen", "goods_fen",
        "help_schooling", "help_family_employment", "help_housing", "help_medical", "help_legal_aid", "help_other",
        "principal_home_visits", "deputy_home_visits"], &[]),
    table("cell_item", &["county_code", "campaign_id", "scope_id", "kind", "row", "item"], &["county_code",
        "campaign_id", "scope_id", "kind", "row", "item"], &["count"], &[]),
    table("cell_subject", &["county_code", "campaign_id", "scope_id", "subject_id"], &["county_code",
        "campaign_id", "scope_id", "subject_id", "rows", "household"], &["letter", "home", "talk", "telephone"],
        &[]),
    table("submission", BY_ID, &["county_code", "id", "campaign_id", "unit_id", "state", "deadline", "table_json",
        "sm3_hex", "submitted_by", "decided_by", "remark_sealed"], &["version", "template_version", "late_days",
        "submitted_at_ms", "decided_at_ms"], &[]),
    table("content", BY_ID, &["county_code", "id", "content_index", "media_type", "key_sealed"],
        &["size", "width", "height", "thumbnail_size", "near_hash", "received_at_ms"], &[]),
    table("file", BY_ID, &["county_code", "id", "kind", "owner_kind", "owner_id", "unit_id", "content_id",
        "name_sealed", "caption_sealed", "near_file_id", "by_actor"], &["examined_at_ms", "near_distance",
        "expires_at_ms", "released_at_ms", "received_at_ms", "version"], &["is_internal", "external_reviewed"]),
    control("upload", BY_ID, &["county_code", "id", "by_actor", "request_sealed", "key_sealed", "parts"],
        &["total", "received", "expires_at_ms"]),
    table("import_plan", BY_ID, &["county_code", "id", "kind", "campaign_code", "owner", "source_file_id",
        "outcome_file_id", "digest", "job_id", "import_id"], &["written_at_ms", "created_at_ms", "expires_at_ms"], &[]),
    table("change", BY_ID, &["county_code", "id", "import_id", "table_name", "row_id", "field", "before_sealed",
        "after_sealed", "by_actor", "act"], &["at_ms"], &[]),
    table("apart", &["county_code", "first_id", "second_id"], &["county_code", "first_id", "second_id",
        "reason_sealed", "by_actor"], &["at_ms"], &[]),
    table("head_word", &["county_code", "unit_id", "kind", "head"], &["county_code", "unit_id", "kind", "head",
        "column_code", "by_actor"], &["at_ms"], &[]),
    table("confirmation", &["county_code", "year", "person_id"], &["county_code", "person_id", "means",
        "confirmed_on", "files_json", "remark_sealed", "visit_id", "by_actor"], &["year", "at_ms", "version"],
        &["was_unconfirmed"]),
    table("status_change", BY_ID, &["county_code", "id", "person_id", "unit_id", "kind", "happened_on",
        "target_unit_id", "target_sealed", "reason_sealed", "files_json", "state", "by_actor", "by_account",
        "decided_by", "decision_sealed"], &["at_ms", "decided_at_ms", "version"], &[]),
    table("arrangement", BY_ID, &["county_code", "id", "campaign_id", "unit_id", "planned_on", "leader_name",
        "leader_title", "leader_kind", "party", "note", "by_actor"], &["at_ms", "version"], &[]),
    table("arrangement_person", &["county_code", "arrangement_id", "person_id"], &["county_code", "arrangement_id",
        "person_id"], &["place"], &[]),
    table("payment_notice", &["county_code", "batch_id"], &["county_code", "batch_id", "from_on", "to_on", "place",
        "objections", "outcome", "by_actor"], &["at_ms", "version"], &[]),
    table("ledger_entry", BY_ID, &["county_code", "id", "campaign_id", "unit_id", "kind", "item", "measure", "draw_id",
        "person_name", "voucher", "on_date", "note", "file_id", "by_actor", "cancelled_by", "cancel_reason"],
        &["quantity", "value_fen", "heads", "standard_fen", "at_ms", "cancelled_at_ms"], &[]),
    table("reveal", BY_ID, &["county_code", "id", "viewer", "person_id", "field"], &["at_ms"], &[]),
    table("audit", &["county_code", "seq"], &["county_code", "actor", "origin", "act", "object_kind", "object_id",
        "outcome", "detail_json", "previous_hash", "hash", "address", "request_id"], &["seq", "at_ms", "version"],
        &[]),
    table("audit_checkpoint", &["county_code", "seq"], &["county_code", "hash", "key_id", "signature"],
        &["seq", "at_ms"], &[]),
    control("counter", &["name"], &["name"], &["value"]),
    control("job", &["id"], &["id", "kind", "county_code", "unique_key", "payload_json", "state", "claimed_by",
        "message", "result_json", "created_by"], &["run_after_ms", "attempts", "max_attempts", "claimed_at_ms",
        "heartbeat_at_ms", "progress_done", "progress_total", "change_seq", "created_at_ms", "finished_at_ms"]),
    table("sending", BY_ID, &["county_code", "id", "kind", "title", "body", "link", "created_by"],
        &["created_at_ms"], &[]),
    table("notification", BY_ID, &["county_code", "id", "sending_id", "recipient", "kind", "seen_by"],
        &["seen_at_ms", "change_seq", "created_at_ms"], &["is_seen"]),
    table("chase", BY_ID, &["county_code", "id", "campaign_id", "unit_id", "sending_id"], &["told", "at_ms"], &[]),
    table("chase_recipient", &["county_code", "chase_id", "notification_id"], &["county_code", "chase_id",
        "notification_id"], &[], &[]),
    table("payment_batch", BY_ID, &["county_code", "id", "campaign_id", "item", "code", "parent_id", "state",
        "base_date", "rule_json", "refused_json", "layout_key", "layout_json", "pay_date", "makers", "checker",
        "approver", "list_sm3"], &["version", "due_count", "due_fen", "paid_count", "paid_fen", "returned_count",
        "returned_fen", "waiting_count", "waiting_fen", "cancelled_count", "cancelled_fen", "created_at_ms",
        "changed_at_ms"], &[]),
    table("payment_step", BY_ID, &["county_code", "id", "batch_id", "act", "human", "by_actor", "detail"],
        &["version", "at_ms"], &[]),
    table("payment_line", BY_ID, &["county_code", "id", "batch_id", "person_id", "citizen_index", "name", "payee",
        "class", "row", "township_id", "village_id", "bank_name", "account_sealed", "account_index", "state",
        "reason", "bank_text", "bank_date", "serial", "result_id", "cancelled_at", "note", "repays_id",
        "repaid_by_id"], &["seq", "amount_fen"], &["has_spelling"]),
    table("claim", &["county_code", "campaign_id", "item", "citizen_index"], &["county_code", "campaign_id", "item",
        "citizen_index", "line_id", "batch_id"], &[], &[]),
    table("payment_refusal", &["county_code", "batch_id", "person_id"], &["county_code", "batch_id", "person_id",
        "reason"], &[], &[]),
    table("payment_finding", BY_ID, &["county_code", "id", "batch_id", "line_id", "check_code", "weight", "detail",
        "pass_reason", "passed_by"], &["passed_at_ms"], &[]),
    table("payment_file", &["county_code", "batch_id", "part"], &["county_code", "batch_id", "name", "sm3"],
        &["part", "count", "sum_fen"], &[]),
    table("payment_result", BY_ID, &["county_code", "id", "batch_id", "kind", "file_name", "sm3", "by_actor"],
        &["rows", "paid", "returned", "unchanged", "pending", "unmatched", "at_ms"], &[]),
    table("payment_unmatched", &["county_code", "result_id", "row"], &["county_code", "result_id", "why", "name",
        "outcome", "bank_text"], &["row", "amount_fen"], &[]),
    table("bank_spelling", &["county_code", "person_id"], &["county_code", "person_id", "spelling", "reason",
        "by_actor"], &["at_ms"], &[]),
    table("bank_layout", &["county_code", "key"], &["county_code", "key", "text", "by_actor"], &["version", "at_ms"],
        &[]),
    table("comparison", BY_ID, &["county_code", "id", "kind", "source", "file_name", "by_actor"],
        &["entries", "at_ms"], &[]),
    table("comparison_entry", &["county_code", "citizen_index", "comparison_id"], &["county_code", "citizen_index",
        "comparison_id"], &[], &[]),
    table("payment_twin", &["county_code", "citizen_index", "other_county"], &["county_code", "citizen_index",
        "other_county"], &["found_at_ms"], &[]),
    table("payment_key", &["county_code", "key"], &["county_code", "key", "act", "request_sm3", "batch_id"],
        &["at_ms"], &[]),
    table("erasure", &["county_code", "person_id"], &["county_code", "person_id", "citizen_index", "reason",
        "by_actor"], &["at_ms", "lifted_at_ms"], &[]),
];
