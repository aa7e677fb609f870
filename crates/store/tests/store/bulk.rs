//! Many rows at once: nulls, booleans, odd texts, upserts, lists.

use serde_json::{Value, json};
use store::testing::both;
use store::{Act, StoreError, Tx, bulk, dialect, on};

use domain::region::CountyCode;

const UNIT: &[&str] =
    &["county_code", "id", "code", "kind", "name", "short_name", "parent_id", "valid_from", "valid_to"];
const CELL_ITEM: &[&str] = &["county_code", "campaign_id", "scope_id", "kind", "row", "item", "count"];
const CAMPAIGN: &[&str] = &[
    "county_code",
    "id",
    "code",
    "template_key",
    "template_version",
    "year",
    "heading",
    "deadline",
    "period_from",
    "period_to",
    "is_open",
    "template_json",
    "created_at_ms",
];

fn unit(id: &str, name: &str, parent: Option<&str>) -> Value {
    json!(["500240", id, id, "department", name, name, parent, null, null])
}

fn campaign(id: &str, is_open: bool) -> Value {
    json!([
        "500240",
        id,
        id,
        "bayi",
        1,
        2024,
        "",
        "2024-08-05",
        "2024-07-01",
        "2024-08-31",
        is_open,
        "{}",
        i64::MAX
    ])
}

async fn write<T: Send + 'static>(
    scratch: &store::testing::Scratch,
    county: CountyCode,
    act: impl for<'a> FnOnce(&'a mut Act) -> futures::future::BoxFuture<'a, Result<T, StoreError>>
    + Send
    + 'static,
) -> Result<T, StoreError> {
    scratch
        .db
        .write(county, move |inner| {
            Box::pin(async move {
                let value = act(inner).await?;
                inner.nothing_written();
                Ok(value)
            })
        })
        .await
}

async fn names(tx: &mut Tx) -> Vec<(String, Option<String>)> {
    on!(tx, c => sqlx::query_as("SELECT name, parent_id FROM unit ORDER BY id").fetch_all(c).await).unwrap()
}

#[tokio::test]
async fn odd_texts_nulls_and_booleans_come_back_as_they_went() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        let texts = [
            "石柱县",
            "𠮷𡈽邨",
            "👨‍👩‍👧",
            "\"'`\\",
            "\\u0000 is text",
            "a\nb\tc\u{1f}",
            "",
            "{\"a\":[1]}",
            "[1,2]",
            "null",
            "true",
            "007",
            "1e5",
            "$1 ?",
            "'; --",
        ];
        let rows: Vec<Value> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| unit(&format!("{index:03}"), text, (index > 0).then_some("000")))
            .collect();
        let expected: Vec<(String, Option<String>)> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| ((*text).to_owned(), (index > 0).then(|| "000".to_owned())))
            .collect();
        write(scratch, county, move |act| {
            Box::pin(async move {
                bulk::insert(act, "unit", UNIT, &rows).await?;
                bulk::insert(act, "campaign", CAMPAIGN, &[campaign("a", true), campaign("b", false)]).await
            })
        })
        .await
        .unwrap();
        let mut tx = scratch.db.read().await.unwrap();
        assert_eq!(names(&mut tx).await, expected);
        const OPEN: &str = "SELECT id, is_open, created_at_ms FROM campaign ORDER BY id";
        let rows: Vec<(String, bool, i64)> =
            on!(&mut tx, c => sqlx::query_as(OPEN).fetch_all(c).await).unwrap();
        assert_eq!(rows, [("a".to_owned(), true, i64::MAX), ("b".to_owned(), false, i64::MAX)]);
    })
    .await;
}

