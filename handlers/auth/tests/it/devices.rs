//! The list of devices, and taking one off it.

use events::auth::SessionRevokedV1;
use serde_json::{Value, json};
use testkit::Device;

use crate::{Fixture, PIN, code, refused, registration};

#[tokio::test]
async fn a_removed_device_can_do_nothing_any_more_and_the_others_go_on() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let (challenge_id, otp) = fixture.challenge(&person.phone).await;
    let body = registration(&challenge_id, &otp, PIN, &Device::new());
    let (_, second) = fixture.post("devices", &body).await;
    let second_token = second["access_token"].as_str();

    let (status, list) = fixture.call("GET", "devices", second_token, None).await;
    let devices = list["items"].as_array().unwrap();
    let ids: Vec<&Value> = devices.iter().map(|device| &device["device_id"]).collect();
    assert_eq!((status, ids), (200, vec![&second["device_id"], &person.tokens["device_id"]]));
    let is_current: Vec<&Value> = devices.iter().map(|device| &device["is_current"]).collect();
    assert_eq!(is_current, [&json!(true), &json!(false)]);
    assert_eq!(devices[1]["name"], "Ann's phone");
    assert!(devices[0]["registered_at"].as_str().unwrap().ends_with('Z'));

    let path = format!("devices/{}", person.device_id());
    assert_eq!(fixture.call("DELETE", &path, second_token, None).await.0, 204);
    let again = code(fixture.call("DELETE", &path, second_token, None).await);
    assert_eq!(again, refused(404, "device-not-found"));

    let renewal = json!({"refresh_token": person.tokens["refresh_token"]});
    let refusal = fixture.refusal("tokens", &renewal).await;
    assert_eq!(refusal, refused(422, "refresh-token-invalid"));
    let log_in = fixture.refusal("sessions", &person.log_in(PIN)).await;
    assert_eq!(log_in, refused(422, "signature-invalid"));
    let token = Some(person.access_token());
    let listing = code(fixture.call("GET", "devices", token, None).await);
    assert_eq!(listing, refused(401, "invalid-token"));

    let (_, list) = fixture.call("GET", "devices", second_token, None).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let told: Vec<SessionRevokedV1> = fixture.database.told().await;
    assert_eq!((told.len(), &*told[0].user_id), (1, person.tokens["user_id"].as_str().unwrap()));
}

#[tokio::test]
async fn nobody_removes_the_device_of_another() {
    let fixture = Fixture::new().await;
    let (ann, ben) = (fixture.sign_up().await, fixture.sign_up().await);
    let path = format!("devices/{}", ann.device_id());
    let refusal = code(fixture.call("DELETE", &path, Some(ben.access_token()), None).await);
    assert_eq!(refusal, refused(404, "device-not-found"));
    assert_eq!(fixture.post("sessions", &ann.log_in(PIN)).await.0, 201);
}
