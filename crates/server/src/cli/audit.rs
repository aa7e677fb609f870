//! The audit on the command line: verify, read, take out.

use super::args::{Place, TextOrJson};
use super::print;
use app::audit::{AuditRow, Filter, Kind};
use app::{App, Caller, Problem};
use clap::{Args, Subcommand, ValueEnum};
use domain::region::CountyCode;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Which rows of the audit.
#[derive(Debug, Args)]
pub struct AuditFilter {
    /// 从哪一天起
    #[arg(long, value_name = "日期")]
    pub from: Option<String>,
    /// 到哪一天止（含当天）
    #[arg(long, value_name = "日期")]
    pub to: Option<String>,
    /// 操作者，如 os:zhang
    #[arg(long, value_name = "操作者")]
    pub actor: Option<String>,
    /// 操作，或其开头：roster.import、roster.
    #[arg(long, value_name = "操作")]
    pub act: Option<String>,
    /// 对象类型，如 visit
    #[arg(long, value_name = "类型")]
    pub object_kind: Option<String>,
    /// 对象编号
    #[arg(long, value_name = "编号")]
    pub object: Option<String>,
    /// 结果：done、refused
    #[arg(long, value_name = "结果")]
    pub outcome: Option<String>,
    /// 详情、地址或请求编号中的一段文字
    #[arg(long, value_name = "文字")]
    pub text: Option<String>,
}

/// Formats of long lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListingFormat {
    Csv,
    Xlsx,
}

#[derive(Debug, Subcommand)]
pub enum AuditAction {
    /// 校验日志链：说明证明了什么、不能证明什么
    Verify {
        /// 另存在别处的链头文件（heads.log）；不写则与数据目录旁的核对
        #[arg(long, value_name = "文件")]
        head: Option<PathBuf>,
        /// 输出格式
        #[arg(long, value_enum, value_name = "格式", default_value = "text")]
        format: TextOrJson,
    },
    /// 查阅日志，新的在前
    List {
        #[command(flatten)]
        filter: AuditFilter,
        /// 最多几条
        #[arg(long, value_name = "数", default_value_t = 50)]
        limit: usize,
        /// 从哪一条往前（上一页末尾给出的序号）
        #[arg(long, value_name = "序号")]
        before: Option<i64>,
        /// 输出格式
        #[arg(long, value_enum, value_name = "格式", default_value = "text")]
        format: TextOrJson,
    },
    /// 导出日志（csv、xlsx），导出本身也记入日志
    Export {
        #[command(flatten)]
        filter: AuditFilter,
        /// 输出格式
        #[arg(long, value_enum, default_value = "csv")]
        format: ListingFormat,
        /// 文件
        #[arg(short, long, value_name = "文件")]
        output: PathBuf,
    },
}

/// `shuangyong audit …`
pub async fn audit(place: &Place, action: AuditAction) -> Result<(), Problem> {
    let (app, county, caller) = super::county(place).await?;
    match action {
        AuditAction::Verify { head, format } => verify(&app, &caller, county, head.as_deref(), format).await,
        AuditAction::List { filter, limit, before, format } => {
            let filter = read(&filter)?;
            let page = app::audit::list(&app, &caller, county, &filter, before, limit).await?;
            match format {
                TextOrJson::Json => {
                    let items: Vec<Value> = page.rows.iter().map(described).collect();
                    print::json(&json!({ "items": items, "next": page.next }));
                }
                TextOrJson::Text => {
                    for row in &page.rows {
                        line(row);
                    }
                    if let Some(next) = page.next {
                        eprintln!("还有更早的日志：加 --before {next} 继续");
                    }
                }
            }
            Ok(())
        }
        AuditAction::Export { filter, format, output } => {
            let kind = match format {
                ListingFormat::Csv => Kind::Csv,
                ListingFormat::Xlsx => Kind::Xlsx,
            };
            let rows = app::audit::export(&app, &caller, county, &read(&filter)?, kind, &output).await?;
            eprintln!("已写出 {rows} 条日志：{}", output.display());
            Ok(())
        }
    }
}

async fn verify(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    head: Option<&Path>,
    format: TextOrJson,
) -> Result<(), Problem> {
    let report = match head {
        Some(file) => app::audit::verify_against(app, caller, county, file).await?,
        None => app::audit::verify(app, caller, county).await?,
    };
    match format {
        TextOrJson::Json => print::json(&report),
        TextOrJson::Text => {
            println!("日志链完整：共 {} 条。", report["rows"]);
            for (title, key) in [("已证明", "proved"), ("不能证明", "not_proved")] {
                let sentences = report[key].as_array().map(Vec::as_slice).unwrap_or_default();
                for sentence in sentences.iter().filter_map(Value::as_str) {
                    println!("{title}：{sentence}。");
                }
            }
        }
    }
    Ok(())
}

fn read(asked: &AuditFilter) -> Result<Filter, Problem> {
    Ok(Filter {
        from_ms: asked
            .from
            .as_deref()
            .map(|day| super::manage::date(day).map(app::audit::day_starts))
            .transpose()?,
        to_ms: asked
            .to
            .as_deref()
            .map(|day| super::manage::date(day).map(app::audit::day_ends))
            .transpose()?,
        actor: asked.actor.clone(),
        act: asked.act.clone(),
        object_kind: asked.object_kind.clone(),
        object_id: asked.object.clone(),
        outcome: asked.outcome.clone(),
        text: asked.text.clone(),
    })
}

fn described(row: &AuditRow) -> Value {
    let detail =
        serde_json::from_str(&row.detail_json).unwrap_or_else(|_| Value::String(row.detail_json.clone()));
    json!({
        "seq": row.seq,
        "at_ms": row.at_ms,
        "actor": row.actor,
        "origin": row.origin,
        "address": row.address,
        "request_id": row.request_id,
        "act": row.act,
        "object_kind": row.object_kind,
        "object_id": row.object_id,
        "outcome": row.outcome,
        "detail": detail,
        "hash": row.hash,
    })
}

fn line(row: &AuditRow) {
    let place = if row.address.is_empty() { &row.origin } else { &row.address };
    let detail = if row.detail_json == "null" { "" } else { &row.detail_json };
    println!(
        "{}  {}  {}（{place}）  {}  {} {}  {}  {detail}",
        row.seq,
        app::audit::moment(row.at_ms),
        row.actor,
        row.act,
        row.object_kind,
        row.object_id,
        row.outcome,
    );
}
