//! Files refused as a whole: one Chinese sentence, nothing written.

use super::play::{Play, both, call, calls, someone, someones};
use app::{Code, Problem};
use std::path::Path;

const H: &str = "黄水镇";
/// How a workbook with a password begins: a compound file.
const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01";

/// A compound file that holds an encrypted package: header and a directory with its name.
fn encrypted() -> Vec<u8> {
    let mut file = COMPOUND.to_vec();
    file.resize(4096, 0);
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    file[1024..1024 + name.len()].copy_from_slice(&name);
    file
}

fn refused(what: &str, outcome: Result<app::import::Outcome, Problem>) {
    let problem = outcome.expect_err(what);
    assert_eq!(problem.code, Code::FileRefused, "{what}: {problem}");
    assert_eq!(problem.json()["code"], "file.refused");
    let chinese = problem.message.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    assert!(chinese >= 6, "{what}: {}", problem.message);
    assert!(problem.details["reason"].as_str().is_some_and(|it| it.starts_with("file.")), "{what}");
}

async fn both_imports(play: &Play, what: &str, path: &Path) {
    refused(what, play.roster_file(path).await);
    refused(what, play.visits_file(path).await);
}

#[tokio::test]
async fn a_bad_file_writes_nothing() {
    both(async |play| {
        play.begin().await;
        let before = play.sizes().await;
        let roster = someones(&[someone(1, "老复员军人", H)]);
        for column in ["姓名", "公民身份号码", "优抚类别", "乡镇（街道）"] {
            let path = play.file("缺列.csv", roster.replacen(column, "某列", 1).as_bytes());
            let outcome = play.roster_file(&path).await;
            let problem = outcome.as_ref().expect_err(column);
            assert!(problem.message.contains(column), "{}", problem.message);
            refused(column, outcome);
        }
        let visits = calls(&[call(H, 20, "登门看望").to(1)]);
        for column in ["走访日期", "走访单位", "走访方式"] {
            let path = play.file("缺列.csv", visits.replacen(column, "某列", 1).as_bytes());
            refused(column, play.visits_file(&path).await);
        }
        let nameless = visits.replacen("对象姓名", "甲", 1).replacen("公民身份号码", "乙", 1);
        refused("no object", play.visits_file(&play.file("缺列.csv", nameless.as_bytes())).await);

        both_imports(play, "empty", &play.file("空.csv", b"")).await;
        both_imports(play, "a password", &play.file("密.xlsx", &encrypted())).await;
        both_imports(play, "a picture", &play.file("图.xlsx", PICTURE)).await;
        both_imports(play, "half a workbook", &play.file("半.xlsx", b"PK\x03\x04\x14\x00\x00\x00")).await;
        both_imports(play, "a page", &play.file("页.xlsx", b"<!DOCTYPE html><html><body>x</body></html>"))
            .await;
        both_imports(play, "no file", &play.folder.path().join("无.xlsx")).await;
        assert_eq!(play.sizes().await, before);
        assert!(app::import::list(&play.app, &play.caller, play.county).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    both(async |play| {
        play.begin().await;
        let before = play.sizes().await;
        let roster = play.file("名册.csv", someones(&[someone(1, "老复员军人", H)]).as_bytes());
        let plan = app::roster::import(&play.app, &play.caller, play.county, &roster, true).await.unwrap();
        assert_eq!((plan.counts.added, plan.import), (1, None));
        assert_eq!(play.sizes().await, before);
        play.roster_file(&roster).await.unwrap();
        let before = play.sizes().await;
        let visits = play.file("走访.csv", calls(&[call(H, 20, "登门看望").to(1)]).as_bytes());
        let plan =
            app::visit::import(&play.app, &play.caller, play.county, super::play::CAMPAIGN, &visits, true)
                .await;
        assert_eq!(plan.unwrap().counts.added, 1);
        assert_eq!(play.sizes().await, before);
    })
    .await;
}
