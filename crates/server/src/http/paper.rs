//! Papers as files.

use super::problem::Refusal;
use app::Code;
use formats::paper::Paper;

/// A file that a paper becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A workbook.
    Xlsx,
    /// Word.
    Docx,
    /// PDF.
    Pdf,
}

impl Format {
    /// The ending of the file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Docx => "docx",
            Self::Pdf => "pdf",
        }
    }
}

/// The format that was asked for; a workbook when none was.
pub fn format(asked: Option<&str>) -> Result<Format, Refusal> {
    match asked {
        None | Some("xlsx") => Ok(Format::Xlsx),
        Some("docx") => Ok(Format::Docx),
        Some("pdf") => Ok(Format::Pdf),
        Some(other) => {
            Err(Refusal::new(Code::BadRequest, format!("没有“{other}”格式，可用 xlsx、docx、pdf")))
        }
    }
}

/// The bytes of a paper with their media type.
pub async fn bytes(paper: &Paper, format: Format) -> Result<(Vec<u8>, &'static str), Refusal> {
    let paper = paper.clone();
    let made = tokio::task::spawn_blocking(move || match format {
        Format::Xlsx => paper.xlsx().map_err(|error| error.to_string()),
        Format::Docx => formats::document::docx::write(&paper.document()).map_err(|error| error.to_string()),
        Format::Pdf => pdf::render(&paper.document()).map_err(|error| error.to_string()),
    });
    let failed = |error: String| Refusal::new(Code::Output, format!("文件未能生成：{error}"));
    let bytes = made.await.map_err(|error| failed(error.to_string()))?.map_err(failed)?;
    let media_type = match format {
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Format::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Format::Pdf => "application/pdf",
    };
    Ok((bytes, media_type))
}
