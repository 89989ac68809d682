//! The list of devices, and taking one off it.

use events::auth::SessionRevokedV1;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use service::{ACCESS_AUDIENCE, AccessClaims, TokenVerifier};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{Fixture, PIN, Person, code, refused};

#[tokio::test]
async fn a_removed_device_can_do_nothing_any_more_and_the_others_go_on() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let second = fixture.add_device(&person).await;
    let second_token = Some(second.access_token());

    let (status, list) = fixture.call("GET", "devices", second_token, None).await;
    let devices = list["items"].as_array().unwrap();
    let ids: Vec<&Value> = devices.iter().map(|device| &device["device_id"]).collect();
    assert_eq!(
        (status, ids),
        (200, vec![&second.tokens["device_id"], &person.tokens["device_id"]])
    );
    let is_current: Vec<&Value> = devices.iter().map(|device| &device["is_current"]).collect();
    assert_eq!(is_current, [&json!(true), &json!(false)]);
    assert_eq!(devices[1]["name"], "Ann's phone");
    assert!(devices[0]["registered_at"].as_str().unwrap().ends_with('Z'));

    let path = format!("devices/{}", person.device_id());
    assert_eq!(fixture.act(&second, "DELETE", &path, None).await.0, 204);
    let again = code(fixture.act(&second, "DELETE", &path, None).await);
    assert_eq!(again, refused(404, "device-not-found"));

    let refusal = code(fixture.renew(&person, &person.tokens).await);
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
async fn a_device_that_is_added_is_limited_for_a_day_and_the_first_never_is() {
    let fixture = Fixture::new().await;
    let verifier = TokenVerifier::follow(&fixture.auth_url().await).unwrap();
    let limit = async |tokens: &Value| {
        let token = tokens["access_token"].as_str().unwrap();
        let claims = verifier.verify::<AccessClaims>(token, ACCESS_AUDIENCE).await;
        let claims = claims.unwrap().unwrap();
        claims.limited_until.map(|until| until.saturating_sub(claims.iat))
    };
    let first = fixture.sign_up().await;
    let added = fixture.add_device(&first).await;
    let renew = async |person: &Person| fixture.renew(person, &person.tokens).await.1;
    let log_in = async |person: &Person| fixture.post("sessions", &person.log_in(PIN)).await.1;
    let mut passkey = fixture.add_passkey(&first).await;
    let browser = fixture.log_in_with(&mut passkey, &first).await;
    let renewal = json!({"refresh_token": browser.tokens["refresh_token"]});
    let (_, renewed) = fixture.post("tokens", &renewal).await;
    let of_added = [&added.tokens, &renew(&added).await, &log_in(&added).await];
    for tokens in of_added.into_iter().chain([&browser.tokens, &renewed]) {
        let seconds = limit(tokens).await;
        assert!(seconds.is_some_and(|left| (86_390..=86_401).contains(&left)), "{seconds:?}");
    }
    for tokens in [&first.tokens, &renew(&first).await, &log_in(&first).await] {
        assert_eq!(limit(tokens).await, None);
    }

    // Nor does one become the first when those before it are removed.
    let path = format!("devices/{}", first.device_id());
    let added = fixture.log_in(added).await;
    assert_eq!(fixture.act(&added, "DELETE", &path, None).await.0, 204);
    assert!(limit(&log_in(&added).await).await.is_some());
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let a_day_later = "UPDATE devices SET registered_at = registered_at - INTERVAL 24 HOUR";
    conn.query_drop(a_day_later).await.unwrap();
    assert_eq!(limit(&log_in(&added).await).await, None);
    assert_eq!(limit(&fixture.log_in_with(&mut passkey, &added).await.tokens).await, None);
}

#[tokio::test]
async fn nobody_removes_the_device_of_another() {
    let fixture = Fixture::new().await;
    let (ann, ben) = (fixture.sign_up().await, fixture.sign_up().await);
    let path = format!("devices/{}", ann.device_id());
    let refusal = code(fixture.act(&ben, "DELETE", &path, None).await);
    assert_eq!(refusal, refused(404, "device-not-found"));
    assert_eq!(fixture.post("sessions", &ann.log_in(PIN)).await.0, 201);
}

#[tokio::test]
async fn a_device_has_the_name_that_its_owner_gives_it_and_nobody_else() {
    let fixture = Fixture::new().await;
    let (ann, ben) = (fixture.sign_up().await, fixture.sign_up().await);
    let path = format!("devices/{}/name", ann.device_id());
    let name = json!({"name": "小明的平板電腦"});
    let rename = async |caller: &Person, name| {
        fixture.call("PUT", &path, Some(caller.access_token()), Some(name)).await
    };
    let foreign = code(rename(&ben, &name).await);
    assert_eq!(foreign, refused(404, "device-not-found"));
    for _ in 0..2 {
        assert_eq!(rename(&ann, &name).await.0, 204);
    }
    let invisible = code(rename(&ann, &json!({"name": "\u{200b}"})).await);
    assert_eq!(invisible, refused(400, "invalid-body"));
    let (_, list) = fixture.call("GET", "devices", Some(ann.access_token()), None).await;
    assert_eq!(list["items"][0]["name"], "小明的平板電腦");
}

#[tokio::test]
async fn a_device_was_last_used_when_it_logged_in_or_renewed_its_tokens() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for table in ["devices SET registered_at = registered_at", "sessions SET begun_at = begun_at"] {
        conn.query_drop(format!("UPDATE {table} - INTERVAL 5 DAY")).await.unwrap();
    }
    let used_after_registration = async |person: &Person| {
        let (_, list) = fixture.call("GET", "devices", Some(person.access_token()), None).await;
        let device = &list["items"][0];
        let [registered, used] = ["registered_at", "last_used_at"]
            .map(|field| OffsetDateTime::parse(device[field].as_str().unwrap(), &Rfc3339).unwrap());
        (used - registered).whole_hours()
    };
    assert_eq!(used_after_registration(&person).await, 0);
    assert_eq!(fixture.renew(&person, &person.tokens).await.0, 200);
    assert_eq!(used_after_registration(&person).await, 120);
    conn.query_drop("UPDATE sessions SET renewed_at = NULL").await.unwrap();
    let person = fixture.log_in(person).await;
    assert_eq!(used_after_registration(&person).await, 120);
}

#[tokio::test]
async fn logging_out_everywhere_else_ends_all_logins_of_the_person_but_this_one() {
    let fixture = Fixture::new().await;
    let (person, stranger) = (fixture.sign_up().await, fixture.sign_up().await);
    let other = fixture.add_device(&person).await;
    let third = fixture.add_device(&person).await;
    for _ in 0..2 {
        assert_eq!(fixture.act(&person, "DELETE", "sessions/others", None).await.0, 204);
    }
    let told: Vec<SessionRevokedV1> = fixture.database.told().await;
    assert_eq!(told.len(), 2);
    for (who, status) in [(&other, 422), (&third, 422), (&person, 200), (&stranger, 200)] {
        assert_eq!(fixture.renew(who, &who.tokens).await.0, status);
    }
    // The device itself is still the person's.
    assert_eq!(fixture.post("sessions", &other.log_in(PIN)).await.0, 201);
}
