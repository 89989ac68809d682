//! Every URL and trigger of this service.

use std::future::ready;

use service::{Api, Dependency, Error, Routes};

use crate::use_cases::{
    accept_handover, accept_invitation, announce_logo, cancel_handover, cancel_invitation,
    change_business, change_hours, change_member, close_business, create_business,
    decline_handover, decline_invitation, invite_member, list_businesses, list_handovers,
    list_invitations, list_members, offer_handover, preview_invitation, read_business, read_hours,
    read_logo, remove_member, retire_logos,
};
use crate::{App, NAME, REFUSALS};

/// All routes.
pub fn routes(app: App) -> Routes {
    const BUSINESSES: &str = "/api/v1/businesses";
    const BUSINESS: &str = "/api/v1/businesses/{business_id}";
    const LOGOS: &str = "/api/v1/businesses/{business_id}/logos";
    const LOGO: &str = "/api/v1/businesses/logos/{picture_id}/{size}";
    const HOURS: &str = "/api/v1/businesses/{business_id}/hours";
    let dependencies = vec![Dependency::MySql(app.database.clone())];
    let api = Api::new(NAME, "Business profile", app.clone(), &app.tokens)
        .refuses(REFUSALS)
        .post(BUSINESSES, "Creates a business that the caller owns.", create_business)
        .get(BUSINESSES, "Lists the businesses that the caller owns or works in.", list_businesses)
        .get(BUSINESS, "Reads a business that the caller owns or works in.", read_business)
        .patch(BUSINESS, "Changes what the caller says of their own business.", change_business)
        .delete(BUSINESS, "Closes one of the caller's own businesses for good.", close_business)
        .post(LOGOS, "Gives a link to upload a logo, which may be shown then.", announce_logo)
        .get(HOURS, "Reads when a shop is open, and whether it is now.", read_hours)
        .patch(HOURS, "Says when a shop is open.", change_hours)
        .get(LOGO, "Shows a logo to whoever knows its id.", read_logo);
    handovers(staff(api))
        .on_timer("business_profile_relay_outbox", relay_outbox)
        .finish(dependencies)
}

fn staff(api: Api<App>) -> Api<App> {
    const MEMBERS: &str = "/api/v1/businesses/{business_id}/members";
    const MEMBER: &str = "/api/v1/businesses/{business_id}/members/{user_id}";
    const INVITATIONS: &str = "/api/v1/businesses/{business_id}/invitations";
    const INVITATION: &str = "/api/v1/businesses/{business_id}/invitations/{invitation_id}";
    const PREVIEW: &str = "/api/v1/businesses/{business_id}/invitations/{invitation_id}/preview";
    const ACCEPT: &str = "/api/v1/businesses/{business_id}/invitations/{invitation_id}/accept";
    const DECLINE: &str = "/api/v1/businesses/{business_id}/invitations/{invitation_id}/decline";
    api.get(MEMBERS, "Lists who works in a business beside its owner.", list_members)
        .patch(MEMBER, "Gives somebody who works in a business another role.", change_member)
        .delete(MEMBER, "Removes somebody from a business; the caller leaves it.", remove_member)
        .post(INVITATIONS, "Invites somebody to work in a business, by a link.", invite_member)
        .get(INVITATIONS, "Lists the invitations that wait for an answer.", list_invitations)
        .delete(INVITATION, "Takes an invitation back that waits.", cancel_invitation)
        .post(PREVIEW, "Shows what an invitation offers to who has its secret.", preview_invitation)
        .post(ACCEPT, "Lets the caller, who has its secret, work there.", accept_invitation)
        .post(DECLINE, "Says no to an invitation that the caller has.", decline_invitation)
}

fn handovers(api: Api<App>) -> Api<App> {
    const HANDOVERS: &str = "/api/v1/businesses/{business_id}/handovers";
    const HANDOVER: &str = "/api/v1/businesses/{business_id}/handovers/{handover_id}";
    const ACCEPT: &str = "/api/v1/businesses/{business_id}/handovers/{handover_id}/accept";
    const DECLINE: &str = "/api/v1/businesses/{business_id}/handovers/{handover_id}/decline";
    api.post(HANDOVERS, "Offers a business to somebody who works there.", offer_handover)
        .get(
            HANDOVERS,
            "Lists to whom a business was offered, and what came of it.",
            list_handovers,
        )
        .delete(HANDOVER, "Takes an offer back that waits.", cancel_handover)
        .post(ACCEPT, "Makes the caller the owner of a business that is offered.", accept_handover)
        .post(DECLINE, "Says no to a business that is offered.", decline_handover)
}

async fn relay_outbox(app: App) -> Result<(), Error> {
    app.outbox.nudge();
    retire_logos(&app).await?;
    app.logos.forget_due(&app.database, |_| ready(Ok(()))).await
}
