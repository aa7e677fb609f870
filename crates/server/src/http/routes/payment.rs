//! URLs of payments to cards.

use super::super::payment as pay;
use super::super::table::Access::Needs;
use super::super::table::{Route, delete, get, post, put};
use super::super::{answer, ledger, payment};
use domain::authority::Permission::{
    LedgerRead, PaymentApprove, PaymentCancel, PaymentCheck, PaymentCorrect, PaymentExport, PaymentPrepare,
    PaymentRead, PaymentReopen, PaymentReview, PaymentSetting, PaymentSettle,
};

pub(super) fn batches() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/payments", Needs(PaymentRead), pay::list)
            .named("payment.list", "发放批次，新的在前")
            .query::<pay::OfCampaign>()
            .pages::<pay::Batch>(),
        post("/api/v1/counties/{county}/payments/preview", Needs(PaymentPrepare), pay::preview)
            .named("payment.preview", "试算：谁发、谁不发、有什么问题；不写入")
            .takes::<pay::Wanted>()
            .answers::<pay::Preview>(),
        post("/api/v1/counties/{county}/payments", Needs(PaymentPrepare), pay::prepare)
            .named("payment.prepare", "编制发放批次")
            .once()
            .takes::<pay::Wanted>()
            .answers_with::<pay::Detail>(201, "已编制"),
        get("/api/v1/counties/{county}/payments/{batch}", Needs(PaymentRead), pay::get)
            .named("payment.get", "一个发放批次：经过、检查、文件、结果")
            .answers::<pay::Detail>(),
        get("/api/v1/counties/{county}/payments/{batch}/refusals", Needs(PaymentRead), pay::refusals)
            .named("payment.refusals", "编制时不发的人（死亡、迁出等，按人）")
            .query::<answer::Paging>()
            .pages::<pay::Refused>(),
        get("/api/v1/counties/{county}/payment-lines", Needs(PaymentRead), pay::lines)
            .named("payment.lines", "发放明细：按批次、状态、退票原因、检查、单位、人员查")
            .query::<pay::OfLines>()
            .pages::<pay::Line>(),
        get("/api/v1/counties/{county}/payment-returns", Needs(PaymentRead), pay::returns)
            .named("payment.returns", "还没有补发或取消的退票，按原因")
            .lists::<pay::Return>(),
        get("/api/v1/counties/{county}/payment-twins", Needs(PaymentRead), pay::twins)
            .named("payment.twins", "在其他县也领取定期补助的人")
            .lists::<pay::Twin>(),
    ]
}

pub(super) fn papers() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/payments/{batch}/papers/{name}", Needs(PaymentRead), pay::print)
            .named("payment.paper", "花名册、签领表、审批表、公示、汇总表的文件")
            .query::<pay::Printed>()
            .sends(super::PAPERS),
        get("/api/v1/counties/{county}/payments/{batch}/voucher", Needs(PaymentExport), pay::voucher)
            .named("payment.voucher", "凭证包：各种表和代发文件，附目录")
            .sends(&["application/zip"]),
        get("/api/v1/counties/{county}/payments/{batch}/notice", Needs(PaymentRead), pay::notice)
            .named("payment.notice", "公示登记")
            .answers::<pay::Record>(),
        put("/api/v1/counties/{county}/payments/{batch}/notice", Needs(PaymentPrepare), pay::put_notice)
            .named("payment.put_notice", "登记公示：时间、地点、异议和处理")
            .takes::<pay::Notice>()
            .answers::<pay::Record>(),
    ]
}

pub(super) fn ledger() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/campaigns/{campaign}/ledger", Needs(LedgerRead), ledger::view)
            .named("ledger.view", "经费和慰问品台账：各单位、库存、登记")
            .query::<ledger::Asked>()
            .answers::<ledger::Ledger>(),
        get("/api/v1/counties/{county}/campaigns/{campaign}/ledger/paper", Needs(LedgerRead), ledger::paper)
            .named("ledger.paper", "经费和慰问品结算表的文件")
            .query::<ledger::Printed>()
            .sends(super::PAPERS),
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/ledger/unsigned",
            Needs(LedgerRead),
            ledger::unsigned,
        )
        .named("ledger.unsigned", "慰问品没有签领表或照片的走访")
        .query::<ledger::Asked>()
        .lists::<ledger::Unsigned>(),
        get(
            "/api/v1/counties/{county}/campaigns/{campaign}/reconciliation",
            Needs(LedgerRead),
            ledger::reconcile,
        )
        .named("ledger.reconcile", "走访、发放、慰问品三方对照，差别逐人")
        .query::<ledger::Asked>()
        .answers::<ledger::Reconciliation>(),
        put("/api/v1/counties/{county}/ledger/{id}", Needs(LedgerRead), ledger::put)
            .named("ledger.put", "登记购入、下拨、签领、退回、缺失、现金；重传无害")
            .takes::<ledger::EntryIn>()
            .answers_nothing(),
        post("/api/v1/counties/{county}/ledger/{id}/cancel", Needs(LedgerRead), ledger::cancel)
            .named("ledger.cancel", "撤销一条登记")
            .takes::<ledger::Cancel>()
            .answers_nothing(),
    ]
}

