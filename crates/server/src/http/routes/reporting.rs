//! URLs of the tables that units submit, of what is due, and of who is behind.

use super::super::table::Access::{Figures, Needs};
use super::super::table::{Route, get, post};
use super::super::{answer, chase, figure, submission, supervision, workbench};
use domain::authority::Permission::{
    ChaseSend, CoverageRead, NoticeLog, NoticeRead, StatisticsRead, TableReview, TableSubmit,
};

pub(super) fn submissions() -> Vec<Route> {
    vec![
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/submissions",
            Needs(StatisticsRead),
            submission::list,
        )
        .named("submission.list", "应报单位及其报送情况：未报、已报、退回、已收")
        .query::<submission::Which>()
        .answers::<submission::Overview>(),
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/submissions/{unit}",
            Needs(StatisticsRead),
            submission::get,
        )
        .named("submission.get", "一个单位报送的统计表：存下的、现在的和差别；可取存下的表的文件")
        .query::<submission::Asked>()
        .answers::<submission::Shown>(),
        post(
            "/api/v1/counties/{county}/campaigns/{campaign}/submissions/{unit}",
            Needs(TableSubmit),
            submission::submit,
        )
        .named("submission.submit", "报送统计表：按现在的数字存下")
        .takes::<submission::Submit>()
        .answers_with::<submission::Version>(201, "已报送"),
        post(
            "/api/v1/counties/{county}/campaigns/{campaign}/submissions/{unit}/accept",
            Needs(TableReview),
            submission::accept,
        )
        .named("submission.accept", "接收报送的统计表")
        .takes::<submission::OfVersion>()
        .answers::<submission::Version>(),
        post(
            "/api/v1/counties/{county}/campaigns/{campaign}/submissions/{unit}/return",
            Needs(TableReview),
            submission::hand_back,
        )
        .named("submission.return", "退回报送的统计表，写明意见")
        .takes::<submission::Return>()
        .answers::<submission::Version>(),
        post(
            "/api/v1/counties/{county}/campaigns/{campaign}/submissions/{unit}/withdraw",
            Needs(TableSubmit),
            submission::withdraw,
        )
        .named("submission.withdraw", "撤回尚未接收的统计表")
        .takes::<submission::OfVersion>()
        .answers::<submission::Version>(),
    ]
}

pub(super) fn workbench() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/workbench", Needs(NoticeRead), workbench::of)
            .named("workbench.get", "工作台：待办、期限和计数")
            .query::<workbench::Asked>()
            .answers::<workbench::Workbench>(),
    ]
}

pub(super) fn chases() -> Vec<Route> {
    vec![
        post("/api/v1/counties/{county}/campaigns/{campaign}/chases", Needs(ChaseSend), chase::send)
            .named("chase.send", "催办：请单位报送统计表")
            .takes::<chase::Send>()
            .answers_with::<chase::Sent>(201, "已发送"),
        get("/api/v1/counties/{county}/campaigns/{campaign}/chases", Needs(NoticeLog), chase::log)
            .named("chase.list", "催办记录，新的在前")
            .query::<answer::Paging>()
            .pages::<chase::Chase>(),
        get("/api/v1/counties/{county}/campaigns/{campaign}/chases/{id}", Needs(NoticeLog), chase::told)
            .named("chase.told", "一次催办告知了谁、何时看到")
            .lists::<chase::Told>(),
    ]
}

pub(super) fn supervision() -> Vec<Route> {
    vec![
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/coverage/open",
            Needs(CoverageRead),
            supervision::names,
        )
        .named("coverage.open", "还没有走访的人，按乡镇、村翻页（遮盖）")
        .query::<supervision::Which>()
        .pages::<supervision::OpenName>(),
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/coverage/places",
            Needs(CoverageRead),
            supervision::places,
        )
        .named("coverage.places", "各乡镇、村完成了多少")
        .query::<supervision::Where>()
        .lists::<supervision::Place>(),
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/coverage/leaders",
            Needs(CoverageRead),
            supervision::leaders,
        )
        .named("coverage.leaders", "各乡镇主要领导、分管领导入户情况")
        .lists::<supervision::Quota>(),
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/ranking",
            Needs(CoverageRead),
            supervision::ranking,
        )
        .named("ranking.get", "乡镇进度排名和依据，可取文件")
        .query::<supervision::Asked>()
        .answers::<supervision::Ranking>(),
    ]
}

pub(super) fn comparisons() -> Vec<Route> {
    vec![
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/statistics/progress",
            Needs(StatisticsRead),
            figure::progress,
        )
        .named("statistics.progress", "各乡镇进度和资金来源，供图表")
        .answers::<figure::All>(),
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/statistics/comparison",
            Needs(StatisticsRead),
            figure::comparison,
        )
        .named("statistics.comparison", "与上一次活动相比")
        .query::<figure::Years>()
        .answers::<figure::Comparison>(),
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/statistics/cells/{row}/why",
            Needs(StatisticsRead),
            figure::why,
        )
        .named("statistics.why", "统计格的规则：计入谁、怎样计数、模板版本")
        .query::<figure::OfUnit>()
        .answers::<figure::Why>(),
        get("/api/v1/counties/{county}/campaigns/{campaign}/board", Figures(StatisticsRead), figure::board)
            .named("board.get", "大屏：全县的总数，没有个人信息")
            .answers::<figure::Board>(),
    ]
}
