//! The audit chain: what tampering looks like.

use super::door::entry;
use store::audit::{Fault, verify};
use store::testing::{Scratch, both};
use store::{StoreError, on};

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
                "INSERT INTO audit SELECT county_code, 11, at_ms, actor, origin, act, object_kind, object_id, outcome, \
               detail_json, hash, hash FROM audit WHERE seq = 10",
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
        "actor",
        "origin",
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
                row.actor,
                row.origin,
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
    let head = rows[rows.len() - 1][11].as_str().unwrap().to_owned();
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
