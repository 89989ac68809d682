//! Somebody who lost phone and number, or cannot prove the number, asks for the account of it, with
//! a code to the number that they have now.
//!
//! They are answered before anybody has looked whether the old number has an account: there is
//! nothing that answer or time could tell. Who owns it is looked up and told afterwards.

use serde::{Deserialize, Serialize};
use service::database::Tx;
use service::trace::TraceContext;
use service::{ClientAddress, Error, Json, Keyed, Recorded, Resource, causes, find_recorded, once};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{IdempotencyKey, Phone, RecoveryId};

use super::prove_phone::{give_back_unless, prove_phone};
use super::tell_of_recovery::tell_of_recovery;
use crate::domain::{CodePurpose, IndexedPhone, OTP_INVALID, OtpCode, PHONE_INVALID, Recovery};
use crate::{App, store};

/// The number that is lost, and a code to the one in its place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskRecovery {
    /// The account's, as people write it: with or without +852, spaces, hyphens.
    #[schema(max_length = 64, example = "+852 6123 4567")]
    phone: String,
    #[schema(value_type = String, format = "uuid")]
    challenge_id: Uuid,
    /// To the number that the account is to have.
    code: OtpCode,
}

/// A recovery that was asked for, whether or not there is an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct AskedRecoveryBody {
    /// What the customer service is told, and what finishes it.
    recovery_id: RecoveryId,
    /// How long at least the account's owner can call it off.
    #[schema(example = 259200)]
    cooling_seconds: u32,
}

impl Resource for AskedRecoveryBody {
    const LOCATION: &'static str = "/api/v1/auth/recoveries/current";
}

pub(crate) async fn ask_recovery(
    app: App,
    ClientAddress(address): ClientAddress,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<AskRecovery>,
) -> Result<Recorded<AskedRecoveryBody>, Error> {
    let old: Phone = input.phone.parse().map_err(|_| PHONE_INVALID)?;
    // By a keyed digest: behind a plain one all numbers can be tried.
    let said = [old.to_string().as_bytes(), input.code.as_bytes()].concat();
    let said = app.digest_key.digest(&said);
    let keyed = Keyed::new(input.challenge_id, &key, "ask_recovery", &said)?;
    // A challenge is good once, so a repeat must not get as far as checking it.
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    app.throttle.count_recovery_from(address).await?;
    let new = prove_phone(&app, input.challenge_id, &input.code, CodePurpose::Recovery).await?;
    let recovery_id = RecoveryId::new();
    let old_sealed = app.phone_vault.seal_old(recovery_id, &old).await;
    // What cannot be done now uses nothing up.
    let old_sealed = give_back_unless(&app, &[input.challenge_id], old_sealed).await?;
    app.throttle.count_recovery(&old, &new).await?;
    let (old, new) = ((&old, &*old_sealed), app.phone_vault.indexed(&new).await?);
    let insert = |tx| insert(&app, tx, recovery_id, (old, new), input.challenge_id);
    let asked = once(&app.database, &keyed, insert).await?;
    tokio::spawn(async move {
        if let Err(error) = tell_of_recovery(&app, trace, recovery_id).await {
            tracing::error!(causes = causes(&error), "cannot tell of a recovery yet");
        }
    });
    Ok(asked)
}

async fn insert(
    app: &App,
    mut tx: Tx,
    recovery_id: RecoveryId,
    (old, new): ((&Phone, &[u8]), IndexedPhone<'_>),
    challenge_id: Uuid,
) -> Result<(Tx, AskedRecoveryBody), Error> {
    store::recoveries::insert_recovery(&mut tx, recovery_id, old, new).await?;
    // Last, so that a failure above leaves the code.
    if !app.challenges.redeem(challenge_id).await? {
        return Err(OTP_INVALID.into());
    }
    Ok((tx, AskedRecoveryBody { recovery_id, cooling_seconds: Recovery::COOLING_HOURS * 3_600 }))
}
