//! Learning of sign-ups from the auth service's events.

use events::auth::UserRegisteredV1;
use serde_json::json;
use testkit::{event, invocation};
use user_profile::routes;

use crate::Fixture;

const TRIGGER: &str = "/user_profile_on_auth";

async fn deliver(fixture: &Fixture, body: &str) -> u16 {
    let request = warp::test::request().method("POST").path(TRIGGER).body(body);
    let response = request.reply(&routes(fixture.app.clone())).await;
    response.status().as_u16()
}

fn sign_up(fixture: &Fixture) -> events::Envelope {
    let user_id = fixture.user_id.to_string();
    event(&user_id.clone(), &UserRegisteredV1 { user_id, phone: "+85261234567".to_owned() })
}

#[tokio::test]
async fn a_sign_up_gives_the_profile_its_phone_however_often_it_is_delivered() {
    let fixture = Fixture::new().await;
    let body = invocation(&[sign_up(&fixture)]);
    assert_eq!(deliver(&fixture, &body).await, 200);
    assert_eq!(deliver(&fixture, &body).await, 200);

    let (status, profile) = fixture.call("GET", "/api/v1/users/me", None).await;
    assert_eq!((status, &profile["phone"]), (200, &json!("+85261234567")));
    assert_eq!(fixture.database.count("inbox").await, 1);
}

#[tokio::test]
async fn a_name_chosen_before_the_sign_up_arrives_is_kept() {
    let fixture = Fixture::new().await;
    let name = json!({"display_name": "Ann", "language": "en"});
    fixture.call("PUT", "/api/v1/users/me", Some(&name)).await;
    assert_eq!(deliver(&fixture, &invocation(&[sign_up(&fixture)])).await, 200);

    let (_, profile) = fixture.call("GET", "/api/v1/users/me", None).await;
    assert_eq!(profile["display_name"], "Ann");
    assert_eq!(profile["phone"], "+85261234567");
}

#[tokio::test]
async fn what_cannot_be_processed_is_parked_and_blocks_nothing() {
    let fixture = Fixture::new().await;
    let mut broken = sign_up(&fixture);
    broken.data["phone"] = json!("not a phone");
    let mut unknown = sign_up(&fixture);
    unknown.kind = "payme.auth.something-new.v1".to_owned();
    let batch = invocation(&[broken, unknown, sign_up(&fixture)]);
    assert_eq!(deliver(&fixture, &batch).await, 200);
    assert_eq!(deliver(&fixture, &batch).await, 200);
    let not_an_event = r#"{"Data":{"events":"[\"plain text\"]"},"Metadata":{}}"#;
    assert_eq!(deliver(&fixture, not_an_event).await, 200);

    assert_eq!(fixture.database.count("parked_events").await, 2);
    let (status, _) = fixture.call("GET", "/api/v1/users/me", None).await;
    assert_eq!(status, 200);
}
