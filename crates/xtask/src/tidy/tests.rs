use super::rules::*;
use super::*;

/// No line: a plain `[]` has no type of its own once a dependency compares numbers with values of its own.
const NONE: [usize; 0] = [];

fn found(rule: fn(&Source, &mut Vec<Finding>), path: &str, text: &str) -> Vec<usize> {
    let mut findings = Vec::new();
    rule(&Source::new(path, text), &mut findings);
    findings.into_iter().map(|finding| finding.line).collect()
}

const APP: &str = "crates/app/src/visit.rs";

#[test]
fn long_files_are_found_and_generated_ones_are_not() {
    let long = "x\n".repeat(501);
    assert_eq!(found(file_length, APP, &long), [501]);
    assert_eq!(found(file_length, APP, &"x\n".repeat(500)), NONE);
    assert_eq!(found(file_length, "web/src/Page.vue", &long), [501]);
    assert_eq!(found(file_length, "test", &long), [501]);
    assert_eq!(found(file_length, "crates/store/migrations/0001_units.sql", &long), NONE);
    assert_eq!(found(file_length, "web/src/api/schema.ts", &format!("// @generated\n{long}")), NONE);
    assert_eq!(found(file_length, "docs/notice.md", &long), NONE);
}

#[test]
fn long_functions_are_found() {
    let body = "    step();\n".repeat(69);
    let long = format!("struct S;\nfn act(a: [u8; 4]) -> u8\nwhere\n    u8: Copy,\n{{\n{body}}}\n");
    assert_eq!(found(function_length, APP, &long), [2]);
    assert_eq!(
        found(function_length, APP, &format!("fn act() {{\n{}}}\n", "    step();\n".repeat(68))),
        NONE
    );
    assert_eq!(found(function_length, APP, &format!("fn act() {{\n{body}}}\n")), [1]);
    assert_eq!(found(function_length, APP, "trait T { fn act(&self); fn other(&self) -> u8 { 1 } }"), NONE);
    // Braces in strings, characters and comments do not count; nor does a pointer type.
    let tricky =
        "fn a() { let x = ['{', '\\'', '\"']; let y = \"}}}\"; /* } */ }\ntype F = fn (u8);\nfn b<'a>() {}\n";
    assert_eq!(found(function_length, APP, tricky), NONE);
    // Tests may be long.
    assert_eq!(found(function_length, APP, &format!("#[cfg(test)]\nmod tests {{\n{long}}}\n")), NONE);
    assert_eq!(found(function_length, APP, &format!("#[test]\nfn act() {{\n{body}}}\n")), NONE);
    assert_eq!(found(function_length, "crates/app/tests/story.rs", &long), NONE);
}

#[test]
fn sql_stands_in_the_store_only() {
    for bad in [
        r#"let q = "SELECT id FROM visit";"#,
        r#"let q = "SELECT 1";"#,
        "let q = r#\"\n   insert into visit (id) values ($1)\"#;",
        r#"let q = "update visit set a = 1";"#,
        r#"let q = "DELETE FROM visit";"#,
        r#"let q = "CREATE TABLE x (id TEXT)";"#,
        r#"let q = "WITH x AS (SELECT 1) SELECT * FROM x";"#,
        r#"let q = "PRAGMA journal_mode = WAL";"#,
    ] {
        assert_eq!(found(sql_only_in_store, APP, bad), [1], "{bad}");
        assert_eq!(found(sql_only_in_store, "crates/store/src/visit.rs", bad), NONE, "{bad}");
    }
    for good in [
        r#"let s = "Select a file";"#,
        r#"let s = "update";"#,
        r#"let s = "with a word from the office";"#,
        "// SELECT id FROM visit\nlet s = 1;",
        r#"let s = "已更新 UPDATE";"#,
    ] {
        assert_eq!(found(sql_only_in_store, APP, good), NONE, "{good}");
    }
}

