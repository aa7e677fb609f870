//! Keys: made once, kept apart from the data, refused when missing or wrong.

use std::fs;
use std::path::Path;
use store::testing::{NOW_MS, Scratch, both};
use store::{Db, FileKeys, Sealer, StoreError};

async fn open(db: &Db, folder: &Path, seed: u8) -> Result<Sealer, StoreError> {
    Sealer::open(db, &FileKeys::in_folder(folder), |bytes| bytes.fill(seed)).await
}

#[tokio::test]
async fn the_key_of_a_database_is_made_once_and_no_other_opens_it() {
    both(async |scratch: &Scratch| {
        let keys = tempfile::tempdir().unwrap();
        let folder = keys.path().join("new/keys");
        open(&scratch.db, &folder, 1).await.unwrap();
        let file = folder.join("deployment.key");
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text.trim(), "01".repeat(32));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        // Opened again, also by another process: the same key, no new one.
        open(&scratch.db, &folder, 2).await.unwrap();
        let other = Db::open(&scratch.target, NOW_MS).await.unwrap();
        open(&other, &folder, 3).await.unwrap();
        other.close().await;
        assert_eq!(fs::read_to_string(&file).unwrap(), text);

        fs::write(&file, format!("{}\n", "02".repeat(32))).unwrap();
        let wrong = open(&scratch.db, &folder, 4).await.unwrap_err();
        assert!(wrong.to_string().contains("不是这个数据库的密钥"), "{wrong}");

        fs::write(&file, "01").unwrap();
        let damaged = open(&scratch.db, &folder, 4).await.unwrap_err();
        assert!(damaged.to_string().contains("已损坏"), "{damaged}");

        fs::remove_file(&file).unwrap();
        let lost = open(&scratch.db, &folder, 4).await.unwrap_err();
        assert!(lost.to_string().contains("找不到密钥文件"), "{lost}");
        assert!(!file.exists(), "a lost key is never replaced by a new one");

        fs::write(&file, text).unwrap();
        open(&scratch.db, &folder, 4).await.unwrap();
    })
    .await;
}
