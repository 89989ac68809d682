//! The movements of the caller's own wallet, or of a business they own.

use serde::Serialize;
use service::{Consumer, Error, Id, List, Merchant, ReadAfter};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{BusinessId, Money, Party, Timestamp, TransferId};

use super::created_within::CreatedWithin;
use super::read_wallet::require_owner;
use crate::domain::{Direction, Movement, NO_WALLET, OperationKind};
use crate::history::{Listed, Reading};
use crate::{App, store};

/// One movement.
#[derive(Serialize, ToSchema)]
pub(crate) struct MovementBody {
    transfer_id: TransferId,
    direction: Direction,
    amount: Money,
    /// What moved the money.
    subject: SubjectBody,
    /// Whether it is not the subject's own money but a shop's fee: for a payment (`out`), or what
    /// comes back of one with a refund (`in`).
    is_fee: bool,
    /// The other side; null if it is the bank, or if the money waits to be claimed or comes back
    /// since nobody did, or if it is a fee.
    counterparty: Option<Party>,
    posted_at: Timestamp,
}

/// An operation, whatever its kind: an app that does not know the kind still shows the movement.
#[derive(Serialize, ToSchema)]
pub(crate) struct SubjectBody {
    #[serde(rename = "type")]
    subject_type: OperationKind,
    #[schema(
        pattern = "^(pay|ppay|rfd|top|wdr|plnk|rpkt|clm|rtn)_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "pay_01h455vb4pex5vsknk084sn02q"
    )]
    id: String,
}

impl From<Movement> for MovementBody {
    fn from(movement: Movement) -> Self {
        let Movement { kind, operation_id, .. } = movement;
        Self {
            transfer_id: movement.transfer_id,
            direction: movement.direction,
            amount: movement.amount,
            subject: SubjectBody { subject_type: kind, id: kind.typed_id(operation_id) },
            is_fee: movement.is_fee,
            counterparty: movement.counterparty,
            posted_at: movement.at.into(),
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
