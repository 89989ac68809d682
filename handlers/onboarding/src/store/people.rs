//! Whom applications stand for: people and businesses, and whose a document's number is.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;
use values::{ApplicationId, BusinessId, UserId};

use crate::domain::{Business, Person};

/// Makes this transaction the only one that changes the person or any application of theirs, until
/// it ends.
pub(crate) async fn lock_person(tx: &mut Tx, user_id: UserId) -> Result<Person, Error> {
    tx.exec_drop(
        "INSERT INTO people (user_id) VALUES (?) ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)",
        (user_id.uuid(),),
    )
    .await?;
    find_person(tx, user_id).await
}

/// Of whom nothing is known, nothing stands.
pub(crate) async fn find_person(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Person, Error> {
    let row: Option<(u32, Option<Uuid>, Option<Uuid>)> = connection
        .exec_first(
            "SELECT version, identity_id, address_id FROM people WHERE user_id = ?",
            (user_id.uuid(),),
        )
        .await?;
    let (version, identity, address) = row.unwrap_or_default();
    let [identity, address] = [identity, address].map(|id| id.map(ApplicationId::from_uuid));
    Ok(Person { user_id, version, identity, address })
}

pub(crate) async fn update_person(tx: &mut Tx, person: &Person) -> Result<(), Error> {
    let [identity, address] = [person.identity, person.address].map(|id| id.map(|id| id.uuid()));
    tx.exec_drop(
        "UPDATE people SET version = ?, identity_id = ?, address_id = ? WHERE user_id = ?",
        (person.version, identity, address, person.user_id.uuid()),
    )
    .await
}

/// A newer version of what `business-profile` tells replaces an older one, never the reverse.
pub(crate) async fn save_profile(
    tx: &mut Tx,
    business: &Business,
    profile_version: u32,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO businesses (business_id, owner_user_id, shop_name, category_code, is_closed,
             profile_version) VALUES (?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             owner_user_id = IF(VALUES(profile_version) > profile_version,
                 VALUES(owner_user_id), owner_user_id),
             shop_name = IF(VALUES(profile_version) > profile_version,
                 VALUES(shop_name), shop_name),
             category_code = IF(VALUES(profile_version) > profile_version,
                 VALUES(category_code), category_code),
             is_closed = IF(VALUES(profile_version) > profile_version,
                 VALUES(is_closed), is_closed),
             profile_version = GREATEST(VALUES(profile_version), profile_version)",
        (
            business.business_id.uuid(),
            business.owner_user_id.uuid(),
            &business.shop_name,
            &business.category_code,
            business.is_closed,
            profile_version,
        ),
    )
    .await
}

pub(crate) async fn find_business(
    connection: &mut impl Queryable,
    business_id: BusinessId,
) -> Result<Option<Business>, Error> {
    select_business(connection, business_id, "").await
}

/// Its owner stays whoever it is until the transaction ends.
pub(crate) async fn lock_business(
    tx: &mut Tx,
    business_id: BusinessId,
) -> Result<Option<Business>, Error> {
    select_business(tx, business_id, "FOR UPDATE").await
}

async fn select_business(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    lock: &str,
) -> Result<Option<Business>, Error> {
    let sql = format!(
        "SELECT owner_user_id, shop_name, category_code, is_closed, version, application_id
         FROM businesses WHERE business_id = ? {lock}"
    );
    let row: Option<(Uuid, String, String, bool, u32, Option<Uuid>)> =
        connection.exec_first(sql, (business_id.uuid(),)).await?;
    Ok(row.map(|(owner, shop_name, category_code, is_closed, version, application)| Business {
        business_id,
        owner_user_id: UserId::from_uuid(owner),
        shop_name,
        category_code,
        is_closed,
        version,
        application: application.map(ApplicationId::from_uuid),
    }))
}

/// The row is locked already.
pub(crate) async fn update_business(tx: &mut Tx, business: &Business) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE businesses SET version = ?, application_id = ? WHERE business_id = ?",
        (
            business.version,
            business.application.map(ApplicationId::uuid),
            business.business_id.uuid(),
        ),
    )
    .await
}

/// Whose the number is from now on: this person's if nobody had it. Waits for whoever takes the
/// same number in a transaction that has not ended.
pub(crate) async fn take_number(
    tx: &mut Tx,
    number_index: &[u8; 32],
    user_id: UserId,
) -> Result<UserId, Error> {
    tx.exec_drop(
        "INSERT INTO document_numbers (number_index, user_id) VALUES (?, ?)
         ON DUPLICATE KEY UPDATE number_index = VALUES(number_index)",
        (number_index, user_id.uuid()),
    )
    .await?;
    Ok(find_number(tx, number_index).await?.unwrap_or(user_id))
}

/// Nobody's is the number of this application from now on, unless it is approved by another one of
/// the same person.
pub(crate) async fn free_number(tx: &mut Tx, id: ApplicationId) -> Result<(), Error> {
    tx.exec_drop(
        "DELETE document_numbers FROM document_numbers
         JOIN applications AS own USING (number_index, user_id)
         WHERE own.application_id = ? AND NOT EXISTS
             (SELECT 1 FROM applications AS other
              WHERE other.user_id = own.user_id AND other.number_index = own.number_index
                  AND other.application_id <> own.application_id
                  AND (other.status = 'approved' OR other.is_recheck))",
        (id.uuid(),),
    )
    .await
}

/// Whose the number is.
pub(crate) async fn find_number(
    connection: &mut impl Queryable,
    number_index: &[u8; 32],
) -> Result<Option<UserId>, Error> {
    let user_id: Option<Uuid> = connection
        .exec_first("SELECT user_id FROM document_numbers WHERE number_index = ?", (number_index,))
        .await?;
    Ok(user_id.map(UserId::from_uuid))
}
