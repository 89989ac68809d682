//! What a person with an access token can ask for.

use service::{Caller, ProblemBody};
use values::DeviceId;
use warp::Reply;
use warp::http::StatusCode;
use warp::http::header::CACHE_CONTROL;
use warp::reply::{json, with_header, with_status};

use crate::App;
use crate::error::Error;
use crate::use_cases::{self, ChangePin, ConfirmPayment, ConfirmationBody, DevicesBody};

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
    Ok(json(&use_cases::list_devices(&app, &caller).await?))
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
    let body = use_cases::confirm_payment(&app, &caller, input).await?;
    Ok(with_header(with_status(json(&body), StatusCode::CREATED), CACHE_CONTROL, "no-store"))
}
