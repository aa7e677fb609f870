//! The audit chain: what tampering looks like.

use super::door::entry;
use store::audit::{Checkpoint, Evidence, Fault, Filter, Order, find, verify, verify_with};
use store::sign::head_message;
use store::testing::{NOW_MS, Scratch, both};
use store::{AuditEntry, Backend, Signer, StoreError, on};

use domain::region::CountyCode;

async fn ten_rows(scratch: &Scratch) -> CountyCode {
    let county = scratch.shizhu().await;
    let written: Result<(), StoreError> = scratch
        .db
        .write(county, |act| {
            Box::pin(async move {
                for number in 1..=10 {
                    assert_eq!(act.audit_seq(), number);
                    act.audit(entry(&number.to_string())).await?;
                }
                Ok(())
            })
        })
        .await;
    written.unwrap();
    county
}

/// Changes the audit behind the program's back.
async fn tamper(scratch: &Scratch, county: CountyCode, statements: &'static [&'static str]) {
    let done: Result<(), StoreError> = scratch
        .db
        .write(county, move |act| {
            Box::pin(async move {
                for sql in statements {
                    on!(act, c => sqlx::query(*sql).execute(c).await.map(drop))?;
                }
                act.nothing_written();
                Ok(())
            })
        })
        .await;
    done.unwrap();
}

#[tokio::test]
async fn a_chain_is_whole_until_someone_tampers() {
    const CASES: &[(&[&str], &[Fault])] = &[
        (&[], &[]),
        // tidy: tampers
        (&["UPDATE audit SET actor = 'os:白' WHERE seq = 4"], &[Fault::Changed(4)]),
        // tidy: tampers
        (&["UPDATE audit SET detail_json = '{\"n\":2}' WHERE seq = 10"], &[Fault::Changed(10)]),
        // tidy: tampers
        (&["DELETE FROM audit WHERE seq IN (3, 4)"], &[Fault::Removed(3, 4)]),
        // tidy: tampers
        (&["DELETE FROM audit WHERE seq >= 9"], &[Fault::Removed(9, 10)]),
        // tidy: tampers
        (&["DELETE FROM audit"], &[Fault::Removed(1, 10)]),
        (
            &[
                // tidy: tampers
                "UPDATE audit SET seq = 99 WHERE seq = 5",
                // tidy: tampers
                "UPDATE audit SET seq = 5 WHERE seq = 6",
                // tidy: tampers
                "UPDATE audit SET seq = 6 WHERE seq = 99",
            ],
            &[Fault::Moved(5, 6), Fault::Moved(6, 5), Fault::Unlinked(7)],
        ),
        (
            &[
                "INSERT INTO audit (county_code, seq, at_ms, actor, origin, act, object_kind, object_id, outcome, \
                 detail_json, previous_hash, hash) SELECT county_code, 11, at_ms, actor, origin, act, object_kind, \
                 object_id, outcome, detail_json, hash, hash FROM audit WHERE seq = 10",
            ],
            &[Fault::Added(11)],
        ),
        (&["UPDATE county SET audit_hash = '00'"], &[Fault::Head(10)]),
    ];
    both(async |scratch| {
        // A fresh county per case would need as many databases; the chain is mended by taking the file anew.
        let county = ten_rows(scratch).await;
        let original =
            store::audit::list_after(&mut scratch.db.read().await.unwrap(), county, 0, 100).await.unwrap();
        assert_eq!(original.len(), 10);
        assert_eq!(original[0].previous_hash, "");
        assert!(original.windows(2).all(|pair| pair[1].previous_hash == pair[0].hash));
        for (statements, expected) in CASES {
            let mut tx = scratch.db.read().await.unwrap();
            let report = verify(&mut tx, county).await.unwrap();
            assert!(report.is_whole(), "{:?}", report.faults);
            drop(tx);
            tamper(scratch, county, statements).await;
            let mut tx = scratch.db.read().await.unwrap();
            let report = verify(&mut tx, county).await.unwrap();
            assert_eq!(&report.faults, expected, "{statements:?}");
            drop(tx);
            restore(scratch, county, &original).await;
        }
    })
    .await;
}

