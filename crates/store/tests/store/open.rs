//! Opening: again, in the wrong place, in the wrong collation.

use std::fs;
use store::testing::{NOW_MS, both, odd_postgres, remove_postgres, with_postgres};
use store::{Db, StoreError, Target, on};

#[tokio::test]
async fn a_database_is_opened_again_as_it_was() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        let again = Db::open(&scratch.target, NOW_MS + 1).await.unwrap();
        let mut tx = again.read().await.unwrap();
        assert_eq!(store::county::get(&mut tx, county).await.unwrap().unwrap().name, "石柱土家族自治县");
        let applied: Vec<(i64, String, i64)> = on!(&mut tx, c => sqlx::query_as(
            "SELECT version, name, applied_at_ms FROM migration ORDER BY version"
        )
        .fetch_all(c)
        .await)
        .unwrap();
        assert_eq!(applied[0], (1, "base".to_owned(), NOW_MS));
        drop(tx);
        again.close().await;
        let closed: Result<(), StoreError> = again
            .write(county, |act| {
                Box::pin(async move {
                    act.nothing_written();
                    Ok(())
                })
            })
            .await;
        assert!(matches!(closed, Err(StoreError::Closed)), "{closed:?}");
    })
    .await;
}

#[tokio::test]
async fn several_processes_open_a_new_database_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let target = Target::Dir(folder.path().join("data"));
    let opened = futures::future::join_all((0..4).map(|_| Db::open(&target, NOW_MS))).await;
    for db in opened {
        db.unwrap().close().await;
    }
}

#[tokio::test]
async fn postgresql_must_sort_by_code_points() {
    if !with_postgres() {
        return;
    }
    for (name, options) in [
        ("ascii", "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"),
        ("collation", "ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"),
    ] {
        let name = format!("shuangyong_test_{}_{name}", std::process::id());
        let target = odd_postgres(&name, options).await;
        let Err(refused) = Db::open(&target, NOW_MS).await else { panic!("{name} was opened") };
        remove_postgres(&name).await;
        assert!(matches!(refused, StoreError::Collation(_)), "{refused:?}");
        assert!(refused.to_string().contains("CREATE DATABASE"), "{refused}");
    }
}

#[tokio::test]
async fn what_is_no_database_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    fs::write(&file, "no database ".repeat(500)).unwrap();
    for target in [Target::File(file.clone()), Target::Dir(file)] {
        let Err(error) = Db::open(&target, NOW_MS).await else { panic!("{target} was opened") };
        assert!(matches!(error, StoreError::Io { .. }), "{error:?}");
    }
}

#[test]
fn places_are_read_and_shown_without_password() {
    for (text, shown) in [
        ("data", "data"),
        ("sqlite:a.sqlite", "a.sqlite"),
        ("sqlite:///srv/a.sqlite", "/srv/a.sqlite"),
        ("postgres://u:secret@host:5432/x", "postgres://…@host:5432/x"),
        ("postgresql://host/x", "postgresql://host/x"),
    ] {
        assert_eq!(text.parse::<Target>().unwrap().to_string(), shown);
    }
    for text in ["mysql://x", "sqlite:", "sqlite::memory:"] {
        assert!(matches!(text.parse::<Target>(), Err(StoreError::Target(_))), "{text}");
    }
}
