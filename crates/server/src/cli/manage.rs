//! Setting up: county, campaigns, units, calendar, tables.

use super::args::{CalendarAction, CampaignAction, Place, TextOrJson, UnitAction};
use super::print;
use app::guard::warnings;
use app::{Code, Problem};
use domain::campaign::Campaign;
use jiff::civil::Date;
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::path::Path;

/// `shuangyong init --county CODE`
pub async fn init(place: &Place, county: &str, format: TextOrJson) -> Result<(), Problem> {
    let divisions = formats::division::county(county)
        .map_err(|error| Problem::new(Code::CountyUnknown, error.to_string()))?;
    let app = super::open_or_create(place).await?;
    let caller = super::caller();
    let made = app::county::init(&app, &caller, &divisions).await?;
    let code = app.county(&caller, Some(&divisions.code)).await?;
    let first = app::account::inaugurate(&app, &caller, code).await?;
    if format == TextOrJson::Json {
        let administrators: Vec<Value> = first
            .iter()
            .map(|(role, login, one_time)| {
                json!({ "role": role, "login": login, "one_time_password": one_time.reveal() })
            })
            .collect();
        print::json(&json!({
            "county": divisions.code,
            "name": made.name,
            "townships": made.townships,
            "villages": made.villages,
            "organs": made.organs,
            "administrators": administrators,
        }));
        return Ok(());
    }
    println!(
        "已建立{}：{} 个乡镇（街道）、{} 个村（社区）、{} 个部门和单位。",
        made.name, made.townships, made.villages, made.organs
    );
    println!("三名管理员的一次性密码（只显示这一次，7 天内有效，登录后必须修改并绑定验证器）：");
    for (role, login, one_time) in &first {
        println!("  {}  用户名 {login}  密码 {}", role.label(), one_time.reveal());
    }
    println!("下一步：shuangyong campaign create --template bayi --year 2024");
    Ok(())
}

/// `shuangyong db migrate`
pub async fn migrate(place: &Place) -> Result<(), Problem> {
    super::open_or_create(place).await?;
    println!("表结构已是最新。");
    Ok(())
}

/// `shuangyong campaign …`
pub async fn campaign(place: &Place, action: CampaignAction) -> Result<(), Problem> {
    let (app, county, caller) = super::county(place).await?;
    match action {
        CampaignAction::Create { template, year, deadline, format } => {
            let text = template_text(&template)?;
            let deadline = match deadline {
                Some(typed) => Some(date(&typed)?),
                None => app::campaign::fixed_deadline(&text, year)?
                    .map_or_else(|| ask_deadline(year), |day| Ok(Some(day)))?,
            };
            let campaign = app::campaign::create(&app, &caller, county, &text, year, deadline).await?;
            match format {
                TextOrJson::Json => print::json(&described(&campaign)),
                TextOrJson::Text => {
                    println!("{}", campaign.code);
                    eprintln!("{}，报送截止 {}", campaign.heading, campaign.deadline);
                }
            }
        }
        CampaignAction::List { format } => {
            let campaigns = app::campaign::list(&app, &caller, county).await?;
            match format {
                TextOrJson::Json => {
                    print::json(
                        &json!({ "items": campaigns.iter().map(|it| described(it)).collect::<Vec<_>>() }),
                    );
                }
                TextOrJson::Text => {
                    for campaign in &campaigns {
                        println!("{}  {}  截止 {}", campaign.code, campaign.template.name, campaign.deadline);
                    }
                }
            }
        }
        CampaignAction::Show { code, format } => {
            let campaign = app::campaign::get(&app, &caller, county, &code).await?;
            match format {
                TextOrJson::Json => print::json(&described(&campaign)),
                TextOrJson::Text => show(&campaign),
            }
        }
        CampaignAction::Edit { code, template } => {
            let text = template_text(&template.to_string_lossy())?;
            let moved = app::campaign::edit(&app, &caller, county, &code, &text).await?;
            println!("模板已更换，{moved} 条走访重新归类。");
        }
    }
    Ok(())
}

fn template_text(name: &str) -> Result<String, Problem> {
    let builtin = formats::campaign::builtin();
    if let Some((_, text)) = builtin.iter().find(|(key, _)| *key == name) {
        return Ok((*text).to_owned());
    }
    super::text::read(Path::new(name))?.ok_or_else(|| {
        let known = builtin.iter().map(|(key, _)| *key).collect::<Vec<_>>().join("、");
        Problem::new(
            Code::TemplateUnknown,
            format!("没有模板“{name}”；内置模板有 {known}，也可以写模板文件的路径"),
        )
    })
}

/// Asks at the terminal; where nobody can answer, the app says that `--deadline` is missing.
fn ask_deadline(year: i16) -> Result<Option<Date>, Problem> {
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    eprint!("{year} 年的报送截止日期（如 {year}-08-12）：");
    let _ = std::io::stderr().flush();
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|error| Problem::new(Code::BadRequest, error.to_string()))?;
    date(line.trim()).map(Some)
}

