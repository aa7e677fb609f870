//! Units and campaigns kept in memory are always those that a transaction would read.

use super::door::entry;
use domain::region::CountyCode;
use domain::unit::{Unit, UnitKind};
use store::testing::{Scratch, both};
use store::{Db, StoreError};
use uuid::Uuid;

fn unit(number: u128, name: &str) -> Unit {
    Unit {
        id: Uuid::from_u128(number).into(),
        code: if number == 1 { "500240".to_owned() } else { format!("500240D{number:03}") },
        kind: if number == 1 { UnitKind::County } else { UnitKind::Department },
        name: name.to_owned(),
        short_name: name.to_owned(),
        parent_id: (number > 1).then(|| Uuid::from_u128(1).into()),
        valid_from: None,
        valid_to: None,
        aliases: Vec::new(),
    }
}

async fn names(db: &Db, county: CountyCode) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let reference = store::reference::get(&mut tx, county).await.unwrap();
    let tree = reference.units.clone();
    tree.map_or(Vec::new(), |tree| tree.all().iter().map(|unit| unit.name.clone()).collect())
}

/// Adds a unit and tells which names the act itself then sees; `is_kept` says whether the act succeeds.
async fn add(
    scratch: &Scratch,
    county: CountyCode,
    number: u128,
    name: &'static str,
    is_kept: bool,
) -> usize {
    let (tell, told) = tokio::sync::oneshot::channel();
    let done: Result<(), StoreError> = scratch
        .db
        .write(county, move |act| {
            Box::pin(async move {
                store::unit::add_many(act, county, &[unit(number, name)]).await?;
                let seen = store::reference::get(act, county).await?;
                let _ = tell.send(seen.units.as_ref().map_or(0, |tree| tree.all().len()));
                act.audit(entry(name)).await?;
                if is_kept { Ok(()) } else { Err(StoreError::Closed) }
            })
        })
        .await;
    assert_eq!(done.is_ok(), is_kept);
    told.await.unwrap()
}

#[tokio::test]
async fn a_change_is_seen_at_once_and_one_taken_back_never() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        assert!(names(&scratch.db, county).await.is_empty());
        assert_eq!(add(scratch, county, 1, "县", true).await, 1, "an act sees its own change");
        assert_eq!(names(&scratch.db, county).await, ["县"]);
        // Two acts that fail, then one that succeeds: each would raise the version to the same number.
        assert_eq!(add(scratch, county, 2, "甲局", false).await, 2);
        assert_eq!(names(&scratch.db, county).await, ["县"]);
        assert_eq!(add(scratch, county, 3, "乙局", true).await, 2);
        assert_eq!(names(&scratch.db, county).await, ["县", "乙局"]);
        let mut tx = scratch.db.read().await.unwrap();
        let before = scratch.db.statements();
        store::reference::get(&mut tx, county).await.unwrap();
        assert_eq!(scratch.db.statements() - before, 1, "what is kept costs one statement");
    })
    .await;
}

#[tokio::test]
async fn another_program_on_the_same_database_sees_the_change() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        add(scratch, county, 1, "县", true).await;
        let other = Db::open(&scratch.target, store::testing::NOW_MS).await.unwrap();
        assert_eq!(names(&other, county).await, ["县"]);
        add(scratch, county, 2, "甲局", true).await;
        assert_eq!(names(&other, county).await, ["县", "甲局"]);
        other.close().await;
    })
    .await;
}
