//! `roster`, `visit` and `candidate` as data.

use super::super::args::TextOrJson;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What both imports take.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// 文件：xlsx、xls、ods、csv
    #[arg(value_name = "文件")]
    pub file: PathBuf,
    /// 只看计划，不写入
    #[arg(long)]
    pub dry_run: bool,
    /// 把问题标注在一份副本上（末列“错误原因”）
    #[arg(long, value_name = "文件.xlsx")]
    pub findings: Option<PathBuf>,
    /// 输出格式
    #[arg(long, value_enum, value_name = "格式", default_value = "text")]
    pub format: TextOrJson,
}

/// Where a workbook is written.
#[derive(Debug, Args)]
pub struct Workbook {
    /// 文件
    #[arg(short, long, value_name = "文件.xlsx")]
    pub output: PathBuf,
}

#[derive(Debug, Subcommand)]
pub enum RosterAction {
    /// 写出一份空的填写模板（xlsx，附填写说明）
    Template(Workbook),
    /// 导入名册
    Import {
        #[command(flatten)]
        import: ImportArgs,
    },
    /// 列出历次导入
    Imports {
        /// 输出格式
        #[arg(long, value_enum, value_name = "格式", default_value = "text")]
        format: TextOrJson,
    },
    /// 撤销一次导入（之后又改动过的行会逐一列出，不撤销）
    Undo {
        /// 导入编号
        #[arg(value_name = "导入编号")]
        import: String,
    },
    /// 把重复的两个人合并为一人
    Merge {
        /// 留下的人：公民身份号码
        #[arg(long, value_name = "号码")]
        keep: String,
        /// 并入的人：公民身份号码
        #[arg(long, value_name = "号码")]
        drop: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum VisitAction {
    /// 写出一份空的填写模板（xlsx，附填写说明）
    Template(Workbook),
    /// 导入走访记录
    Import {
        #[command(flatten)]
        import: ImportArgs,
        /// 活动代码
        #[arg(long, value_name = "代码")]
        campaign: String,
    },
    /// 导出走访记录（xlsx，含姓名，证件号码遮盖）
    Export {
        /// 活动代码
        #[arg(long, value_name = "代码")]
        campaign: String,
        /// 单位：代码、名称或别名；不写为全县
        #[arg(long, value_name = "单位")]
        unit: Option<String>,
        /// 文件
        #[arg(short, long, value_name = "文件.xlsx")]
        output: PathBuf,
    },
    /// 撤回误录的一条走访
    Withdraw {
        /// 走访编号
        #[arg(value_name = "走访编号")]
        visit: String,
    },
    /// 撤销一次导入
    Undo {
        /// 导入编号
        #[arg(value_name = "导入编号")]
        import: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum CandidateAction {
    /// 列出待确认人员
    List {
        /// 输出格式
        #[arg(long, value_enum, value_name = "格式", default_value = "text")]
        format: TextOrJson,
    },
    /// 确认为名册上的一个人，其走访随之归类
    Confirm {
        /// 待确认人员编号
        #[arg(value_name = "待确认人员编号")]
        candidate: String,
        /// 名册上的人：公民身份号码
        #[arg(long, value_name = "号码")]
        person: String,
    },
}
