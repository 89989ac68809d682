//! A person reads one of their own withdrawals, for instance to learn what the bank has said.

use service::{Consumer, Error, Id, Json};
use values::WithdrawalId;

use super::withdraw_money::WithdrawalBody;
use crate::domain::NO_WITHDRAWAL;
use crate::{App, store};

pub(crate) async fn read_withdrawal(
    app: App,
    Id(id): Id<WithdrawalId>,
    consumer: Consumer,
) -> Result<Json<WithdrawalBody>, Error> {
    let mut conn = app.database.conn().await?;
    let found = store::withdrawals::find_withdrawal_of(&mut conn, id, consumer.user_id).await?;
    let (withdrawal, bank_account) = found.ok_or(NO_WITHDRAWAL)?;
    let report = store::bank_instructions::find_report(&mut conn, withdrawal.id).await?;
    Ok(Json(WithdrawalBody::of(&withdrawal, &bank_account, report)))
}
