//! The command line as data: a contract that others test against (design §7). Help is in Chinese.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// 双拥通：县级双拥工作一体化程序
#[derive(Debug, Parser)]
#[command(name = "shuangyong", version, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub place: Place,
    #[command(subcommand)]
    pub command: Action,
}

/// Where the data are; accepted at any position.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// 数据目录（内置数据库）
    #[arg(long, global = true, value_name = "目录", default_value = "./data", conflicts_with = "database")]
    pub data: PathBuf,
    /// PostgreSQL 地址（postgres://…）；给出时不用数据目录
    #[arg(long, global = true, value_name = "地址", env = "SHUANGYONG_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// 库中有多个县时指明县级代码
    #[arg(long = "in-county", global = true, value_name = "代码")]
    pub in_county: Option<String>,
    #[arg(skip)]
    pub opened: super::Opened,
    /// 照片和附件放在哪里：文件夹，或 s3://桶名/前缀；默认是数据目录下的 files
    #[arg(long, global = true, value_name = "位置", env = "SHUANGYONG_FILES", hide_env_values = true)]
    pub files: Option<String>,
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    /// 表格文字
    Text,
    /// JSON
    Json,
}

/// Formats of the statistics table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    Text,
    Json,
    Csv,
    Xlsx,
    Docx,
    Pdf,
}

/// Formats of the coverage list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CoverageFormat {
    Text,
    Json,
    Csv,
    Xlsx,
}

#[derive(Debug, Subcommand)]
pub enum Action {
    /// 演示县：生成测试数据并启动网页；--once 只打印统计表、写出各种文件后退出
    Demo {
        /// 监听地址（只允许本机）
        #[arg(long, value_name = "地址", default_value = "127.0.0.1:8080")]
        listen: String,
        /// 打印县统计表和覆盖情况，写出全部格式的文件后退出
        #[arg(long)]
        once: bool,
        /// 文件写到哪个目录
        #[arg(short, long, value_name = "目录", default_value = "./demo")]
        output: PathBuf,
        /// 网页从这个目录读取，不用程序里带的（开发用）
        #[arg(long, value_name = "目录")]
        web_dir: Option<String>,
    },
    /// 建立一个县：乡镇、村、部门、团体，全部离线，不提问
    Init {
        /// 县级区划代码（6 位）
        #[arg(long, value_name = "代码")]
        county: String,
        /// 输出格式
        #[arg(long, value_enum, value_name = "格式", default_value = "text")]
        format: TextOrJson,
    },
    /// 启动网页服务（默认只监听本机）
    Serve {
        #[command(flatten)]
        serving: Serving,
    },
    /// 活动：建立、列出、查看、换模板
    #[command(subcommand)]
    Campaign(CampaignAction),
    /// 名册：填写模板、导入、撤销导入、合并重复人员
    #[command(subcommand)]
    Roster(super::record::args::RosterAction),
    /// 走访：填写模板、导入、导出、撤回、撤销导入
    #[command(subcommand)]
    Visit(super::record::args::VisitAction),
    /// 待确认人员：列出、确认
    #[command(subcommand)]
    Candidate(super::record::args::CandidateAction),
    /// 单位：列出、改名、拆分、合并、加别名
    #[command(subcommand)]
    Unit(UnitAction),
    /// 统计表
    Statistics(StatisticsArgs),
    /// 覆盖情况：还有谁没有走访
    Coverage(CoverageArgs),
    /// 报送统计表：列出、报送、接收、退回
    #[command(subcommand)]
    Submission(super::submission::SubmissionAction),
    /// 操作日志：校验、查阅、导出
    #[command(subcommand)]
    Audit(super::audit::AuditAction),
    /// 数据库：升级表结构
    #[command(subcommand)]
    Db(DbAction),
    /// 人员：按规定删除个人信息、重新准许登记
    #[command(subcommand)]
    Person(super::person::PersonAction),
    /// 删除登记：导出，恢复旧备份时使用
    #[command(subcommand)]
    Erasure(super::person::ErasureAction),
    /// 备份：把数据、文件和密钥写成一个加密文件，程序运行时也可以做
    Backup(super::backup::BackupArgs),
    /// 恢复：把备份恢复到空的数据目录或空的 PostgreSQL 数据库
    Restore(super::backup::RestoreArgs),
    /// 工作日历：查看、导入县里的放假调休安排
    #[command(subcommand)]
    Calendar(CalendarAction),
    /// 打卡发放：编制、复核、审批、导出、导入结果、补发、查看
    #[command(subcommand)]
    Payment(super::payment::args::PaymentAction),
    /// 账号：列出、建立、授权、停用、重置密码、会话、接口令牌
    #[command(subcommand)]
    Account(super::account::AccountAction),
    /// 生成测试数据（相同种子得到相同字节）
    Generate(GenerateArgs),
    /// 保密检查：列出规则
    #[command(subcommand)]
    Secrecy(SecrecyAction),
    /// 服务的设置：检查并显示
    #[command(subcommand)]
    Config(ConfigAction),
}

