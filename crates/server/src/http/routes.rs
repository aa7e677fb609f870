//! The whole URL table.

mod arrangement;
mod payment;
mod people;
mod reporting;

use super::table::Access::{Figures, Machine, Needs, Open, Watches};
use super::table::{Route, delete, get, patch, post, put};
use super::{
    account, answer, assets, audit, calendar, campaign, county, coverage, dictionary, events, file, import,
    job, notification, operation, session, statistics, unit, visit,
};
use domain::authority::Permission::{
    AccountChange, AccountRead, AuditExport, AuditRead, AuditVerify, CalendarChange, CalendarRead,
    CampaignChange, CampaignRead, CoverageRead, FileRead, FileUpload, GrantChange, ImportRead, ImportUndo,
    JobChange, JobRead, NoticeLog, NoticeRead, OperationsRead, OwnAccount, RosterImport, SessionEnd,
    SessionRead, StatisticsRead, TokenChange, UnitChange, UnitRead, VisitExport, VisitImport, VisitRead,
    VisitRecord, VisitWithdraw,
};

/// Every URL of the server.
pub fn all() -> Vec<Route> {
    let parts = [
        pages(),
        operations(),
        sessions(),
        accounts(),
        units(),
        campaigns(),
        calendar(),
        figures(),
        reporting::submissions(),
        reporting::workbench(),
        reporting::chases(),
        reporting::supervision(),
        reporting::comparisons(),
        people::all(),
        imports(),
        visits(),
        arrangement::all(),
        payment::batches(),
        payment::steps(),
        payment::settings(),
        payment::papers(),
        payment::ledger(),
        files(),
        messages(),
        trail(),
    ];
    parts.into_iter().flatten().collect()
}

fn pages() -> Vec<Route> {
    vec![
        get("/", Open, assets::page).named("page.home", "网页").sends(&["text/html"]),
        get("/assets/{name}", Open, assets::asset).named("page.asset", "网页的文件").sends(&["*/*"]),
    ]
}

fn operations() -> Vec<Route> {
    vec![
        get("/health", Open, operation::health)
            .named("operation.health", "数据库是否连得上")
            .sends(&["text/plain"]),
        get("/metrics", Machine, operation::metrics)
            .named("operation.metrics", "计数（Prometheus 格式）")
            .sends(&["text/plain"]),
        get("/api/v1/counties/{county}/operations", Needs(OperationsRead), operation::state)
            .named("operation.state", "运行状态：程序、数据库、日志、备份、密钥、后台作业")
            .answers::<operation::Standing>(),
        get("/api/v1/counties/{county}/dictionary", Needs(UnitRead), dictionary::list)
            .named("dictionary.list", "代码和名称")
            .lists::<dictionary::Words>(),
        get("/api/v1/openapi.json", Open, operation::document)
            .named("operation.document", "本接口的说明")
            .sends(&["application/json"]),
    ]
}

fn sessions() -> Vec<Route> {
    vec![
        get("/api/v1/entry", Open, county::entry)
            .named("entry.get", "登录之前就能知道的：有哪些县")
            .answers::<county::Entry>(),
        post("/api/v1/sessions", Open, session::sign_in)
            .named("session.sign_in", "登录")
            .takes::<session::SignIn>()
            .answers_with::<session::SignedIn>(201, "已登录，会话在 Cookie 中"),
        get("/api/v1/sessions", Needs(OwnAccount), session::own)
            .named("session.list", "本人的会话")
            .lists::<session::Session>(),
        delete("/api/v1/sessions/{id}", Needs(OwnAccount), session::end_own)
            .named("session.end", "结束本人的一个会话")
            .answers_nothing(),
        get("/api/v1/session", Needs(OwnAccount), session::me)
            .named("session.me", "当前登录的是谁、可以做什么")
            .answers::<session::Me>(),
        delete("/api/v1/session", Needs(OwnAccount), session::sign_out)
            .named("session.sign_out", "退出")
            .answers_nothing(),
        put("/api/v1/session/password", Needs(OwnAccount), session::change_password)
            .named("session.change_password", "修改密码；其他会话结束")
            .takes::<session::NewPassword>()
            .answers_nothing(),
        post("/api/v1/session/second-factor", Needs(OwnAccount), session::enrol)
            .named("session.enrol", "开始绑定验证器")
            .answers::<session::Enrolment>(),
        put("/api/v1/session/second-factor", Needs(OwnAccount), session::confirm)
            .named("session.confirm_second_factor", "用验证码确认绑定，取得恢复码")
            .takes::<session::SecondFactor>()
            .answers::<session::Recovery>(),
    ]
}

