use super::super::play::{both, call, someone};
use super::pictures::{SECRETS, jpeg_of, scene, telephone};
use super::{DAY_MS, H, S, bytes};
use app::Code;
use futures::TryStreamExt;

#[tokio::test]
async fn a_photo_is_cleaned_encrypted_and_given_out_again() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H)]).await;
        let visit = play.visit(call(H, 20, "登门看望").to(1)).await;
        let original = telephone(&scene(400, 300, 1), 6);
        let acts = play.acts().await.len();
        let saved = play.add(play.photo(visit), &original).await.unwrap();
        assert_eq!(play.acts().await[acts..], ["file.add"]);
        let shown = &saved.file;
        assert_eq!((shown.width, shown.height, shown.has_thumbnail), (Some(300), Some(400), false));
        assert_eq!((shown.name.as_str(), shown.caption.as_str()), ("走访.jpg", "登门看望"));
        assert_eq!(shown.unit, play.unit(H).await);
        let given = play.read(&play.caller, shown.id).await.unwrap();
        assert_eq!(given.len() as u64, shown.bytes);
        assert_eq!(play.acts().await.len(), acts + 1, "looking at a photo is no act");
        for word in SECRETS {
            assert!(!given.windows(word.len()).any(|part| part == word.as_bytes()), "{word} is left");
        }
        let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().into_rgb8();
        assert_eq!(pixels(&given), pixels(&original));

        // In the folder stands one object, and no byte of it in clear.
        let objects = play.objects().await;
        assert_eq!(objects.len(), 1);
        let raw: Vec<Vec<u8>> = play.app.objects.raw(&objects[0]).await.unwrap().try_collect().await.unwrap();
        assert!(!raw.concat().windows(16).any(|part| part == &given[200..216]));

        let part = app::file::open(&play.app, &play.caller, play.county, shown.id, 100..300).await.unwrap();
        assert_eq!((part.total, part.range.clone()), (shown.bytes, 100..300));
        assert_eq!(bytes(part).await.unwrap(), &given[100..300]);
    })
    .await;
}

#[tokio::test]
async fn the_same_photo_is_stored_once_and_lives_as_long_as_one_file_needs_it() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H), someone(2, "老复员军人", S)]).await;
        let first = play.visit(call(H, 20, "登门看望").to(1)).await;
        let second = play.visit(call(S, 21, "登门看望").to(2)).await;
        let picture = scene(200, 150, 2);
        let one = play.added(first, &telephone(&picture, 1)).await;
        // Sent by another telephone with other marks: the cleaned bytes are the same.
        let mut other = telephone(&picture, 1);
        let at = other.windows(6).position(|part| part == b"HUAWEI").unwrap();
        other[at..at + 6].copy_from_slice(b"XIAOMI");
        let two = play.added(second, &other).await;
        assert_eq!(play.objects().await.len(), 1);
        app::file::delete(&play.app, &play.caller, play.county, one).await.unwrap();
        assert_eq!(play.read(&play.caller, one).await.unwrap_err().code, Code::NotFound);
        assert!(!play.read(&play.caller, two).await.unwrap().is_empty());
        play.pass(2 * DAY_MS);
        app::file::collect_garbage(&play.app, &play.caller, play.county).await.unwrap();
        assert!(!play.read(&play.caller, two).await.unwrap().is_empty());
        app::file::delete(&play.app, &play.caller, play.county, two).await.unwrap();
        play.pass(2 * DAY_MS);
        let collected = app::file::collect_garbage(&play.app, &play.caller, play.county).await.unwrap();
        assert_eq!(collected.contents, 1);
        assert!(play.objects().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_was_sent_twice_is_one_file_and_a_taken_id_is_refused() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H)]).await;
        let visit = play.visit(call(H, 20, "登门看望").to(1)).await;
        let new = play.photo(visit);
        let picture = jpeg_of(&scene(64, 48, 1), 80);
        let first = play.add(new.clone(), &picture).await.unwrap();
        let acts = play.acts().await.len();
        let again = play.add(new.clone(), &picture).await.unwrap();
        assert_eq!((again.file, play.acts().await.len()), (first.file, acts));
        let other = play.add(new, &jpeg_of(&scene(64, 48, 9), 80)).await.unwrap_err();
        assert_eq!(other.code, Code::Conflict);
        assert_eq!(play.objects().await.len(), 1, "the refused bytes are gone");
    })
    .await;
}

