//! A backup comes back as it was, on either database, and only when every bit of it is right.

use super::play::{CAMPAIGN, Call, Play, Someone, both, call, number, someone};
use app::audit::Trail;
use app::backup::{Asked, Restore, make, restore, verify};
use app::{App, Code};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use store::testing::{NOW_MS, odd_postgres, remove_postgres};
use store::{Db, FILE_NAME, FileKeys, HeadFiles, RESTORING, Sealer, Signer, Target};

const PASSPHRASE: &str = "青山 石柱 铅笔 第十七页";
const H: &str = "黄水镇";

fn people() -> Vec<Someone> {
    vec![
        someone(1, "老复员军人", H)
            .with("户号", "H001")
            .with("联系电话", "20012345678")
            .with("备注", "家访优先"),
        someone(2, "残疾军人", H).with("伤残等级", "三级").with("户号", "H001"),
        someone(3, "烈士遗属", "沙子镇"),
        someone(5, "老复员军人", "沙子镇"),
    ]
}

fn visits() -> Vec<Call> {
    vec![
        call(H, 20, "登门看望").to(1).led("张山", "主要领导").money("500", "县级下拨").with("备注", "谈旧伤"),
        call(H, 21, "登门看望")
            .to(2)
            .money("300.05", "本单位")
            .with("慰问品", "大米1袋")
            .with("慰问品折价（元）", "60"),
        call("沙子镇", 22, "电话问候").named("外来人").with("对象类别", "老复员军人"),
    ]
}

/// Everything that a county has after a while: a merged entry, a changed person, a candidate.
async fn lived(play: &Play) {
    play.begin().await;
    play.roster(&people()).await;
    play.visits(&visits()).await;
    play.roster(&[someone(1, "老复员军人", H).with("联系电话", "20087654321")]).await;
    app::person::merge(&play.app, &play.caller, play.county, number(3), number(5)).await.unwrap();
}

/// The key of the play as the file that a deployment has.
fn keys(play: &Play) -> FileKeys {
    let folder = play.folder.path().join("keys");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("deployment.key"), format!("{}\n", "07".repeat(32))).unwrap();
    std::fs::write(folder.join("notes.txt"), "no key").unwrap();
    FileKeys::in_folder(&folder)
}

pub fn asked(play: &Play, name: &str) -> Asked {
    Asked {
        out: play.folder.path().join(name),
        passphrase: PASSPHRASE.to_owned(),
        keys: keys(play).files().unwrap(),
        files: Some(play.folder.path().join("store/files")),
    }
}

/// An empty place of either kind; a database of PostgreSQL goes away with [`Empty::remove`].
pub struct Empty {
    pub target: Target,
    folder: PathBuf,
    pg: Option<String>,
}

impl Empty {
    pub fn sqlite(play: &Play) -> Self {
        let folder = fresh(play);
        Self { target: Target::Dir(folder.join("data")), folder, pg: None }
    }

    async fn postgres(play: &Play) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("shuangyong_restored_{}_{number}", std::process::id());
        let target = odd_postgres(&name, "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'").await;
        Self { target, folder: fresh(play), pg: Some(name) }
    }

    pub async fn each(play: &Play) -> Vec<Self> {
        let mut all = vec![Self::sqlite(play)];
        if !std::env::var("SHUANGYONG_TEST_ONLY").is_ok_and(|only| only == "sqlite") {
            all.push(Self::postgres(play).await);
        }
        all
    }

    pub fn restore(&self, file: &Path) -> Restore {
        Restore {
            file: file.to_owned(),
            passphrase: PASSPHRASE.to_owned(),
            target: self.target.clone(),
            keys: self.keys(),
            files: self.folder.join("data/files"),
            erasures: Vec::new(),
            now_ms: NOW_MS + 1_000_000,
        }
    }

    fn keys(&self) -> FileKeys {
        FileKeys::in_folder(&self.folder.join("keys"))
    }

    /// The restored county as a play of its own.
    pub async fn open(&self, play: &Play) -> Play {
        let db = Db::open(&self.target, NOW_MS).await.unwrap();
        let sealer = Sealer::open(&db, &self.keys(), |_| panic!("the key was restored")).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        // Another place has heads of its own.
        let heads = HeadFiles::in_folder(&folder.path().join("heads"));
        let trail = Trail::new(Signer::new(&[7; 32]).unwrap(), heads);
        Play {
            app: App { db, sealer, trail, ..play.app.clone() },
            caller: play.caller.clone(),
            county: play.county,
            target: self.target.clone(),
            folder,
            clock: play.clock.clone(),
        }
    }

    pub async fn remove(self) {
        if let Some(name) = &self.pg {
            remove_postgres(name).await;
        }
    }
}