fn accounts() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/accounts", Needs(AccountRead), account::list)
            .named("account.list", "账号")
            .lists::<account::Account>(),
        post("/api/v1/counties/{county}/accounts", Needs(AccountChange), account::create)
            .named("account.create", "建立账号，取得一次性密码")
            .takes::<account::New>()
            .answers_with::<account::OneTime>(201, "已建立"),
        patch("/api/v1/counties/{county}/accounts/{login}", Needs(AccountChange), account::change)
            .named("account.change", "停用或启用账号")
            .takes::<account::State>()
            .answers_nothing(),
        post("/api/v1/counties/{county}/accounts/{login}/grants", Needs(GrantChange), account::grant)
            .named("account.grant", "授予角色")
            .takes::<account::Grant>()
            .answers_nothing(),
        delete(
            "/api/v1/counties/{county}/accounts/{login}/grants/{role}",
            Needs(GrantChange),
            account::revoke,
        )
        .named("account.revoke", "收回角色")
        .query::<account::OfUnit>()
        .answers_nothing(),
        post(
            "/api/v1/counties/{county}/accounts/{login}/reset-password",
            Needs(AccountChange),
            account::reset,
        )
        .named("account.reset_password", "重置密码，取得一次性密码")
        .answers::<account::OneTime>(),
        post(
            "/api/v1/counties/{county}/accounts/{login}/reset-second-factor",
            Needs(GrantChange),
            account::reset_second_factor,
        )
        .named("account.reset_second_factor", "解除验证器绑定")
        .answers_nothing(),
        get("/api/v1/counties/{county}/accounts/{login}/sessions", Needs(SessionRead), account::sessions)
            .named("account.sessions", "账号的会话")
            .lists::<session::Session>(),
        delete(
            "/api/v1/counties/{county}/accounts/{login}/sessions",
            Needs(SessionEnd),
            account::end_sessions,
        )
        .named("account.end_sessions", "结束账号的全部会话")
        .answers_nothing(),
        get("/api/v1/counties/{county}/tokens", Needs(TokenChange), account::tokens)
            .named("token.list", "接口令牌")
            .lists::<account::Token>(),
        post("/api/v1/counties/{county}/tokens", Needs(TokenChange), account::make_token)
            .named("token.create", "签发接口令牌")
            .takes::<account::ToMake>()
            .answers_with::<account::Made>(201, "已签发"),
        delete("/api/v1/counties/{county}/tokens/{id}", Needs(TokenChange), account::revoke_token)
            .named("token.revoke", "作废接口令牌")
            .answers_nothing(),
    ]
}

fn units() -> Vec<Route> {
    vec![
        get("/api/v1/counties", Figures(UnitRead), county::list)
            .named("county.list", "库中的县")
            .lists::<county::County>(),
        get("/api/v1/counties/{county}/units", Figures(UnitRead), unit::list)
            .named("unit.list", "单位：乡镇、村、部门、团体")
            .lists::<unit::Unit>(),
        post("/api/v1/counties/{county}/units", Needs(UnitChange), unit::add)
            .named("unit.add", "新增单位")
            .takes::<unit::New>()
            .answers_with::<unit::Unit>(201, "已新增"),
        get("/api/v1/counties/{county}/units/{unit}", Needs(UnitRead), unit::get)
            .named("unit.get", "一个单位")
            .answers::<unit::Unit>(),
        patch("/api/v1/counties/{county}/units/{unit}", Needs(UnitChange), unit::rename)
            .named("unit.rename", "改名，旧名保留为别名")
            .takes::<unit::Rename>()
            .answers_nothing(),
        post("/api/v1/counties/{county}/units/{unit}/split", Needs(UnitChange), unit::split)
            .named("unit.split", "分出新的乡镇（街道）")
            .takes::<unit::Split>()
            .answers_with::<unit::Unit>(201, "已分出"),
        post("/api/v1/counties/{county}/units/{unit}/merge", Needs(UnitChange), unit::merge)
            .named("unit.merge", "并入另一个单位")
            .takes::<unit::Merge>()
            .answers_nothing(),
        post("/api/v1/counties/{county}/units/{unit}/aliases", Needs(UnitChange), unit::alias)
            .named("unit.alias", "加别名")
            .takes::<unit::Alias>()
            .answers_nothing(),
    ]
}

