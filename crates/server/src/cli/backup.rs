//! `shuangyong backup …` and `shuangyong restore …`.

use super::args::{Place, TextOrJson};
use super::{caller, file_keys, print};
use app::backup::{Asked, Report, Restore};
use app::erasure::Register;
use app::{Clock, Code, Problem};
use clap::Args;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// The folder of stored files in a data folder.
const FILES: &str = "files";
const PASSPHRASE: &str = "SHUANGYONG_BACKUP_PASSPHRASE";

#[derive(Debug, Args)]
pub struct BackupArgs {
    /// 备份文件；已存在的文件不会覆盖
    #[arg(value_name = "文件", required_unless_present = "verify")]
    pub out: Option<PathBuf>,
    /// 口令文件（第一行）；不写则取环境变量 SHUANGYONG_BACKUP_PASSPHRASE，再不然当面询问
    #[arg(long, value_name = "文件")]
    pub passphrase_file: Option<PathBuf>,
    /// 只检查一个备份是否完整，不备份也不恢复
    #[arg(long, value_name = "文件", conflicts_with = "out")]
    pub verify: Option<PathBuf>,
    /// 输出格式
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextOrJson,
}

#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// 备份文件
    pub file: PathBuf,
    /// 口令文件（第一行）；不写则取环境变量 SHUANGYONG_BACKUP_PASSPHRASE，再不然当面询问
    #[arg(long, value_name = "文件")]
    pub passphrase_file: Option<PathBuf>,
    /// 备份之后的删除登记（shuangyong erasure export 导出的文件），恢复时照此再删；可写多次
    #[arg(long, value_name = "文件")]
    pub erasures: Vec<PathBuf>,
    /// 输出格式
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextOrJson,
}

/// `shuangyong backup OUT` and `shuangyong backup --verify FILE`
pub async fn backup(place: &Place, asked: BackupArgs) -> Result<(), Problem> {
    if let Some(file) = &asked.verify {
        let passphrase = passphrase(asked.passphrase_file.as_deref(), 1)?;
        let report = app::backup::verify(file, passphrase).await?;
        shown(&report, asked.format, "备份完整，可以恢复。");
        return Ok(());
    }
    let Some(out) = asked.out else {
        return Err(Problem::new(Code::BadRequest, "请写备份文件的路径，如 shuangyong backup 备份.sybk"));
    };
    let passphrase = passphrase(asked.passphrase_file.as_deref(), 2)?;
    app::backup::check_passphrase(&passphrase)?;
    let app = super::open(place).await?;
    let keys = file_keys(&super::target(place)?).files()?;
    let files = Some(files(place));
    let report = app::backup::make(&app, &caller(), Asked { out, passphrase, keys, files }).await?;
    shown(&report, asked.format, "备份已写好。请把它复制到另一台机器，口令另行保管。");
    Ok(())
}

/// `shuangyong restore FILE`
pub async fn restore(place: &Place, asked: RestoreArgs) -> Result<(), Problem> {
    let passphrase = passphrase(asked.passphrase_file.as_deref(), 1)?;
    let target = super::target(place)?;
    let erasures = asked.erasures.iter().map(|file| Register::read(file)).collect::<Result<_, _>>()?;
    let restore = Restore {
        file: asked.file,
        passphrase,
        keys: file_keys(&target),
        files: files(place),
        target,
        erasures,
        now_ms: crate::clock::System::default().now_ms(),
    };
    let restored = app::backup::restore(&caller(), restore).await?;
    if asked.format == TextOrJson::Json {
        print::json(&serde_json::json!(restored));
        return Ok(());
    }
    shown(&restored.report, asked.format, "已恢复，逐表核对一致，操作日志链完整。");
    if restored.erased > 0 {
        println!("按删除登记再次删除 {} 人的个人信息", restored.erased);
    }
    Ok(())
}

/// Where stored files are: in the data folder; beside a PostgreSQL database in the folder of that name.
fn files(place: &Place) -> PathBuf {
    place.data.join(FILES)
}

/// From the file, the environment or the terminal, in this order; asked twice when a typing error would lock
/// everything away.
fn passphrase(file: Option<&Path>, times: u32) -> Result<String, Problem> {
    if let Some(file) = file {
        let text = std::fs::read_to_string(file).map_err(|error| {
            Problem::new(Code::BadRequest, format!("口令文件“{}”读不出来：{error}", file.display()))
        })?;
        return Ok(text.lines().next().unwrap_or_default().to_owned());
    }
    if let Ok(text) = std::env::var(PASSPHRASE) {
        return Ok(text);
    }
    if !std::io::stdin().is_terminal() {
        return Err(Problem::new(
            Code::BadRequest,
            format!("需要备份口令：用 --passphrase-file 指明口令文件，或设环境变量 {PASSPHRASE}"),
        ));
    }
    let ask = |prompt: &str| {
        rpassword::prompt_password(prompt).map_err(|error| Problem::new(Code::BadRequest, error.to_string()))
    };
    let first = ask("备份口令（不显示）：")?;
    if times > 1 && ask("再输一遍：")? != first {
        return Err(Problem::new(Code::BadRequest, "两次输入的口令不一样，请重新运行"));
    }
    Ok(first)
}

fn shown(report: &Report, format: TextOrJson, done: &str) {
    if format == TextOrJson::Json {
        print::json(&serde_json::json!(report));
        return;
    }
    println!("{done}");
    println!("备份时间 {}，程序 {}，结构版本 {}", moment(report.made_at_ms), report.program, report.schema);
    for county in &report.counties {
        println!("{} {}：操作日志 {} 条", county.code, county.name, county.audit_seq);
    }
    for sums in &report.campaigns {
        println!(
            "  {}：走访 {} 条，慰问金 {} 元，慰问品折款 {} 元",
            sums.campaign,
            sums.visits,
            domain::money::Fen(sums.money_fen).yuan_short(),
            domain::money::Fen(sums.goods_fen).yuan_short()
        );
    }
    println!(
        "共 {} 张表 {} 行，文件 {} 个（{} 字节），密钥 {} 个",
        report.tables.len(),
        report.rows(),
        report.files,
        report.file_bytes,
        report.keys.len()
    );
}

/// Date and time in the county.
fn moment(at_ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let there = jiff::tz::Offset::constant(8).to_datetime(at);
    there.strftime("%Y-%m-%d %H:%M").to_string()
}
