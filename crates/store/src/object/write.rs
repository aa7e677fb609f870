//! Writing an object: memory holds one frame and, for large ones, a few parts on their way.

use super::cipher::{DataKey, FRAME, Frames};
use crate::StoreError;
use crate::error::DriverError;
use object_store::ObjectStore;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;

/// A larger object goes out in parts of this size, the least that S3 takes.
const PART: usize = 5 << 20;
/// Parts on their way at once.
const PARTS: usize = 2;

/// An object being written.
pub struct Writer {
    out: BufWriter,
    frames: Frames,
    head: Option<Vec<u8>>,
    buffer: Vec<u8>,
    frame: u64,
    size: u64,
}

#[expect(clippy::cast_possible_truncation, reason = "a frame has 64 KiB")]
const ROOM: usize = FRAME as usize;

impl Writer {
    pub(super) fn new(
        store: Arc<dyn ObjectStore>,
        path: Path,
        name: &str,
        key: &DataKey,
        salt: [u8; 16],
    ) -> Self {
        let (head, frames) = Frames::create(key, name, salt);
        let out = BufWriter::with_capacity(store, path, PART).with_max_concurrency(PARTS);
        Self { out, frames, head: Some(head), buffer: Vec::with_capacity(ROOM + 16), frame: 0, size: 0 }
    }

    /// Adds bytes of the file.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            // A full frame waits until it is known whether it is the last.
            if self.buffer.len() == ROOM {
                self.flush(false).await?;
            }
            let (taken, rest) = bytes.split_at(bytes.len().min(ROOM - self.buffer.len()));
            self.buffer.extend_from_slice(taken);
            bytes = rest;
        }
        Ok(())
    }

    async fn flush(&mut self, is_last: bool) -> Result<(), StoreError> {
        self.frames.seal(self.frame, is_last, &mut self.buffer)?;
        if let Some(head) = self.head.take() {
            self.out.write_all(&head).await.map_err(|error| failed(&error))?;
        }
        self.out.write_all(&self.buffer).await.map_err(|error| failed(&error))?;
        self.buffer.clear();
        self.frame += 1;
        Ok(())
    }

    /// Ends the object; it is lasting when this returns. Gives the file's size.
    pub async fn finish(mut self) -> Result<u64, StoreError> {
        self.flush(true).await?;
        self.out.shutdown().await.map_err(|error| failed(&error))?;
        Ok(self.size)
    }

    /// Leaves nothing of what was written so far.
    pub async fn abandon(mut self) {
        if let Err(error) = self.out.abort().await {
            tracing::warn!(%error, "parts of an object that was given up are left behind");
        }
    }
}

fn failed(error: &std::io::Error) -> StoreError {
    StoreError::Object(DriverError::new(error.to_string()))
}
