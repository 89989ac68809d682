//! Whoever is offered a business accepts it, and owns it from then on, or declines it.

use events::Envelope;
use mysql_async::prelude::Queryable;
use service::database::{Tx, now};
use service::trace::TraceContext;
use service::{Error, Id, Json, Merchant, NoContent, retry_lock_conflicts};
use values::{BusinessId, ShopHandoverId, ShopRole, UserId};

use super::read_business::BusinessBody;
use crate::App;
use crate::domain::{
    BUSINESSES_PER_OWNER_MAX, Business, Handover, HandoverStatus, NO_HANDOVER, TOO_MANY_BUSINESSES,
};
use crate::store::{self, handovers, invitations, members};

/// Who was not answered asks again, and is answered the same while the business is theirs. The
/// owner before is nothing there any more, and what they have offered to others is gone: links name
/// nobody, so they could come back by one.
pub(crate) async fn accept_handover(
    app: App,
    Id(business_id): Id<BusinessId>,
    Id(id): Id<ShopHandoverId>,
    person: Merchant,
    trace: TraceContext,
) -> Result<Json<BusinessBody>, Error> {
    let ids = (business_id, id, person.user_id);
    // Nobody waits for who was offered nothing, or has a row for it.
    find(&mut app.database.conn().await?, ids).await?;
    person.level.require(Handover::SHOWN)?;
    retry_lock_conflicts(|| accept(&app, ids, trace)).await
}

/// Which offer of which business, and who answers it.
type Ids = (BusinessId, ShopHandoverId, UserId);

async fn accept(app: &App, ids: Ids, trace: TraceContext) -> Result<Json<BusinessBody>, Error> {
    let (business_id, _, user_id) = ids;
    let mut tx = app.database.begin().await?;
    store::lock_person(&mut tx, user_id).await?;
    let business = store::lock_open_business(&mut tx, business_id).await?;
    let mut business = business.ok_or(NO_HANDOVER)?;
    let handover = find(&mut tx, ids).await?;
    let body = |business| Ok(Json(BusinessBody::of((business, ShopRole::Owner))));
    if handover.status == HandoverStatus::Accepted && business.owner_user_id == user_id {
        return body(business);
    }
    let accepted = handover.accept(now())?;
    if store::count_businesses(&mut tx, user_id).await? >= BUSINESSES_PER_OWNER_MAX {
        return Err(TOO_MANY_BUSINESSES.into());
    }
    business.hand_over(user_id);
    let told = save(app, &mut tx, &business, &accepted, trace).await?;
    app.outbox.append(&mut tx, &told).await?;
    app.outbox.commit(tx).await?;
    body(business)
}

/// Its owner is told.
pub(crate) async fn decline_handover(
    app: App,
    Id(business_id): Id<BusinessId>,
    Id(id): Id<ShopHandoverId>,
    person: Merchant,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    let ids = (business_id, id, person.user_id);
    let mut tx = app.database.begin().await?;
    find(&mut tx, ids).await?;
    let business = store::lock_open_business(&mut tx, business_id).await?.ok_or(NO_HANDOVER)?;
    let handover = find(&mut tx, ids).await?;
    let declined = handover.end(HandoverStatus::Declined, now())?;
    handovers::update_handover(&mut tx, &declined).await?;
    let told = declined.changed_event(&business);
    let told = app.outbox.envelope(trace, business_id.to_string(), &told)?;
    app.outbox.append(&mut tx, &[told]).await?;
    app.outbox.commit(tx).await?;
    Ok(NoContent)
}

/// Ends what waits, if anything does and `to` is whom it was offered to, or nobody in particular.
/// The business is locked.
pub(super) async fn end_offer(
    app: &App,
    tx: &mut Tx,
    business: &Business,
    to: Option<UserId>,
    trace: TraceContext,
) -> Result<Option<Envelope>, Error> {
    let waiting = handovers::find_waiting(tx, business.business_id).await?;
    let Some(waiting) = waiting.filter(|waiting| to.is_none_or(|to| to == waiting.to)) else {
        return Ok(None);
    };
    let Ok(ended) = waiting.end(HandoverStatus::Ended, now()) else { return Ok(None) };
    handovers::update_handover(tx, &ended).await?;
    let subject = business.business_id.to_string();
    Ok(Some(app.outbox.envelope(trace, subject, &ended.changed_event(business))?))
}

/// To everybody but whom it was offered to there is none.
async fn find(
    connection: &mut impl Queryable,
    (business_id, id, user_id): Ids,
) -> Result<Handover, Error> {
    let found = handovers::find_handover(connection, business_id, id).await?;
    Ok(found.filter(|handover| handover.to == user_id).ok_or(NO_HANDOVER)?)
}

/// The new owner is told first, so that nobody hears of them as nothing there.
async fn save(
    app: &App,
    tx: &mut Tx,
    business: &Business,
    accepted: &Handover,
    trace: TraceContext,
) -> Result<Vec<Envelope>, Error> {
    let business_id = business.business_id;
    let subject = business_id.to_string();
    store::update_business(tx, business).await?;
    let mut told = vec![app.outbox.envelope(trace, subject.clone(), &business.changed_event())?];
    // Who works there no more was offered nothing any more.
    let member = members::find_member(tx, business_id, accepted.to).await?;
    let mut owner = member.filter(|member| member.role.is_some()).ok_or(NO_HANDOVER)?;
    owner.change(None);
    members::save_member(tx, &owner).await?;
    invitations::delete_invitations(tx, business_id, None).await?;
    handovers::update_handover(tx, accepted).await?;
    let left = owner.changed_event(business, accepted.to, now().into());
    told.push(app.outbox.envelope(trace, subject.clone(), &left)?);
    told.push(app.outbox.envelope(trace, subject, &accepted.changed_event(business))?);
    Ok(told)
}
