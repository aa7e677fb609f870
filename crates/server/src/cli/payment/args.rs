//! `shuangyong payment …` as data.

use super::super::args::TextOrJson;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// For whom the machine's user types.
#[derive(Debug, Clone, Args)]
pub struct As {
    /// 代哪位财务人员办理：其用户名；办理后会在其账号里留下消息
    #[arg(long = "as", value_name = "用户名")]
    pub login: Option<String>,
}

/// How a step is named and answered.
#[derive(Debug, Clone, Args)]
pub struct Step {
    /// 批次号，如 bayi-2024-01
    #[arg(value_name = "批次号")]
    pub batch: String,
    #[command(flatten)]
    pub who: As,
    /// 幂等键：相同的键只办理一次
    #[arg(long, value_name = "键")]
    pub key: Option<String>,
    /// 输出格式
    #[arg(long, value_enum, value_name = "格式", default_value = "text")]
    pub format: TextOrJson,
}

#[derive(Debug, Subcommand)]
pub enum PaymentAction {
    /// 编制发放批次；--dry-run 只试算：谁发、谁不发、有什么问题
    Prepare(PrepareArgs),
    /// 复核；先用 --pass 说明理由放行提醒
    Check {
        #[command(flatten)]
        step: Step,
        /// 放行一项提醒：检查代码=理由，可写多次
        #[arg(long = "pass", value_name = "检查=理由")]
        passes: Vec<String>,
        /// 只重新检查，不复核
        #[arg(long)]
        only: bool,
    },
    /// 审批，锁定清单
    Approve {
        #[command(flatten)]
        step: Step,
    },
    /// 退回修改
    Reopen {
        #[command(flatten)]
        step: Step,
        /// 理由
        #[arg(long, value_name = "理由")]
        reason: String,
    },
    /// 按名册更新草拟批次的户名和账号
    Refresh {
        #[command(flatten)]
        step: Step,
    },
    /// 导出代发文件到目录
    Export {
        #[command(flatten)]
        step: Step,
        /// 代发格式代码；不写为批次的格式
        #[arg(long, value_name = "格式代码")]
        layout: Option<String>,
        /// 格式里的常量：名称=内容，可写多次
        #[arg(long = "set", value_name = "名称=内容")]
        constants: Vec<String>,
        /// 银行处理日期；不写为今天
        #[arg(long, value_name = "日期")]
        date: Option<String>,
        /// 文件写到哪个目录
        #[arg(short, long, value_name = "目录")]
        output: PathBuf,
    },
    /// 登记已送银行
    Send {
        #[command(flatten)]
        step: Step,
    },
    /// 导入银行结果；--dry-run 只试导
    Settle {
        #[command(flatten)]
        step: Step,
        /// 结果文件：xlsx、xls、csv、txt
        #[arg(value_name = "文件")]
        file: Option<PathBuf>,
        /// 文件是什么：mixed 逐笔结果、success 成功清单、failure 失败清单、statement 账户流水
        #[arg(long, value_name = "种类")]
        kind: Option<String>,
        /// 没有写日期的行按哪天算
        #[arg(long, value_name = "日期")]
        date: Option<String>,
        /// 银行整批退回，写明银行的原话（不用写文件）
        #[arg(long, value_name = "原话", conflicts_with = "file")]
        refused: Option<String>,
        /// 只试导，不写入
        #[arg(long)]
        dry_run: bool,
    },
    /// 把退票编成补发批次
    Repay {
        #[command(flatten)]
        step: Step,
    },
    /// 取消批次；写 --line 时只剔除或取消这些笔
    Cancel {
        #[command(flatten)]
        step: Step,
        /// 理由
        #[arg(long, value_name = "理由")]
        reason: String,
        /// 笔的序号，可写多次
        #[arg(long = "line", value_name = "序号")]
        lines: Vec<i64>,
    },
    /// 归档
    Close {
        #[command(flatten)]
        step: Step,
    },
    /// 查看批次；不写批次号时列出批次和待处理的退票
    Status {
        /// 批次号，如 bayi-2024-01
        #[arg(value_name = "批次号")]
        batch: Option<String>,
        /// 只列这个活动的批次
        #[arg(long, value_name = "代码")]
        campaign: Option<String>,
        /// 同时列出明细（姓名和账号遮盖）
        #[arg(long)]
        lines: bool,
        /// 输出格式
        #[arg(long, value_enum, value_name = "格式", default_value = "text")]
        format: TextOrJson,
    },
    /// 凭依据更正一个人的收款账号或银行写法
    Correct {
        /// 公民身份号码
        #[arg(long, value_name = "号码")]
        person: String,
        /// 银行账号
        #[arg(long, value_name = "账号")]
        account: Option<String>,
        /// 开户银行
        #[arg(long, value_name = "银行")]
        bank: Option<String>,
        /// 户名
        #[arg(long, value_name = "户名")]
        name: Option<String>,
        /// 银行写法；写空的为取消
        #[arg(long, value_name = "写法")]
        spelling: Option<String>,
        /// 依据
        #[arg(long, value_name = "依据")]
        reason: String,
        #[command(flatten)]
        who: As,
    },
    /// 比对名单（殡葬、户籍、社保）：导入；不写文件时列出
    Compare {
        /// 名单文件，有一栏公民身份号码
        #[arg(value_name = "文件")]
        file: Option<PathBuf>,
        /// 名单类别：funeral 殡葬、household 户籍、social 社保
        #[arg(long, value_name = "类别", default_value = "funeral")]
        kind: String,
        /// 来源，如“县殡仪馆 2024年6月”
        #[arg(long, value_name = "来源", default_value = "")]
        source: String,
        /// 删除这份名单
        #[arg(long, value_name = "编号", conflicts_with = "file")]
        remove: Option<String>,
        #[command(flatten)]
        who: As,
        /// 输出格式
        #[arg(long, value_enum, value_name = "格式", default_value = "text")]
        format: TextOrJson,
    },
    /// 代发格式：列出；写 --show 打印一个；写 --save 录入或修改
    Layout {
        /// 打印这个格式的文件
        #[arg(long, value_name = "格式代码")]
        show: Option<String>,
        /// 录入或修改：格式文件（.toml）
        #[arg(long, value_name = "文件.toml", conflicts_with = "show")]
        save: Option<PathBuf>,
        #[command(flatten)]
        who: As,
        /// 输出格式
        #[arg(long, value_enum, value_name = "格式", default_value = "text")]
        format: TextOrJson,
    },
}

#[derive(Debug, Args)]
pub struct PrepareArgs {
    /// 活动代码
    #[arg(long, value_name = "代码")]
    pub campaign: String,
    /// 发放项目；活动只有一个时可以不写
    #[arg(long, value_name = "项目")]
    pub item: Option<String>,
    /// 基准日；不写按模板
    #[arg(long, value_name = "日期")]
    pub base: Option<String>,
    /// 代发格式代码
    #[arg(long, value_name = "格式代码")]
    pub layout: Option<String>,
    /// 只试算，不写入
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub who: As,
    /// 幂等键：相同的键只办理一次
    #[arg(long, value_name = "键")]
    pub key: Option<String>,
    /// 输出格式
    #[arg(long, value_enum, value_name = "格式", default_value = "text")]
    pub format: TextOrJson,
}
