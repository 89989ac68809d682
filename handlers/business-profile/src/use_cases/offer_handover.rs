//! The owner of a business offers it to somebody who works there.

use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::trace::TraceContext;
use service::{Error, Id, Json, Keyed, Merchant, Recorded, Resource, once};
use utoipa::ToSchema;
use values::{BusinessId, GuardedAct, IdempotencyKey, NO_BUSINESS, ShopAct, UserId};

use super::list_handovers::ShopHandoverBody;
use crate::App;
use crate::domain::{HANDOVER_OFFERED, Handover, HandoverStatus, NO_MEMBER};
use crate::store::{self, handovers, members};

/// To whom it is offered.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfferHandover {
    /// A manager or cashier of it.
    user_id: UserId,
}

impl Resource for ShopHandoverBody {
    const LOCATION: &'static str = "/api/v1/businesses/{business_id}/handovers";
}

/// Both are told at once.
pub(crate) async fn offer_handover(
    app: App,
    Id(business_id): Id<BusinessId>,
    owner: Merchant,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<OfferHandover>,
) -> Result<Recorded<ShopHandoverBody>, Error> {
    let scope = owner.user_id.uuid();
    let keyed = Keyed::new(scope, &key, "offer_handover", &(business_id, &input))?;
    let offer = |tx| insert(&app, tx, &owner, business_id, trace, &input);
    let offered = once(&app.database, &keyed, offer).await?;
    app.outbox.nudge();
    Ok(offered)
}

async fn insert(
    app: &App,
    mut tx: Tx,
    owner: &Merchant,
    business_id: BusinessId,
    trace: TraceContext,
    OfferHandover { user_id }: &OfferHandover,
) -> Result<(Tx, ShopHandoverBody), Error> {
    let found = store::lock_business(&mut tx, owner.user_id, business_id).await?;
    let (business, role) = found.ok_or(NO_BUSINESS)?;
    role.require(ShopAct::HandOver)?;
    app.tokens.require_level(owner, GuardedAct::ShopHandover)?;
    owner.level.require(Handover::SHOWN)?;
    let member = members::find_member(&mut tx, business_id, *user_id).await?;
    member.and_then(|member| member.role).ok_or(NO_MEMBER)?;
    let now = now();
    if let Some(waiting) = handovers::find_waiting(&mut tx, business_id).await? {
        let over = waiting.at(now);
        if over.status == HandoverStatus::Offered {
            return Err(HANDOVER_OFFERED.into());
        }
        handovers::update_handover(&mut tx, &over).await?;
    }
    let offered = Handover::offer(&business, *user_id, now);
    handovers::insert_handover(&mut tx, &offered).await?;
    let told = offered.changed_event(&business);
    let told = app.outbox.envelope(trace, business_id.to_string(), &told)?;
    app.outbox.append(&mut tx, &[told]).await?;
    Ok((tx, ShopHandoverBody::from(offered)))
}
