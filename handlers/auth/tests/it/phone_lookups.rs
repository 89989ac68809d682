//! Finding a friend by their phone.

use serde_json::json;

use crate::{Fixture, new_phone};

const LOOKUPS: &str = "phone-lookups";

#[tokio::test]
async fn a_person_is_found_by_their_phone_however_it_is_written() {
    let fixture = Fixture::new().await;
    let (one, other) = (fixture.sign_up().await, fixture.sign_up().await);
    let local = other.phone.strip_prefix("+852").unwrap();
    let token = Some(one.access_token());
    for phone in [&*other.phone, local, &format!("{} {}", &local[..4], &local[4..])] {
        let found = fixture.call("POST", LOOKUPS, token, Some(&json!({"phone": phone}))).await;
        assert_eq!(found, (200, json!({"user_id": other.tokens["user_id"]})), "{phone}");
    }
    for (phone, status, code) in [
        (new_phone(), 404, "person-not-found"),
        ("+1 212 555 0100".to_owned(), 422, "phone-invalid"),
    ] {
        let body = json!({"phone": phone});
        let (answered, problem) = fixture.call("POST", LOOKUPS, token, Some(&body)).await;
        assert_eq!((answered, &problem["code"]), (status, &json!(code)));
    }
    let body = json!({"phone": other.phone});
    assert_eq!(fixture.call("POST", LOOKUPS, None, Some(&body)).await.0, 401);
}

#[tokio::test]
async fn nobody_tries_many_phones_found_or_not_and_nobody_else_waits_for_that() {
    let fixture = Fixture::new().await;
    let (one, other) = (fixture.sign_up().await, fixture.sign_up().await);
    let look_up = async |token: &str, phone: &str| {
        let body = json!({"phone": phone});
        fixture.call("POST", LOOKUPS, Some(token), Some(&body)).await
    };
    for number in 0..20 {
        let phone = if number % 2 == 0 { new_phone() } else { other.phone.clone() };
        assert_ne!(look_up(one.access_token(), &phone).await.0, 429, "{number}");
    }
    for phone in [&new_phone(), &other.phone] {
        let (status, problem) = look_up(one.access_token(), phone).await;
        assert_eq!((status, &problem["code"]), (429, &json!("lookups-throttled")));
    }
    assert_eq!(look_up(other.access_token(), &one.phone).await.0, 200);
}
