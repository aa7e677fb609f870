//! The trail against those who would change it, and against those who would fill it.

use super::play::{Play, both};
use app::audit::{AuditRow, Filter, Kind};
use app::{Caller, Code, Principal, Problem};
use domain::authority::{Grant, Permission, Role};
use serde_json::{Value, json};
use std::path::PathBuf;
use store::audit::Checkpoint;
use store::sign::head_message;
use store::testing::NOW_MS;
use store::{HeadLine, Signer, StoreError, on};

const COLUMNS: &[&str] = &[
    "county_code",
    "seq",
    "at_ms",
    "version",
    "actor",
    "origin",
    "address",
    "request_id",
    "act",
    "object_kind",
    "object_id",
    "outcome",
    "detail_json",
    "previous_hash",
    "hash",
];

/// Ten rows.
async fn ten(play: &Play) -> Vec<AuditRow> {
    let county = formats::division::county("500240").unwrap();
    app::county::init(&play.app, &play.caller, &county).await.unwrap();
    for number in 2..=10 {
        let object = number.to_string();
        app::audit::note(&play.app, &play.caller, play.county, "test.note", ("test", &object), Value::Null)
            .await
            .unwrap();
    }
    rows(play).await
}

async fn rows(play: &Play) -> Vec<AuditRow> {
    let mut tx = play.app.db.read().await.unwrap();
    store::audit::list_after(&mut tx, play.county, 0, 20_000).await.unwrap()
}

async fn checkpoints(play: &Play) -> Vec<Checkpoint> {
    let mut tx = play.app.db.read().await.unwrap();
    store::audit::checkpoints(&mut tx, play.county).await.unwrap()
}

/// Puts other rows and checkpoints into the database, as someone does who holds it; the county's row says what its
/// head is.
async fn put(play: &Play, rows: &[AuditRow], checkpoints: &[Checkpoint], head: &AuditRow) {
    let county = play.county;
    let all: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!([
                county,
                row.seq,
                row.at_ms,
                row.version,
                row.actor,
                row.origin,
                row.address,
                row.request_id,
                row.act,
                row.object_kind,
                row.object_id,
                row.outcome,
                row.detail_json,
                row.previous_hash,
                row.hash
            ])
        })
        .collect();
    let (checkpoints, seq, hash) = (checkpoints.to_vec(), head.seq, head.hash.clone());
    let done: Result<(), StoreError> = play
        .app
        .db
        .write(county, move |act| {
            Box::pin(async move {
                // tidy: tampers
                for clear in ["DELETE FROM audit", "DELETE FROM audit_checkpoint"] {
                    on!(act, c => sqlx::query(clear).execute(c).await.map(drop))?;
                }
                store::bulk::insert(act, "audit", COLUMNS, &all).await?;
                for checkpoint in &checkpoints {
                    store::audit::add_checkpoint(act, checkpoint).await?;
                }
                let head = "UPDATE county SET audit_seq = $1, audit_hash = $2";
                on!(act, c => sqlx::query(head).bind(seq).bind(hash).execute(c).await.map(drop))?;
                act.nothing_written();
                Ok(())
            })
        })
        .await;
    done.unwrap();
}

type Edit = fn(&mut Vec<AuditRow>);

/// What someone does to rows 4 and on; the hashes stay as they were.
const EDITS: [(&str, Edit); 5] = [
    ("changed", |rows| "os:白".clone_into(&mut rows[3].actor)),
    ("removed", |rows| drop(rows.remove(3))),
    ("reordered", |rows| {
        rows.swap(3, 4);
        (rows[3].seq, rows[4].seq) = (4, 5);
    }),
    ("inserted", |rows| {
        let put_in = AuditRow { object_id: "put in".to_owned(), ..rows[3].clone() };
        rows.insert(3, put_in);
        for (seq, row) in (1..).zip(rows.iter_mut()) {
            row.seq = seq;
        }
    }),
    ("truncated", |rows| rows.truncate(7)),
];

/// What is said of it when the hashes were left, and when all of them were computed anew.
fn said(edit: &str) -> (&'static str, &'static str) {
    match edit {
        "changed" => ("第 4 条被改动", "第 1 至 10 条中有记录被重写"),
        "removed" => ("第 4 至 4 条被删除", "第 10 至 10 条被截掉"),
        "reordered" => ("第 4 条被调换，原为第 5 条", "第 1 至 10 条中有记录被重写"),
        "inserted" => ("第 5 至 10 条的编号被移动 1 位", "第 1 至 10 条中有记录被重写"),
        _ => ("第 8 至 10 条被删除", "第 8 至 10 条被截掉"),
    }
}

