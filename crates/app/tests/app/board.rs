//! The board: sums that are those of the table, and few statements.

use super::play::{CAMPAIGN, Play, account, both, call, someone};
use app::Code;
use app::board::{Board, of};
use app::submission::{accept, submit};
use domain::authority::Role;
use domain::calendar::Lamp;
use domain::supervision::Share;
use domain::visit::Method;
use jiff::civil::date;

const H: &str = "黄水镇";
const S: &str = "沙子镇";

async fn begin(play: &Play) {
    play.begin().await;
    play.roster(&[someone(1, "老复员军人", H), someone(2, "烈士遗属", H), someone(3, "参战退役军人", S)])
        .await;
    play.visits(&[
        call(H, 1, "登门看望").to(1).money("100", "县级下拨"),
        call(H, 19, "登门看望").to(2).money("0.01", "社会捐赠"),
        call(S, 20, "电话问候").to(3),
        call(S, 20, "座谈交流").named("退役军人代表").with("人数", "12").with("对象类别", "其他"),
    ])
    .await;
}

async fn board(play: &Play) -> Board {
    of(&play.app, &play.caller, play.county, CAMPAIGN).await.unwrap()
}

#[tokio::test]
async fn the_board_says_what_the_table_says() {
    both(async |play| {
        begin(play).await;
        submit(&play.app, &play.caller, play.county, (CAMPAIGN, H), None).await.unwrap();
        submit(&play.app, &play.caller, play.county, (CAMPAIGN, S), None).await.unwrap();
        accept(&play.app, &play.caller, play.county, (CAMPAIGN, S), 1).await.unwrap();
        let it = board(play).await;
        let total = play.table(None).await.total;
        assert_eq!(
            (it.visits, it.person_times, it.money),
            (total.visits, total.person_times, total.money_by_source)
        );
        assert_eq!((it.days, it.lamp, it.words.as_str()), (16, Lamp::Green, "剩16天"));
        assert_eq!((it.submitted, it.accepted), (Share { done: 2, required: 33 }, 1));
        assert_eq!(
            (it.key, it.universal),
            (Some(Share { done: 2, required: 2 }), Some(Share { done: 3, required: 3 }))
        );
        // Thirty days that end today; each visit on its day.
        assert_eq!(
            (it.by_day.len(), it.by_day[0].0, it.by_day[29].0),
            (30, date(2024, 6, 21), date(2024, 7, 20))
        );
        let busy: Vec<_> =
            it.by_day.iter().filter(|(_, visits)| *visits > 0).map(|(day, n)| (day.day(), *n)).collect();
        assert_eq!(busy, [(1, 1), (19, 1), (20, 2)]);
        let methods = [(Method::Letter, 0), (Method::Home, 2), (Method::Talk, 1), (Method::Telephone, 1)];
        assert_eq!(it.by_method, methods);
        let of = |name: &str| it.townships.iter().find(|it| name.starts_with(it.unit.1.as_str())).unwrap();
        assert_eq!((it.townships.len(), of(H).visits, of(H).words.as_str()), (33, 2, "按时"));
        // The next act is seen at once.
        play.visits(&[call(S, 18, "发慰问信").to(3)]).await;
        let next = board(play).await;
        assert_eq!(
            (next.visits, next.by_method[0], next.by_day[27].1),
            (it.visits + 1, (Method::Letter, 1), 1)
        );
        let text = serde_json::to_string(&next).unwrap();
        assert!(!text.contains("安一") && !text.contains("代表"), "nobody's name: {text}");
    })
    .await;
}

#[tokio::test]
async fn it_is_for_those_who_read_the_whole_county_and_cheap() {
    both(async |play| {
        begin(play).await;
        let township = play.units().await.find(H).unwrap().id;
        for role in [Role::UnitClerk, Role::Viewer] {
            let some = account(play, 2, role, Some(township));
            let refused = of(&play.app, &some, play.county, CAMPAIGN).await.unwrap_err();
            assert_eq!(refused.code, Code::UnitUnknown, "{role:?}");
        }
        let viewer = account(play, 3, Role::Viewer, None);
        of(&play.app, &viewer, play.county, CAMPAIGN).await.unwrap();
        let cost = async || {
            let before = play.app.db.statements();
            board(play).await;
            play.app.db.statements() - before
        };
        // Everything that was counted is kept: cells of all units, calendar, tables, and who changed something last.
        let kept = cost().await;
        play.visits(&[call(S, 18, "发慰问信").to(3)]).await;
        let fresh = cost().await;
        assert_eq!(fresh, kept + 3, "three counts anew");
        assert!(fresh <= 13, "{fresh}");
        let many: Vec<_> = (30..90).map(|n| someone(n, "老复员军人", H)).collect();
        play.roster(&many).await;
        assert_eq!(cost().await, fresh);
        assert_eq!(cost().await, kept);
    })
    .await;
}
