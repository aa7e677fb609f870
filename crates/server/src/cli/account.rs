//! `shuangyong account …`: accounts, roles, sessions and tokens, on the machine itself.

use super::args::{Place, TextOrJson};
use super::print;
use app::account::{self, NewAccount, NewToken, Reset};
use app::{Code, Problem};
use clap::{Args, Subcommand};
use domain::authority::{Permission, Role};
use domain::mask::Secret;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub enum AccountAction {
    /// 列出账号和角色
    List {
        /// 输出格式
        #[arg(long, value_enum, default_value = "text")]
        format: TextOrJson,
    },
    /// 建立账号，打印一次性密码（7 天内有效，登录后必须修改）
    Create {
        /// 用户名：3 到 32 个小写字母、数字或 . _ -
        login: String,
        /// 使用人姓名
        #[arg(long, value_name = "姓名")]
        name: String,
        /// 工号；有同名的人时用来区分
        #[arg(long, value_name = "工号", default_value = "")]
        number: String,
        /// 角色代码，如 unit_clerk；不写可以以后授予
        #[arg(long, value_name = "角色")]
        role: Option<String>,
        /// 角色所在单位：代码、名称或别名；不写为县
        #[arg(long, value_name = "单位")]
        unit: Option<String>,
        /// 输出格式
        #[arg(long, value_enum, default_value = "text")]
        format: TextOrJson,
    },
    /// 授予角色
    Grant(RoleArgs),
    /// 收回角色
    Revoke(RoleArgs),
    /// 重置密码，打印新的一次性密码；原有会话全部结束
    Reset {
        /// 用户名
        login: String,
        /// 不重置密码，只解除验证器（遗失时）
        #[arg(long)]
        second_factor: bool,
    },
    /// 停用账号，其会话全部结束
    Disable {
        /// 用户名
        login: String,
    },
    /// 重新启用账号
    Enable {
        /// 用户名
        login: String,
    },
    /// 列出一个账号的会话
    Sessions {
        /// 用户名
        login: String,
        /// 结束全部会话
        #[arg(long)]
        end: bool,
        /// 输出格式
        #[arg(long, value_enum, default_value = "text")]
        format: TextOrJson,
    },
    /// 接口令牌：签发、列出、作废
    #[command(subcommand)]
    Token(TokenAction),
}

