//! Learning of sign-ups from the auth service's events.

use events::Envelope;
use events::auth::UserRegisteredV1;
use serde_json::json;
use testkit::{deliver_text, event};
use user_profile::routes;

use crate::{Fixture, ON_AUTH};

fn sign_up(fixture: &Fixture) -> Envelope {
    let user_id = fixture.user_id.to_string();
    event(&user_id.clone(), &UserRegisteredV1 { user_id })
}

#[tokio::test]
async fn a_sign_up_begins_one_profile_however_often_it_is_delivered() {
    let fixture = Fixture::new().await;
    let sign_up = [sign_up(&fixture)];
    fixture.deliver(&sign_up).await;
    fixture.deliver(&sign_up).await;

    let (status, profile) = fixture.call("GET", "/api/v1/users/me", None).await;
    let begun = json!({
        "user_id": fixture.user_id, "display_name": null, "language": "en", "version": 1,
    });
    assert_eq!((status, profile), (200, begun));
    assert_eq!(fixture.database.count("inbox").await, 1);
}

#[tokio::test]
async fn a_name_chosen_before_the_sign_up_arrives_is_kept() {
    let fixture = Fixture::new().await;
    let name = json!({"display_name": "Ann", "language": "en"});
    fixture.call("PUT", "/api/v1/users/me", Some(&name)).await;
    fixture.deliver(&[sign_up(&fixture)]).await;

    let (_, profile) = fixture.call("GET", "/api/v1/users/me", None).await;
    assert_eq!(profile["display_name"], "Ann");
    assert_eq!(profile["version"], 1);
}

#[tokio::test]
async fn what_cannot_be_processed_is_parked_and_blocks_nothing() {
    let fixture = Fixture::new().await;
    let mut broken = sign_up(&fixture);
    broken.data["user_id"] = json!("not an id");
    let mut unknown = sign_up(&fixture);
    unknown.kind = "payme.auth.something-new.v1".to_owned();
    let batch = [broken, unknown, sign_up(&fixture)];
    fixture.deliver(&batch).await;
    fixture.deliver(&batch).await;
    deliver_text(&routes(fixture.app.clone()), ON_AUTH, "plain text").await;

    assert_eq!(fixture.database.count("parked_events").await, 2);
    let (status, _) = fixture.call("GET", "/api/v1/users/me", None).await;
    assert_eq!(status, 200);
}
