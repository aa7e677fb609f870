//! 工作台: what is due for the caller, and counters with their lists.

use super::answer::UnitName;
use super::extract::Query;
use super::problem::Refusal;
use super::who::Seat;
use app::workbench;
use axum::Json as Out;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// A list of the application and its filter.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkbenchLink)]
pub struct Link {
    /// submissions、submission、coverage、candidates、notifications、workbench
    list: String,
    /// 该列表的查询参数
    filter: BTreeMap<String, String>,
}

impl From<workbench::Link> for Link {
    fn from(it: workbench::Link) -> Self {
        let filter = it.filter.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        Self { list: it.list.to_owned(), filter }
    }
}

/// One thing to be done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkbenchDue)]
pub struct Due {
    /// submit_table、returned_table、review_tables、missing_tables
    kind: String,
    /// 一句话
    title: String,
    /// 活动代码
    campaign: String,
    /// 单位；涉及多个单位时为空
    unit: Option<UnitName>,
    /// 几张表、几个单位
    count: Option<usize>,
    /// 期限
    due_on: String,
    /// 还有几个工作日；最后一天为 0，过期为负
    days: i64,
    /// green、yellow（3 个工作日以内）、red
    lamp: String,
    /// 剩3天、今天截止、超期2天
    words: String,
    /// 退回意见
    remark: Option<String>,
    /// 去哪里办
    link: Link,
}

/// A number with its list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkbenchCounter)]
pub struct Counter {
    /// todo、due_soon、overdue、submitted、candidates、key_open、unread
    key: String,
    /// 名称
    label: String,
    /// 数
    value: i64,
    /// 共多少（已报 12/33）
    of: Option<i64>,
    /// 背后的列表
    link: Link,
}

/// An open campaign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkbenchCampaign)]
pub struct Running {
    /// 活动代码
    code: String,
    /// 名称
    name: String,
    /// 截止日期
    deadline: String,
    /// 还有几个工作日，过期为负
    days: i64,
    /// green、yellow、red
    lamp: String,
    /// 剩3天
    words: String,
    /// 已报单位数（本人范围内）
    submitted: usize,
    /// 应报单位数（本人范围内）
    obliged: usize,
    /// 计数说的是不是这个活动
    is_current: bool,
}

/// The caller's workbench.
#[derive(Debug, Serialize, ToSchema)]
pub struct Workbench {
    /// 今天
    today: String,
    /// 今天是否工作日
    is_working_day: bool,
    /// 本年放假安排是否已知；未知时只扣周末
    is_calendar_known: bool,
    /// 待办，急的在前
    due: Vec<Due>,
    /// 计数
    counters: Vec<Counter>,
    /// 进行中的活动
    campaigns: Vec<Running>,
}

/// Of which campaign the counters speak.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 活动代码；不写为截止日期最近的进行中活动
    campaign: Option<String>,
}

/// `GET …/workbench?campaign=`
pub async fn of(seat: Seat, Query(asked): Query<Asked>) -> Result<Out<Workbench>, Refusal> {
    let it = workbench::of(&seat.app, &seat.caller, seat.county, asked.campaign.as_deref()).await?;
    let due = |it: workbench::Due| Due {
        kind: it.kind.code().to_owned(),
        title: it.title,
        campaign: it.campaign,
        unit: it.unit.map(UnitName::from),
        count: it.count,
        due_on: it.due_on.to_string(),
        days: it.days,
        lamp: it.lamp.code().to_owned(),
        words: it.words,
        remark: it.remark,
        link: it.link.into(),
    };
    let counter = |it: workbench::Counter| Counter {
        key: it.key.to_owned(),
        label: it.label.to_owned(),
        value: it.value,
        of: it.of,
        link: it.link.into(),
    };
    let running = |it: workbench::Running| Running {
        code: it.code,
        name: it.name,
        deadline: it.deadline.to_string(),
        days: it.days,
        lamp: it.lamp.code().to_owned(),
        words: it.words,
        submitted: it.submitted,
        obliged: it.obliged,
        is_current: it.is_current,
    };
    Ok(Out(Workbench {
        today: it.today.to_string(),
        is_working_day: it.is_working_day,
        is_calendar_known: it.is_calendar_known,
        due: it.due.into_iter().map(due).collect(),
        counters: it.counters.into_iter().map(counter).collect(),
        campaigns: it.campaigns.into_iter().map(running).collect(),
    }))
}
