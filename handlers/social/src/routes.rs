//! Every URL and trigger of this service.

use service::{Api, Batch, Dependency, Error, Routes};

use crate::use_cases::{
    accept_friend_request, add_group_member, ask_friend, block_person, cancel_friend_request,
    change_group, close_report, comment_on_payment, create_group, decline_friend_request,
    delete_comment, end_group, forget_reported, forget_told, learn_peer_payment, learn_person,
    list_blocks, list_comments, list_friend_requests, list_friends, list_groups, list_reactions,
    list_reports, react_to_payment, read_group, read_report, remove_friend, remove_group_member,
    report_person, take_reaction_back, unblock_person,
};
use crate::{App, NAME, REFUSALS};

/// All routes.
pub fn routes(app: App) -> Routes {
    let dependencies = vec![Dependency::MySql(app.database.clone())];
    let api = Api::new(NAME, "Social", app.clone(), &app.tokens).refuses(REFUSALS);
    talk(groups(reports(blocks(friends(api)))))
        .on_events("social_on_user_profile", on_user_profile)
        .on_events("social_on_payments", on_payments)
        .on_timer("social_relay_outbox", relay_outbox)
        .finish(dependencies)
}

fn friends(api: Api<App>) -> Api<App> {
    const FRIENDS: &str = "/api/v1/social/friends";
    const FRIEND: &str = "/api/v1/social/friends/{user_id}";
    const REQUESTS: &str = "/api/v1/social/friend-requests";
    const REQUEST: &str = "/api/v1/social/friend-requests/{user_id}";
    const ACCEPT: &str = "/api/v1/social/friend-requests/{user_id}/accept";
    const DECLINE: &str = "/api/v1/social/friend-requests/{user_id}/decline";
    api.get(FRIENDS, "Lists the caller's friends.", list_friends)
        .delete(FRIEND, "Ends a friendship.", remove_friend)
        .get(REQUESTS, "Lists who asks the caller, or whom the caller asks.", list_friend_requests)
        .put(REQUEST, "Asks a person to be the caller's friend.", ask_friend)
        .delete(REQUEST, "Takes the caller's request back.", cancel_friend_request)
        .post(ACCEPT, "Says yes to a person who asks.", accept_friend_request)
        .post(DECLINE, "Says no to a person who asks, who is not told.", decline_friend_request)
}

fn blocks(api: Api<App>) -> Api<App> {
    const BLOCK: &str = "/api/v1/social/blocks/{user_id}";
    api.get("/api/v1/social/blocks", "Lists whom the caller blocks.", list_blocks)
        .put(BLOCK, "Blocks a person, who is not told.", block_person)
        .delete(BLOCK, "Lifts a block.", unblock_person)
}

fn reports(api: Api<App>) -> Api<App> {
    const REPORTS: &str = "/api/v1/social/reports";
    const REPORT: &str = "/api/v1/social/reports/{report_id}";
    const CLOSE: &str = "/api/v1/social/reports/{report_id}/close";
    const PERSON: &str = "/api/v1/social/people/{user_id}/report";
    api.put(PERSON, "Reports a person to members of staff.", report_person)
        .get(REPORTS, "Lists who is reported, for members of staff.", list_reports)
        .get(REPORT, "Reads a report, as a member of staff.", read_report)
        .post(CLOSE, "Closes a report, as a member of staff.", close_report)
}

fn groups(api: Api<App>) -> Api<App> {
    const GROUPS: &str = "/api/v1/social/groups";
    const GROUP: &str = "/api/v1/social/groups/{group_id}";
    const MEMBER: &str = "/api/v1/social/groups/{group_id}/members/{user_id}";
    api.post(GROUPS, "Makes a group of the caller and friends.", create_group)
        .get(GROUPS, "Lists the groups that the caller is in.", list_groups)
        .get(GROUP, "Reads a group that the caller is in.", read_group)
        .patch(GROUP, "Renames a group that the caller owns.", change_group)
        .delete(GROUP, "Ends a group that the caller owns.", end_group)
        .put(MEMBER, "Adds a friend to a group.", add_group_member)
        .delete(MEMBER, "Leaves a group, or takes another off one's own.", remove_group_member)
}

fn talk(api: Api<App>) -> Api<App> {
    const REACTION: &str = "/api/v1/social/peer-payments/{peer_payment_id}/reaction";
    const REACTIONS: &str = "/api/v1/social/peer-payments/{peer_payment_id}/reactions";
    const COMMENTS: &str = "/api/v1/social/peer-payments/{peer_payment_id}/comments";
    const COMMENT: &str = "/api/v1/social/comments/{comment_id}";
    api.put(REACTION, "Shows what the caller thinks of a payment.", react_to_payment)
        .delete(REACTION, "Shows it no longer.", take_reaction_back)
        .get(REACTIONS, "Lists what people show of what they think.", list_reactions)
        .post(COMMENTS, "Says something of a payment.", comment_on_payment)
        .get(COMMENTS, "Lists what is said of a payment.", list_comments)
        .delete(COMMENT, "Takes a comment off.", delete_comment)
}

async fn on_payments(app: App, batch: Batch) -> Result<(), Error> {
    let consumed = inbox::consume(&app.database, batch, |tx, event| {
        let app = app.clone();
        Box::pin(async move { learn_peer_payment(&app, tx, event).await })
    })
    .await;
    app.outbox.nudge();
    consumed
}

async fn on_user_profile(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| Box::pin(learn_person(tx, event))).await
}

async fn relay_outbox(app: App) -> Result<(), Error> {
    app.outbox.nudge();
    // Each whatever the other answers.
    let told = forget_told(&app).await;
    forget_reported(&app).await.and(told)
}
