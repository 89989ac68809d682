//! Which invitations of a business wait for an answer, and taking one back.

use serde::Serialize;
use service::database::now;
use service::{Error, Id, Json, List, Merchant, NoContent, Page};
use utoipa::ToSchema;
use values::{
    BusinessId, DisplayName, NO_BUSINESS, ShopAct, ShopInvitationId, ShopRole, Timestamp, UserId,
};

use crate::App;
use crate::domain::{Invitation, NO_INVITATION, require_to_manage};
use crate::store::{self, invitations};

/// An invitation that waits, without its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShopInvitationBody {
    invitation_id: ShopInvitationId,
    role: ShopRole,
    /// What the shop calls who is invited.
    name: DisplayName,
    invited_by: UserId,
    expires_at: Timestamp,
}

impl From<Invitation> for ShopInvitationBody {
    fn from(invitation: Invitation) -> Self {
        Self {
            invitation_id: invitation.id,
            role: invitation.role,
            name: invitation.name,
            invited_by: invitation.invited_by,
            expires_at: invitation.expires_at.into(),
        }
    }
}

pub(crate) async fn list_invitations(
    app: App,
    Id(business_id): Id<BusinessId>,
    person: Merchant,
    list: List,
) -> Result<Json<Page<ShopInvitationBody>>, Error> {
    let paging = list.of(business_id)?;
    let mut conn = app.database.conn().await?;
    let found = store::find_business(&mut conn, person.user_id, business_id).await?;
    found.ok_or(NO_BUSINESS)?.1.require(ShopAct::ManageCashiers)?;
    let rows = invitations::list_invitations(&mut conn, business_id, now(), &paging).await?;
    let place = |invitation: &Invitation| invitation.id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, ShopInvitationBody::from)))
}

/// Whoever may invite to that rank takes it back.
pub(crate) async fn cancel_invitation(
    app: App,
    Id(business_id): Id<BusinessId>,
    Id(id): Id<ShopInvitationId>,
    person: Merchant,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    let found = store::lock_business(&mut tx, person.user_id, business_id).await?;
    let (_, own) = found.ok_or(NO_BUSINESS)?;
    own.require(ShopAct::ManageCashiers)?;
    let role = invitations::find_role(&mut tx, business_id, id).await?.ok_or(NO_INVITATION)?;
    require_to_manage(own, role)?;
    invitations::delete_invitation(&mut tx, id).await?;
    tx.commit().await?;
    Ok(NoContent)
}
