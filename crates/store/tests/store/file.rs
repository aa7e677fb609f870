//! Files, their content, and uploads on their way.

use super::door::entry;
use domain::file::{FileKind, MediaType, NearHash, OwnerKind};
use domain::ids::{FileId, UnitId};
use domain::region::CountyCode;
use domain::unit::{Unit, UnitKind};
use futures::future::BoxFuture;
use store::file::{Content, File, Upload};
use store::testing::{NOW_MS, Scratch, both};
use store::{Act, StoreError};
use uuid::Uuid;

fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

fn content(number: u128) -> Content {
    Content {
        id: id(number),
        index: format!("index-{number}"),
        size: 1_000 + u64::try_from(number).unwrap(),
        media_type: MediaType::Jpeg,
        pixels: Some((4_000, 3_000)),
        key_sealed: "v1.key".to_owned(),
        thumbnail_size: None,
        near: None,
        received_at_ms: NOW_MS,
    }
}

fn file(number: u128, content: Content, owner: u128) -> File {
    File {
        id: id(number),
        kind: FileKind::Photo,
        owner_kind: OwnerKind::Unit,
        owner: Uuid::from_u128(owner),
        unit: id(1),
        content,
        name_sealed: "v1.name".to_owned(),
        caption_sealed: None,
        is_internal: false,
        external_reviewed: true,
        examined_at_ms: None,
        near: None,
        expires_at_ms: None,
        released_at_ms: None,
        actor: "os:test".to_owned(),
        received_at_ms: NOW_MS + i64::try_from(number).unwrap(),
        version: 1,
    }
}

async fn write<T: Send + 'static>(
    scratch: &Scratch,
    county: CountyCode,
    act: impl for<'a> FnOnce(&'a mut Act) -> BoxFuture<'a, Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    scratch
        .db
        .write(county, move |inner| {
            Box::pin(async move {
                let value = act(inner).await?;
                inner.audit(entry("file")).await?;
                Ok(value)
            })
        })
        .await
}

/// 石柱 with two units, contents 100 and 101, and files: 10 and 11 share content 100, 12 has 101.
async fn begun(scratch: &Scratch) -> CountyCode {
    let county = scratch.shizhu().await;
    let unit = |number: u128, parent: Option<u128>| Unit {
        id: id(number),
        code: format!("500240{number:06}"),
        kind: if parent.is_none() { UnitKind::County } else { UnitKind::Township },
        name: format!("单位{number}"),
        short_name: format!("单位{number}"),
        parent_id: parent.map(id),
        valid_from: None,
        valid_to: None,
        aliases: Vec::new(),
    };
    let units = vec![unit(1, None), unit(2, Some(1))];
    write(scratch, county, move |act| {
        Box::pin(async move {
            store::unit::add_many(act, county, &units).await?;
            for number in [100, 101] {
                store::file::add_content(act, county, &content(number)).await?;
            }
            for (number, of, owner) in [(10, 100, 1), (11, 100, 2), (12, 101, 1)] {
                store::file::add(act, county, &file(number, content(of), owner)).await?;
            }
            Ok(())
        })
    })
    .await
    .unwrap();
    county
}

#[tokio::test]
async fn files_are_kept_as_they_are_and_listed_by_owner() {
    both(async |scratch| {
        let county = begun(scratch).await;
        let mut tx = scratch.db.read().await.unwrap();
        assert_eq!(store::file::get(&mut tx, county, id(10)).await.unwrap(), Some(file(10, content(100), 1)));
        assert_eq!(store::file::get(&mut tx, county, id(404)).await.unwrap(), None);
        let other: CountyCode = "500101".parse().unwrap();
        assert_eq!(store::file::get(&mut tx, other, id(10)).await.unwrap(), None);
        let before = scratch.db.statements();
        let owner = (OwnerKind::Unit, Uuid::from_u128(1));
        let listed = store::file::list(&mut tx, county, owner, 10).await.unwrap();
        assert_eq!(scratch.db.statements() - before, 1);
        assert_eq!(listed.iter().map(|it| it.id).collect::<Vec<FileId>>(), [id(10), id(12)]);
        let found = store::file::content_by_index(&mut tx, county, "index-101").await.unwrap();
        assert_eq!(found, Some(content(101)));
        let units = store::file::units_of(&mut tx, county, &[id(11), id(12), id(404)]).await.unwrap();
        assert_eq!(units, [(id(11), id(1)), (id(12), id(1))]);
        drop(tx);
        let twin = write(scratch, county, move |act| {
            Box::pin(async move {
                let twin = Content { index: "index-100".to_owned(), ..content(102) };
                store::file::add_content(act, county, &twin).await
            })
        })
        .await;
        assert!(matches!(twin, Err(StoreError::Conflict(_))), "{twin:?}");
    })
    .await;
}

