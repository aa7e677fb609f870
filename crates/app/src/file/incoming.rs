//! Bytes that come in: looked at, cleaned, and written to the object store. Nothing is recorded here.

use super::{NewFile, object_name};
use crate::guard::{self, Warning};
use crate::{App, Caller, Problem, blocking};
use domain::file::{FileKind, MediaType};
use domain::ids::ContentId;
use domain::region::CountyCode;
use formats::file::{Picture, ReadSeek, recognise};
use futures::TryStreamExt;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;
use store::file::Content;
use store::{ContentIndex, DataKey, Objects, Writer};
use tokio::runtime::Handle;

/// Where the bytes are.
#[derive(Clone)]
pub(super) enum Incoming {
    /// In memory.
    Whole(Arc<Vec<u8>>),
    /// In the parts of an upload.
    Parts(Arc<Parts>),
}

/// The parts of an upload, in order and without a gap.
pub(super) struct Parts {
    pub objects: Objects,
    pub key: DataKey,
    pub folder: String,
    pub lengths: Vec<u64>,
}

impl Parts {
    /// The name of the part that begins at an offset.
    pub(super) fn name(folder: &str, offset: u64, length: u64) -> String {
        format!("{folder}/{offset:012}-{length}")
    }

    fn size(&self) -> u64 {
        self.lengths.iter().sum()
    }

    /// Offset and length of each part.
    fn places(&self) -> Vec<(u64, u64)> {
        let mut next = 0;
        let mut places = Vec::with_capacity(self.lengths.len());
        for length in &self.lengths {
            places.push((next, *length));
            next += length;
        }
        places
    }

    /// Up to `room` bytes from a place on, within one part.
    async fn window(&self, from: u64, room: u64) -> Result<Vec<u8>, Problem> {
        let Some((offset, length)) =
            self.places().into_iter().find(|(offset, length)| from < offset + length)
        else {
            return Ok(Vec::new());
        };
        let name = Self::name(&self.folder, offset, length);
        let start = from - offset;
        let pieces = self.objects.read(&name, &self.key, length, start..start.saturating_add(room)).await?;
        Ok(pieces.try_collect::<Vec<_>>().await?.concat())
    }
}

impl Incoming {
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Whole(bytes) => bytes.len() as u64,
            Self::Parts(parts) => parts.size(),
        }
    }

    /// For readers that jump about; to be used off the threads that answer.
    fn reader(&self) -> Box<dyn ReadSeek + Send> {
        match self {
            Self::Whole(bytes) => Box::new(Cursor::new(Shared(Arc::clone(bytes)))),
            Self::Parts(parts) => Box::new(PartReader {
                parts: Arc::clone(parts),
                handle: Handle::current(),
                at: 0,
                window: (0, Vec::new()),
            }),
        }
    }

    /// All bytes in memory.
    async fn whole(&self) -> Result<Arc<Vec<u8>>, Problem> {
        let parts = match self {
            Self::Whole(bytes) => return Ok(Arc::clone(bytes)),
            Self::Parts(parts) => parts,
        };
        let mut whole = Vec::with_capacity(usize::try_from(parts.size()).unwrap_or_default());
        for (offset, length) in parts.places() {
            let name = Parts::name(&parts.folder, offset, length);
            let mut pieces = parts.objects.read(&name, &parts.key, length, 0..length).await?;
            while let Some(piece) = pieces.try_next().await? {
                whole.extend_from_slice(&piece);
            }
        }
        Ok(Arc::new(whole))
    }
}

struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// How much of an upload is in memory while it is looked at.
const WINDOW: u64 = 1 << 20;

/// An upload as a file that can be read from any place.
struct PartReader {
    parts: Arc<Parts>,
    handle: Handle,
    at: u64,
    /// Where the bytes in memory begin, and they.
    window: (u64, Vec<u8>),
}