async fn restore(scratch: &Scratch, county: CountyCode, rows: &[store::audit::AuditRow]) {
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
    let rows: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| {
            serde_json::json!([
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
    let head = rows[rows.len() - 1][14].as_str().unwrap().to_owned();
    let done: Result<(), StoreError> = scratch
        .db
        .write(county, move |act| {
            Box::pin(async move {
                // tidy: tampers
                let clear = "DELETE FROM audit";
                on!(act, c => sqlx::query(clear).execute(c).await.map(drop))?;
                store::bulk::insert(act, "audit", COLUMNS, &rows).await?;
                let put = "UPDATE county SET audit_hash = $1";
                on!(act, c => sqlx::query(put).bind(head).execute(c).await.map(drop))?;
                act.nothing_written();
                Ok(())
            })
        })
        .await;
    done.unwrap();
}

#[tokio::test]
async fn the_trail_is_listed_from_both_ends() {
    both(async |scratch| {
        let county = ten_rows(scratch).await;
        let mut tx = scratch.db.read().await.unwrap();
        let seqs = |rows: Vec<store::audit::AuditRow>| rows.iter().map(|row| row.seq).collect::<Vec<_>>();
        assert_eq!(seqs(store::audit::list_after(&mut tx, county, 7, 2).await.unwrap()), [8, 9]);
        assert_eq!(seqs(store::audit::list_before(&mut tx, county, i64::MAX, 2).await.unwrap()), [10, 9]);
        assert_eq!(seqs(store::audit::list_before(&mut tx, county, 2, 5).await.unwrap()), [1]);
    })
    .await;
}

/// A row as the first version of the schema and of the program wrote it.
const OLD_ROW: &str = "INSERT INTO audit (county_code, seq, at_ms, actor, origin, act, object_kind, object_id, \
    outcome, detail_json, previous_hash, hash) VALUES ('500240', 1, 1721440800001, 'os:安', 'http', 'test.act', \
    'test', '1', 'done', '{\"n\":1}', '', 'e78ba6a8d70f0e3f55b1a77e99cb05687f9690cae74a821fa098c7f6004f3c07')";

#[tokio::test]
async fn rows_written_before_the_form_had_a_number_still_verify() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        tamper(
            scratch,
            county,
            &[
                OLD_ROW,
                "UPDATE county SET audit_seq = 1, \
                 audit_hash = 'e78ba6a8d70f0e3f55b1a77e99cb05687f9690cae74a821fa098c7f6004f3c07'",
            ],
        )
        .await;
        add(scratch, county, 1, |_| entry("new")).await;
        let mut tx = scratch.db.read().await.unwrap();
        let rows = store::audit::list_after(&mut tx, county, 0, 10).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.version).collect::<Vec<_>>(), [1, 2]);
        let report = verify(&mut tx, county).await.unwrap();
        assert!(report.is_whole() && report.rows == 2, "{report:?}");
        drop(tx);
        // tidy: tampers
        tamper(scratch, county, &["UPDATE audit SET address = '192.0.2.1' WHERE seq = 1"]).await;
        let report = verify(&mut scratch.db.read().await.unwrap(), county).await.unwrap();
        assert_eq!(report.faults, [Fault::Changed(1)]);
    })
    .await;
}

async fn add(
    scratch: &Scratch,
    county: CountyCode,
    count: i64,
    make: impl Fn(i64) -> AuditEntry<'static> + Send + 'static,
) {
    let written: Result<(), StoreError> = scratch
        .db
        .write(county, move |act| {
            Box::pin(async move {
                for number in 1..=count {
                    act.audit(make(number)).await?;
                }
                Ok(())
            })
        })
        .await;
    written.unwrap();
}

