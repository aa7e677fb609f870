//! `shuangyong submission …`: who has submitted, and the acts of unit and county.

use super::args::{Place, TextOrJson};
use super::print;
use app::submission::{self, Obliged, Overview};
use app::{Code, Problem};
use clap::{Args, Subcommand};
use serde_json::json;

/// Which campaign, which unit.
#[derive(Debug, Args)]
pub struct Of {
    /// 活动代码
    #[arg(long, value_name = "代码")]
    campaign: String,
    /// 单位：代码、名称或别名
    #[arg(long, value_name = "单位")]
    unit: String,
}

#[derive(Debug, Subcommand)]
pub enum SubmissionAction {
    /// 列出应报单位及其报送情况
    List {
        /// 活动代码
        #[arg(long, value_name = "代码")]
        campaign: String,
        /// 输出格式
        #[arg(long, value_enum, value_name = "格式", default_value = "text")]
        format: TextOrJson,
    },
    /// 报送一个单位的统计表：按现在的数字存下
    Submit {
        #[command(flatten)]
        of: Of,
    },
    /// 接收一个单位报送的统计表
    Accept {
        #[command(flatten)]
        of: Of,
    },
    /// 退回一个单位报送的统计表
    Return {
        #[command(flatten)]
        of: Of,
        /// 退回意见
        #[arg(long, value_name = "意见")]
        remark: String,
    },
}

/// `shuangyong submission …`
pub async fn run(place: &Place, action: SubmissionAction) -> Result<(), Problem> {
    let (app, county, caller) = super::county(place).await?;
    match action {
        SubmissionAction::List { campaign, format } => {
            let all = submission::list(&app, &caller, county, &campaign, None).await?;
            match format {
                TextOrJson::Json => print::json(&json!(all)),
                TextOrJson::Text => list(&all),
            }
        }
        SubmissionAction::Submit { of } => {
            let of = (of.campaign.as_str(), of.unit.as_str());
            let made = submission::submit(&app, &caller, county, of, None).await?;
            let late =
                if made.late_days > 0 { format!("，迟报 {} 天", made.late_days) } else { String::new() };
            println!("已报送第 {} 版{late}，SM3 {}。", made.version, made.sm3);
        }
        SubmissionAction::Accept { of } => {
            let of = (of.campaign.as_str(), of.unit.as_str());
            let last = last(&submission::get(&app, &caller, county, of, None).await?)?;
            submission::accept(&app, &caller, county, of, last).await?;
            println!("已接收第 {last} 版。");
        }
        SubmissionAction::Return { of, remark } => {
            let of = (of.campaign.as_str(), of.unit.as_str());
            let last = last(&submission::get(&app, &caller, county, of, None).await?)?;
            submission::hand_back(&app, &caller, county, of, (last, &remark)).await?;
            println!("已退回第 {last} 版。");
        }
    }
    Ok(())
}

fn last(shown: &submission::Shown) -> Result<i64, Problem> {
    shown.versions.last().map(|it| it.version).ok_or_else(|| {
        Problem::new(Code::SubmissionRefused, format!("{}还没有报送过统计表", shown.unit.name))
    })
}

fn list(all: &Overview) {
    println!(
        "应报 {} 个单位（截止 {}，{}）：未报 {}，已报 {}，退回 {}，已收 {}；迟报 {}。",
        all.obliged,
        all.deadline,
        all.words,
        all.missing,
        all.submitted,
        all.returned,
        all.accepted,
        all.late
    );
    for unit in &all.units {
        println!("  {}", line(unit));
    }
}

fn line(unit: &Obliged) -> String {
    let version = unit.last.as_ref().map_or_else(String::new, |it| format!("  第 {} 版", it.version));
    let chase = unit.chase.as_ref().map_or_else(String::new, |it| format!("  {}", it.words));
    format!("{}  {}  {}  {}{version}{chase}", unit.code, unit.name, unit.standing_label, unit.words)
}
