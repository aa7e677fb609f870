//! Correcting where a person's money goes, on evidence; and telling people what was done in their name.

use crate::notification::{Text, notify};
use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::bank::{AccountDoubt, BankAccount};
use domain::ids::{FileId, PersonId};
use domain::notification::NotificationKind;
use domain::region::CountyCode;
use domain::text::{squeeze, trim};
use serde_json::json;
use store::Act;
use store::import::Change;
use store::person::PersonRecord;
use uuid::Uuid;

/// What is to be corrected; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct Correction {
    /// 银行账号
    pub account: Option<String>,
    /// 开户银行
    pub bank_name: Option<String>,
    /// 户名
    pub account_name: Option<String>,
    /// Why, and on what evidence.
    pub reason: String,
    /// A photo or scan of the passbook.
    pub evidence: Option<FileId>,
    /// Version of the person's record that it starts from.
    pub version: Option<i64>,
}

fn missing() -> Problem {
    Problem::new(Code::NotFound, "名册上没有这个人，或不在您的权限范围内")
}

/// The record of a person within the caller's units.
async fn person(
    act: &mut Act,
    app: &App,
    scope: &domain::authority::Scope,
    id: PersonId,
) -> Result<(PersonRecord, domain::roster::Person), Problem> {
    let county = act.county();
    let units = crate::unit::tree_in(act, county).await?;
    let found = store::person::by_ids(act, county, &[id.to_string()]).await?.pop();
    let (record, identities) = found.ok_or_else(missing)?;
    let person = record.open(identities, &app.sealer, county)?;
    let is_there = scope.covers_person(&units, person.township_id, person.village_id);
    if is_there && record.merged_into.is_none() { Ok((record, person)) } else { Err(missing()) }
}

async fn checked_reason(app: &App, caller: &Caller, county: CountyCode, reason: &str) -> Result<(), Problem> {
    if !(2..=200).contains(&trim(reason).chars().count()) {
        return Err(Problem::new(Code::BadRequest, "请写明依据（2 至 200 个字）"));
    }
    crate::guard::check_text(app, caller, county, &[("依据", reason)]).await.map(drop)
}

/// Corrects a person's account on the roster. Drafts take it by refreshing, a returned payment by paying again.
pub async fn correct(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: PersonId,
    correction: Correction,
) -> Result<i64, Problem> {
    let scope = app.permit(caller, Permission::PaymentCorrect, county).await?;
    checked_reason(app, caller, county, &correction.reason).await?;
    let account = correction.account.as_deref().map(account_of).transpose()?;
    let (inner, by) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let (record, before) = person(act, &inner, &scope, id).await?;
                if correction.version.is_some_and(|it| it != record.version) {
                    let message = "这个人的信息在您读取之后已被修改，请核对最新内容后再改";
                    return Err(Problem::new(Code::Changed, message));
                }
                let mut after = before.clone();
                if let Some(account) = account {
                    after.account = Some(account);
                }
                for (slot, typed) in [
                    (&mut after.bank_name, &correction.bank_name),
                    (&mut after.account_name, &correction.account_name),
                ] {
                    if let Some(text) = typed {
                        *slot = Some(squeeze(trim(text)).into_owned()).filter(|it| !it.is_empty());
                    }
                }
                if after == before {
                    act.nothing_written();
                    return Ok(record.version);
                }
                save(act, &inner, &by, &record, (&before, &after), &correction).await
            })
        })
        .await
}

fn account_of(typed: &str) -> Result<BankAccount, Problem> {
    let refuse = |message: String| Problem::new(Code::BadRequest, message);
    let account = BankAccount::new(typed).ok_or_else(|| refuse("银行账号是空的".to_owned()))?;
    match account.doubt() {
        Some(doubt @ (AccountDoubt::Character | AccountDoubt::Length(_))) => Err(refuse(doubt.to_string())),
        _ => Ok(account),
    }
}

