//! Imports that wait: kept where nobody reads them, confirmed on any server, and only as they were shown.

use super::job::finish;
use super::play::{
    CAMPAIGN, Call, Play, Someone, account, both, call, calls, machine, sent, someone, someones,
};
use app::import::plan::{self, AT_ONCE, Shown, State, Upload};
use app::{App, Code, Problem};
use domain::authority::{Permission, Role};
use domain::ids::PlanId;
use futures::TryStreamExt;
use std::fmt::Write as _;
use std::path::Path;
use store::Db;
use store::testing::NOW_MS;

const H: &str = "黄水镇";
const DAY_MS: i64 = 24 * 3_600_000;

fn roster(people: &[Someone]) -> Upload {
    Upload { campaign: None, name: "名册.csv".to_owned(), bytes: someones(people).into_bytes() }
}

fn visits(all: &[Call]) -> Upload {
    Upload {
        campaign: Some(CAMPAIGN.to_owned()),
        name: "走访.csv".to_owned(),
        bytes: calls(all).into_bytes(),
    }
}

impl Play {
    async fn plan(&self, upload: Upload) -> Result<Shown, Problem> {
        plan::begin(&self.app, &self.caller, self.county, upload).await
    }

    async fn confirm(&self, id: PlanId) -> Result<Shown, Problem> {
        plan::confirm(&self.app, &self.caller, self.county, id, None).await
    }

    async fn objects_left(&self) -> usize {
        let all: Vec<_> = self.app.objects.list("").try_collect().await.unwrap();
        all.len()
    }
}

fn counts(shown: &Shown) -> [u64; 5] {
    let it = shown.outcome.counts;
    [it.read, it.added, it.changed, it.unchanged, it.refused]
}

/// Every file below a folder.
fn files(folder: &Path, all: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, all);
        } else {
            all.push(std::fs::read(path).unwrap());
        }
    }
}

#[tokio::test]
async fn a_plan_outlives_its_server_and_nobody_reads_it() {
    both(async |play| {
        play.begin().await;
        let people = [someone(1, "老复员军人", H), someone(2, "老复员军人", "无此镇")];
        let shown = play.plan(roster(&people)).await.unwrap();
        assert_eq!((shown.state, counts(&shown)), (State::Ready, [2, 1, 0, 0, 1]));
        let mut kept = Vec::new();
        files(&play.folder.path().join("files"), &mut kept);
        assert_eq!(kept.len(), 2, "the file and what it would do");
        for bytes in &kept {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains(&people[0].name) && !text.contains(&people[0].number));
        }
        // Another server on the same database and files.
        let db = Db::open(&play.target, NOW_MS).await.unwrap();
        let other = App { db: db.clone(), ..play.app.clone() };
        let stranger = account(play, 7, Role::CountyOffice, None);
        for problem in [
            plan::get(&other, &stranger, play.county, shown.plan.id).await.unwrap_err(),
            plan::confirm(&other, &stranger, play.county, shown.plan.id, None).await.unwrap_err(),
            plan::findings(&other, &stranger, play.county, shown.plan.id).await.unwrap_err(),
        ] {
            assert_eq!(problem.code, Code::NotFound);
        }
        let again = plan::get(&other, &play.caller, play.county, shown.plan.id).await.unwrap();
        assert_eq!((again.name.as_str(), counts(&again)), ("名册.csv", counts(&shown)));
        assert_eq!(again.outcome.findings, shown.outcome.findings);
        let (name, book) = plan::findings(&other, &play.caller, play.county, shown.plan.id).await.unwrap();
        assert!(name == "名册（问题标注）.xlsx" && book.starts_with(b"PK"));
        let seen = shown.plan.digest.as_deref();
        let done = plan::confirm(&other, &play.caller, play.county, shown.plan.id, seen).await.unwrap();
        assert_eq!((done.state, counts(&done)), (State::Written, [2, 1, 0, 0, 1]));
        let import = done.outcome.import.clone().unwrap();
        let twice = play.confirm(shown.plan.id).await.unwrap();
        assert_eq!(twice.outcome.import.as_deref(), Some(import.as_str()), "confirming again is harmless");
        assert_eq!(app::import::list(&play.app, &play.caller, play.county).await.unwrap().len(), 1);
        db.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_changed_since_it_was_shown_is_refused_and_told() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H), someone(2, "老复员军人", H)]).await;
        let moved = someone(2, "老复员军人", H).with("联系电话", "20012345678");
        let file = [moved.clone(), someone(3, "老复员军人", H)];
        let shown = play.plan(roster(&file)).await.unwrap();
        assert_eq!(counts(&shown), [2, 1, 1, 0, 0]);
        // What the file does not touch may change.
        play.roster(&[someone(1, "老复员军人", H).with("备注", "新")]).await;
        play.roster(&[someone(3, "烈士遗属", H)]).await;
        let before = play.sizes().await;
        let refused = play.confirm(shown.plan.id).await.unwrap_err();
        assert_eq!(refused.code, Code::Changed);
        assert!(refused.message.contains("新增由 1 变为 0"), "{refused}");
        assert_eq!(refused.details["counts"]["now"]["changed"], 2);
        let fresh = refused.details["changes"]["new"].as_array().unwrap();
        assert!(fresh.iter().all(|it| it["row"] == 3) && !fresh.is_empty(), "{fresh:?}");
        let rows = |sizes: &[(&'static str, i64)], table| sizes.iter().find(|it| it.0 == table).unwrap().1;
        for table in ["person", "import", "change"] {
            assert_eq!(rows(&before, table), rows(&play.sizes().await, table), "{table}");
        }
        // The plan is the new one: whoever saw the old one is told, whoever looks again may confirm.
        let old =
            plan::confirm(&play.app, &play.caller, play.county, shown.plan.id, shown.plan.digest.as_deref());
        assert_eq!(old.await.unwrap_err().code, Code::Changed);
        assert_eq!(counts(&play.confirm(shown.plan.id).await.unwrap()), [2, 0, 2, 0, 0]);
        // A value that would be shown masked the same way is another value all the same.
        let shown = play.plan(roster(&[moved.with("联系电话", "20012345999")])).await.unwrap();
        play.roster(&[someone(2, "老复员军人", H).with("联系电话", "20012395678")]).await;
        assert_eq!(play.confirm(shown.plan.id).await.unwrap_err().code, Code::Changed);
    })
    .await;
}

