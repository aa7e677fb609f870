//! What can go wrong in the store. No text here ever holds a value of a row: it may be personal.

use domain::region::CountyCode;
use std::fmt;

/// An error of the store. Absence is no error, it is an `Option`.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A unique key is taken; the constraint or its columns.
    #[error("记录已经存在（{0}）")]
    Conflict(String),
    /// A stored value that the program cannot read.
    #[error("数据库中 {table}.{column} 的值无法识别（记录 {id}），请用“shuangyong audit verify”检查数据")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Id of the row.
        id: String,
    },
    /// The PostgreSQL database does not sort by code points in UTF-8.
    #[error(
        "PostgreSQL 数据库的排序规则或编码是“{0}”，应为 C 和 UTF8；请重新建库：CREATE DATABASE shuangyong TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
    )]
    Collation(String),
    /// Another writer holds the database, or no connection became free.
    #[error("数据库正忙，请稍后重试")]
    Busy,
    /// The database refused a statement.
    #[error("数据库出错：{0}")]
    Driver(DriverError),
    /// The folder or file cannot be used.
    #[error("不能使用 {path}：{reason}")]
    Io {
        /// Which.
        path: String,
        /// The system's reason.
        reason: String,
    },
    /// Keys are missing or do not fit.
    #[error("{0}")]
    Key(String),
    /// The schema cannot be brought up to date.
    #[error("{0}")]
    Migration(String),
    /// The county was not set up in this database.
    #[error("库中没有县级代码 {0} 的数据，请先运行“shuangyong init --county {0}”")]
    NoCounty(CountyCode),
    /// The place of the database cannot be understood.
    #[error("{0}")]
    Target(String),
    /// A text that no database stores: it holds a NUL character.
    #[error("内容含有空字符（NUL），不能存储，请删除后重试（{0}）")]
    Nul(&'static str),
    /// An act succeeded without an audit row: a fault of the program.
    #[error("程序错误：操作没有写审计记录，已撤销")]
    Unaudited,
    /// An act broke off: a fault of the program.
    #[error("程序错误：操作中断，已撤销")]
    Panicked,
    /// The object store refused.
    #[error("文件库出错：{0}")]
    Object(DriverError),
    /// An object that should be there is not.
    #[error("文件库中缺少 {0}，请检查文件库的位置，或从备份恢复")]
    ObjectMissing(String),
    /// An object is not what was written.
    #[error("文件库中 {0} 已损坏或被改动，请从备份恢复")]
    ObjectDamaged(String),
    /// The database was closed.
    #[error("数据库已关闭")]
    Closed,
}

/// What a driver said, without the values it said it about.
#[derive(Clone)]
pub struct DriverError(String);

impl DriverError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => database(error.as_ref()),
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::PoolClosed => Self::Closed,
            sqlx::Error::Io(error) => Self::Driver(DriverError(format!("连接中断（{}）", error.kind()))),
            sqlx::Error::ColumnDecode { index, .. } => {
                Self::Driver(DriverError(format!("列 {index} 的类型不符")))
            }
            sqlx::Error::ColumnNotFound(name) => Self::Driver(DriverError(format!("没有列 {name}"))),
            sqlx::Error::RowNotFound => Self::Driver(DriverError::new("没有行")),
            sqlx::Error::WorkerCrashed => Self::Driver(DriverError::new("SQLite 工作线程已退出")),
            sqlx::Error::Configuration(_) => Self::Target("数据库地址无法识别".to_owned()),
            sqlx::Error::Tls(_) => Self::Driver(DriverError::new("TLS 连接失败")),
            _ => Self::Driver(DriverError::new("驱动程序错误")),
        }
    }
}

/// SQLSTATE classes of PostgreSQL whose messages name objects, never values (22, data exceptions, quotes values).
const NAMING_CLASSES: &[&str] =
    &["08", "23", "25", "28", "3D", "40", "42", "53", "54", "55", "57", "58", "XX"];

fn database(error: &dyn sqlx::error::DatabaseError) -> StoreError {
    let code = error.code().unwrap_or_default().into_owned();
    if error.is_unique_violation() {
        let key = error.constraint().map_or_else(|| unique_columns(error.message()), str::to_owned);
        return StoreError::Conflict(key);
    }
    let is_sqlite = error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some();
    let is_busy = if is_sqlite {
        // SQLITE_BUSY and SQLITE_LOCKED with their extended codes.
        code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6))
    } else {
        matches!(code.as_str(), "40001" | "40P01" | "55P03" | "53300")
    };
    if is_busy {
        return StoreError::Busy;
    }
    let names_only = is_sqlite || NAMING_CLASSES.iter().any(|class| code.starts_with(class));
    let message = if names_only { error.message() } else { "数据不符合列的要求" };
    StoreError::Driver(DriverError(format!("{message}（{code}）")))
}

/// SQLite names the columns: `UNIQUE constraint failed: unit.county_code, unit.code`.
fn unique_columns(message: &str) -> String {
    message.rsplit_once("failed: ").map_or(message, |(_, columns)| columns).to_owned()
}
