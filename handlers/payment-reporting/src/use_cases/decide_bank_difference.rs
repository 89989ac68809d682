//! A member of staff explains a difference from the bank; a reviewer, another person, agrees in the
//! version that they have read, or says that it explains nothing. Its day closes once all of it is
//! closed, and opens again if something is not. What was decided is kept, also what was taken back.

use serde::Deserialize;
use service::database::now;
use service::{Error, Id, IfMatch, Json, Reviewer, StaffOperator, Versioned};
use utoipa::ToSchema;
use values::{BankDifferenceId, HongKongDate, Operator, Reason, StaffId};

use super::list_bank_differences::BankDifferenceBody;
use crate::App;
use crate::domain::{BankDifference, Explanation, NO_BANK_DIFFERENCE};
use crate::store::bank_days::{close_bank_days, take_bank_turn};
use crate::store::bank_differences::{insert_decision, lock_difference, update_difference};

/// Why a difference is right, or what mends it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExplainBankDifference {
    /// For staff alone.
    reason: Reason,
}

pub(crate) async fn explain_bank_difference(
    app: App,
    Id(HongKongDate(day)): Id<HongKongDate>,
    Id(id): Id<BankDifferenceId>,
    by: StaffOperator,
    Json(input): Json<ExplainBankDifference>,
) -> Result<Versioned<BankDifferenceBody>, Error> {
    let (who, reason) = ((by.staff_id, by.name.clone()), input.reason);
    let (by, name) = who.clone();
    let explain = |row: BankDifference| Ok(row.explain(Explanation { by, name, reason })?);
    change(&app, (day, id), who, explain).await
}

pub(crate) async fn close_bank_difference(
    app: App,
    Id(HongKongDate(day)): Id<HongKongDate>,
    Id(id): Id<BankDifferenceId>,
    by: Reviewer,
    version: IfMatch,
) -> Result<Versioned<BankDifferenceBody>, Error> {
    let who = (by.staff_id, by.name.clone());
    let close = |row: BankDifference| {
        version.require(row.version)?;
        Ok(row.close(by.staff_id, by.name.clone())?)
    };
    change(&app, (day, id), who, close).await
}

pub(crate) async fn reopen_bank_difference(
    app: App,
    Id(HongKongDate(day)): Id<HongKongDate>,
    Id(id): Id<BankDifferenceId>,
    by: Reviewer,
    version: IfMatch,
) -> Result<Versioned<BankDifferenceBody>, Error> {
    let who = (by.staff_id, by.name.clone());
    let reopen = |row: BankDifference| {
        version.require(row.version)?;
        Ok(row.reopen()?)
    };
    change(&app, (day, id), who, reopen).await
}

async fn change(
    app: &App,
    (day, id): (time::Date, BankDifferenceId),
    (by, name): (StaffId, Operator),
    decide: impl FnOnce(BankDifference) -> Result<BankDifference, Error>,
) -> Result<Versioned<BankDifferenceBody>, Error> {
    let mut tx = app.database.begin().await?;
    take_bank_turn(&mut tx).await?;
    let found = lock_difference(&mut tx, day, id).await?.ok_or(NO_BANK_DIFFERENCE)?;
    let row = decide(found)?;
    update_difference(&mut tx, &row).await?;
    let at = now();
    insert_decision(&mut tx, &row, (by, &name), at).await?;
    close_bank_days(&mut tx, at).await?;
    tx.commit().await?;
    Ok(Versioned { version: row.version, body: row.into() })
}
