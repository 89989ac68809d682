//! A person closes their own business: nobody can pay it any more, and nobody works there. Its
//! money and its history stay the owner's.

use service::database::now;
use service::trace::TraceContext;
use service::{Error, Id, Merchant, NoContent, Paging};
use values::{BusinessId, GuardedAct, NO_BUSINESS, ShopAct};

use super::answer_handover::end_offer;
use crate::App;
use crate::domain::MEMBERS_MAX;
use crate::store::{self, invitations, members};

/// A closed business is not found, so closing it again is refused as such.
pub(crate) async fn close_business(
    app: App,
    Id(business_id): Id<BusinessId>,
    owner: Merchant,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    let found = store::lock_business(&mut tx, owner.user_id, business_id).await?;
    let (mut business, role) = found.ok_or(NO_BUSINESS)?;
    role.require(ShopAct::Close)?;
    app.tokens.require_level(&owner, GuardedAct::ShopClosing)?;
    let logo = business.logo_id;
    app.logos.show(&mut tx, business_id.uuid(), [logo, None]).await?;
    business.close();
    store::close_business(&mut tx, &business).await?;
    let subject = business_id.to_string();
    let mut told = vec![app.outbox.envelope(trace, subject.clone(), &business.changed_event())?];
    let all = Paging::newest(MEMBERS_MAX);
    for mut member in members::list_members(&mut tx, business_id, &all).await? {
        member.change(None);
        members::save_member(&mut tx, &member).await?;
        let left = member.changed_event(&business, owner.user_id, now().into());
        told.push(app.outbox.envelope(trace, subject.clone(), &left)?);
    }
    told.extend(end_offer(&app, &mut tx, &business, None, trace).await?);
    invitations::delete_invitations(&mut tx, business_id, None).await?;
    app.outbox.append(&mut tx, &told).await?;
    app.outbox.commit(tx).await?;
    if let Some(gone) = logo {
        app.logos.take_off(gone).await;
    }
    Ok(NoContent)
}
