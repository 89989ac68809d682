//! A device becomes a person's: the part that signing up and logging in on a new device share.

use serde::Deserialize;
use service::database::Tx;
use service::trace::TraceContext;
use service::{DeviceKey, Error, Keyed};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;
use values::{DeviceId, DisplayName, IdempotencyKey, Product, SessionId, UserId};

use super::begin_session::{TOKENS_REPLAYED_SECONDS, TokensBody, begin_session};
use crate::domain::{
    DEVICE_KEY_INVALID, OtpCode, Pin, SecurityEvent, SecurityEventType, Session, limited_until,
};
use crate::{App, store};

/// A proved phone, a PIN and a device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    #[schema(value_type = String, format = "uuid")]
    pub(super) challenge_id: Uuid,
    pub(super) code: OtpCode,
    pub(super) pin: Pin,
    pub(super) product: Product,
    pub(super) device: NewDevice,
}

/// A device that no user has yet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDevice {
    /// What its owner reads in the list of devices.
    name: DisplayName,
    /// The public half of the key in its secure element.
    key: DeviceKey,
}

impl NewDevice {
    pub(super) fn check(&self) -> Result<(), Error> {
        Ok(self.key.check().map_err(|_| DEVICE_KEY_INVALID)?)
    }
}

impl Registration {
    /// A repeat must be the same in everything; the secrets go in as a keyed digest.
    pub(super) fn keyed(
        &self,
        app: &App,
        key: &IdempotencyKey,
        operation: &str,
    ) -> Result<Keyed, Error> {
        let secrets = [self.code.as_bytes(), self.pin.as_bytes()].concat();
        let NewDevice { name, key: device_key } = &self.device;
        let input = (self.product, name, device_key, app.digest_key.digest(&secrets));
        let keyed = Keyed::new(self.challenge_id, key, operation, &input)?;
        Ok(keyed.replayed_for_seconds(TOKENS_REPLAYED_SECONDS))
    }
}

/// Records the device, in the trail as what it came by, and begins its first session.
pub(super) async fn register_device(
    app: &App,
    tx: &mut Tx,
    trace: TraceContext,
    (kind, user_id): (SecurityEventType, UserId),
    registration: &Registration,
) -> Result<TokensBody, Error> {
    let is_first = kind == SecurityEventType::SignedUp;
    let session = Session {
        session_id: SessionId::new(),
        user_id,
        device_id: DeviceId::new(),
        product: registration.product,
        device_key: Some(registration.device.key.clone()),
        limited_until: limited_until(OffsetDateTime::now_utc(), is_first),
    };
    let NewDevice { name, key } = &registration.device;
    store::devices::insert_device(tx, &session, name, key).await?;
    let event = SecurityEvent { kind, user_id, device_id: Some(session.device_id) };
    app.trail.record(tx, trace, event).await?;
    if !is_first {
        store::limits::limit_new_device(tx, user_id).await?;
    }
    begin_session(app, tx, trace, session).await
}
