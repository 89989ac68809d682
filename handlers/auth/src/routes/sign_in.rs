//! What somebody without an access token can ask for.

use std::net::IpAddr;

use service::ProblemBody;
use warp::Reply;
use warp::http::StatusCode;
use warp::http::header::CACHE_CONTROL;
use warp::reply::{json, with_header, with_status};

use crate::App;
use crate::error::Error;
use crate::use_cases::{
    self, AddDevice, LogIn, OtpChallengeBody, RefreshTokens, SendOtpChallenge, SignUp, TokensBody,
};

/// Tokens are for this client alone: no cache may keep them.
fn tokens_reply(tokens: &TokensBody, status: StatusCode) -> impl Reply + use<> {
    with_header(with_status(json(tokens), status), CACHE_CONTROL, "no-store")
}

/// Sends a code to a phone, three times in ten minutes at most.
#[utoipa::path(
    post, path = "/api/v1/auth/otp-challenges", request_body = SendOtpChallenge,
    responses(
        (status = 202, body = OtpChallengeBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn send_otp_challenge(
    input: SendOtpChallenge,
    address: Option<IpAddr>,
    app: App,
) -> Result<impl Reply, Error> {
    let body = use_cases::send_otp_challenge(&app, input, address).await?;
    Ok(with_status(json(&body), StatusCode::ACCEPTED))
}

/// Signs up: a new person with a first device.
#[utoipa::path(
    post, path = "/api/v1/auth/users", request_body = SignUp,
    responses(
        (status = 201, body = TokensBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn sign_up(input: SignUp, app: App) -> Result<impl Reply, Error> {
    Ok(tokens_reply(&use_cases::sign_up(&app, input).await?, StatusCode::CREATED))
}

/// Logs an existing person in on a new device.
#[utoipa::path(
    post, path = "/api/v1/auth/devices", request_body = AddDevice,
    responses(
        (status = 201, body = TokensBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn add_device(input: AddDevice, app: App) -> Result<impl Reply, Error> {
    Ok(tokens_reply(&use_cases::add_device(&app, input).await?, StatusCode::CREATED))
}

/// Logs in on a known device.
#[utoipa::path(
    post, path = "/api/v1/auth/sessions", request_body = LogIn,
    responses(
        (status = 201, body = TokensBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn log_in(input: LogIn, app: App) -> Result<impl Reply, Error> {
    Ok(tokens_reply(&use_cases::log_in(&app, input).await?, StatusCode::CREATED))
}

/// Renews a session's tokens. A refresh token is good once: a client that lost the answer logs in
/// again, because a second use revokes the session.
#[utoipa::path(
    post, path = "/api/v1/auth/tokens", request_body = RefreshTokens,
    responses(
        (status = 200, body = TokensBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn refresh_tokens(input: RefreshTokens, app: App) -> Result<impl Reply, Error> {
    Ok(tokens_reply(&use_cases::refresh_tokens(&app, input).await?, StatusCode::OK))
}

/// The public keys of all tokens.
#[utoipa::path(
    get, path = "/api/v1/auth/jwks",
    responses((status = 200, body = serde_json::Value, description = "A JWK set (RFC 7517)."))
)]
pub(super) fn publish_keys(app: App) -> impl Reply {
    json(app.signer.key_set())
}
