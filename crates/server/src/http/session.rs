//! Signing in and out, and what one does with the own account.

use super::answer::Items;
use super::extract::{Json, Path};
use super::guard;
use super::problem::Refusal;
use super::state::{Server, Shared};
use super::who::{self, Seat, Visitor};
use app::account::{self, Credentials};
use app::{Code, Pending, Problem};
use axum::Json as Out;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::authority::Permission;
use domain::mask::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What somebody shows to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// 用户名
    login: String,
    /// 密码
    #[schema(format = Password)]
    password: String,
    /// 验证器上的 6 位验证码，或一个恢复码
    second: Option<String>,
    /// 库中有多个县时的县级代码
    county: Option<String>,
}

/// A session that was opened.
#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    /// 用户名
    login: String,
    /// 县级代码
    county: String,
    /// 登录后必须先办的事：password 改密码，second_factor 绑定验证器
    pending: Option<String>,
}

fn pending(pending: Option<Pending>) -> Option<String> {
    pending.map(|it| match it {
        Pending::Password => "password".to_owned(),
        Pending::SecondFactor => "second_factor".to_owned(),
    })
}

/// `POST /api/v1/sessions`
pub async fn sign_in(State(server): State<Shared>, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let address = who::address(&server, &parts).map(|it| it.to_string());
    let text =
        |name: header::HeaderName| parts.headers.get(name).and_then(|it| it.to_str().ok()).map(str::to_owned);
    let (agent, number) = (text(header::USER_AGENT), text(guard::REQUEST_ID));
    let Json(shown) = Json::<SignIn>::from_request(Request::from_parts(parts, body), &server).await?;
    let county = shown.county.as_deref().map(super::county::code).transpose()?;
    let signed_in = account::sign_in(
        &server.app,
        Credentials {
            county,
            login: shown.login,
            password: Secret::new(shown.password),
            second: shown.second.map(Secret::new),
            address,
            agent,
            request: number,
        },
    )
    .await?;
    let body = SignedIn {
        login: signed_in.login,
        county: signed_in.county.to_string(),
        pending: pending(signed_in.pending),
    };
    Ok((StatusCode::CREATED, with_cookie(&server, &signed_in.token)?, Out(body)).into_response())
}

/// The header that hands a session to the browser: not to scripts, not to other sites, without any personal data.
fn with_cookie(server: &Server, token: &Secret) -> Result<HeaderMap, Problem> {
    let secure = if server.settings.server.behind_tls { "; Secure" } else { "" };
    let text =
        format!("{}={}; Path=/; HttpOnly; SameSite=Strict{secure}", who::cookie_name(server), token.reveal());
    let mut value = HeaderValue::from_str(&text).map_err(|_| Problem::new(Code::Output, "登录未能完成"))?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(header::SET_COOKIE, value)]))
}

/// `DELETE /api/v1/session`
pub async fn sign_out(seat: Seat) -> Result<Response, Refusal> {
    account::sign_out(&seat.app, &seat.caller).await?;
    let secure = if seat.server.settings.server.behind_tls { "; Secure" } else { "" };
    let gone =
        format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}", who::cookie_name(&seat.server));
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}

/// Who is signed in, and what they may do.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// 用户名
    login: String,
    /// 姓名
    name: String,
    /// 县级代码
    county: String,
    /// 角色
    roles: Vec<Held>,
    /// 本账号可用的权限代码
    permissions: Vec<String>,
    /// 登录后必须先办的事
    pending: Option<String>,
    /// 是否已绑定验证器
    has_second_factor: bool,
    /// 会话编号
    session: String,
}

/// A role with its unit.
#[derive(Serialize, ToSchema)]
#[schema(as = AccountRole)]
pub struct Held {
    /// 角色代码
    role: String,
    /// 角色名称
    label: String,
    /// 单位代码
    unit: String,
    /// 单位名称
    unit_name: String,
}

impl From<account::HeldView> for Held {
    fn from(held: account::HeldView) -> Self {
        Self {
            role: held.role.code().to_owned(),
            label: held.label.to_owned(),
            unit: held.unit,
            unit_name: held.unit_name,
        }
    }
}