fn campaigns() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/campaigns", Figures(CampaignRead), campaign::list)
            .named("campaign.list", "活动，截止日期晚的在前")
            .lists::<campaign::Campaign>(),
        post("/api/v1/counties/{county}/campaigns", Needs(CampaignChange), campaign::create)
            .named("campaign.create", "按模板建立活动")
            .takes::<campaign::New>()
            .answers_with::<campaign::Detail>(201, "已建立"),
        get("/api/v1/counties/{county}/campaigns/{campaign}", Needs(CampaignRead), campaign::get)
            .named("campaign.get", "一个活动及其模板")
            .answers::<campaign::Detail>(),
        post(
            "/api/v1/counties/{county}/campaigns/{campaign}/template/check",
            Needs(CampaignChange),
            campaign::check,
        )
        .named("campaign.check", "试用修改后的模板：哪些会变；不写入")
        .takes::<campaign::Edit>()
        .answers::<campaign::Tried>(),
        put("/api/v1/counties/{county}/campaigns/{campaign}/template", Needs(CampaignChange), campaign::edit)
            .named("campaign.edit", "换用修改后的模板，已有走访重新归类")
            .if_match()
            .takes::<campaign::Edit>()
            .answers::<campaign::Detail>(),
    ]
}

fn calendar() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/calendar", Needs(CalendarRead), calendar::of)
            .named("calendar.get", "一年的放假和调休安排")
            .query::<calendar::Asked>()
            .answers::<calendar::Calendar>(),
        post("/api/v1/counties/{county}/calendar", Needs(CalendarChange), calendar::import)
            .named("calendar.import", "增加或更改放假和调休的日子")
            .takes::<calendar::Import>()
            .answers::<calendar::Imported>(),
    ]
}

fn figures() -> Vec<Route> {
    vec![
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/statistics",
            Figures(StatisticsRead),
            statistics::table,
        )
        .named("statistics.table", "统计表，可取文件")
        .query::<statistics::Asked>()
        .answers::<statistics::Table>(),
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/statistics/cells/{row}/visits",
            Needs(VisitRead),
            visit::behind,
        )
        .named("statistics.visits", "统计格背后的走访记录")
        .query::<visit::Behind>()
        .pages::<super::visit_body::Visit>(),
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/coverage",
            Figures(CoverageRead),
            coverage::table,
        )
        .named("coverage.table", "覆盖情况：还有谁没有走访，可取文件")
        .query::<coverage::Asked>()
        .answers::<coverage::Coverage>(),
    ]
}

fn imports() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/imports", Needs(ImportRead), import::list)
            .named("import.list", "历次导入")
            .lists::<import::Import>(),
        post("/api/v1/counties/{county}/imports/{id}/undo", Needs(ImportUndo), import::undo)
            .named("import.undo", "撤销一次导入")
            .answers::<import::Undone>(),
        post("/api/v1/counties/{county}/roster/plans", Needs(RosterImport), import::plan_roster)
            .named("roster.plan", "上传名册，取得计划；没有写入")
            .query::<import::OfRoster>()
            .takes_file()
            .answers_with::<import::Planned>(201, "计划"),
        get("/api/v1/counties/{county}/roster/plans/{id}", Needs(RosterImport), import::get)
            .named("roster.planned", "名册导入计划")
            .answers::<import::Planned>(),
        delete("/api/v1/counties/{county}/roster/plans/{id}", Needs(RosterImport), import::forget)
            .named("roster.forget", "放弃名册导入计划")
            .answers_nothing(),
        post("/api/v1/counties/{county}/roster/plans/{id}/confirm", Needs(RosterImport), import::confirm)
            .if_match()
            .named("roster.import", "确认导入名册")
            .answers::<import::Planned>(),
        get("/api/v1/counties/{county}/roster/plans/{id}/findings", Needs(RosterImport), import::findings)
            .named("roster.findings", "标注了问题的名册")
            .sends(XLSX),
        get("/api/v1/counties/{county}/roster/template", Needs(RosterImport), import::roster_template)
            .named("roster.template", "名册的填写模板")
            .sends(XLSX),
        get("/api/v1/counties/{county}/visit/template", Needs(VisitImport), import::visit_template)
            .named("visit.template", "走访记录的填写模板")
            .sends(XLSX),
        post("/api/v1/counties/{county}/visit/plans", Needs(VisitImport), import::plan_visits)
            .named("visit.plan", "上传走访记录，取得计划；没有写入")
            .query::<import::OfVisits>()
            .takes_file()
            .answers_with::<import::Planned>(201, "计划"),
        get("/api/v1/counties/{county}/visit/plans/{id}", Needs(VisitImport), import::get)
            .named("visit.planned", "走访导入计划")
            .answers::<import::Planned>(),
        delete("/api/v1/counties/{county}/visit/plans/{id}", Needs(VisitImport), import::forget)
            .named("visit.forget", "放弃走访导入计划")
            .answers_nothing(),
        post("/api/v1/counties/{county}/visit/plans/{id}/confirm", Needs(VisitImport), import::confirm)
            .if_match()
            .named("visit.import", "确认导入走访记录")
            .answers::<import::Planned>(),
        get("/api/v1/counties/{county}/visit/plans/{id}/findings", Needs(VisitImport), import::findings)
            .named("visit.findings", "标注了问题的走访记录")
            .sends(XLSX),
    ]
}

