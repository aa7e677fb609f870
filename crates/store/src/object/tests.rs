use super::cipher::{HEAD, sealed_size};
use super::*;
use object_store::memory::InMemory;
use proptest::prelude::*;
use std::ops::Range;

const NAME: &str = "500240/ab/one";

fn objects() -> Objects {
    let opened: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    Objects {
        store: Arc::new(OnceLock::from(opened)),
        folder: None,
        prefix: "in/side".to_owned(),
        place: "memory".to_owned(),
    }
}

fn key() -> DataKey {
    DataKey::new([5; 32])
}

fn content(size: usize) -> Vec<u8> {
    (0..size).map(|at| u8::try_from(at * 31 % 251).unwrap()).collect()
}

async fn stored(objects: &Objects, bytes: &[u8]) {
    objects.write(NAME, &key(), [3; 16], bytes).await.unwrap();
}

async fn read(objects: &Objects, size: usize, wanted: Range<u64>) -> Result<Vec<u8>, StoreError> {
    let pieces = objects.read(NAME, &key(), size as u64, wanted).await?;
    Ok(pieces.try_collect::<Vec<_>>().await?.concat())
}

async fn raw(objects: &Objects) -> Vec<u8> {
    objects.raw(NAME).await.unwrap().try_collect::<Vec<_>>().await.unwrap().concat()
}

const F: usize = 64 << 10;

#[tokio::test]
async fn every_size_is_read_as_written_and_nothing_stands_in_clear() {
    for size in [0, 1, 500, F - 1, F, F + 1, 2 * F, 3 * F + 77, 11 << 20] {
        let objects = objects();
        let bytes = content(size);
        stored(&objects, &bytes).await;
        assert_eq!(objects.read_all(NAME, &key(), size as u64).await.unwrap(), bytes, "{size}");
        let sealed = raw(&objects).await;
        assert_eq!(sealed.len() as u64, sealed_size(size as u64));
        if size > 100 {
            assert!(!sealed.windows(24).any(|part| part == &bytes[..24]), "{size}");
        }
    }
}

#[tokio::test]
async fn the_pieces_in_which_a_file_is_written_do_not_matter() {
    let bytes = content(3 * F + 5);
    for step in [1_000, F - 1, F, F + 1, bytes.len()] {
        let objects = objects();
        let mut writer = objects.writer(NAME, &key(), [3; 16]).unwrap();
        for piece in bytes.chunks(step) {
            writer.write(piece).await.unwrap();
        }
        assert_eq!(writer.finish().await.unwrap(), bytes.len() as u64);
        assert_eq!(read(&objects, bytes.len(), 0..u64::MAX).await.unwrap(), bytes, "{step}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_part_is_what_stands_there(size in 0_usize..4 * F, from in 0_u64..300_000, length in 0_u64..300_000) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let objects = objects();
            let bytes = content(size);
            stored(&objects, &bytes).await;
            let part = read(&objects, size, from..from + length).await.unwrap();
            let cut = |at: u64| usize::try_from(at).unwrap().min(size);
            assert_eq!(part, &bytes[cut(from)..cut(from + length)]);
        });
    }

    #[test]
    fn one_changed_bit_anywhere_is_seen(at in 0_usize..2 * F + 9 + 17 + 3 * 16, bit in 0_u8..8) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let objects = objects();
            let bytes = content(2 * F + 9);
            stored(&objects, &bytes).await;
            let mut sealed = raw(&objects).await;
            sealed[at] ^= 1 << bit;
            objects.put_raw(NAME, sealed).await.unwrap();
            let outcome = read(&objects, bytes.len(), 0..u64::MAX).await;
            assert!(matches!(outcome, Err(StoreError::ObjectDamaged(_))), "{at}: {outcome:?}");
        });
    }
}

