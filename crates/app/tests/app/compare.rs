//! This year beside last year, and why a figure is as it is.

use super::play::{CAMPAIGN, Play, account, bayi, both, call, calls, someone};
use app::Code;
use app::statistics::{Compared, compare_years, why};
use domain::authority::Role;

const H: &str = "黄水镇";
const S: &str = "沙子镇";

async fn begin(play: &Play) {
    play.begin().await;
    play.roster(&[someone(1, "老复员军人", H), someone(2, "烈士遗属", H), someone(3, "烈士遗属", S)]).await;
    play.visits(&[
        call(H, 20, "登门看望").to(1).money("100", "县级下拨"),
        call(H, 20, "登门看望").to(2).money("100", "县级下拨"),
        call(S, 20, "登门看望").to(3).money("30", "本单位"),
    ])
    .await;
}

fn said(row: &Compared) -> String {
    let of = |sums: Option<app::statistics::Sums>| match sums {
        Some(it) => format!("{}人 {}分", it.count, it.money_fen),
        None => "—".to_owned(),
    };
    format!("{}：{} / {} / {}", row.label, of(row.this), of(row.last), of(row.change))
}

#[tokio::test]
async fn this_year_stands_beside_the_last_campaign_of_its_kind() {
    both(async |play| {
        begin(play).await;
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let alone = compare_years(app, caller, county, CAMPAIGN, (None, None)).await.unwrap();
        assert_eq!((alone.with, said(&alone.total)), (None, "合计：3人 23000分 / — / —".to_owned()));
        // Two campaigns before, one of them with another set of rows; and a later one, which is not the year before.
        for (year, deadline) in [(2021, "2021-08-12"), (2023, "2023-08-11"), (2025, "2025-08-12")] {
            let deadline = Some(deadline.parse().unwrap());
            app::campaign::create(app, caller, county, bayi(), year, deadline).await.unwrap();
        }
        let older =
            calls(&[call(H, 20, "登门看望").to(1).money("60", "本单位")]).replace("2024-07", "2023-07");
        let path = play.file("上年.csv", older.as_bytes());
        let done = app::visit::import(app, caller, county, "bayi-2023", &path, false).await.unwrap();
        assert_eq!(done.counts.added, 1, "{:?}", done.findings);
        let both = compare_years(app, caller, county, CAMPAIGN, (None, None)).await.unwrap();
        assert_eq!(both.with.as_deref(), Some("bayi-2023"));
        let row = |key: &str| both.rows.iter().find(|it| it.key == key).map(said).unwrap();
        assert_eq!(row("old_demobilised"), "老复员军人：1人 10000分 / 1人 6000分 / 0人 4000分");
        assert_eq!(row("martyr_survivor"), "烈士遗属：2人 13000分 / 0人 0分 / 2人 13000分");
        assert_eq!(said(&both.total), "合计：3人 23000分 / 1人 6000分 / 2人 17000分");
        let own = compare_years(app, caller, county, CAMPAIGN, (Some(S), None)).await.unwrap();
        assert_eq!(said(&own.total), "合计：1人 3000分 / 0人 0分 / 1人 3000分");
        let named = compare_years(app, caller, county, CAMPAIGN, (None, Some("bayi-2021"))).await.unwrap();
        assert_eq!(said(&named.total), "合计：3人 23000分 / 0人 0分 / 3人 23000分");
        // A row that this year's template prints no more stands behind the others.
        let off = bayi().replacen(
            "key = \"returned_ill\"",
            "key = \"returned_ill\"\nenabled = false\ninstead = \"other\"",
            1,
        );
        app::campaign::edit(app, caller, county, CAMPAIGN, &off).await.unwrap();
        let both = compare_years(app, caller, county, CAMPAIGN, (None, None)).await.unwrap();
        let last = both.rows.last().unwrap();
        assert_eq!((last.key.as_str(), last.this, last.change), ("returned_ill", None, None));
        let clerk = account(play, 2, Role::UnitClerk, Some(play.units().await.find(S).unwrap().id));
        let own = compare_years(app, &clerk, county, CAMPAIGN, (None, None)).await.unwrap();
        assert_eq!(own.unit.name, S);
        let foreign = compare_years(app, &clerk, county, CAMPAIGN, (Some(H), None)).await.unwrap_err();
        assert_eq!(foreign.code, Code::UnitUnknown);
    })
    .await;
}

#[tokio::test]
async fn a_figure_says_by_which_rule_and_template_it_was_counted() {
    both(async |play| {
        begin(play).await;
        let (app, caller, county) = (&play.app, &play.caller, play.county);
        let it = why(app, caller, county, CAMPAIGN, ("martyr_survivor", Some(H))).await.unwrap();
        assert_eq!((it.template.0.as_str(), it.template.2, it.line.persons), ("bayi", 1, 1));
        assert_eq!(it.why.takes[0], "计入：名册上优抚类别为烈士遗属的人");
        let missing = why(app, caller, county, CAMPAIGN, ("training_troop", None)).await.unwrap_err();
        assert_eq!(missing.code, Code::NotFound, "a row that is off is not in the table");
        assert!(missing.message.contains("training_troop"), "{missing}");
    })
    .await;
}
