//! The connections. One port takes TLS, without which clients send no token, and, for a browser
//! that does not know the platform's certificate, plain HTTP, which gets the page only.

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::routes::{Service, Wire};

const CONNECTIONS_MAX: usize = 256;
/// Requests at once on one connection of HTTP/2, which the SDK of Rust speaks unasked.
const STREAMS_MAX: u32 = 64;
/// A client that says nothing, or does not finish TLS's greetings, in this time is cut off.
const GREETING_LIMIT: Duration = Duration::from_secs(10);
/// The first byte of a client that speaks TLS.
const TLS_HANDSHAKE: u8 = 22;
/// A request's head must come in this time, and the next on a kept connection.
const HEAD_LIMIT: Duration = Duration::from_secs(60);
/// How long to wait before accepting again when the process is out of sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves for ever.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: TlsAcceptor,
    service: Arc<Service>,
) -> Result<(), Box<dyn Error>> {
    let turns = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let turn = Arc::clone(&turns).acquire_owned().await?;
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let (service, tls) = (Arc::clone(&service), tls.clone());
        tokio::spawn(async move {
            connection(stream, &tls, service).await;
            drop(turn);
        });
    }
}

async fn connection(stream: TcpStream, tls: &TlsAcceptor, service: Arc<Service>) {
    let _delayed_is_no_harm = stream.set_nodelay(true);
    let mut first = [0];
    let Ok(Ok(1)) = timeout(GREETING_LIMIT, stream.peek(&mut first)).await else { return };
    if first == [TLS_HANDSHAKE] {
        let Ok(Ok(stream)) = timeout(GREETING_LIMIT, tls.accept(stream)).await else { return };
        requests(stream, Wire::Secure, service).await;
    } else {
        requests(stream, Wire::Plain, service).await;
    }
}

/// Serves one connection to its end; how it ends is the client's affair.
async fn requests<S>(stream: S, wire: Wire, service: Arc<Service>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let answer = service_fn(move |request| {
        let service = Arc::clone(&service);
        async move { Ok::<_, Infallible>(service.answer(request, wire).await) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_LIMIT);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(STREAMS_MAX);
    let _ended_early = builder.serve_connection(TokioIo::new(stream), answer).await;
}