#[derive(Debug, Args)]
pub struct RoleArgs {
    /// 用户名
    login: String,
    /// 角色代码，如 unit_clerk
    #[arg(long, value_name = "角色")]
    role: String,
    /// 角色所在单位：代码、名称或别名；不写为县
    #[arg(long, value_name = "单位")]
    unit: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum TokenAction {
    /// 签发令牌，只打印一次
    Create {
        /// 用途
        #[arg(long, value_name = "用途")]
        name: String,
        /// 取哪个角色的权限
        #[arg(long, value_name = "角色")]
        role: String,
        /// 单位：代码、名称或别名；不写为县
        #[arg(long, value_name = "单位")]
        unit: Option<String>,
        /// 权限代码，如 statistics.read，可写多次
        #[arg(long = "permission", value_name = "权限", required = true)]
        permissions: Vec<String>,
        /// 有效天数
        #[arg(long, value_name = "天", default_value = "90")]
        days: i64,
    },
    /// 列出令牌
    List {
        /// 输出格式
        #[arg(long, value_enum, default_value = "text")]
        format: TextOrJson,
    },
    /// 作废令牌
    Revoke {
        /// 令牌编号
        token: String,
    },
}

fn role(code: &str) -> Result<Role, Problem> {
    Role::from_code(code).ok_or_else(|| {
        let known = Role::ALL.iter().map(|role| format!("{}（{}）", role.code(), role.label()));
        Problem::new(
            Code::BadRequest,
            format!("没有角色“{code}”，可写 {}", known.collect::<Vec<_>>().join("、")),
        )
    })
}

fn permission(code: &String) -> Result<Permission, Problem> {
    Permission::from_code(code)
        .ok_or_else(|| Problem::new(Code::BadRequest, format!("没有权限“{code}”，代码见 docs/authority.md")))
}

/// Runs the command.
pub async fn run(place: &Place, action: AccountAction) -> Result<(), Problem> {
    let (app, county, caller) = super::county(place).await?;
    match action {
        AccountAction::List { format } => list(&account::list(&app, &caller, county).await?, format),
        AccountAction::Create { login, name, number, role: code, unit, format } => {
            let roles = code.map(|code| Ok::<_, Problem>((role(&code)?, unit))).transpose()?;
            let new = NewAccount { login: login.clone(), name, number, roles: roles.into_iter().collect() };
            let one_time = account::create(&app, &caller, county, new).await?;
            hand_out(&login, &one_time, format);
        }
        AccountAction::Grant(RoleArgs { login, role: code, unit }) => {
            account::grant(&app, &caller, county, &login, role(&code)?, unit.as_deref()).await?;
            println!("已授予。");
        }
        AccountAction::Revoke(RoleArgs { login, role: code, unit }) => {
            account::revoke(&app, &caller, county, &login, role(&code)?, unit.as_deref()).await?;
            println!("已收回。");
        }
        AccountAction::Reset { login, second_factor } => {
            let what = if second_factor { Reset::SecondFactor } else { Reset::Password };
            match account::reset(&app, &caller, county, &login, what).await? {
                Some(one_time) => hand_out(&login, &one_time, TextOrJson::Text),
                None => println!("已解除验证器，下次登录时重新绑定。"),
            }
        }
        AccountAction::Disable { login } => {
            account::set_disabled(&app, &caller, county, &login, true).await?;
            println!("已停用。");
        }
        AccountAction::Enable { login } => {
            account::set_disabled(&app, &caller, county, &login, false).await?;
            println!("已启用。");
        }
        AccountAction::Sessions { login, end: true, .. } => {
            let ended = account::end_sessions(&app, &caller, county, &login).await?;
            println!("已结束 {ended} 个会话。");
        }
        AccountAction::Sessions { login, end: false, format } => {
            let sessions = account::sessions(&app, &caller, county, &login).await?;
            match format {
                TextOrJson::Json => print::json(&json!({ "items": sessions })),
                TextOrJson::Text => {
                    println!("会话 {} 个", sessions.len());
                    for it in &sessions {
                        let from = it.address.as_deref().unwrap_or("-");
                        println!("  {}  {from}  {}", it.id, it.agent.as_deref().unwrap_or_default());
                    }
                }
            }
        }
        AccountAction::Token(action) => token(&app, &caller, county, action).await?,
    }
    Ok(())
}

fn list(accounts: &[account::AccountView], format: TextOrJson) {
    match format {
        TextOrJson::Json => print::json(&json!({ "items": accounts })),
        TextOrJson::Text => {
            for it in accounts {
                let roles = it
                    .roles
                    .iter()
                    .map(|held| format!("{}（{}）", held.label, held.unit_name))
                    .collect::<Vec<_>>();
                let state = if it.is_disabled { "（已停用）" } else { "" };
                println!("{}  {}  {}{state}", it.login, it.name, roles.join("、"));
            }
        }
    }
}

fn hand_out(login: &str, one_time: &Secret, format: TextOrJson) {
    match format {
        TextOrJson::Json => print::json(&json!({ "login": login, "one_time_password": one_time.reveal() })),
        TextOrJson::Text => {
            println!("用户名 {login}  一次性密码 {}", one_time.reveal());
            eprintln!("密码只显示这一次，7 天内有效，登录后必须修改。");
        }
    }
}

async fn token(
    app: &app::App,
    caller: &app::Caller,
    county: domain::region::CountyCode,
    action: TokenAction,
) -> Result<(), Problem> {
    match action {
        TokenAction::Create { name, role: code, unit, permissions, days } => {
            let permissions = permissions.iter().map(permission).collect::<Result<Vec<_>, _>>()?;
            let new = NewToken { name, role: role(&code)?, unit, permissions, days };
            let (id, secret) = account::create_token(app, caller, county, new).await?;
            println!("{}", secret.reveal());
            eprintln!("令牌编号 {id}；令牌只显示这一次，{days} 天内有效。");
        }
        TokenAction::List { format } => {
            let tokens = account::tokens(app, caller, county).await?;
            match format {
                TextOrJson::Json => print::json(&json!({ "items": tokens })),
                TextOrJson::Text => {
                    for it in &tokens {
                        let state = if it.revoked_at_ms.is_some() { "（已作废）" } else { "" };
                        println!("{}  {}  {}{state}", it.id, it.name, it.role.label());
                    }
                }
            }
        }
        TokenAction::Revoke { token } => {
            let id = token
                .parse()
                .map_err(|_| Problem::new(Code::BadRequest, format!("“{token}”不是编号，请从列表中复制")))?;
            account::revoke_token(app, caller, county, id).await?;
            println!("已作废。");
        }
    }
    Ok(())
}
