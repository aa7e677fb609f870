//! Photos and attachments: uploaded in pieces that may be repeated, listed, shown, given out in ranges, given up.

use super::answer::{Items, disposition, etag};
use super::extract::{Form, IfMatch, Json, Path, Query, unread};
use super::problem::Refusal;
use super::who::Seat;
use app::file::{self, NewFile, Opened};
use app::{Code, Problem};
use axum::Json as Out;
use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::file::{FileKind, OwnerKind};
use domain::ids::FileId;
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A file to be uploaded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUpload {
    /// 客户端生成的 UUIDv7
    id: Uuid,
    /// 用途：photo、attachment
    kind: String,
    /// 属于什么：visit 等
    owner_kind: String,
    /// 属于哪一条
    owner: Uuid,
    /// 文件名
    name: String,
    /// 说明
    #[serde(default)]
    caption: String,
    /// 内部资料，不得外传
    #[serde(default)]
    is_internal: bool,
    /// 慰问部队的照片须为成员合影或外景并经审核
    #[serde(default)]
    external_reviewed: bool,
    /// 总字节数
    total: u64,
}

/// How far an upload is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Upload {
    /// 文件编号
    id: String,
    /// 已收到的字节数，下一块从这里开始
    received: u64,
    /// 总字节数
    total: u64,
    /// 是否已经完成
    is_finished: bool,
    /// 每块至少的字节数（最后一块除外）
    chunk_min: u64,
    /// 每块至多的字节数
    chunk_max: u64,
}

impl From<file::UploadState> for Upload {
    fn from(it: file::UploadState) -> Self {
        Self {
            id: it.id.to_string(),
            received: it.received,
            total: it.total,
            is_finished: it.is_finished,
            chunk_min: it.chunk_min,
            chunk_max: it.chunk_max,
        }
    }
}

fn kinds(kind: &str, owner: &str) -> Result<(FileKind, OwnerKind), Refusal> {
    let bad =
        |what: &str, code: &str| Refusal::new(Code::BadRequest, format!("{what}“{code}”不是可用的代码"));
    let kind = FileKind::from_code(kind).ok_or_else(|| bad("用途", kind))?;
    Ok((kind, OwnerKind::from_code(owner).ok_or_else(|| bad("所属", owner))?))
}

impl NewUpload {
    fn read(self) -> Result<NewFile, Refusal> {
        let (kind, owner_kind) = kinds(&self.kind, &self.owner_kind)?;
        Ok(NewFile {
            id: FileId(self.id),
            kind,
            owner_kind,
            owner: self.owner,
            unit: None,
            name: self.name,
            caption: self.caption,
            is_internal: self.is_internal,
            external_reviewed: self.external_reviewed,
        })
    }
}

/// A small file with what it is, as a form.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the document only")]
pub struct FileForm {
    /// 文件的说明
    about: NewUpload,
    /// 文件内容
    #[schema(value_type = String, format = Binary)]
    content: Vec<u8>,
}

/// `POST …/files`: a small file in one request; the same file again is harmless.
pub async fn add(seat: Seat, form: Form<NewUpload>) -> Result<(StatusCode, Out<Saved>), Refusal> {
    let (sent, total) = (form.content.len() as u64, form.about.total);
    if sent != total {
        let message = format!("文件应有 {total} 字节，收到 {sent} 字节，请重新上传");
        return Err(Refusal::new(Code::BadRequest, message));
    }
    let saved =
        file::add(&seat.app, &seat.caller, seat.county, form.about.read()?, form.content.into()).await?;
    Ok((StatusCode::CREATED, Out(saved.into())))
}

/// `POST …/uploads`
pub async fn begin(seat: Seat, Json(new): Json<NewUpload>) -> Result<(StatusCode, Out<Upload>), Refusal> {
    let total = new.total;
    let new = new.read()?;
    let state = file::begin_upload(&seat.app, &seat.caller, seat.county, new, total).await?;
    Ok((StatusCode::CREATED, Out(state.into())))
}

/// `GET …/uploads/{id}`
pub async fn state(seat: Seat, Path((_, id)): Path<(String, FileId)>) -> Result<Out<Upload>, Refusal> {
    Ok(Out(file::upload_state(&seat.app, &seat.caller, seat.county, id).await?.into()))
}

/// Where a piece begins.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct At {
    /// 这一块从第几个字节开始
    offset: u64,
}

/// `PUT …/uploads/{id}?offset=`
pub async fn piece(
    seat: Seat,
    Path((_, id)): Path<(String, FileId)>,
    Query(at): Query<At>,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Out<Upload>, Refusal> {
    let bytes = bytes.map_err(|error| unread(&error))?;
    let state = file::put_chunk(&seat.app, &seat.caller, seat.county, id, at.offset, &bytes).await?;
    Ok(Out(state.into()))
}

/// A file that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct Saved {
    /// 文件
    #[schema(value_type = Object)]
    file: file::Shown,
    /// 保密检查的提醒
    #[schema(value_type = Vec<Object>)]
    warnings: Vec<app::guard::Warning>,
}

impl From<file::Saved> for Saved {
    fn from(it: file::Saved) -> Self {
        Self { file: it.file, warnings: it.warnings }
    }
}

