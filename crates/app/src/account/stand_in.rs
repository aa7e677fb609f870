//! The machine's own user typing for somebody who has an account (decision 030).

use crate::{App, Caller, Code, Principal, Problem, Who};
use domain::region::CountyCode;

/// The caller for acts that take a human: the account's roles and human, and both names in the audit.
pub async fn stand_in(
    app: &App,
    machine: &Caller,
    county: CountyCode,
    login: &str,
) -> Result<Caller, Problem> {
    if !matches!(machine.who, Who::Machine) {
        return Err(Problem::new(Code::Forbidden, "只有主机上的命令可以代账号办理"));
    }
    let mut tx = app.db.read().await?;
    let account = super::by_login(&mut tx, county, login).await?;
    if account.disabled_at_ms.is_some() {
        let message = format!("账号“{}”已停用，不能代其办理", account.login);
        return Err(Problem::new(Code::AccountRefused, message));
    }
    let held = store::account::grants(&mut tx, county).await?;
    let principal = Principal {
        account: account.id,
        session: None,
        staff: Some(account.staff),
        county,
        grants: held.into_iter().filter(|it| it.account == account.id).map(|it| it.grant).collect(),
        only: None,
        pending: None,
    };
    let actor = format!("{} as {}", machine.actor, account.login);
    Ok(Caller { actor, who: Who::Account(principal), ..machine.clone() })
}