/// The kinds of file in which lists leave.
const LISTS: &[&str] =
    &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv; charset=utf-8"];

/// Papers: workbook, Word, PDF.
const PAPERS: &[&str] = &[
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/pdf",
];
const XLSX: &[&str] = &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"];

fn visits() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/visits", Needs(VisitRead), visit::list)
            .named("visit.list", "走访记录：筛选、翻页")
            .query::<visit::Filter>()
            .pages::<super::visit_body::Visit>(),
        post("/api/v1/counties/{county}/visits/search", Needs(VisitRead), visit::search)
            .named("visit.search", "走访记录：按姓名查找，条件不进地址")
            .takes::<visit::Filter>()
            .pages::<super::visit_body::Visit>(),
        post("/api/v1/counties/{county}/visits/bulk", Needs(VisitRecord), visit::bulk)
            .named("visit.bulk", "一次登记多条，逐条答复")
            .takes::<visit::Bulk>()
            .lists::<visit::BulkAnswer>(),
        get("/api/v1/counties/{county}/visits/export", Needs(VisitExport), visit::export)
            .named("visit.export", "导出走访记录；超过 5000 条用后台导出")
            .query::<visit::Export>()
            .sends(LISTS),
        post("/api/v1/counties/{county}/visits/export", Needs(VisitExport), visit::start_export)
            .named("visit.export_job", "在后台导出走访记录，做好后领取")
            .takes::<visit::Export>()
            .answers_with::<job::Job>(202, "已开始"),
        get("/api/v1/counties/{county}/visits/{id}", Needs(VisitRead), visit::get)
            .named("visit.get", "一条走访")
            .query::<answer::Names>()
            .answers::<super::visit_body::Visit>(),
        put("/api/v1/counties/{county}/visits/{id}", Needs(VisitRecord), visit::put)
            .named("visit.put", "登记或修改一条走访；重传无害")
            .if_match()
            .takes::<super::visit_body::VisitIn>()
            .answers::<visit::Answered>()
            .answers_with::<visit::Answered>(201, "新登记"),
        delete("/api/v1/counties/{county}/visits/{id}", Needs(VisitWithdraw), visit::withdraw)
            .named("visit.withdraw", "撤回误录的走访")
            .if_match()
            .answers_nothing(),
    ]
}

