//! Whoever has an invitation's secret sees what it offers, and accepts or declines it.

use mysql_async::prelude::Queryable;
use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::trace::TraceContext;
use service::{Error, Id, Json, Keyed, LinkSecret, Merchant, NoContent, Recorded, Resource, once};
use utoipa::ToSchema;
use values::{
    BusinessId, DisplayName, IdempotencyKey, ShopInvitationId, ShopRole, Timestamp, UserId,
};

use super::list_members::ShopMemberBody;
use crate::App;
use crate::domain::{
    ALREADY_MEMBER, Business, Invitation, MEMBERS_MAX, MEMBERSHIPS_MAX, Member, NO_INVITATION,
    TOO_MANY_MEMBERS, TOO_MANY_MEMBERSHIPS,
};
use crate::store::{self, invitations, members};

/// What shows that the caller is the one who was invited. A wrong one is answered as no invitation:
/// none is counted, since 128 random bits cannot be guessed.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShowInvitation {
    secret: LinkSecret,
}

/// What an invitation offers.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferedShopRoleBody {
    business_id: BusinessId,
    shop_name: DisplayName,
    role: ShopRole,
    expires_at: Timestamp,
}

impl Resource for ShopMemberBody {
    const LOCATION: &'static str = "/api/v1/businesses/{business_id}/members";
}

pub(crate) async fn preview_invitation(
    app: App,
    Id(business_id): Id<BusinessId>,
    Id(id): Id<ShopInvitationId>,
    _: Merchant,
    Json(shown): Json<ShowInvitation>,
) -> Result<Json<OfferedShopRoleBody>, Error> {
    let mut conn = app.database.conn().await?;
    let invitation = find(&mut conn, business_id, id, &shown).await?;
    let business = store::find_open_business(&mut conn, business_id).await?;
    let business = business.ok_or(NO_INVITATION)?;
    Ok(Json(OfferedShopRoleBody {
        business_id,
        shop_name: business.details.shop_name,
        role: invitation.role,
        expires_at: invitation.expires_at.into(),
    }))
}

pub(crate) async fn accept_invitation(
    app: App,
    Id(business_id): Id<BusinessId>,
    Id(id): Id<ShopInvitationId>,
    person: Merchant,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(shown): Json<ShowInvitation>,
) -> Result<Recorded<ShopMemberBody>, Error> {
    let user_id = person.user_id;
    let input = (business_id, id, &shown);
    let keyed = Keyed::new(user_id.uuid(), &key, "accept_invitation", &input)?;
    let accepted = once(&app.database, &keyed, |mut tx| {
        let (app, shown) = (&app, &shown);
        async move {
            store::lock_person(&mut tx, user_id).await?;
            let (business, invitation) = open(&mut tx, business_id, id, shown).await?;
            let member = join(&mut tx, &business, invitation, user_id).await?;
            invitations::delete_invitation(&mut tx, id).await?;
            let joined = member.changed_event(&business, user_id, now().into());
            let joined = app.outbox.envelope(trace, business_id.to_string(), &joined)?;
            app.outbox.append(&mut tx, &[joined]).await?;
            Ok((tx, ShopMemberBody::of(member)?))
        }
    });
    let accepted = accepted.await?;
    app.outbox.nudge();
    Ok(accepted)
}

/// The invitation is gone: nobody else accepts it. Who has sent it is not told.
pub(crate) async fn decline_invitation(
    app: App,
    Id(business_id): Id<BusinessId>,
    Id(id): Id<ShopInvitationId>,
    _: Merchant,
    Json(shown): Json<ShowInvitation>,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    open(&mut tx, business_id, id, &shown).await?;
    invitations::delete_invitation(&mut tx, id).await?;
    tx.commit().await?;
    Ok(NoContent)
}

/// Locks nothing.
async fn find(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    id: ShopInvitationId,
    shown: &ShowInvitation,
) -> Result<Invitation, Error> {
    let digest = shown.secret.digest();
    let of = (business_id, id);
    let found = invitations::find_invitation(connection, of, &digest, now()).await?;
    Ok(found.ok_or(NO_INVITATION)?)
}

/// Under the lock of the business, so that of two answers one is the first. Who has no secret of
/// its waits for nobody, and lets nobody wait.
async fn open(
    tx: &mut Tx,
    business_id: BusinessId,
    id: ShopInvitationId,
    shown: &ShowInvitation,
) -> Result<(Business, Invitation), Error> {
    find(tx, business_id, id, shown).await?;
    let business = store::lock_open_business(tx, business_id).await?.ok_or(NO_INVITATION)?;
    Ok((business, find(tx, business_id, id, shown).await?))
}

async fn join(
    tx: &mut Tx,
    business: &Business,
    invitation: Invitation,
    user_id: UserId,
) -> Result<Member, Error> {
    let former = members::find_member(tx, business.business_id, user_id).await?;
    let is_member = former.as_ref().is_some_and(|former| former.role.is_some());
    if is_member || business.owner_user_id == user_id {
        return Err(ALREADY_MEMBER.into());
    }
    if members::count_members(tx, business.business_id).await? >= MEMBERS_MAX {
        return Err(TOO_MANY_MEMBERS.into());
    }
    if members::count_memberships(tx, user_id).await? >= MEMBERSHIPS_MAX {
        return Err(TOO_MANY_MEMBERSHIPS.into());
    }
    let member = Member::invited(invitation, user_id, former.as_ref());
    members::save_member(tx, &member).await?;
    Ok(member)
}
