//! URLs of the tables that units submit, of what is due, and of who is behind.

use super::super::table::Access::Needs;
use super::super::table::{Route, get, post};
use super::super::{answer, chase, submission, workbench};
use domain::authority::Permission::{
    ChaseSend, NoticeLog, NoticeRead, StatisticsRead, TableReview, TableSubmit,
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
