//! An operator stops an amount of what an account holds, now and to come, since a court or an
//! authority says so. What is above it can be spent; a smaller amount takes two members of staff.

use serde::Deserialize;
use service::{Error, FunctionKey, Id, Json};
use utoipa::ToSchema;
use values::{AccountId, Money, Operator, Reason};

use super::AccountBody;
use super::freeze_account::stop;
use crate::App;
use crate::domain::{Measure, Word};

/// What is held, and on whose word.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetLegalHold {
    /// All that is held by law from now on, not what is added.
    amount: Money,
    /// The order of the court or the authority.
    reason: Reason,
    /// The name with which the operator is signed in to Azure.
    operator: Operator,
}

pub(crate) async fn set_legal_hold(
    app: App,
    Id(id): Id<AccountId>,
    _: FunctionKey,
    Json(input): Json<SetLegalHold>,
) -> Result<Json<AccountBody>, Error> {
    let SetLegalHold { amount, reason, operator } = input;
    let measure = Measure::LegalHold(Some(amount));
    stop(&app, id, measure, &Word { operator, reason }).await.map(Json)
}
