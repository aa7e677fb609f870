//! Nothing is shown that the caller may not see.

use super::super::play::{both, call, someone};
use super::pictures::{jpeg_of, scene};
use super::{DAY_MS, H, NewFile, S};
use app::Code;
use domain::authority::Role;
use domain::file::{FileKind, OwnerKind};
use domain::ids::FileId;
use uuid::Uuid;

#[tokio::test]
async fn a_foreign_file_is_not_there() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H), someone(2, "老复员军人", S)]).await;
        let ours = play.visit(call(H, 20, "登门看望").to(1)).await;
        let theirs = play.visit(call(S, 21, "登门看望").to(2)).await;
        let (app, county) = (&play.app, play.county);
        let picture = scene(640, 480, 3);
        let own = play.added(ours, &jpeg_of(&picture, 90)).await;
        let foreign = play.added(theirs, &jpeg_of(&picture, 60)).await;
        app::file::examine_pending(app, &play.caller, county, 10).await.unwrap();
        let clerk = play.account(Role::UnitClerk, Some(H)).await;
        let missing = FileId(Uuid::from_u128(1));
        for id in [foreign, missing] {
            let answers = [
                app::file::get(app, &clerk, county, id).await.err(),
                app::file::open(app, &clerk, county, id, 0..9).await.err(),
                app::file::open_thumbnail(app, &clerk, county, id).await.err(),
                app::file::describe(app, &clerk, county, id, 1, "说明", true).await.err(),
                app::file::delete(app, &clerk, county, id).await.err(),
            ];
            for problem in answers {
                let problem = problem.unwrap();
                assert_eq!(problem.code, Code::NotFound);
                assert!(problem.message.starts_with(&format!("没有编号为 {id} 的文件")), "{problem}");
            }
        }
        assert!(app::file::list(app, &clerk, county, OwnerKind::Visit, theirs).await.unwrap().is_empty());
        let listed = app::file::list(app, &clerk, county, OwnerKind::Visit, ours).await.unwrap();
        assert_eq!(listed.len(), 1);
        // It is flagged, but which other one is not told to who may not see that.
        let near = listed[0].near.unwrap();
        assert_eq!((listed[0].id, near.file), (own, None));
        let office = play.account(Role::CountyOffice, None).await;
        assert_eq!(
            app::file::get(app, &office, county, own).await.unwrap().near.unwrap().file,
            Some(foreign)
        );
        assert!(!play.read(&clerk, own).await.unwrap().is_empty());
        // Bringing something to a foreign visit is like bringing it to none.
        let bytes = jpeg_of(&picture, 80);
        let to = async |owner| {
            let new = play.photo(owner);
            app::file::add(app, &clerk, county, new, bytes.clone()).await.unwrap_err().code
        };
        assert_eq!((to(theirs).await, to(Uuid::from_u128(5)).await), (Code::NotFound, Code::NotFound));
        app::file::add(app, &clerk, county, play.photo(ours), bytes.clone()).await.unwrap();
        let viewer = play.account(Role::Viewer, Some(H)).await;
        assert_eq!(app::file::get(app, &viewer, county, own).await.unwrap_err().code, Code::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn a_by_product_is_seen_by_whoever_made_it_for_seven_days() {
    both(async |play| {
        play.begin().await;
        let (app, county) = (&play.app, play.county);
        let clerk = play.account(Role::Viewer, Some(H)).await;
        let new = NewFile {
            id: app.id(),
            kind: FileKind::Export,
            owner_kind: OwnerKind::Unit,
            owner: play.unit(H).await.0,
            unit: None,
            name: "统计表.csv".to_owned(),
            caption: String::new(),
            is_internal: true,
            external_reviewed: false,
        };
        let text = "类别,人数\n".as_bytes().to_vec();
        let kept = app::file::keep(app, &clerk, county, new.clone(), text.clone()).await.unwrap();
        assert!(kept.expires_at_ms.unwrap() > app.now_ms() + 6 * DAY_MS);
        assert_eq!(play.read(&clerk, kept.id).await.unwrap(), text);
        let office = play.account(Role::CountyOffice, None).await;
        assert_eq!(play.read(&office, kept.id).await.unwrap_err().code, Code::NotFound);
        let listed = app::file::list(app, &office, county, OwnerKind::Unit, new.owner).await.unwrap();
        assert!(listed.is_empty());
        let photo = NewFile { kind: FileKind::Photo, id: app.id(), ..new };
        let refused = app::file::keep(app, &clerk, county, photo, text).await.unwrap_err();
        assert_eq!(refused.code, Code::BadRequest);

        play.pass(7 * DAY_MS + 1);
        assert_eq!(
            play.read(&clerk, kept.id).await.unwrap_err().code,
            Code::NotFound,
            "expired, swept or not"
        );
        assert_eq!(app::file::expire(app, &play.caller, county).await.unwrap(), 1);
        assert_eq!(app::file::expire(app, &play.caller, county).await.unwrap(), 0);
        app::file::collect_garbage(app, &play.caller, county).await.unwrap();
        assert!(play.objects().await.is_empty());
    })
    .await;
}
