//! Every act that writes leaves exactly one row in the audit trail; one that fails leaves nothing.

use super::play::{CAMPAIGN, Play, bayi, both, call, number, sent, someone};
use app::import::Outcome;
use domain::ids::{CandidateId, ImportId, VisitId};
use jiff::civil::date;

const H: &str = "黄水镇";
const S: &str = "沙子镇";

/// The acts written since the last look.
struct Trail<'p> {
    play: &'p Play,
    known: usize,
}

impl Trail<'_> {
    async fn expect(&mut self, act: &str) {
        let acts = self.play.acts().await;
        assert_eq!(acts[self.known..], [act.to_owned()]);
        self.known = acts.len();
    }
}

fn import(outcome: &Outcome) -> ImportId {
    outcome.import.as_deref().unwrap().parse().unwrap()
}

#[tokio::test]
async fn each_act_is_written_down_once() {
    both(async |play| {
        let mut trail = Trail { play, known: 0 };
        let county = formats::division::county("500240").unwrap();
        app::county::init(&play.app, &play.caller, &county).await.unwrap();
        trail.expect("county.init").await;
        app::campaign::create(&play.app, &play.caller, play.county, bayi(), 2024, None).await.unwrap();
        trail.expect("campaign.create").await;
        records(play, &mut trail).await;
        units(play, &mut trail).await;
        exports(play, &mut trail).await;
        erasures(play, &mut trail).await;
        app::campaign::edit(&play.app, &play.caller, play.county, CAMPAIGN, bayi()).await.unwrap();
        trail.expect("campaign.edit").await;
        app::calendar::import(&play.app, &play.caller, play.county, "2027-01-01 休 元旦\n").await.unwrap();
        trail.expect("calendar.import").await;
        let report = app::audit::verify(&play.app, &play.caller, play.county).await.unwrap();
        assert_eq!(report["rows"], trail.known);
        assert_eq!(report["whole"], true);
        let mut tx = play.app.db.read().await.unwrap();
        for row in store::audit::list_after(&mut tx, play.county, 0, 1_000).await.unwrap() {
            let names =
                [number(1).reveal().to_owned(), number(2).reveal().to_owned(), someone(1, "", "").name];
            for clear in names {
                assert!(!row.detail_json.contains(&clear), "{}: {}", row.act, row.detail_json);
            }
        }
    })
    .await;
}

async fn records(play: &Play, trail: &mut Trail<'_>) {
    let (app, caller, county) = (&play.app, &play.caller, play.county);
    let people: Vec<_> = (1..=3).map(|n| someone(n, "老复员军人", H)).collect();
    play.roster(&people).await;
    trail.expect("roster.import").await;
    play.roster(&people).await;
    trail.expect("roster.import").await;
    let visits = [call(H, 20, "登门看望").to(1), call(H, 20, "登门看望").named("外来人")];
    let outcome = play.visits(&visits).await;
    trail.expect("visit.import").await;
    let form = sent(app.id(), &call(H, 21, "登门看望").to(1));
    play.sent(vec![form]).await.pop().unwrap().unwrap();
    trail.expect("visit.record").await;
    let candidate = app::candidate::list(app, caller, county).await.unwrap()[0].id.parse().unwrap();
    app::candidate::confirm(app, caller, county, candidate, number(2)).await.unwrap();
    trail.expect("candidate.confirm").await;
    app::person::merge(app, caller, county, number(2), number(3)).await.unwrap();
    trail.expect("person.merge").await;
    let visit = one_visit(play).await;
    app::visit::withdraw(app, caller, county, visit).await.unwrap();
    trail.expect("visit.withdraw").await;
    app::import::undo(app, caller, county, import(&outcome)).await.unwrap();
    trail.expect("import.undo").await;
}

async fn one_visit(play: &Play) -> VisitId {
    let mut tx = play.app.db.read().await.unwrap();
    let campaign = app::campaign::get(&play.app, &play.caller, play.county, CAMPAIGN).await.unwrap();
    store::visit::page(&mut tx, play.county, campaign.id, &store::visit::Within::default(), None, 1)
        .await
        .unwrap()[0]
        .id
}

