//! URLs of the roster: persons, duplicates, candidates, the yearly confirmation, changes of status.

use super::super::table::Access::Needs;
use super::super::table::{Route, delete, get, post, put};
use super::super::{answer, candidate, confirmation, duplicate, job, person, person_body, status_change};
use domain::authority::Permission::{
    CandidateConfirm, CandidateRead, ConfirmationChange, ConfirmationRead, PersonChange, PersonMerge,
    PersonReveal, RosterExport, RosterRead, StatusChangeDecide, StatusChangeRead, StatusChangeReport,
    VisitRead,
};

pub fn all() -> Vec<Route> {
    let parts = [persons(), by_hand(), duplicates(), candidates(), confirmations(), status_changes()];
    parts.into_iter().flatten().collect()
}

fn persons() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/persons", Needs(RosterRead), person::list)
            .named("person.list", "名册：筛选、搜索、翻页")
            .query::<person::Filter>()
            .pages::<person::Person>(),
        post("/api/v1/counties/{county}/persons/search", Needs(RosterRead), person::search)
            .named("person.search", "名册：按姓名、号码查找，条件不进地址")
            .takes::<person::Filter>()
            .pages::<person::Person>(),
        post("/api/v1/counties/{county}/persons/count", Needs(RosterRead), person::search_count)
            .named("person.search_count", "按姓名、号码查找到的人数，条件不进地址")
            .takes::<person::Filter>()
            .answers::<person::Count>(),
        get("/api/v1/counties/{county}/persons/count", Needs(RosterRead), person::count)
            .named("person.count", "符合条件的人数")
            .query::<person::Filter>()
            .answers::<person::Count>(),
        get("/api/v1/counties/{county}/persons/export", Needs(RosterExport), person::export)
            .named("person.export", "导出名册，号码等一律遮盖；超过 5000 人用后台导出")
            .query::<person::Export>()
            .sends(super::LISTS),
        post("/api/v1/counties/{county}/persons/export", Needs(RosterExport), person::start_export)
            .named("person.export_job", "在后台导出名册，做好后领取")
            .takes::<person::Export>()
            .answers_with::<job::Job>(202, "已开始"),
        get("/api/v1/counties/{county}/persons/{id}", Needs(RosterRead), person::get)
            .named("person.get", "一个人（遮盖）")
            .query::<answer::Names>()
            .answers::<person::Detail>(),
        get("/api/v1/counties/{county}/persons/{id}/history", Needs(RosterRead), person::history)
            .named("person.history", "历次导入和手工对这个人的改动（遮盖）")
            .lists::<person::Change>(),
        post("/api/v1/counties/{county}/persons/{id}/reveal", Needs(PersonReveal), person::reveal)
            .named("person.reveal", "查看一项完整信息，须写理由")
            .takes::<person::Reveal>()
            .answers::<person::Revealed>(),
        post("/api/v1/counties/{county}/persons/{id}/merge", Needs(PersonMerge), person::merge)
            .named("person.merge", "把重复的另一个人并入")
            .takes::<person::Merge>()
            .answers_nothing(),
    ]
}

fn by_hand() -> Vec<Route> {
    vec![
        post("/api/v1/counties/{county}/persons/check", Needs(PersonChange), person_body::check)
            .named("person.check", "填写时检查；没有写入")
            .takes::<person_body::Check>()
            .answers::<person_body::Checked>(),
        put("/api/v1/counties/{county}/persons/{id}", Needs(PersonChange), person_body::put)
            .named("person.put", "新增或修改一个人；重传无害")
            .if_match()
            .takes::<person_body::PersonIn>()
            .answers::<person_body::Answered>()
            .answers_with::<person_body::Answered>(201, "新增"),
        get("/api/v1/counties/{county}/persons/{id}/visits", Needs(VisitRead), person_body::visits)
            .named("person.visits", "历年对这个人的走访")
            .answers::<person_body::Visits>(),
        get(
            "/api/v1/counties/{county}/persons/{id}/difficulties",
            Needs(VisitRead),
            person_body::difficulties,
        )
        .named("person.difficulties", "特殊困难和历次解决的困难")
        .answers::<person_body::Difficulties>(),
    ]
}

fn duplicates() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/duplicates", Needs(RosterRead), duplicate::list)
            .named("duplicate.list", "可能重复的人员，成对列出")
            .query::<duplicate::Asked>()
            .pages::<duplicate::Duplicate>(),
        get("/api/v1/counties/{county}/duplicates/count", Needs(RosterRead), duplicate::count)
            .named("duplicate.count", "可能重复的对数")
            .query::<duplicate::OfUnit>()
            .answers::<duplicate::Count>(),
        get("/api/v1/counties/{county}/duplicates/apart", Needs(PersonMerge), duplicate::kept)
            .named("duplicate.kept", "已认定不是同一人的")
            .lists::<duplicate::Kept>(),
        post("/api/v1/counties/{county}/duplicates/apart", Needs(PersonMerge), duplicate::keep_apart)
            .named("duplicate.keep_apart", "认定不是同一人，不再提示")
            .takes::<duplicate::Apart>()
            .answers_nothing(),
        delete("/api/v1/counties/{county}/duplicates/apart", Needs(PersonMerge), duplicate::ask_again)
            .named("duplicate.ask_again", "撤销认定，重新提示")
            .query::<duplicate::Two>()
            .answers_nothing(),
    ]
}

