//! Accounts, roles and tokens of a county, for its administrators.

use super::answer::Items;
use super::extract::{Json, Path, Query};
use super::problem::Refusal;
use super::session::{Held, Session};
use super::who::Seat;
use app::account::{self, NewAccount, NewToken, Reset};
use app::{Code, Problem};
use axum::Json as Out;
use axum::http::StatusCode;
use domain::authority::{Permission, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An account.
#[derive(Serialize, ToSchema)]
pub struct Account {
    /// 编号
    id: String,
    /// 用户名
    login: String,
    /// 使用人
    name: String,
    /// 角色
    roles: Vec<Held>,
    /// 下次登录须改密码
    must_change: bool,
    /// 是否已绑定验证器
    has_second_factor: bool,
    /// 是否停用
    is_disabled: bool,
    /// 最近登录，毫秒
    signed_in_at_ms: Option<i64>,
    /// 建立时间，毫秒
    created_at_ms: i64,
}

/// `GET …/accounts`
pub async fn list(seat: Seat) -> Result<Out<Items<Account>>, Refusal> {
    let accounts = account::list(&seat.app, &seat.caller, seat.county).await?;
    let items = accounts
        .into_iter()
        .map(|it| Account {
            id: it.id,
            login: it.login,
            name: it.name,
            roles: it.roles.into_iter().map(Held::from).collect(),
            must_change: it.must_change,
            has_second_factor: it.has_second_factor,
            is_disabled: it.is_disabled,
            signed_in_at_ms: it.signed_in_at_ms,
            created_at_ms: it.created_at_ms,
        })
        .collect();
    Ok(Out(Items { items }))
}

/// An account to be made; its roles are given by the security administrator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountNew)]
pub struct New {
    /// 用户名
    login: String,
    /// 使用人姓名
    name: String,
    /// 工号，同名时区分
    #[serde(default)]
    number: String,
}

/// A password that opens once.
#[derive(Serialize, ToSchema)]
#[schema(as = AccountOneTime)]
pub struct OneTime {
    /// 一次性密码，只显示这一次
    one_time_password: String,
}

/// `POST …/accounts`
pub async fn create(seat: Seat, Json(new): Json<New>) -> Result<(StatusCode, Out<OneTime>), Refusal> {
    let new = NewAccount { login: new.login, name: new.name, number: new.number, roles: Vec::new() };
    let secret = account::create(&seat.app, &seat.caller, seat.county, new).await?;
    let body = OneTime { one_time_password: secret.reveal().to_owned() };
    Ok((StatusCode::CREATED, Out(body)))
}

/// Whether an account is disabled.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountState)]
pub struct State {
    /// 是否停用
    is_disabled: bool,
}

/// `PATCH …/accounts/{login}`
pub async fn change(
    seat: Seat,
    Path((_, login)): Path<(String, String)>,
    Json(state): Json<State>,
) -> Result<StatusCode, Refusal> {
    account::set_disabled(&seat.app, &seat.caller, seat.county, &login, state.is_disabled).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A role for a unit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountGrant)]
pub struct Grant {
    /// 角色代码
    role: String,
    /// 单位：代码、名称或别名；不写为全县
    unit: Option<String>,
}

fn role(code: &str) -> Result<Role, Problem> {
    Role::from_code(code).ok_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
        Problem::new(Code::BadRequest, format!("没有“{code}”这种角色，可写 {}", known.join("、")))
    })
}