/// `GET /api/v1/session`
pub async fn me(seat: Seat) -> Result<Out<Me>, Refusal> {
    let me = account::me(&seat.app, &seat.caller).await?;
    let permissions = Permission::ALL
        .iter()
        .filter(|permission| seat.caller.permit(**permission, seat.county).is_ok())
        .map(|permission| permission.code().to_owned())
        .collect();
    Ok(Out(Me {
        login: me.account.login,
        name: me.account.name,
        county: seat.county.to_string(),
        roles: me.account.roles.into_iter().map(Held::from).collect(),
        permissions,
        pending: pending(me.pending),
        has_second_factor: me.account.has_second_factor,
        session: me.session.to_string(),
    }))
}

/// An open session.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// 会话编号
    id: String,
    /// 来自
    address: Option<String>,
    /// 浏览器
    agent: Option<String>,
    /// 登录时间，毫秒
    created_at_ms: i64,
    /// 最近使用，毫秒
    seen_at_ms: i64,
    /// 是否就是当前会话
    is_current: bool,
}

impl From<account::SessionView> for Session {
    fn from(it: account::SessionView) -> Self {
        Self {
            id: it.id,
            address: it.address,
            agent: it.agent,
            created_at_ms: it.created_at_ms,
            seen_at_ms: it.seen_at_ms,
            is_current: it.is_current,
        }
    }
}

/// `GET /api/v1/sessions`
pub async fn own(
    Visitor(caller): Visitor,
    State(server): State<Shared>,
) -> Result<Out<Items<Session>>, Refusal> {
    let sessions = account::own_sessions(&server.app, &caller).await?;
    Ok(Out(Items { items: sessions.into_iter().map(Session::from).collect() }))
}

/// `DELETE /api/v1/sessions/{id}`
pub async fn end_own(seat: Seat, Path(id): Path<Uuid>) -> Result<StatusCode, Refusal> {
    account::end_own_session(&seat.app, &seat.caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The old and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// 现用密码
    #[schema(format = Password)]
    old: String,
    /// 新密码
    #[schema(format = Password)]
    new: String,
}

/// `PUT /api/v1/session/password`
pub async fn change_password(seat: Seat, Json(asked): Json<NewPassword>) -> Result<Response, Refusal> {
    let (old, new) = (Secret::new(asked.old), Secret::new(asked.new));
    let token = account::change_password(&seat.app, &seat.caller, &old, &new).await?;
    Ok((StatusCode::NO_CONTENT, with_cookie(&seat.server, &token)?).into_response())
}

/// What an authenticator needs.
#[derive(Serialize, ToSchema)]
pub struct Enrolment {
    /// 手工输入用的密钥（Base32）
    secret: String,
    /// 生成二维码用的地址
    uri: String,
}

/// `POST /api/v1/session/second-factor`
pub async fn enrol(seat: Seat) -> Result<Out<Enrolment>, Refusal> {
    let enrolment = account::enrol(&seat.app, &seat.caller).await?;
    Ok(Out(Enrolment {
        secret: enrolment.secret.reveal().to_owned(),
        uri: enrolment.uri.reveal().to_owned(),
    }))
}

/// A code of the authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactor {
    /// 6 位验证码
    code: String,
}

/// Recovery codes, shown once.
#[derive(Serialize, ToSchema)]
pub struct Recovery {
    /// 每个只能用一次
    recovery_codes: Vec<String>,
}

/// `PUT /api/v1/session/second-factor`
pub async fn confirm(seat: Seat, Json(asked): Json<SecondFactor>) -> Result<Response, Refusal> {
    let code = Secret::new(asked.code);
    let confirmed = account::confirm_second_factor(&seat.app, &seat.caller, &code).await?;
    let codes = confirmed.recovery.iter().map(|code| code.reveal().to_owned()).collect();
    let cookie = with_cookie(&seat.server, &confirmed.token)?;
    Ok((cookie, Out(Recovery { recovery_codes: codes })).into_response())
}
