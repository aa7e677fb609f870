//! A unit submits its table, the county accepts or returns it; what was submitted stays as it was.

use super::play::{CAMPAIGN, Play, account, both, call, row, someone};
use app::submission::{Version, accept, get, hand_back, list, submit, withdraw};
use app::{Caller, Code, Problem};
use domain::authority::Role;
use domain::calendar::Lamp;
use domain::ids::UnitId;
use domain::submission::{Standing, SubmissionAct, SubmissionState};
use store::on;

const H: &str = "黄水镇";
const S: &str = "沙子镇";
const DAY_MS: i64 = 24 * 3600 * 1000;

struct People {
    office: Caller,
    clerk: Caller,
    other: Caller,
}

async fn unit(play: &Play, name: &str) -> UnitId {
    play.units().await.find(name).unwrap().id
}

/// Two townships, each with one person and one visit.
async fn begin(play: &Play) -> People {
    play.begin().await;
    play.roster(&[someone(1, "老复员军人", H), someone(2, "烈士遗属", H), someone(3, "烈士遗属", S)]).await;
    play.visits(&[call(H, 20, "登门看望").to(1).money("100", "县级下拨")]).await;
    People {
        office: account(play, 1, Role::CountyOffice, None),
        clerk: account(play, 2, Role::UnitClerk, Some(unit(play, H).await)),
        other: account(play, 3, Role::UnitClerk, Some(unit(play, S).await)),
    }
}

async fn standing(play: &Play, who: &Caller, name: &str) -> (Standing, i64, Lamp, String) {
    let all = list(&play.app, who, play.county, CAMPAIGN, None).await.unwrap();
    let found = all.units.iter().find(|it| it.name == name).unwrap();
    (found.standing, found.days, found.lamp, found.words.clone())
}

async fn titles(play: &Play, who: &Caller) -> Vec<String> {
    let asked = app::notification::Asked::default();
    let all = app::notification::list(&play.app, who, play.county, &asked, 50).await.unwrap();
    all.into_iter().map(|it| it.title).collect()
}

fn code(result: Result<Version, Problem>) -> Code {
    result.unwrap_err().code
}

#[tokio::test]
async fn what_was_submitted_stays_while_the_records_go_on() {
    both(async |play| {
        let People { office, clerk, .. } = begin(play).await;
        let (app, county) = (&play.app, play.county);
        let of = (CAMPAIGN, H);
        assert_eq!(
            standing(play, &office, H).await,
            (Standing::Missing, 16, Lamp::Green, "剩16天".to_owned())
        );
        let seen = get(app, &clerk, county, of, None).await.unwrap();
        assert_eq!((seen.may.as_slice(), seen.frozen.is_none()), (&[SubmissionAct::Submit][..], true));
        let first = submit(app, &clerk, county, of, Some(&seen.live_sm3)).await.unwrap();
        assert_eq!((first.version, first.state, first.late_days), (1, SubmissionState::Submitted, 0));
        assert_eq!((first.sm3.as_str(), first.submitted_by.as_str()), (seen.live_sm3.as_str(), "account:2"));
        assert_eq!(
            standing(play, &office, H).await,
            (Standing::Submitted, 0, Lamp::Green, "按时".to_owned())
        );
        // The figures go on; the frozen ones do not.
        play.visits(&[call(H, 21, "登门看望").to(2).money("50", "本单位")]).await;
        let shown = get(app, &office, county, of, None).await.unwrap();
        let frozen = shown.frozen.as_ref().unwrap();
        assert_eq!((frozen.table.total.persons, shown.live.total.persons), (1, 2));
        assert_eq!(frozen.table, seen.live);
        let said: Vec<String> = shown
            .differences
            .iter()
            .filter(|it| it.column == "money_fen")
            .map(|it| format!("{} {}→{} {:?}", it.row_label, it.submitted, it.live, it.change))
            .collect();
        assert_eq!(said, ["烈士遗属 0.00→50.00 Some(5000)", "合计 100.00→150.00 Some(5000)"]);
        assert_eq!(shown.may, [SubmissionAct::Accept, SubmissionAct::Return]);
        let done = accept(app, &office, county, of, 1).await.unwrap();
        assert_eq!((done.state, done.decided_by.as_deref()), (SubmissionState::Accepted, Some("account:1")));
        let acts = play.acts().await;
        let ours: Vec<&String> = acts.iter().filter(|it| it.starts_with("submission.")).collect();
        assert_eq!(ours, ["submission.submit", "submission.accept"]);
        let all = list(app, &office, county, CAMPAIGN, Some(Standing::Accepted)).await.unwrap();
        assert_eq!((all.obliged, all.missing, all.accepted, all.units.len()), (33, 32, 1, 1));
        assert_eq!(row(&frozen.table, "old_demobilised").money_fen.0, 10_000);
    })
    .await;
}

