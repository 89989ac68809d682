//! Bills that were split.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::{BillId, Note, PaymentId, PeerPaymentId, UserId};

use super::operations::take;
use super::{money, sql, unreadable};
use crate::domain::{Bill, Person, Rows};

const COLUMNS: &str = "bill_id, creator_id, creator_name, total, own_share, note, payment_id,
    peer_payment_id, created_at";

/// Writes new bills; none ever changes.
pub(super) fn insert(bills: &Rows<Bill>) -> String {
    let rows = bills.changed().map(|bill| {
        [
            sql::id(bill.id.uuid()),
            sql::id(bill.creator.id.uuid()),
            sql::text(&bill.creator.name),
            bill.total.minor_units().to_string(),
            sql::text(bill.total.currency().code()),
            sql::optional_number(bill.own_share.map(|share| share.minor_units())),
            sql::optional_text(bill.note.as_ref().map(Note::as_str)),
            sql::optional_id(bill.payment_id.map(PaymentId::uuid)),
            sql::optional_id(bill.peer_payment_id.map(PeerPaymentId::uuid)),
            sql::time(bill.created_at),
        ]
        .join(", ")
    });
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!(
        "INSERT INTO bills (bill_id, creator_id, creator_name, total, currency, own_share, note,
             payment_id, peer_payment_id, created_at) VALUES {rows}"
    )
}

pub(super) fn select(ids: &str) -> String {
    format!("SELECT {COLUMNS} FROM bills WHERE bill_id IN ({ids})")
}

pub(super) fn read(rows: Vec<Row>) -> Result<Vec<Bill>, Error> {
    rows.into_iter().map(bill).collect()
}

pub(crate) async fn find_bill(
    connection: &mut impl Queryable,
    id: BillId,
) -> Result<Option<Bill>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM bills WHERE bill_id = ?");
    connection.exec_first(sql, (id.uuid(),)).await?.map(bill).transpose()
}

fn bill(mut row: Row) -> Result<Bill, Error> {
    let own_share: Option<i64> = take(&mut row, "own_share")?;
    let note: Option<String> = take(&mut row, "note")?;
    let payment_id: Option<Uuid> = take(&mut row, "payment_id")?;
    let peer_payment_id: Option<Uuid> = take(&mut row, "peer_payment_id")?;
    let created_at: PrimitiveDateTime = take(&mut row, "created_at")?;
    let creator = UserId::from_uuid(take(&mut row, "creator_id")?);
    Ok(Bill {
        id: BillId::from_uuid(take(&mut row, "bill_id")?),
        creator: Person { id: creator, name: take(&mut row, "creator_name")? },
        total: money(take(&mut row, "total")?)?,
        own_share: own_share.map(money).transpose()?,
        note: note.map(|text| text.try_into().map_err(|_| unreadable("a bill"))).transpose()?,
        payment_id: payment_id.map(PaymentId::from_uuid),
        peer_payment_id: peer_payment_id.map(PeerPaymentId::from_uuid),
        created_at: created_at.assume_utc(),
    })
}
