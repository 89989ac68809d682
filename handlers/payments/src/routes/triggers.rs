//! The triggers: events of other services, and timers.

use service::{Problem, event_batch, invocation_done, timer, with};
use warp::filters::BoxedFilter;
use warp::{Filter, Reply};

use crate::App;
use crate::error::Error;
use crate::use_cases;

const ON_AUTH: &str = "payments_on_auth";
const ON_USER_PROFILE: &str = "payments_on_user_profile";
const ON_BUSINESS_PROFILE: &str = "payments_on_business_profile";
const RELAY_OUTBOX: &str = "payments_relay_outbox";
const EXPIRE_REQUESTS: &str = "payments_expire_requests";
const AUDIT_LEDGER: &str = "payments_audit_ledger";

pub(super) fn routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let on_auth = event_batch(ON_AUTH).and(with(app)).then(on_auth);
    let on_user_profile = event_batch(ON_USER_PROFILE).and(with(app)).then(on_user_profile);
    let on_business_profile =
        event_batch(ON_BUSINESS_PROFILE).and(with(app)).then(on_business_profile);
    let relay = outbox::relay_route(RELAY_OUTBOX, &app.outbox);
    let expire = timer(EXPIRE_REQUESTS).and(with(app)).then(expire_requests);
    let audit = timer(AUDIT_LEDGER).and(with(app)).then(audit_ledger);
    on_auth.or(on_user_profile).or(on_business_profile).or(relay).or(expire).or(audit).boxed()
}

async fn on_auth(batch: Vec<String>, app: App) -> Result<impl Reply, Problem> {
    outbox::consume(&app.pool, ON_AUTH, batch, &(), |(), tx, event| {
        Box::pin(async move {
            use_cases::open_wallet(tx, event).await?;
            use_cases::learn_revoked_session(tx, event).await
        })
    })
    .await?;
    Ok(invocation_done())
}

async fn on_user_profile(batch: Vec<String>, app: App) -> Result<impl Reply, Problem> {
    outbox::consume(&app.pool, ON_USER_PROFILE, batch, &(), |(), tx, event| {
        Box::pin(use_cases::learn_name(tx, event))
    })
    .await?;
    Ok(invocation_done())
}

async fn on_business_profile(batch: Vec<String>, app: App) -> Result<impl Reply, Problem> {
    outbox::consume(&app.pool, ON_BUSINESS_PROFILE, batch, &(), |(), tx, event| {
        Box::pin(use_cases::learn_shop(tx, event))
    })
    .await?;
    Ok(invocation_done())
}

async fn expire_requests(app: App) -> Result<impl Reply, Error> {
    use_cases::expire_payment_requests(&app).await?;
    Ok(invocation_done())
}

/// A contradiction is an audit that was completed, and told: another one would find it again. Only
/// an audit that could not be completed fails, and is repeated by the host.
async fn audit_ledger(app: App) -> Result<impl Reply, Error> {
    use_cases::audit_ledger(&app).await?;
    Ok(invocation_done())
}
