//! A person changes what they say of their own business.

use mysql_async::TxOpts;
use serde::Deserialize;
use utoipa::ToSchema;
use values::{BusinessId, UserId};

use super::read_business::BusinessBody;
use crate::domain::BusinessDetails;
use crate::error::Error;
use crate::{App, store};

/// What the owner says of the business from now on.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct ReplaceBusiness(BusinessDetails);

pub(crate) async fn replace_business(
    app: &App,
    owner_user_id: UserId,
    business_id: BusinessId,
    input: ReplaceBusiness,
) -> Result<BusinessBody, Error> {
    let ReplaceBusiness(new) = input;
    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    store::update_business(&mut tx, owner_user_id, business_id, &new).await?;
    let business = store::find_business(&mut tx, owner_user_id, business_id)
        .await?
        .ok_or(Error::NoBusiness)?;
    let changed = app.outbox.envelope(business_id.to_string(), &business.changed_event())?;
    app.outbox.append(&mut tx, &[changed]).await?;
    app.outbox.commit(tx).await?;
    Ok(BusinessBody::from(business))
}
