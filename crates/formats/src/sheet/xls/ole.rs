//! The compound file around an .xls: streams in chains of sectors. Every chain is bounded by the file's size.

use super::super::SheetError;

/// Marks the end of a chain; larger than any sector.
const LAST_SECTOR: u32 = 0xffff_fffa;
/// One entry of the directory.
const ENTRY: usize = 128;

/// An opened compound file.
pub(crate) struct Ole<'b> {
    bytes: &'b [u8],
    sector: usize,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    directory: Vec<u8>,
    mini: Vec<u8>,
    /// Streams below this size lie in the mini stream.
    cutoff: usize,
}

impl<'b> Ole<'b> {
    pub(crate) fn open(bytes: &'b [u8]) -> Result<Self, SheetError> {
        let sector = match u16_at(bytes, 30) {
            Some(9) => 512,
            Some(12) => 4096,
            _ => return Err(SheetError::unreadable("复合文档头有误")),
        };
        let head = |at| u32_at(bytes, at).ok_or_else(|| SheetError::unreadable("复合文档头有误"));
        let (directory_start, cutoff, mini_start, table_start) = (head(48)?, head(56)?, head(60)?, head(68)?);
        let mut ole = Self {
            bytes,
            sector,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            directory: Vec::new(),
            mini: Vec::new(),
            cutoff: usize::try_from(cutoff).unwrap_or(4096),
        };
        ole.fat = ole.allocation(table_start);
        ole.directory = ole.chain(directory_start, usize::MAX);
        let mini_fat = ole.chain(mini_start, usize::MAX);
        ole.mini_fat = numbers(&mini_fat).collect();
        if let Some(root) = ole.directory.get(..ENTRY) {
            let (start, size) = place(root);
            ole.mini = ole.chain(start, size);
        }
        Ok(ole)
    }

    /// The allocation table: 109 of its sectors are named in the header, the rest in a chain of sectors.
    fn allocation(&self, mut next: u32) -> Vec<u32> {
        let mut sectors: Vec<u32> = numbers(self.bytes.get(76..512).unwrap_or_default()).collect();
        let bound = self.bytes.len() / self.sector + 1;
        while let Some(table) = self.sector(next).filter(|_| sectors.len() < bound + 128) {
            let (list, link) = table.split_at(self.sector - 4);
            sectors.extend(numbers(list));
            next = u32_at(link, 0).unwrap_or(LAST_SECTOR);
        }
        let mut fat = Vec::new();
        for sector in sectors.into_iter().take(bound).filter_map(|id| self.sector(id)) {
            fat.extend(numbers(sector));
        }
        fat
    }

    fn sector(&self, id: u32) -> Option<&'b [u8]> {
        if id >= LAST_SECTOR {
            return None;
        }
        let start = usize::try_from(id).ok()?.checked_add(1)?.checked_mul(self.sector)?;
        self.bytes.get(start..start.checked_add(self.sector)?)
    }

    /// The bytes of a chain, as far as it goes.
    fn chain(&self, mut id: u32, size: usize) -> Vec<u8> {
        let mut out = Vec::new();
        let bound = size.min(self.bytes.len());
        while let Some(sector) = self.sector(id).filter(|_| out.len() < bound) {
            out.extend_from_slice(sector);
            id = usize::try_from(id).ok().and_then(|id| self.fat.get(id)).copied().unwrap_or(LAST_SECTOR);
        }
        out.truncate(size);
        out
    }

    fn mini_chain(&self, mut id: u32, size: usize) -> Vec<u8> {
        let mut out = Vec::new();
        while out.len() < size.min(self.mini.len()) {
            let Some(at) = usize::try_from(id).ok() else { break };
            let Some(sector) =
                at.checked_mul(64).and_then(|start| self.mini.get(start..start.checked_add(64)?))
            else {
                break;
            };
            out.extend_from_slice(sector);
            id = self.mini_fat.get(at).copied().unwrap_or(LAST_SECTOR);
        }
        out.truncate(size);
        out
    }

    /// A stream by its name, not minding case.
    pub(crate) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries().find(|entry| name_of(entry).eq_ignore_ascii_case(name))?;
        Some(self.content(entry))
    }

    /// All streams with their names; together no more than twice the size of the file, whatever the directory says.
    pub(crate) fn streams(&self) -> Vec<(String, Vec<u8>)> {
        let mut left = self.bytes.len() * 2;
        let mut out = Vec::new();
        for entry in self.entries() {
            let content = self.content(entry);
            left = left.saturating_sub(content.len() + ENTRY);
            if left == 0 {
                break;
            }
            out.push((name_of(entry), content));
        }
        out
    }

    fn entries(&self) -> impl Iterator<Item = &[u8]> {
        self.directory.chunks_exact(ENTRY).filter(|entry| entry[66] == 2)
    }

    fn content(&self, entry: &[u8]) -> Vec<u8> {
        let (start, size) = place(entry);
        if size < self.cutoff { self.mini_chain(start, size) } else { self.chain(start, size) }
    }
}

fn name_of(entry: &[u8]) -> String {
    let length = usize::from(u16_at(entry, 64).unwrap_or(0)).clamp(2, 64) - 2;
    let units = entry[..length].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or('?')).collect()
}

/// First sector and size of an entry.
fn place(entry: &[u8]) -> (u32, usize) {
    let size = u32_at(entry, 120).and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
    (u32_at(entry, 116).unwrap_or(LAST_SECTOR), size)
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

/// A little-endian number.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// A little-endian number.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
