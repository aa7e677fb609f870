//! Uploads that are interrupted anywhere.

use super::super::play::{Play, both, call, someone};
use super::pictures::{jpeg_of, scene, telephone};
use super::{H, NewFile, bytes, is_machine};
use app::Code;
use app::file::{begin_upload, finish_upload, put_chunk, upload_state};
use domain::authority::Role;
use domain::file::FileKind;
use uuid::Uuid;

/// A document of random bytes that looks like a PDF.
fn pdf(size: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    b"%PDF-1.7\n".iter().copied().chain(noise).take(size).collect()
}

async fn begun(play: &Play) -> Uuid {
    play.begin().await;
    play.roster(&[someone(1, "老复员军人", H)]).await;
    play.visit(call(H, 20, "登门看望").to(1)).await
}

#[tokio::test]
async fn an_upload_goes_on_after_any_interruption() {
    both(async |play| {
        let visit = begun(play).await;
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let original = telephone(&scene(2_000, 1_500, 1), 3);
        let total = original.len() as u64;
        let new = play.photo(visit);
        let step = 70_000;
        let pieces: Vec<&[u8]> = original.chunks(step).collect();
        assert!(pieces.len() >= 4, "{total} bytes are too few for this test");
        for (place, piece) in pieces.iter().enumerate() {
            // After each piece the telephone forgets everything and asks again.
            let state = begin_upload(app, caller, county, new.clone(), total).await.unwrap();
            let offset = (place * step) as u64;
            assert_eq!((state.received, state.total, state.is_finished), (offset, total, false));
            let early = finish_upload(app, caller, county, new.id).await.unwrap_err();
            assert_eq!((early.code, &early.details["offset"]), (Code::Conflict, &offset.into()));
            let gap = put_chunk(app, caller, county, new.id, offset + 1, &piece[1..]).await.unwrap_err();
            assert_eq!((gap.code, &gap.details["offset"]), (Code::Conflict, &offset.into()));
            for _ in 0..2 {
                let state = put_chunk(app, caller, county, new.id, offset, piece).await.unwrap();
                assert_eq!(state.received, offset + piece.len() as u64, "the same piece again is harmless");
            }
            if place > 0 {
                let old = put_chunk(app, caller, county, new.id, 0, pieces[0]).await.unwrap();
                assert_eq!(old.received, offset + piece.len() as u64);
            }
        }
        let acts = play.acts().await.len();
        let saved = finish_upload(app, caller, county, new.id).await.unwrap();
        assert_eq!(play.acts().await[acts..], ["file.add"]);
        let again = finish_upload(app, caller, county, new.id).await.unwrap();
        assert_eq!(again.file, saved.file);
        let state = begin_upload(app, caller, county, new.clone(), total).await.unwrap();
        assert!(state.is_finished);
        assert!(upload_state(app, caller, county, new.id).await.unwrap().is_finished);
        assert_eq!(play.objects().await.len(), 1, "the parts are gone");
        let whole = play.photo(visit);
        play.add(whole.clone(), &original).await.unwrap();
        let read = async |id| play.read(caller, id).await.unwrap();
        assert_eq!(read(new.id).await, read(whole.id).await);
    })
    .await;
}

#[tokio::test]
async fn a_large_document_arrives_byte_for_byte() {
    both(async |play| {
        let visit = begun(play).await;
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let original = pdf(9_500_000);
        let new = NewFile {
            kind: FileKind::Attachment,
            name: "材料.pdf".to_owned(),
            is_internal: true,
            ..play.photo(visit)
        };
        begin_upload(app, caller, county, new.clone(), original.len() as u64).await.unwrap();
        let mut offset = 0;
        for piece in original.chunks(4 << 20) {
            offset = put_chunk(app, caller, county, new.id, offset, piece).await.unwrap().received;
        }
        let saved = finish_upload(app, caller, county, new.id).await.unwrap();
        assert!(saved.file.is_internal && saved.file.width.is_none());
        let acts = play.acts().await.len();
        let opened = app::file::open(app, caller, county, new.id, 0..u64::MAX).await.unwrap();
        assert!(bytes(opened).await.unwrap() == original);
        assert_eq!(play.acts().await[acts..], ["file.open"], "who takes a document out is written down");
    })
    .await;
}

