//! The receipt of a movement of the caller's own wallet, or of a business they own.

use mysql_async::Conn;
use service::{Consumer, Error, Id, Merchant};
use values::{AccountId, BusinessId, Language, OperationKind, ShopAct, TransferId};

use super::read_wallet::require_act;
use super::receipt_answer::{Form, ReceiptAnswer};
use crate::domain::{NO_MOVEMENT, Receipt};
use crate::{App, store};

pub(crate) async fn read_receipt(
    app: App,
    Id(id): Id<TransferId>,
    consumer: Consumer,
    language: Language,
    form: Form,
) -> Result<ReceiptAnswer, Error> {
    let mut conn = app.database.conn().await?;
    let receipt = receipt_of(&mut conn, AccountId::User(consumer.user_id), id).await?;
    Ok(ReceiptAnswer { receipt, language, form })
}

pub(crate) async fn read_business_receipt(
    app: App,
    Id(business_id): Id<BusinessId>,
    Id(id): Id<TransferId>,
    owner: Merchant,
    language: Language,
    form: Form,
) -> Result<ReceiptAnswer, Error> {
    let mut conn = app.database.conn().await?;
    require_act(&mut conn, business_id, owner.user_id, ShopAct::ReadBooks).await?;
    let receipt = receipt_of(&mut conn, AccountId::Business(business_id), id).await?;
    Ok(ReceiptAnswer { receipt, language, form })
}

async fn receipt_of(conn: &mut Conn, reader: AccountId, id: TransferId) -> Result<Receipt, Error> {
    let movement = store::movements::find_movement(conn, reader.uuid(), id).await?;
    // What only a newer program knows has a receipt there.
    let movement = movement.filter(|movement| movement.kind.is_some()).ok_or(NO_MOVEMENT)?;
    let operation = store::operations::find_operation(conn, movement.operation_id).await?;
    let operation = operation.ok_or(NO_MOVEMENT)?;
    let mut receipt = Receipt::of(movement, &operation, reader);
    if let Some(request_id) = operation.payment_request_id() {
        let request = store::payment_requests::find_payment_request(conn, request_id).await?;
        let description = request.map(|request| request.description);
        receipt.description = description.filter(|description| !description.is_empty());
    }
    if matches!(operation.kind, OperationKind::Withdrawal | OperationKind::Settlement) {
        receipt.bank_account = store::withdrawals::find_bank_account(conn, operation.id).await?;
    }
    if operation.kind == OperationKind::FpsPayment {
        let payment =
            store::fps_payments::find_fps_payment(conn, operation.fps_payment_id()).await?;
        receipt.fps_proxy = payment.map(|(_, proxy)| proxy);
    }
    Ok(receipt)
}
