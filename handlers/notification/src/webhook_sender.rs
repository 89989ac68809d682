//! Sending one message to a shop's own system, which may be anything: slow, broken, or an address
//! of ours that it hopes we call.
//!
//! A name is looked up once for a connection, by [`Reach`], and the connection goes to an address
//! that it let through: there is no second look that could find another. TLS is always verified, a
//! redirect is not followed, no proxy is used.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use service::ConfigError;
use time::OffsetDateTime;
use values::WebhookDeliveryId;

use crate::domain::{
    AttemptOutcome, NoEnd, ProgramKey, WebhookAttempt, WebhookSecret, WebhookUrl, is_ours,
    is_public, signatures,
};

/// How long a connection may take, with its look-up and its handshake.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// How long an attempt may take, to the end of the answer.
pub(crate) const ATTEMPT_MAX: Duration = Duration::from_secs(10);
/// How much of an answer is read. Nobody needs it: it is read so that the connection can be used
/// again.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// Unused connections that are kept to one host, and for how long.
const IDLE_MAX: usize = 2;
const IDLE_TTL: Duration = Duration::from_secs(30);
const AGENT: &str = "wallet-webhooks/1";

type BoxError = Box<dyn StdError + Send + Sync>;

/// The name leads to no address that may be called.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no public address")]
struct NotPublic;

/// Where names lead, and which addresses may be called.
#[derive(Clone)]
pub struct Reach {
    /// Instead of the system's resolver.
    known: HashMap<String, Vec<SocketAddr>>,
    is_public_only: bool,
}

impl Reach {
    /// Names as the system knows them, public addresses only: no setting changes that.
    pub(crate) fn public() -> Self {
        Self { known: HashMap::new(), is_public_only: true }
    }

    /// For tests, whose receivers are on this machine.
    pub fn of_tests(known: HashMap<String, Vec<SocketAddr>>, is_public_only: bool) -> Self {
        Self { known, is_public_only }
    }

    async fn addresses(&self, name: &str) -> Result<Vec<SocketAddr>, BoxError> {
        if self.is_public_only && is_ours(name) {
            return Err(NotPublic.into());
        }
        let mut addresses = match self.known.get(name) {
            Some(known) => known.clone(),
            // Port 0 becomes that of the address.
            None => tokio::net::lookup_host((name, 0)).await?.collect(),
        };
        if self.is_public_only {
            addresses.retain(|address| is_public(address.ip()));
        }
        if addresses.is_empty() { Err(NotPublic.into()) } else { Ok(addresses) }
    }
}

impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.clone();
        Box::pin(async move {
            let addresses = reach.addresses(name.as_str()).await?;
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

/// Sends messages. Cheap to clone; all clones share their connections.
#[derive(Clone)]
pub(crate) struct WebhookSender(Client);

/// A message that is to be sent.
pub(crate) struct Outgoing<'a> {
    pub(crate) url: &'a WebhookUrl,
    pub(crate) id: WebhookDeliveryId,
    pub(crate) body: &'a str,
    pub(crate) signer: &'a Signer,
    pub(crate) number: u32,
}

/// With what messages are signed, and in which form.
pub(crate) enum Signer {
    /// Standard Webhooks, by each secret of the endpoint.
    Secrets(Vec<WebhookSecret>),
    /// As the merchant API's requests are.
    Program(ProgramKey),
}

impl Signer {
    /// The part of the header that is signed, with the signature.
    fn headers(
        &self,
        message: &Outgoing<'_>,
        at: OffsetDateTime,
    ) -> Result<Vec<(&'static str, String)>, NoEnd> {
        let Outgoing { url, id, body, .. } = *message;
        Ok(match self {
            Self::Secrets(secrets) => {
                let (id, seconds) = (id.to_string(), at.unix_timestamp());
                let signature = signatures(secrets, &id, seconds, body);
                vec![
                    ("webhook-id", id),
                    ("webhook-timestamp", seconds.to_string()),
                    ("webhook-signature", signature),
                ]
            }
            Self::Program(key) => key.headers(url.url(), id.uuid(), at, body)?.into(),
        })
    }
}

impl WebhookSender {
    pub(crate) fn new(reach: Reach) -> Result<Self, ConfigError> {
        let client = Client::builder()
            .dns_resolver(Arc::new(reach))
            .redirect(Policy::none())
            .no_proxy()
            .https_only(true)
            .connect_timeout(CONNECT_MAX)
            .timeout(ATTEMPT_MAX)
            .pool_max_idle_per_host(IDLE_MAX)
            .pool_idle_timeout(IDLE_TTL)
            .build()
            .map_err(|_| ConfigError::Invalid("SSL_CERT_FILE", "no TLS client can be made"))?;
        Ok(Self(client))
    }

    /// Tries once, unless nothing may be signed.
    pub(crate) async fn send(&self, message: &Outgoing<'_>) -> Result<WebhookAttempt, NoEnd> {
        let attempted_at = OffsetDateTime::now_utc();
        let Outgoing { url, body, number, .. } = *message;
        let start = Instant::now();
        let mut request = self
            .0
            .post(url.url().clone())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, AGENT)
            .body(body.to_owned());
        for (name, value) in message.signer.headers(message, attempted_at)? {
            request = request.header(name, value);
        }
        let (outcome, status_code) = match request.send().await {
            Ok(response) => {
                let status = response.status();
                (answered(status, response).await, Some(status.as_u16()))
            }
            Err(error) => (unanswered(&error), None),
        };
        let duration_ms = u32::try_from(start.elapsed().as_millis()).unwrap_or(u32::MAX);
        Ok(WebhookAttempt { number, outcome, status_code, duration_ms, attempted_at })
    }
}

async fn answered(status: StatusCode, response: Response) -> AttemptOutcome {
    if let Err(error) = read(response).await {
        return if error.is_timeout() { AttemptOutcome::TimedOut } else { AttemptOutcome::Broken };
    }
    match status {
        status if status.is_success() => AttemptOutcome::Delivered,
        StatusCode::GONE => AttemptOutcome::Gone,
        status if status.is_redirection() => AttemptOutcome::Redirected,
        _ => AttemptOutcome::Refused,
    }
}

/// An answer that is longer is as good as one that was read to its end.
async fn read(mut response: Response) -> Result<(), reqwest::Error> {
    let mut length = 0_usize;
    while let Some(chunk) = response.chunk().await? {
        length = length.saturating_add(chunk.len());
        if length > ANSWER_BYTES_MAX {
            break;
        }
    }
    Ok(())
}

fn unanswered(error: &reqwest::Error) -> AttemptOutcome {
    if is_not_public(error) {
        AttemptOutcome::NotPublic
    } else if error.is_timeout() {
        AttemptOutcome::TimedOut
    } else if error.is_connect() {
        AttemptOutcome::Unreachable
    } else {
        AttemptOutcome::Broken
    }
}

fn is_not_public(error: &(dyn StdError + 'static)) -> bool {
    error.is::<NotPublic>() || error.source().is_some_and(is_not_public)
}
