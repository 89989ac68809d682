//! A person changes what they say of their own business.

use mysql_async::TxOpts;
use values::{BusinessId, UserId};

use crate::domain::{Business, BusinessDetails};
use crate::error::Error;
use crate::{App, store};

pub(crate) async fn replace_business(
    app: &App,
    owner_user_id: UserId,
    business_id: BusinessId,
    new: BusinessDetails,
) -> Result<Business, Error> {
    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    store::update_business(&mut tx, owner_user_id, business_id, &new).await?;
    let business = store::find_business(&mut tx, owner_user_id, business_id)
        .await?
        .ok_or(Error::NoBusiness)?;
    let changed = app.outbox.envelope(business_id.to_string(), &business.changed_event())?;
    app.outbox.append(&mut tx, &[changed]).await?;
    app.outbox.commit(tx).await?;
    Ok(business)
}
