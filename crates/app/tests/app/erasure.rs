//! An erased person: nothing says who they were, every figure stays, and neither a list nor a backup brings them back.

use super::backup::{Empty, asked};
use super::play::{CAMPAIGN, Call, Play, Someone, both, call, number, someone};
use app::Code;
use app::backup::{Restore, make, restore};
use app::erasure::{Register, erase, export, readmit};
use domain::finding::Severity;
use sqlx::AssertSqlSafe;
use store::on;
use store::tables::TABLES;

const H: &str = "黄水镇";
const SECRETS: &[&str] =
    &["安一", "安九", "H777", "优抚证0042", "20012345678", "9912345678901234561", "星月路", "旧伤"];

fn people() -> Vec<Someone> {
    vec![
        someone(1, "老复员军人", H)
            .with("户号", "H777")
            .with("证书编号", "优抚证0042")
            .with("联系电话", "20012345678")
            .with("开户银行", "某行")
            .with("银行账号", "9912345678901234561")
            .with("户名", "安一")
            .with("住址", "星月路七十七号"),
        someone(2, "烈士遗属", H).with("户号", "H002"),
        someone(3, "残疾军人", H).with("伤残等级", "三级").with("户号", "H002"),
        // The first person under an older number.
        someone(9, "老复员军人", H).with("户号", "H777"),
    ]
}

fn visits() -> Vec<Call> {
    vec![
        call(H, 20, "登门看望")
            .to(1)
            .led("张山", "主要领导")
            .money("500", "县级下拨")
            .with("备注", "谈到旧伤"),
        call(H, 21, "登门看望").to(9).money("100", "本单位"),
        call(H, 22, "登门看望").to(2).money("300.05", "本单位"),
        call(H, 22, "座谈交流").to(3),
    ]
}

/// A county in which the first person was changed, visited under two numbers and merged.
async fn lived(play: &Play) {
    play.begin().await;
    play.roster(&people()).await;
    play.visits(&visits()).await;
    play.roster(&[people().remove(0).with("住址", "星月路一号").with("备注", "有旧伤")]).await;
    app::person::merge(&play.app, &play.caller, play.county, number(1), number(9)).await.unwrap();
}

/// Every text of every row.
async fn texts(play: &Play) -> String {
    let mut tx = play.app.db.read().await.unwrap();
    let mut all = String::new();
    for table in TABLES.iter().filter(|table| table.name != "migration") {
        let columns: Vec<String> = table.text.iter().map(|it| format!("COALESCE(\"{it}\", '')")).collect();
        let sql = format!("SELECT {} FROM {}", columns.join(" || '|' || "), table.name);
        let rows: Vec<(String,)> =
            on!(&mut tx, c => sqlx::query_as(AssertSqlSafe(sql)).fetch_all(c).await).unwrap();
        for (row,) in rows {
            all.push_str(&(row + "\n"));
        }
    }
    all
}

/// The keyed hashes and sealed texts of an entry.
async fn traces(play: &Play, n: u32) -> Vec<String> {
    const SQL: &str = "SELECT citizen_sealed, citizen_last4_index, COALESCE(account_sealed, ''), \
         COALESCE(account_index, ''), COALESCE(phone_sealed, '') FROM person WHERE citizen_index = $1";
    let index = play.app.sealer.citizen_index(&number(n));
    let mut tx = play.app.db.read().await.unwrap();
    let row: (String, String, String, String, String) =
        on!(&mut tx, c => sqlx::query_as(SQL).bind(index).fetch_one(c).await).unwrap();
    [row.0, row.1, row.2, row.3, row.4].into_iter().filter(|it| !it.is_empty()).collect()
}

/// A person's entry as the table holds it.
async fn entry(play: &Play, id: &str) -> store::person::PersonRecord {
    let mut tx = play.app.db.read().await.unwrap();
    store::person::by_ids(&mut tx, play.county, &[id.to_owned()]).await.unwrap().remove(0).0
}

async fn gone(play: &Play, n: u32) -> Result<app::erasure::Erased, app::Problem> {
    erase(&play.app, &play.caller, play.county, number(n), "本人申请", true).await
}

