//! Background work in the name of whoever started it: it may do what they may do now, not what they could do then.

use super::by_id;
use crate::{App, Caller, Code, Pending, Principal, Problem};
use domain::region::CountyCode;
use store::account::token;
use uuid::Uuid;

/// The caller behind the owner of a job.
pub(crate) async fn acting(app: &App, county: CountyCode, owner: &str) -> Result<Caller, Problem> {
    if let Some(user) = owner.strip_prefix("os:") {
        return Ok(Caller { origin: "job", ..Caller::machine(user) });
    }
    let gone = || Problem::new(Code::SessionEnded, "发起作业的账号或接口令牌已经失效，作业没有完成");
    let id: Uuid = owner.parse().map_err(|_| gone())?;
    let mut tx = app.db.read().await?;
    let token = token::list(&mut tx, county).await?.into_iter().find(|it| it.id == id);
    let (actor, principal) = if let Some(token) = token {
        if token.revoked_at_ms.is_some() || token.expires_at_ms <= app.now_ms() {
            return Err(gone());
        }
        (format!("token:{}", token.name), super::token::principal(token))
    } else {
        let account = by_id(&mut tx, county, id).await.map_err(|_| gone())?;
        let held = store::account::grants(&mut tx, county).await?;
        let grants: Vec<_> = held.into_iter().filter(|it| it.account == id).map(|it| it.grant).collect();
        let needs = grants.iter().any(|grant| grant.role.needs_second_factor());
        let principal = Principal {
            account: id,
            session: None,
            staff: Some(account.staff),
            county,
            grants,
            only: None,
            pending: Pending::of(
                account.must_change_since_ms.is_some(),
                needs && account.totp_since_ms.is_none(),
            ),
        };
        (format!("account:{}", account.login), principal)
    };
    Ok(Caller { origin: "job", ..Caller::account(actor, principal, None, None) })
}
