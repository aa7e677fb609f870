//! `shuangyong person …` and `shuangyong erasure …`: what is erased, and what may come back.

use super::args::Place;
use super::print;
use super::record::number;
use app::Problem;
use clap::Subcommand;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum PersonAction {
    /// 删除一个人的个人信息：姓名、号码、账号、住址、备注等不可恢复，统计数不变
    Erase {
        /// 公民身份号码
        #[arg(long, value_name = "号码")]
        number: String,
        /// 依据，如“本人申请”；不要写姓名和号码
        #[arg(long, value_name = "依据")]
        reason: String,
        /// 进行中的活动里有其走访，也要删除
        #[arg(long)]
        confirm: bool,
    },
    /// 准许一个已删除的号码重新登记
    Readmit {
        /// 公民身份号码
        #[arg(long, value_name = "号码")]
        number: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum ErasureAction {
    /// 导出删除登记（JSON，不含姓名和号码）
    Export {
        /// 写到文件；不写则打印
        #[arg(short, long, value_name = "文件")]
        output: Option<PathBuf>,
    },
}

/// `shuangyong person …`
pub async fn person(place: &Place, action: PersonAction) -> Result<(), Problem> {
    let (app, county, caller) = super::county(place).await?;
    match action {
        PersonAction::Erase { number: typed, reason, confirm } => {
            let typed = number(&typed)?;
            let erased = app::erasure::erase(&app, &caller, county, typed, &reason, confirm).await?;
            println!(
                "已删除：{} 条名册记录的个人信息不可恢复，{} 条走访继续计数、不再显示姓名。",
                erased.entries, erased.visits
            );
            println!(
                "以前的备份中仍有此人，恢复时请加 --erasures（先运行 shuangyong erasure export -o 登记.json）。"
            );
        }
        PersonAction::Readmit { number: typed } => {
            app::erasure::readmit(&app, &caller, county, number(&typed)?).await?;
            println!("已准许重新登记，下次导入名册时按新增人员处理。");
        }
    }
    Ok(())
}

/// `shuangyong erasure …`
pub async fn erasure(place: &Place, action: ErasureAction) -> Result<(), Problem> {
    let (app, county, caller) = super::county(place).await?;
    let ErasureAction::Export { output } = action;
    let register = app::erasure::export(&app, &caller, county).await?;
    print::bytes(&crate::output::pretty(&json!(register)), output.as_deref())
}
