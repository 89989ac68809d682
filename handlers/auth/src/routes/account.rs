//! What a person with an access token can ask for, and the bodies given.

use serde::Serialize;
use service::{Caller, ProblemBody};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::DeviceId;
use warp::Reply;
use warp::http::StatusCode;
use warp::http::header::CACHE_CONTROL;
use warp::reply::{json, with_header, with_status};

use crate::App;
use crate::error::Error;
use crate::token_signer::CONFIRMATION_LIFETIME_SECONDS;
use crate::use_cases::{self, ChangePin, ConfirmPayment};

/// The devices on which a person can log in.
#[derive(Serialize, ToSchema)]
struct DevicesBody {
    /// Oldest first.
    devices: Vec<DeviceBody>,
}

/// A device in its owner's list.
#[derive(Serialize, ToSchema)]
struct DeviceBody {
    device_id: DeviceId,
    name: String,
    #[serde(with = "time::serde::rfc3339")]
    registered_at: OffsetDateTime,
    /// Whether it is the one that asks.
    is_current: bool,
}

/// The proof of a confirmed payment.
#[derive(Serialize, ToSchema)]
struct ConfirmationBody {
    /// For the payment's `confirmation`, method `pin`.
    token: String,
    /// How long it is valid.
    #[schema(example = 120)]
    expires_in_seconds: u64,
}

/// Logs out: the refresh token of this session is worthless from now on.
#[utoipa::path(
    delete, path = "/api/v1/auth/sessions/current", security(("bearer" = [])),
    responses(
        (status = 204),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn log_out(caller: Caller, app: App) -> Result<impl Reply, Error> {
    use_cases::log_out(&app, caller.session_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the caller's devices.
#[utoipa::path(
    get, path = "/api/v1/auth/devices", security(("bearer" = [])),
    responses(
        (status = 200, body = DevicesBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_devices(caller: Caller, app: App) -> Result<impl Reply, Error> {
    let devices = use_cases::list_devices(&app, &caller).await?;
    let devices = devices.into_iter().map(|device| DeviceBody {
        device_id: device.device_id,
        name: device.name,
        registered_at: device.registered_at,
        is_current: device.device_id == caller.device_id,
    });
    Ok(json(&DevicesBody { devices: devices.collect() }))
}

/// Removes a device of the caller's; its sessions end.
#[utoipa::path(
    delete, path = "/api/v1/auth/devices/{device_id}", security(("bearer" = [])),
    params(("device_id" = inline(DeviceId), Path)),
    responses(
        (status = 204),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn remove_device(
    device_id: DeviceId,
    caller: Caller,
    app: App,
) -> Result<impl Reply, Error> {
    use_cases::remove_device(&app, &caller, device_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes the caller's PIN.
#[utoipa::path(
    put, path = "/api/v1/auth/pin", security(("bearer" = [])), request_body = ChangePin,
    responses(
        (status = 204),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn change_pin(
    caller: Caller,
    input: ChangePin,
    app: App,
) -> Result<impl Reply, Error> {
    use_cases::change_pin(&app, &caller, input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Confirms one payment with the PIN.
#[utoipa::path(
    post, path = "/api/v1/auth/payment-confirmations", security(("bearer" = [])),
    request_body = ConfirmPayment,
    responses(
        (status = 201, body = ConfirmationBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn confirm_payment(
    caller: Caller,
    input: ConfirmPayment,
    app: App,
) -> Result<impl Reply, Error> {
    let token = use_cases::confirm_payment(&app, &caller, input).await?;
    let body = ConfirmationBody { token, expires_in_seconds: CONFIRMATION_LIFETIME_SECONDS };
    Ok(with_header(with_status(json(&body), StatusCode::CREATED), CACHE_CONTROL, "no-store"))
}
