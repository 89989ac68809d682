//! A shop's own system: an HTTPS server whose paths behave in different ways.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use notification::Reach;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
    pub(crate) at: Instant,
}

impl Received {
    pub(crate) fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// `/ok` is a success, `/status/NNN` another answer, `/slow/MS` a late one, `/late/NNN` both;
/// `/refuses/TYPE` is no success for such messages; `/redirect` leads to `/ok`, `/broken` ends
/// half-way, `/endless` never does.
#[derive(Clone)]
pub(crate) struct Receiver {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    /// With the certificate of the tests, which is good for `localhost` alone.
    pub(crate) async fn start() -> Self {
        let trust = PathBuf::from(std::env::var("SSL_CERT_FILE").unwrap());
        let tls = platform_trust::acceptor(trust.parent().unwrap(), &["http/1.1"]).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let receiver = Self { address, received: Arc::default() };
        let serving = receiver.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serving.clone().serve(stream, tls.clone()));
            }
        });
        receiver
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Where `localhost` is this receiver, at any port.
    pub(crate) fn reach(&self) -> Reach {
        self.reach_as(&["localhost"])
    }

    pub(crate) fn reach_as(&self, names: &[&str]) -> Reach {
        let known = names.iter().map(|name| ((*name).to_owned(), vec![self.address]));
        Reach::of_tests(known.collect(), false)
    }

    /// All that came to a path so far.
    pub(crate) fn received(&self, path: &str) -> Vec<Received> {
        let received = self.received.lock().unwrap();
        received.iter().filter(|request| request.path == path).cloned().collect()
    }

    /// Waits until so many have come to a path.
    pub(crate) async fn await_received(&self, path: &str, count: usize) -> Vec<Received> {
        let since = Instant::now();
        loop {
            let received = self.received(path);
            if received.len() >= count {
                return received;
            }
            let is_late = since.elapsed() > Duration::from_secs(30);
            assert!(!is_late, "{} of {count} came to {path}", received.len());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn serve(self, stream: TcpStream, tls: TlsAcceptor) {
        // A client that does not trust the certificate ends here.
        let Ok(stream) = tls.accept(stream).await else { return };
        let mut stream = BufReader::new(stream);
        while let Some(request) = read(&mut stream).await {
            let path = request.path.clone();
            let message_type = request.json()["type"].clone();
            self.received.lock().unwrap().push(request);
            let parts: Vec<&str> = path.split('/').collect();
            let answer = match parts[..] {
                ["", "slow", milliseconds] => {
                    tokio::time::sleep(Duration::from_millis(milliseconds.parse().unwrap())).await;
                    "200 OK\r\ncontent-length: 2\r\n\r\n{}".to_owned()
                }
                ["", "late", status] => {
                    tokio::time::sleep(Duration::from_secs(2)).await;
                    format!("{status} x\r\ncontent-length: 0\r\n\r\n")
                }
                ["", "status", status] => format!("{status} x\r\ncontent-length: 0\r\n\r\n"),
                ["", "refuses", refused] if message_type == refused => {
                    "400 x\r\ncontent-length: 0\r\n\r\n".to_owned()
                }
                ["", "redirect"] => {
                    "302 Found\r\nlocation: /ok\r\ncontent-length: 0\r\n\r\n".to_owned()
                }
                ["", "broken"] => "200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_owned(),
                ["", "endless"] => "200 OK\r\ncontent-length: 99999999\r\n\r\n".to_owned(),
                _ => "200 OK\r\ncontent-length: 2\r\n\r\n{}".to_owned(),
            };
            if stream.write_all(format!("HTTP/1.1 {answer}").as_bytes()).await.is_err() {
                return;
            }
            stream.flush().await.unwrap();
            match &*path {
                "/broken" => return stream.shutdown().await.unwrap(),
                "/endless" => while stream.write_all(&[b'a'; 4_096]).await.is_ok() {},
                _ => {}
            }
        }
    }
}

async fn read(stream: &mut (impl AsyncReadExt + Unpin)) -> Option<Received> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let at = Instant::now();
    let head = String::from_utf8(head).unwrap();
    let (first, lines) = head.split_once("\r\n").unwrap();
    let headers = lines.lines().filter_map(|line| line.split_once(": "));
    let headers: HashMap<String, String> =
        headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    stream.read_exact(&mut body).await.ok()?;
    let path = first.split(' ').nth(1).unwrap().to_owned();
    Some(Received { path, headers, body: String::from_utf8(body).unwrap(), at })
}
