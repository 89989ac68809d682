//! Delivers an envelope to a handler and judges the answer, with the function's retry policy.

use std::time::Duration;

use futures_util::stream;
use http_body_util::{BodyExt, Limited, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::header::{self, HeaderValue};
use hyper::{Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::app::{App, NotReady};
use crate::body::{BoxError, MAX_BODY_BYTES};
use crate::envelope::{Envelope, RetryContext};
use crate::execution::Execution;
use crate::function_json::Function;
use crate::output_binding::WriteError;
use crate::proxy::{
    HOST_VERSION, HandlerClient, HandlerError, INVOCATION_ID, USER_AGENT, VERSION_HEADER,
};

/// How many times the handler's initialization time-out an invocation waits for it.
const READINESS_WAITS: u32 = 4;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// Why an invocation failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvocationError {
    /// The handler did not come up in time.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// The handler could not be reached.
    #[error(transparent)]
    Handler(#[from] HandlerError),
    /// The request cannot be written as HTTP.
    #[error("the invocation cannot be written: {0}")]
    Request(#[from] hyper::http::Error),
    /// The answer broke off or is over the limit.
    #[error("the answer broke off: {0}")]
    Broken(BoxError),
    /// The answer's status is not 2xx.
    #[error("the handler answered {0}")]
    Status(StatusCode),
    /// The answer's content type is not JSON.
    #[error("the handler answered with content type `{0}`, not application/json")]
    ContentType(String),
    /// The answer's body is not the JSON that the host reads.
    #[error("the handler's answer is not valid: {0}")]
    Json(#[from] serde_json::Error),
    /// An output could not be written.
    #[error("the output `{0}` cannot be written: {1}")]
    Output(String, WriteError),
    /// The function ran into `functionTimeout`.
    #[error("the function ran into its time-out of {0:?}")]
    Timeout(Duration),
}

/// The name of the output that the return value goes to.
pub(crate) const RETURN: &str = "$return";

/// What a handler answered to an envelope.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Answer {
    /// Values of output bindings, by name.
    pub(crate) outputs: Option<Map<String, Value>>,
    #[serde(rename = "returnvalue")]
    return_value: Option<Value>,
    logs: Option<Vec<Value>>,
}

impl Answer {
    /// Puts the return value among the outputs: as that named `$return`, or, where the function has
    /// none, each property of an object as the output of its name.
    fn place_return_value(&mut self, function: &Function) {
        let Some(value) = self.return_value.take() else { return };
        let placed = match value {
            value if function.has_output(RETURN) => {
                [(RETURN.to_owned(), value)].into_iter().collect()
            }
            Value::Object(properties) => properties,
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => return,
        };
        self.outputs.get_or_insert_default().extend(placed);
    }
}

/// Invokes a function until it succeeds or its retry policy ends, with a new invocation id for each
/// attempt; `failed` is told each failure.
pub(crate) async fn invoke_with_retries(
    client: &HandlerClient,
    app: &App,
    function: &Function,
    envelope: &Envelope,
    mut failed: impl FnMut(&InvocationError),
) -> Result<Answer, InvocationError> {
    let policy = function.retry.as_ref().or(app.host.retry.as_ref());
    let mut retry = policy.map(|policy| RetryContext {
        retry_count: 0,
        max_retry_count: policy.max_retry_count(),
        exception: None,
    });
    loop {
        let body = envelope.body(&function.name, retry.as_ref());
        let error = match invoke(client, app, function, envelope, body).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        failed(&error);
        let (Some(policy), Some(context)) = (policy, retry.as_mut()) else { return Err(error) };
        let Some(wait) = policy.wait_before(context.retry_count) else { return Err(error) };
        context.retry_count = context.retry_count.saturating_add(1);
        context.exception = Some(error.to_string());
        sleep(wait).await;
    }
}

/// Invokes a function once, and writes its outputs.
async fn invoke(
    client: &HandlerClient,
    app: &App,
    function: &Function,
    envelope: &Envelope,
    body: Vec<u8>,
) -> Result<Answer, InvocationError> {
    let invocation_id = Uuid::new_v4().to_string();
    let call = async {
        let mut answer = attempt(client, app, &function.name, body, &invocation_id).await?;
        answer.place_return_value(function);
        for output in &function.outputs {
            let Some(outputs) = &answer.outputs else { break };
            let written = output.write(outputs, app.host.queues.message_encoding, envelope).await;
            written.map_err(|error| InvocationError::Output(output.name.clone(), error))?;
        }
        Ok(answer)
    };
    let mut execution = Execution::begin(function, &invocation_id);
    let result = call.await;
    if let Err(error) = &result {
        execution.as_mut().map(Execution::fail);
        let function = &function.name;
        tracing::error!(app = app.name, function, invocation_id, %error, "invocation failed");
        if matches!(error, InvocationError::Timeout(_)) {
            app.request_restart();
        }
    }
    result
}

async fn attempt(
    client: &HandlerClient,
    app: &App,
    function: &str,
    body: Vec<u8>,
    invocation_id: &str,
) -> Result<Answer, InvocationError> {
    let start_limit = app.host.handler.initialization_timeout.saturating_mul(READINESS_WAITS);
    let port = app.handler_port(start_limit).await?;
    // A stream has no length, so that the body goes out in chunks, as Azure sends it.
    let content = stream::once(async { Ok(Frame::data(Bytes::from(body))) });
    let request = Request::post(format!("/{function}"))
        .header(INVOCATION_ID, invocation_id)
        .header(VERSION_HEADER, HOST_VERSION)
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::CONTENT_TYPE, JSON)
        .body(StreamBody::new(content).boxed_unsync())?;
    let exchange = async {
        let response = client.send(port, request).await?;
        let (answer, logs) = read_answer(response).await?;
        for line in logs {
            tracing::info!(app = app.name, function, invocation_id, "{line}");
        }
        Ok(answer)
    };
    match app.host.function_timeout {
        Some(limit) => {
            timeout(limit, exchange).await.unwrap_or(Err(InvocationError::Timeout(limit)))
        }
        None => exchange.await,
    }
}

async fn read_answer<B>(response: Response<B>) -> Result<(Answer, Vec<String>), InvocationError>
where
    B: hyper::body::Body<Error: Into<BoxError>>,
{
    let (head, body) = response.into_parts();
    if !head.status.is_success() {
        return Err(InvocationError::Status(head.status));
    }
    let body = Limited::new(body, MAX_BODY_BYTES).collect().await;
    let body = body.map_err(InvocationError::Broken)?.to_bytes();
    if body.is_empty() {
        return never_completes().await;
    }
    let content_type = head.headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !["application/json", "text/json"].iter().any(|json| media_type.eq_ignore_ascii_case(json)) {
        return Err(InvocationError::ContentType(content_type.to_owned()));
    }
    let Some(mut answer) = parse(&body)? else { return never_completes().await };
    let logs = answer.logs.take().unwrap_or_default();
    let logs = logs.into_iter().filter_map(|line| line.as_str().map(str::to_owned)).collect();
    Ok((answer, logs))
}

/// The host loses an invocation whose answer is empty or `null`: only its time-out ends it.
async fn never_completes<T>() -> T {
    tracing::error!("a handler answered nothing: the invocation hangs until functionTimeout");
    std::future::pending().await
}

/// The answer, or nothing when it is `null`. Its top-level names match in any case.
fn parse(body: &[u8]) -> Result<Option<Answer>, serde_json::Error> {
    let members: Option<Map<String, Value>> = serde_json::from_slice(body)?;
    let Some(members) = members else { return Ok(None) };
    let lower = members.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
    serde_json::from_value(Value::Object(lower.collect())).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::whole;

    async fn judge(status: u16, content_type: &str, body: &str) -> Result<Answer, InvocationError> {
        let response = Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, content_type)
            .body(whole(body.to_owned()))
            .unwrap();
        Ok(read_answer(response).await?.0)
    }

    #[tokio::test]
    async fn an_empty_object_is_a_success_without_outputs() {
        let answer = judge(200, "application/json; charset=utf-8", "{}").await.unwrap();
        assert!(answer.outputs.is_none());
    }

    #[tokio::test]
    async fn names_of_the_answer_match_in_any_case() {
        let answer = judge(201, "text/json", r#"{"OUTPUTS":{"res":1},"extra":2}"#).await.unwrap();
        assert_eq!(answer.outputs.unwrap().get("res"), Some(&Value::from(1)));
    }

    #[tokio::test]
    async fn status_content_type_and_json_are_each_judged() {
        let failed = judge(500, "application/json", "{}").await;
        assert!(matches!(failed, Err(InvocationError::Status(_))));
        let plain = judge(200, "text/plain", "{}").await;
        assert!(matches!(plain, Err(InvocationError::ContentType(_))));
        let broken = judge(200, "application/json", "{").await;
        assert!(matches!(broken, Err(InvocationError::Json(_))));
    }

    #[tokio::test]
    async fn an_empty_body_or_null_hangs() {
        for body in ["", "null"] {
            let hung = timeout(Duration::from_millis(50), judge(200, "application/json", body));
            assert!(hung.await.is_err());
        }
    }
}