async fn units(play: &Play, trail: &mut Trail<'_>) {
    let (app, caller, county, on) = (&play.app, &play.caller, play.county, date(2024, 8, 1));
    app::unit::add(app, caller, county, "驻石某部", "troop", None).await.unwrap();
    trail.expect("unit.add").await;
    app::unit::rename(app, caller, county, S, "沙子新镇", on).await.unwrap();
    trail.expect("unit.rename").await;
    app::unit::alias(app, caller, county, S, "老沙子").await.unwrap();
    trail.expect("unit.alias").await;
    let village = play.village(H, 0).await.name;
    app::unit::split(app, caller, county, H, "月亮镇", &[village], on).await.unwrap();
    trail.expect("unit.split").await;
    app::unit::merge(app, caller, county, "月亮镇", H, on).await.unwrap();
    trail.expect("unit.merge").await;
}

async fn exports(play: &Play, trail: &mut Trail<'_>) {
    let (app, caller, county) = (&play.app, &play.caller, play.county);
    let out = play.folder.path().join("走访.xlsx");
    app::visit::export(app, caller, county, CAMPAIGN, None, &out).await.unwrap();
    trail.expect("visit.export").await;
    let table = play.table(None).await;
    app::statistics::exported(app, caller, county, &table, "xlsx").await.unwrap();
    trail.expect("statistics.export").await;
    let coverage = app::coverage::of(app, caller, county, CAMPAIGN, None).await.unwrap();
    app::coverage::exported(app, caller, county, &coverage, "xlsx").await.unwrap();
    trail.expect("coverage.export").await;
    let out = play.folder.path().join("日志.csv");
    let all = app::audit::Filter::default();
    app::audit::export(app, caller, county, &all, app::audit::Kind::Csv, &out).await.unwrap();
    trail.expect("audit.export").await;
}

async fn erasures(play: &Play, trail: &mut Trail<'_>) {
    let (app, caller, county) = (&play.app, &play.caller, play.county);
    app::erasure::erase(app, caller, county, number(1), "本人申请", true).await.unwrap();
    trail.expect("person.erase").await;
    app::erasure::readmit(app, caller, county, number(1)).await.unwrap();
    trail.expect("person.readmit").await;
    app::erasure::export(app, caller, county).await.unwrap();
    trail.expect("erasure.export").await;
}

#[tokio::test]
async fn an_act_that_fails_leaves_nothing() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H)]).await;
        let before = play.sizes().await;
        let (app, caller, county, on) = (&play.app, &play.caller, play.county, date(2024, 8, 1));
        let division = formats::division::county("500240").unwrap();
        let nobody = uuid::Uuid::nil();
        let failed = [
            app::county::init(app, caller, &division).await.is_err(),
            app::campaign::create(app, caller, county, bayi(), 2024, None).await.is_err(),
            app::campaign::create(app, caller, county, bayi(), 2025, None).await.is_err(),
            app::campaign::edit(app, caller, county, CAMPAIGN, "format = 1\n").await.is_err(),
            app::campaign::edit(app, caller, county, "bayi-1999", bayi()).await.is_err(),
            app::visit::withdraw(app, caller, county, VisitId(nobody)).await.is_err(),
            app::import::undo(app, caller, county, ImportId(nobody)).await.is_err(),
            app::candidate::confirm(app, caller, county, CandidateId(nobody), number(1)).await.is_err(),
            app::person::merge(app, caller, county, number(1), number(1)).await.is_err(),
            app::person::merge(app, caller, county, number(1), number(2)).await.is_err(),
            app::erasure::erase(app, caller, county, number(2), "本人申请", true).await.is_err(),
            app::erasure::erase(app, caller, county, number(1), " ", true).await.is_err(),
            app::erasure::readmit(app, caller, county, number(1)).await.is_err(),
            app::unit::add(app, caller, county, H, "township", None).await.is_err(),
            app::unit::add(app, caller, county, "某村", "village", None).await.is_err(),
            app::unit::rename(app, caller, county, "无此镇", "新镇", on).await.is_err(),
            app::unit::alias(app, caller, county, H, S).await.is_err(),
            app::unit::merge(app, caller, county, H, H, on).await.is_err(),
            app::unit::merge(app, caller, county, H, "500240", on).await.is_err(),
            // The township is made before its second village is missed.
            app::unit::split(
                app,
                caller,
                county,
                H,
                "月亮镇",
                &[play.village(H, 0).await.name, "无".into()],
                on,
            )
            .await
            .is_err(),
            app::calendar::import(app, caller, county, "2027-13-01 休 无此日\n").await.is_err(),
        ];
        for (place, failed) in failed.into_iter().enumerate() {
            assert!(failed, "act {place} did not fail");
        }
        assert_eq!(play.sizes().await, before);
        assert_eq!(app::audit::verify(app, caller, county).await.unwrap()["whole"], true);
    })
    .await;
}