#[tokio::test]
async fn pieces_are_bounded_and_uploads_are_their_senders() {
    both(async |play| {
        let visit = begun(play).await;
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let new = play.photo(visit);
        begin_upload(app, caller, county, new.clone(), 300_000).await.unwrap();
        for (offset, size) in [(0, 0), (0, 300_001), (u64::MAX, 1), (0, 100)] {
            let problem = put_chunk(app, caller, county, new.id, offset, &vec![0; size]).await.unwrap_err();
            assert_eq!(problem.code, Code::BadRequest, "{size} bytes at {offset}");
        }
        put_chunk(app, caller, county, new.id, 0, &vec![1; 70_000]).await.unwrap();
        let across = put_chunk(app, caller, county, new.id, 60_000, &vec![1; 70_000]).await.unwrap_err();
        assert_eq!(across.details["offset"], 70_000);

        let other = play.account(Role::CountyOffice, None).await;
        assert!(!is_machine(&other));
        let piece = put_chunk(app, &other, county, new.id, 70_000, &vec![1; 70_000]).await.unwrap_err();
        assert_eq!(piece.code, Code::NotFound);
        assert_eq!(upload_state(app, &other, county, new.id).await.unwrap_err().code, Code::NotFound);
        assert_eq!(finish_upload(app, &other, county, new.id).await.unwrap_err().code, Code::NotFound);
        let begin = begin_upload(app, &other, county, new.clone(), 300_000).await.unwrap_err();
        assert_eq!(begin.code, Code::Conflict, "the id is taken; nothing else is said");
        let longer = begin_upload(app, caller, county, new.clone(), 300_001).await.unwrap_err();
        assert_eq!(longer.code, Code::Conflict);

        app::file::abandon_upload(app, caller, county, new.id).await.unwrap();
        assert!(play.objects().await.is_empty());
        assert_eq!(upload_state(app, caller, county, new.id).await.unwrap_err().code, Code::NotFound);
    })
    .await;
}

#[tokio::test]
async fn two_that_send_the_same_piece_at_once_do_not_hurt() {
    both(async |play| {
        let visit = begun(play).await;
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let original = jpeg_of(&scene(1_500, 1_000, 4), 92);
        let new = play.photo(visit);
        begin_upload(app, caller, county, new.clone(), original.len() as u64).await.unwrap();
        let mut offset = 0;
        for piece in original.chunks(80_000) {
            let twice = futures::future::join_all(
                (0..3).map(|_| put_chunk(app, caller, county, new.id, offset, piece)),
            )
            .await;
            offset += piece.len() as u64;
            for state in twice {
                assert_eq!(state.unwrap().received, offset);
            }
        }
        finish_upload(app, caller, county, new.id).await.unwrap();
        let read = play.read(caller, new.id).await.unwrap();
        assert!(image::load_from_memory(&read).is_ok());
    })
    .await;
}

#[tokio::test]
async fn an_account_has_so_many_uploads_on_their_way_and_no_more() {
    both(async |play| {
        let visit = begun(play).await;
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let first = play.photo(visit);
        begin_upload(app, caller, county, first.clone(), 9).await.unwrap();
        for _ in 1..app::file::MOST_OPEN {
            begin_upload(app, caller, county, play.photo(visit), 9).await.unwrap();
        }
        let refused = begin_upload(app, caller, county, play.photo(visit), 9).await.unwrap_err();
        assert_eq!(refused.code, Code::TooMany);
        begin_upload(app, caller, county, first.clone(), 9)
            .await
            .expect("begun before, it may be asked again");
        app::file::abandon_upload(app, caller, county, first.id).await.unwrap();
        begin_upload(app, caller, county, play.photo(visit), 9).await.unwrap();
    })
    .await;
}
