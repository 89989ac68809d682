//! A person closes their own business: nobody can pay it any more. Its money and its history stay.

use service::trace::TraceContext;
use service::{Error, Id, Merchant, NoContent};
use values::{BusinessId, GuardedAct, NO_BUSINESS};

use crate::{App, store};

/// A closed business is not found, so closing it again is refused as such.
pub(crate) async fn close_business(
    app: App,
    Id(business_id): Id<BusinessId>,
    owner: Merchant,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    let mut business =
        store::lock_business(&mut tx, owner.user_id, business_id).await?.ok_or(NO_BUSINESS)?;
    app.tokens.require_level(&owner, GuardedAct::ShopClosing)?;
    business.close();
    store::close_business(&mut tx, &business).await?;
    let changed = app.outbox.envelope(trace, business_id.to_string(), &business.changed_event())?;
    app.outbox.append(&mut tx, &[changed]).await?;
    app.outbox.commit(tx).await?;
    Ok(NoContent)
}
