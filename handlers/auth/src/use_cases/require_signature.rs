//! Who is logged in signs what they ask for: a device with its key, a login by passkey with an
//! assertion by a passkey of the person.

use service::trace::TraceContext;
use service::{Caller, Error};
use values::SignedAt;

use super::sign_by_passkey::sign_by_passkey;
use crate::App;
use crate::domain::DeviceAct;
use crate::signed_act::SignedAct;

/// What is still to be spent in the transaction that does the act; None of a passkey, whose
/// assertion is spent here, whatever comes of the act, since its counter has gone on.
pub(super) async fn require_signature<'a>(
    app: &App,
    trace: TraceContext,
    caller: &Caller,
    signed: &'a SignedAct,
    act: &DeviceAct<'_>,
) -> Result<Option<&'a SignedAt>, Error> {
    if let Some(key) = &caller.device_key {
        return Ok(Some(signed.require(key, caller.device_id, act)?));
    }
    let (text, signed_at, assertion) = signed.require_passkey(caller.device_id, act)?;
    sign_by_passkey(app, trace, caller, (&text, signed_at), &assertion).await?;
    Ok(None)
}
