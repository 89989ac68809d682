//! Who works in a business beside its owner: the owner and managers see it.

use serde::Serialize;
use service::{Error, Id, Json, List, Merchant, Page, Versioned};
use utoipa::ToSchema;
use values::{BusinessId, DisplayName, NO_BUSINESS, ShopAct, ShopRole, UserId};

use crate::App;
use crate::domain::{Member, NO_MEMBER};
use crate::store::{self, members};

/// Somebody who works there.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShopMemberBody {
    business_id: BusinessId,
    user_id: UserId,
    role: ShopRole,
    /// What the shop calls them: not the name of their profile, which is theirs to show.
    name: DisplayName,
    /// Who made the invitation by which they came, or came back.
    invited_by: UserId,
    /// Counts the changes, from 1.
    version: u32,
}

impl ShopMemberBody {
    /// Of one who works there no more there is none.
    pub(crate) fn of(member: Member) -> Result<Self, Error> {
        Ok(Self {
            business_id: member.business_id,
            user_id: member.user_id,
            role: member.role.ok_or(NO_MEMBER)?,
            name: member.name,
            invited_by: member.invited_by,
            version: member.version,
        })
    }

    pub(crate) fn versioned(member: Member) -> Result<Versioned<Self>, Error> {
        Ok(Versioned { version: member.version, body: Self::of(member)? })
    }
}

pub(crate) async fn list_members(
    app: App,
    Id(business_id): Id<BusinessId>,
    person: Merchant,
    list: List,
) -> Result<Json<Page<ShopMemberBody>>, Error> {
    let paging = list.of(business_id)?;
    let mut conn = app.database.conn().await?;
    let found = store::find_business(&mut conn, person.user_id, business_id).await?;
    found.ok_or(NO_BUSINESS)?.1.require(ShopAct::ManageCashiers)?;
    let rows = members::list_members(&mut conn, business_id, &paging).await?;
    let rows = rows.into_iter().map(ShopMemberBody::of).collect::<Result<Vec<_>, _>>()?;
    let place = |member: &ShopMemberBody| member.user_id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, |member| member)))
}