#[tokio::test]
async fn nothing_says_who_it_was_and_every_figure_stays() {
    both(async |play| {
        lived(play).await;
        let table = play.table(None).await;
        let coverage = play.coverage("key_person_visit").await;
        let before = texts(play).await;
        let mut traces = [traces(play, 1).await, traces(play, 9).await].concat();
        traces.extend(SECRETS.iter().map(|it| (*it).to_owned()).filter(|it| before.contains(it)));
        assert!(traces.len() > 8, "{traces:?}");
        let refused =
            erase(&play.app, &play.caller, play.county, number(1), "本人申请", false).await.unwrap_err();
        assert!(refused.code == Code::Conflict && refused.message.contains("2 条走访"), "{refused}");
        assert_eq!(texts(play).await, before, "a refusal changes nothing");
        let erased = gone(play, 9).await.unwrap();
        assert_eq!((erased.entries, erased.visits), (2, 2));
        let after = texts(play).await;
        for trace in &traces {
            assert!(!after.contains(trace.as_str()), "{trace} is still there");
        }
        assert_eq!(play.table(None).await, table);
        play.verified("an erasure").await;
        assert_eq!(play.acts().await.last().unwrap(), "person.erase");
        let now = play.coverage("key_person_visit").await;
        assert_eq!((now.required, now.open.len()), (coverage.required - 1, coverage.open.len()));
        assert_eq!(gone(play, 1).await.unwrap_err().code, Code::NotFound, "there is nobody any more");
    })
    .await;
}

/// A sealed column that stayed behind somewhere, in a freed page or a log, opens with the person's key alone, and that
/// is destroyed.
#[tokio::test]
async fn without_the_person_s_key_nothing_that_stayed_behind_opens() {
    both(async |play| {
        lived(play).await;
        let index = play.app.sealer.citizen_index(&number(1));
        let id = {
            let mut tx = play.app.db.read().await.unwrap();
            store::person::numbers(&mut tx, play.county).await.unwrap()[&index].to_string()
        };
        let before = entry(play, &id).await;
        let opens = |record: &store::person::PersonRecord| {
            record.open(Vec::new(), &play.app.sealer, play.county).map(|it| it.citizen)
        };
        assert_eq!(opens(&before).unwrap(), number(1));
        // What was changed of the person is under the same key.
        let changes = {
            let mut tx = play.app.db.read().await.unwrap();
            store::import::changes_of(&mut tx, play.county, id.parse().unwrap(), 10).await.unwrap()
        };
        let address = changes.into_iter().find(|it| it.field == "address").unwrap().before_sealed.unwrap();
        let place =
            store::Place { county: play.county, table: "change", row: id.parse().unwrap(), field: "address" };
        let sealer = &play.app.sealer;
        let key = before.key(sealer, play.county).unwrap();
        assert_eq!(sealer.open_own(key.as_ref(), place, &address).unwrap(), "星月路七十七号");
        gone(play, 1).await.unwrap();
        let key = entry(play, &id).await.key(sealer, play.county).unwrap();
        assert!(sealer.open_own(key.as_ref(), place, &address).is_err());
        let after = entry(play, &id).await;
        assert_eq!((after.key_sealed.as_deref(), after.name_initials.as_str()), (None, ""));
        let left = store::person::PersonRecord { key_sealed: after.key_sealed, ..before };
        assert!(opens(&left).is_err());
    })
    .await;
}

