//! Why a file is not taken.

/// Why a file is not taken. Each is one sentence with what to do; nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// No byte in it.
    #[error("文件是空的，请检查是否选错了文件")]
    Empty,
    /// Larger than its kind may be.
    #[error("文件有 {megabytes} MB，{kind}最大 {limit} MB；请压缩后再上传")]
    TooLarge {
        /// Its size, rounded up.
        megabytes: u64,
        /// What is taken at most.
        limit: u64,
        /// The kind's Chinese word.
        kind: &'static str,
    },
    /// A picture as new telephones take it by default.
    #[error(
        "这是 HEIC 格式的照片，电脑大多打不开，请改用 JPG：苹果手机在“设置—相机—格式”中选“兼容性最佳”，安卓手机在相机设置中关闭“高效图片（HEIF）”，再重新拍摄；已拍的照片可在微信中发给自己再保存"
    )]
    Heic,
    /// A type that this kind of file cannot have.
    #[error("内容是{found}，{kind}只收 {allowed}；请另存为其中一种再上传")]
    NotAllowed {
        /// What it is.
        found: String,
        /// The kind's Chinese word.
        kind: &'static str,
        /// Endings that are taken.
        allowed: String,
    },
    /// The name says something else than the content.
    #[error("文件名以“{ending}”结尾，内容其实是{real}；请在原程序中另存，不要只改后缀，再上传")]
    NameDiffers {
        /// How the name ends, may be empty.
        ending: String,
        /// What the content is.
        real: &'static str,
    },
    /// Protected with a password.
    #[error("文件已加密，打不开，无法检查内容；请取消打开密码后另存，再上传")]
    Encrypted,
    /// Holds a program.
    #[error("文件中含有宏（程序），不能上传；请另存为不含宏的 .docx 或 .xlsx，再上传")]
    Macros,
    /// More pixels than a picture may have.
    #[error("图片有 {width}×{height} 像素，超过 {limit} 万像素的上限；请缩小后再上传")]
    TooManyPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// Most pixels, in ten thousand.
        limit: u64,
    },
    /// A moving picture.
    #[error("这是动图，请截取一张静态图片再上传")]
    Animated,
    /// Unpacks to far more than a document can be.
    #[error("文件解开后异常庞大，已停止检查；请把内容复制到一个新建的文档，另存后再上传")]
    Bomb,
    /// Cut off or not understood.
    #[error("文件已损坏或不完整（{0}），可能在传输中被截断；请重新选择原文件再上传")]
    Damaged(String),
    /// No usable name.
    #[error("文件名不能为空，也不能超过 {0} 个字")]
    Name(usize),
}

impl FileError {
    /// Stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file.empty",
            Self::TooLarge { .. } => "file.too_large",
            Self::Heic => "file.heic",
            Self::NotAllowed { .. } => "file.not_allowed",
            Self::NameDiffers { .. } => "file.not_what_its_name_says",
            Self::Encrypted => "file.encrypted",
            Self::Macros => "file.macros",
            Self::TooManyPixels { .. } => "file.too_many_pixels",
            Self::Animated => "file.animated",
            Self::Bomb => "file.zip_bomb",
            Self::Damaged(_) => "file.damaged",
            Self::Name(_) => "file.name",
        }
    }
}