fn files() -> Vec<Route> {
    vec![
        post("/api/v1/counties/{county}/uploads", Needs(FileUpload), file::begin)
            .named("upload.begin", "开始上传照片或附件；重复无害")
            .takes::<file::NewUpload>()
            .answers_with::<file::Upload>(201, "可以上传"),
        get("/api/v1/counties/{county}/uploads/{id}", Needs(FileUpload), file::state)
            .named("upload.get", "已收到多少字节")
            .answers::<file::Upload>(),
        put("/api/v1/counties/{county}/uploads/{id}", Needs(FileUpload), file::piece)
            .named("upload.piece", "上传一块；重传无害，有缺口时拒绝")
            .query::<file::At>()
            .takes_file()
            .answers::<file::Upload>(),
        post("/api/v1/counties/{county}/uploads/{id}/finish", Needs(FileUpload), file::finish)
            .named("upload.finish", "上传完毕：查验、去除位置和设备信息、保存")
            .answers::<file::Saved>(),
        delete("/api/v1/counties/{county}/uploads/{id}", Needs(FileUpload), file::abandon)
            .named("upload.abandon", "放弃上传")
            .answers_nothing(),
        get("/api/v1/counties/{county}/files", Needs(FileRead), file::list)
            .named("file.list", "一条走访等记录的照片和附件")
            .query::<file::Of>()
            .lists::<file::File>(),
        post("/api/v1/counties/{county}/files", Needs(FileUpload), file::add)
            .named("file.add", "一次上传一份照片或附件（不超过 4 MiB）；重复无害")
            .takes_form::<file::FileForm>()
            .answers_with::<file::Saved>(201, "已保存"),
        get("/api/v1/counties/{county}/files/{id}", Needs(FileRead), file::get)
            .named("file.get", "一份照片或附件的说明")
            .answers::<file::File>(),
        put("/api/v1/counties/{county}/files/{id}", Needs(FileUpload), file::describe)
            .named("file.describe", "修改说明和内部标记")
            .if_match()
            .takes::<file::Description>()
            .answers::<file::File>(),
        delete("/api/v1/counties/{county}/files/{id}", Needs(FileUpload), file::remove)
            .named("file.remove", "删除照片或附件")
            .answers_nothing(),
        get("/api/v1/counties/{county}/files/{id}/content", Needs(FileRead), file::content)
            .named("file.content", "内容，可取一段（Range）")
            .sends(&["*/*"]),
        get("/api/v1/counties/{county}/files/{id}/thumbnail", Needs(FileRead), file::thumbnail)
            .named("file.thumbnail", "缩略图")
            .sends(&["image/jpeg", "image/png"]),
    ]
}

fn messages() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/events", Watches(NoticeRead), events::follow_all)
            .named("event.follow", "事件流：后台作业的进度和新消息；断开后凭 Last-Event-ID 接续")
            .sends(&["text/event-stream"]),
        get("/api/v1/counties/{county}/jobs", Needs(JobRead), job::list)
            .named("job.list", "本人的后台作业")
            .query::<job::Asked>()
            .lists::<job::Job>(),
        get("/api/v1/counties/{county}/jobs/{id}", Needs(JobRead), job::get)
            .named("job.get", "一项后台作业")
            .answers::<job::Job>(),
        post("/api/v1/counties/{county}/jobs/{id}/cancel", Needs(JobChange), job::cancel)
            .named("job.cancel", "取消一项后台作业")
            .answers::<job::Job>(),
        post("/api/v1/counties/{county}/jobs/{id}/again", Needs(JobChange), job::again)
            .named("job.again", "把失败或取消的后台作业再做一次")
            .answers::<job::Job>(),
        get("/api/v1/counties/{county}/notifications", Needs(NoticeRead), notification::list)
            .named("notification.list", "消息：未读在前，新的在前")
            .query::<notification::Asked>()
            .pages::<notification::Notification>(),
        get("/api/v1/counties/{county}/notifications/unread", Needs(NoticeRead), notification::unread)
            .named("notification.unread", "未读消息条数，按种类")
            .lists::<notification::Unread>(),
        post("/api/v1/counties/{county}/notifications/see", Needs(NoticeRead), notification::see_all)
            .named("notification.see_all", "全部标为已阅")
            .answers::<notification::Seen>(),
        post("/api/v1/counties/{county}/notifications/{id}/see", Needs(NoticeRead), notification::see)
            .named("notification.see", "标为已阅")
            .answers::<notification::Seen>(),
        get("/api/v1/counties/{county}/sendings/{id}", Needs(NoticeLog), notification::told)
            .named("sending.told", "一次发送告知了谁、何时看到")
            .lists::<notification::Told>(),
    ]
}

fn trail() -> Vec<Route> {
    vec![
        post("/api/v1/counties/{county}/audit/verify", Needs(AuditVerify), audit::verify)
            .named("audit.verify", "校验操作日志")
            .answers::<audit::Verified>(),
        get("/api/v1/counties/{county}/audit", Needs(AuditRead), audit::list)
            .named("audit.list", "操作日志：筛选、翻页")
            .query::<audit::Asked>()
            .pages::<audit::Entry>(),
        get("/api/v1/counties/{county}/audit/export", Needs(AuditExport), audit::export)
            .named("audit.export", "导出操作日志")
            .query::<audit::Asked>()
            .sends(&["text/csv"]),
    ]
}