#[tokio::test]
async fn checkpoints_are_kept_once_and_bear_witness() {
    both(async |scratch| {
        let county = ten_rows(scratch).await;
        let signer = Signer::new(&[7; 32]).unwrap();
        let mut tx = scratch.db.read().await.unwrap();
        let hash = store::audit::hash_at(&mut tx, county, 7).await.unwrap().unwrap();
        assert_eq!(store::audit::hash_at(&mut tx, county, 11).await.unwrap(), None);
        assert_eq!(store::audit::last_checkpoint(&mut tx, county).await.unwrap(), None);
        drop(tx);
        let signature = signer.sign(&head_message(county, 7, &hash, NOW_MS));
        let one = Checkpoint { seq: 7, hash, at_ms: NOW_MS, key_id: signer.key_id().to_owned(), signature };
        for at_ms in [NOW_MS, NOW_MS + 1] {
            let it = Checkpoint { at_ms, ..one.clone() };
            let kept: Result<(), StoreError> = scratch
                .db
                .write(county, move |act| {
                    Box::pin(async move { store::audit::add_checkpoint(act, &it).await })
                })
                .await;
            kept.unwrap();
        }
        let mut tx = scratch.db.read().await.unwrap();
        assert_eq!(store::audit::last_checkpoint(&mut tx, county).await.unwrap().as_ref(), Some(&one));
        let checkpoints = store::audit::checkpoints(&mut tx, county).await.unwrap();
        assert_eq!(checkpoints, [one]);
        let evidence = Evidence { checkpoints, heads: Vec::new() };
        let report = verify_with(&mut tx, county, evidence.clone(), Some(signer.clone())).await.unwrap();
        assert!(report.is_whole(), "{:?}", report.faults);
        assert_eq!((report.rows, report.checkpoints, report.vouched), (10, 1, Some((7, NOW_MS))));
        let other = Signer::new(&[8; 32]).unwrap();
        let report = verify_with(&mut tx, county, evidence, Some(other)).await.unwrap();
        assert_eq!(report.faults, [Fault::Signature(7, store::audit::Source::Checkpoint)]);
        // What stands behind a known row can be verified alone.
        let hash = store::audit::hash_at(&mut tx, county, 8).await.unwrap().unwrap();
        let report = store::audit::verify_after(&mut tx, county, 8, &hash).await.unwrap();
        assert!(report.is_whole() && report.rows == 2, "{report:?}");
        let report = store::audit::verify_after(&mut tx, county, 8, &"0".repeat(64)).await.unwrap();
        assert_eq!(report.faults, [Fault::Unlinked(9)]);
    })
    .await;
}

/// Rows of three people; every hundredth is a refusal.
fn someone(number: i64) -> AuditEntry<'static> {
    const WHO: [&str; 3] = ["os:安", "user:白", "user:丁"];
    let is_refused = number % 100 == 0;
    AuditEntry {
        at_ms: NOW_MS + number * 1_000,
        actor: WHO[usize::try_from(number % 3).unwrap()],
        address: if number == 5 { "192.0.2.5" } else { "" },
        act: if number % 2 == 0 { "roster.import" } else { "visit.record" },
        object_id: (number % 50).to_string(),
        outcome: if is_refused { "refused" } else { "done" },
        detail: serde_json::json!({ "number": format!("<{number}>") }),
        ..entry("")
    }
}

/// A filter, and which of the numbered rows it finds.
type Asked = (Filter, fn(i64) -> bool);

fn filters() -> Vec<Asked> {
    let text = |text: &str| Some(text.to_owned());
    let one = Filter::default;
    vec![
        (one(), |_| true),
        (Filter { actor: text("user:白"), ..one() }, |n| n % 3 == 1),
        (Filter { act: text("roster."), ..one() }, |n| n % 2 == 0),
        (Filter { act: text("visit.record"), actor: text("os:安"), ..one() }, |n| n % 6 == 3),
        (Filter { object_id: text("7"), object_kind: text("test"), ..one() }, |n| n % 50 == 7),
        (Filter { object_id: text("7"), object_kind: text("visit"), ..one() }, |_| false),
        (Filter { text: text("\0"), ..one() }, |_| false),
        (Filter { outcome: text("refused"), ..one() }, |n| n % 100 == 0),
        (Filter { outcome: text("done"), ..one() }, |n| n % 100 != 0),
        (Filter { text: text("<77>"), ..one() }, |n| n == 77),
        (Filter { text: text("192.0.2"), ..one() }, |n| n == 5),
        (Filter { from_ms: Some(NOW_MS + 11_000), to_ms: Some(NOW_MS + 14_000), ..one() }, |n| {
            (11..14).contains(&n)
        }),
        (Filter { from_ms: Some(NOW_MS + 390_000), actor: text("user:丁"), ..one() }, |n| {
            n >= 390 && n % 3 == 2
        }),
    ]
}

