//! API tokens for machines: a part of one role's permissions for one unit until a day. Shown once.

use super::manage::resolve;
use super::{TOUCH_MS, random_token};
use crate::{App, Caller, Code, Principal, Problem, guard};
use domain::authority::{Permission, Role, Side, reach};
use domain::mask::Secret;
use domain::region::CountyCode;
use serde::Serialize;
use serde_json::json;
use store::account::token::{self, Token};
use uuid::Uuid;

/// Tells a token from other secrets, so that scanners find one that leaked.
const PREFIX: &str = "sy_";
const DAY_MS: i64 = 24 * 3600 * 1000;
/// Longest life.
const DAYS: i64 = 366;

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// The role whose permissions it gets a part of.
    pub role: Role,
    /// The unit's name or code; `None` for the county.
    pub unit: Option<String>,
    /// The part.
    pub permissions: Vec<Permission>,
    /// Days until it ends.
    pub days: i64,
}

/// A token as it is shown afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenView {
    /// Identity.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The unit's code.
    pub unit: String,
    /// The part of its permissions.
    pub permissions: Vec<Permission>,
    /// Who made it.
    pub created_by: String,
    /// When, ms UTC.
    pub created_at_ms: i64,
    /// Until when, ms UTC.
    pub expires_at_ms: i64,
    /// Last used, ms UTC.
    pub used_at_ms: Option<i64>,
    /// When it was revoked, ms UTC.
    pub revoked_at_ms: Option<i64>,
}

fn check(new: &NewToken) -> Result<(), Problem> {
    let bad = |message: String| Err(Problem::new(Code::BadRequest, message));
    if new.name.is_empty() || new.name.chars().count() > 40 {
        return bad("请写明令牌的用途（不超过 40 字）".to_owned());
    }
    if !(1..=DAYS).contains(&new.days) {
        return bad(format!("令牌有效期应为 1 到 {DAYS} 天"));
    }
    if new.role.needs_second_factor() {
        return bad(format!("“{}”要求第二因素，不能给机器使用", new.role.label()));
    }
    if new.permissions.is_empty() {
        return bad("请写明令牌可以做什么".to_owned());
    }
    for permission in &new.permissions {
        let for_people = matches!(
            permission,
            Permission::OwnAccount
                | Permission::NoticeRead
                | Permission::PersonReveal
                | Permission::PersonErase
        );
        let is_held = reach(new.role, *permission).is_some() && permission.side() != Side::Administration;
        if for_people || !is_held {
            return bad(format!("“{}”的令牌不能有“{}”的权限", new.role.label(), permission.label()));
        }
    }
    Ok(())
}

/// Makes a token, which is handed out here and nowhere else.
pub async fn create_token(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    new: NewToken,
) -> Result<(Uuid, Secret), Problem> {
    app.permit(caller, Permission::TokenChange, county).await?;
    let new = NewToken { name: new.name.trim().to_owned(), ..new };
    check(&new)?;
    guard::check_text(app, caller, county, &[("令牌用途", &new.name)]).await?;
    let secret = Secret::new(format!("{PREFIX}{}", random_token(app).reveal()));
    let hash = app.sealer.token_index("api token", secret.reveal());
    let id: Uuid = app.id();
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                let units = crate::unit::tree_in(act, county).await?;
                let now_ms = inner.now_ms();
                let made = Token {
                    id,
                    county,
                    grant: resolve(&units, new.role, new.unit.as_deref())?,
                    name: new.name,
                    permissions: new.permissions,
                    created_by: caller.actor.clone(),
                    created_at_ms: now_ms,
                    expires_at_ms: now_ms + new.days * DAY_MS,
                    used_at_ms: None,
                    revoked_at_ms: None,
                };
                token::add(act, &made, &hash).await?;
                let detail = json!({ "name": made.name, "role": made.grant.role, "permissions": made.permissions,
                    "days": new.days });
                act.audit(inner.entry(&caller, "token.create", "token", &id.to_string(), detail)).await?;
                Ok::<_, Problem>(())
            })
        })
        .await?;
    Ok((id, secret))
}

/// The tokens of a county, newest first.
pub async fn tokens(app: &App, caller: &Caller, county: CountyCode) -> Result<Vec<TokenView>, Problem> {
    app.permit(caller, Permission::TokenChange, county).await?;
    let mut tx = app.db.read().await?;
    let units = crate::unit::tree_in(&mut tx, county).await?;
    let all = token::list(&mut tx, county).await?;
    Ok(all
        .into_iter()
        .map(|it| {
            let unit = it.grant.unit.map_or_else(|| Some(units.root()), |id| units.get(id));
            TokenView {
                id: it.id.to_string(),
                name: it.name,
                role: it.grant.role,
                unit: unit.map(|unit| unit.code.clone()).unwrap_or_default(),
                permissions: it.permissions,
                created_by: it.created_by,
                created_at_ms: it.created_at_ms,
                expires_at_ms: it.expires_at_ms,
                used_at_ms: it.used_at_ms,
                revoked_at_ms: it.revoked_at_ms,
            }
        })
        .collect())
}

/// Revokes a token at once.
pub async fn revoke_token(app: &App, caller: &Caller, county: CountyCode, id: Uuid) -> Result<(), Problem> {
    app.permit(caller, Permission::TokenChange, county).await?;
    let (inner, caller) = (app.clone(), caller.clone());
    app.db
        .write(county, move |act| {
            Box::pin(async move {
                if !token::revoke(act, county, id, inner.now_ms()).await? {
                    return Err(Problem::new(Code::NotFound, "没有这个令牌，或者已经作废"));
                }
                let detail = serde_json::Value::Null;
                act.audit(inner.entry(&caller, "token.revoke", "token", &id.to_string(), detail)).await?;
                Ok(())
            })
        })
        .await
}

/// The caller behind a token that a machine showed: one statement. Unknown, expired and revoked are one answer.
pub async fn token(app: &App, shown: &str) -> Result<Caller, Problem> {
    let ended = || Problem::new(Code::SessionEnded, "接口令牌无效、已过期或已作废");
    let hash = app.sealer.token_index("api token", shown.trim());
    let found = {
        let mut tx = app.db.glance().await?;
        token::by_hash(&mut tx, &hash).await?
    };
    let now_ms = app.now_ms();
    let found =
        found.filter(|it| it.revoked_at_ms.is_none() && it.expires_at_ms > now_ms).ok_or_else(ended)?;
    if found.used_at_ms.is_none_or(|used| now_ms - used >= TOUCH_MS) {
        let (db, id) = (app.db.clone(), found.id);
        tokio::spawn(async move { token::touch(&db, id, now_ms).await });
    }
    let actor = format!("token:{}", found.name);
    Ok(Caller::account(actor, principal(found), None, None))
}

/// A token as an act sees it.
pub(super) fn principal(token: Token) -> Principal {
    Principal {
        account: token.id,
        session: None,
        staff: None,
        county: token.county,
        grants: vec![token.grant],
        only: Some(token.permissions.into_iter().collect()),
        pending: None,
    }
}
