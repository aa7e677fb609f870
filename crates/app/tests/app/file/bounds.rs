//! What is not taken, and why.

use super::super::play::{both, call, someone};
use super::pictures::{jpeg_of, scene};
use super::{H, NewFile, reason};
use app::Code;
use domain::file::{FileKind, OwnerKind};
use uuid::Uuid;

#[tokio::test]
async fn what_is_refused_leaves_nothing_behind() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H)]).await;
        let visit = play.visit(call(H, 20, "登门看望").to(1)).await;
        let before = play.sizes().await;
        let picture = jpeg_of(&scene(64, 48, 1), 80);
        let mut bomb = picture.clone();
        let frame = bomb.windows(2).position(|it| it == [0xff, 0xc0]).unwrap();
        bomb[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
        let photo = |name: &str| NewFile { name: name.to_owned(), ..play.photo(visit) };
        let attachment = |name: &str| NewFile { kind: FileKind::Attachment, ..photo(name) };
        for (new, bytes, code) in [
            (photo("走访.jpg"), Vec::new(), "file.empty"),
            (photo("走访.jpg"), vec![0; 20 * 1024 * 1024 + 1], "file.too_large"),
            (photo("走访.png"), picture.clone(), "file.not_what_its_name_says"),
            (photo("走访.heic"), b"\0\0\0\x18ftypheic\0\0\0\0".to_vec(), "file.heic"),
            (photo("走访.jpg"), bomb, "file.too_many_pixels"),
            (photo("走访.jpg"), picture[..picture.len() - 9].to_vec(), "file.damaged"),
            (photo("报告.pdf"), b"%PDF-1.7".to_vec(), "file.not_allowed"),
            (photo("///"), picture.clone(), "file.name"),
            (attachment("程序.docx"), b"MZ\x90\0\x03".to_vec(), "file.not_allowed"),
        ] {
            let problem = play.add(new, &bytes).await.unwrap_err();
            assert_eq!((problem.code, reason(&problem)), (Code::FileRefused, code), "{problem}");
        }
        let orphan = play.add(play.photo(Uuid::from_u128(9)), &picture).await.unwrap_err();
        assert_eq!(orphan.code, Code::NotFound);
        let export = NewFile { kind: FileKind::Export, ..photo("表.xlsx") };
        assert_eq!(play.add(export, &picture).await.unwrap_err().code, Code::BadRequest);
        assert_eq!(play.sizes().await, before);
        assert!(play.objects().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_photo_of_a_visit_to_troops_must_have_been_reviewed() {
    both(async |play| {
        play.begin().await;
        let to_troops = call(H, 20, "座谈交流").named("驻石某部").with("对象类别", "驻军部队");
        let visit = play.visit(to_troops).await;
        let picture = jpeg_of(&scene(64, 48, 1), 80);
        let refused = play.add(play.photo(visit), &picture).await.unwrap_err();
        assert_eq!((refused.code, reason(&refused)), (Code::FileRefused, "file.troop_photo"));
        assert!(refused.message.contains("成员合影") && refused.message.contains("审"), "{refused}");
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let early = app::file::begin_upload(app, caller, county, play.photo(visit), 1_000).await.unwrap_err();
        assert_eq!(reason(&early), "file.troop_photo", "before a byte is sent");
        // A picture under another kind is a picture; a document is not.
        let attached = NewFile { kind: FileKind::Attachment, ..play.photo(visit) };
        assert_eq!(reason(&play.add(attached.clone(), &picture).await.unwrap_err()), "file.troop_photo");
        let pdf = NewFile { name: "座谈纪要.pdf".to_owned(), id: app.id(), ..attached };
        play.add(pdf, b"%PDF-1.7 minutes").await.unwrap();
        let reviewed = NewFile { external_reviewed: true, ..play.photo(visit) };
        assert!(play.add(reviewed, &picture).await.unwrap().file.external_reviewed);
        // A unit of troops itself.
        let unit = app::unit::add(app, caller, county, "驻石另部", "troop", None).await.unwrap();
        let of_unit = NewFile { owner_kind: OwnerKind::Unit, ..play.photo(unit.id.0) };
        assert_eq!(reason(&play.add(of_unit, &picture).await.unwrap_err()), "file.troop_photo");
    })
    .await;
}
