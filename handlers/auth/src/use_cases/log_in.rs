//! A person logs in on a known device: with its key and the PIN.

use serde::Deserialize;
use service::database::Tx;
use service::trace::TraceContext;
use service::{Error, Json, Keyed, Recorded, find_recorded, once};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{DeviceId, IdempotencyKey, Product, SessionId, SignedAt};

use super::begin_session::{TOKENS_REPLAYED_SECONDS, TokensBody, begin_session};
use super::check_pin::hold_pin;
use super::spend_signature::spend_signature;
use crate::domain::{
    LogInProof, PIN_INVALID, Pin, SIGNATURE_INVALID, SecurityEvent, SecurityEventType, Session,
};
use crate::pin_guard::PinEntry;
use crate::store::devices::KnownDevice;
use crate::{App, store};

/// A device's signed request to log in, and the PIN.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogIn {
    device_id: DeviceId,
    pin: Pin,
    product: Product,
    /// The device's clock, at most 60 seconds off: RFC 3339, UTC, three decimals, and no other
    /// spelling. No two log-ins or acts of a device may have the same time.
    signed_at: SignedAt,
    /// ES256 (`r || s`, 64 bytes) in base64url over the lines `payme-login-v1`, `device_id`,
    /// `product` and `signed_at` as it is sent, with `\n` between them and none at the end.
    signature: String,
}

pub(crate) async fn log_in(
    app: App,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<LogIn>,
) -> Result<Recorded<TokensBody>, Error> {
    let mut conn = app.database.conn().await?;
    let device = store::devices::find_device(&mut conn, input.device_id).await?;
    drop(conn);
    let device = device.ok_or(SIGNATURE_INVALID)?;
    if !input.proof().is_signed_by(&device.key) {
        return Err(SIGNATURE_INVALID.into());
    }
    // After the signature, which is not older than an answer is kept: only whoever holds the device
    // uses up its user's guesses, and nobody with an old request that was seen once. Before the
    // recorded answer: a repeat with another PIN is a guess like any other.
    input.signed_at.require_recent(TOKENS_REPLAYED_SECONDS.into(), OffsetDateTime::now_utc())?;
    let entry = PinEntry { user_id: device.user_id, device_id: input.device_id };
    app.pins.check(entry, &input.pin, &device.pin).await?;
    // Without the signature: it says nothing that these do not, and it has a twin.
    let said = (input.product, input.signed_at.as_str());
    let keyed = Keyed::new(input.device_id.uuid(), &key, "log_in", &said)?;
    let keyed = keyed.replayed_for_seconds(TOKENS_REPLAYED_SECONDS);
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    input.proof().require_recent(OffsetDateTime::now_utc())?;
    let insert = |tx| insert(&app, tx, trace, &device, &input);
    let logged_in = once(&app.database, &keyed, insert).await?;
    app.outbox.nudge();
    Ok(logged_in)
}

impl LogIn {
    const fn proof(&self) -> LogInProof<'_> {
        let Self { device_id, product, signed_at, signature, .. } = self;
        LogInProof {
            device_id: *device_id,
            product: *product,
            signed_at,
            signature: signature.as_str(),
        }
    }
}

async fn insert(
    app: &App,
    mut tx: Tx,
    trace: TraceContext,
    device: &KnownDevice,
    input: &LogIn,
) -> Result<(Tx, TokensBody), Error> {
    if !hold_pin(&mut tx, device.user_id, device.pin.version).await? {
        return Err(PIN_INVALID.into());
    }
    if !store::devices::lock_device(&mut tx, input.device_id).await? {
        return Err(SIGNATURE_INVALID.into());
    }
    spend_signature(&mut tx, input.device_id, Some(&input.signed_at)).await?;
    let session = Session {
        session_id: SessionId::new(),
        user_id: device.user_id,
        device_id: input.device_id,
        product: input.product,
        device_key: Some(device.key.clone()),
        limited_until: device.limited_until,
    };
    let (kind, device_id) = (SecurityEventType::LoggedIn, Some(input.device_id));
    let event = SecurityEvent { kind, user_id: device.user_id, device_id };
    app.trail.record(&mut tx, trace, event).await?;
    let tokens = begin_session(app, &mut tx, trace, session).await?;
    Ok((tx, tokens))
}