fn candidates() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/candidates", Needs(CandidateRead), candidate::list)
            .named("candidate.list", "待确认人员和可能是名册上的谁")
            .query::<candidate::Asked>()
            .pages::<candidate::Candidate>(),
        post(
            "/api/v1/counties/{county}/candidates/{id}/confirm",
            Needs(CandidateConfirm),
            candidate::confirm,
        )
        .named("candidate.confirm", "确认为名册上的一个人")
        .takes::<candidate::Confirm>()
        .answers_nothing(),
        post(
            "/api/v1/counties/{county}/candidates/{id}/apart",
            Needs(CandidateConfirm),
            candidate::keep_apart,
        )
        .named("candidate.keep_apart", "认定不是名册上的人，不再提示")
        .takes::<candidate::Apart>()
        .answers_nothing(),
        post("/api/v1/counties/{county}/candidates/{id}/reopen", Needs(CandidateConfirm), candidate::reopen)
            .named("candidate.reopen", "撤销认定，重新待确认")
            .answers_nothing(),
    ]
}

fn confirmations() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/confirmations", Needs(ConfirmationRead), confirmation::list)
            .named("confirmation.list", "年度确认：筛选、翻页")
            .query::<confirmation::Asked>()
            .pages::<confirmation::Listed>(),
        post("/api/v1/counties/{county}/confirmations/search", Needs(ConfirmationRead), confirmation::search)
            .named("confirmation.search", "年度确认：按姓名、号码查找，条件不进地址")
            .takes::<confirmation::Asked>()
            .pages::<confirmation::Listed>(),
        get("/api/v1/counties/{county}/confirmations/counts", Needs(ConfirmationRead), confirmation::counts)
            .named("confirmation.counts", "年度确认进度，按单位和方式")
            .query::<confirmation::Counted>()
            .answers::<confirmation::Counts>(),
        post("/api/v1/counties/{county}/confirmations/bulk", Needs(ConfirmationChange), confirmation::bulk)
            .named("confirmation.bulk", "一次确认多人，逐人答复")
            .takes::<confirmation::Bulk>()
            .lists::<confirmation::BulkAnswer>(),
        get(
            "/api/v1/counties/{county}/confirmations/{year}/{id}",
            Needs(ConfirmationRead),
            confirmation::get,
        )
        .named("confirmation.get", "一个人一年的确认")
        .answers::<confirmation::Confirmation>(),
        put(
            "/api/v1/counties/{county}/confirmations/{year}/{id}",
            Needs(ConfirmationChange),
            confirmation::put,
        )
        .named("confirmation.put", "确认一个人，或修改；重传无害")
        .if_match()
        .takes::<confirmation::ConfirmationIn>()
        .answers::<confirmation::Answered>()
        .answers_with::<confirmation::Answered>(201, "已确认"),
        delete(
            "/api/v1/counties/{county}/confirmations/{year}/{id}",
            Needs(ConfirmationChange),
            confirmation::undo,
        )
        .named("confirmation.undo", "撤销确认")
        .answers_nothing(),
    ]
}

fn status_changes() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/status-changes", Needs(StatusChangeRead), status_change::list)
            .named("status_change.list", "人员变动：筛选、翻页")
            .query::<status_change::Asked>()
            .pages::<status_change::StatusChange>(),
        get(
            "/api/v1/counties/{county}/status-changes/counts",
            Needs(StatusChangeRead),
            status_change::counts,
        )
        .named("status_change.counts", "各状态的条数")
        .lists::<status_change::Count>(),
        get("/api/v1/counties/{county}/status-changes/{id}", Needs(StatusChangeRead), status_change::get)
            .named("status_change.get", "一条人员变动")
            .query::<answer::Names>()
            .answers::<status_change::StatusChange>(),
        put(
            "/api/v1/counties/{county}/status-changes/{id}",
            Needs(StatusChangeReport),
            status_change::report,
        )
        .named("status_change.report", "上报死亡、迁移、暂停等变动；重传无害")
        .takes::<status_change::StatusChangeIn>()
        .answers::<status_change::StatusChange>()
        .answers_with::<status_change::StatusChange>(201, "已上报"),
        post(
            "/api/v1/counties/{county}/status-changes/{id}/decide",
            Needs(StatusChangeDecide),
            status_change::decide,
        )
        .named("status_change.decide", "确认（名册随之变更）或退回")
        .takes::<status_change::Decision>()
        .answers::<status_change::StatusChange>(),
        post(
            "/api/v1/counties/{county}/status-changes/{id}/withdraw",
            Needs(StatusChangeReport),
            status_change::withdraw,
        )
        .named("status_change.withdraw", "撤回尚未审核的变动")
        .answers_nothing(),
    ]
}
