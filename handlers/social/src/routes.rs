//! Every URL and trigger of this service.

use service::{Api, Batch, Dependency, Error, Routes};

use crate::use_cases::{
    accept_friend_request, ask_friend, block_person, cancel_friend_request, decline_friend_request,
    learn_name, list_blocks, list_friend_requests, list_friends, remove_friend, unblock_person,
};
use crate::{App, NAME, REFUSALS};

/// All routes.
pub fn routes(app: App) -> Routes {
    let dependencies = vec![Dependency::MySql(app.database.clone())];
    let api = Api::new(NAME, "Social", app.clone(), &app.tokens).refuses(REFUSALS);
    blocks(friends(api))
        .on_events("social_on_user_profile", on_user_profile)
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

async fn on_user_profile(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| Box::pin(learn_name(tx, event))).await
}

async fn relay_outbox(app: App) -> Result<(), Error> {
    app.outbox.nudge();
    Ok(())
}
