//! Supervision: names still open page by page, townships and villages, leaders' quotas, the ranking, progress.

use super::answer::{Items, Page, Paging, UnitName, file};
use super::extract::{Path, Query};
use super::problem::Refusal;
use super::statistics::unknown_format;
use super::stream;
use super::who::Seat;
use app::audit::Kind;
use app::coverage::{self, WantedNames};
use app::{Code, supervision};
use axum::Json as Out;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Done of what is asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Share {
    /// 已完成
    done: i64,
    /// 应完成
    required: i64,
    /// 完成率，只舍不入；没有应完成的为 —
    percent: String,
}

impl From<domain::supervision::Share> for Share {
    fn from(it: domain::supervision::Share) -> Self {
        Self { done: it.done, required: it.required, percent: it.percent() }
    }
}

/// Which names.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// 要求：key_person_visit（默认）、universal_visit、hardship_help
    obligation: Option<String>,
    /// 乡镇或村：代码、名称或别名；不写为本账号的单位，县里为全县
    unit: Option<String>,
    /// open（默认）没有走访的，remote 只发信或电话的
    state: Option<String>,
    /// full：有权限时显示姓名全称
    names: Option<String>,
    /// 上一页返回的 next
    cursor: Option<String>,
    /// 每页条数，1 至 100，默认 20
    limit: Option<usize>,
}

/// A name that is still open.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoverageOpenName)]
pub struct OpenName {
    /// 人员编号
    person: String,
    /// 姓名（遮盖，除非要求全称且有权限）
    name: String,
    /// 乡镇（街道）
    township: UnitName,
    /// 村（社区）
    village: Option<UnitName>,
    /// 说明：老复员军人，尚未走访
    reason: String,
}

/// `GET …/campaigns/{campaign}/coverage/open`
pub async fn names(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(which): Query<Which>,
) -> Result<Out<Page<OpenName>>, Refusal> {
    let is_remote = match which.state.as_deref() {
        None | Some("open") => false,
        Some("remote") => true,
        Some(other) => {
            return Err(Refusal::new(
                Code::BadRequest,
                format!("state=“{other}”不可用，应为 open 或 remote"),
            ));
        }
    };
    let full_names = match which.names.as_deref() {
        None => false,
        Some("full") => true,
        Some(other) => {
            return Err(Refusal::new(Code::BadRequest, format!("names=“{other}”不可用，应为 full")));
        }
    };
    let wanted = WantedNames { obligation: which.obligation, unit: which.unit, is_remote, full_names };
    let asked = Paging { cursor: which.cursor, limit: which.limit }.into();
    let page = coverage::names(&seat.app, &seat.caller, seat.county, &campaign, &wanted, &asked).await?;
    Ok(Out(Page::of(page, |it| OpenName {
        person: it.person.to_string(),
        name: it.name,
        township: it.township.into(),
        village: it.village.map(UnitName::from),
        reason: it.reason,
    })))
}

/// Which places.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Where {
    /// 要求：key_person_visit（默认）、universal_visit、hardship_help
    obligation: Option<String>,
    /// 乡镇或村；不写为本账号的单位，县里为全县
    unit: Option<String>,
}

/// How far a township or village is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoveragePlace)]
pub struct Place {
    /// 单位
    unit: UnitName,
    /// township 乡镇（街道），village 村（社区）
    kind: String,
    /// 村（社区）所属乡镇的代码
    above: Option<String>,
    /// 已走访、应走访
    share: Share,
    /// 其中当面走访
    in_person: i64,
}

/// `GET …/campaigns/{campaign}/coverage/places`
pub async fn places(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(of): Query<Where>,
) -> Result<Out<Items<Place>>, Refusal> {
    let which = (of.unit.as_deref(), of.obligation.as_deref());
    let all = coverage::places(&seat.app, &seat.caller, seat.county, &campaign, which).await?;
    let item = |it: coverage::PlaceShare| Place {
        unit: it.unit.into(),
        kind: it.kind.code().to_owned(),
        above: it.above,
        share: it.share.into(),
        in_person: it.in_person,
    };
    Ok(Out(Items { items: all.into_iter().map(item).collect() }))
}

/// The household visits that the leaders of a township led.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LeaderQuota)]
pub struct Quota {
    /// 乡镇（街道）
    unit: UnitName,
    /// 主要领导带队入户；活动没有要求的为空
    principal: Option<Share>,
    /// 分管领导带队入户
    deputy: Option<Share>,
    /// 是否都已完成
    is_met: bool,
}

/// `GET …/campaigns/{campaign}/coverage/leaders`
pub async fn leaders(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
) -> Result<Out<Items<Quota>>, Refusal> {
    let all = supervision::leaders(&seat.app, &seat.caller, seat.county, &campaign).await?;
    let item = |it: supervision::Quota| Quota {
        unit: it.unit.into(),
        principal: it.principal.map(Share::from),
        deputy: it.deputy.map(Share::from),
        is_met: it.is_met,
    };
    Ok(Out(Items { items: all.into_iter().map(item).collect() }))
}

/// How the ranking is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// json（默认）、csv、xlsx
    format: Option<String>,
}

/// One figure with what it earns.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RankingReason)]
pub struct Reason {
    /// key_coverage、universal_coverage、submitted、principal_leader、deputy_leader
    key: String,
    /// 名称
    label: String,
    /// 得分
    points: i64,
    /// 满分
    of: i64,
    /// 依据：38/40 人（95.0%）
    words: String,
}

/// A township in the ranking.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RankingTownship)]
pub struct Ranked {
    /// 名次，同分同名次
    rank: usize,
    /// 乡镇（街道）
    unit: UnitName,
    /// 得分
    points: i64,
    /// 满分
    of: i64,
    /// 各项得分及依据
    reasons: Vec<Reason>,
}

/// The ranking.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ranking {
    /// 活动代码
    campaign: String,
    /// 参加排名的乡镇（街道）数
    among: usize,
    /// 本账号可见的乡镇（街道），名次在前的在前
    townships: Vec<Ranked>,
}

fn ranking_body(it: supervision::Ranking) -> Ranking {
    let reason = |it: domain::supervision::Reason| Reason {
        key: it.key.to_owned(),
        label: it.label.to_owned(),
        points: it.points,
        of: it.of,
        words: it.words,
    };
    let ranked = |it: supervision::Ranked| Ranked {
        rank: it.rank,
        unit: it.unit.into(),
        points: it.score.points,
        of: it.score.of,
        reasons: it.score.reasons.into_iter().map(reason).collect(),
    };
    Ranking {
        campaign: it.campaign,
        among: it.among,
        townships: it.townships.into_iter().map(ranked).collect(),
    }
}

/// `GET …/campaigns/{campaign}/ranking?format=`
pub async fn ranking(
    seat: Seat,
    Path((_, campaign)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (app, caller, county) = (&seat.app, &seat.caller, seat.county);
    let ranking = supervision::ranking(app, caller, county, &campaign).await?;
    let (kind, media_type) = match asked.format.as_deref() {
        None | Some("json") => return Ok(Out(ranking_body(ranking)).into_response()),
        Some("csv") => (Kind::Csv, "text/csv; charset=utf-8"),
        Some("xlsx") => (Kind::Xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        Some(other) => return Err(unknown_format(other).into()),
    };
    let format = asked.format.as_deref().unwrap_or_default();
    let folder = stream::folder()?;
    let path = folder.path().join(format!("ranking.{format}"));
    supervision::export(app, caller, county, &ranking, (kind, &path)).await?;
    let body = stream::send(folder, &path).await?;
    Ok(file(&format!("进度排名-{}.{format}", app.today()), media_type, body))
}
