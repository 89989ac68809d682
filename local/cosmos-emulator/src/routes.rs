//! What is done with each kind of request.

use std::process;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, TRANSFER_ENCODING};
use hyper::{Request, Response};
use platform_trust::Tokens;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::account::{Account, Answer};
use crate::changes::{self, Changes};
use crate::containers::Containers;
use crate::log::Log;
use crate::operations::{Call, IS_PLAN, Operation};
use crate::page;
use crate::refusal::Refusal;
use crate::token;

/// Cosmos DB's limit, and what a batch puts around its documents.
const BODY_BYTES_MAX: usize = 2 * 1024 * 1024 + 64 * 1024;
const BODY_LIMIT: Duration = Duration::from_secs(30);
/// The most documents in one answer; Cosmos DB ends its pages at 4 MB.
const ITEMS_PER_PAGE_MAX: u32 = 5_000;
const MAX_ITEM_COUNT: &str = "x-ms-max-item-count";
const SUBSTATUS: &str = "x-ms-substatus";
/// Microsoft's own binary form of JSON, which a client offers and does not insist on.
const SERIALIZATIONS: &str = "x-ms-cosmos-supported-serialization-formats";

/// How a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Secure,
    Plain,
}

/// The account with all that stands around it.
pub(crate) struct Service {
    account: Account,
    containers: Containers,
    /// Locked from a write to its line, so that lines stand in the order of writes.
    log: Option<Mutex<Log>>,
    tokens: Tokens,
}

impl Service {
    pub(crate) fn new(
        account: Account,
        containers: Containers,
        log: Option<Log>,
        tokens: Tokens,
    ) -> Arc<Self> {
        Arc::new(Self { account, containers, log: log.map(Mutex::new), tokens })
    }

    pub(crate) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        wire: Wire,
    ) -> Response<Full<Bytes>> {
        if wire == Wire::Plain {
            let page = page::answer(&request, &self.account, &self.containers).await;
            return page.map(|html| Full::new(html.into()));
        }
        match self.operate(request).await {
            Ok(Answer { status, headers, body }) => {
                let mut response = Response::new(Full::new(Bytes::from(body)));
                *response.status_mut() = status;
                *response.headers_mut() = headers;
                // The body may be another by now; hyper knows.
                response.headers_mut().remove(CONTENT_LENGTH);
                response.headers_mut().remove(TRANSFER_ENCODING);
                response
            }
            Err(refusal) => {
                let mut response = Response::new(Full::new(refusal.body().to_string().into()));
                *response.status_mut() = refusal.status();
                let headers = response.headers_mut();
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                if let Some(substatus) = refusal.substatus() {
                    headers.insert(SUBSTATUS, substatus.into());
                }
                response
            }
        }
    }

    async fn operate(self: &Arc<Self>, request: Request<Incoming>) -> Result<Answer, Refusal> {
        token::admit(&self.tokens, request.headers())?;
        let (head, body) = request.into_parts();
        let body = timeout(BODY_LIMIT, Limited::new(body, BODY_BYTES_MAX).collect()).await;
        let body = body.ok().and_then(Result::ok).ok_or(Refusal::TooLong)?.to_bytes();
        let path = head.uri.path().trim_matches('/').to_owned();
        let mut call = Call { method: head.method, path, headers: head.headers, body };
        call.headers.remove(SERIALIZATIONS);
        match call.operation() {
            Operation::Read => Ok(self.account.ask(&call).await),
            Operation::Feed => self.feed(call).await,
            Operation::Query => self.query(call).await,
            Operation::Plan => self.plan(&call).await,
            Operation::Write | Operation::Batch => {
                let service = Arc::clone(self);
                // A client that goes away must not leave a write without its line.
                let written = tokio::spawn(async move { service.write(call).await }).await;
                written.unwrap_or_else(|error| give_up(&error))
            }
            Operation::ControlPlane => Err(Refusal::ControlPlane),
            Operation::Unknown => Err(Refusal::NotSupported(
                "it has documents, queries and feeds, no procedures, triggers or users",
            )),
        }
    }

    async fn feed(&self, mut call: Call) -> Result<Answer, Refusal> {
        if let Some(mode) = call.header("a-im") {
            // The account would tell of every document as created, and of no deletion.
            if mode.eq_ignore_ascii_case("full-fidelity feed") {
                return Err(Refusal::NotSupported("a feed of all versions and deletions"));
            }
            // It would begin at the beginning.
            if call.headers.contains_key("if-modified-since") {
                return Err(Refusal::NotSupported("a change feed from a point in time"));
            }
        }
        limit_page(&mut call);
        Ok(self.account.ask(&call).await)
    }

    async fn query(&self, mut call: Call) -> Result<Answer, Refusal> {
        if call.is_of_a_part() {
            let mut plan = call.clone();
            plan.headers.insert(IS_PLAN, HeaderValue::from_static("True"));
            self.plan(&plan).await?;
        }
        limit_page(&mut call);
        Ok(self.account.ask(&call).await)
    }

    /// A client would put aggregates of parts together, which the account does not answer in the
    /// form that this takes.
    async fn plan(&self, call: &Call) -> Result<Answer, Refusal> {
        let answer = self.account.ask(call).await;
        let plan = answer.json();
        let has = |name: &str| plan["queryInfo"][name].as_array().is_some_and(|it| !it.is_empty());
        if has("aggregates") || has("groupByExpressions") {
            return Err(Refusal::NotSupported(
                "COUNT, SUM, AVG, MIN, MAX and GROUP BY over several partitions",
            ));
        }
        Ok(answer)
    }

    async fn write(&self, mut call: Call) -> Result<Answer, Refusal> {
        let Some(log) = &self.log else { return Ok(self.account.ask(&call).await) };
        let wants_none = changes::ask_for_documents(&mut call.headers);
        let mut log = log.lock().await;
        if log.is_full() {
            return Err(Refusal::Full);
        }
        let mut answer = self.account.ask(&call).await;
        // 207: a batch of which nothing was done.
        if answer.status.is_success() && answer.status.as_u16() != 207 {
            match Changes::of(&call, &answer) {
                Some(changes) if changes.is_empty() => {}
                Some(changes) => log.append(&changes).unwrap_or_else(|error| give_up(&error)),
                None => give_up(&"a write cannot be told"),
            }
            if wants_none {
                changes::leave_out_documents(&call, &mut answer);
            }
        }
        Ok(answer)
    }
}

/// The account in memory has what the log has not, so that nobody may read it any more. The next
/// start knows what was acknowledged.
fn give_up(problem: &dyn std::fmt::Display) -> ! {
    eprintln!("cosmos-emulator: a write cannot be kept: {problem}");
    process::exit(1);
}

fn limit_page(call: &mut Call) {
    let wanted = call.header(MAX_ITEM_COUNT).and_then(|count| count.trim().parse::<u32>().ok());
    let count = wanted.filter(|count| (1..=ITEMS_PER_PAGE_MAX).contains(count));
    call.headers.insert(MAX_ITEM_COUNT, count.unwrap_or(ITEMS_PER_PAGE_MAX).into());
}
