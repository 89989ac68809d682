//! Calls Application Insights with the service's own identity, the only proof that its ingestion
//! takes, and with the HTTP client that we use elsewhere.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;

use crate::causes;

/// The scope of a token for the ingestion.
const TOKEN_SCOPE: &str = "https://monitor.azure.com/.default";
/// One call of the ingestion, its answer included.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer read, in bytes: it names the items of a batch that were refused.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// How often at most it is logged that telemetry does not arrive.
const REPORT_INTERVAL: Duration = Duration::from_secs(60);

/// The client of the ingestion endpoint. The exporter calls it from threads of its own; the calls
/// are made in the runtime that was current when it was created.
#[derive(Clone)]
pub(super) struct Ingestion {
    http: reqwest::Client,
    identity: Arc<dyn TokenCredential>,
    runtime: Handle,
    last_report: Arc<Mutex<Option<Instant>>>,
}

/// Why telemetry did not arrive.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("there is no token for the ingestion")]
    Identity(#[from] azure_core::Error),
    #[error("the ingestion cannot be reached")]
    Http(#[source] reqwest::Error),
    #[error("the ingestion's answer is longer than {ANSWER_BYTES_MAX} bytes")]
    AnswerTooLong,
    #[error("the process ends")]
    Ending(#[from] tokio::task::JoinError),
}

impl From<reqwest::Error> for SendError {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}

impl Ingestion {
    pub(super) fn new(identity: Arc<dyn TokenCredential>) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().timeout(SEND_TIMEOUT).build()?;
        Ok(Self { http, identity, runtime: Handle::current(), last_report: Arc::default() })
    }

    fn report(&self, failure: &str) {
        if is_due(&self.last_report, Instant::now()) {
            tracing::warn!(failure, "telemetry does not arrive");
        }
    }
}

#[async_trait]
impl HttpClient for Ingestion {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.runtime.spawn(send(self.http.clone(), self.identity.clone(), request));
        match sent.await.map_err(SendError::from).flatten() {
            Ok(answer) => {
                if answer.status() != 200 {
                    self.report(&format!("the ingestion answers {}", answer.status()));
                }
                Ok(answer)
            }
            Err(error) => {
                self.report(&causes(&error));
                Err(error.into())
            }
        }
    }
}

async fn send(
    http: reqwest::Client,
    identity: Arc<dyn TokenCredential>,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, SendError> {
    let token = identity.get_token(&[TOKEN_SCOPE], None).await?;
    let (parts, body) = request.into_parts();
    let mut answer = http
        .post(parts.uri.to_string())
        .headers(parts.headers)
        .bearer_auth(token.token.secret())
        .body(body)
        .send()
        .await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if chunk.len() > ANSWER_BYTES_MAX.saturating_sub(bytes.len()) {
            return Err(SendError::AnswerTooLong);
        }
        bytes.extend_from_slice(&chunk);
    }
    let mut response = Response::new(Bytes::from(bytes));
    *response.status_mut() = answer.status();
    Ok(response)
}

/// Whether a report is due. The next one is due after [`REPORT_INTERVAL`].
fn is_due(last_report: &Mutex<Option<Instant>>, now: Instant) -> bool {
    let mut last_report = last_report.lock().unwrap_or_else(PoisonError::into_inner);
    let is_due = last_report.is_none_or(|last| now.duration_since(last) >= REPORT_INTERVAL);
    if is_due {
        *last_report = Some(now);
    }
    is_due
}

impl fmt::Debug for Ingestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ingestion").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lasting_failure_is_reported_once_a_minute() {
        let (last_report, start) = (Mutex::default(), Instant::now());
        let reported: Vec<u64> = (0..180)
            .filter(|second| is_due(&last_report, start + Duration::from_secs(*second)))
            .collect();
        assert_eq!(reported, [0, 60, 120]);
    }
}