#[tokio::test]
async fn a_description_is_changed_in_the_version_that_was_seen() {
    both(async |scratch| {
        let county = begun(scratch).await;
        write(scratch, county, move |act| {
            Box::pin(async move {
                let changed = File {
                    caption_sealed: Some("v1.caption".to_owned()),
                    is_internal: true,
                    ..file(10, content(100), 1)
                };
                assert!(store::file::describe(act, county, &changed).await?);
                assert!(!store::file::describe(act, county, &changed).await?, "the version is another now");
                assert!(store::file::release(act, county, id(12), NOW_MS).await?);
                assert!(!store::file::release(act, county, id(12), NOW_MS).await?);
                let gone = File { version: 2, ..file(12, content(101), 1) };
                assert!(!store::file::describe(act, county, &gone).await?);
                store::file::move_unit(act, county, id(1), id(2)).await
            })
        })
        .await
        .unwrap();
        let mut tx = scratch.db.read().await.unwrap();
        let known = store::file::get(&mut tx, county, id(10)).await.unwrap().unwrap();
        assert_eq!((known.caption_sealed.as_deref(), known.is_internal), (Some("v1.caption"), true));
        assert_eq!((known.unit, known.owner, known.version), (id::<UnitId>(2), Uuid::from_u128(2), 3));
        let owner = (OwnerKind::Unit, Uuid::from_u128(2));
        assert_eq!(store::file::list(&mut tx, county, owner, 10).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn hashes_are_any_64_bits_and_what_was_found_is_kept() {
    both(async |scratch| {
        let county = begun(scratch).await;
        let hash = NearHash(0xf0e1_d2c3_b4a5_9687);
        {
            let mut tx = scratch.db.read().await.unwrap();
            let open = store::file::unexamined(&mut tx, county, 10).await.unwrap();
            assert_eq!(open, [id(10), id(11), id(12)]);
        }
        write(scratch, county, move |act| {
            Box::pin(async move {
                store::file::set_examined(act, county, id(100), 9_000, Some(hash)).await?;
                store::file::set_near(act, county, id(10), Some((id(12), 7)), NOW_MS).await?;
                store::file::set_near(act, county, id(11), None, NOW_MS).await
            })
        })
        .await
        .unwrap();
        let mut tx = scratch.db.read().await.unwrap();
        let known = store::file::get(&mut tx, county, id(10)).await.unwrap().unwrap();
        assert_eq!((known.near, known.content.near), (Some((id(12), 7)), Some(hash)));
        assert_eq!((known.content.thumbnail_size, known.examined_at_ms), (Some(9_000), Some(NOW_MS)));
        assert_eq!(store::file::unexamined(&mut tx, county, 10).await.unwrap(), [id(12)]);
        let first = store::file::hashes(&mut tx, county, None, 2).await.unwrap();
        let rest = store::file::hashes(&mut tx, county, Some(first[1].file), 2).await.unwrap();
        let all: Vec<_> = first.iter().chain(&rest).map(|it| (it.file, it.near)).collect();
        assert_eq!(all, [(id(10), Some(hash)), (id(11), Some(hash)), (id(12), None)]);
    })
    .await;
}

#[tokio::test]
async fn files_are_forgotten_and_content_goes_with_the_last_of_them() {
    both(async |scratch| {
        let county = begun(scratch).await;
        write(scratch, county, move |act| {
            Box::pin(async move {
                store::file::release(act, county, id(10), NOW_MS).await?;
                store::file::release(act, county, id(12), NOW_MS).await?;
                assert_eq!(store::file::purge(act, county, NOW_MS - 1, 0).await?, 0, "not at once");
                assert_eq!(store::file::purge(act, county, NOW_MS, 0).await?, 2);
                // 11 still needs content 100; 101 goes.
                let gone = store::file::orphans(act, county, 10).await?;
                assert_eq!(gone.iter().map(|it| (it.id, it.size)).collect::<Vec<_>>(), [(id(101), 1_101)]);
                store::file::forget(act, county, &[id(101)]).await?;
                assert!(store::file::orphans(act, county, 10).await?.is_empty());
                Ok(())
            })
        })
        .await
        .unwrap();
        let mut tx = scratch.db.read().await.unwrap();
        assert_eq!(store::file::get(&mut tx, county, id(12)).await.unwrap(), None);
        let some = [id(100), id(101)];
        assert_eq!(store::file::known_contents(&mut tx, county, &some).await.unwrap(), [id(100)]);
        drop(tx);
        let needed = write(scratch, county, move |act| {
            Box::pin(async move { store::file::forget(act, county, &[id(100)]).await })
        })
        .await;
        assert!(needed.is_err(), "a file still has it");
    })
    .await;
}

#[tokio::test]
async fn by_products_end_in_time_and_photos_with_their_visit() {
    both(async |scratch| {
        let county = begun(scratch).await;
        write(scratch, county, move |act| {
            Box::pin(async move {
                let due = File {
                    kind: FileKind::Export,
                    expires_at_ms: Some(NOW_MS + 5),
                    ..file(13, content(101), 1)
                };
                store::file::add(act, county, &due).await?;
                let visit = File { owner_kind: OwnerKind::Visit, ..file(14, content(100), 77) };
                store::file::add(act, county, &visit).await?;
                assert_eq!(store::file::expire(act, county, NOW_MS + 4).await?, (0, 1), "no such visit");
                assert_eq!(store::file::expire(act, county, NOW_MS + 5).await?, (1, 0));
                assert_eq!(store::file::expire(act, county, NOW_MS + 6).await?, (0, 0));
                // What has expired goes at once; the photo beside it waits its day.
                assert_eq!(store::file::purge(act, county, 0, NOW_MS + 5).await?, 1);
                assert_eq!(store::file::get(act, county, id(13)).await?, None);
                assert!(store::file::get(act, county, id(14)).await?.is_some());
                Ok(())
            })
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_upload_goes_forward_without_a_gap() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        let db = &scratch.db;
        let upload = Upload {
            id: id(5),
            actor: "os:test".to_owned(),
            request_sealed: "v1.request".to_owned(),
            key_sealed: "v1.key".to_owned(),
            total: 300,
            parts: Vec::new(),
            expires_at_ms: NOW_MS + 10,
        };
        assert!(store::file::add_upload(db, county, &upload).await.unwrap());
        assert!(!store::file::add_upload(db, county, &upload).await.unwrap(), "the id is taken");
        assert!(store::file::advance_upload(db, county, &upload, 100, NOW_MS + 20).await.unwrap());
        let again = store::file::advance_upload(db, county, &upload, 120, NOW_MS + 20).await.unwrap();
        assert!(!again, "another was quicker");
        let known = {
            let mut tx = db.read().await.unwrap();
            store::file::get_upload(&mut tx, county, id(5)).await.unwrap().unwrap()
        };
        assert_eq!(
            (known.parts.as_slice(), known.received(), known.expires_at_ms),
            (&[100][..], 100, NOW_MS + 20)
        );
        assert!(store::file::advance_upload(db, county, &known, 200, NOW_MS + 30).await.unwrap());
        let mut tx = db.read().await.unwrap();
        assert!(store::file::expired_uploads(&mut tx, county, NOW_MS + 29, 9).await.unwrap().is_empty());
        assert_eq!(store::file::expired_uploads(&mut tx, county, NOW_MS + 30, 9).await.unwrap(), [id(5)]);
        assert_eq!(store::file::uploads_known(&mut tx, county, &[id(4), id(5)]).await.unwrap(), [id(5)]);
        drop(tx);
        store::file::remove_upload(db, county, id(5)).await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(store::file::get_upload(&mut tx, county, id(5)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_backup_keeps_objects_for_a_while() {
    both(async |scratch| {
        let paused = async |now_ms: i64| {
            let mut tx = scratch.db.read().await.unwrap();
            store::file::is_deletion_paused(&mut tx, now_ms).await.unwrap()
        };
        assert!(!paused(NOW_MS).await);
        store::file::pause_deletion(&scratch.db, NOW_MS + 10).await.unwrap();
        assert!(paused(NOW_MS + 9).await && !paused(NOW_MS + 10).await);
        store::file::pause_deletion(&scratch.db, 0).await.unwrap();
        assert!(!paused(NOW_MS).await);
    })
    .await;
}