/// A step of a batch.
macro_rules! step {
    ($path:literal, $permission:expr, $handler:expr, $name:literal, $summary:literal) => {
        post(concat!("/api/v1/counties/{county}/payments/{batch}/", $path), Needs($permission), $handler)
            .named($name, $summary)
            .once()
            .answers::<pay::Answer>()
    };
}

pub(super) fn steps() -> Vec<Route> {
    vec![
        step!("recheck", PaymentReview, pay::recheck, "payment.recheck", "重新检查草拟的批次"),
        step!("pass", PaymentReview, pay::pass, "payment.pass", "说明理由，放行一项提醒")
            .takes::<pay::Pass>(),
        step!("refresh", PaymentPrepare, pay::refresh, "payment.refresh", "按名册更新草拟批次的户名和账号"),
        step!(
            "cancel-lines",
            PaymentPrepare,
            pay::cancel_lines,
            "payment.cancel_lines",
            "剔除草拟的笔，或取消退票"
        )
        .takes::<pay::CancelLines>(),
        step!("check", PaymentCheck, pay::check, "payment.check", "复核"),
        step!("approve", PaymentApprove, pay::approve, "payment.approve", "审批，锁定清单"),
        step!("reopen", PaymentReopen, pay::reopen, "payment.reopen", "退回修改").takes::<pay::Reason>(),
        step!("export", PaymentExport, pay::export, "payment.export", "导出代发文件").takes::<pay::Export>(),
        step!("send", PaymentExport, pay::send, "payment.send", "登记已送银行"),
        step!("bank-refused", PaymentSettle, pay::bank_refused, "payment.bank_refused", "登记银行整批退回")
            .takes::<pay::Reason>(),
        step!("repay", PaymentPrepare, pay::repay, "payment.repay", "把退票编成补发批次"),
        step!("close", PaymentSettle, pay::close, "payment.close", "归档"),
        step!("cancel", PaymentCancel, pay::cancel, "payment.cancel", "取消批次").takes::<pay::Reason>(),
        get("/api/v1/counties/{county}/payments/{batch}/files/{part}", Needs(PaymentExport), pay::download)
            .named("payment.download", "取代发文件")
            .sends(&[
                "application/octet-stream",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ]),
        post(
            "/api/v1/counties/{county}/payments/{batch}/results/preview",
            Needs(PaymentSettle),
            pay::settle_preview,
        )
        .named("payment.settle_preview", "试导银行结果：成功、退票、对不上的；不写入")
        .query::<pay::OfResult>()
        .takes_file()
        .answers::<pay::Settled>(),
        post("/api/v1/counties/{county}/payments/{batch}/results", Needs(PaymentSettle), pay::settle)
            .named("payment.settle", "导入银行结果")
            .once()
            .query::<pay::OfResult>()
            .takes_file()
            .answers::<pay::Answer>(),
    ]
}

pub(super) fn settings() -> Vec<Route> {
    vec![
        get("/api/v1/counties/{county}/bank-layouts", Needs(PaymentRead), payment::layouts)
            .named("bank_layout.list", "代发格式")
            .lists::<pay::Layout>(),
        put("/api/v1/counties/{county}/bank-layouts", Needs(PaymentSetting), pay::save_layout)
            .named("bank_layout.save", "录入或修改代发格式")
            .takes::<pay::LayoutText>()
            .answers::<pay::Layout>(),
        get("/api/v1/counties/{county}/payment-comparisons", Needs(PaymentSetting), pay::comparisons)
            .named("payment_comparison.list", "比对名单（殡葬、户籍、社保）")
            .lists::<pay::Comparison>(),
        post("/api/v1/counties/{county}/payment-comparisons", Needs(PaymentSetting), pay::compare)
            .named("payment_comparison.add", "导入或粘贴比对名单")
            .query::<pay::Compare>()
            .takes_file()
            .answers_with::<pay::Compared>(201, "已导入"),
        delete(
            "/api/v1/counties/{county}/payment-comparisons/{id}",
            Needs(PaymentSetting),
            pay::remove_comparison,
        )
        .named("payment_comparison.remove", "删除比对名单")
        .answers_nothing(),
        put("/api/v1/counties/{county}/persons/{id}/bank-account", Needs(PaymentCorrect), pay::correct)
            .named("payment.correct", "凭依据更正一个人的收款账号")
            .takes::<pay::Account>()
            .answers::<pay::Corrected>(),
        put("/api/v1/counties/{county}/persons/{id}/bank-spelling", Needs(PaymentCorrect), pay::spell)
            .named("payment.spell", "填写一个人户名的银行写法")
            .takes::<pay::Spelling>()
            .answers_nothing(),
    ]
}
