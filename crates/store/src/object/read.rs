//! Reading an object, whole or a part of it.

use super::cipher::{DataKey, FRAME, Frames, HEAD, frames, place, sealed_size};
use super::{Objects, failed};
use crate::StoreError;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::{GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt};
use std::ops::Range;

/// A part of a file being read.
struct Reading {
    body: BoxStream<'static, Result<bytes::Bytes, object_store::Error>>,
    name: String,
    key: DataKey,
    opened: Option<Frames>,
    /// Of the whole file.
    size: u64,
    wanted: Range<u64>,
    /// The frame that comes next.
    frame: u64,
    buffer: Vec<u8>,
}

impl Objects {
    /// The bytes `wanted` of a file of `size` bytes, decrypted frame by frame. A range beyond the end is cut. What
    /// was changed, cut off, moved or put under another name ends with [`StoreError::ObjectDamaged`]: no byte of a
    /// frame is given out before the frame was found right.
    pub async fn read(
        &self,
        name: &str,
        key: &DataKey,
        size: u64,
        wanted: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Vec<u8>, StoreError>>, StoreError> {
        let wanted = wanted.start.min(size)..wanted.end.min(size);
        // An empty range of an empty file still proves that the file is there.
        let first = wanted.start.min(size.saturating_sub(1)) / FRAME;
        let last = wanted.end.saturating_sub(1).max(first * FRAME) / FRAME;
        let damaged = || StoreError::ObjectDamaged(name.to_owned());
        let opened = if first == 0 {
            None
        } else {
            let got = self.fetch(name, size, 0..HEAD).await?;
            let head = got.bytes().await.map_err(failed)?;
            Some(Frames::open(key, name, &head).ok_or_else(damaged)?)
        };
        let start = if opened.is_some() { place(size, first).start } else { 0 };
        let end = place(size, last.min(frames(size) - 1)).end;
        let got = self.fetch(name, size, start..end).await?;
        let reading = Reading {
            body: got.into_stream(),
            name: name.to_owned(),
            key: key.clone(),
            opened,
            size,
            frame: first,
            buffer: Vec::new(),
            wanted,
        };
        Ok(futures::stream::try_unfold((reading, last), |(mut reading, last)| async move {
            if reading.frame > last {
                return Ok(None);
            }
            let piece = reading.next().await?;
            Ok(Some((piece, (reading, last))))
        })
        .boxed())
    }

    /// A range of an object that must have the length which a file of `size` bytes gives.
    async fn fetch(&self, name: &str, size: u64, range: Range<u64>) -> Result<GetResult, StoreError> {
        let path = self.path(name);
        let damaged = || StoreError::ObjectDamaged(name.to_owned());
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let store = self.reading()?;
        match store.get_opts(&path, options).await {
            Ok(got) if got.meta.size == sealed_size(size) => Ok(got),
            Ok(_) => Err(damaged()),
            // A range that lies behind the end of what is left is an error of its own kind in each store.
            Err(error) => match store.head(&path).await {
                Ok(meta) if meta.size != sealed_size(size) => Err(damaged()),
                _ => Err(failed(error)),
            },
        }
    }

    /// A small file as a whole.
    pub async fn read_all(&self, name: &str, key: &DataKey, size: u64) -> Result<Vec<u8>, StoreError> {
        let mut whole = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        let mut pieces = self.read(name, key, size, 0..size).await?;
        while let Some(piece) = pieces.try_next().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole)
    }
}

impl Reading {
    fn damaged(&self) -> StoreError {
        StoreError::ObjectDamaged(self.name.clone())
    }

    /// Takes exactly so many bytes from the body.
    async fn take(&mut self, count: usize) -> Result<Vec<u8>, StoreError> {
        while self.buffer.len() < count {
            match self.body.next().await {
                Some(bytes) => self.buffer.extend_from_slice(&bytes.map_err(failed)?),
                None => return Err(self.damaged()),
            }
        }
        let rest = self.buffer.split_off(count);
        Ok(std::mem::replace(&mut self.buffer, rest))
    }

    /// What the next frame gives of the wanted bytes.
    async fn next(&mut self) -> Result<Vec<u8>, StoreError> {
        let length = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        if self.opened.is_none() {
            let head = self.take(length(HEAD)).await?;
            self.opened = Frames::open(&self.key, &self.name, &head);
        }
        let at = place(self.size, self.frame);
        let mut bytes = self.take(length(at.end - at.start)).await?;
        let is_last = self.frame + 1 == frames(self.size);
        let is_right = self.opened.as_ref().is_some_and(|it| it.open_frame(self.frame, is_last, &mut bytes));
        if !is_right {
            return Err(self.damaged());
        }
        let begin = self.frame * FRAME;
        let from = length(self.wanted.start.saturating_sub(begin)).min(bytes.len());
        let to = length(self.wanted.end.saturating_sub(begin)).min(bytes.len());
        self.frame += 1;
        bytes.truncate(to.max(from));
        Ok(bytes.split_off(from))
    }
}
