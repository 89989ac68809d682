//! Who works in a shop, and what the ledger keeps of its account.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use values::{BusinessId, ShopRole, UserId};

/// What the person is in a shop that is known. In one that is closed nobody works any more.
pub(crate) async fn find_role(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    user_id: UserId,
) -> Result<Option<Option<ShopRole>>, Error> {
    let sql = "SELECT IF(owner_user_id = ?, 'owner', IF(is_closed, NULL, role)) FROM shops
         LEFT JOIN shop_members
             ON shop_members.business_id = shops.business_id AND user_id = ?
         WHERE shops.business_id = ?";
    let of = (user_id.uuid(), user_id.uuid(), business_id.uuid());
    let role: Option<Option<String>> = connection.exec_first(sql, of).await?;
    let read = |role: String| {
        let unreadable = || Error::Other("a role in a shop cannot be read".into());
        ShopRole::from_code(&role).ok_or_else(unreadable)
    };
    role.map(|role| role.map(read).transpose()).transpose()
}

/// All that came to its account, and all that left it, in cents; `None` before the first.
pub(crate) async fn find_sums(
    connection: &mut impl Queryable,
    business_id: BusinessId,
) -> Result<Option<(i64, i64)>, Error> {
    let sql = "SELECT credits_posted, debits_posted FROM accounts WHERE account_id = ?";
    connection.exec_first(sql, (business_id.uuid(),)).await
}
