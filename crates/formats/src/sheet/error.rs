//! Why a file is refused as a whole.

use crate::secrecy::Found;
use std::io;

/// Each is one clear sentence with what to do. Nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The file itself is too large.
    #[error("文件有 {megabytes} MB，超过 {limit} MB 的上限；请删去图片和无关工作表，或分成几个文件再导入。")]
    TooLarge {
        /// Its size.
        megabytes: u64,
        /// What is taken at most.
        limit: u64,
    },
    /// More rows than a sheet can have.
    #[error("数据超过 {limit} 行；请分成几个文件再导入。")]
    TooManyRows {
        /// What is taken at most.
        limit: u32,
    },
    /// Protected with a password or by a document guard.
    #[error("文件已加密，打不开；请在 Excel 或 WPS 中取消打开密码（或解除文档加密）后另存，再导入。")]
    Encrypted,
    /// A picture, a Word document, a web page … under another name.
    #[error(
        "“{name}”的内容其实是{real}，不是可以读取的表格；请在 Excel 或 WPS 中打开原表，另存为 .xlsx 再导入。"
    )]
    NotWhatItsNameSays {
        /// The file's name.
        name: String,
        /// What it is.
        real: &'static str,
    },
    /// Damaged or not understood.
    #[error("文件已损坏或不完整，无法读取（{0}）；请在 Excel 或 WPS 中打开，另存为 .xlsx 再导入。")]
    Unreadable(String),
    /// Unpacks to far more than a table can be.
    #[error("文件解开后异常庞大，已停止读取；请把数据复制到一个新建的表格，另存为 .xlsx 再导入。")]
    ZipBomb,
    /// No sheet has the required columns.
    #[error("{}", no_header(.missing, .sheet.as_deref()))]
    NoHeader {
        /// What the closest sheet lacks.
        missing: Vec<String>,
        /// The closest sheet; `None` when no head at all was recognised.
        sheet: Option<String>,
    },
    /// No cell has a value.
    #[error("文件是空的，没有可以导入的内容；请检查是否选错了文件。")]
    Empty,
    /// Another program wrote to the file while it was read.
    #[error("文件正在被改动（可能还在保存或下载）；请等它写完，关闭正在编辑它的程序后重试。")]
    Changing,
    /// Classification marks beside the rows: in a title, a header, the properties …
    #[error("{}", marked(.0))]
    Marked(Vec<Found>),
    /// The file could not be opened or read.
    #[error("{}", io_sentence(.0))]
    Io(#[from] io::Error),
}

impl SheetError {
    /// Stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "file.too_large",
            Self::TooManyRows { .. } => "file.too_many_rows",
            Self::Encrypted => "file.encrypted",
            Self::NotWhatItsNameSays { .. } => "file.not_what_its_name_says",
            Self::Unreadable(_) => "file.unreadable",
            Self::ZipBomb => "file.zip_bomb",
            Self::NoHeader { .. } => "file.no_header",
            Self::Empty => "file.empty",
            Self::Changing => "file.changing",
            Self::Marked(_) => "secrecy.refused",
            Self::Io(_) => "file.io",
        }
    }

    pub(super) fn unreadable(why: impl std::fmt::Display) -> Self {
        Self::Unreadable(why.to_string())
    }
}

fn marked(found: &[Found]) -> String {
    found.first().map_or_else(String::new, |it| format!("{}：{}", it.place, it.rule.explanation()))
}

fn no_header(missing: &[String], sheet: Option<&str>) -> String {
    let list = missing.iter().map(|title| format!("“{title}”")).collect::<Vec<_>>().join("、");
    match sheet {
        Some(sheet) => format!("工作表“{sheet}”的表头缺少{list}；请补上这些列（表头应在前 30 行内）再导入。"),
        None => format!("没有找到表头；请在前 30 行内写上表头，至少要有{list}，再导入。"),
    }
}

fn io_sentence(error: &io::Error) -> String {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::NotFound | Kind::NotADirectory | Kind::InvalidFilename => {
            "找不到这个文件；请检查路径和文件名。".to_owned()
        }
        Kind::PermissionDenied | Kind::ResourceBusy => {
            "没有读写这个文件的权限；请检查权限，或关闭正在打开它的程序后重试。".to_owned()
        }
        Kind::IsADirectory => "这是一个文件夹；请选择其中的表格文件。".to_owned(),
        Kind::StorageFull | Kind::QuotaExceeded => "磁盘已满；请腾出空间后重试。".to_owned(),
        Kind::ReadOnlyFilesystem => "这个磁盘是只读的；请换一个可以写入的位置。".to_owned(),
        // What the system says is in its own language; its number is enough to look it up.
        _ => {
            let number =
                error.raw_os_error().map_or(String::new(), |number| format!("（系统错误 {number}）"));
            format!("读写文件时出错{number}；请检查磁盘或网络位置后重试。")
        }
    }
}
