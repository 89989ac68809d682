//! To whom a business was offered and what came of it, and taking an offer back.

use serde::Serialize;
use service::database::now;
use service::trace::TraceContext;
use service::{Error, Id, Json, List, Merchant, NoContent, Page};
use utoipa::ToSchema;
use values::{BusinessId, NO_BUSINESS, ShopAct, ShopHandoverId, Timestamp, UserId};

use crate::App;
use crate::domain::{Handover, HandoverStatus, NO_HANDOVER};
use crate::store::{self, handovers};

/// An offer of a business.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShopHandoverBody {
    handover_id: ShopHandoverId,
    business_id: BusinessId,
    /// Who owned the business when they offered it.
    from_user_id: UserId,
    to_user_id: UserId,
    status: HandoverStatus,
    offered_at: Timestamp,
    /// From then on it can be accepted; declined and taken back it can be at once.
    acceptable_at: Timestamp,
    /// Until then.
    expires_at: Timestamp,
    /// Null while it waits.
    ended_at: Option<Timestamp>,
}

impl From<Handover> for ShopHandoverBody {
    fn from(handover: Handover) -> Self {
        Self {
            handover_id: handover.id,
            business_id: handover.business_id,
            from_user_id: handover.from,
            to_user_id: handover.to,
            status: handover.status,
            offered_at: handover.offered_at.into(),
            acceptable_at: handover.acceptable_at.into(),
            expires_at: handover.expires_at.into(),
            ended_at: handover.ended_at.map(Timestamp::from),
        }
    }
}

/// The owner sees all, whoever owned it then; who works there, what was offered to them.
pub(crate) async fn list_handovers(
    app: App,
    Id(business_id): Id<BusinessId>,
    person: Merchant,
    list: List,
) -> Result<Json<Page<ShopHandoverBody>>, Error> {
    let paging = list.of(business_id)?;
    let mut conn = app.database.conn().await?;
    let found = store::find_business(&mut conn, person.user_id, business_id).await?;
    let (_, role) = found.ok_or(NO_BUSINESS)?;
    let to = (!role.may(ShopAct::HandOver)).then_some(person.user_id);
    let rows = handovers::list_handovers(&mut conn, business_id, to, &paging).await?;
    let now = now();
    let place = |handover: &Handover| handover.id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, |handover| handover.at(now).into())))
}

/// To whom it was offered is told nothing: they find none.
pub(crate) async fn cancel_handover(
    app: App,
    Id(business_id): Id<BusinessId>,
    Id(id): Id<ShopHandoverId>,
    owner: Merchant,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    let found = store::lock_business(&mut tx, owner.user_id, business_id).await?;
    let (business, role) = found.ok_or(NO_BUSINESS)?;
    role.require(ShopAct::HandOver)?;
    let handover = handovers::find_handover(&mut tx, business_id, id).await?.ok_or(NO_HANDOVER)?;
    let cancelled = handover.end(HandoverStatus::Cancelled, now())?;
    handovers::update_handover(&mut tx, &cancelled).await?;
    let told = cancelled.changed_event(&business);
    let told = app.outbox.envelope(trace, business_id.to_string(), &told)?;
    app.outbox.append(&mut tx, &[told]).await?;
    app.outbox.commit(tx).await?;
    Ok(NoContent)
}