impl Read for PartReader {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let held = |window: &(u64, Vec<u8>), at: u64| {
            at.checked_sub(window.0)
                .and_then(|skip| usize::try_from(skip).ok())
                .filter(|skip| *skip < window.1.len())
        };
        if held(&self.window, self.at).is_none() {
            let bytes =
                self.handle.block_on(self.parts.window(self.at, WINDOW)).map_err(std::io::Error::other)?;
            self.window = (self.at, bytes);
        }
        let Some(skip) = held(&self.window, self.at) else { return Ok(0) };
        let count = out.len().min(self.window.1.len() - skip);
        out[..count].copy_from_slice(&self.window.1[skip..skip + count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for PartReader {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(step) => self.parts.size().checked_add_signed(step),
            SeekFrom::Current(step) => self.at.checked_add_signed(step),
        };
        self.at = place.ok_or_else(|| std::io::Error::other("before the beginning"))?;
        Ok(self.at)
    }
}

/// Looks at a file and writes what is kept of it to the object store.
pub(super) async fn take(
    app: &App,
    caller: &Caller,
    county: CountyCode,
    new: &NewFile,
    incoming: &Incoming,
) -> Result<(Content, Vec<Warning>), Problem> {
    let rule = new.kind.rule();
    rule.check_size(incoming.size())?;
    let (mut reader, name) = (incoming.reader(), new.name.clone());
    let media_type = blocking(move || Ok(recognise(&mut *reader, rule, &name)?)).await?;
    if media_type.is_picture() {
        FileKind::Photo.rule().check_size(incoming.size())?;
        let bytes = incoming.whole().await?;
        let inner = Arc::clone(&bytes);
        let picture = blocking(move || Ok(Picture::read(&inner)?)).await?;
        let content = write_picture(app, county, &picture, &bytes).await?;
        return Ok((content, Vec::new()));
    }
    let warnings = guard::check_reader(app, caller, county, &new.name, incoming.reader()).await?;
    Ok((write_document(app, county, media_type, incoming).await?, warnings))
}

/// Content on its way to the object store.
struct Writing {
    id: ContentId,
    key: DataKey,
    writer: Writer,
    index: ContentIndex,
}

impl Writing {
    fn begin(app: &App, county: CountyCode) -> Result<Self, Problem> {
        let (id, key) = (app.id(), app.new_data_key());
        let writer = app.objects.writer(&object_name(county, id), &key, app.salt())?;
        Ok(Self { id, key, writer, index: app.sealer.content_index(county) })
    }

    async fn add(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        for piece in bytes.chunks(64 << 10) {
            self.index.update(piece);
            self.writer.write(piece).await?;
            // Hashing and encrypting must not keep others waiting.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    async fn add_all(&mut self, pieces: &[&[u8]]) -> Result<(), Problem> {
        for piece in pieces {
            self.add(piece).await?;
        }
        Ok(())
    }

    async fn add_parts(&mut self, parts: &Parts) -> Result<(), Problem> {
        for (offset, length) in parts.places() {
            let name = Parts::name(&parts.folder, offset, length);
            let mut pieces = parts.objects.read(&name, &parts.key, length, 0..length).await?;
            while let Some(piece) = pieces.try_next().await? {
                self.add(&piece).await?;
            }
        }
        Ok(())
    }

    /// Ends the object when everything was added, else leaves nothing of it.
    async fn end(
        self,
        app: &App,
        county: CountyCode,
        media_type: MediaType,
        added: Result<(), Problem>,
    ) -> Result<Content, Problem> {
        if let Err(problem) = added {
            self.writer.abandon().await;
            return Err(problem);
        }
        let size = self.writer.finish().await?;
        Ok(Content {
            id: self.id,
            index: self.index.finish(),
            size,
            media_type,
            pixels: None,
            key_sealed: app.seal_key(county, "content", self.id.0, &self.key),
            thumbnail_size: None,
            near: None,
            received_at_ms: app.now_ms(),
        })
    }
}

async fn write_picture(
    app: &App,
    county: CountyCode,
    picture: &Picture,
    bytes: &[u8],
) -> Result<Content, Problem> {
    let mut writing = Writing::begin(app, county)?;
    let pieces: Vec<&[u8]> = picture.clean(bytes).collect();
    let outcome = writing.add_all(&pieces).await;
    let content = writing.end(app, county, picture.media_type, outcome).await?;
    Ok(Content { pixels: Some((picture.width, picture.height)), ..content })
}

async fn write_document(
    app: &App,
    county: CountyCode,
    media_type: MediaType,
    incoming: &Incoming,
) -> Result<Content, Problem> {
    let mut writing = Writing::begin(app, county)?;
    let outcome = match incoming {
        Incoming::Whole(bytes) => writing.add(bytes).await,
        Incoming::Parts(parts) => writing.add_parts(parts).await,
    };
    writing.end(app, county, media_type, outcome).await
}

/// A document that the program wrote itself: its type is checked, its text is not.
pub(super) async fn take_own(
    app: &App,
    county: CountyCode,
    new: &NewFile,
    bytes: Vec<u8>,
) -> Result<Content, Problem> {
    let rule = new.kind.rule();
    rule.check_size(bytes.len() as u64)?;
    let (incoming, name) = (Incoming::Whole(Arc::new(bytes)), new.name.clone());
    let mut reader = incoming.reader();
    let media_type = blocking(move || Ok::<_, Problem>(recognise(&mut *reader, rule, &name)?)).await?;
    if media_type.is_picture() {
        return Err(rule.not_allowed(media_type.label()).into());
    }
    write_document(app, county, media_type, &incoming).await
}
