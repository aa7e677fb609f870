//! As much of HTTP/1.1 as a load tool needs: one connection kept open, one request after the other.

use std::io::{Error, ErrorKind, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An open connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The body as text, for messages.
    pub body: String,
}

impl Client {
    /// Connects.
    pub async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a whole request and waits for the whole answer.
    pub async fn send(&mut self, request: &[u8]) -> Result<Reply> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end;
            }
            self.fill().await?;
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
        let status = text.split_whitespace().nth(1).and_then(|it| it.parse().ok());
        let status = status.ok_or_else(|| bad("no status"))?;
        let header = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let body = head + 4;
        if let Some(length) = header("content-length:") {
            let length: usize = length.parse().map_err(|_| bad("content-length"))?;
            while self.buffer.len() < body + length {
                self.fill().await?;
            }
        } else if header("transfer-encoding:") == Some("chunked") {
            while !self.buffer.ends_with(b"0\r\n\r\n") {
                self.fill().await?;
            }
        }
        Ok(Reply { status, body: String::from_utf8_lossy(&self.buffer[body..]).into_owned() })
    }

    async fn fill(&mut self) -> Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(Error::from(ErrorKind::UnexpectedEof)),
            _ => Ok(()),
        }
    }
}

fn bad(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}