pub(super) fn date(text: &str) -> Result<Date, Problem> {
    domain::sheet::Cell::Text(text.to_owned())
        .date()
        .ok()
        .flatten()
        .ok_or_else(|| Problem::new(Code::BadRequest, format!("“{text}”不是日期，应如 2024-08-12")))
}

fn described(campaign: &Campaign) -> Value {
    json!({
        "code": campaign.code,
        "name": campaign.template.name,
        "heading": campaign.heading,
        "year": campaign.year,
        "deadline": campaign.deadline,
        "period": { "from": campaign.period.0, "to": campaign.period.1 },
        "is_open": campaign.is_open,
        "template": campaign.template,
    })
}

fn show(campaign: &Campaign) {
    println!("{}  {}", campaign.code, campaign.heading);
    println!("走访期间 {} 至 {}，报送截止 {}", campaign.period.0, campaign.period.1, campaign.deadline);
    println!("类别：");
    for row in campaign.template.printed_rows() {
        println!("  {}（{}）", row.label, row.unit.label());
    }
    println!("要求：");
    for obligation in &campaign.template.obligations {
        println!("  {}", obligation.label);
    }
    for payment in &campaign.template.payments {
        println!("打卡发放：{} 每人 {} 元", payment.label, payment.amount_fen.yuan_short());
    }
}

/// `shuangyong unit …`
pub async fn unit(place: &Place, action: UnitAction) -> Result<(), Problem> {
    let (app, county, caller) = super::county(place).await?;
    let day = |on: Option<String>| on.map_or_else(|| Ok(app.today()), |typed| date(&typed));
    match action {
        UnitAction::List { format } => {
            let tree = app::unit::tree(&app, &caller, county).await?;
            list_units(&tree, format);
        }
        UnitAction::Add { name, kind, parent } => {
            let unit = app::unit::add(&app, &caller, county, &name, &kind, parent.as_deref()).await?;
            println!("{}  {}", unit.code, unit.name);
            print::warnings(&warnings(&[("单位名称", &unit.name)]));
        }
        UnitAction::Rename { unit, to, on } => {
            app::unit::rename(&app, &caller, county, &unit, &to, day(on)?).await?;
            println!("已改名为{to}，旧名仍可使用。");
            print::warnings(&warnings(&[("单位名称", &to)]));
        }
        UnitAction::Alias { unit, alias } => {
            app::unit::alias(&app, &caller, county, &unit, &alias).await?;
            println!("已加别名{alias}。");
            print::warnings(&warnings(&[("单位别名", &alias)]));
        }
        UnitAction::Merge { unit, into, on } => {
            app::unit::merge(&app, &caller, county, &unit, &into, day(on)?).await?;
            println!("已并入{into}，历史保留。");
        }
        UnitAction::Split { unit, new, villages, on } => {
            let made = app::unit::split(&app, &caller, county, &unit, &new, &villages, day(on)?).await?;
            println!("{}  {}", made.code, made.name);
            print::warnings(&warnings(&[("单位名称", &made.name)]));
        }
    }
    Ok(())
}

fn list_units(tree: &domain::unit::UnitTree, format: TextOrJson) {
    let mut units: Vec<_> = tree.all().iter().collect();
    units.sort_by(|a, b| a.code.cmp(&b.code));
    match format {
        TextOrJson::Json => print::json(&json!({ "items": units })),
        TextOrJson::Text => {
            for unit in units {
                let ended = unit.valid_to.map(|day| format!("（{day} 起不再使用）")).unwrap_or_default();
                println!("{}  {}  {}{ended}", unit.code, tree.full_name(unit.id), unit.kind.label());
            }
        }
    }
}

/// `shuangyong calendar …`
pub async fn calendar(place: &Place, action: CalendarAction) -> Result<(), Problem> {
    let (app, county, caller) = super::county(place).await?;
    match action {
        CalendarAction::Show { date: typed, add } => {
            let day = date(&typed)?;
            let calendar = app::calendar::of(&app, &caller, county).await?;
            let word = if calendar.is_working_day(day) { "工作日" } else { "非工作日" };
            println!("{day} {word}");
            if add != 0 {
                println!("{add} 个工作日后：{}", calendar.add_working_days(day, add));
            }
        }
        CalendarAction::Import { file } => {
            let text = super::text::read(&file)?.ok_or_else(|| {
                Problem::new(Code::FileRefused, format!("找不到“{}”，请检查路径和文件名", file.display()))
            })?;
            let days = app::calendar::import(&app, &caller, county, &text).await?;
            println!("已导入 {days} 天的安排。");
        }
    }
    Ok(())
}
