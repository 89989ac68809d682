//! Azure AI Document Intelligence, model `prebuilt-read`: the picture is sent, and the result asked
//! for until it is there. The service would keep it for a day, so it is told not to.

mod result;

use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::json;
use tokio::time::{sleep, timeout};

use self::result::{Operation, Refused, Status};
use super::EngineError;
use crate::domain::Page;
use crate::image::Picture;

/// The scope of the token that the service takes.
const SCOPE: &str = "https://cognitiveservices.azure.com/.default";
const API_VERSION: &str = "2024-11-30";
/// What goes wrong with the picture, as the service calls it; with anything else we are at fault.
const PICTURE_REFUSED: [&str; 3] =
    ["InvalidContent", "InvalidContentLength", "InvalidContentDimensions"];
/// From the first request to the result: a page takes it two seconds.
const DEADLINE: Duration = Duration::from_secs(60);
/// One request, its answer included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// How long the service is left alone if it does not say, and at most.
const WAIT: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(10);
/// The longest answer, in bytes: a full page has 300,000.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The account, and who may use it.
#[derive(Clone)]
pub struct DocumentIntelligence {
    http: Client,
    /// Without a slash at its end.
    endpoint: String,
    credential: Arc<dyn TokenCredential>,
}

impl DocumentIntelligence {
    /// The account at `https://<name>.cognitiveservices.azure.com`; `None` if no HTTP client can be
    /// made.
    pub fn new(endpoint: &str, credential: Arc<dyn TokenCredential>) -> Option<Self> {
        // An account has no reason to send us elsewhere with our token.
        let http = Client::builder()
            .timeout(REQUEST_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .ok()?;
        Some(Self { http, endpoint: endpoint.trim_end_matches('/').to_owned(), credential })
    }

    pub(super) fn name(&self) -> String {
        format!("document-intelligence {API_VERSION}")
    }

    pub(super) async fn read_page(&self, picture: &Picture) -> Result<Page, EngineError> {
        let in_time = timeout(DEADLINE, self.read(picture.png())).await;
        in_time.unwrap_or_else(|_| Err(away("no result in time")))
    }

    async fn read(&self, png: Vec<u8>) -> Result<Page, EngineError> {
        let path = "documentintelligence/documentModels/prebuilt-read:analyze";
        let url = format!("{}/{path}?api-version={API_VERSION}", self.endpoint);
        let body = json!({"base64Source": STANDARD.encode(png)});
        let begun = self.send(|| self.http.post(&url).json(&body)).await?;
        if begun.status() != StatusCode::ACCEPTED {
            return Err(refused(begun).await);
        }
        let operation = self.operation_location(&begun)?;
        let mut wait = retry_after(begun.headers());
        let done = loop {
            sleep(wait).await;
            let answer = self.send(|| self.http.get(&operation)).await?;
            if answer.status() != StatusCode::OK {
                return Err(refused(answer).await);
            }
            wait = retry_after(answer.headers());
            let operation: Operation = serde_json::from_slice(&bytes(answer).await?)
                .map_err(|_| away("its result cannot be read"))?;
            match operation.status {
                Status::NotStarted | Status::Running => {}
                Status::Succeeded | Status::Failed | Status::Canceled | Status::Skipped => {
                    break operation;
                }
            }
        };
        // That it was read counts; what could not be deleted is gone after a day.
        let deleted = self.send(|| self.http.request(Method::DELETE, &operation)).await;
        if !deleted.is_ok_and(|answer| answer.status().is_success()) {
            tracing::warn!("a result was not deleted from Document Intelligence");
        }
        match done {
            Operation { status: Status::Succeeded, analyze_result: Some(result), .. } => {
                Ok(result.page())
            }
            Operation { error, .. } => Err(failure(error)),
        }
    }

    /// Where the result will be; nowhere else is our token sent.
    fn operation_location(&self, begun: &Response) -> Result<String, EngineError> {
        let location = begun.headers().get("operation-location");
        let location = location.and_then(|location| location.to_str().ok()).unwrap_or_default();
        let is_ours = location.strip_prefix(&self.endpoint).is_some_and(|at| at.starts_with('/'));
        if is_ours { Ok(location.to_owned()) } else { Err(away("its result is elsewhere")) }
    }

    /// Sends a request, again where the service is too busy for it; the caller has a deadline.
    async fn send(&self, request: impl Fn() -> RequestBuilder) -> Result<Response, EngineError> {
        loop {
            let token = self.credential.get_token(&[SCOPE], None).await;
            let token = token.map_err(|_| away("there is no token"))?;
            let sent = request().bearer_auth(token.token.secret()).send().await;
            let answer = sent.map_err(|_| away("it cannot be reached"))?;
            if answer.status() != StatusCode::TOO_MANY_REQUESTS {
                return Ok(answer);
            }
            sleep(retry_after(answer.headers())).await;
        }
    }
}

/// What it asks us to wait.
fn retry_after(headers: &HeaderMap) -> Duration {
    let header = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds = header.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
    seconds.unwrap_or(WAIT).min(WAIT_MAX)
}

/// The whole answer, if it is not too long.
async fn bytes(mut answer: Response) -> Result<Vec<u8>, EngineError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| away("its answer broke off"))? {
        if bytes.len().saturating_add(chunk.len()) > ANSWER_BYTES_MAX {
            return Err(EngineError::GaveUp);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

async fn refused(answer: Response) -> EngineError {
    let status = answer.status();
    if status == StatusCode::BAD_REQUEST
        && let Ok(bytes) = bytes(answer).await
        && let Ok(Refused { error }) = serde_json::from_slice(&bytes)
    {
        return failure(Some(error));
    }
    EngineError::Away(format!("it answers {status}"))
}

fn failure(error: Option<result::Error>) -> EngineError {
    let Some(error) = error else { return away("it failed without a reason") };
    let codes = [Some(error.code), error.innererror.map(|inner| inner.code)];
    let is_picture = codes.iter().flatten().any(|code| PICTURE_REFUSED.contains(&code.as_str()));
    // Codes are the service's own words and tell nothing of a document.
    let [outer, _] = codes;
    if is_picture { EngineError::GaveUp } else { EngineError::Away(outer.unwrap_or_default()) }
}

fn away(reason: &str) -> EngineError {
    EngineError::Away(reason.to_owned())
}
