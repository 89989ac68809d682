//! A person opens a business.

use mysql_async::TxOpts;
use serde::Deserialize;
use utoipa::ToSchema;
use values::{BusinessId, UserId};

use super::read_business::BusinessBody;
use crate::domain::{BUSINESSES_PER_OWNER_MAX, Business, BusinessDetails};
use crate::error::Error;
use crate::{App, store};

/// What the owner says of the new business.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct CreateBusiness(BusinessDetails);

pub(crate) async fn create_business(
    app: &App,
    owner_user_id: UserId,
    input: CreateBusiness,
) -> Result<BusinessBody, Error> {
    let CreateBusiness(details) = input;
    let business = Business { business_id: BusinessId::new(), owner_user_id, details, version: 1 };
    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    store::lock_owner(&mut tx, owner_user_id).await?;
    let owned = store::list_businesses(&mut tx, owner_user_id).await?;
    if owned.len() >= BUSINESSES_PER_OWNER_MAX {
        return Err(Error::TooManyBusinesses);
    }
    store::insert_business(&mut tx, &business).await?;
    let subject = business.business_id.to_string();
    let changed = app.outbox.envelope(subject, &business.changed_event())?;
    app.outbox.append(&mut tx, &[changed]).await?;
    app.outbox.commit(tx).await?;
    Ok(BusinessBody::from(business))
}