fn fresh(play: &Play) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let folder = play.folder.path().join(format!("restored-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[tokio::test]
async fn a_backup_comes_back_on_either_database() {
    both(async |play| {
        lived(play).await;
        let store = play.folder.path().join("store/files");
        std::fs::create_dir_all(store.join("ab")).unwrap();
        std::fs::write(store.join("ab/cdef"), vec![7; 200_000]).unwrap();
        std::fs::write(store.join("ab/half.part"), [1]).unwrap();
        let before = play.sizes().await;
        let asked = asked(play, "a.sybk");
        let file = asked.out.clone();
        let made = make(&play.app, &play.caller, asked).await.unwrap();
        assert_eq!((made.files, made.file_bytes, made.keys.len()), (1, 200_000, 1));
        assert_eq!((made.campaigns[0].visits, made.campaigns[0].money_fen), (3, 80_005));
        assert_eq!(verify(&file, PASSPHRASE.to_owned()).await.unwrap(), made);
        assert_eq!(play.acts().await.last().unwrap(), "backup.make");
        for empty in Empty::each(play).await {
            let restored = restore(&play.caller, empty.restore(&file)).await.unwrap();
            assert_eq!((restored.report, restored.erased), (made.clone(), 0));
            let again = empty.open(play).await;
            for ((name, now), (_, then)) in again.sizes().await.into_iter().zip(&before) {
                if name == "setting" {
                    continue;
                }
                // The restore itself is one row of the audit.
                assert_eq!(now, then + i64::from(name == "audit"), "{name}");
            }
            assert_eq!(again.acts().await.last().unwrap(), "backup.restore");
            assert!(!again.acts().await.contains(&"backup.make".to_owned()));
            assert_eq!(again.table(None).await, play.table(None).await);
            again.verified("a restore").await;
            let chain = app::audit::verify(&again.app, &again.caller, again.county).await.unwrap();
            assert_eq!(chain["whole"], true);
            let same = someone(1, "老复员军人", H).with("联系电话", "20087654321");
            assert_eq!(again.roster(&[same]).await.counts.unchanged, 1, "sealed columns open");
            assert_eq!(again.visits(&visits()).await.counts.unchanged, 3, "keyed hashes are found");
            assert_eq!(std::fs::read(empty.folder.join("data/files/ab/cdef")).unwrap(), vec![7; 200_000]);
            assert!(!empty.folder.join("data/files/ab/half.part").exists());
            assert!(!empty.folder.join("data").join(RESTORING).exists());
            again.app.db.close().await;
            empty.remove().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_while_others_write_is_one_moment() {
    both(async |play| {
        play.begin().await;
        play.roster(&people()).await;
        let is_done = AtomicBool::new(false);
        let writing = async {
            let mut wrote = 0;
            while !is_done.load(Ordering::Relaxed) || wrote < 3 {
                wrote += 1;
                let day = 1 + wrote % 28;
                let visit = call(H, day, "登门看望").to(1).led(&format!("张{wrote}"), "其他领导");
                play.visits(&[visit.money("100", "本单位")]).await;
            }
            i64::from(wrote)
        };
        let asked = asked(play, "b.sybk");
        let file = asked.out.clone();
        let making = async {
            // Some visits are there before, some come while it runs.
            while play.table(None).await.total.visits == 0 {
                tokio::task::yield_now().await;
            }
            let made = make(&play.app, &play.caller, asked).await;
            is_done.store(true, Ordering::Relaxed);
            made.unwrap()
        };
        let (wrote, made) = tokio::join!(writing, making);
        let sums = &made.campaigns[0];
        assert!(sums.visits >= 1 && sums.visits <= wrote, "{} of {wrote}", sums.visits);
        assert_eq!(sums.money_fen, sums.visits * 10_000);
        let empty = Empty::sqlite(play);
        restore(&play.caller, empty.restore(&file)).await.unwrap();
        let again = empty.open(play).await;
        again.verified("a backup under way").await;
        assert_eq!(again.table(None).await.total.visits, sums.visits);
    })
    .await;
}

/// Restores into both kinds and expects to be refused with these words, and nothing left behind.
async fn refused(play: &Play, file: &Path, passphrase: &str, words: &str) {
    for empty in Empty::each(play).await {
        let asked = Restore { passphrase: passphrase.to_owned(), ..empty.restore(file) };
        let problem = restore(&play.caller, asked).await.unwrap_err();
        assert_eq!(problem.code, Code::BackupRefused, "{problem}");
        assert!(problem.message.contains(words), "{problem}");
        assert!(!empty.folder.join("data").exists() && !empty.folder.join("keys").exists(), "{words}");
        assert!(!empty.folder.join("data/files.restoring").exists());
        if let Target::Pg(_) = empty.target {
            let good = play.folder.path().join("c.sybk");
            restore(&play.caller, empty.restore(&good)).await.expect("the database is as empty as before");
        }
        empty.remove().await;
    }
}

#[tokio::test]
async fn what_is_not_whole_is_refused_and_leaves_nothing() {
    both(async |play| {
        lived(play).await;
        let asked = asked(play, "c.sybk");
        let file = asked.out.clone();
        make(&play.app, &play.caller, asked.clone()).await.unwrap();
        let bytes = std::fs::read(&file).unwrap();
        refused(play, &file, "青山 石柱 铅笔 第十八页", "口令不对").await;
        let cut = play.file("cut.sybk", &bytes[..bytes.len() - 3]);
        refused(play, &cut, PASSPHRASE, "不完整").await;
        let mut changed = bytes.clone();
        *changed.last_mut().unwrap() ^= 1;
        let changed = play.file("changed.sybk", &changed);
        refused(play, &changed, PASSPHRASE, "被改动").await;
        let foreign = play.file("foreign.sybk", b"PK\x03\x04");
        refused(play, &foreign, PASSPHRASE, "不是双拥通的备份文件").await;
        refused(play, Path::new("没有的.sybk"), PASSPHRASE, "读写不了").await;
        let again = make(&play.app, &play.caller, asked.clone()).await.unwrap_err();
        assert!(again.message.contains("已经存在"), "{again}");
        assert_eq!(std::fs::read(&file).unwrap(), bytes);
        for weak in ["", "short", "aaaaaaaaaaaaaaaaaa"] {
            let asked = Asked {
                out: play.folder.path().join("d.sybk"),
                passphrase: weak.to_owned(),
                ..asked.clone()
            };
            let problem = make(&play.app, &play.caller, asked).await.unwrap_err();
            assert!(problem.message.contains("口令太弱"), "{problem}");
        }
        let left: Vec<_> =
            std::fs::read_dir(play.folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".part")), "{left:?}");
    })
    .await;
}

#[tokio::test]
async fn a_place_in_use_is_never_touched() {
    both(async |play| {
        lived(play).await;
        let asked = asked(play, "e.sybk");
        let file = asked.out.clone();
        make(&play.app, &play.caller, asked).await.unwrap();
        let before = play.sizes().await;
        let empty = Empty::sqlite(play);
        let into = Restore { target: play.target.clone(), ..empty.restore(&file) };
        let problem = restore(&play.caller, into).await.unwrap_err();
        assert!(problem.message.contains("不是空的"), "{problem}");
        assert_eq!(play.sizes().await, before);
        // Another key in the key folder: it stays, and nothing is restored.
        std::fs::create_dir_all(empty.folder.join("keys")).unwrap();
        std::fs::write(empty.folder.join("keys/deployment.key"), "another").unwrap();
        let problem = restore(&play.caller, empty.restore(&file)).await.unwrap_err();
        assert!(problem.message.contains("已有另一个 deployment.key"), "{problem}");
        assert_eq!(std::fs::read(empty.folder.join("keys/deployment.key")).unwrap(), b"another");
        assert!(!empty.folder.join("data").exists());
    })
    .await;
}

#[tokio::test]
async fn an_interrupted_restore_is_no_database() {
    both(async |play| {
        lived(play).await;
        let asked = asked(play, "f.sybk");
        let file = asked.out.clone();
        make(&play.app, &play.caller, asked).await.unwrap();
        let empty = Empty::sqlite(play);
        let growing = empty.folder.join("data").join(RESTORING);
        std::fs::create_dir_all(&growing).unwrap();
        std::fs::write(growing.join(FILE_NAME), "half a database").unwrap();
        let refused = Db::open(&empty.target, NOW_MS).await.err().unwrap().to_string();
        assert!(refused.contains("恢复没有做完"), "{refused}");
        restore(&play.caller, empty.restore(&file)).await.unwrap();
        let again = empty.open(play).await;
        assert_eq!(again.table(None).await, play.table(None).await);
        app::statistics::verify(&again.app, &again.caller, again.county, CAMPAIGN).await.unwrap();
    })
    .await;
}
