//! What is protected stands nowhere in clear: not in the database, not in the audit trail.

use super::play::{Call, Play, Someone, both, call, number, someone};
use domain::ids::ImportId;
use sqlx::AssertSqlSafe;
use store::tables::TABLES;
use store::{Backend, FILE_NAME, Target, on};

const H: &str = "黄水镇";
const PHONE: &str = "20012345678";
const OTHER_PHONE: &str = "20087654321";
const ACCOUNT: &str = "9912345678901234561";
const ADDRESS: &str = "星月路七十七号";
const NOTE: &str = "家中老宅漏雨";
const HARDSHIP: &str = "久病卧床";
const REMARK: &str = "谈到旧伤复发";

fn person(phone: &str) -> Someone {
    someone(1, "老复员军人", H)
        .with("联系电话", phone)
        .with("银行账号", ACCOUNT)
        .with("住址", ADDRESS)
        .with("备注", NOTE)
        .with("特殊困难", HARDSHIP)
}

fn visits() -> [Call; 2] {
    let remarked = call(H, 20, "登门看望").to(1).with("备注", REMARK);
    [remarked, call(H, 20, "登门看望").to(9).named("外来人")]
}

#[tokio::test]
async fn nothing_protected_is_stored_in_clear() {
    both(async |play| {
        play.begin().await;
        play.roster(&[person(PHONE), someone(2, "烈士遗属", H)]).await;
        let changed = play.roster(&[person(OTHER_PHONE)]).await;
        assert_eq!(changed.counts.changed, 1);
        assert_eq!(play.visits(&visits()).await.counts.added, 2);
        let candidate = app::candidate::list(&play.app, &play.caller, play.county).await.unwrap();
        let candidate = candidate[0].id.parse().unwrap();
        app::candidate::confirm(&play.app, &play.caller, play.county, candidate, number(2)).await.unwrap();
        let import: ImportId = changed.import.unwrap().parse().unwrap();
        app::import::undo(&play.app, &play.caller, play.county, import).await.unwrap();
        let (first, ninth) = (number(1), number(9));
        let secrets =
            [first.reveal(), ninth.reveal(), PHONE, OTHER_PHONE, ACCOUNT, ADDRESS, NOTE, HARDSHIP, REMARK];
        let rows = rows(play).await;
        assert!(contains(&rows, H.as_bytes()), "clear columns are found");
        let bytes = if play.app.db.backend() == Backend::Sqlite { files(play).await } else { Vec::new() };
        assert!(bytes.is_empty() || contains(&bytes, H.as_bytes()));
        for secret in secrets {
            assert!(!contains(&rows, secret.as_bytes()), "{secret} stands in a column");
            assert!(!contains(&bytes, secret.as_bytes()), "{secret} stands in the file");
        }
    })
    .await;
}

/// Every row of every table as text.
async fn rows(play: &Play) -> Vec<u8> {
    let mut tx = play.app.db.read().await.unwrap();
    let mut text = String::new();
    for table in TABLES {
        let columns: Vec<String> =
            table.text.iter().map(|column| format!("COALESCE(\"{column}\", '')")).collect();
        let sql = format!("SELECT {} FROM {}", columns.join(" || '|' || "), table.name);
        let rows: Vec<(String,)> =
            on!(&mut tx, c => sqlx::query_as(AssertSqlSafe(sql)).fetch_all(c).await).unwrap();
        for (row,) in rows {
            text.push_str(&row);
            text.push('\n');
        }
    }
    text.into_bytes()
}

/// The database file and its log, after all was written out.
async fn files(play: &Play) -> Vec<u8> {
    play.app.db.close().await;
    let Target::Dir(folder) = &play.target else { return Vec::new() };
    let mut bytes = std::fs::read(folder.join(FILE_NAME)).unwrap();
    let log = folder.join(format!("{FILE_NAME}-wal"));
    bytes.extend(std::fs::read(log).unwrap_or_default());
    bytes
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}