#[test]
fn nothing_changes_the_audit() {
    let store = "crates/store/src/audit.rs";
    for bad in [
        r#"const Q: &str = "UPDATE audit SET hash = $1";"#,
        "const Q: &str = \"DELETE\n    FROM audit WHERE seq < $1\";",
        r#"const Q: &str = "INSERT INTO audit (seq) VALUES ($1) ON CONFLICT (seq) DO UPDATE SET seq = 1";"#,
        r#"const Q: &str = "DELETE FROM \"audit\"";"#,
    ] {
        assert_eq!(found(audit_is_append_only, store, bad), [1], "{bad}");
    }
    let migration = "crates/store/migrations/0002_more.sql";
    assert_eq!(
        found(audit_is_append_only, migration, "CREATE TABLE a (b TEXT);\nDROP TABLE\n  audit;\n"),
        [2]
    );
    assert_eq!(
        found(audit_is_append_only, migration, "-- never UPDATE audit\nCREATE TABLE a (b TEXT);\n"),
        NONE
    );
    for good in [
        r#"const Q: &str = "INSERT INTO audit (seq) VALUES ($1)";"#,
        r#"const Q: &str = "UPDATE county SET audit_seq = $1";"#,
        r#"const Q: &str = "SELECT seq FROM audit FOR UPDATE";"#,
    ] {
        assert_eq!(found(audit_is_append_only, store, good), NONE, "{good}");
    }
    // A test may tamper when it says so; other code may not, whatever it says.
    let tampers = "// tidy: tampers\nconst Q: &str = \"UPDATE audit SET hash = 'x'\";";
    assert_eq!(found(audit_is_append_only, "crates/store/tests/audit.rs", tampers), NONE);
    assert_eq!(found(audit_is_append_only, store, tampers), [2]);
}

#[test]
fn paths_of_one_machine_are_found() {
    for bad in
        ["cd /work/shop", "let p = \"/home/anna/x\";", "/root/.config/x", "C:\\Users\\anna", "(/Users/anna)"]
    {
        assert_eq!(found(no_machine_paths, "docs/guide/README.md", bad), [1], "{bad}");
    }
    for good in
        ["https://example.org/home/page", "./work/x", "/api/work/1", "\"/home/\"", "${ROOT}/work/a", "/root/"]
    {
        assert_eq!(found(no_machine_paths, APP, good), NONE, "{good}");
    }
    let lock = "{\n  \"resolved\": \"https://registry.example/x.tgz\"\n}";
    assert_eq!(found(no_machine_paths, "e2e/package-lock.json", lock), [2]);
}

#[test]
fn leftovers_are_found() {
    for (path, bad) in [
        (APP, "// TODO: later"),
        (APP, "fn f() { todo!() }"),
        (APP, "fn f() { unimplemented!() }"),
        (APP, "#[ignore = \"slow\"]\n#[test] fn f() {}"),
        ("e2e/run.mjs", "test.only('x')"),
        ("test", "# FIXME"),
    ] {
        assert_eq!(found(no_leftovers, path, bad), [1], "{bad}");
    }
    for (path, good) in [
        (APP, "let todos = 1; // a todo list"),
        (APP, "let s = \"todo!\";"),
        ("docs/notice.md", "TODO"),
        ("e2e/run.mjs", "only(1)"),
    ] {
        assert_eq!(found(no_leftovers, path, good), NONE, "{good}");
    }
}

#[test]
fn crates_depend_downwards_only() {
    let manifest = |name: &str| format!("crates/{name}/Cargo.toml");
    assert_eq!(
        found(walls::check, &manifest("domain"), "[dependencies]\nserde = \"1\"\nstore.workspace = true"),
        [3]
    );
    assert_eq!(found(walls::check, &manifest("domain"), "[dependencies]\nserde.workspace = true"), NONE);
    assert_eq!(
        found(walls::check, &manifest("app"), "[dependencies]\nstore = { path = \"../store\" }"),
        NONE
    );
    assert_eq!(found(walls::check, &manifest("app"), "[dev-dependencies]\nserver.workspace = true"), [2]);
    assert_eq!(found(walls::check, &manifest("store"), "[dependencies.app]\nworkspace = true"), [1]);
    assert_eq!(
        found(walls::check, &manifest("formats"), "[target.'cfg(unix)'.dependencies]\npdf = \"1\""),
        [2]
    );
    assert_eq!(found(walls::check, &manifest("store"), "[features]\napp = []"), NONE);
    assert_eq!(found(walls::check, &manifest("store"), "[dev-dependencies]\nstore = { path = \".\" }"), NONE);
    assert_eq!(found(walls::check, &manifest("novel"), ""), [1]);
}

#[test]
fn pairs_of_the_dialect_are_counted() {
    let text = "pub const NOW: [&str; 2] = [\"a\", \"b\"];\npub const fn pick() {}\nfn private() {}\npub fn list() {}\n";
    assert_eq!(dialect_pairs(&[Source::new("crates/store/src/dialect.rs", text)]), 2);
    assert_eq!(dialect_pairs(&[]), 0);
}

#[test]
fn a_finding_says_where() {
    let finding = Finding { path: APP.to_owned(), line: 7, message: "mend it".to_owned() };
    assert_eq!(finding.to_string(), "crates/app/src/visit.rs:7: mend it");
}
