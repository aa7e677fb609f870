//! Lists as files: masked, bound to the scope, with the name of whoever took them; long ones by a job.

use super::job::finish;
use super::play::{CAMPAIGN, Play, Someone, account, both, call, machine, someone};
use app::export::{AT_ONCE, Kind, Made, Request, What, now, start};
use app::visit::Leaving;
use app::{Caller, Code, Problem};
use calamine::{Reader, Xlsx};
use domain::authority::{Permission, Role};
use domain::citizen::CitizenId;
use futures::TryStreamExt;
use std::io::Cursor;

const H: &str = "黄水镇";
const S: &str = "沙子镇";

fn roster(unit: Option<&str>, full_names: bool, kind: Kind) -> Request {
    let (unit, class, grade, status, hardship) = (unit.map(str::to_owned), None, None, None, None);
    Request { what: What::Roster { unit, class, grade, status, hardship, allowance: None, full_names }, kind }
}

fn visits(unit: Option<&str>, kind: Kind) -> Request {
    let leaving =
        Leaving { campaign: CAMPAIGN.to_owned(), unit: unit.map(str::to_owned), ..Leaving::default() };
    Request { what: What::Visits(leaving), kind }
}

async fn take(play: &Play, caller: &Caller, request: &Request) -> Result<Made, Problem> {
    now(&play.app, caller, play.county, request).await
}

fn text(made: &Made) -> String {
    String::from_utf8(made.bytes.clone()).unwrap()
}

/// All cells of a workbook.
fn cells(made: &Made) -> Vec<String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(&made.bytes)).unwrap();
    let sheets = book.worksheets();
    assert!(sheets.iter().all(|(_, range)| !range.is_empty()));
    sheets.iter().flat_map(|(_, range)| range.cells().map(|(_, _, cell)| cell.to_string())).collect()
}

fn people() -> Vec<Someone> {
    let full = someone(1, "残疾军人", H)
        .with("伤残等级", "三级")
        .with("联系电话", "20012345678")
        .with("银行账号", "9912345678901234561")
        .with("户名", "安一")
        .with("住址", "星月路七十七号")
        .with("备注", "旧伤")
        .with("开户银行", "=1+1");
    vec![full, someone(2, "烈士遗属", S)]
}

#[tokio::test]
async fn a_roster_leaves_masked_and_says_who_took_it() {
    both(async |play| {
        play.begin().await;
        play.roster(&people()).await;
        let county = take(play, &play.caller, &roster(None, false, Kind::Csv)).await.unwrap();
        let csv = text(&county);
        assert_eq!((county.rows, csv.lines().count()), (2, 4));
        assert!(csv.lines().next().unwrap().contains("由 os:安 于 2024-07-20"), "{csv}");
        for secret in ["安一", "20012345678", "9912345678901234561", "星月路", "旧伤", "18900202"] {
            assert!(!csv.contains(secret), "{secret} in {csv}");
        }
        for shown in ["安*", "512325********", "200****5678", "3级", "（已填写）", ",'=1+1,"] {
            assert!(csv.contains(shown), "{shown} in {csv}");
        }
        let full = take(play, &play.caller, &roster(Some(H), true, Kind::Xlsx)).await.unwrap();
        assert_eq!((full.rows, full.name.as_str()), (1, "黄水镇名册.xlsx"));
        let cells = cells(&full);
        assert!(cells.contains(&"安一".to_owned()) && cells.contains(&"=1+1".to_owned()), "{cells:?}");
        assert!(cells[0].contains("由 os:安") && !cells.iter().any(|it| it.contains("20012345678")));
        // A clerk takes the own township; whoever may not see names gets none.
        let units = play.units().await;
        let clerk = account(play, 1, Role::UnitClerk, Some(units.find(H).unwrap().id));
        let own = take(play, &clerk, &roster(None, true, Kind::Csv)).await.unwrap();
        assert!(own.rows == 1 && text(&own).contains("安一"));
        let hidden = Caller { hides_names: true, ..clerk.clone() };
        assert!(!text(&take(play, &hidden, &roster(None, true, Kind::Csv)).await.unwrap()).contains("安一"));
        let foreign = take(play, &clerk, &roster(Some(S), false, Kind::Csv)).await.unwrap_err();
        assert_eq!(foreign.code, Code::UnitUnknown);
        let leader = account(play, 2, Role::UnitLeader, Some(units.find(H).unwrap().id));
        assert_eq!(
            take(play, &leader, &roster(None, false, Kind::Csv)).await.unwrap_err().code,
            Code::Forbidden
        );
        let acts = play.acts().await;
        assert_eq!(acts.iter().filter(|act| *act == "roster.export").count(), 4);
    })
    .await;
}

