//! The movements of the caller's own wallet, or of a business they own.

use serde::Serialize;
use service::{Consumer, Error, Id, List, Merchant, ReadAfter};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{BusinessId, Money, Party, PaymentId, Timestamp, TopUpId, TransferId};

use super::created_within::CreatedWithin;
use super::read_wallet::require_owner;
use crate::domain::{Direction, Movement, NO_WALLET, OperationKind};
use crate::history::{Listed, Reading};
use crate::{App, store};

/// One movement.
#[derive(Serialize, ToSchema)]
pub(crate) struct MovementBody {
    transfer_id: TransferId,
    #[serde(rename = "type")]
    movement_type: OperationKind,
    direction: Direction,
    amount: Money,
    /// Null unless it is a payment.
    payment_id: Option<PaymentId>,
    /// Null unless it is a top-up.
    top_up_id: Option<TopUpId>,
    /// The other side; null if it is the bank.
    counterparty: Option<Party>,
    posted_at: Timestamp,
}

impl From<Movement> for MovementBody {
    fn from(movement: Movement) -> Self {
        let Movement { transfer_id, direction, amount, kind, operation_id, counterparty, at } =
            movement;
        let is = |wanted| kind == wanted;
        Self {
            transfer_id,
            movement_type: kind,
            direction,
            amount,
            payment_id: is(OperationKind::Payment).then(|| PaymentId::from_uuid(operation_id)),
            top_up_id: is(OperationKind::TopUp).then(|| TopUpId::from_uuid(operation_id)),
            counterparty,
            posted_at: at.into(),
        }
    }
}

pub(crate) async fn list_movements(
    app: App,
    consumer: Consumer,
    list: List<CreatedWithin>,
    after: ReadAfter,
) -> Result<Listed<MovementBody>, Error> {
    let reading = app.history.read(after).await?;
    list_of_account(reading, consumer.user_id.uuid(), &list).await
}

pub(crate) async fn list_business_movements(
    app: App,
    Id(business_id): Id<BusinessId>,
    owner: Merchant,
    list: List<CreatedWithin>,
    after: ReadAfter,
) -> Result<Listed<MovementBody>, Error> {
    let mut reading = app.history.read(after).await?;
    require_owner(&mut reading.conn, business_id, owner.user_id).await?;
    list_of_account(reading, business_id.uuid(), &list).await
}

async fn list_of_account(
    mut reading: Reading,
    account_id: Uuid,
    list: &List<CreatedWithin>,
) -> Result<Listed<MovementBody>, Error> {
    let paging = list.filter.narrow(list.of(account_id)?);
    let conn = &mut reading.conn;
    store::ledger::find_account(conn, account_id).await?.ok_or(NO_WALLET)?;
    let rows = store::ledger::list_movements(conn, account_id, &paging).await?;
    let place = |movement: &Movement| movement.transfer_id.uuid().as_u128();
    reading.answer(paging.page(rows, place, MovementBody::from)).await
}
