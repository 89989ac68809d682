//! What is held before it moves, or does not.

use events::Envelope;
use mysql_async::prelude::Queryable;
use time::OffsetDateTime;
use uuid::Uuid;
use values::BusinessId;

use super::told::settled;
use super::{BANK, Books, id_of, in_utc};

impl Books {
    /// What a shop has goes to its bank: it is held until the bank takes it, or lets it go.
    pub(crate) async fn settle(
        &self,
        shop: BusinessId,
        amount: i64,
        at: OffsetDateTime,
        is_taken: bool,
    ) -> Option<Envelope> {
        let hold = self.hold("settlement", [shop.uuid(), BANK], amount, at).await;
        let ledger_at = in_utc(at);
        let (state, moved, phase) =
            if is_taken { ("completed", amount, "settled") } else { ("failed", 0, "released") };
        let mut conn = self.pool.get_conn().await.unwrap();
        conn.exec_drop(
            "INSERT INTO operations (operation_id, kind, state, from_account_id, from_name,
                 to_account_id, to_name, amount, moved, currency, created_at, ended_at)
             VALUES (?, 'settlement', ?, ?, '', ?, '', ?, ?, 'HKD', ?, ?)",
            (hold, state, shop.uuid(), BANK, amount, moved, ledger_at, ledger_at),
        )
        .await
        .unwrap();
        self.end_hold(hold, phase, amount, at).await;
        let sql = "UPDATE accounts SET debits_posted = debits_posted + ? WHERE account_id = ?";
        conn.exec_drop(sql, (moved, shop.uuid())).await.unwrap();
        let sql = "UPDATE accounts SET credits_posted = credits_posted + ? WHERE account_id = ?";
        conn.exec_drop(sql, (moved, BANK)).await.unwrap();
        is_taken.then(|| settled(shop, hold, amount, at))
    }

    /// Holds an amount between two accounts, under an id that is answered; balances stay.
    pub(crate) async fn hold(
        &self,
        code: &str,
        [from, to]: [Uuid; 2],
        amount: i64,
        at: OffsetDateTime,
    ) -> Uuid {
        let (id, mut conn) = (id_of(at), self.pool.get_conn().await.unwrap());
        let sql = "INSERT INTO transfers (transfer_id, debit_account_id, credit_account_id, amount,
                 currency, code, subject_id, phase, created_at)
             VALUES (?, ?, ?, ?, 'HKD', ?, ?, 'pending', ?)";
        conn.exec_drop(sql, (id, from, to, amount, code, id, in_utc(at))).await.unwrap();
        id
    }

    /// Ends what is held by a row more: `settled` of what is taken, or `released`.
    pub(crate) async fn end_hold(&self, hold: Uuid, phase: &str, amount: i64, at: OffsetDateTime) {
        let mut conn = self.pool.get_conn().await.unwrap();
        let sql = "INSERT INTO transfers (transfer_id, debit_account_id, credit_account_id, amount,
                 currency, code, subject_id, phase, pending_id, created_at)
             SELECT ?, debit_account_id, credit_account_id, ?, currency, code, subject_id, ?,
                 transfer_id, ? FROM transfers WHERE transfer_id = ?";
        let end = id_of(at + time::Duration::SECOND);
        conn.exec_drop(sql, (end, amount, phase, in_utc(at), hold)).await.unwrap();
    }
}
