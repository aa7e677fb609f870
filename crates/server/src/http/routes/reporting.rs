//! URLs of the tables that units submit, of what is due, and of who is behind.

use super::super::table::Access::Needs;
use super::super::table::{Route, get, post};
use super::super::{submission, workbench};
use domain::authority::Permission::{NoticeRead, StatisticsRead, TableReview, TableSubmit};

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
