//! Who is logged in signs what they ask for: a device with its key, a login by passkey with an
//! assertion by a passkey of the person. Where the policy of step-up asks for more than a device,
//! the caller's token has to show it.

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
        let signed_at = signed.require(key, caller.device_id, act)?;
        act.guarded().map_or(Ok(()), |act| app.tokens.require_level(caller, act))?;
        return Ok(Some(signed_at));
    }
    // It is of the highest level by itself.
    let (text, signed_at, assertion) = signed.require_passkey(caller.device_id, act)?;
    sign_by_passkey(app, trace, caller, (&text, signed_at), &assertion).await?;
    Ok(None)
}