#[tokio::test]
async fn visits_leave_as_workbook_and_as_csv() {
    both(async |play| {
        play.begin().await;
        play.roster(&people()).await;
        let first = call(H, 20, "登门看望").to(1).money("1234.50", "本单位").with("领导职务", "+1");
        play.visits(&[first, call(S, 21, "登门看望").to(2).with("解决困难类别", "看病就医")]).await;
        let csv = text(&take(play, &play.caller, &visits(None, Kind::Csv)).await.unwrap());
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines[0].contains("由 os:安") && lines[1].starts_with("走访日期,走访单位"), "{csv}");
        assert!(lines[2].contains(",1234.50,") && lines[2].contains(",'+1,"), "{csv}");
        assert_eq!(lines.len(), 4);
        let book = take(play, &play.caller, &visits(Some(H), Kind::Xlsx)).await.unwrap();
        let cells = cells(&book);
        assert!(cells.contains(&"1234.5".to_owned()) && cells.contains(&"+1".to_owned()), "{cells:?}");
        assert_eq!(book.rows, 1);
        // What the list was filtered by, the file is filtered by.
        for (method, from, to, rows) in [
            (Some("home"), None, None, 2),
            (Some("letter"), None, None, 0),
            (None, Some("2024-07-21"), None, 1),
            (None, None, Some("2024-07-20"), 1),
            (Some("home"), Some("2024-07-20"), Some("2024-07-21"), 2),
        ] {
            let word = |word: Option<&str>| word.map(str::to_owned);
            let campaign = CAMPAIGN.to_owned();
            let leaving =
                Leaving { campaign, unit: None, method: word(method), from: word(from), to: word(to) };
            let request = Request { what: What::Visits(leaving), kind: Kind::Csv };
            let made = take(play, &play.caller, &request).await.unwrap();
            assert_eq!(made.rows, rows, "{method:?} {from:?} {to:?}");
        }
        let roster = |allowance| {
            let (unit, class, grade, status, hardship, full_names) = (None, None, None, None, None, false);
            let what = What::Roster { unit, class, grade, status, hardship, allowance, full_names };
            Request { what, kind: Kind::Csv }
        };
        play.roster(&[someone(3, "烈士遗属", H).with("享受定期抚恤补助", "是")]).await;
        for (allowance, rows) in [(None, 3), (Some(true), 1), (Some(false), 2)] {
            assert_eq!(take(play, &play.caller, &roster(allowance)).await.unwrap().rows, rows);
        }
    })
    .await;
}

/// One more than is given at once.
async fn many(play: &Play) {
    let people: Vec<Someone> = (0..=AT_ONCE)
        .map(|n| {
            let (serial, day, month) = (n % 1_000, 1 + n / 1_000 % 28, 1);
            let number = CitizenId::complete(&format!("5123251890{month:02}{day:02}{serial:03}")).unwrap();
            Someone { number: number.reveal().to_owned(), ..someone(1, "老复员军人", H) }
        })
        .collect();
    assert_eq!(play.roster(&people).await.counts.added, AT_ONCE as u64 + 1);
}

#[tokio::test]
async fn a_long_list_is_made_in_the_background_and_fetched_by_its_owner() {
    both(async |play| {
        play.begin().await;
        many(play).await;
        let (app, county) = (&play.app, play.county);
        let caller = machine(play, &[Permission::RosterExport, Permission::JobRead]).await;
        let request = roster(None, false, Kind::Csv);
        let refused = take(play, &caller, &request).await.unwrap_err();
        assert_eq!((refused.code, &refused.details["most"]), (Code::ExportLarge, &AT_ONCE.into()));
        let unknown = start(app, &caller, county, roster(Some("无此镇"), false, Kind::Csv)).await;
        assert_eq!(unknown.unwrap_err().code, Code::UnitUnknown);
        let job = start(app, &caller, county, request).await.unwrap();
        let done = finish(play, &caller, job.id.parse().unwrap()).await;
        let (result, rows) = (done.result.unwrap(), AT_ONCE as u64 + 1);
        assert_eq!((&result["rows"], done.progress_total), (&rows.into(), rows as i64));
        let file = result["file"].as_str().unwrap().parse().unwrap();
        let opened = app::file::open(app, &caller, county, file, 0..u64::MAX).await.unwrap();
        let bytes = opened.stream.try_collect::<Vec<_>>().await.unwrap().concat();
        let csv = String::from_utf8(bytes).unwrap();
        assert_eq!(csv.lines().count() as u64, rows + 2);
        assert!(csv.lines().next().unwrap().contains("由 token:数据交换"), "{:?}", csv.lines().next());
        let stranger = account(play, 7, Role::CountyOffice, None);
        for who in [&stranger, &play.caller] {
            let not_there = app::file::get(app, who, county, file).await.unwrap_err();
            assert_eq!(not_there.code, Code::NotFound);
        }
        let acts = play.acts().await;
        for act in ["export.start", "roster.export", "file.open"] {
            assert_eq!(acts.iter().filter(|it| *it == act).count(), 1, "{act}");
        }
        let told = app::notification::log(app, &play.caller, county, None, 1).await.unwrap();
        assert_eq!((told[0].kind.as_str(), told[0].title.as_str()), ("export_finished", "导出名册完成"));
    })
    .await;
}
