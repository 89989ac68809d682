//! A person logs in on a known device: with its key and the PIN.

use mysql_async::TxOpts;
use serde::Deserialize;
use service::Scope;
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{DeviceId, SessionId};

use super::begin_session::{TokensBody, begin_session};
use crate::domain::{LogInProof, Pin, Session};
use crate::error::Error;
use crate::{App, store};

/// A device's signed wish to log in, and the PIN.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogIn {
    device_id: DeviceId,
    pin: Pin,
    product: Scope,
    /// The device's clock, RFC 3339, at most 60 seconds off.
    #[schema(example = "2026-11-23T04:05:06Z")]
    signed_at: String,
    /// ES256 in base64url over the lines `payme-login-v1`, device id, product and `signed_at`.
    signature: String,
}

pub(crate) async fn log_in(app: &App, input: LogIn) -> Result<TokensBody, Error> {
    let LogIn { device_id, pin, product, signed_at, signature } = input;
    let mut conn = app.pool.get_conn().await?;
    let device = store::find_device(&mut conn, device_id).await?;
    drop(conn);
    let device = device.ok_or(Error::SignatureInvalid)?;
    let proof = LogInProof { device_id, product, signed_at: &signed_at, signature: &signature };
    if !proof.is_by(&device.key, OffsetDateTime::now_utc()) {
        return Err(Error::SignatureInvalid);
    }
    // After the signature: only who holds the device can use up its user's guesses.
    app.pins.check(device.user_id, pin, device.pin_hash).await?;

    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    if !store::lock_device(&mut tx, device_id).await? {
        return Err(Error::SignatureInvalid);
    }
    let session = Session {
        session_id: SessionId::new(),
        user_id: device.user_id,
        device_id,
        product,
        device_key: device.key,
    };
    let tokens = begin_session(app, &mut tx, &session).await?;
    tx.commit().await?;
    Ok(tokens)
}
