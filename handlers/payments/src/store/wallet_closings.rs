//! Whose wallets were closed, and when.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::Paging;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::UserId;

/// One in the list.
pub(crate) struct WalletClosing {
    pub(crate) closing_id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) closed_at: OffsetDateTime,
}

/// Part of the transaction that closes it.
pub(crate) async fn insert_wallet_closing(tx: &mut Tx, user_id: UserId) -> Result<(), Error> {
    let sql = "INSERT INTO wallet_closings (closing_id, user_id) VALUES (?, ?)";
    tx.exec_drop(sql, (Uuid::now_v7(), user_id.uuid())).await
}

/// All, newest first.
pub(crate) async fn list_wallet_closings(
    connection: &mut Conn,
    paging: &Paging,
) -> Result<Vec<WalletClosing>, Error> {
    connection
        .exec_map(
            "SELECT closing_id, user_id, closed_at FROM wallet_closings
             WHERE closing_id < ? ORDER BY closing_id DESC LIMIT ?",
            (paging.before_id(), paging.rows()),
            |(closing_id, user_id, closed_at): (Uuid, Uuid, PrimitiveDateTime)| WalletClosing {
                closing_id,
                user_id: UserId::from_uuid(user_id),
                closed_at: closed_at.assume_utc(),
            },
        )
        .await
}
