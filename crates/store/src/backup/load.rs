//! Loading rows into an empty database. Everything stands in one transaction: until [`Loading::commit`] nothing is
//! there, and a loading that is dropped leaves nothing.

use super::{Facts, Shape, dump};
use crate::audit::{self, AuditEntry};
use crate::db::{Pools, Purpose, run_text};
use crate::dialect::{self, KEYS_AT_THE_END, MIGRATION_LOCK, TABLE_COUNT, TABLE_EXISTS};
use crate::tx::{Tx, run};
use crate::{StoreError, Target, county, migrate, on, pause};
use domain::region::CountyCode;
use sqlx::AssertSqlSafe;

/// Tables that a migration fills: what the backup holds takes the place of that.
const SEEDED: &[&str] = &["counter"];

/// A database that is being filled.
pub struct Loading {
    pools: Pools,
    tx: Tx,
    waiting: Vec<String>,
    from: usize,
    now_ms: i64,
}

impl Loading {
    /// Makes the schema of the backup in the target, which must be empty.
    pub async fn begin(target: &Target, facts: &Facts, now_ms: i64) -> Result<Self, StoreError> {
        let pools = Pools::open(target).await?;
        let begun = Self::prepare(&pools, facts, now_ms).await;
        match begun {
            Ok((tx, waiting)) => Ok(Self { pools, tx, waiting, from: facts.schema.len(), now_ms }),
            Err(error) => {
                pools.close().await;
                Err(error)
            }
        }
    }

    async fn prepare(pools: &Pools, facts: &Facts, now_ms: i64) -> Result<(Tx, Vec<String>), StoreError> {
        let mut tx = pools.begin(Purpose::Write).await?;
        let backend = tx.backend();
        run(&mut tx, dialect::pick(backend, MIGRATION_LOCK)).await?;
        let count = dialect::pick(backend, TABLE_COUNT);
        let (tables,): (i64,) = on!(&mut tx, c => sqlx::query_as(count).fetch_one(c).await)?;
        if tables > 0 {
            return Err(StoreError::Target(
                "目标数据库不是空的，没有恢复；请恢复到新建的空数据库，不要覆盖在用的数据".to_owned(),
            ));
        }
        run(&mut tx, dialect::pick(backend, KEYS_AT_THE_END)).await?;
        let applied: Vec<(i64, String)> =
            facts.schema.iter().map(|step| (step.version, step.sm3_hex.clone())).collect();
        let waiting = migrate::rebuild(&mut tx, &applied, now_ms).await?;
        let exists = dialect::pick(backend, TABLE_EXISTS);
        for table in SEEDED {
            let (there,): (i64,) = on!(&mut tx, c => sqlx::query_as(exists).bind(*table).fetch_one(c).await)?;
            if there > 0 {
                run_text(&mut tx, &format!("DELETE FROM {table}")).await?;
            }
        }
        Ok((tx, waiting))
    }

    /// Adds a block of lines.
    pub async fn put(&mut self, shape: &Shape, lines: &[u8]) -> Result<(), StoreError> {
        shape.check()?;
        let Ok(lines) = std::str::from_utf8(lines) else {
            return Err(StoreError::Migration(format!("备份中 {} 的内容无法识别", shape.name)));
        };
        let mut json = String::with_capacity(lines.len() + 2);
        for line in lines.lines() {
            json.push(if json.is_empty() { '[' } else { ',' });
            json.push_str(line);
        }
        json.push(']');
        let kinds = shape.columns.iter().map(|(_, kind)| *kind);
        let select = dialect::rows_of(self.tx.backend(), kinds);
        let sql = format!("INSERT INTO {} ({}) {select}", shape.name, shape.list());
        on!(&mut self.tx, c => sqlx::query(AssertSqlSafe(sql)).bind(json).execute(c).await.map(drop))?;
        Ok(())
    }

    /// The transaction, to read what was loaded.
    pub fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// Counties and sums as they stand in the target now.
    pub async fn differs(&mut self, facts: &Facts) -> Result<Option<&'static str>, StoreError> {
        if dump::counties(&mut self.tx).await? != facts.counties {
            return Ok(Some("县及其日志链尾"));
        }
        if dump::sums(&mut self.tx).await? != facts.sums {
            return Ok(Some("各活动的走访条数和金额"));
        }
        Ok(None)
    }

    /// Adds what had to wait for the rows and brings the schema up to date.
    pub async fn complete(&mut self) -> Result<(), StoreError> {
        for statement in std::mem::take(&mut self.waiting) {
            run_text(&mut self.tx, &statement).await?;
        }
        migrate::complete(&mut self.tx, self.from, self.now_ms).await?;
        // The backup was taken while it held removals back; here nothing does.
        pause::set(&mut self.tx, 0).await
    }

    /// Adds an audit row behind the head that was restored.
    pub async fn audit(&mut self, code: CountyCode, entry: AuditEntry<'_>) -> Result<(), StoreError> {
        let head = county::lock(&mut self.tx, code).await?.ok_or(StoreError::NoCounty(code))?;
        let next = audit::append(&mut self.tx, code, &head, entry).await?;
        county::put_head(&mut self.tx, code, &next).await
    }

    /// Makes everything lasting and closes the database.
    pub async fn commit(self) -> Result<(), StoreError> {
        let done = self.tx.commit().await;
        self.pools.close().await;
        done
    }

    /// Takes everything back and closes the database.
    pub async fn abandon(self) {
        // What cannot be rolled back any more is rolled back by the database itself.
        let _ = self.tx.rollback().await;
        self.pools.close().await;
    }
}
