//! The connections.

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::routes::Vault;

const CONNECTIONS_MAX: usize = 256;
/// A client that does not finish TLS's greetings or a request's head in this time is cut off.
const GREETING_LIMIT: Duration = Duration::from_secs(10);
/// How long to wait before accepting again when the process is out of sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves for ever.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: TlsAcceptor,
    vault: Vault,
) -> Result<(), Box<dyn Error>> {
    let (vault, turns) = (Arc::new(vault), Arc::new(Semaphore::new(CONNECTIONS_MAX)));
    loop {
        let turn = Arc::clone(&turns).acquire_owned().await?;
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let (vault, tls) = (Arc::clone(&vault), tls.clone());
        tokio::spawn(async move {
            connection(stream, &tls, vault).await;
            drop(turn);
        });
    }
}

/// Serves one connection to its end; how it ends is the client's affair.
async fn connection(stream: TcpStream, tls: &TlsAcceptor, vault: Arc<Vault>) {
    let _delayed_is_no_harm = stream.set_nodelay(true);
    let Ok(Ok(stream)) = timeout(GREETING_LIMIT, tls.accept(stream)).await else { return };
    let answer = service_fn(move |request| {
        let vault = Arc::clone(&vault);
        async move { Ok::<_, Infallible>(vault.answer(request).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(GREETING_LIMIT)
        .serve_connection(TokioIo::new(stream), answer);
    let _ended_early = served.await;
}
