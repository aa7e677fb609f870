//! Files on their way in and out, in pieces: an upload is taken into memory, a download is read from
//! one and the folder goes with its last piece.

use super::extract::slow;
use super::limit::is_slow;
use super::problem::Refusal;
use app::{Code, Problem};
use axum::body::{Body, Bytes};
use futures::{Stream, StreamExt};
use std::path::Path;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;

/// Bytes of one piece.
const PIECE: usize = 64 * 1024;

/// A folder that only this program may read.
pub fn folder() -> Result<TempDir, Problem> {
    tempfile::Builder::new().prefix("shuangyong-").tempdir().map_err(|error| failed(&error))
}

fn failed(error: &std::io::Error) -> Problem {
    Problem::new(Code::Output, format!("临时文件不能使用：{error}"))
}

/// A whole body in memory; at most `most` bytes.
pub async fn whole(body: Body, most: usize) -> Result<Vec<u8>, Refusal> {
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|error| {
            if is_slow(&error) {
                slow()
            } else {
                Refusal::new(Code::BadRequest, "文件没有收全，请重传")
            }
        })?;
        if bytes.len() + piece.len() > most {
            let megabytes = most / (1024 * 1024);
            return Err(Refusal::new(Code::TooLarge, format!("文件超过 {megabytes} MB，请拆分后上传")));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// A file as a body, read piece by piece; its folder goes away with the body.
pub async fn send(folder: TempDir, path: &Path) -> Result<Body, Problem> {
    let file = tokio::fs::File::open(path).await.map_err(|error| failed(&error))?;
    Ok(Body::from_stream(pieces(file, folder)))
}

fn pieces(file: tokio::fs::File, folder: TempDir) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    futures::stream::try_unfold((file, folder), |(mut file, folder)| async move {
        let mut piece = vec![0; PIECE];
        let count = file.read(&mut piece).await?;
        piece.truncate(count);
        Ok((count > 0).then(|| (Bytes::from(piece), (file, folder))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn a_file_comes_in_and_goes_out_and_leaves_nothing() {
        let folder = folder().unwrap();
        let (kept, path) = (folder.path().to_owned(), folder.path().join("a"));
        let bytes = vec![7; PIECE * 2 + 1];
        let too_large = whole(Body::from(bytes.clone()), PIECE).await.unwrap_err();
        assert_eq!(too_large.0.code, Code::TooLarge);
        assert_eq!(whole(Body::from(bytes.clone()), bytes.len()).await.unwrap(), bytes);
        std::fs::write(&path, &bytes).unwrap();
        let sent = send(folder, &path).await.unwrap().collect().await.unwrap().to_bytes();
        assert_eq!(sent, bytes);
        assert!(!kept.exists());
    }
}