/// What `serve` takes beside its settings file.
#[derive(Debug, Clone, Args)]
pub struct Serving {
    /// 监听地址，默认 127.0.0.1:8080
    #[arg(long, value_name = "地址")]
    pub listen: Option<String>,
    /// 允许监听本机以外的地址（传输没有加密，须由代理加密）
    #[arg(long)]
    pub allow_remote: bool,
    /// 设置文件，默认 ./shuangyong.toml（没有也可以）
    #[arg(long, value_name = "文件.toml")]
    pub config: Option<PathBuf>,
    /// 网页从这个目录读取，不用程序里带的（开发用）
    #[arg(long, value_name = "目录")]
    pub web_dir: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum ConfigAction {
    /// 检查设置文件、环境变量和参数，打印生效的全部设置
    Check {
        #[command(flatten)]
        serving: Serving,
    },
}

#[derive(Debug, Subcommand)]
pub enum CampaignAction {
    /// 按模板建立活动，打印活动代码
    Create {
        /// 模板：bayi、chunjie 或模板文件（.toml）
        #[arg(long, value_name = "模板")]
        template: String,
        /// 年份
        #[arg(long, value_name = "年")]
        year: i16,
        /// 报送截止日期（2024-08-12）；通知已定的年份可以不写
        #[arg(long, value_name = "日期")]
        deadline: Option<String>,
        /// 输出格式
        #[arg(long, value_enum, value_name = "格式", default_value = "text")]
        format: TextOrJson,
    },
    /// 列出全部活动
    List {
        /// 输出格式
        #[arg(long, value_enum, value_name = "格式", default_value = "text")]
        format: TextOrJson,
    },
    /// 查看一个活动
    Show {
        /// 活动代码，如 bayi-2024
        #[arg(value_name = "活动代码")]
        code: String,
        /// 输出格式
        #[arg(long, value_enum, value_name = "格式", default_value = "text")]
        format: TextOrJson,
    },
    /// 换用修改后的模板，已有走访按新模板重新归类
    Edit {
        /// 活动代码
        #[arg(value_name = "活动代码")]
        code: String,
        /// 模板文件（.toml）
        #[arg(long, value_name = "文件")]
        template: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub enum UnitAction {
    /// 列出单位
    List {
        /// 输出格式
        #[arg(long, value_enum, value_name = "格式", default_value = "text")]
        format: TextOrJson,
    },
    /// 新增单位（部门、团体、部队代称、优抚事业单位）
    Add {
        /// 名称（部队只写代称）
        #[arg(value_name = "名称")]
        name: String,
        /// 类型：department、people_organisation、institution、troop、village、township
        #[arg(long, value_name = "类型")]
        kind: String,
        /// 上级单位；不写为县
        #[arg(long, value_name = "单位")]
        parent: Option<String>,
    },
    /// 改名，旧名保留为别名
    Rename {
        /// 单位：代码、名称或别名
        #[arg(value_name = "单位")]
        unit: String,
        /// 新名称
        #[arg(long, value_name = "名称")]
        to: String,
        /// 生效日期
        #[arg(long, value_name = "日期")]
        on: Option<String>,
    },
    /// 加别名
    Alias {
        /// 单位：代码、名称或别名
        #[arg(value_name = "单位")]
        unit: String,
        /// 别名
        #[arg(value_name = "别名")]
        alias: String,
    },
    /// 把一个单位并入另一个，人员和走访随之归并
    Merge {
        /// 并入的单位
        #[arg(value_name = "单位")]
        unit: String,
        /// 保留的单位
        #[arg(long, value_name = "单位")]
        into: String,
        /// 生效日期
        #[arg(long, value_name = "日期")]
        on: Option<String>,
    },
    /// 从一个乡镇（街道）分出新单位，划入若干村（社区）
    Split {
        /// 原单位
        #[arg(value_name = "单位")]
        unit: String,
        /// 新单位名称
        #[arg(long, value_name = "名称")]
        new: String,
        /// 划入新单位的村（社区），可写多次
        #[arg(long = "village", value_name = "村（社区）")]
        villages: Vec<String>,
        /// 生效日期
        #[arg(long, value_name = "日期")]
        on: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct StatisticsArgs {
    /// 活动代码
    #[arg(long, value_name = "代码")]
    pub campaign: String,
    /// 单位：代码、名称或别名；不写为全县
    #[arg(long, value_name = "单位")]
    pub unit: Option<String>,
    /// 输出格式
    #[arg(long, value_enum, value_name = "格式", default_value = "text")]
    pub format: TableFormat,
    /// 写到文件；不写则打印
    #[arg(short, long, value_name = "文件")]
    pub output: Option<PathBuf>,
    /// 由全部走访记录重新计算并与保存的统计数核对
    #[arg(long)]
    pub verify: bool,
}

#[derive(Debug, Args)]
pub struct CoverageArgs {
    /// 活动代码
    #[arg(long, value_name = "代码")]
    pub campaign: String,
    /// 单位：代码、名称或别名；不写为全县
    #[arg(long, value_name = "单位")]
    pub unit: Option<String>,
    /// 输出格式
    #[arg(long, value_enum, value_name = "格式", default_value = "text")]
    pub format: CoverageFormat,
    /// 写到文件；不写则打印
    #[arg(short, long, value_name = "文件")]
    pub output: Option<PathBuf>,
    /// 遮盖姓名
    #[arg(long)]
    pub masked: bool,
}

#[derive(Debug, Subcommand)]
pub enum DbAction {
    /// 建立或升级表结构
    Migrate,
}

#[derive(Debug, Subcommand)]
pub enum CalendarAction {
    /// 查看某日起若干工作日后是哪天
    Show {
        /// 日期
        #[arg(value_name = "日期")]
        date: String,
        /// 工作日数
        #[arg(long, value_name = "数", default_value_t = 0)]
        add: i64,
    },
    /// 导入县里的安排（每行：日期 休|班 名称）
    Import {
        /// 文本文件
        #[arg(value_name = "文件")]
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub enum SecrecyAction {
    /// 列出规则：查什么，查到后怎样，为什么，怎么办
    Rules {
        /// 输出格式
        #[arg(long, value_enum, default_value = "text")]
        format: TextOrJson,
    },
}

#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// 县级区划代码
    #[arg(long, value_name = "代码")]
    pub county: String,
    /// 人数
    #[arg(long, value_name = "数")]
    pub people: usize,
    /// 走访条数
    #[arg(long, value_name = "数")]
    pub visits: usize,
    /// 种子
    #[arg(long, value_name = "数")]
    pub seed: u64,
    /// 年份
    #[arg(long, value_name = "年", default_value_t = 2024)]
    pub year: i16,
    /// 名册和走访文件（xlsx、csv）写到哪个目录
    #[arg(short, long, value_name = "目录", default_value = "./synthetic")]
    pub output: PathBuf,
    /// 直接装入数据库（先建县、建活动），不写文件
    #[arg(long)]
    pub load: bool,
}