#[tokio::test]
async fn each_kind_of_tampering_is_found_by_what_is_known() {
    both(async |play| {
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let original = ten(play).await;
        assert_eq!(app::audit::checkpoint(app, county).await.unwrap(), Some(10));
        assert_eq!(app::audit::checkpoint(app, county).await.unwrap(), None);
        let signed = checkpoints(play).await;
        let own: PathBuf = app.trail.heads().own().to_owned();
        let kept = play.folder.path().join("kept.log");
        std::fs::rename(&own, &kept).unwrap();
        for (edit, change) in EDITS {
            for is_covered in [false, true] {
                let mut rows = original.clone();
                change(&mut rows);
                let mut head = original[9].clone();
                if is_covered {
                    store::audit::forge(county, &mut rows, 3);
                    head = rows[rows.len() - 1].clone();
                }
                let said = if is_covered { said(edit).1 } else { said(edit).0 };
                for known in ["nothing", "checkpoint", "head file"] {
                    let checkpoints = if known == "checkpoint" { signed.as_slice() } else { &[] };
                    put(play, &rows, checkpoints, &head).await;
                    let found = if known == "head file" {
                        app::audit::verify_against(app, caller, county, &kept).await
                    } else {
                        app::audit::verify(app, caller, county).await
                    };
                    let place = format!("{edit}, covered {is_covered}, known {known}");
                    if is_covered && known == "nothing" {
                        // Exactly what the report says of itself.
                        let report = found.unwrap();
                        assert_eq!(report["whole"], true, "{place}");
                        let not_proved = report["not_proved"][0].as_str().unwrap();
                        assert!(
                            not_proved.contains("第 0 条以后") && not_proved.contains("看不出来"),
                            "{not_proved}"
                        );
                        std::fs::remove_file(&own).unwrap();
                    } else {
                        let problem = found.unwrap_err();
                        assert_eq!(problem.code, Code::AuditBroken, "{place}");
                        assert!(problem.message.contains(said), "{place}: {problem}");
                    }
                }
            }
        }
        put(play, &original, &signed, &original[9]).await;
        let report = app::audit::verify_against(app, caller, county, &kept).await.unwrap();
        assert_eq!((&report["whole"], &report["not_proved"]), (&json!(true), &json!([])));
        assert_eq!((&report["checkpoints"]["count"], &report["heads"]["count"]), (&json!(1), &json!(1)));
        assert_eq!(report["proved"].as_array().unwrap().len(), 4);
    })
    .await;
}

