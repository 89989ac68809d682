//! Somebody is invited to work in a business: by a link, which names nobody and which whoever
//! invites sends by whatever they use.

use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::{Error, Id, Json, Keyed, LinkSecret, Merchant, Recorded, Resource, once};
use utoipa::ToSchema;
use values::{
    BusinessId, DisplayName, IdempotencyKey, NO_BUSINESS, ShopInvitationId, ShopRole, Timestamp,
};

use crate::App;
use crate::domain::{Invitation, TOO_MANY_INVITATIONS, require_shown, require_to_manage};
use crate::store::{self, invitations};

/// How long a repeat under the same key is given the secret again.
const REPEATED_FOR_SECONDS: u32 = 600;

/// Who is invited, in the words of whoever invites.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InviteMember {
    /// `manager` or `cashier`.
    role: ShopRole,
    /// What the shop calls them, in its list of members.
    name: DisplayName,
}

/// An invitation with its secret, which is read here and never again, but by a repeat of the same
/// request a short time after.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewShopInvitationBody {
    invitation_id: ShopInvitationId,
    business_id: BusinessId,
    role: ShopRole,
    name: DisplayName,
    /// For the fragment of the link. Whoever shows it first, in their own login, is the member.
    secret: LinkSecret,
    expires_at: Timestamp,
}

impl Resource for NewShopInvitationBody {
    const LOCATION: &'static str = "/api/v1/businesses/{business_id}/invitations";
}

pub(crate) async fn invite_member(
    app: App,
    Id(business_id): Id<BusinessId>,
    person: Merchant,
    key: IdempotencyKey,
    Json(input): Json<InviteMember>,
) -> Result<Recorded<NewShopInvitationBody>, Error> {
    let scope = person.user_id.uuid();
    let keyed = Keyed::new(scope, &key, "invite_member", &(business_id, &input))?
        .sealing_a_secret()?
        .replayed_for_seconds(REPEATED_FOR_SECONDS);
    once(&app.database, &keyed, |tx| insert(tx, &person, business_id, &input)).await
}

async fn insert(
    mut tx: Tx,
    person: &Merchant,
    business_id: BusinessId,
    InviteMember { role, name }: &InviteMember,
) -> Result<(Tx, NewShopInvitationBody), Error> {
    let found = store::lock_business(&mut tx, person.user_id, business_id).await?;
    let (_, own) = found.ok_or(NO_BUSINESS)?;
    require_to_manage(own, *role)?;
    require_shown(*role, person.level)?;
    let now = now();
    if invitations::count_invitations(&mut tx, business_id, now).await? >= Invitation::OPEN_MAX {
        return Err(TOO_MANY_INVITATIONS.into());
    }
    let invitation = Invitation {
        id: ShopInvitationId::new(),
        business_id,
        role: *role,
        name: name.clone(),
        invited_by: person.user_id,
        expires_at: now.saturating_add(Invitation::LIFETIME),
    };
    let secret = LinkSecret::random().map_err(Error::internal)?;
    invitations::insert_invitation(&mut tx, &invitation, &secret.digest()).await?;
    let body = NewShopInvitationBody {
        invitation_id: invitation.id,
        business_id,
        role: invitation.role,
        name: invitation.name,
        secret,
        expires_at: invitation.expires_at.into(),
    };
    Ok((tx, body))
}
