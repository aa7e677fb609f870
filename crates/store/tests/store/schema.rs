//! The catalogues of both databases against `tables.rs` (design rules 8 and 9).

use std::collections::{BTreeMap, BTreeSet};
use store::tables::{ColumnType, Placement, TABLES, Table};
use store::testing::both;
use store::{Backend, Tx, on};

/// Table, column, type.
const COLUMNS: [&str; 2] = [
    "SELECT m.name, c.name, UPPER(c.type) FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
    "SELECT table_name::text, column_name::text, UPPER(data_type)::text FROM information_schema.columns \
     WHERE table_schema = current_schema()",
];

/// Table, index, whether unique, whether of the primary key, columns in order.
const INDEXES: [&str; 2] = [
    "SELECT m.name, i.name, i.\"unique\" = 1, i.origin = 'pk', \
     (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) \
     FROM sqlite_schema m JOIN pragma_index_list(m.name) i WHERE m.type = 'table'",
    "SELECT t.relname::text, c.relname::text, i.indisunique, i.indisprimary, \
     (SELECT string_agg(a.attname::text, ',' ORDER BY k.place) FROM unnest(i.indkey) WITH ORDINALITY k(number, place) \
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) \
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid \
     JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = current_schema()",
];

/// Table, columns, table pointed at, columns there.
const FOREIGN: [&str; 2] = [
    "SELECT name, group_concat(\"from\", ','), \"table\", group_concat(\"to\", ',') FROM (SELECT m.name, f.* \
     FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq) \
     GROUP BY name, id, \"table\"",
    "SELECT t.relname::text, \
     (SELECT string_agg(a.attname::text, ',' ORDER BY k.place) FROM unnest(f.conkey) WITH ORDINALITY k(number, place) \
      JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number), \
     p.relname::text, \
     (SELECT string_agg(a.attname::text, ',' ORDER BY k.place) FROM unnest(f.confkey) WITH ORDINALITY k(number, place) \
      JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number) \
     FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid JOIN pg_class p ON p.oid = f.confrelid \
     WHERE f.contype = 'f'",
];

fn pick(tx: &Tx, pair: [&'static str; 2]) -> &'static str {
    pair[usize::from(tx.backend() == Backend::Pg)]
}

fn word(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "TEXT",
        ColumnType::Int => "BIGINT",
        ColumnType::Bool => "BOOLEAN",
    }
}

fn declared(table: &Table) -> BTreeMap<String, &'static str> {
    [(table.text, ColumnType::Text), (table.int, ColumnType::Int), (table.bool, ColumnType::Bool)]
        .into_iter()
        .flat_map(|(names, kind)| names.iter().map(move |name| ((*name).to_owned(), word(kind))))
        .collect()
}

#[tokio::test]
async fn tables_and_columns_are_declared_as_they_are() {
    both(async |scratch| {
        let mut tx = scratch.db.read().await.unwrap();
        let sql = pick(&tx, COLUMNS);
        let rows: Vec<(String, String, String)> =
            on!(&mut tx, c => sqlx::query_as(sql).fetch_all(c).await).unwrap();
        let mut real: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for (table, column, kind) in rows {
            real.entry(table).or_default().insert(column, kind);
        }
        let names: BTreeSet<&str> = TABLES.iter().map(|table| table.name).collect();
        assert_eq!(real.keys().map(String::as_str).collect::<BTreeSet<_>>(), names);
        for table in TABLES {
            let columns: BTreeMap<String, &str> =
                real[table.name].iter().map(|(name, kind)| (name.clone(), kind.as_str())).collect();
            assert_eq!(columns, declared(table), "{}", table.name);
        }
    })
    .await;
}

#[tokio::test]
async fn keys_begin_with_the_county_and_lists_end_in_the_id() {
    both(async |scratch| {
        let mut tx = scratch.db.read().await.unwrap();
        let sql = pick(&tx, INDEXES);
        let rows: Vec<(String, String, bool, bool, String)> =
            on!(&mut tx, c => sqlx::query_as(sql).fetch_all(c).await).unwrap();
        let mut keyed = BTreeSet::new();
        for (name, index, is_unique, is_primary, columns) in rows {
            let table = Table::named(&name);
            let columns: Vec<&str> = columns.split(',').collect();
            if is_primary {
                assert_eq!(columns, table.key, "{index}");
                keyed.insert(table.name);
            }
            // A list index may begin with a value that belongs to one county alone (a unit, a keyed hash).
            if is_unique && table.placement == Placement::Distributed {
                assert_eq!(columns[0], "county_code", "{index}");
            }
            if !is_unique {
                // A table without id is told apart by the last column of its key.
                let last = if table.text.contains(&"id") { "id" } else { table.key[table.key.len() - 1] };
                assert!(
                    columns.last() == Some(&last) || table.key.iter().all(|key| columns.contains(key)),
                    "{index}: {columns:?}"
                );
            }
        }
        // SQLite keeps no index for the one-column BIGINT key of `migration`: none is missing otherwise.
        let missing: Vec<&str> =
            TABLES.iter().map(|table| table.name).filter(|name| !keyed.contains(name)).collect();
        assert!(missing.is_empty() || missing == ["migration"], "{missing:?}");
    })
    .await;
}

#[tokio::test]
async fn foreign_keys_carry_the_county_and_avoid_control_tables() {
    both(async |scratch| {
        let mut tx = scratch.db.read().await.unwrap();
        let sql = pick(&tx, FOREIGN);
        let rows: Vec<(String, String, String, String)> =
            on!(&mut tx, c => sqlx::query_as(sql).fetch_all(c).await).unwrap();
        let migrations = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
        let written: usize = migrations
            .map(|it| {
                std::fs::read_to_string(it.unwrap().path()).unwrap().matches("\n  , FOREIGN KEY").count()
            })
            .sum();
        assert_eq!(rows.len(), written);
        for (from, columns, to, there) in rows {
            let (from, to) = (Table::named(&from), Table::named(&to));
            assert!(
                from.placement != Placement::Control && to.placement != Placement::Control,
                "{}",
                from.name
            );
            if to.placement == Placement::Distributed {
                assert!(
                    columns.starts_with("county_code") && there.starts_with("county_code"),
                    "{}",
                    from.name
                );
                assert_eq!(there, to.key.join(","), "{} -> {}", from.name, to.name);
            }
        }
    })
    .await;
}
