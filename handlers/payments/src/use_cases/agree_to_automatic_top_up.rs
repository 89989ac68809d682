//! A person agrees that payments for which their wallet holds too little bring in the rest by card,
//! up to so much in a day; reads what they have agreed to, and ends it.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::{Consumer, Error, Json, NoContent};
use utoipa::ToSchema;
use values::{AccountId, ConfirmableKind, Fee, IdempotencyKey, Money, OperationTerms};

use super::check_confirmation::{Proof, check_dated_confirmation};
use crate::App;
use crate::domain::{AUTOMATIC_TOP_UP_CHANGED, INSTANT_TOP_UP_UNAVAILABLE};
use crate::store::automatic_top_ups::{end_agreement, find_agreed, find_agreement, save_agreement};

/// How much a day, and the proof that the person agreed to it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgreeToAutomaticTopUp {
    /// The most that is brought in in a day, in Hong Kong.
    daily_amount_max: Money,
    /// Of an `automatic-top-up` of that amount, whose payee is the payer.
    confirmation: Proof,
}

/// What a person has agreed to.
#[derive(Serialize, ToSchema)]
pub(crate) struct AutomaticTopUpBody {
    /// Null if nothing is brought in.
    daily_amount_max: Option<Money>,
}

pub(crate) async fn agree_to_automatic_top_up(
    app: App,
    consumer: Consumer,
    key: IdempotencyKey,
    Json(input): Json<AgreeToAutomaticTopUp>,
) -> Result<Json<AutomaticTopUpBody>, Error> {
    let terms = OperationTerms {
        kind: ConfirmableKind::AutomaticTopUp,
        payer: consumer.user_id,
        payee: AccountId::User(consumer.user_id),
        amount: input.daily_amount_max,
        fee: Fee::NONE,
        payment_request_id: None,
        reference: None,
        idempotency_key: key,
    };
    let dated = check_dated_confirmation(&app, &consumer, &terms, input.confirmation).await?;
    let (confirmed_by, confirmed_at) = dated?;
    if !app.bank.is_instructed() {
        return Err(INSTANT_TOP_UP_UNAVAILABLE.into());
    }
    let (user_id, mut conn) = (consumer.user_id, app.database.conn().await?);
    save_agreement(&mut conn, user_id, terms.amount, (confirmed_by, confirmed_at)).await?;
    // A repeat finds what it agreed to before. An older one must not bring back what has ended.
    let stands = find_agreed(&mut conn, user_id).await?;
    if stands != Some((Some(terms.amount), confirmed_at)) {
        return Err(AUTOMATIC_TOP_UP_CHANGED.into());
    }
    Ok(Json(AutomaticTopUpBody { daily_amount_max: Some(terms.amount) }))
}

pub(crate) async fn read_automatic_top_up(
    app: App,
    consumer: Consumer,
) -> Result<Json<AutomaticTopUpBody>, Error> {
    let found = find_agreement(&mut app.database.conn().await?, consumer.user_id).await?;
    Ok(Json(AutomaticTopUpBody { daily_amount_max: found.and_then(|agreed| agreed.day_max) }))
}

/// Doing it twice is the same as doing it once.
pub(crate) async fn end_automatic_top_up(app: App, consumer: Consumer) -> Result<NoContent, Error> {
    let mut conn = app.database.conn().await?;
    end_agreement(&mut conn, consumer.user_id, now()).await?;
    Ok(NoContent)
}
