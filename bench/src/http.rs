//! A connection that is kept, and as little HTTP as the answers of our own hosts need.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEAD_END: &[u8] = b"\r\n\r\n";

/// A request as it is written, in two parts, so that many can share the first.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) head: std::sync::Arc<[u8]>,
    pub(crate) rest: Box<[u8]>,
}

impl Request {
    pub(crate) fn get(path: &str) -> Self {
        let head = format!("GET {path} HTTP/1.1\r\nHost: bench\r\n");
        Self { head: head.into_bytes().into(), rest: (*b"\r\n").into() }
    }

    /// A POST without a body.
    pub(crate) fn post(path: &str) -> Self {
        let head = format!("POST {path} HTTP/1.1\r\nHost: bench\r\n");
        Self { head: head.into_bytes().into(), rest: (*b"Content-Length: 0\r\n\r\n").into() }
    }
}

/// One client's connection.
pub(crate) struct Connection {
    stream: TcpStream,
    sent: Vec<u8>,
    answer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, sent: Vec::new(), answer: Vec::new() })
    }

    /// Sends the request, reads its whole answer and returns its status.
    pub(crate) async fn ask(&mut self, request: &Request) -> Result<u16> {
        self.sent.clear();
        self.sent.extend_from_slice(&request.head);
        self.sent.extend_from_slice(&request.rest);
        self.stream.write_all(&self.sent).await?;
        self.answer.clear();
        loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let Some(head_length) = find_head_end(&self.answer) else { continue };
            let head = self.answer.get(..head_length).unwrap_or_default();
            let (status, body_length) = read_head(head).ok_or_else(unreadable)?;
            if self.answer.len() >= head_length.saturating_add(body_length) {
                return Ok(status);
            }
        }
    }

    /// The last answer, without its head.
    pub(crate) fn body(&self) -> &[u8] {
        let start = find_head_end(&self.answer).unwrap_or_default();
        self.answer.get(start..).unwrap_or_default()
    }
}

fn find_head_end(answer: &[u8]) -> Option<usize> {
    let at = answer.windows(HEAD_END.len()).position(|window| window == HEAD_END)?;
    Some(at.saturating_add(HEAD_END.len()))
}

/// The status and the length of the body, which our hosts always say.
fn read_head(head: &[u8]) -> Option<(u16, usize)> {
    let head = std::str::from_utf8(head).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let is_length = |name: &str| name.eq_ignore_ascii_case("content-length");
    let headers = head.lines().filter_map(|line| line.split_once(": "));
    let length = headers.into_iter().find(|(name, _)| is_length(name))?.1;
    Some((status, length.parse().ok()?))
}

fn unreadable() -> Error {
    Error::new(ErrorKind::InvalidData, "an answer without a length")
}
