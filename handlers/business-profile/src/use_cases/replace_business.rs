//! A person changes what they say of their own business.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Error, Id, Json, Merchant};
use utoipa::ToSchema;
use values::BusinessId;

use super::read_business::BusinessBody;
use crate::domain::{BusinessDetails, NO_BUSINESS};
use crate::{App, store};

/// What the owner says of the business from now on.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct ReplaceBusiness(BusinessDetails);

pub(crate) async fn replace_business(
    app: App,
    Id(business_id): Id<BusinessId>,
    owner: Merchant,
    trace: TraceContext,
    Json(ReplaceBusiness(new)): Json<ReplaceBusiness>,
) -> Result<Json<BusinessBody>, Error> {
    let mut tx = app.database.begin().await?;
    store::update_business(&mut tx, owner.user_id, business_id, &new).await?;
    let found = store::find_business(&mut tx, owner.user_id, business_id).await?;
    let business = found.ok_or(NO_BUSINESS)?;
    let changed = app.outbox.envelope(trace, business_id.to_string(), &business.changed_event())?;
    app.outbox.append(&mut tx, &[changed]).await?;
    app.outbox.commit(tx).await?;
    Ok(Json(BusinessBody::from(business)))
}
