//! Calls of shops' programs: who calls, whether they signed this, and the form of every answer.
//!
//! The API is PayMe's for shops, version 0.12, so neither its paths nor its errors are ours. A
//! client signs the path that it called, which Front Door rewrites to one below [`PREFIX`]; either
//! is taken.

use serde::Serialize;
use serde_json::json;
use service::database::now;
use service::header::single;
use service::trace::{self, TraceContext};
use service::{Error, Problem, WholeRequest, status};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;
use values::{IdempotencyKey, Refusal, RefusalClass, UserId};
use warp::Reply;
use warp::http::header::{CONTENT_TYPE, RETRY_AFTER};
use warp::http::{HeaderMap, HeaderValue, Method, StatusCode};
use warp::reply::Response;

use crate::domain::{
    ApiCredential, ApiScope, CLOCK_DIFFERENCE_MAX, HttpSignature, MerchantToken, is_digest_of,
};
use crate::program_entry::{self, CALLS_MAX, Entry};
use crate::store::merchant_calls::Counted;
use crate::{App, store};

/// Where the API is, behind Front Door.
pub(crate) const PREFIX: &str = "/api/v1/merchant-api";
/// The version that clients name.
const API_VERSION: &str = "0.12";

/// A call that was signed by a credential that may make it.
pub(crate) struct MerchantCall {
    pub(crate) credential: ApiCredential,
    /// Of the business, when the call was let in.
    pub(crate) owner: UserId,
    /// The third segment of the path; empty if there is none.
    pub(crate) id: String,
    pub(crate) query: String,
    pub(crate) body: Vec<u8>,
    /// A repeat with the same one does nothing twice.
    pub(crate) key: IdempotencyKey,
    pub(crate) trace: TraceContext,
    /// The host that the client called, with its scheme.
    pub(crate) origin: String,
}

/// A success, in JSON.
pub(crate) struct MerchantAnswer {
    pub(crate) status: StatusCode,
    pub(crate) body: String,
}

/// A refusal or failure, in the form that clients of this API read.
#[derive(Debug)]
pub(crate) struct Complaint {
    status: StatusCode,
    code: &'static str,
    description: String,
    /// Of a credential that has called too often.
    counted: Option<Counted>,
}

impl MerchantAnswer {
    pub(crate) fn new(status: StatusCode, body: &impl Serialize) -> Result<Self, Complaint> {
        let body = serde_json::to_string(body).map_err(Error::internal)?;
        Ok(Self { status, body })
    }
}

impl Complaint {
    fn new(status: StatusCode, code: &'static str, description: impl ToString) -> Self {
        Self { status, code, description: description.to_string(), counted: None }
    }

    /// Of a credential, a token or a signature that is not good.
    pub(crate) fn unproved(description: impl ToString) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "EA001", description)
    }

    fn of_header(description: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "EA002", description)
    }

    fn forbidden(description: impl ToString) -> Self {
        Self::new(StatusCode::FORBIDDEN, "EA003", description)
    }

    fn too_many(counted: Counted) -> Self {
        let description = format!("{CALLS_MAX} calls were made in a minute.");
        let many = Self::new(StatusCode::TOO_MANY_REQUESTS, "EA004", description);
        Self { counted: Some(counted), ..many }
    }

    fn spent() -> Self {
        let description = "This signature was used. Sign the request anew; under the same Trace-Id \
            or Idempotency-Key nothing is done twice.";
        Self::new(StatusCode::CONFLICT, "EA005", description)
    }

    /// Of an amount for which the sandbox fails.
    pub(crate) fn of_sandbox() -> Self {
        let description = "The sandbox fails for this amount.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", description)
    }

    /// Of a body or a query.
    pub(crate) fn malformed(description: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid-body", description)
    }
}

impl From<Refusal> for Complaint {
    fn from(refusal: Refusal) -> Self {
        let class = refusal.class();
        // A program cannot show more than it has.
        let is_step_up = class == RefusalClass::StepUp;
        let status = if is_step_up { StatusCode::FORBIDDEN } else { status(class) };
        Self::new(status, refusal.code(), refusal.detail())
    }
}

impl From<Error> for Complaint {
    fn from(error: Error) -> Self {
        if let Error::Refused(refusal) = error {
            return refusal.into();
        }
        let status = Problem::from(error).into_response().status();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            return Self::new(status, "try-again", "The service is busy; try again.");
        }
        Self::new(status, "internal", "Something failed on our side.")
    }
}

impl From<mysql_async::Error> for Complaint {
    fn from(error: mysql_async::Error) -> Self {
        Error::from(error).into()
    }
}

/// Lets in a call that its program has signed and may make, and answers in the API's form.
pub(crate) async fn answer_signed<Fut>(
    app: App,
    request: WholeRequest,
    scope: ApiScope,
    act: impl FnOnce(App, MerchantCall) -> Fut,
) -> Response
where
    Fut: Future<Output = Result<MerchantAnswer, Complaint>>,
{
    match let_in(&app, request, scope).await {
        Ok((counted, call)) => into_response(act(app, call).await, Some(counted)),
        Err(complaint) => into_response(Err(complaint), None),
    }
}

