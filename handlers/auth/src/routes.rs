//! Every URL and trigger of this service.

mod account;
mod sign_in;

use std::convert::Infallible;

use service::{
    Dependency, Scope, caller, invocation_done, json_body, render_rejection, service_resource,
    timer, with,
};
use utoipa::OpenApi;
use values::DeviceId;
use warp::filters::BoxedFilter;
use warp::{Filter, Rejection, Reply};

use crate::error::Error;
use crate::{App, use_cases};

const RELAY_OUTBOX: &str = "auth_relay_outbox";
const FORGET_EXPIRED_TOKENS: &str = "auth_forget_expired_tokens";
/// Who is at the other end of the connection to Front Door, which overwrites whatever a client
/// sends under this name. (`X-Forwarded-For` and `X-Azure-ClientIP` can be made up.)
const CLIENT_ADDRESS: &str = "x-azure-socketip";

#[derive(OpenApi)]
#[openapi(
    info(title = "Authentication"),
    paths(
        sign_in::send_otp_challenge,
        sign_in::sign_up,
        sign_in::add_device,
        sign_in::log_in,
        sign_in::refresh_tokens,
        sign_in::publish_keys,
        account::log_out,
        account::list_devices,
        account::remove_device,
        account::change_pin,
        account::confirm_payment,
    )
)]
struct Document;

/// All routes.
pub fn routes(app: App) -> impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone {
    let dependencies =
        vec![Dependency::MySql(app.pool.clone()), Dependency::Redis(app.redis.clone())];
    sign_in_routes(&app)
        .or(account_routes(&app))
        .or(trigger_routes(&app))
        .or(service_resource("auth", Document::openapi(), dependencies))
        .recover(render_rejection)
}

fn auth() -> impl Filter<Extract = (), Error = Rejection> + Copy {
    warp::path!("api" / "v1" / "auth" / ..)
}

fn sign_in_routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let send_otp_challenge = auth()
        .and(warp::path!("otp-challenges"))
        .and(warp::post())
        .and(json_body())
        .and(warp::header::optional(CLIENT_ADDRESS))
        .and(with(app))
        .then(sign_in::send_otp_challenge);
    let sign_up = auth()
        .and(warp::path!("users"))
        .and(warp::post())
        .and(json_body())
        .and(with(app))
        .then(sign_in::sign_up);
    let add_device = auth()
        .and(warp::path!("devices"))
        .and(warp::post())
        .and(json_body())
        .and(with(app))
        .then(sign_in::add_device);
    let log_in = auth()
        .and(warp::path!("sessions"))
        .and(warp::post())
        .and(json_body())
        .and(with(app))
        .then(sign_in::log_in);
    let refresh_tokens = auth()
        .and(warp::path!("tokens"))
        .and(warp::post())
        .and(json_body())
        .and(with(app))
        .then(sign_in::refresh_tokens);
    let publish_keys =
        auth().and(warp::path!("jwks")).and(warp::get()).and(with(app)).map(sign_in::publish_keys);
    send_otp_challenge
        .or(sign_up)
        .or(add_device)
        .or(log_in)
        .or(refresh_tokens)
        .or(publish_keys)
        .boxed()
}

fn account_routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let either = || caller(&app.tokens, Scope::EITHER);
    let log_out = auth()
        .and(warp::path!("sessions" / "current"))
        .and(warp::delete())
        .and(either())
        .and(with(app))
        .then(account::log_out);
    let list_devices = auth()
        .and(warp::path!("devices"))
        .and(warp::get())
        .and(either())
        .and(with(app))
        .then(account::list_devices);
    let remove_device = auth()
        .and(warp::path!("devices" / DeviceId))
        .and(warp::delete())
        .and(either())
        .and(with(app))
        .then(account::remove_device);
    let change_pin = auth()
        .and(warp::path!("pin"))
        .and(warp::put())
        .and(either())
        .and(json_body())
        .and(with(app))
        .then(account::change_pin);
    let confirm_payment = auth()
        .and(warp::path!("payment-confirmations"))
        .and(warp::post())
        .and(caller(&app.tokens, Scope::CONSUMER))
        .and(json_body())
        .and(with(app))
        .then(account::confirm_payment);
    log_out.or(list_devices).or(remove_device).or(change_pin).or(confirm_payment).boxed()
}

fn trigger_routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let forget = timer(FORGET_EXPIRED_TOKENS).and(with(app)).then(forget_expired_tokens);
    outbox::relay_route(RELAY_OUTBOX, &app.outbox).or(forget).boxed()
}

async fn forget_expired_tokens(app: App) -> Result<impl Reply, Error> {
    use_cases::forget_expired_tokens(&app).await?;
    Ok(invocation_done())
}
