//! The object store: the bytes of photos, attachments and by-products, encrypted, in a folder or an S3 bucket.
//!
//! ```text
//! write: bytes ─ Writer ─ frames ─ folder or bucket      (before the act that records the file)
//! read:  folder or bucket ─ frames ─ Objects::read ─ a stream of plain bytes, from any place
//! ```
//! Names of objects are made of random ids, never of what is in them.

mod cipher;
mod read;
mod write;

pub use cipher::{DataKey, FRAME};
pub use write::Writer;

use crate::StoreError;
use crate::error::DriverError;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

/// Where the files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilesAt {
    /// A folder.
    Folder(PathBuf),
    /// `s3://BUCKET/PREFIX`.
    S3(String),
}

impl FromStr for FilesAt {
    type Err = StoreError;

    /// Reads `s3://BUCKET/PREFIX` or the path of a folder.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("s3://") {
            return Ok(Self::S3(text.trim_end_matches('/').to_owned()));
        }
        if text.contains("://") || text.is_empty() {
            return Err(StoreError::Target(
                "文件库地址应写文件夹的路径，或以 s3:// 开头（s3://桶名/前缀）".to_owned(),
            ));
        }
        Ok(Self::Folder(PathBuf::from(text)))
    }
}

/// The objects. Cheap to clone.
#[derive(Clone)]
pub struct Objects {
    store: Arc<OnceLock<Arc<dyn ObjectStore>>>,
    /// The folder, until it is opened by what is first written to it.
    folder: Option<PathBuf>,
    prefix: String,
    place: String,
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Objects({})", self.place)
    }
}

/// An object as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Name.
    pub name: String,
    /// Bytes as stored.
    pub bytes: u64,
}

pub(crate) fn failed(error: object_store::Error) -> StoreError {
    match error {
        object_store::Error::NotFound { path, .. } => StoreError::ObjectMissing(path),
        other => StoreError::Object(DriverError::new(other.to_string())),
    }
}

impl Objects {
    /// Opens the store. A folder that is missing is made when the first object is written. `settings` are the variables `AWS_…` of the environment
    /// (`AWS_ENDPOINT`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ALLOW_HTTP`).
    pub fn open(at: &FilesAt, settings: &[(String, String)]) -> Result<Self, StoreError> {
        match at {
            FilesAt::Folder(folder) => Ok(Self {
                store: Arc::default(),
                folder: Some(folder.clone()),
                prefix: String::new(),
                place: folder.display().to_string(),
            }),
            FilesAt::S3(url) => open_s3(url, settings),
        }
    }

    /// The store to read from and to remove from: an empty one while the folder is not there.
    fn reading(&self) -> Result<Arc<dyn ObjectStore>, StoreError> {
        match &self.folder {
            Some(folder) if self.store.get().is_none() && !folder.exists() => Ok(Arc::new(InMemory::new())),
            _ => self.writing(),
        }
    }

    /// The store to write to; its folder is made.
    fn writing(&self) -> Result<Arc<dyn ObjectStore>, StoreError> {
        if let (None, Some(folder)) = (self.store.get(), &self.folder) {
            let unusable = |reason: String| StoreError::Io { path: self.place.clone(), reason };
            std::fs::create_dir_all(folder).map_err(|error| unusable(error.to_string()))?;
            let store = LocalFileSystem::new_with_prefix(folder)
                .map_err(|error| unusable(error.to_string()))?
                .with_fsync(true)
                .with_automatic_cleanup(true);
            // Another thread may have been first; both mean the same folder.
            let _ = self.store.set(Arc::new(store));
        }
        self.store.get().cloned().ok_or(StoreError::Closed)
    }

    /// Where it is, for people.
    pub fn place(&self) -> &str {
        &self.place
    }

    fn path(&self, name: &str) -> Path {
        let steps = self.prefix.split('/').chain(name.split('/'));
        steps.filter(|step| !step.is_empty()).collect()
    }

    /// Begins an object; it is there when [`Writer::finish`] has returned. `salt` is random.
    pub fn writer(&self, name: &str, key: &DataKey, salt: [u8; 16]) -> Result<Writer, StoreError> {
        Ok(Writer::new(self.writing()?, self.path(name), name, key, salt))
    }

    /// Writes a small object at once.
    pub async fn write(
        &self,
        name: &str,
        key: &DataKey,
        salt: [u8; 16],
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        let mut writer = self.writer(name, key, salt)?;
        writer.write(bytes).await?;
        writer.finish().await.map(drop)
    }

    /// Removes an object; one that is not there is no error.
    pub async fn delete(&self, name: &str) -> Result<(), StoreError> {
        match self.reading()?.delete(&self.path(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    /// All objects below a name, in no order.
    pub fn list(&self, below: &str) -> BoxStream<'static, Result<Listed, StoreError>> {
        let skipped = if self.prefix.is_empty() { 0 } else { self.prefix.len() + 1 };
        let store = match self.reading() {
            Ok(store) => store,
            Err(error) => return futures::stream::once(async { Err(error) }).boxed(),
        };
        let listed = store.list(Some(&self.path(below)));
        listed
            .map_err(failed)
            .map_ok(move |meta| Listed {
                name: meta.location.as_ref().get(skipped..).unwrap_or_default().to_owned(),
                bytes: meta.size,
            })
            .boxed()
    }

    /// An object as it is stored, encrypted (for a backup).
    pub async fn raw(
        &self,
        name: &str,
    ) -> Result<BoxStream<'static, Result<Vec<u8>, StoreError>>, StoreError> {
        let got = self.reading()?.get(&self.path(name)).await.map_err(failed)?;
        Ok(got.into_stream().map_ok(|bytes| bytes.to_vec()).map_err(failed).boxed())
    }

    /// Puts an object back as it was stored.
    pub async fn put_raw(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.writing()?.put(&self.path(name), PutPayload::from(bytes)).await.map(drop).map_err(failed)
    }
}

/// `s3://BUCKET/PREFIX`; what the bucket needs to know stands in the settings.
fn open_s3(url: &str, settings: &[(String, String)]) -> Result<Objects, StoreError> {
    // Another part of the program may have chosen already; any choice is right.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (bucket, prefix) =
        url.trim_start_matches("s3://").split_once('/').unwrap_or((url.trim_start_matches("s3://"), ""));
    // Single deletions are what every server of this kind understands.
    let mut builder = AmazonS3Builder::new().with_bucket_name(bucket).with_disable_bulk_delete(true);
    for (key, value) in settings {
        if let Ok(key) = AmazonS3ConfigKey::from_str(&key.to_ascii_lowercase()) {
            builder = builder.with_config(key, value);
        }
    }
    let store = builder
        .build()
        .map_err(|error| StoreError::Target(format!("S3 文件库 {url} 的设置有误：{error}")))?;
    let opened: Arc<dyn ObjectStore> = Arc::new(store);
    Ok(Objects {
        store: Arc::new(OnceLock::from(opened)),
        folder: None,
        prefix: prefix.to_owned(),
        place: url.to_owned(),
    })
}

#[cfg(test)]
mod tests;
