//! Whoever is above a member gives them another role or removes them; a member leaves.

use serde::Deserialize;
use service::database::{Tx, now};
use service::trace::TraceContext;
use service::{Change, Error, Id, IfMatch, Merchant, MergePatch, NoContent, Versioned};
use utoipa::ToSchema;
use values::{BusinessId, NO_BUSINESS, ShopAct, ShopRole, UserId};

use super::answer_handover::end_offer;
use super::list_members::ShopMemberBody;
use crate::App;
use crate::domain::{Business, Member, NO_MEMBER, require_shown, require_to_manage};
use crate::store::{self, invitations, members};

/// What is changed of a member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeMember {
    /// `manager` or `cashier`.
    #[serde(default)]
    #[schema(value_type = ShopRole)]
    role: Change<ShopRole>,
}

pub(crate) async fn change_member(
    app: App,
    Id(business_id): Id<BusinessId>,
    Id(user_id): Id<UserId>,
    person: Merchant,
    if_match: IfMatch,
    trace: TraceContext,
    MergePatch(input): MergePatch<ChangeMember>,
) -> Result<Versioned<ShopMemberBody>, Error> {
    let mut tx = app.database.begin().await?;
    let found = store::lock_business(&mut tx, person.user_id, business_id).await?;
    let (business, own) = found.ok_or(NO_BUSINESS)?;
    own.require(ShopAct::ManageCashiers)?;
    let (mut member, rank) = find(&mut tx, business_id, user_id).await?;
    let wanted = input.role.given().unwrap_or(rank);
    require_to_manage(own, rank)?;
    require_to_manage(own, wanted)?;
    if_match.require(member.version)?;
    if member.change(Some(wanted)) {
        require_shown(wanted, person.level)?;
        save(&app, tx, &business, &member, person.user_id, trace).await?;
    }
    ShopMemberBody::versioned(member)
}

/// Removing oneself is leaving, which nobody else has to allow.
pub(crate) async fn remove_member(
    app: App,
    Id(business_id): Id<BusinessId>,
    Id(user_id): Id<UserId>,
    person: Merchant,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    let found = store::lock_business(&mut tx, person.user_id, business_id).await?;
    let (business, own) = found.ok_or(NO_BUSINESS)?;
    if user_id != person.user_id {
        own.require(ShopAct::ManageCashiers)?;
    }
    let (mut member, rank) = find(&mut tx, business_id, user_id).await?;
    if user_id != person.user_id {
        require_to_manage(own, rank)?;
    }
    member.change(None);
    save(&app, tx, &business, &member, person.user_id, trace).await?;
    Ok(NoContent)
}

/// Somebody who works there, and their rank.
async fn find(
    tx: &mut Tx,
    business_id: BusinessId,
    user_id: UserId,
) -> Result<(Member, ShopRole), Error> {
    let member = members::find_member(tx, business_id, user_id).await?.ok_or(NO_MEMBER)?;
    let rank = member.role.ok_or(NO_MEMBER)?;
    Ok((member, rank))
}

/// With another rank what they have offered is no longer theirs to offer. With none all offers of
/// the business are gone: links name nobody, so who is removed could come back by any of them.
async fn save(
    app: &App,
    mut tx: Tx,
    business: &Business,
    member: &Member,
    changed_by: UserId,
    trace: TraceContext,
) -> Result<(), Error> {
    members::save_member(&mut tx, member).await?;
    let by = member.role.map(|_| member.user_id);
    invitations::delete_invitations(&mut tx, member.business_id, by).await?;
    let changed = member.changed_event(business, changed_by, now().into());
    let mut told = vec![app.outbox.envelope(trace, member.business_id.to_string(), &changed)?];
    if member.role.is_none() {
        told.extend(end_offer(app, &mut tx, business, Some(member.user_id), trace).await?);
    }
    app.outbox.append(&mut tx, &told).await?;
    app.outbox.commit(tx).await?;
    Ok(())
}
