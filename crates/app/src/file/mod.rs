//! Photos, attachments and by-products: taken in, shown, and given up again.
//!
//! ```text
//! begin_upload ─ put_chunk … ─ finish_upload ┐
//! add (whole), keep (by-products) ───────────┴─ look inside ─ clean ─ object store ─ one act: content, file, audit
//! ```
//! Bytes are in the object store before the act that records them; what an interruption leaves behind is collected.

mod examine;
mod garbage;
mod incoming;
mod owner;
mod read;
mod save;
mod upload;

pub use examine::{Examined, examine, examine_pending};
pub use garbage::{Collected, collect_garbage, expire, pause_deletion};
pub use read::{Near, Opened, Shown, get, list, open, open_thumbnail};
pub(crate) use read::{name_of, read_whole};
pub(crate) use save::keep_for;
pub use save::{Saved, add, delete, describe, keep};
pub use upload::{
    CHUNK_MAX, CHUNK_MIN, MOST_OPEN, UploadState, abandon_upload, begin_upload, finish_upload, put_chunk,
    upload_state,
};

use crate::{App, Code, Problem};
use domain::file::{FileError, FileKind, OwnerKind};
use domain::ids::{ContentId, FileId, UnitId};
use domain::region::CountyCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::DataKey;
use uuid::Uuid;

/// A file as whoever brings it describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFile {
    /// Identity, made by whoever brings it, so that a repeated upload is harmless.
    pub id: FileId,
    /// What it is for.
    pub kind: FileKind,
    /// What kind of thing it belongs to.
    pub owner_kind: OwnerKind,
    /// Which.
    pub owner: Uuid,
    /// The unit whose it is, where the owner does not tell (an import); else the caller's own.
    #[serde(default)]
    pub unit: Option<UnitId>,
    /// The file's name as the user has it.
    pub name: String,
    /// What it shows; may be empty.
    #[serde(default)]
    pub caption: String,
    /// Not to be passed on (内部).
    #[serde(default)]
    pub is_internal: bool,
    /// 成员合影或外景，已经审核: what a photo of a visit to troops must be.
    #[serde(default)]
    pub external_reviewed: bool,
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        Self::new(Code::FileRefused, error.to_string()).with(json!({ "reason": error.code() }))
    }
}

/// The same sentence for a file that is not there and one that the caller may not see.
fn not_found(id: FileId) -> Problem {
    Problem::new(Code::NotFound, format!("没有编号为 {id} 的文件，可能已经删除"))
}

/// The name of the object that holds content.
fn object_name(county: CountyCode, content: ContentId) -> String {
    let id = content.to_string();
    let last = id.get(id.len() - 2..).unwrap_or_default();
    format!("{county}/{last}/{id}")
}

/// The name of the object that holds the small copy.
fn thumbnail_name(county: CountyCode, content: ContentId) -> String {
    format!("{}.small", object_name(county, content))
}

/// The folder of an upload's parts.
fn upload_folder(county: CountyCode, id: FileId) -> String {
    format!("{county}/upload/{id}")
}

impl App {
    fn new_data_key(&self) -> DataKey {
        let mut bytes = [0; 32];
        self.chance.fill(&mut bytes);
        DataKey::new(bytes)
    }

    fn salt(&self) -> [u8; 16] {
        let mut salt = [0; 16];
        self.chance.fill(&mut salt);
        salt
    }

    fn seal_key(&self, county: CountyCode, table: &'static str, row: Uuid, key: &DataKey) -> String {
        self.seal(county, table, row, "key_sealed", &key.reveal())
    }

    fn open_key(
        &self,
        county: CountyCode,
        table: &'static str,
        row: Uuid,
        sealed: &str,
    ) -> Result<DataKey, Problem> {
        let text = self.open(county, table, row, "key_sealed", sealed)?;
        DataKey::parse(&text).ok_or_else(|| Problem::new(Code::Storage, "文件的密钥读不出来，请从备份恢复"))
    }

    fn open(
        &self,
        county: CountyCode,
        table: &'static str,
        row: Uuid,
        field: &'static str,
        sealed: &str,
    ) -> Result<String, Problem> {
        Ok(self.sealer.open_text(store::Place { county, table, row, field }, sealed)?)
    }
}