#[tokio::test]
async fn what_was_not_signed_as_it_is_gets_no_new_signature() {
    both(async |play| {
        let (app, county) = (&play.app, play.county);
        let original = ten(play).await;
        app::audit::checkpoint(app, county).await.unwrap();
        let signed = checkpoints(play).await;
        let mut forged = original.clone();
        "os:白".clone_into(&mut forged[3].actor);
        store::audit::forge(county, &mut forged, 3);
        // Even when the checkpoints are removed: the file outside knows the head.
        for known in [&signed[..], &[]] {
            put(play, &forged, known, &forged[9]).await;
            app::audit::note(app, &play.caller, county, "test.note", ("test", "11"), Value::Null)
                .await
                .unwrap();
            let refused = app::audit::checkpoint(app, county).await.unwrap_err();
            assert_eq!(refused.code, Code::AuditBroken, "{refused}");
            assert_eq!(checkpoints(play).await, known);
        }
        // A row that was changed since the last checkpoint is not signed either.
        put(play, &original, &signed, &original[9]).await;
        app::audit::note(app, &play.caller, county, "test.note", ("test", "11"), Value::Null).await.unwrap();
        let mut rows = rows(play).await;
        "12".clone_into(&mut rows[10].object_id);
        put(play, &rows, &signed, &rows[10]).await;
        let refused = app::audit::checkpoint(app, county).await.unwrap_err();
        assert!(refused.message.contains("第 11 条被改动"), "{refused}");
        // And a chain that was cut off behind it.
        put(play, &original[..7], &signed, &original[6]).await;
        std::fs::remove_file(app.trail.heads().own()).unwrap();
        let refused = app::audit::checkpoint(app, county).await.unwrap_err();
        assert!(refused.message.contains("第 8 至 10 条被截掉"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn forged_signatures_and_foreign_heads_are_told() {
    both(async |play| {
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let original = ten(play).await;
        let stranger = Signer::new(&[9; 32]).unwrap();
        let signature = stranger.sign(&head_message(county, 10, &original[9].hash, NOW_MS));
        let hash = original[9].hash.clone();
        let key_id = stranger.key_id().to_owned();
        let forged =
            Checkpoint { seq: 10, hash: hash.clone(), at_ms: NOW_MS, key_id, signature: signature.clone() };
        put(play, &original, &[forged], &original[9]).await;
        let problem = app::audit::verify(app, caller, county).await.unwrap_err();
        assert!(problem.message.contains("第 10 条处的检查点签名不符"), "{problem}");
        put(play, &original, &[], &original[9]).await;

        let line = |of: &str, signature: String| HeadLine {
            county: of.parse().unwrap(),
            seq: 10,
            hash: hash.clone(),
            at_ms: NOW_MS,
            signature,
        };
        let verified = async |name: &str, text: String| -> Result<Value, Problem> {
            let file = play.file(name, text.as_bytes());
            app::audit::verify_against(app, caller, county, &file).await
        };
        let own = Signer::new(&[7; 32]).unwrap();
        let abroad = own.sign(&head_message("500101".parse().unwrap(), 10, &hash, NOW_MS));
        let problem = verified("a.log", format!("{}\n", line("500101", abroad.clone()))).await.unwrap_err();
        assert_eq!(problem.code, Code::FileRefused);
        assert!(problem.message.contains("1 行属于别的县"), "{problem}");
        let problem = verified("b.log", "随便什么\n".to_owned()).await.unwrap_err();
        assert_eq!(problem.code, Code::FileRefused);
        // A foreign line under this county's code, and one of another house's key.
        for (name, signature) in [("c.log", abroad), ("d.log", signature)] {
            let problem = verified(name, format!("{}\n", line("500240", signature))).await.unwrap_err();
            assert!(problem.message.contains("第 10 条处的链头文件签名不符"), "{problem}");
        }
        let good = own.sign(&head_message(county, 10, &hash, NOW_MS));
        let report = verified("e.log", format!("断了\n{}\n", line("500240", good))).await.unwrap();
        assert_eq!(report["heads"]["count"], 1);
        assert!(report["not_proved"][0].as_str().unwrap().contains("第 1 行读不出来"));
    })
    .await;
}

#[tokio::test]
async fn checkpoints_are_made_when_they_are_due() {
    both(async |play| {
        let (app, county) = (&play.app, play.county);
        ten(play).await;
        // The first rows of a county are signed at once, then a thousand rows or a day later.
        assert_eq!(app::audit::checkpoint_when_due(app, county).await.unwrap(), Some(10));
        let note = async || {
            app::audit::note(app, &play.caller, county, "test.note", ("test", "x"), Value::Null)
                .await
                .unwrap();
        };
        note().await;
        assert_eq!(app::audit::checkpoint_when_due(app, county).await.unwrap(), None);
        for _ in 0..app::audit::ROWS - 2 {
            note().await;
        }
        assert_eq!(app::audit::checkpoint_when_due(app, county).await.unwrap(), None);
        note().await;
        assert_eq!(app::audit::checkpoint_when_due(app, county).await.unwrap(), Some(1_010));
        note().await;
        let tomorrow = play.later(app::audit::DAY_MS);
        assert_eq!(app::audit::checkpoint_when_due(&tomorrow, county).await.unwrap(), Some(1_011));
        // Heads are written outside when there is anything new.
        let lines = || std::fs::read_to_string(app.trail.heads().own()).unwrap().lines().count();
        assert_eq!(lines(), 3);
        app::audit::write_heads(app).await.unwrap();
        assert_eq!(lines(), 3);
        note().await;
        app::audit::write_heads(app).await.unwrap();
        assert_eq!(lines(), 4);
        assert_eq!(app::audit::verify(app, &play.caller, county).await.unwrap()["heads"]["count"], 4);
    })
    .await;
}

/// An account with one role in the whole county.
fn account(play: &Play, name: &str, role: Role) -> Caller {
    let principal = Principal {
        account: uuid::Uuid::from_u128(1),
        session: None,
        staff: None,
        county: play.county,
        grants: vec![Grant { role, unit: None }],
        only: None,
        pending: None,
    };
    let address = Some("192.0.2.7".to_owned());
    Caller::account(format!("account:{name}"), principal, address, Some("r1".to_owned()))
}

#[tokio::test]
async fn ten_thousand_refusals_are_a_handful_of_rows() {
    both(async |play| {
        let (app, county) = (&play.app, play.county);
        ten(play).await;
        let viewer = account(play, "白", Role::Viewer);
        let before = app.db.statements();
        for number in 0..9_000 {
            let object = format!("o{number}");
            app::audit::refused(app, &viewer, county, Permission::AuditRead, &object).await.unwrap();
        }
        for number in 0..1_000 {
            // Names that somebody makes up.
            let typed = Caller { actor: format!("typed:{number}"), ..viewer.clone() };
            app::audit::failed(app, &typed, county, "account.sign_in", ("account", "")).await.unwrap();
        }
        app::audit::close_refusals(app, true).await.unwrap();
        assert!(app.db.statements() - before < 600, "{} statements", app.db.statements() - before);
        let rows = rows(play).await;
        let refused: Vec<&AuditRow> = rows.iter().filter(|row| row.outcome == "refused").collect();
        let count = |row: &AuditRow| {
            serde_json::from_str::<Value>(&row.detail_json).unwrap()["count"].as_u64().unwrap()
        };
        assert_eq!(refused.iter().map(|row| count(row)).sum::<u64>(), 10_000);
        let of_viewer: Vec<_> = refused.iter().filter(|row| row.actor == "account:白").collect();
        assert!((2..8).contains(&of_viewer.len()), "{of_viewer:#?}");
        assert!(refused.len() < 75, "{} rows", refused.len());
        let first = of_viewer[0];
        assert_eq!((first.address.as_str(), first.request_id.as_str()), ("192.0.2.7", "r1"));
        assert_eq!((first.object_kind.as_str(), first.object_id.as_str()), ("permission", "audit.read"));
        // A county that is not there, and one of somebody else, have no trail.
        let nowhere = "500101".parse().unwrap();
        app::audit::failed(app, &viewer, nowhere, "account.sign_in", ("account", "x")).await.unwrap();
        app::audit::refused(app, &viewer, nowhere, Permission::AuditRead, "x").await.unwrap();
        assert_eq!(app::audit::verify(app, &play.caller, county).await.unwrap()["whole"], true);
    })
    .await;
}

#[tokio::test]
async fn the_audit_administrator_reads_and_takes_out() {
    both(async |play| {
        let (app, county) = (&play.app, play.county);
        ten(play).await;
        let reader = account(play, "丁", Role::AuditAdministrator);
        let all = Filter::default();
        let page = app::audit::list(app, &reader, county, &all, None, 4).await.unwrap();
        assert_eq!(page.rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [10, 9, 8, 7]);
        let page = app::audit::list(app, &reader, county, &all, page.next, 400).await.unwrap();
        assert_eq!((page.rows.len(), page.next), (6, None));
        let office = account(play, "白", Role::CountyOffice);
        let refused = app::audit::list(app, &office, county, &all, None, 4).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden);
        let some = Filter { act: Some("test.".to_owned()), ..all.clone() };
        for (kind, name) in [(Kind::Csv, "日志.csv"), (Kind::Xlsx, "日志.xlsx")] {
            let out = play.folder.path().join(name);
            let refused = app::audit::export(app, &office, county, &some, kind, &out).await.unwrap_err();
            assert_eq!(refused.code, Code::Forbidden);
            assert!(!out.exists());
            assert_eq!(app::audit::export(app, &reader, county, &some, kind, &out).await.unwrap(), 9);
            assert!(out.exists());
        }
        let text = std::fs::read_to_string(play.folder.path().join("日志.csv")).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].contains("account:丁") && lines[0].contains("2024-07-20"), "{}", lines[0]);
        assert!(lines[2].starts_with("2,2024-07-20 10:00:0"), "{}", lines[2]);
        assert_eq!(lines.len(), 11);
        let exported = Filter { act: Some("audit.export".to_owned()), ..all };
        let page = app::audit::list(app, &reader, county, &exported, None, 10).await.unwrap();
        assert_eq!(page.rows.len(), 2);
        assert!(page.rows[0].detail_json.contains("\"act\":\"test.\"") && page.rows[0].actor == "account:丁");
    })
    .await;
}
