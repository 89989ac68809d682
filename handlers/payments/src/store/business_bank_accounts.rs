//! The bank accounts to which the takings of businesses go.

use std::collections::HashMap;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::{BankAccount, BusinessId, UserId};

use super::withdrawals::bank_account;
use super::{sql, unreadable};
use crate::domain::{BusinessBankAccount, SettlementMode};

pub(super) const COLUMNS: &str = "business_bank_account_id, business_id, bank_code,
    account_number, mode, registered_by, registered_at";

pub(super) type Row = (Uuid, Uuid, String, String, String, Uuid, PrimitiveDateTime);

/// It counts from now on, and the one before no longer.
pub(crate) async fn insert_bank_account(
    connection: &mut impl Queryable,
    new: &BusinessBankAccount,
) -> Result<(), Error> {
    // Not as text, which the server's log of slow statements would show to everybody.
    let [bank, number] = [new.account.bank_code.as_str(), new.account.account_number.as_str()]
        .map(|text| sql::binary(text.as_bytes()));
    let values = [
        sql::id(new.id),
        sql::id(new.business_id.uuid()),
        bank,
        number,
        sql::text(new.mode.code()),
        sql::id(new.registered_by.uuid()),
        sql::time(new.registered_at),
    ];
    let values = values.join(", ");
    let sql = format!("INSERT INTO business_bank_accounts ({COLUMNS}) VALUES ({values})");
    connection.query_drop(sql).await
}

/// The one that counts: the newest that the shop's owner has registered. What one registered who
/// owned it before is nobody's to be paid to.
pub(crate) async fn find_bank_account(
    connection: &mut impl Queryable,
    business_id: BusinessId,
) -> Result<Option<BusinessBankAccount>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM shops JOIN business_bank_accounts USING (business_id)
         WHERE business_id = ? AND {IS_NEWEST}"
    );
    let found: Option<Row> = connection.exec_first(sql, (business_id.uuid(),)).await?;
    found.map(registered).transpose()
}

/// Of the accounts that are joined to shops, the one that counts for each.
pub(super) const IS_NEWEST: &str = "sequence = (
    SELECT MAX(newest.sequence) FROM business_bank_accounts AS newest
    WHERE newest.business_id = shops.business_id AND newest.registered_by = shops.owner_user_id)";

/// Those that count.
pub(super) fn select(businesses: &str) -> String {
    format!(
        "SELECT business_id, bank_code, account_number FROM shops
         JOIN business_bank_accounts USING (business_id)
         WHERE business_id IN ({businesses}) AND {IS_NEWEST}"
    )
}

pub(super) fn read(rows: Vec<(Uuid, String, String)>) -> Result<HashMap<Uuid, BankAccount>, Error> {
    let account = |(business, code, number)| Ok((business, bank_account((code, number))?));
    rows.into_iter().map(account).collect()
}

pub(super) fn registered(row: Row) -> Result<BusinessBankAccount, Error> {
    let (id, business_id, bank_code, account_number, mode, registered_by, registered_at) = row;
    let mode = SettlementMode::from_code(&mode);
    Ok(BusinessBankAccount {
        id,
        business_id: BusinessId::from_uuid(business_id),
        account: bank_account((bank_code, account_number))?,
        mode: mode.ok_or_else(|| unreadable("when a shop is settled"))?,
        registered_by: UserId::from_uuid(registered_by),
        registered_at: registered_at.assume_utc(),
    })
}
