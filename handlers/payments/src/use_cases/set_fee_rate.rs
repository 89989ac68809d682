//! An operator says what a shop pays for what it takes from now on. Doing it twice is the same as
//! doing it once. What has been paid keeps its fee.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::{Error, FunctionKey, Id, Json, retry_lock_conflicts};
use utoipa::ToSchema;
use values::{BusinessId, Operator, Reason, Timestamp};

use crate::domain::{FeeRate, FeeRateChange, NO_ACCOUNT, Word};
use crate::{App, store};

/// The newest lines of the history that are shown; older ones are in the table.
const LINES_MAX: u32 = 50;

/// What the shop pays, and on whose word.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetFeeRate {
    fee_basis_points: FeeRate,
    /// The contract, or the case.
    reason: Reason,
    /// The name with which the operator is signed in to Azure.
    operator: Operator,
}

/// What a shop pays, as operators see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShopFeeBody {
    business_id: BusinessId,
    fee_basis_points: FeeRate,
    /// Newest first, at most 50.
    changes: Vec<FeeRateChangeLine>,
}

/// What an operator has said of a shop's fee.
#[derive(Serialize, ToSchema)]
struct FeeRateChangeLine {
    /// From then on.
    fee_basis_points: FeeRate,
    reason: Reason,
    operator: Operator,
    changed_at: Timestamp,
}

impl From<FeeRateChange> for FeeRateChangeLine {
    fn from(FeeRateChange { fee_rate, word, at }: FeeRateChange) -> Self {
        let Word { reason, operator } = word;
        Self { fee_basis_points: fee_rate, reason, operator, changed_at: at.into() }
    }
}

pub(crate) async fn set_fee_rate(
    app: App,
    Id(business_id): Id<BusinessId>,
    _: FunctionKey,
    Json(input): Json<SetFeeRate>,
) -> Result<Json<ShopFeeBody>, Error> {
    let SetFeeRate { fee_basis_points, reason, operator } = input;
    let word = Word { operator, reason };
    retry_lock_conflicts(|| change(&app, business_id, fee_basis_points, &word)).await.map(Json)
}

async fn change(
    app: &App,
    business_id: BusinessId,
    fee_rate: FeeRate,
    word: &Word,
) -> Result<ShopFeeBody, Error> {
    let mut tx = app.database.begin().await?;
    let known = store::fee_rates::lock_fee_rate(&mut tx, business_id).await?.ok_or(NO_ACCOUNT)?;
    if known != fee_rate {
        let change = FeeRateChange { fee_rate, word: word.clone(), at: now() };
        store::fee_rates::insert_fee_rate_change(&mut tx, business_id, &change).await?;
    }
    let list = store::fee_rates::list_fee_rate_changes;
    let changes = list(&mut tx, business_id, LINES_MAX).await?;
    tx.commit().await?;
    Ok(ShopFeeBody {
        business_id,
        fee_basis_points: fee_rate,
        changes: changes.into_iter().map(FeeRateChangeLine::from).collect(),
    })
}