/// A database from before persons had keys: their columns open as before, and get a key with their next change.
#[tokio::test]
async fn entries_without_a_key_are_read_changed_and_taken_back() {
    both(async |play| {
        play.begin().await;
        play.roster(&people()).await;
        let index = play.app.sealer.citizen_index(&number(1));
        let id = {
            let mut tx = play.app.db.read().await.unwrap();
            store::person::numbers(&mut tx, play.county).await.unwrap()[&index].to_string()
        };
        let record = entry(play, &id).await;
        let person = record.open(Vec::new(), &play.app.sealer, play.county).unwrap();
        let sealed = |field, text: &str| {
            let row = id.parse().unwrap();
            play.app.sealer.seal(store::Place { county: play.county, table: "person", row, field }, text)
        };
        let older = store::person::PersonRecord {
            key_sealed: None,
            citizen_sealed: sealed("citizen", person.citizen.reveal()),
            address_sealed: person.address.as_deref().map(|it| sealed("address", it)),
            phone_sealed: person.phone.as_deref().map(|it| sealed("phone", it)),
            account_sealed: person.account.as_ref().map(|it| sealed("account", it.reveal())),
            ..record
        };
        let (county, identities) = (
            play.county,
            [store::person::IdentityRecord::new(
                id.parse().unwrap(),
                &domain::person::Identity {
                    class: domain::person::PersonClass::OldDemobilised,
                    grade: None,
                    nature: None,
                },
            )],
        );
        let written: Result<(), store::StoreError> = play
            .app
            .db
            .write(county, move |act| {
                Box::pin(async move {
                    act.nothing_written();
                    store::person::replace_many(act, county, &[older], &identities).await
                })
            })
            .await;
        written.unwrap();
        assert_eq!(entry(play, &id).await.open(Vec::new(), &play.app.sealer, play.county).unwrap(), person);
        let changed = play.roster(&[people().remove(0).with("住址", "星月路一号")]).await;
        assert_eq!(changed.counts.changed, 1);
        assert!(entry(play, &id).await.key_sealed.is_some());
        let caller = &play.caller;
        let import = changed.import.unwrap().parse().unwrap();
        app::import::undo(&play.app, caller, play.county, import).await.unwrap();
        let again = entry(play, &id).await;
        assert_eq!(again.open(Vec::new(), &play.app.sealer, play.county).unwrap().address, person.address);
        let person = id.parse().unwrap();
        assert!(!app::person::history(&play.app, caller, play.county, person).await.unwrap().is_empty());
        // Whatever is changed, nothing stays under the deployment's key.
        let correction = app::payment::Correction {
            bank_name: Some("另一行".to_owned()),
            reason: "核对存折".to_owned(),
            ..app::payment::Correction::default()
        };
        app::payment::correct(&play.app, caller, play.county, person, correction).await.unwrap();
        let corrected = entry(play, &id).await;
        assert!(corrected.citizen_sealed.starts_with("p1."), "{}", corrected.citizen_sealed);
        assert!(corrected.address_sealed.unwrap().starts_with("p1."));
    })
    .await;
}

#[tokio::test]
async fn a_household_stays_one_until_its_last_member_is_erased() {
    both(async |play| {
        lived(play).await;
        let table = play.table(None).await;
        gone(play, 2).await.unwrap();
        assert!(texts(play).await.contains("H002"), "another still lives there");
        assert_eq!(play.table(None).await, table);
        // A change of the other member folds the visits of both again.
        play.roster(&[people().remove(2).with("伤残等级", "五级")]).await;
        play.verified("a change in the household").await;
        let table = play.table(None).await;
        gone(play, 3).await.unwrap();
        assert!(!texts(play).await.contains("H002"));
        assert_eq!(play.table(None).await, table);
        app::unit::rename(&play.app, &play.caller, play.county, H, "黄水新镇", "2024-07-21".parse().unwrap())
            .await
            .unwrap();
        play.verified("erasing a household").await;
    })
    .await;
}

#[tokio::test]
async fn an_erased_number_comes_back_only_when_admitted() {
    both(async |play| {
        lived(play).await;
        gone(play, 1).await.unwrap();
        let again = play.roster(&people()).await;
        assert_eq!((again.counts.refused, again.counts.unchanged), (2, 2));
        let findings: Vec<_> = again.findings.iter().filter(|it| it.code == "roster.erased").collect();
        assert!(findings.len() == 2 && findings[0].severity == Severity::Refused);
        assert!(findings[0].message.contains("2024-07-20"), "{}", findings[0].message);
        assert_eq!(play.visits(&visits()).await.counts.added, 0, "known visits stay one");
        let fresh = play.visits(&[call(H, 25, "登门看望").to(1).named("安一")]).await;
        assert_eq!((fresh.counts.refused, fresh.findings.last().unwrap().code.as_str()), (1, "visit.erased"));
        assert!(!texts(play).await.contains("安一"));
        assert!(readmit(&play.app, &play.caller, play.county, number(2)).await.is_err());
        readmit(&play.app, &play.caller, play.county, number(1)).await.unwrap();
        assert_eq!(play.acts().await.last().unwrap(), "person.readmit");
        let again = play.roster(&people()).await;
        assert_eq!((again.counts.added, again.counts.refused), (1, 1), "the merged number stays out");
        play.verified("an admission").await;
    })
    .await;
}

