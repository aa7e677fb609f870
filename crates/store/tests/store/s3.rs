//! The object store on S3, against a small server of the test's own that speaks what `object_store` needs.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use futures::TryStreamExt;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use store::{DataKey, FRAME, FilesAt, Objects, StoreError};

const MODIFIED: &str = "Wed, 24 Jul 2024 00:00:00 GMT";

/// What the server holds, and what it was asked.
#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, Vec<u8>>,
    uploads: HashMap<String, BTreeMap<u32, Vec<u8>>>,
    /// Method and size of each request with a body.
    bodies: Vec<(String, usize)>,
    unsigned: usize,
    /// So many requests are answered with 503 first.
    failures: usize,
}

type Shared = Arc<Mutex<Bucket>>;
type Asked = HashMap<String, String>;

fn xml(body: impl Into<String>) -> Response {
    ([(header::CONTENT_TYPE, "application/xml")], body.into()).into_response()
}

fn missing() -> Response {
    let body = "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>";
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
}

async fn object(
    State(bucket): State<Shared>,
    method: axum::http::Method,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut bucket = bucket.lock().unwrap();
    let signed = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if !signed.starts_with("AWS4-HMAC-SHA256 Credential=tester/") {
        bucket.unsigned += 1;
        return StatusCode::FORBIDDEN.into_response();
    }
    if bucket.failures > 0 {
        bucket.failures -= 1;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if !body.is_empty() {
        bucket.bodies.push((method.to_string(), body.len()));
    }
    match (method.as_str(), asked.get("uploadId")) {
        ("PUT", Some(upload)) => {
            let number = asked["partNumber"].parse().unwrap();
            let Some(parts) = bucket.uploads.get_mut(upload) else { return missing() };
            parts.insert(number, body.to_vec());
            [(header::ETAG, format!("\"part-{number}\""))].into_response()
        }
        ("PUT", None) => {
            bucket.objects.insert(key, body.to_vec());
            [(header::ETAG, "\"whole\"")].into_response()
        }
        ("POST", Some(upload)) => {
            let parts = bucket.uploads.remove(upload).unwrap();
            bucket.objects.insert(key, parts.into_values().flatten().collect());
            xml("<CompleteMultipartUploadResult><ETag>\"all\"</ETag></CompleteMultipartUploadResult>")
        }
        ("POST", None) => {
            let id = format!("upload-{}", bucket.uploads.len());
            bucket.uploads.insert(id.clone(), BTreeMap::new());
            xml(format!(
                "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
            ))
        }
        ("DELETE", Some(upload)) => {
            bucket.uploads.remove(upload);
            StatusCode::NO_CONTENT.into_response()
        }
        ("DELETE", None) => {
            bucket.objects.remove(&key);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => bucket.objects.get(&key).map_or_else(missing, |bytes| part(bytes, &headers)),
    }
}

/// The whole object, or the range that is asked for.
fn part(bytes: &[u8], headers: &HeaderMap) -> Response {
    let range =
        headers.get(header::RANGE).and_then(|it| it.to_str().ok()?.strip_prefix("bytes=")?.split_once('-'));
    let common = [(header::ETAG, "\"whole\"".to_owned()), (header::LAST_MODIFIED, MODIFIED.to_owned())];
    let Some((from, to)) = range else { return (common, bytes.to_vec()).into_response() };
    let from: usize = from.parse().unwrap();
    let to = to.parse().map_or(bytes.len(), |last: usize| last + 1).min(bytes.len());
    if from >= to {
        return StatusCode::RANGE_NOT_SATISFIABLE.into_response();
    }
    let said = format!("bytes {from}-{}/{}", to - 1, bytes.len());
    (StatusCode::PARTIAL_CONTENT, common, [(header::CONTENT_RANGE, said)], bytes[from..to].to_vec())
        .into_response()
}

async fn list(State(bucket): State<Shared>, Query(asked): Query<Asked>) -> Response {
    let bucket = bucket.lock().unwrap();
    let prefix = asked.get("prefix").map(String::as_str).unwrap_or_default();
    let mut body = "<ListBucketResult><IsTruncated>false</IsTruncated>".to_owned();
    for (key, bytes) in bucket.objects.iter().filter(|(key, _)| key.starts_with(prefix)) {
        write!(
            body,
            "<Contents><Key>{key}</Key><LastModified>2024-07-24T00:00:00Z</LastModified><ETag>\"x\"</ETag>\
             <Size>{}</Size></Contents>",
            bytes.len()
        )
        .unwrap();
    }
    xml(body + "</ListBucketResult>")
}

/// Starts the server and opens a store on it.
async fn started() -> (Objects, Shared) {
    let bucket = Shared::default();
    let router = Router::new()
        .route("/files", any(list))
        .route("/files/", any(list))
        .route("/files/{*key}", any(object))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(Arc::clone(&bucket));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let settings = [
        ("AWS_ENDPOINT", format!("http://{address}")),
        ("AWS_REGION", "cn-test-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "tester".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "not a secret".to_owned()),
        ("AWS_ALLOW_HTTP", "true".to_owned()),
    ];
    let settings = settings.map(|(key, value)| (key.to_owned(), value));
    let at: FilesAt = "s3://files/in/side/".parse().unwrap();
    (Objects::open(&at, &settings).unwrap(), bucket)
}

fn key() -> DataKey {
    DataKey::new([4; 32])
}

fn content(size: usize) -> Vec<u8> {
    (0..size).map(|at| u8::try_from(at * 7 % 253).unwrap()).collect()
}

#[tokio::test]
async fn a_file_is_written_read_in_parts_listed_and_removed() {
    let (objects, bucket) = started().await;
    let bytes = content(200_000);
    objects.write("500240/ab/one", &key(), [1; 16], &bytes).await.unwrap();
    assert_eq!(objects.read_all("500240/ab/one", &key(), 200_000).await.unwrap(), bytes);
    let part: Vec<Vec<u8>> = objects
        .read("500240/ab/one", &key(), 200_000, 70_000..150_000)
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(part.concat(), &bytes[70_000..150_000]);
    let listed: Vec<_> = objects.list("500240").try_collect().await.unwrap();
    assert_eq!((listed.len(), listed[0].name.as_str()), (1, "500240/ab/one"));
    {
        let bucket = bucket.lock().unwrap();
        let stored = &bucket.objects["in/side/500240/ab/one"];
        assert!(!stored.windows(32).any(|part| part == &bytes[..32]), "the bucket holds no byte in clear");
        assert_eq!(bucket.unsigned, 0);
    }
    objects.delete("500240/ab/one").await.unwrap();
    objects.delete("500240/ab/one").await.unwrap();
    let gone = objects.read_all("500240/ab/one", &key(), 200_000).await;
    assert!(matches!(gone, Err(StoreError::ObjectMissing(_))), "{gone:?}");
}

#[tokio::test]
async fn a_large_file_goes_and_comes_in_small_parts() {
    let (objects, bucket) = started().await;
    let size = 23 << 20;
    let bytes = content(size);
    let mut writer = objects.writer("500240/ab/large", &key(), [1; 16]).unwrap();
    for piece in bytes.chunks(300_000) {
        writer.write(piece).await.unwrap();
    }
    assert_eq!(writer.finish().await.unwrap(), size as u64);
    let largest = bucket.lock().unwrap().bodies.iter().map(|(_, size)| *size).max().unwrap();
    assert!(largest <= (5 << 20) + 70_000, "{largest} bytes were held at once");
    let mut pieces = objects.read("500240/ab/large", &key(), size as u64, 0..u64::MAX).await.unwrap();
    let mut read = Vec::new();
    while let Some(piece) = pieces.try_next().await.unwrap() {
        assert!(piece.len() as u64 <= FRAME);
        read.extend(piece);
    }
    assert!(read == bytes);
}

#[tokio::test]
async fn a_file_that_is_given_up_leaves_nothing_and_a_busy_server_is_asked_again() {
    let (objects, bucket) = started().await;
    let mut writer = objects.writer("500240/ab/half", &key(), [1; 16]).unwrap();
    writer.write(&content(12 << 20)).await.unwrap();
    assert_eq!(bucket.lock().unwrap().uploads.len(), 1);
    writer.abandon().await;
    {
        let mut bucket = bucket.lock().unwrap();
        assert!(bucket.uploads.is_empty() && bucket.objects.is_empty());
        bucket.failures = 2;
    }
    objects.write("500240/ab/one", &key(), [1; 16], b"text").await.unwrap();
    assert_eq!(bucket.lock().unwrap().failures, 0);
    assert_eq!(objects.read_all("500240/ab/one", &key(), 4).await.unwrap(), b"text");
}

#[tokio::test]
async fn a_changed_object_in_the_bucket_is_seen() {
    let (objects, bucket) = started().await;
    objects.write("500240/ab/one", &key(), [1; 16], &content(100_000)).await.unwrap();
    bucket.lock().unwrap().objects.get_mut("in/side/500240/ab/one").unwrap()[90_000] ^= 1;
    let read = objects.read_all("500240/ab/one", &key(), 100_000).await;
    assert!(matches!(read, Err(StoreError::ObjectDamaged(_))), "{read:?}");
}
