//! Whose a shop is, and what the ledger keeps of its account.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use values::{BusinessId, UserId};

/// Who owns it.
pub(crate) async fn find_owner(
    connection: &mut impl Queryable,
    business_id: BusinessId,
) -> Result<Option<UserId>, Error> {
    let sql = "SELECT owner_user_id FROM shops WHERE business_id = ?";
    let owner = connection.exec_first(sql, (business_id.uuid(),)).await?;
    Ok(owner.map(UserId::from_uuid))
}

/// All that came to its account, and all that left it, in cents; `None` before the first.
pub(crate) async fn find_sums(
    connection: &mut impl Queryable,
    business_id: BusinessId,
) -> Result<Option<(i64, i64)>, Error> {
    let sql = "SELECT credits_posted, debits_posted FROM accounts WHERE account_id = ?";
    connection.exec_first(sql, (business_id.uuid(),)).await
}
