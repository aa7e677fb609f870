//! `shuangyong person …` and `shuangyong erasure …`: what is erased, and what may come back.

use super::args::{ErasureAction, PersonAction, Place};
use super::print;
use super::record::number;
use app::Problem;
use serde_json::json;

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
