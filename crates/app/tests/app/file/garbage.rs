//! What an interruption leaves behind, and what nobody needs.

use super::super::play::{both, call, someone};
use super::pictures::{jpeg_of, scene};
use super::{DAY_MS, H};
use app::file::{begin_upload, collect_garbage, expire, pause_deletion, put_chunk};
use futures::TryStreamExt;
use store::DataKey;
use uuid::Uuid;

#[tokio::test]
async fn objects_without_a_record_are_collected_when_they_are_old() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H)]).await;
        let visit = play.visit(call(H, 20, "登门看望").to(1)).await;
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let kept = play.added(visit, &jpeg_of(&scene(64, 48, 1), 80)).await;
        // The program was killed between the object and the act.
        let id: Uuid = app.id();
        let stray = format!("{county}/00/{id}");
        app.objects.write(&stray, &DataKey::new([1; 32]), [2; 16], b"half done").await.unwrap();
        // An upload that never came to its end, and a part that outlived its upload.
        let upload = play.photo(visit);
        begin_upload(app, caller, county, upload.clone(), 200_000).await.unwrap();
        put_chunk(app, caller, county, upload.id, 0, &vec![1; 70_000]).await.unwrap();
        let loose = format!("{county}/upload/{id}/000000000000-9");
        app.objects.write(&loose, &DataKey::new([1; 32]), [2; 16], b"left over").await.unwrap();
        // Not ours.
        app.objects.put_raw(&format!("{county}/readme"), b"by hand".to_vec()).await.unwrap();

        let first = collect_garbage(app, caller, county).await.unwrap();
        assert_eq!((first.contents, first.uploads, first.strays), (0, 0, 1), "only the loose part");
        assert!(play.objects().await.contains(&stray), "an upload may still be on its way to its act");
        play.pass(DAY_MS + 1_000);
        let second = collect_garbage(app, caller, county).await.unwrap();
        assert_eq!((second.contents, second.uploads, second.strays), (0, 1, 1));
        let left = play.objects().await;
        assert_eq!(left.len(), 2, "{left:?}");
        assert!(left.contains(&format!("{county}/readme")));
        assert!(!play.read(caller, kept).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn photos_of_a_withdrawn_visit_go_and_a_backup_keeps_all_for_a_while() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H)]).await;
        let visit = play.visit(call(H, 20, "登门看望").to(1)).await;
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let id = play.added(visit, &jpeg_of(&scene(640, 480, 1), 80)).await;
        app::file::examine_pending(app, caller, county, 10).await.unwrap();
        assert_eq!(play.objects().await.len(), 2, "the photo and its small copy");
        app::visit::withdraw(app, caller, county, visit.into()).await.unwrap();
        let acts = play.acts().await.len();
        assert_eq!(expire(app, caller, county).await.unwrap(), 1);
        assert_eq!(play.acts().await[acts..], ["file.expire"]);
        assert!(play.read(caller, id).await.is_err());
        play.pass(2 * DAY_MS);
        pause_deletion(app, app.now_ms() + DAY_MS).await.unwrap();
        let paused = collect_garbage(app, caller, county).await.unwrap();
        assert!(paused.is_paused && play.objects().await.len() == 2);
        pause_deletion(app, 0).await.unwrap();
        let acts = play.acts().await.len();
        let collected = collect_garbage(app, caller, county).await.unwrap();
        assert_eq!((collected.contents, collected.is_paused), (1, false));
        assert_eq!(play.acts().await[acts..], ["file.collect"]);
        assert!(play.objects().await.is_empty());
        assert_eq!(app::audit::verify(app, caller, county).await.unwrap()["whole"], true);
    })
    .await;
}

#[tokio::test]
async fn a_lost_or_changed_object_is_said_and_never_given_out() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H)]).await;
        let visit = play.visit(call(H, 20, "登门看望").to(1)).await;
        let id = play.added(visit, &jpeg_of(&scene(640, 480, 1), 80)).await;
        let name = play.objects().await.remove(0);
        let raw: Vec<Vec<u8>> = play.app.objects.raw(&name).await.unwrap().try_collect().await.unwrap();
        let mut raw = raw.concat();
        raw[100] ^= 1;
        play.app.objects.put_raw(&name, raw).await.unwrap();
        let damaged = play.read(&play.caller, id).await.unwrap_err();
        assert!(damaged.message.contains("损坏"), "{damaged}");
        play.app.objects.delete(&name).await.unwrap();
        let lost = play.read(&play.caller, id).await.unwrap_err();
        assert!(lost.message.contains("缺少") && lost.message.contains("备份"), "{lost}");
    })
    .await;
}