/// `POST …/uploads/{id}/finish`
pub async fn finish(seat: Seat, Path((_, id)): Path<(String, FileId)>) -> Result<Out<Saved>, Refusal> {
    Ok(Out(file::finish_upload(&seat.app, &seat.caller, seat.county, id).await?.into()))
}

/// `DELETE …/uploads/{id}`
pub async fn abandon(seat: Seat, Path((_, id)): Path<(String, FileId)>) -> Result<StatusCode, Refusal> {
    file::abandon_upload(&seat.app, &seat.caller, seat.county, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose files.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// 属于什么：visit 等
    owner_kind: String,
    /// 属于哪一条
    owner: Uuid,
}

/// A file as it is shown.
#[derive(Debug, ToSchema)]
#[schema(value_type = Object)]
#[allow(dead_code, reason = "describes the document only")]
pub struct File(serde_json::Value);

/// `GET …/files?owner_kind=&owner=`
pub async fn list(seat: Seat, Query(of): Query<Of>) -> Result<Out<Items<file::Shown>>, Refusal> {
    let (_, owner_kind) = kinds("photo", &of.owner_kind)?;
    let items = file::list(&seat.app, &seat.caller, seat.county, owner_kind, of.owner).await?;
    Ok(Out(Items { items }))
}

/// `GET …/files/{id}`
pub async fn get(seat: Seat, Path((_, id)): Path<(String, FileId)>) -> Result<Response, Refusal> {
    let shown = file::get(&seat.app, &seat.caller, seat.county, id).await?;
    Ok((etag(shown.version), Out(shown)).into_response())
}

/// What a file shows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FileDescription)]
pub struct Description {
    /// 说明
    caption: String,
    /// 内部资料，不得外传
    is_internal: bool,
}

/// `PUT …/files/{id}`: names the version that it starts from.
pub async fn describe(
    seat: Seat,
    Path((_, id)): Path<(String, FileId)>,
    IfMatch(version): IfMatch,
    Json(asked): Json<Description>,
) -> Result<Response, Refusal> {
    let version = version
        .ok_or_else(|| Refusal::new(Code::VersionRequired, "修改说明要在 If-Match 中写明所依据的版本"))?;
    let (app, caller, county) = (&seat.app, &seat.caller, seat.county);
    let shown = file::describe(app, caller, county, id, version, &asked.caption, asked.is_internal).await?;
    Ok((etag(shown.version), Out(shown)).into_response())
}

/// `DELETE …/files/{id}`
pub async fn remove(seat: Seat, Path((_, id)): Path<(String, FileId)>) -> Result<StatusCode, Refusal> {
    file::delete(&seat.app, &seat.caller, seat.county, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET …/files/{id}/content`: the whole, or the part that `Range` names.
pub async fn content(
    seat: Seat,
    Path((_, id)): Path<(String, FileId)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let shown = file::get(&seat.app, &seat.caller, seat.county, id).await?;
    let wanted = range(&headers, shown.bytes)?;
    let opened =
        file::open(&seat.app, &seat.caller, seat.county, id, wanted.clone().unwrap_or(0..u64::MAX)).await?;
    Ok(given(opened, wanted.is_some()))
}

/// `GET …/files/{id}/thumbnail`
pub async fn thumbnail(seat: Seat, Path((_, id)): Path<(String, FileId)>) -> Result<Response, Refusal> {
    Ok(given(file::open_thumbnail(&seat.app, &seat.caller, seat.county, id).await?, false))
}

/// One range of bytes; several, and other units, are answered with the whole.
fn range(headers: &HeaderMap, total: u64) -> Result<Option<Range<u64>>, Refusal> {
    let text = headers.get(header::RANGE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let Some((from, to)) = text.strip_prefix("bytes=").and_then(|text| text.split_once('-')) else {
        return Ok(None);
    };
    let range = match (from.parse::<u64>(), to.parse::<u64>()) {
        (Ok(from), Ok(to)) => from..to.saturating_add(1).min(total),
        (Ok(from), Err(_)) if to.is_empty() => from..total,
        (Err(_), Ok(last)) if from.is_empty() => total.saturating_sub(last)..total,
        _ => return Ok(None),
    };
    if range.start >= range.end {
        let problem = Problem::new(Code::RangeWrong, format!("文件只有 {total} 字节，没有这一段"));
        return Err(problem.into());
    }
    Ok(Some(range))
}

/// The type is sent as it is and never guessed; pictures are shown, all else is saved.
fn given(opened: Opened, is_part: bool) -> Response {
    let (total, range) = (opened.total, opened.range.clone());
    let body = Body::from_stream(opened.stream.map(|piece| piece.map(Bytes::from)));
    let name = disposition(&opened.file.name);
    let headers = [
        (header::CONTENT_TYPE, opened.media_type.code().to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CONTENT_LENGTH, (range.end - range.start).to_string()),
        (header::ETAG, format!("\"{}\"", opened.etag)),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    if is_part {
        let part = format!("bytes {}-{}/{total}", range.start, range.end.saturating_sub(1));
        return (StatusCode::PARTIAL_CONTENT, headers, [(header::CONTENT_RANGE, part)], body).into_response();
    }
    (headers, body).into_response()
}
