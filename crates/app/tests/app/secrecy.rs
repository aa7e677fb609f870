//! The secrecy guard: nothing marked is stored, everything else is, and the refusal is written down without the text.

use super::play::{CAMPAIGN, Play, bayi, both, call, calls, number, sent, someone, someones};
use app::account::{NewAccount, NewToken};
use app::audit::{Filter, Kind};
use app::file::NewFile;
use app::guard::{Source, check_file, check_text, warnings};
use app::person::Field;
use app::visit::{Became, Sent};
use app::{Code, Problem};
use domain::authority::{Permission, Role};
use domain::file::{FileKind, OwnerKind};
use domain::finding::{Finding, Severity};
use domain::ids::{PersonId, VisitId};
use domain::visit::{COLUMNS, Goods, VisitedObject};
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
                "深处.xlsx",
                book(|book| {
                    fill(book, "名册");
                    let sheet = book.add_worksheet();
                    sheet.write(0, 0, "没有表头").unwrap();
                    sheet.write(90, 3, MARK).unwrap();
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

/// What an act with a marked text answered.
type Answer = (&'static str, Result<(), Problem>);

/// Every act that takes text from a person, with a mark in each of its texts.
async fn marked_acts(play: &Play, visit: VisitId, person: PersonId) -> Vec<Answer> {
    let (app, caller, county, on) = (&play.app, &play.caller, play.county, date(2024, 8, 1));
    let template = format!("# {MARK}\n{}", bayi());
    let account = |name: &str, number: &str| NewAccount {
        login: "zhang".to_owned(),
        name: name.to_owned(),
        number: number.to_owned(),
        roles: Vec::new(),
    };
    let token = NewToken {
        name: MARK.to_owned(),
        role: Role::CountyOffice,
        unit: None,
        permissions: vec![Permission::UnitRead],
        days: 1,
    };
    let filter = Filter { text: Some(MARK.to_owned()), ..Filter::default() };
    let out = play.folder.path().join("日志.csv");
    let file = |name: &str, caption: &str| NewFile {
        id: app.id(),
        kind: FileKind::Attachment,
        owner_kind: OwnerKind::Visit,
        owner: visit.0,
        unit: None,
        name: name.to_owned(),
        caption: caption.to_owned(),
        is_internal: false,
        external_reviewed: false,
    };
    let kept = app::file::add(app, caller, county, file("说明.txt", ""), b"abc".to_vec()).await.unwrap().file;
    let add = async |new: NewFile| app::file::add(app, caller, county, new, b"abcd".to_vec()).await.map(drop);
    let begin = async |new: NewFile| app::file::begin_upload(app, caller, county, new, 9).await.map(drop);
    let make = async |new: NewAccount| app::account::create(app, caller, county, new).await.map(drop);
    let reveal = app::person::reveal(app, caller, county, person, Field::Phone, MARK).await;
    vec![
        ("unit.add", app::unit::add(app, caller, county, MARK, "department", None).await.map(drop)),
        ("unit.rename", app::unit::rename(app, caller, county, H, MARK, on).await),
        ("unit.alias", app::unit::alias(app, caller, county, H, "绝密★").await),
        (
            "unit.split",
            app::unit::split(app, caller, county, H, MARK, &["某村".to_owned()], on).await.map(drop),
        ),
        (
            "campaign.create",
            app::campaign::create(app, caller, county, &template, 2023, None).await.map(drop),
        ),
        ("campaign.edit", app::campaign::edit(app, caller, county, CAMPAIGN, &template).await.map(drop)),
        ("calendar", app::calendar::import(app, caller, county, "2027-01-01 休 机密★\n").await.map(drop)),
        ("account name", make(account(MARK, "")).await),
        ("account number", make(account("张某", MARK)).await),
        ("token", app::account::create_token(app, caller, county, token).await.map(drop)),
        ("reveal", reveal.map(drop)),
        ("erase", app::erasure::erase(app, caller, county, number(1), MARK, true).await.map(drop)),
        ("audit.export", app::audit::export(app, caller, county, &filter, Kind::Csv, &out).await.map(drop)),
        ("file name", add(file("机密★.txt", "")).await),
        ("file caption", add(file("a.txt", MARK)).await),
        ("upload name", begin(file("机密★.txt", "")).await),
        ("upload caption", begin(file("a.txt", MARK)).await),
        (
            "file.describe",
            app::file::describe(app, caller, county, kept.id, kept.version, MARK, false).await.map(drop),
        ),
    ]
}

#[tokio::test]
async fn text_of_every_act_is_held_against_the_rules() {
    both(async |play| {
        play.begin().await;
        play.roster(&[1, 2].map(|n| someone(n, "老复员军人", H).with("联系电话", "20012345678"))).await;
        let visit: VisitId = play.app.id();
        play.sent(vec![sent(visit, &call(H, 20, "登门看望").to(1))]).await.pop().unwrap().unwrap();
        let mut tx = play.app.db.read().await.unwrap();
        let known = store::visit::by_ids(&mut tx, play.county, &[visit]).await.unwrap().pop().unwrap();
        drop(tx);
        let VisitedObject::Person { id: person, .. } = known.facts.object else { panic!("on the roster") };
        let answers = marked_acts(play, visit, person).await;
        // The one attachment that was taken, and nothing else.
        let after = play.sizes().await;
        for (table, rows) in
            [("file", 1), ("content", 1), ("upload", 0), ("reveal", 0), ("erasure", 0), ("account", 0)]
        {
            assert!(after.contains(&(table, rows)), "{table}: {after:?}");
        }
        let count = answers.len();
        for (what, answer) in answers {
            refused(what, answer);
        }
        assert_eq!(refusals(play).await.len(), count);
        // What is only warned of is taken.
        let (app, caller, county) = (&play.app, &play.caller, play.county);
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
async fn every_cell_of_a_form_is_held_against_the_rules() {
    both(async |play| {
        play.begin().await;
        play.roster(&[someone(1, "老复员军人", H)]).await;
        let before = play.sizes().await;
        let form = |column| sent(play.app.id(), &call(H, 20, "登门看望").to(1).with(column, MARK));
        let mut forms: Vec<Sent> = COLUMNS.iter().map(|column| form(column.title)).collect();
        let goods =
            |name: &str, unit: &str| Goods { name: name.to_owned(), quantity: 1, unit: unit.to_owned() };
        for goods in [goods(MARK, "袋"), goods("大米", MARK)] {
            forms
                .push(Sent { goods: vec![goods], ..sent(play.app.id(), &call(H, 20, "登门看望").to(1)) });
        }
        let count = forms.len();
        for answer in play.sent(forms).await {
            let problem = refused("a form", answer.map(drop));
            assert!(!problem.json().to_string().contains('★'), "{problem}");
        }
        no_more_than_audit(play, &before).await;
        let known = refusals(play).await;
        assert_eq!(known.len(), 1, "one row for one sender");
        assert_eq!((known[0].0.as_str(), &known[0].2["count"]), ("visit", &count.into()));
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

#[tokio::test]
async fn a_marked_visit_is_refused_alone() {
    both(async |play| {
        play.begin().await;
        play.roster(&[1, 2, 3].map(|n| someone(n, "老复员军人", H))).await;
        let form = |n, note| sent(play.app.id(), &call(H, 20, "登门看望").to(n).with("备注", note));
        let answers = play.sent(vec![form(1, "无"), form(2, MARK), form(3, "工作秘密")]).await;
        assert_eq!(answers[0].as_ref().unwrap().became, Became::Added);
        let warned = answers[2].as_ref().unwrap();
        let told: Vec<_> = warned.findings.iter().map(|it| (it.code.as_str(), it.severity)).collect();
        assert!(told.contains(&("secrecy.warning", Severity::Warning)), "{told:?}");
        let problem = refused("a marked visit", answers[1].clone().map(drop));
        assert_eq!(problem.details["places"][0]["field"], "备注");
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