/// `POST …/accounts/{login}/grants`
pub async fn grant(
    seat: Seat,
    Path((_, login)): Path<(String, String)>,
    Json(asked): Json<Grant>,
) -> Result<StatusCode, Refusal> {
    let (app, role, unit) = (&seat.app, role(&asked.role)?, asked.unit.as_deref());
    account::grant(app, &seat.caller, seat.county, &login, role, unit).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The unit of a role.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OfUnit {
    /// 单位：代码、名称或别名；不写为全县
    unit: Option<String>,
}

/// `DELETE …/accounts/{login}/grants/{role}?unit=`
pub async fn revoke(
    seat: Seat,
    Path((_, login, code)): Path<(String, String, String)>,
    Query(of): Query<OfUnit>,
) -> Result<StatusCode, Refusal> {
    let (app, role) = (&seat.app, role(&code)?);
    account::revoke(app, &seat.caller, seat.county, &login, role, of.unit.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST …/accounts/{login}/reset-password`
pub async fn reset(seat: Seat, Path((_, login)): Path<(String, String)>) -> Result<Out<OneTime>, Refusal> {
    let secret = account::reset(&seat.app, &seat.caller, seat.county, &login, Reset::Password).await?;
    Ok(Out(OneTime { one_time_password: secret.map(|it| it.reveal().to_owned()).unwrap_or_default() }))
}

/// `POST …/accounts/{login}/reset-second-factor`
pub async fn reset_second_factor(
    seat: Seat,
    Path((_, login)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    account::reset(&seat.app, &seat.caller, seat.county, &login, Reset::SecondFactor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET …/accounts/{login}/sessions`
pub async fn sessions(
    seat: Seat,
    Path((_, login)): Path<(String, String)>,
) -> Result<Out<Items<Session>>, Refusal> {
    let sessions = account::sessions(&seat.app, &seat.caller, seat.county, &login).await?;
    Ok(Out(Items { items: sessions.into_iter().map(Session::from).collect() }))
}

/// `DELETE …/accounts/{login}/sessions`
pub async fn end_sessions(
    seat: Seat,
    Path((_, login)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    account::end_sessions(&seat.app, &seat.caller, seat.county, &login).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A token as it is shown afterwards.
#[derive(Serialize, ToSchema)]
pub struct Token {
    /// 编号
    id: String,
    /// 用途
    name: String,
    /// 角色代码
    role: String,
    /// 单位代码
    unit: String,
    /// 权限代码
    permissions: Vec<String>,
    /// 签发人
    created_by: String,
    /// 签发时间，毫秒
    created_at_ms: i64,
    /// 到期时间，毫秒
    expires_at_ms: i64,
    /// 最近使用，毫秒
    used_at_ms: Option<i64>,
    /// 作废时间，毫秒
    revoked_at_ms: Option<i64>,
}

/// `GET …/tokens`
pub async fn tokens(seat: Seat) -> Result<Out<Items<Token>>, Refusal> {
    let tokens = account::tokens(&seat.app, &seat.caller, seat.county).await?;
    let items = tokens
        .into_iter()
        .map(|it| Token {
            id: it.id,
            name: it.name,
            role: it.role.code().to_owned(),
            unit: it.unit,
            permissions: it.permissions.iter().map(|it| it.code().to_owned()).collect(),
            created_by: it.created_by,
            created_at_ms: it.created_at_ms,
            expires_at_ms: it.expires_at_ms,
            used_at_ms: it.used_at_ms,
            revoked_at_ms: it.revoked_at_ms,
        })
        .collect();
    Ok(Out(Items { items }))
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TokenNew)]
pub struct ToMake {
    /// 用途
    name: String,
    /// 角色代码
    role: String,
    /// 单位；不写为全县
    unit: Option<String>,
    /// 权限代码，是该角色权限的一部分
    permissions: Vec<String>,
    /// 有效天数
    days: i64,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = TokenMade)]
pub struct Made {
    /// 编号
    id: String,
    /// 令牌，只显示这一次
    token: String,
}

/// `POST …/tokens`
pub async fn make_token(seat: Seat, Json(asked): Json<ToMake>) -> Result<(StatusCode, Out<Made>), Refusal> {
    let permission = |code: &String| {
        Permission::from_code(code)
            .ok_or_else(|| Problem::new(Code::BadRequest, format!("没有“{code}”这种权限")))
    };
    let new = NewToken {
        name: asked.name,
        role: role(&asked.role)?,
        unit: asked.unit,
        permissions: asked.permissions.iter().map(permission).collect::<Result<_, _>>()?,
        days: asked.days,
    };
    let (id, secret) = account::create_token(&seat.app, &seat.caller, seat.county, new).await?;
    let body = Made { id: id.to_string(), token: secret.reveal().to_owned() };
    Ok((StatusCode::CREATED, Out(body)))
}

/// `DELETE …/tokens/{id}`
pub async fn revoke_token(seat: Seat, Path((_, id)): Path<(String, Uuid)>) -> Result<StatusCode, Refusal> {
    account::revoke_token(&seat.app, &seat.caller, seat.county, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
