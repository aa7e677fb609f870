//! What an archive promises: it gives back what went in, and nothing when a bit of it was touched.

use super::envelope::CHUNK;
use super::{ArchiveError, RANDOM, Reader, Writer};

const PASSPHRASE: &str = "correct horse battery";
const ENTRIES: &[(&str, usize)] =
    &[("manifest.json", 20), ("table/visit/000001", 3 * CHUNK + 7), ("empty", 0)];

/// Bytes that do not compress away.
fn bytes(length: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

fn archive() -> Vec<u8> {
    let random: [u8; RANDOM] = bytes(RANDOM).try_into().unwrap();
    let mut writer = Writer::new(Vec::new(), PASSPHRASE, &random).unwrap();
    for (name, length) in ENTRIES {
        writer.add(name, &bytes(*length)).unwrap();
    }
    writer.finish().unwrap()
}

fn read(file: &[u8], passphrase: &str) -> Result<Vec<(String, Vec<u8>)>, ArchiveError> {
    let mut entries = Vec::new();
    Reader::open(file, passphrase)?.each(|name, length, from| {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes)?;
        assert_eq!(bytes.len() as u64, length);
        entries.push((name.to_owned(), bytes));
        Ok::<_, ArchiveError>(())
    })?;
    Ok(entries)
}

#[test]
fn what_went_in_comes_out() {
    let file = archive();
    let read = read(&file, PASSPHRASE).unwrap();
    let expected: Vec<(String, Vec<u8>)> =
        ENTRIES.iter().map(|(name, length)| ((*name).to_owned(), bytes(*length))).collect();
    assert_eq!(read, expected);
    assert!(!file.windows(8).any(|it| it == b"manifest"), "names are encrypted too");
}

#[test]
fn another_passphrase_or_file_opens_nothing() {
    let file = archive();
    for wrong in ["", "correct horse batterY", "correct horse battery "] {
        assert_eq!(read(&file, wrong), Err(ArchiveError::Passphrase));
    }
    assert_eq!(read(b"PK\x03\x04 a zip", PASSPHRASE), Err(ArchiveError::Foreign));
    assert_eq!(read(b"", PASSPHRASE), Err(ArchiveError::Foreign));
    assert_eq!(read(b"shuangyong-backup 2\n{}\n", PASSPHRASE), Err(ArchiveError::Newer("2".to_owned())));
}

#[test]
fn a_file_cut_anywhere_is_found_out() {
    let file = archive();
    let ends = [30, 200, file.len() / 4, file.len() / 2, file.len() - CHUNK, file.len() - 17, file.len() - 1];
    for end in ends {
        let error = read(&file[..end], PASSPHRASE).unwrap_err();
        assert!(matches!(error, ArchiveError::Truncated(_)), "{end}: {error:?}");
    }
}

#[test]
fn a_changed_reordered_or_lengthened_file_is_found_out() {
    let file = archive();
    let body = file.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(1).unwrap().0 + 1;
    for at in [body + 4, body + 5_000, body + CHUNK + 30, file.len() - 20, file.len() - 1] {
        let mut changed = file.clone();
        changed[at] ^= 1;
        let error = read(&changed, PASSPHRASE).unwrap_err();
        assert!(matches!(error, ArchiveError::Changed(_)), "{at}: {error:?}");
    }
    let frame = 4 + CHUNK + 16;
    let mut swapped = file.clone();
    swapped[body..body + frame].copy_from_slice(&file[body + frame..body + 2 * frame]);
    swapped[body + frame..body + 2 * frame].copy_from_slice(&file[body..body + frame]);
    assert_eq!(read(&swapped, PASSPHRASE), Err(ArchiveError::Changed(1)));
    let mut dropped = file.clone();
    dropped.drain(body + frame..body + 2 * frame);
    assert_eq!(read(&dropped, PASSPHRASE), Err(ArchiveError::Changed(2)));
    let mut longer = file.clone();
    longer.push(0);
    assert!(matches!(read(&longer, PASSPHRASE), Err(ArchiveError::Changed(_))));
    let mut head = file;
    let at = body - 10;
    head[at] = if head[at] == b'A' { b'B' } else { b'A' };
    assert_eq!(read(&head, PASSPHRASE), Err(ArchiveError::Passphrase));
}

#[test]
fn an_entry_that_shrinks_while_it_is_read_is_an_error() {
    let random: [u8; RANDOM] = bytes(RANDOM).try_into().unwrap();
    let mut writer = Writer::new(Vec::new(), PASSPHRASE, &random).unwrap();
    assert!(matches!(writer.add_stream("photo", 10, &b"short"[..]), Err(ArchiveError::Io(_))));
}
