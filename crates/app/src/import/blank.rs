//! Empty forms of what can be imported.

use crate::{App, Caller, Code, Problem};
use domain::authority::Permission;
use domain::person::{DisabilityNature, Hardship, PersonClass, PersonStatus};
use domain::region::CountyCode;
use domain::visit::{HelpKind, LeaderKind, Method, MoneySource};
use formats::blank::{Hint, write};

fn hint(title: &'static str, example: &str, choices: Vec<&'static str>) -> Hint {
    Hint { title, example: example.to_owned(), choices }
}

/// The form of the roster.
pub async fn roster(app: &App, caller: &Caller, county: CountyCode) -> Result<Vec<u8>, Problem> {
    app.permit(caller, Permission::RosterImport, county).await?;
    let hints = [
        hint("姓名", "谭三", Vec::new()),
        hint("公民身份号码", "18 位，末位可以是 X", Vec::new()),
        hint("优抚类别", "几类用顿号隔开", PersonClass::ALL.iter().map(|it| it.label()).collect()),
        hint("伤残等级", "三级", Vec::new()),
        hint("伤残性质", "因战", DisabilityNature::ALL.iter().map(|it| it.label()).collect()),
        hint("享受定期抚恤补助", "是", vec!["是", "否"]),
        hint(
            "状态",
            "正常",
            PersonStatus::ALL.iter().map(|it| it.label()).filter(|it| *it != "已删除").collect(),
        ),
        hint("特殊困难", "重大疾病", Hardship::ALL.iter().map(|it| it.label()).collect()),
    ];
    form("名册", domain::roster::COLUMNS, &hints, app)
}

/// The form of the visits.
pub async fn visits(app: &App, caller: &Caller, county: CountyCode) -> Result<Vec<u8>, Problem> {
    app.permit(caller, Permission::VisitImport, county).await?;
    let hints = [
        hint("走访日期", "2024-07-25", Vec::new()),
        hint("走访单位", "黄水镇", Vec::new()),
        hint("领导类别", "主要领导", LeaderKind::ALL.iter().map(|it| it.label()).collect()),
        hint("走访方式", "登门看望", Method::ALL.iter().map(|it| it.label()).collect()),
        hint("慰问金（元）", "500", Vec::new()),
        hint("资金来源", "县级下拨", MoneySource::ALL.iter().map(|it| it.label()).collect()),
        hint("慰问品", "大米1袋、食用油1桶", Vec::new()),
        hint("慰问品折价（元）", "120", Vec::new()),
        hint("解决困难类别", "看病就医", HelpKind::ALL.iter().map(|it| it.label()).collect()),
        hint("解决困难件数", "1", Vec::new()),
    ];
    form("走访记录", domain::visit::COLUMNS, &hints, app)
}

fn form(
    name: &str,
    columns: &[domain::sheet::Column],
    hints: &[Hint],
    app: &App,
) -> Result<Vec<u8>, Problem> {
    write(name, columns, hints, app.today())
        .map_err(|error| Problem::new(Code::Output, format!("文件未能生成：{error}")))
}
