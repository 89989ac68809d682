//! A device becomes a person's: the part that signing up and logging in on a new device share.

use outbox::Tx;
use serde::Deserialize;
use service::{DeviceKey, Scope};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{DeviceId, DisplayName, SessionId, UserId};

use super::begin_session::{TokensBody, begin_session};
use crate::domain::{OtpCode, Pin, Session};
use crate::error::Error;
use crate::{App, store};

/// A proved phone, a PIN and a device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    #[schema(value_type = String, format = "uuid")]
    pub(super) challenge_id: Uuid,
    pub(super) code: OtpCode,
    pub(super) pin: Pin,
    pub(super) product: Scope,
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
        self.key.check().map_err(|_| Error::DeviceKeyInvalid)
    }
}

/// Records the device and begins its first session.
pub(super) async fn register_device(
    app: &App,
    tx: &mut Tx,
    user_id: UserId,
    product: Scope,
    device: NewDevice,
) -> Result<TokensBody, Error> {
    let session = Session {
        session_id: SessionId::new(),
        user_id,
        device_id: DeviceId::new(),
        product,
        device_key: device.key,
    };
    store::insert_device(tx, &session, &device.name).await?;
    begin_session(app, tx, &session).await
}