#[tokio::test]
async fn a_nul_is_refused_before_the_database_sees_it() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        let refused = write(scratch, county, |act| {
            Box::pin(async move { bulk::insert(act, "unit", UNIT, &[unit("1", "a\0b", None)]).await })
        })
        .await;
        assert!(matches!(refused, Err(StoreError::Nul("unit"))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn more_rows_than_a_chunk_go_in_and_no_rows_ask_nothing() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        let before = scratch.db.statements();
        write(scratch, county, |act| {
            Box::pin(async move {
                bulk::insert::<Value>(act, "unit", UNIT, &[]).await?;
                let rows: Vec<Value> =
                    (0..5_001).map(|number| unit(&format!("{number:05}"), "x", Some("00000"))).collect();
                bulk::insert(act, "unit", UNIT, &rows).await
            })
        })
        .await
        .unwrap();
        let statements = scratch.db.statements() - before;
        assert!(statements <= 8, "{statements} statements");
        assert_eq!(names(&mut scratch.db.read().await.unwrap()).await.len(), 5_001);
    })
    .await;
}

#[tokio::test]
async fn existing_keys_conflict_stay_or_are_updated() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        write(scratch, county, |act| {
            Box::pin(async move {
                bulk::insert(act, "unit", UNIT, &[unit("1", "a", None)]).await?;
                bulk::insert(act, "campaign", CAMPAIGN, &[campaign("c", true)]).await
            })
        })
        .await
        .unwrap();
        let conflict = write(scratch, county, |act| {
            Box::pin(async move { bulk::insert(act, "unit", UNIT, &[unit("1", "b", None)]).await })
        })
        .await;
        assert!(matches!(conflict, Err(StoreError::Conflict(_))), "{conflict:?}");
        let new = write(scratch, county, |act| {
            Box::pin(async move {
                let rows = [unit("1", "b", None), unit("2", "c", None)];
                bulk::insert_new(act, "unit", UNIT, &rows).await
            })
        })
        .await;
        assert_eq!(new.unwrap(), 1);
        write(scratch, county, |act| {
            Box::pin(async move {
                bulk::upsert(act, "unit", UNIT, &[], &[unit("1", "新", None), unit("3", "d", Some("1"))])
                    .await?;
                let item = |count: i64| [json!(["500240", "c", "s", "goods", "r", "大米", count])];
                bulk::upsert(act, "cell_item", CELL_ITEM, &["count"], &item(5)).await?;
                bulk::upsert(act, "cell_item", CELL_ITEM, &["count"], &item(-2)).await
            })
        })
        .await
        .unwrap();
        let mut tx = scratch.db.read().await.unwrap();
        let names: Vec<String> = names(&mut tx).await.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["新", "c", "d"]);
        let (count,): (i64,) =
            on!(&mut tx, c => sqlx::query_as("SELECT count FROM cell_item").fetch_one(c).await).unwrap();
        assert_eq!(count, 3);
    })
    .await;
}

#[tokio::test]
async fn lists_and_keys_take_one_placeholder() {
    both(async |scratch| {
        let county = scratch.shizhu().await;
        write(scratch, county, |act| {
            Box::pin(async move {
                let rows = [unit("1", "a\"b", None), unit("2", "石", Some("1")), unit("3", "c", Some("1"))];
                bulk::insert(act, "unit", UNIT, &rows).await
            })
        })
        .await
        .unwrap();
        let mut tx = scratch.db.read().await.unwrap();
        let sql = format!(
            "SELECT id FROM unit WHERE county_code = $1 AND name IN {} ORDER BY id",
            dialect::list(&tx, "$2")
        );
        let list = json!(["a\"b", "石", "nobody"]).to_string();
        let found: Vec<(String,)> = on!(&mut tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county.as_str())
            .bind(list)
            .fetch_all(c)
            .await)
        .unwrap();
        assert_eq!(found, [("1".to_owned(),), ("2".to_owned(),)]);
        let sql = format!(
            "SELECT u.id FROM {} k JOIN unit u ON u.county_code = $2 AND u.parent_id = k.k0 AND u.name = k.k1",
            dialect::keys(&tx, "$1", 2)
        );
        let list = json!([["1", "c"], ["1", "a\"b"], ["2", "c"]]).to_string();
        let found: Vec<(String,)> = on!(&mut tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(list)
            .bind(county.as_str())
            .fetch_all(c)
            .await)
        .unwrap();
        assert_eq!(found, [("3".to_owned(),)]);
    })
    .await;
}
