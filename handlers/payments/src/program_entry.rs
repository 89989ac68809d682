//! The door of shops' programs, however they sign: each call is counted, and each signature is
//! taken once.

use std::net::IpAddr;

use service::database::now;
use service::header::single;
use service::{Error, causes, retry_lock_conflicts};
use values::UserId;
use warp::http::header::{HOST, HeaderMap};
use warp::http::{HeaderName, HeaderValue};

use crate::App;
use crate::domain::ApiCredential;
use crate::store::merchant_calls::{self, Counted};
use crate::store::read_models::find_shop;

/// Calls of one credential in a minute.
pub(crate) const CALLS_MAX: u32 = 300;
/// Who is at the other end of the connection to Front Door (`service::ClientAddress`).
const CLIENT_ADDRESS: &str = "x-azure-socketip";
/// One spent signature in so many makes old ones forgotten.
const FORGETS_ONE_IN: u8 = 8;

/// What became of a call's entry.
pub(crate) enum Entry {
    /// For whoever owns the shop as long as the credential stands: it acts as them, also if the
    /// shop has changed hands before it is done.
    In(Counted, UserId),
    /// The credential has ended, or its shop is not known.
    Ended,
    TooMany(Counted),
    /// The signature was used.
    Spent,
}

/// Counts the call, and spends its signature; for the request of a token there is none. It is for
/// calls that are proved, and before it is asked what they may: else who has the key could ask
/// without limit for what it does not open.
pub(crate) async fn enter(
    app: &App,
    credential: &ApiCredential,
    signature: Option<[u8; 32]>,
) -> Result<Entry, Error> {
    let entry = retry_lock_conflicts(|| try_to_enter(app, credential, signature)).await?;
    let is_in = matches!(entry, Entry::In(..));
    if is_in && signature.is_some_and(|digest| digest[0].is_multiple_of(FORGETS_ONE_IN)) {
        forget_signatures(app).await;
    }
    Ok(entry)
}

/// What is refused leaves no trace: the transaction is dropped.
async fn try_to_enter(
    app: &App,
    credential: &ApiCredential,
    signature: Option<[u8; 32]>,
) -> Result<Entry, Error> {
    let (mut tx, client_id, now) = (app.database.begin().await?, credential.client_id, now());
    let Some(counted) = merchant_calls::count_call(&mut tx, client_id, now).await? else {
        return Ok(Entry::Ended);
    };
    if counted.calls > CALLS_MAX {
        return Ok(Entry::TooMany(counted));
    }
    if let Some(digest) = signature
        && !merchant_calls::spend_signature(&mut tx, client_id, &digest, now).await?
    {
        return Ok(Entry::Spent);
    }
    // Under the credential's lock, which whoever changes the owner takes.
    let shop = find_shop(&mut tx, credential.business_id).await?;
    let Some(owner) = shop.map(|shop| shop.owner_user_id) else { return Ok(Entry::Ended) };
    tx.commit().await?;
    Ok(Entry::In(counted, owner))
}

/// After the commit, and on no account a failure of what was asked.
async fn forget_signatures(app: &App) {
    let forgotten =
        async { merchant_calls::forget_signatures(&mut app.database.conn().await?, now()).await };
    if let Err(error) = forgotten.await {
        tracing::warn!(causes = causes(&error), "spent signatures were not forgotten");
    }
}

/// Whether the credential may be used from where the call comes.
pub(crate) fn is_allowed_from(credential: &ApiCredential, headers: &HeaderMap) -> bool {
    let address = single(headers, CLIENT_ADDRESS).ok().flatten();
    let address: Option<IpAddr> = address.and_then(|address| address.parse().ok());
    credential.allows(address)
}

/// The scheme and the host that the client called, as Front Door says.
pub(crate) fn called(headers: &HeaderMap) -> Option<(&str, &str)> {
    let value = |name: &str| single(headers, name).ok().flatten();
    let scheme = value("x-forwarded-proto").unwrap_or("http");
    let host = value("x-forwarded-host").or_else(|| value(HOST.as_str()));
    Some((scheme, host?))
}

/// The same as one text; only the client reads what is made of it.
pub(crate) fn origin(headers: &HeaderMap) -> String {
    called(headers).map_or_else(String::new, |(scheme, host)| format!("{scheme}://{host}"))
}

/// Seconds until a credential may call again.
pub(crate) fn seconds_left(counted: Counted) -> u64 {
    let seconds = counted.ends_at.unix_timestamp().saturating_sub(now().unix_timestamp());
    seconds.saturating_add(1).max(1).unsigned_abs()
}

/// How often the credential may call before it must wait.
pub(crate) fn add_limits(headers: &mut HeaderMap, counted: Counted) {
    let left = CALLS_MAX.saturating_sub(counted.calls).into();
    for (name, number) in [
        ("ratelimit-limit", CALLS_MAX.into()),
        ("ratelimit-remaining", left),
        ("ratelimit-reset", seconds_left(counted)),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(number));
    }
}