#[tokio::test]
async fn the_reader_finds_what_fits_in_either_order() {
    both(async |scratch| {
        const ROWS: i64 = 400;
        let county = scratch.shizhu().await;
        add(scratch, county, ROWS, someone).await;
        let mut tx = scratch.db.read().await.unwrap();
        for (filter, fits) in filters() {
            let expected: Vec<i64> = (1..=ROWS).filter(|number| fits(*number)).collect();
            for order in [Order::Oldest, Order::Newest] {
                let (mut seqs, mut cursor) = (Vec::new(), None);
                loop {
                    let before = scratch.db.statements();
                    let found = find(&mut tx, county, &filter, order, cursor, 30).await.unwrap();
                    assert!(scratch.db.statements() - before <= 4, "{filter:?}");
                    assert!(found.rows.len() <= 30);
                    seqs.extend(found.rows.iter().map(|row| row.seq));
                    cursor = found.next;
                    if cursor.is_none() {
                        break;
                    }
                }
                if order == Order::Newest {
                    seqs.reverse();
                }
                assert_eq!(seqs, expected, "{filter:?} {order:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_lags_hides_no_row() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        // The second server's clock is half an hour behind.
        add(scratch, county, 8, |number| AuditEntry {
            at_ms: NOW_MS + number * 60_000 - (number % 2) * 1_800_000,
            ..entry("x")
        })
        .await;
        let mut tx = scratch.db.read().await.unwrap();
        let filter = Filter { from_ms: Some(NOW_MS), to_ms: Some(NOW_MS + 5 * 60_000), ..Filter::default() };
        let found = find(&mut tx, county, &filter, Order::Oldest, None, 10).await.unwrap();
        assert_eq!(found.rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [2, 4]);
        let filter = Filter { to_ms: Some(NOW_MS), ..Filter::default() };
        let found = find(&mut tx, county, &filter, Order::Newest, None, 10).await.unwrap();
        assert_eq!(found.rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [7, 5, 3, 1]);
    })
    .await;
}

/// Fills the trail with rows whose hashes are nonsense: the reader does not look at them.
const FILL: &str = "INSERT INTO audit (county_code, seq, at_ms, actor, origin, act, object_kind, object_id, outcome, \
    detail_json, previous_hash, hash) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 65000) \
    SELECT '500240', i, 1721440800000 + i * 1000, CASE i % 2 WHEN 0 THEN 'a' ELSE 'b' END, 'cli', 'x.y', 'k', \
    CAST(i % 3 AS TEXT), 'done', '{}', '', '' FROM n";

#[tokio::test]
async fn a_rare_thing_is_looked_for_in_windows() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        tamper(scratch, county, &[FILL, "UPDATE county SET audit_seq = 65000"]).await;
        let mut tx = scratch.db.read().await.unwrap();
        let one = Filter::default;
        let text = |text: &str| Some(text.to_owned());
        for (filter, windows) in [
            (Filter { act: text("none."), ..one() }, 4),
            (Filter { actor: text("a"), text: text("none"), ..one() }, 2),
            (Filter { actor: text("a"), object_id: text("1"), text: text("none"), ..one() }, 1),
            (Filter { outcome: text("refused"), ..one() }, 1),
            (Filter { from_ms: Some(NOW_MS + 64_000_000), act: text("none."), ..one() }, 1),
        ] {
            for order in [Order::Newest, Order::Oldest] {
                let (mut calls, mut cursor) = (0, None);
                loop {
                    let before = scratch.db.statements();
                    let found = find(&mut tx, county, &filter, order, cursor, 20).await.unwrap();
                    assert!(found.rows.is_empty());
                    assert!(scratch.db.statements() - before <= 4);
                    calls += 1;
                    cursor = found.next;
                    if cursor.is_none() {
                        break;
                    }
                }
                assert_eq!(calls, windows, "{filter:?} {order:?}");
            }
        }
        plans(scratch).await;
    })
    .await;
}

/// Each list goes along an index in the order of the chain: nothing is scanned whole, nothing sorted.
async fn plans(scratch: &Scratch) {
    if scratch.db.backend() != Backend::Sqlite {
        return;
    }
    let mut tx = scratch.db.read().await.unwrap();
    for filter in [
        "",
        " AND actor = 'a'",
        " AND object_id = '1'",
        " AND outcome = 'refused' AND outcome <> 'done'",
        " AND +at_ms >= 5 AND act >= 'x' AND act < 'y'",
    ] {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT * FROM audit WHERE county_code = '500240' AND seq > 5 AND seq < 9{filter} \
             ORDER BY seq DESC LIMIT 20"
        );
        let rows: Vec<(i64, i64, i64, String)> =
            on!(&mut tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(c).await).unwrap();
        assert_eq!(rows.len(), 1, "{filter}: {rows:?}");
        assert!(rows[0].3.starts_with("SEARCH audit USING INDEX"), "{filter}: {rows:?}");
        assert!(rows[0].3.contains("seq>? AND seq<?"), "{filter}: {rows:?}");
    }
}