async fn save(
    act: &mut Act,
    app: &App,
    caller: &Caller,
    record: &PersonRecord,
    (before, after): (&domain::roster::Person, &domain::roster::Person),
    correction: &Correction,
) -> Result<i64, Problem> {
    let county = act.county();
    let id: PersonId = record.id.parse().map_err(|_| missing())?;
    let now_ms = app.now_ms();
    let key = app.person_key(county, id, record)?;
    let sealed = (&app.sealer, county, &key);
    let fresh = PersonRecord {
        created_import: record.created_import.clone(),
        merged_into: record.merged_into.clone(),
        version: record.version + 1,
        ..PersonRecord::seal(id, after, sealed, None, record.received_at_ms)
    };
    let identities: Vec<store::person::IdentityRecord> =
        after.identities.iter().map(|it| store::person::IdentityRecord::new(id, it)).collect();
    let version = fresh.version;
    store::person::replace_many(act, county, &[fresh], &identities).await?;
    let mut changes = Vec::new();
    let plain = |account: &Option<BankAccount>| account.as_ref().map(|it| it.reveal().to_owned());
    for (field, old, new) in [
        ("account", plain(&before.account), plain(&after.account)),
        ("bank_name", before.bank_name.clone(), after.bank_name.clone()),
        ("account_name", before.account_name.clone(), after.account_name.clone()),
    ] {
        if old == new {
            continue;
        }
        let row: Uuid = app.id();
        let seal = |text: Option<String>| text.map(|text| app.seal_change((county, &key), id, field, &text));
        changes.push(Change {
            id: row.to_string(),
            import_id: None,
            row_id: record.id.clone(),
            field: field.to_owned(),
            before_sealed: seal(old),
            after_sealed: seal(new),
            at_ms: now_ms,
            by_actor: Some(caller.actor.clone()),
            act: Some("payment.correct".to_owned()),
        });
    }
    let fields: Vec<&str> = changes.iter().map(|it| it.field.as_str()).collect();
    let detail = json!({
        "fields": fields, "reason": correction.reason.trim(), "evidence": correction.evidence,
    });
    store::import::add_changes(act, county, &changes).await?;
    act.audit(app.entry(caller, "payment.correct", "person", &record.id, detail)).await?;
    Ok(version)
}

/// Gives a person's name as the bank writes it; an empty spelling takes it away.
pub async fn spell(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    id: PersonId,
    spelling: &str,
    reason: &str,
) -> Result<(), Problem> {
    let scope = app.permit(caller, Permission::PaymentCorrect, county).await?;
    checked_reason(app, caller, county, reason).await?;
    let spelling = squeeze(trim(spelling)).into_owned();
    if spelling.chars().count() > 50 || spelling.chars().any(char::is_control) {
        return Err(Problem::new(Code::BadRequest, "银行写法最多 50 个字，不能有换行"));
    }
    crate::guard::check_text(app, caller, county, &[("银行写法", &spelling)]).await?;
    let (inner, by, reason) = (app.clone(), caller.clone(), reason.trim().to_owned());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                person(act, &inner, &scope, id).await?;
                let (key, now_ms) = (id.to_string(), inner.now_ms());
                let what = (reason.as_str(), by.actor.as_str(), now_ms);
                store::payment::beside::put_spelling(act, county, &key, &spelling, what).await?;
                let detail = json!({ "given": !spelling.is_empty(), "reason": reason });
                act.audit(inner.entry(&by, "payment.spell", "person", &key, detail)).await?;
                Ok::<_, Problem>(())
            })
        })
        .await
}

/// Tells an account that a step was done in its name on the machine (decision 030).
pub(super) async fn told(
    app: &App,
    act: &mut Act,
    caller: &Caller,
    batch: &str,
    word: &str,
) -> Result<(), Problem> {
    if caller.origin != "cli" {
        return Ok(());
    }
    let text = Text {
        title: format!("已在主机上以您的名义办理发放批次 {batch}"),
        body: format!(
            "操作：{word}；办理的系统用户：{}。不是您本人授意的，请立即联系安全管理员",
            caller.actor
        ),
        link: format!("/payments/{batch}"),
    };
    notify(app, act, caller, NotificationKind::PaymentStep, text, caller.recipient()).await?;
    Ok(())
}
