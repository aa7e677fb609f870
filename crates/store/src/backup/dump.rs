//! Reading a database out, in one transaction that sees one state throughout while others write.

use super::{Applied, CampaignFacts, CountyFacts, Facts, Shape, kept};
use crate::tables::ColumnType;
use crate::tx::Tx;
use crate::{StoreError, migrate, on};
use futures::TryStreamExt;
use futures::future::BoxFuture;
use sqlx::{AssertSqlSafe, Row};

/// Takes a block of lines; the next is read when the future is done.
pub type Sink<'s> = dyn FnMut(Vec<u8>) -> BoxFuture<'static, Result<(), StoreError>> + Send + 's;

/// Lines in a block, and bytes after which it is full.
const BLOCK_ROWS: usize = 2_000;
const BLOCK_BYTES: usize = 512 * 1024;

const SUMS: &str = "SELECT v.county_code, c.code, COUNT(*), CAST(SUM(v.money_fen) AS BIGINT), \
                    CAST(SUM(v.goods_fen) AS BIGINT) FROM visit v \
                    JOIN campaign c ON c.county_code = v.county_code AND c.id = v.campaign_id \
                    GROUP BY v.county_code, c.code ORDER BY v.county_code, c.code";

/// What is in this database, with the tables as the program declares them.
pub async fn facts(tx: &mut Tx) -> Result<Facts, StoreError> {
    let mut tables = Vec::new();
    for table in kept() {
        let sql = format!("SELECT COUNT(*) FROM {}", table.name);
        let (rows,): (i64,) = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).fetch_one(c).await)?;
        tables.push(Shape::of(table, rows));
    }
    let schema = migrate::applied(tx).await?;
    let schema = schema.into_iter().map(|(version, sm3_hex)| Applied { version, sm3_hex }).collect();
    let (counties, sums) = (counties(tx).await?, sums(tx).await?);
    Ok(Facts { schema, tables, counties, sums })
}

/// The counties with the heads of their audit chains.
pub(super) async fn counties(tx: &mut Tx) -> Result<Vec<CountyFacts>, StoreError> {
    let counties = crate::county::list(tx).await?;
    Ok(counties
        .into_iter()
        .map(|it| CountyFacts {
            code: it.code.to_string(),
            name: it.name,
            audit_seq: it.audit_seq,
            audit_hash: it.audit_hash,
        })
        .collect())
}

/// The sums of every campaign that has visits.
pub(super) async fn sums(tx: &mut Tx) -> Result<Vec<CampaignFacts>, StoreError> {
    let rows: Vec<(String, String, i64, i64, i64)> = on!(tx, c => sqlx::query_as(SUMS).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|(county, campaign, visits, money_fen, goods_fen)| CampaignFacts {
            county,
            campaign,
            visits,
            money_fen,
            goods_fen,
        })
        .collect())
}

/// Hands over the rows of a table by its key, in blocks of whole lines; says how many there were.
pub async fn rows(tx: &mut Tx, shape: &Shape, sink: &mut Sink<'_>) -> Result<i64, StoreError> {
    shape.check()?;
    let sql = format!("SELECT {} FROM {} ORDER BY {}", shape.list(), shape.name, shape.key.join(", "));
    let mut count = 0;
    let mut block = Block::default();
    on!(tx, c => {
        let mut rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch(c);
        while let Some(row) = rows.try_next().await? {
            for (index, (_, kind)) in shape.columns.iter().enumerate() {
                match kind {
                    ColumnType::Text => block.text(row.try_get::<Option<&str>, _>(index)?),
                    ColumnType::Int => block.plain(row.try_get::<Option<i64>, _>(index)?),
                    ColumnType::Bool => block.plain(row.try_get::<Option<bool>, _>(index)?),
                }
            }
            block.end_line();
            count += 1;
            if block.is_full() {
                sink(block.take()).await?;
            }
        }
        Ok::<(), StoreError>(())
    })?;
    if block.lines > 0 {
        sink(block.take()).await?;
    }
    Ok(count)
}

/// Lines being written.
#[derive(Default)]
struct Block {
    bytes: Vec<u8>,
    lines: usize,
    is_in_line: bool,
}

impl Block {
    fn next(&mut self) {
        self.bytes.push(if self.is_in_line { b',' } else { b'[' });
        self.is_in_line = true;
    }

    fn text(&mut self, value: Option<&str>) {
        self.next();
        serde_json::to_writer(&mut self.bytes, &value).expect("a text becomes JSON in memory");
    }

    fn plain<T: serde::Serialize + Copy>(&mut self, value: Option<T>) {
        self.next();
        serde_json::to_writer(&mut self.bytes, &value).expect("a number becomes JSON in memory");
    }

    fn end_line(&mut self) {
        self.bytes.extend_from_slice(b"]\n");
        self.is_in_line = false;
        self.lines += 1;
    }

    fn is_full(&self) -> bool {
        self.lines >= BLOCK_ROWS || self.bytes.len() >= BLOCK_BYTES
    }

    fn take(&mut self) -> Vec<u8> {
        self.lines = 0;
        let capacity = self.bytes.capacity();
        std::mem::replace(&mut self.bytes, Vec::with_capacity(capacity))
    }
}
