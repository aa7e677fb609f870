//! What handlers answer with.

use app::page::{Asked, Page as AppPage};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A list as a whole.
#[derive(Debug, Serialize)]
pub struct Items<T> {
    pub items: Vec<T>,
}

/// One page of a list.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; null on the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page of the application with its items put into words.
    pub fn of<A>(page: AppPage<A>, item: impl FnMut(A) -> T) -> Self {
        Self { items: page.items.into_iter().map(item).collect(), next: page.next }
    }
}

/// Which page; every list takes it beside its filters.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub struct Paging {
    /// 上一页返回的 next
    pub cursor: Option<String>,
    /// 每页条数，1 至 100，默认 20
    pub limit: Option<usize>,
}

impl From<Paging> for Asked {
    fn from(paging: Paging) -> Self {
        Self { cursor: paging.cursor, limit: paging.limit }
    }
}

/// How names are shown in one record.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// full：有权限时显示姓名全称；默认遮盖
    names: Option<String>,
}

impl Names {
    /// In full, where the caller may see them.
    pub fn are_full(&self) -> bool {
        self.names.as_deref() == Some("full")
    }
}

/// A unit as it is named in other records.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitName {
    /// 代码
    pub code: String,
    /// 名称
    pub name: String,
}

impl From<(String, String)> for UnitName {
    fn from((code, name): (String, String)) -> Self {
        Self { code, name }
    }
}

/// The version of a record as an `ETag`.
pub fn etag(version: i64) -> HeaderMap {
    let value = HeaderValue::from_str(&format!("\"{version}\"")).expect("digits in quotes");
    HeaderMap::from_iter([(header::ETAG, value)])
}

/// A download with a Chinese file name (RFC 6266, RFC 8187).
pub fn file(name: &str, media_type: &'static str, bytes: impl IntoResponse) -> Response {
    let disposition = disposition(name);
    ([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}

pub fn disposition(name: &str) -> String {
    let encoded: String = name
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    format!("attachment; filename*=UTF-8''{encoded}")
}
