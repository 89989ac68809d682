//! A person opens a business.

use serde::{Deserialize, Serialize};
use service::database::Tx;
use service::trace::TraceContext;
use service::{Error, Json, Keyed, Merchant, Recorded, Resource, once};
use utoipa::ToSchema;
use values::{BusinessId, IdempotencyKey, ShopRole};

use super::read_business::BusinessBody;
use crate::domain::{BUSINESSES_PER_OWNER_MAX, Business, BusinessDetails, TOO_MANY_BUSINESSES};
use crate::{App, store};

/// What the owner says of the new business.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct CreateBusiness(BusinessDetails);

impl Resource for BusinessBody {
    const LOCATION: &'static str = "/api/v1/businesses/{business_id}";
}

pub(crate) async fn create_business(
    app: App,
    owner: Merchant,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<CreateBusiness>,
) -> Result<Recorded<BusinessBody>, Error> {
    let keyed = Keyed::new(owner.user_id.uuid(), &key, "create_business", &input)?;
    let created = once(&app.database, &keyed, |tx| insert(&app, tx, &owner, trace, &input)).await?;
    app.outbox.nudge();
    Ok(created)
}

async fn insert(
    app: &App,
    mut tx: Tx,
    owner: &Merchant,
    trace: TraceContext,
    CreateBusiness(details): &CreateBusiness,
) -> Result<(Tx, BusinessBody), Error> {
    let business = Business::open(BusinessId::new(), owner.user_id, details.clone());
    store::lock_person(&mut tx, owner.user_id).await?;
    let owned = store::count_businesses(&mut tx, owner.user_id).await?;
    if owned >= BUSINESSES_PER_OWNER_MAX {
        return Err(TOO_MANY_BUSINESSES.into());
    }
    store::insert_business(&mut tx, &business).await?;
    let subject = business.business_id.to_string();
    let changed = app.outbox.envelope(trace, subject, &business.changed_event())?;
    app.outbox.append(&mut tx, &[changed]).await?;
    Ok((tx, BusinessBody::of((business, ShopRole::Owner))))
}
