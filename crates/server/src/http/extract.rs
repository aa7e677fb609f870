//! What handlers take from a request. Whatever is wrong with it is told in Chinese, as a problem.

use super::problem::Refusal;
use app::Code;
use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::rejection::BytesRejection;
use axum::extract::{
    FromRequest, FromRequestParts, Multipart, Path as AxumPath, Query as AxumQuery, Request,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

/// A JSON body.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        if !is_json(request.headers()) {
            let message = "请求内容应为 JSON，请写 Content-Type: application/json";
            return Err(Refusal::new(Code::MediaType, message));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|error| unread(&error))?;
        Ok(Self(read_json(&bytes)?))
    }
}

fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    if bytes.windows(NUL.len()).any(|window| window == NUL) {
        return Err(Refusal::new(Code::BadRequest, "请求内容含有空字符（NUL），请删除后重试"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        not_json(&path, error.inner())
    })?;
    reader.end().map_err(|error| not_json(".", &error))?;
    Ok(value)
}

/// A form of two parts: `about`, a JSON document, and `content`, a file.
#[derive(Debug)]
pub struct Form<T> {
    pub about: T,
    pub content: Bytes,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let mut parts = Multipart::from_request(request, state).await.map_err(|_| {
            Refusal::new(Code::MediaType, "请求内容应为表单，请写 Content-Type: multipart/form-data")
        })?;
        let (mut about, mut content) = (None, None);
        while let Some(part) = parts.next_field().await.map_err(|error| broken(&error))? {
            let place = match part.name() {
                Some("about") => &mut about,
                Some("content") => &mut content,
                _ => return Err(Refusal::new(Code::BadRequest, "表单只有 about 和 content 两部分")),
            };
            if place.is_some() {
                return Err(Refusal::new(Code::BadRequest, "表单的一部分写了两次"));
            }
            *place = Some(part.bytes().await.map_err(|error| broken(&error))?);
        }
        let missing = |word: &str| Refusal::new(Code::BadRequest, format!("表单缺少“{word}”"));
        let about = read_json(&about.ok_or_else(|| missing("about"))?)?;
        Ok(Self { about, content: content.ok_or_else(|| missing("content"))? })
    }
}

/// Why a form could not be read.
fn broken(error: &MultipartError) -> Refusal {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ if super::limit::is_slow(error) => slow(),
        _ => Refusal::new(Code::BadRequest, "表单没有收全或写法不对，请重试"),
    }
}

/// A character that no database stores, as JSON writes it.
const NUL: &[u8] = b"\\u0000";

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Why a body could not be read: too large, too slow, or broken off.
pub fn unread(error: &BytesRejection) -> Refusal {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ if super::limit::is_slow(error) => slow(),
        _ => Refusal::new(Code::BadRequest, "请求内容没有收全，请重试"),
    }
}

fn too_large() -> Refusal {
    Refusal::new(Code::TooLarge, "请求内容过大，请分成几次提交")
}

/// The body came too slowly.
pub fn slow() -> Refusal {
    Refusal::new(Code::Timeout, "请求内容传送太慢，已中断，请检查网络后重试")
}

fn not_json(path: &str, error: &serde_json::Error) -> Refusal {
    let said = error.to_string();
    let place = if path == "." { String::new() } else { format!("“{path}”：") };
    let message = match (error.classify(), said.split('`').nth(1)) {
        (serde_json::error::Category::Data, Some(word)) if said.starts_with("missing field") => {
            format!("请求内容缺少“{word}”")
        }
        (serde_json::error::Category::Data, Some(word)) if said.starts_with("unknown field") => {
            format!("请求内容里的“{word}”不认识")
        }
        (serde_json::error::Category::Data, Some(word)) if said.starts_with("unknown variant") => {
            format!("请求内容有误：{place}“{word}”不是可用的值")
        }
        (serde_json::error::Category::Data, _) => {
            format!("请求内容有误：{place}值的类型或写法不对（第 {} 行）", error.line())
        }
        _ => format!("请求内容不是完整的 JSON（第 {} 行第 {} 列）", error.line(), error.column()),
    };
    Refusal::new(Code::BadRequest, message)
}

/// Values of the path. What cannot be read is not there.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match AxumPath::<T>::from_request_parts(parts, state).await {
            Ok(AxumPath(value)) => Ok(Self(value)),
            Err(_) => Err(Refusal::new(Code::NotFound, "没有这个地址，编号或代码的写法不对")),
        }
    }
}

/// Values behind the question mark.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match AxumQuery::<T>::from_request_parts(parts, state).await {
            Ok(AxumQuery(value)) => Ok(Self(value)),
            Err(error) => Err(query(&error.to_string())),
        }
    }
}

fn query(said: &str) -> Refusal {
    let word = said.split('`').nth(1);
    let message = match word {
        Some(word) if said.contains("unknown field") => format!("没有查询参数“{word}”"),
        Some(word) if said.contains("missing field") => format!("缺少查询参数“{word}”"),
        Some(word) if said.contains("duplicate field") => format!("查询参数“{word}”写了两次"),
        Some(word) if said.contains("unknown variant") => format!("查询参数的值“{word}”不可用"),
        _ => "查询参数的写法不对，请核对类型和取值".to_owned(),
    };
    Refusal::new(Code::BadRequest, message)
}

/// The tag that a change starts from (`If-Match: "…"`).
#[derive(Debug, Clone)]
pub struct IfTag(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IfTag {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().ok().and_then(|text| text.trim().strip_prefix('"')?.strip_suffix('"'));
        match text {
            Some(text) => Ok(Self(Some(text.to_owned()))),
            None => {
                Err(Refusal::new(Code::BadRequest, "If-Match 应为读取记录时得到的 ETag，如 If-Match: \"3\""))
            }
        }
    }
}

/// The version that a change starts from (`If-Match: "3"`).
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(pub Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let IfTag(tag) = IfTag::from_request_parts(parts, state).await?;
        // A tag that is no number is no version of this record: it never fits.
        Ok(Self(tag.map(|tag| tag.parse().unwrap_or(-1))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "read only")]
    struct Asked {
        name: String,
        count: u8,
    }

    fn told(text: &str) -> String {
        let mut reader = serde_json::Deserializer::from_str(text);
        let error = serde_path_to_error::deserialize::<_, Asked>(&mut reader).unwrap_err();
        not_json(&error.path().to_string(), error.inner()).0.message
    }

    #[test]
    fn what_is_wrong_with_a_body_is_said_in_chinese() {
        for (text, said) in [
            ("{}", "请求内容缺少“name”"),
            (r#"{"name":"a","count":1,"more":2}"#, "请求内容里的“more”不认识"),
            (r#"{"name":"a","count":"x"}"#, "请求内容有误：“count”：值的类型或写法不对（第 1 行）"),
            (r#"{"name":"#, "请求内容不是完整的 JSON（第 1 行第 8 列）"),
        ] {
            assert_eq!(told(text), said, "{text}");
        }
    }
}
