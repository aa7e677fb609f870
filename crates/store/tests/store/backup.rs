//! Loading into a database, and the pause of deletions.

use store::backup::{Applied, Loading, facts};
use store::testing::{NOW_MS, Scratch, both, odd_postgres, remove_postgres};
use store::{Backend, Db, StoreError, Target, on, pause};

#[tokio::test]
async fn a_schema_newer_than_the_program_is_refused() {
    both(async |scratch| {
        let mut tx = scratch.db.read().await.unwrap();
        let mut facts = facts(&mut tx).await.unwrap();
        facts.schema.push(Applied { version: 9_999, sm3_hex: "x".to_owned() });
        let folder = tempfile::tempdir().unwrap();
        let target = Target::Dir(folder.path().join("data"));
        let error = Loading::begin(&target, &facts, NOW_MS).await.err().unwrap();
        assert!(matches!(&error, StoreError::Migration(text) if text.contains("更新的版本程序")), "{error}");
        let fresh = Scratch::sqlite().await;
        let error = Loading::begin(&fresh.target, &facts, NOW_MS).await.err().unwrap();
        assert!(matches!(&error, StoreError::Target(text) if text.contains("不是空的")), "{error}");
        fresh.remove().await;
    })
    .await;
}

#[tokio::test]
async fn an_abandoned_loading_leaves_no_table() {
    both(async |scratch| {
        let mut tx = scratch.db.read().await.unwrap();
        let facts = facts(&mut tx).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let target = Target::Dir(folder.path().join("data"));
        Loading::begin(&target, &facts, NOW_MS).await.unwrap().abandon().await;
        let again = Loading::begin(&target, &facts, NOW_MS).await.expect("the database is empty again");
        again.abandon().await;
    })
    .await;
}

#[tokio::test]
async fn deletion_waits_for_backups() {
    both(async |scratch| {
        let is_paused = async |now_ms: i64| {
            let mut tx = scratch.db.read().await.unwrap();
            pause::is_deletion_paused(&mut tx, now_ms).await.unwrap()
        };
        assert!(!is_paused(NOW_MS).await);
        pause::pause_deletion(&scratch.db, NOW_MS + 10).await.unwrap();
        assert!(
            is_paused(NOW_MS).await && !is_paused(NOW_MS + 10).await,
            "a broken backup does not pause forever"
        );
        pause::pause_deletion(&scratch.db, 0).await.unwrap();
        assert!(!is_paused(NOW_MS).await);
    })
    .await;
}

/// How many foreign keys a PostgreSQL database has.
async fn foreign_keys(db: &Db) -> i64 {
    const SQL: &str = "SELECT COUNT(*) FROM pg_constraint WHERE contype = 'f'";
    let mut tx = db.read().await.unwrap();
    let (count,): (i64,) = on!(&mut tx, c => sqlx::query_as(SQL).fetch_one(c).await).unwrap();
    count
}

#[tokio::test]
async fn an_older_schema_is_brought_up_to_date() {
    both(async |scratch| {
        let mut tx = scratch.db.read().await.unwrap();
        let mut facts = facts(&mut tx).await.unwrap();
        drop(tx);
        assert!(facts.schema.len() > 1);
        facts.schema.truncate(1);
        let folder = tempfile::tempdir().unwrap();
        let name = format!("shuangyong_older_{}", std::process::id());
        let target = match scratch.db.backend() {
            Backend::Sqlite => Target::Dir(folder.path().join("data")),
            Backend::Pg => odd_postgres(&name, "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'").await,
        };
        let mut loading = Loading::begin(&target, &facts, NOW_MS).await.unwrap();
        loading.complete().await.unwrap();
        loading.commit().await.unwrap();
        let db = Db::open(&target, NOW_MS).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let again = store::backup::facts(&mut tx).await.unwrap();
        drop(tx);
        assert!(again.schema.len() > 1 && again.tables.len() == facts.tables.len());
        if db.backend() == Backend::Pg {
            assert_eq!(foreign_keys(&db).await, foreign_keys(&scratch.db).await, "they came after the rows");
            db.close().await;
            remove_postgres(&name).await;
        }
    })
    .await;
}