/// Puts back a changed copy of what is stored and expects that no part of it opens to the end.
async fn refused(what: &str, size: usize, change: impl Fn(&mut Vec<u8>)) {
    let objects = objects();
    stored(&objects, &content(size)).await;
    let mut sealed = raw(&objects).await;
    change(&mut sealed);
    objects.put_raw(NAME, sealed).await.unwrap();
    let outcome = read(&objects, size, 0..u64::MAX).await;
    assert!(matches!(outcome, Err(StoreError::ObjectDamaged(_))), "{what}: {outcome:?}");
}

#[tokio::test]
async fn cut_off_lengthened_and_reordered_objects_do_not_open() {
    let (head, frame) = (usize::try_from(HEAD).unwrap(), F + 16);
    for cut in [0, 1, head, head + 5, head + frame, head + 2 * frame, head + 2 * frame + 10] {
        refused("cut", 3 * F, move |sealed| sealed.truncate(cut)).await;
    }
    refused("longer", F, |sealed| sealed.push(0)).await;
    refused("last frame gone, size unknown to the thief", 2 * F, move |sealed| sealed.truncate(head + frame))
        .await;
    refused("swapped", 3 * F, move |sealed| {
        let (first, rest) = sealed[head..].split_at_mut(frame);
        first.swap_with_slice(&mut rest[..frame]);
    })
    .await;
    refused("doubled", 3 * F, move |sealed| sealed.copy_within(head..head + frame, head + frame)).await;
    refused("version", 10, |sealed| sealed[0] = 2).await;
}

#[tokio::test]
async fn a_file_does_not_pass_for_a_shorter_one() {
    let objects = objects();
    stored(&objects, &content(3 * F)).await;
    let mut sealed = raw(&objects).await;
    sealed.truncate(usize::try_from(HEAD).unwrap() + 2 * (F + 16));
    objects.put_raw(NAME, sealed).await.unwrap();
    // Even who changes the recorded size too does not get past the mark of the last frame.
    assert!(matches!(read(&objects, 2 * F, 0..u64::MAX).await, Err(StoreError::ObjectDamaged(_))));
}

#[tokio::test]
async fn another_key_or_name_opens_nothing_and_absence_is_said() {
    let objects = objects();
    stored(&objects, &content(100)).await;
    let other = DataKey::new([6; 32]);
    assert!(matches!(objects.read_all(NAME, &other, 100).await, Err(StoreError::ObjectDamaged(_))));
    let sealed = raw(&objects).await;
    objects.put_raw("500240/ab/two", sealed).await.unwrap();
    assert!(matches!(
        objects.read_all("500240/ab/two", &key(), 100).await,
        Err(StoreError::ObjectDamaged(_))
    ));
    assert!(matches!(
        objects.read_all("500240/ab/three", &key(), 100).await,
        Err(StoreError::ObjectMissing(_))
    ));
    objects.delete("500240/ab/three").await.unwrap();
    let mut names: Vec<String> = objects.list("500240").map_ok(|it| it.name).try_collect().await.unwrap();
    names.sort();
    assert_eq!(names, [NAME, "500240/ab/two"]);
    objects.delete(NAME).await.unwrap();
    assert!(matches!(objects.read_all(NAME, &key(), 100).await, Err(StoreError::ObjectMissing(_))));
}

#[tokio::test]
async fn writing_again_never_repeats_a_stream() {
    let objects = objects();
    let mut seen = Vec::new();
    for salt in 1..4 {
        objects.write(NAME, &key(), [salt; 16], &content(64)).await.unwrap();
        seen.push(raw(&objects).await.split_off(17));
    }
    assert!(seen[0] != seen[1] && seen[1] != seen[2]);
}

#[test]
fn places_are_read() {
    assert_eq!("s3://bucket/a/".parse::<FilesAt>().unwrap(), FilesAt::S3("s3://bucket/a".to_owned()));
    assert_eq!("data/files".parse::<FilesAt>().unwrap(), FilesAt::Folder("data/files".into()));
    assert!("http://x".parse::<FilesAt>().is_err() && "".parse::<FilesAt>().is_err());
}