#[tokio::test]
async fn small_copies_are_made_and_photos_that_look_alike_are_flagged() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H), someone(2, "老复员军人", S)]).await;
        let first = play.visit(call(H, 20, "登门看望").to(1)).await;
        let second = play.visit(call(S, 21, "登门看望").to(2)).await;
        let picture = scene(640, 480, 7);
        let original = play.added(first, &jpeg_of(&picture, 92)).await;
        let sibling = play.added(first, &jpeg_of(&picture, 60)).await;
        let smaller = image::imageops::thumbnail(&picture, 400, 300);
        let copy = play.added(second, &jpeg_of(&smaller, 70)).await;
        let different = play.added(second, &jpeg_of(&scene(640, 480, 8), 90)).await;
        let bad = play.added(second, &undecodable()).await;
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let early = app::file::open_thumbnail(app, caller, county, original).await.err().unwrap();
        assert_eq!(early.code, Code::NotFound);

        let acts = play.acts().await.len();
        let done = app::file::examine_pending(app, caller, county, 10).await.unwrap();
        assert_eq!(play.acts().await[acts..], ["file.examine"]);
        assert_eq!((done.photos, done.unreadable), (5, 1));
        let none = app::file::examine_pending(app, caller, county, 10).await.unwrap();
        assert_eq!(none, app::file::Examined::default());

        let near = async |id| app::file::get(app, caller, county, id).await.unwrap().near;
        let flagged = near(copy).await.unwrap();
        assert!(flagged.distance <= 10 && [Some(original), Some(sibling)].contains(&flagged.file));
        assert_eq!(near(original).await.unwrap().file, Some(copy), "not its own sibling of the same visit");
        assert_eq!(near(different).await, None);
        assert_eq!(near(bad).await, None);
        let small = app::file::open_thumbnail(app, caller, county, original).await.unwrap();
        let small = image::load_from_memory(&bytes(small).await.unwrap()).unwrap();
        assert_eq!((small.width(), small.height()), (320, 240));
        assert!(app::file::get(app, caller, county, copy).await.unwrap().has_thumbnail);
        assert!(!app::file::get(app, caller, county, bad).await.unwrap().has_thumbnail);

        // The very same bytes with another visit: flagged with distance 0, the small copy is shared.
        let objects = play.objects().await.len();
        let twin = play.added(second, &jpeg_of(&picture, 92)).await;
        app::file::examine_pending(app, caller, county, 10).await.unwrap();
        assert_eq!(near(twin).await.unwrap(), app::file::Near { file: Some(original), distance: 0 });
        assert_eq!(play.objects().await.len(), objects);
    })
    .await;
}

/// All segments are there, but the coded data make no sense.
fn undecodable() -> Vec<u8> {
    let mut bytes = jpeg_of(&scene(64, 48, 5), 80);
    let tables = bytes.windows(2).position(|it| it == [0xff, 0xc4]).unwrap();
    bytes[tables + 4] = 0x77;
    bytes
}

#[tokio::test]
async fn a_description_is_changed_by_whoever_saw_the_last_one() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H)]).await;
        let visit = play.visit(call(H, 20, "登门看望").to(1)).await;
        let id = play.added(visit, &jpeg_of(&scene(64, 48, 1), 80)).await;
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let changed = app::file::describe(app, caller, county, id, 1, "座谈", true).await.unwrap();
        assert_eq!((changed.caption.as_str(), changed.is_internal, changed.version), ("座谈", true, 2));
        assert_eq!(app::file::get(app, caller, county, id).await.unwrap(), changed);
        let late = app::file::describe(app, caller, county, id, 1, "别的", false).await.unwrap_err();
        assert_eq!(late.code, Code::Conflict);
        let long =
            app::file::describe(app, caller, county, id, 2, &"长".repeat(501), false).await.unwrap_err();
        assert_eq!(long.code, Code::BadRequest);
    })
    .await;
}