#[tokio::test]
async fn returned_withdrawn_and_submitted_again() {
    both(async |play| {
        let People { office, clerk, other } = begin(play).await;
        let (app, county) = (&play.app, play.county);
        let of = (CAMPAIGN, H);
        submit(app, &clerk, county, of, None).await.unwrap();
        assert_eq!(code(submit(app, &clerk, county, of, None).await), Code::SubmissionRefused);
        withdraw(app, &clerk, county, of, 1).await.unwrap();
        assert_eq!(standing(play, &clerk, H).await.0, Standing::Missing);
        assert_eq!(code(accept(app, &office, county, of, 1).await), Code::SubmissionRefused);
        assert_eq!(submit(app, &clerk, county, of, None).await.unwrap().version, 2);
        assert_eq!(
            code(accept(app, &office, county, of, 1).await),
            Code::Changed,
            "another version was looked at"
        );
        for remark in ["", "  ", &"长".repeat(501)] {
            assert_eq!(code(hand_back(app, &office, county, of, (2, remark)).await), Code::BadRequest);
        }
        let marked = hand_back(app, &office, county, of, (2, "见机密★10年文件")).await;
        assert_eq!(code(marked), Code::SecrecyRefused);
        let back = hand_back(app, &office, county, of, (2, "张某的慰问金写错了")).await.unwrap();
        assert_eq!(back.remark.as_deref(), Some("张某的慰问金写错了"));
        let shown = get(app, &clerk, county, of, Some(2)).await.unwrap();
        assert_eq!(shown.versions[1].remark.as_deref(), Some("张某的慰问金写错了"));
        assert_eq!(
            (shown.standing, shown.may.as_slice()),
            (Standing::Returned, &[SubmissionAct::Submit][..])
        );
        // What is told to others names nobody; the office hears from the unit, the unit from the office.
        assert_eq!(titles(play, &clerk).await[0], "2024年“八一”走访慰问统计表被退回");
        let asked = app::notification::Asked::default();
        let bodies = app::notification::list(app, &clerk, county, &asked, 50).await.unwrap();
        assert!(bodies.iter().all(|it| !it.body.contains("张某")));
        assert_eq!(submit(app, &clerk, county, of, None).await.unwrap().version, 3);
        accept(app, &office, county, of, 3).await.unwrap();
        assert_eq!(code(withdraw(app, &clerk, county, of, 3).await), Code::SubmissionRefused);
        // The county may take an acceptance back; nobody else reads or does anything here.
        hand_back(app, &office, county, of, (3, "重核")).await.unwrap();
        assert_eq!(get(app, &other, county, of, None).await.unwrap_err().code, Code::UnitUnknown);
        assert_eq!(code(submit(app, &other, county, of, None).await), Code::UnitUnknown);
        assert_eq!(list(app, &other, county, CAMPAIGN, None).await.unwrap().units.len(), 1);
        assert_eq!(code(accept(app, &clerk, county, of, 3).await), Code::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn late_is_marked_by_the_day_and_kept() {
    both(async |play| {
        let People { office, clerk, other } = begin(play).await;
        let county = play.county;
        // 2024-08-14, two working days behind the deadline.
        play.pass(25 * DAY_MS);
        let app = &play.app;
        assert_eq!(
            standing(play, &office, H).await,
            (Standing::Missing, -2, Lamp::Red, "超期2天".to_owned())
        );
        let late = submit(app, &clerk, county, (CAMPAIGN, H), None).await.unwrap();
        assert_eq!((late.late_days, late.deadline.as_str()), (2, "2024-08-12"));
        assert_eq!(
            standing(play, &office, H).await,
            (Standing::Submitted, -2, Lamp::Yellow, "迟报2天".to_owned())
        );
        hand_back(app, &office, county, (CAMPAIGN, H), (1, "核对人数")).await.unwrap();
        play.pass(5 * DAY_MS);
        let again = submit(app, &clerk, county, (CAMPAIGN, H), None).await.unwrap();
        assert_eq!(again.late_days, 2, "the county's look does not make it later");
        assert_eq!(submit(app, &other, county, (CAMPAIGN, S), None).await.unwrap().late_days, 5);
        let all = list(app, &office, county, CAMPAIGN, None).await.unwrap();
        assert_eq!((all.submitted, all.late, all.words.as_str()), (2, 2, "超期5天"));
    })
    .await;
}

#[tokio::test]
async fn whose_table_it_is_and_which_is_asked_for() {
    both(async |play| {
        let People { office, clerk, .. } = begin(play).await;
        let (app, county) = (&play.app, play.county);
        let refused = submit(app, &office, county, (CAMPAIGN, H), None).await.unwrap_err();
        assert_eq!(refused.code, Code::SubmissionRefused);
        assert!(refused.message.contains("由该单位自己报送"), "{refused}");
        // The county freezes its own table, which nobody here accepts.
        let own = submit(app, &office, county, (CAMPAIGN, "500240"), None).await.unwrap();
        assert_eq!(own.version, 1);
        assert_eq!(
            code(accept(app, &office, county, (CAMPAIGN, "500240"), 1).await),
            Code::SubmissionRefused
        );
        // A department did not get the campaign; the machine's own user submits for a unit without an account.
        let department = play.department().await.code;
        let refused = submit(app, &play.caller, county, (CAMPAIGN, &department), None).await.unwrap_err();
        assert!(refused.message.contains("没有下发"), "{refused}");
        submit(app, &play.caller, county, (CAMPAIGN, S), None).await.unwrap();
        // A table that changed since it was looked at is not submitted unseen.
        let seen = get(app, &clerk, county, (CAMPAIGN, H), None).await.unwrap().live_sm3;
        play.visits(&[call(H, 22, "座谈交流").to(2)]).await;
        assert_eq!(code(submit(app, &clerk, county, (CAMPAIGN, H), Some(&seen)).await), Code::Changed);
        let missing = get(app, &clerk, county, (CAMPAIGN, H), Some(7)).await.unwrap_err();
        assert_eq!(missing.code, Code::NotFound);
        assert_eq!(code(withdraw(app, &office, county, (CAMPAIGN, S), 1).await), Code::SubmissionRefused);
    })
    .await;
}

#[tokio::test]
async fn a_frozen_table_that_was_touched_is_not_shown() {
    both(async |play| {
        let People { office, clerk, .. } = begin(play).await;
        let (app, county) = (&play.app, play.county);
        submit(app, &clerk, county, (CAMPAIGN, H), None).await.unwrap();
        let touched: Result<_, Problem> = app
            .db
            .write(county, move |act| {
                Box::pin(async move {
                    const SQL: &str =
                        "UPDATE submission SET table_json = REPLACE(table_json, '10000', '90000')";
                    on!(act, c => sqlx::query(SQL).execute(c).await.map(drop)).unwrap();
                    act.nothing_written();
                    Ok(())
                })
            })
            .await;
        touched.unwrap();
        let refused = get(app, &office, county, (CAMPAIGN, H), None).await.unwrap_err();
        assert_eq!(refused.code, Code::FiguresDiffer);
        assert!(refused.message.contains("SM3"), "{refused}");
    })
    .await;
}
