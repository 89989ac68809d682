//! Money between people: a read model of payments.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::database::Tx;
use uuid::Uuid;
use values::UserId;

use super::take;
use crate::domain::{Card, CardStatus, CardType};

/// What `card` reads, of `cards k`.
pub(super) const COLUMNS: &str =
    "k.card_id, k.kind, k.payer_id, k.payee_id, k.amount, k.claimed, k.returned, k.status";

/// Keeps the newest version; an older one that arrives late changes nothing.
pub(crate) async fn save_card(tx: &mut Tx, card: &Card, version: u32) -> Result<(), Error> {
    // `state_version` is assigned last: the assignment before it still sees the stored one.
    tx.exec_drop(
        "INSERT INTO cards (card_id, kind, payer_id, payee_id, amount, status, state_version)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             status = IF(VALUES(state_version) > state_version, VALUES(status), status),
             state_version = GREATEST(state_version, VALUES(state_version))",
        (
            card.id,
            card.card_type.code(),
            card.payer_id.uuid(),
            card.payee_id.map(UserId::uuid),
            card.amount,
            card.told.code(),
            version,
        ),
    )
    .await
}

/// Adds what has moved now to what has before; each movement comes here once.
pub(crate) async fn add_to_card(tx: &mut Tx, card: &Card) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO cards (card_id, kind, payer_id, amount, claimed, returned)
         VALUES (?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE amount = amount + VALUES(amount),
             claimed = claimed + VALUES(claimed), returned = returned + VALUES(returned)",
        (
            card.id,
            card.card_type.code(),
            card.payer_id.uuid(),
            card.amount,
            card.claimed,
            card.returned,
        ),
    )
    .await
}

pub(crate) async fn find_card(
    connection: &mut impl Queryable,
    id: Uuid,
) -> Result<Option<Card>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM cards k WHERE card_id = ?");
    let row: Option<Row> = connection.exec_first(sql, (id,)).await?;
    row.map_or(Ok(None), |mut row| card(&mut row))
}

/// None if the row has none.
pub(super) fn card(row: &mut Row) -> Result<Option<Card>, Error> {
    let unreadable = || Error::Other("a card cannot be read".into());
    let Some(kind) = take::<Option<String>>(row, "kind")? else { return Ok(None) };
    let status: String = take(row, "status")?;
    Ok(Some(Card {
        id: take(row, "card_id")?,
        card_type: CardType::from_code(&kind).ok_or_else(unreadable)?,
        payer_id: UserId::from_uuid(take(row, "payer_id")?),
        payee_id: take::<Option<Uuid>>(row, "payee_id")?.map(UserId::from_uuid),
        amount: take(row, "amount")?,
        claimed: take(row, "claimed")?,
        returned: take(row, "returned")?,
        told: CardStatus::from_code(&status).ok_or_else(unreadable)?,
    }))
}
