//! Offers of businesses. Whoever changes one has locked its business.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::Paging;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{BusinessId, ShopHandoverId, UserId};

use crate::domain::{Handover, HandoverStatus};

type Row = (
    Uuid,
    Uuid,
    Uuid,
    Uuid,
    String,
    PrimitiveDateTime,
    PrimitiveDateTime,
    PrimitiveDateTime,
    Option<PrimitiveDateTime>,
);

const COLUMNS: &str = "handover_id, business_id, from_user_id, to_user_id, status, offered_at,
    acceptable_at, expires_at, ended_at";

fn stored(moment: OffsetDateTime) -> PrimitiveDateTime {
    PrimitiveDateTime::new(moment.date(), moment.time())
}

/// None waits for the same business.
pub(crate) async fn insert_handover(tx: &mut Tx, handover: &Handover) -> Result<(), Error> {
    tx.exec_drop(
        format!("INSERT INTO handovers ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        (
            handover.id.uuid(),
            handover.business_id.uuid(),
            handover.from.uuid(),
            handover.to.uuid(),
            handover.status.code(),
            stored(handover.offered_at),
            stored(handover.acceptable_at),
            stored(handover.expires_at),
            handover.ended_at.map(stored),
        ),
    )
    .await
}

/// It has ended.
pub(crate) async fn update_handover(tx: &mut Tx, handover: &Handover) -> Result<(), Error> {
    let ended_at = handover.ended_at.map(stored);
    tx.exec_drop(
        "UPDATE handovers SET status = ?, ended_at = ? WHERE handover_id = ?",
        (handover.status.code(), ended_at, handover.id.uuid()),
    )
    .await
}

/// Whatever became of it.
pub(crate) async fn find_handover(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    id: ShopHandoverId,
) -> Result<Option<Handover>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM handovers WHERE handover_id = ? AND business_id = ?");
    let row: Option<Row> = connection.exec_first(sql, (id.uuid(), business_id.uuid())).await?;
    row.map(handover).transpose()
}

/// The one that was not answered; its time may be over.
pub(crate) async fn find_waiting(
    tx: &mut Tx,
    business_id: BusinessId,
) -> Result<Option<Handover>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM handovers WHERE waiting_for = ?");
    let row: Option<Row> = tx.exec_first(sql, (business_id.uuid(),)).await?;
    row.map(handover).transpose()
}

/// The newest first; all, or those to one person.
pub(crate) async fn list_handovers(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    to: Option<UserId>,
    paging: &Paging,
) -> Result<Vec<Handover>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM handovers
         WHERE business_id = ? AND to_user_id = COALESCE(?, to_user_id) AND handover_id < ?
         ORDER BY handover_id DESC LIMIT ?"
    );
    let page = (business_id.uuid(), to.map(UserId::uuid), paging.before_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    rows.into_iter().map(handover).collect()
}

fn handover(row: Row) -> Result<Handover, Error> {
    let (id, business_id, from, to, status, offered_at, acceptable_at, expires_at, ended_at) = row;
    let unreadable = || Error::Other(format!("handover {id} cannot be read").into());
    Ok(Handover {
        id: ShopHandoverId::from_uuid(id),
        business_id: BusinessId::from_uuid(business_id),
        from: UserId::from_uuid(from),
        to: UserId::from_uuid(to),
        status: HandoverStatus::from_code(&status).ok_or_else(unreadable)?,
        offered_at: offered_at.assume_utc(),
        acceptable_at: acceptable_at.assume_utc(),
        expires_at: expires_at.assume_utc(),
        ended_at: ended_at.map(PrimitiveDateTime::assume_utc),
    })
}
