//! The secrecy guard: nothing marked is stored, everything else is, and the refusal is written down without the text.

use super::play::{CAMPAIGN, Play, bayi, both, call, calls, number, someone, someones};
use app::guard::{Source, check_file, check_text, warnings};
use app::visit::Recorded;
use app::{Code, Problem};
use domain::finding::{Finding, Severity};
use domain::ids::VisitId;
use domain::money::Fen;
use domain::visit::{Method, VisitRow};
use jiff::civil::date;
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use std::sync::Arc;

const H: &str = "黄水镇";
const MARK: &str = "机密★10年";

/// The audit's refusals: outcome and detail.
async fn refusals(play: &Play) -> Vec<(String, String, Value)> {
    let mut tx = play.app.db.read().await.unwrap();
    let rows = store::audit::list_after(&mut tx, play.county, 0, 10_000).await.unwrap();
    rows.into_iter()
        .inspect(|row| assert!(!row.detail_json.contains('★') && !row.object_id.contains('★'), "{row:?}"))
        .filter(|row| row.act == "secrecy.refused")
        .map(|row| (row.object_kind, row.outcome, serde_json::from_str(&row.detail_json).unwrap()))
        .collect()
}

async fn no_more_than_audit(play: &Play, before: &[(&'static str, i64)]) {
    let of_data = |sizes: &[(&'static str, i64)]| -> Vec<(&'static str, i64)> {
        sizes.iter().filter(|(name, _)| *name != "audit").copied().collect()
    };
    assert_eq!(of_data(&play.sizes().await), of_data(before));
}

fn refused<T: std::fmt::Debug>(what: &str, result: Result<T, Problem>) -> Problem {
    let problem = result.expect_err(what);
    assert_eq!(problem.code, Code::SecrecyRefused, "{what}: {problem}");
    assert_eq!((problem.code.entry().0, problem.status()), ("secrecy.refused", 422));
    assert!(problem.message.contains("密级") && problem.message.contains("请停止"), "{what}: {problem}");
    assert!(!problem.json().to_string().contains("10年"), "{what}: {problem}");
    problem
}

fn of_guard(findings: &[Finding]) -> Vec<(Option<u32>, Option<&str>, Severity)> {
    let guard = findings.iter().filter(|it| it.code.starts_with("secrecy."));
    guard.map(|it| (it.row, it.column.as_deref(), it.severity)).collect()
}

#[tokio::test]
async fn a_marked_row_is_refused_and_the_others_are_stored() {
    both(async |play| {
        play.begin().await;
        let people = [
            someone(1, "老复员军人", H),
            someone(2, "老复员军人", H).with("备注", &format!("据{MARK}的名单")),
            someone(3, "老复员军人", H).with("住址", "原31121部队家属院"),
            someone(4, "老复员军人", H).with("银行账号", "机密★"),
            someone(5, "老复员军人", H).with("备注", "保守国家秘密的老战士"),
        ];
        let path = play.file("名册.csv", someones(&people).as_bytes());
        let plan = app::roster::import(&play.app, &play.caller, play.county, &path, true).await.unwrap();
        let outcome = play.roster_file(&path).await.unwrap();
        for outcome in [&plan, &outcome] {
            let counts = outcome.counts;
            assert_eq!((counts.read, counts.added, counts.refused), (5, 3, 2));
            assert!(counts.balances());
            assert_eq!(
                of_guard(&outcome.findings),
                [
                    (Some(3), Some("备注"), Severity::Refused),
                    (Some(4), Some("住址"), Severity::Warning),
                    (Some(5), Some("银行账号"), Severity::Refused),
                ]
            );
            let on_refused = outcome.findings.iter().filter(|it| matches!(it.row, Some(3 | 5)));
            assert_eq!(on_refused.count(), 2, "a refused row says why, and nothing else");
            assert!(!format!("{:?}{}", outcome.findings, outcome.json()).contains("据机密"));
        }
        let known = refusals(play).await;
        assert_eq!(known.len(), 2, "the plan and the import");
        for (kind, result, detail) in &known {
            assert_eq!((kind.as_str(), result.as_str(), &detail["count"]), ("import", "refused", &2.into()));
            assert_eq!(detail["places"][0]["rule"], "classification_mark");
            assert_eq!(detail["places"][0]["field"], "备注");
            assert_eq!((&detail["places"][0]["sheet"], &detail["places"][0]["row"]), (&1.into(), &3.into()));
        }
        let visits = [
            call(H, 20, "登门看望").to(1),
            call(H, 20, "登门看望").to(3).with("备注", "机 密 ★"),
            call(H, 21, "登门看望").named("外来人").with("带队领导", MARK),
            call(H, 22, "登门看望").to(3).with("备注", "西部战区陆军合成旅来人"),
        ];
        let outcome = play.visits(&visits).await;
        assert_eq!((outcome.counts.added, outcome.counts.refused), (2, 2));
        assert_eq!(
            of_guard(&outcome.findings),
            [
                (Some(3), Some("备注"), Severity::Refused),
                (Some(4), Some("带队领导"), Severity::Refused),
                (Some(5), Some("备注"), Severity::Warning),
            ]
        );
        assert!(app::candidate::list(&play.app, &play.caller, play.county).await.unwrap().is_empty());
        play.verified("after refusals").await;
        assert_eq!(app::audit::verify(&play.app, &play.caller, play.county).await.unwrap()["whole"], true);
    })
    .await;
}

fn book(make: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    make(&mut book);
    book.save_to_buffer().unwrap()
}

/// A roster of one right row, its heads in the second row.
fn fill(book: &mut Workbook, title: &str) {
    let sheet = book.add_worksheet();
    sheet.write(0, 0, title).unwrap();
    for (column, (head, value)) in (0..).zip([
        ("姓名", "安一"),
        ("公民身份号码", number(1).reveal()),
        ("优抚类别", "老复员军人"),
        ("乡镇（街道）", H),
    ]) {
        sheet.write(1, column, head).unwrap();
        sheet.write(2, column, value).unwrap();
    }
}

#[tokio::test]
async fn a_mark_beside_the_rows_refuses_the_file() {
    both(async |play| {
        play.begin().await;
        let before = play.sizes().await;
        let clean = book(|book| fill(book, "优抚对象名册"));
        let files = [
            ("机密★名册.xlsx", clean.clone()),
            ("标题.xlsx", book(|book| fill(book, &format!("优抚对象名册（{MARK}）")))),
            ("密级行.xlsx", book(|book| fill(book, "密级：秘密"))),
            (
                "页眉.xlsx",
                book(|book| {
                    fill(book, "名册");
                    book.worksheet_from_index(0).unwrap().set_header(format!("&R{MARK}"));
                }),
            ),
            (
                "属性.xlsx",
                book(|book| {
                    fill(book, "名册");
                    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_subject(MARK));
                }),
            ),
            (
                "别的表.xlsx",
                book(|book| {
                    fill(book, "名册");
                    book.add_worksheet().write(0, 0, MARK).unwrap();
                }),
            ),
            (
                "表名.xlsx",
                book(|book| {
                    fill(book, "名册");
                    book.worksheet_from_index(0).unwrap().set_name(MARK).unwrap();
                }),
            ),
            (
                "名册.csv",
                format!("优抚对象名册 绝密★,,,\n{}", someones(&[someone(1, "老复员军人", H)])).into_bytes(),
            ),
        ];
        for (name, bytes) in &files {
            let path = play.file(name, bytes);
            let dry = app::roster::import(&play.app, &play.caller, play.county, &path, true).await;
            refused(name, dry);
            refused(name, play.roster_file(&path).await);
            refused(name, play.visits_file(&path).await);
        }
        no_more_than_audit(play, &before).await;
        let known = refusals(play).await;
        assert_eq!(known.len(), files.len() * 3);
        assert!(known.iter().all(|(kind, outcome, _)| kind == "import" && outcome == "refused"));
        assert_eq!(play.roster_file(&play.file("名册.xlsx", &clean)).await.unwrap().counts.added, 1);
    })
    .await;
}

#[tokio::test]
async fn text_of_single_acts_is_held_against_the_rules() {
    both(async |play| {
        play.begin().await;
        let before = play.sizes().await;
        let (app, caller, county, on) = (&play.app, &play.caller, play.county, date(2024, 8, 1));
        refused("add", app::unit::add(app, caller, county, MARK, "department", None).await);
        refused("rename", app::unit::rename(app, caller, county, H, MARK, on).await);
        refused("alias", app::unit::alias(app, caller, county, H, "绝密★").await);
        refused("split", app::unit::split(app, caller, county, H, MARK, &["某村".to_owned()], on).await);
        let template = format!("# {MARK}\n{}", bayi());
        refused("create", app::campaign::create(app, caller, county, &template, 2023, None).await);
        refused("edit", app::campaign::edit(app, caller, county, CAMPAIGN, &template).await);
        refused("calendar", app::calendar::import(app, caller, county, "2027-01-01 休 机密★\n").await);
        no_more_than_audit(play, &before).await;
        assert_eq!(refusals(play).await.len(), 7);
        // What is only warned of is taken.
        app::unit::add(app, caller, county, "31121部队", "troop", None).await.unwrap();
        let warned = warnings(&[("单位名称", "31121部队"), ("备注", "无")]);
        assert_eq!((warned.len(), warned[0].rule, warned[0].field.as_str()), (1, "cover_number", "单位名称"));
        assert!(!warned[0].message.contains("31121"));
        let taken = check_text(app, caller, county, &[("备注", "内部资料"), ("住址", "某村")]).await.unwrap();
        assert_eq!(
            taken.iter().map(|it| (it.code, it.rule)).collect::<Vec<_>>(),
            [("secrecy.warning", "internal_document")]
        );
    })
    .await;
}

#[tokio::test]
async fn uploads_are_looked_through() {
    both(async |play| {
        play.begin().await;
        let before = play.sizes().await;
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let bytes = |bytes: Vec<u8>| Source::Bytes(Arc::from(bytes));
        let marked = book(|book| {
            book.add_worksheet().write(70, 7, MARK).unwrap();
        });
        let problem =
            refused("bytes", check_file(app, caller, county, "报告.xlsx", bytes(marked.clone())).await);
        assert_eq!(problem.details["places"][0]["field"], "单元格");
        let path = play.file("上传", &marked);
        refused("a path", check_file(app, caller, county, "报告.xlsx", Source::File(path)).await);
        refused("a name", check_file(app, caller, county, "秘密★.txt", bytes(b"x".to_vec())).await);
        let locked = check_file(app, caller, county, "锁.docx", bytes(b"%TSD-Header-###%".to_vec())).await;
        assert_eq!(locked.unwrap_err().code, Code::FileRefused);
        no_more_than_audit(play, &before).await;
        assert_eq!(refusals(play).await.iter().filter(|(kind, ..)| kind == "file").count(), 3);
        let warned =
            check_file(app, caller, county, "总结.txt", bytes("本件为工作秘密".into())).await.unwrap();
        assert_eq!((warned[0].rule, warned[0].field.as_str()), ("work_secret", "正文"));
        assert!(
            check_file(app, caller, county, "总结.txt", bytes("保守国家秘密".into()))
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

fn visit(unit: domain::ids::UnitId, n: u32, note: &str) -> VisitRow {
    VisitRow {
        sheet: 0,
        row: n,
        visited_on: date(2024, 7, 20),
        unit,
        leader_name: String::new(),
        leader_title: String::new(),
        leader_kind: None,
        category: None,
        name: String::new(),
        citizen: Some(number(n)),
        has_number: true,
        method: Method::Home,
        headcount: None,
        money_fen: Fen(0),
        money_source: None,
        goods: Vec::new(),
        goods_fen: Fen(0),
        help: Vec::new(),
        note: note.to_owned(),
    }
}

#[tokio::test]
async fn a_marked_visit_is_refused_alone() {
    both(async |play| {
        play.begin().await;
        play.roster(&[1, 2, 3].map(|n| someone(n, "老复员军人", H))).await;
        let unit = play.units().await.find(H).unwrap().id;
        let campaign = app::campaign::get(&play.app, &play.caller, play.county, CAMPAIGN).await.unwrap();
        let rows = vec![visit(unit, 1, "无"), visit(unit, 2, MARK), visit(unit, 3, "工作秘密")];
        let ids: Vec<VisitId> = rows.iter().map(|_| play.app.id()).collect();
        let (recorded, findings) =
            app::visit::record(&play.app, &play.caller, play.county, campaign.id, ids.clone(), rows)
                .await
                .unwrap();
        assert_eq!(recorded, [Recorded::Added(ids[0]), Recorded::Refused, Recorded::Added(ids[2])]);
        let told: Vec<_> = findings.iter().map(|it| (it.row, it.code, it.severity)).collect();
        assert!(told.contains(&(2, "secrecy.refused", Severity::Refused)), "{told:?}");
        assert!(told.contains(&(3, "secrecy.warning", Severity::Warning)), "{told:?}");
        assert!(findings.iter().all(|it| !it.message.contains('★') || !it.message.contains("10年")));
        assert_eq!(play.table(None).await.total.visits, 2);
        let (kind, outcome, detail) = &refusals(play).await[0];
        assert_eq!((kind.as_str(), outcome.as_str(), &detail["count"]), ("visit", "refused", &1.into()));
        assert_eq!(detail["places"][0]["field"], "备注");
        play.verified("a marked visit").await;
    })
    .await;
}

#[tokio::test]
async fn exports_name_who_took_them() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H)]).await;
        play.visits_file(&play.file("走访.csv", calls(&[call(H, 20, "登门看望").to(1)]).as_bytes()))
            .await
            .unwrap();
        let taken = play.app.taken(&play.caller);
        let line = taken.line();
        assert!(line.starts_with("由 os:安 于 ") && line.ends_with(" 导出"), "{line}");
        let out = play.folder.path().join("走访.xlsx");
        app::visit::export(&play.app, &play.caller, play.county, CAMPAIGN, None, &out).await.unwrap();
        let first = std::fs::read(&out).unwrap();
        // The clock of the test moves by milliseconds, the line by minutes.
        app::visit::export(&play.app, &play.caller, play.county, CAMPAIGN, None, &out).await.unwrap();
        assert_eq!(first, std::fs::read(&out).unwrap(), "the same bytes again");
    })
    .await;
}
