//! The world that typst sees: one template and one document.

use crate::{PdfError, fonts::Fonts};
use formats::document::{Block, Document};
use serde_json::json;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt};

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static TEMPLATE: LazyLock<Source> =
    LazyLock::new(|| Source::new(file_id("template.typ"), include_str!("template.typ").to_owned()));

fn file_id(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain file name is a path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// Two files and the fonts.
pub(crate) struct World<'a> {
    fonts: &'a Fonts,
    data: (FileId, Bytes),
}

impl<'a> World<'a> {
    /// The document as a JSON file beside the template.
    pub(crate) fn new(fonts: &'a Fonts, document: &Document) -> Result<Self, PdfError> {
        let document = settled(document.clone());
        let data = json!({ "document": document, "fonts": fonts.families() });
        Ok(Self { fonts, data: (file_id("document.json"), Bytes::new(serde_json::to_vec(&data)?)) })
    }
}

/// The document with every cell saying itself how it stands, so that the template needs not know merged cells.
fn settled(mut document: Document) -> Document {
    for block in document.sections.iter_mut().flat_map(|section| &mut section.blocks) {
        if let Block::Table { table } = block {
            *table = table.clone().settled();
        }
    }
    document
}

impl typst::World for World<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        TEMPLATE.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == TEMPLATE.id() { Ok(TEMPLATE.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data.0 { Ok(self.data.1.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