#[tokio::test]
async fn an_older_backup_is_erased_again() {
    both(async |play| {
        lived(play).await;
        let (table, older) = (play.table(None).await, asked(play, "older.sybk"));
        make(&play.app, &play.caller, older.clone()).await.unwrap();
        gone(play, 1).await.unwrap();
        let register = export(&play.app, &play.caller, play.county).await.unwrap();
        let text = serde_json::to_string(&register).unwrap();
        assert!(!text.contains("安一") && !text.contains(number(1).reveal()));
        let file = play.file("register.json", text.as_bytes());
        assert_eq!(Register::read(&file).unwrap(), register);
        let newer = asked(play, "newer.sybk");
        make(&play.app, &play.caller, newer.clone()).await.unwrap();
        for (backup, erasures, erased) in
            [(&older, vec![], 0), (&older, vec![register.clone()], 1), (&newer, vec![], 0)]
        {
            for empty in Empty::each(play).await {
                let restored = Restore { erasures: erasures.clone(), ..empty.restore(&backup.out) };
                let restored = restore(&play.caller, restored).await.unwrap();
                assert_eq!(restored.erased, erased);
                let again = empty.open(play).await;
                let is_known = texts(&again).await.contains("安一");
                assert_eq!(is_known, erasures.is_empty() && backup.out == older.out);
                assert_eq!(again.table(None).await, table);
                again.verified("an erasure by restore").await;
                assert_eq!(
                    app::audit::verify(&again.app, &again.caller, again.county).await.unwrap()["whole"],
                    true
                );
                let refused = if is_known { 0 } else { 2 };
                assert_eq!(again.roster(&people()).await.counts.refused, refused, "the register came along");
                again.app.db.close().await;
                empty.remove().await;
            }
        }
        let elsewhere = Register { county: "500241".parse().unwrap(), erasures: vec![] };
        let empty = Empty::sqlite(play);
        let asked = Restore { erasures: vec![elsewhere], ..empty.restore(&older.out) };
        assert!(restore(&play.caller, asked).await.unwrap_err().message.contains("没有这个县"));
    })
    .await;
}

#[tokio::test]
async fn a_visit_to_an_erased_person_is_not_changed_and_does_not_hold_up_others() {
    both(async |play| {
        lived(play).await;
        let page = async |n: u32| {
            let person = Some(play.person(n).await);
            let wanted = app::visit::Wanted { campaign: CAMPAIGN.to_owned(), person, ..Default::default() };
            let asked = app::page::Asked::default();
            app::visit::list(&play.app, &play.caller, play.county, &wanted, &asked).await.unwrap().items
        };
        let (lost, kept) = (page(1).await[0].visit.id, page(2).await[0].visit.id);
        let person = play.person(1).await;
        gone(play, 1).await.unwrap();
        let change = |id, version| {
            let call = call(H, 22, "登门看望").money("300.05", "本单位").with("备注", "已核对");
            app::visit::Sent { keeps_object: true, expected: Some(version), ..super::play::sent(id, &call) }
        };
        let picked = app::visit::Sent {
            person: Some(person),
            ..super::play::sent(play.app.id(), &call(H, 23, "登门看望").named("（名册）"))
        };
        let answers = play.sent(vec![change(lost, 2), change(kept, 1), picked]).await;
        let codes: Vec<_> = answers.iter().map(|it| it.as_ref().err().map(|problem| problem.code)).collect();
        assert_eq!(codes, [Some(Code::Conflict), None, Some(Code::NotFound)]);
        play.verified("changes beside an erased person").await;
    })
    .await;
}