async fn let_in(
    app: &App,
    request: WholeRequest,
    scope: ApiScope,
) -> Result<(Counted, MerchantCall), Complaint> {
    let headers = &request.headers;
    let body = body_of(&request)?.to_vec();
    if named(headers, "api-version")? != API_VERSION {
        return Err(Complaint::of_header("Api-Version is 0.12."));
    }
    let trace_id = named(headers, "trace-id")?;
    trace_id.parse::<Uuid>().map_err(|_| Complaint::of_header("Trace-Id is a UUID."))?;
    let at = OffsetDateTime::parse(named(headers, "request-date-time")?, &Rfc3339)
        .map_err(|_| Complaint::of_header("Request-Date-Time is of RFC 3339."))?;
    let digest = named(headers, "digest")?;
    let signature =
        HttpSignature::read(named(headers, "signature")?).map_err(Complaint::unproved)?;

    let token = single(headers, "authorization").ok().flatten();
    let token = token.and_then(|text| text.strip_prefix("Bearer ")).and_then(MerchantToken::read);
    let token = token.ok_or_else(no_token)?;
    let find = store::api_credentials::find_api_credential;
    let found = find(&mut app.database.conn().await?, token.client_id).await?;
    let credential = found.ok_or_else(no_token)?;
    let keys = app.credential_vault.open(token.client_id, &credential.sealed_keys).await?;
    if !token.is_by(&keys, now()) || !credential.is_active(now()) {
        return Err(no_token());
    }
    if signature.key_id != credential.signing_key_id.to_string() {
        return Err(Complaint::unproved("keyId is not of the token's credential."));
    }
    signature
        .verify(&keys.signing, &targets(&request), |name| single(headers, name).ok().flatten())
        .map_err(Complaint::unproved)?;
    // Some clients sign a digest of `{}` with a GET; of one nothing is read but what is signed.
    if request.method != Method::GET && !is_digest_of(digest, &body) {
        return Err(Complaint::unproved("The Digest is not of this body."));
    }
    let (earliest, latest) =
        (now().saturating_sub(CLOCK_DIFFERENCE_MAX), now().saturating_add(CLOCK_DIFFERENCE_MAX));
    if at < earliest || at > latest {
        return Err(Complaint::of_header("Request-Date-Time is five minutes from now at most."));
    }
    let (counted, owner) = enter(app, &credential, Some(signature.digest())).await?;
    require_address(&credential, headers)?;
    if !credential.scopes.contains(&scope) {
        return Err(Complaint::forbidden(format!("The credential lacks `{}`.", scope.code())));
    }
    let key = idempotency_key(headers, &signature, trace_id)?;
    let id = below_prefix(&request.path).split('/').nth(3).unwrap_or_default().to_owned();
    let origin = program_entry::origin(headers);
    let (query, trace) = (request.query, trace::current());
    Ok((counted, MerchantCall { credential, owner, id, query, body, key, trace, origin }))
}

/// Counts the call, and spends its signature; for the request of a token there is none. With who
/// owns the business.
pub(crate) async fn enter(
    app: &App,
    credential: &ApiCredential,
    signature: Option<[u8; 32]>,
) -> Result<(Counted, UserId), Complaint> {
    match program_entry::enter(app, credential, signature).await? {
        Entry::In(counted, owner) => Ok((counted, owner)),
        Entry::Ended => Err(no_token()),
        Entry::TooMany(counted) => Err(Complaint::too_many(counted)),
        Entry::Spent => Err(Complaint::spent()),
    }
}

fn no_token() -> Complaint {
    Complaint::unproved("The access token is not good; ask for a new one.")
}

pub(crate) fn body_of(request: &WholeRequest) -> Result<&[u8], Complaint> {
    let too_long = || Complaint::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "Too long.");
    request.body.as_deref().ok_or_else(too_long)
}

/// From where the call comes must be allowed.
pub(crate) fn require_address(
    credential: &ApiCredential,
    headers: &HeaderMap,
) -> Result<(), Complaint> {
    let refused = || Complaint::forbidden("The credential is not for this address.");
    program_entry::is_allowed_from(credential, headers).then_some(()).ok_or_else(refused)
}

/// A header that must be there, once.
fn named<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Complaint> {
    let value = single(headers, name).ok().flatten();
    value.ok_or_else(|| Complaint::of_header(format!("One header {name} is expected.")))
}

/// The client's name for what it asks: one that it signed, or that of the call.
fn idempotency_key(
    headers: &HeaderMap,
    signature: &HttpSignature,
    trace_id: &str,
) -> Result<IdempotencyKey, Complaint> {
    const NAME: &str = "idempotency-key";
    let invalid = || Complaint::of_header("One Idempotency-Key is expected, and signed.");
    let key = single(headers, NAME).map_err(|_| invalid())?;
    if key.is_some() && !signature.covers(NAME) {
        return Err(invalid());
    }
    key.unwrap_or(trace_id).parse().map_err(|_| invalid())
}

/// What clients may have signed as the target: the path that they called, rewritten or not.
fn targets(request: &WholeRequest) -> Vec<String> {
    let WholeRequest { method, path, query, .. } = request;
    let method = method.as_str().to_ascii_lowercase();
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    [below_prefix(path), path].map(|path| format!("{method} {path}{query}")).into()
}

fn below_prefix(path: &str) -> &str {
    path.strip_prefix(PREFIX).unwrap_or(path)
}

/// The HTTP answer, with how often the credential may call before it must wait.
pub(crate) fn into_response(
    answer: Result<MerchantAnswer, Complaint>,
    counted: Option<Counted>,
) -> Response {
    let (status, body, counted) = match answer {
        Ok(MerchantAnswer { status, body }) => (status, body, counted),
        Err(Complaint { status, code, description, counted: too_many }) => {
            tracing::info!(status = status.as_u16(), code, "refused");
            let error = json!({"errorCode": code, "errorDescription": description});
            (status, json!({"errors": [error]}).to_string(), too_many.or(counted))
        }
    };
    let mut response = warp::reply::with_status(body, status).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(counted) = counted {
        program_entry::add_limits(headers, counted);
        if status == StatusCode::TOO_MANY_REQUESTS {
            let seconds = program_entry::seconds_left(counted);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    response
}
