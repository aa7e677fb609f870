//! Collects text piece by piece and looks it through in bounded pieces, however long the file is.

use super::Found;
use domain::secrecy::{self, Hit, Verdict};
use std::io::{self, Read};

/// Text that is looked through at once.
const PIECE: usize = 64 << 10;
/// Text kept from one piece to the next, so that nothing is torn at the border.
const OVERLAP: usize = 1 << 10;

/// What was found so far, and the text that has not been looked at yet.
#[derive(Default)]
pub(super) struct Gather {
    found: Vec<Found>,
    text: String,
    place: String,
    /// The text goes on from an earlier piece.
    is_rest: bool,
    /// Only refusals count: what is looked at may be no text at all.
    is_doubtful: bool,
}

impl Gather {
    /// Looks at a file's name; its ending is no part of the text.
    pub(super) fn name(&mut self, name: &str) {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        self.whole("文件名", stem);
    }

    /// Looks at a text that is all there.
    pub(super) fn whole(&mut self, place: &str, text: &str) {
        if secrecy::may_hold(text) {
            self.add(place, &secrecy::scan(text));
        }
    }

    /// Begins a part; what was gathered before is looked at.
    pub(super) fn begin(&mut self, place: &str) {
        self.end();
        place.clone_into(&mut self.place);
    }

    /// As [`Self::begin`], for a part that is not the head of anything.
    pub(super) fn begin_rest(&mut self, place: &str) {
        self.begin(place);
        self.is_rest = true;
    }

    /// As [`Self::begin_rest`], for bytes that may be no text: only marks are looked for.
    pub(super) fn begin_marks(&mut self, place: &str) {
        self.begin_rest(place);
        self.is_doubtful = true;
    }

    /// Adds text to the part that was begun.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        if self.text.len() >= PIECE {
            self.look();
            let mut keep = self.text.len() - OVERLAP;
            while !self.text.is_char_boundary(keep) {
                keep += 1;
            }
            self.text.drain(..keep);
            self.is_rest = true;
        }
    }

    /// Ends the part.
    pub(super) fn end(&mut self) {
        self.look();
        self.text.clear();
        (self.is_rest, self.is_doubtful) = (false, false);
    }

    /// Looks through a stream of UTF-8.
    pub(super) fn stream(&mut self, place: &str, mut input: impl Read) -> io::Result<()> {
        self.begin(place);
        let mut buf = vec![0; 32 << 10];
        let mut kept = 0;
        loop {
            let count = input.read(&mut buf[kept..])?;
            let filled = kept + count;
            // A character may be torn at the end of what was read.
            let whole = match std::str::from_utf8(&buf[..filled]) {
                Err(error) if count > 0 && error.error_len().is_none() => error.valid_up_to(),
                _ => filled,
            };
            self.push(&String::from_utf8_lossy(&buf[..whole]));
            buf.copy_within(whole..filled, 0);
            kept = filled - whole;
            if count == 0 {
                self.end();
                return Ok(());
            }
        }
    }

    fn look(&mut self) {
        if !secrecy::may_hold(&self.text) {
            return;
        }
        let mut hits = if self.is_rest { secrecy::scan_rest(&self.text) } else { secrecy::scan(&self.text) };
        hits.retain(|hit| !self.is_doubtful || hit.verdict() == Verdict::Refuse);
        let place = std::mem::take(&mut self.place);
        self.add(&place, &hits);
        self.place = place;
    }

    fn add(&mut self, place: &str, hits: &[Hit]) {
        for hit in hits {
            if !self.found.iter().any(|known| known.rule == hit.rule && known.place == place) {
                self.found.push(Found { rule: hit.rule, place: place.to_owned() });
            }
        }
    }

    /// Everything that was found, refusals first.
    pub(super) fn finish(mut self) -> Vec<Found> {
        self.end();
        self.found.sort_by_key(Found::verdict);
        self.found
    }
}