#[tokio::test]
async fn visits_that_came_meanwhile_are_noticed() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H), someone(2, "老复员军人", H)]).await;
        let both = [call(H, 20, "登门看望").to(1), call(H, 20, "登门看望").to(2)];
        let shown = play.plan(visits(&both)).await.unwrap();
        assert_eq!(counts(&shown), [2, 2, 0, 0, 0]);
        play.sent(vec![sent(play.app.id(), &both[1])]).await.pop().unwrap().unwrap();
        assert_eq!(play.confirm(shown.plan.id).await.unwrap_err().code, Code::Changed);
        assert_eq!(counts(&play.confirm(shown.plan.id).await.unwrap()), [2, 1, 0, 1, 0]);
        assert_eq!(play.table(None).await.total.visits, 2);
        // New candidates have new ids each time: that is no change.
        let strangers = [call(H, 21, "登门看望").named("外来甲"), call(H, 21, "登门看望").named("外来乙")];
        let shown = play.plan(visits(&strangers)).await.unwrap();
        assert_eq!(counts(&play.confirm(shown.plan.id).await.unwrap()), [2, 2, 0, 0, 0]);
        play.verified("confirmed plans").await;
    })
    .await;
}

#[tokio::test]
async fn plans_are_given_up_and_end_by_themselves() {
    both(async |play| {
        play.begin().await;
        let mut ids = Vec::new();
        for n in 1..=6 {
            ids.push(play.plan(roster(&[someone(n, "老复员军人", H)])).await.unwrap().plan.id);
        }
        assert_eq!(play.confirm(ids[0]).await.unwrap_err().code, Code::NotFound, "the oldest made room");
        plan::forget(&play.app, &play.caller, play.county, ids[1]).await.unwrap();
        assert_eq!(play.confirm(ids[1]).await.unwrap_err().code, Code::NotFound);
        assert_eq!(play.confirm(ids[2]).await.unwrap().state, State::Written);
        play.pass(7 * DAY_MS + 1);
        assert_eq!(play.confirm(ids[3]).await.unwrap_err().code, Code::NotFound);
        app::file::expire(&play.app, &play.caller, play.county).await.unwrap();
        app::file::collect_garbage(&play.app, &play.caller, play.county).await.unwrap();
        assert_eq!(play.objects_left().await, 0);
        assert!(play.sizes().await.contains(&("import_plan", 0)));
    })
    .await;
}

#[tokio::test]
async fn a_file_with_a_mark_is_not_kept() {
    both(async |play| {
        play.begin().await;
        let marked = someone(2, "老复员军人", H).with("备注", "机密★10年");
        let problem = play.plan(roster(&[someone(1, "老复员军人", H), marked])).await.unwrap_err();
        assert_eq!(problem.code, Code::SecrecyRefused);
        assert_eq!((&problem.details["places"][0]["row"], &problem.details["count"]), (&3.into(), &1.into()));
        assert_eq!(play.objects_left().await, 0);
        assert_eq!(play.acts().await.last().unwrap(), "secrecy.refused");
    })
    .await;
}

#[tokio::test]
async fn a_large_file_is_planned_in_the_background() {
    both(async |play| {
        play.begin().await;
        let caller = machine(play, &[Permission::RosterImport, Permission::JobRead]).await;
        let mut text = "姓名,公民身份号码,优抚类别,乡镇\n".to_owned();
        for _ in 0..=AT_ONCE {
            text.push_str("安某,错,老复员军人,黄水镇\n");
        }
        let one = someone(1, "老复员军人", H);
        writeln!(text, "{},{},老复员军人,{H}", one.name, one.number).unwrap();
        let upload = Upload { campaign: None, name: "大.csv".to_owned(), bytes: text.into_bytes() };
        let (app, county) = (&play.app, play.county);
        let shown = plan::begin(app, &caller, county, upload).await.unwrap();
        let (id, job) = (shown.plan.id, shown.plan.job.unwrap());
        assert_eq!(shown.state, State::Planning);
        assert_eq!(plan::confirm(app, &caller, county, id, None).await.unwrap_err().code, Code::Conflict);
        finish(play, &caller, job).await;
        let shown = plan::get(app, &caller, county, id).await.unwrap();
        assert_eq!((shown.state, counts(&shown)), (State::Ready, [AT_ONCE + 2, 1, 0, 0, AT_ONCE + 1]));
        assert!(app::job::get(app, &caller, county, job).await.unwrap().message.contains("可新增 1"));
        assert_eq!(plan::confirm(app, &caller, county, id, None).await.unwrap().state, State::Written);
    })
    .await;
}
