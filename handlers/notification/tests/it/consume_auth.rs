//! Forgetting the push token of a login that has ended, and telling people what happened to their
//! accounts.

use events::Envelope;
use events::auth::{SecurityEventRecordedV1, SessionRevokedV1, UserRegisteredV1};
use mysql_async::prelude::Queryable;
use serde_json::json;
use testkit::{deliver, event};
use values::Product;

use crate::push_tokens::{Login, kept};
use crate::{Fixture, LIST, ON_AUTH, bodies};

fn ended(login: Login) -> Envelope {
    let session_id = login.session_id.to_string();
    let user_id = login.user_id.to_string();
    event(&session_id.clone(), &SessionRevokedV1 { session_id, user_id })
}

/// The login ends.
pub(crate) async fn end(fixture: &Fixture, login: Login) {
    deliver_auth(fixture, &[ended(login)]).await;
}

/// Something happens to the consumer's account.
pub(crate) async fn record(fixture: &Fixture, kind: &str) {
    deliver_auth(fixture, &[happened(fixture, kind)]).await;
}

async fn deliver_auth(fixture: &Fixture, events: &[Envelope]) {
    deliver(&fixture.routes, ON_AUTH, events).await;
}

/// The tokens that are kept.
async fn tokens(fixture: &Fixture) -> Vec<String> {
    kept(fixture).await.into_iter().map(|(_, _, push_token)| push_token).collect()
}

async fn execute(fixture: &Fixture, sql: &str) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop(sql).await.unwrap();
}

#[tokio::test]
async fn a_token_dies_with_its_login_and_no_other_does() {
    let fixture = Fixture::new().await;
    let (ended_login, other) = (Login::new(fixture.consumer), Login::new(fixture.consumer));
    let (gone, left) = ("a".repeat(64), "b".repeat(64));
    assert_eq!(ended_login.register(&fixture, &gone).await.status, 204);
    assert_eq!(other.register(&fixture, &left).await.status, 204);
    let event = ended(ended_login);
    for events in [vec![event.clone()], vec![event.clone(), event]] {
        deliver_auth(&fixture, &events).await;
        assert_eq!(tokens(&fixture).await, [&*left]);
    }
}

#[tokio::test]
async fn an_end_that_comes_late_leaves_the_token_of_the_next_login_on_the_device() {
    let fixture = Fixture::new().await;
    let before = Login::new(fixture.consumer);
    let push_token = "a".repeat(64);
    for login in [before, before.again()] {
        assert_eq!(login.register(&fixture, &push_token).await.status, 204);
    }
    deliver_auth(&fixture, &[ended(before)]).await;
    assert_eq!(tokens(&fixture).await, [push_token]);
}

/// The login's access token is still good to the verifier, as it is until the poll of auth answers,
/// and for up to ten minutes if auth is away.
#[tokio::test]
async fn a_login_whose_end_came_first_registers_nothing_more() {
    let fixture = Fixture::new().await;
    let login = Login::new(fixture.consumer);
    deliver_auth(&fixture, &[ended(login)]).await;
    let late = login.register(&fixture, &"a".repeat(64)).await;
    late.expect_refusal(401, "invalid-token");
    assert_eq!(fixture.database.count("push_tokens").await, 0);
}

#[tokio::test]
async fn a_token_that_is_registered_while_its_login_ends_does_not_stay() {
    let fixture = Fixture::new().await;
    for _ in 0..50 {
        let login = Login::new(fixture.consumer);
        let (push_token, event) = ("a".repeat(64), [ended(login)]);
        let register = login.register(&fixture, &push_token);
        let (answer, ()) = tokio::join!(register, deliver_auth(&fixture, &event));
        assert!([204, 401].contains(&answer.status), "{}", answer.status);
        assert_eq!(fixture.database.count("push_tokens").await, 0);
    }
}

#[tokio::test]
async fn what_nobody_has_registered_for_thirty_days_is_forgotten() {
    let fixture = Fixture::new().await;
    let (silent, alive) = (Login::new(fixture.consumer), Login::new(fixture.consumer));
    let age = "UPDATE push_tokens SET registered_at = NOW(6) - INTERVAL 721 HOUR";
    assert_eq!(silent.register(&fixture, &"a".repeat(64)).await.status, 204);
    execute(&fixture, age).await;
    execute(&fixture, "UPDATE sessions SET noted_at = NOW(6) - INTERVAL 25 HOUR").await;
    assert_eq!(alive.register(&fixture, &"b".repeat(64)).await.status, 204);

    deliver_auth(&fixture, &[ended(Login::new(fixture.owner))]).await;
    assert_eq!(tokens(&fixture).await, ["b".repeat(64)]);
    // The living one's, and the one that has ended just now.
    assert_eq!(fixture.database.count("sessions").await, 2);
}

#[tokio::test]
async fn a_broken_end_is_parked_and_what_is_not_an_end_ends_nothing() {
    let fixture = Fixture::new().await;
    let login = Login::new(fixture.consumer);
    assert_eq!(login.register(&fixture, &"a".repeat(64)).await.status, 204);
    let user_id = login.user_id.to_string();
    let registered = event(&user_id.clone(), &UserRegisteredV1 { user_id });
    let mut broken = [ended(login), ended(login)];
    broken[0].data["session_id"] = json!("nobody");
    broken[1].data["session_id"] = json!(null);
    let [unreadable, absent] = broken;
    deliver_auth(&fixture, &[registered, unreadable, absent]).await;
    assert_eq!(fixture.database.count("parked_events").await, 2);
    assert_eq!(fixture.database.count("push_tokens").await, 1);
}

fn happened(fixture: &Fixture, kind: &str) -> Envelope {
    let user_id = fixture.consumer.to_string();
    let kind = kind.to_owned();
    event(&user_id.clone(), &SecurityEventRecordedV1 { user_id, kind })
}

#[tokio::test]
async fn what_happened_to_an_account_is_told_once_in_both_products() {
    let fixture = Fixture::new().await;
    let kinds = [
        "device-added",
        "device-removed",
        "passkey-added",
        "passkey-removed",
        "passkey-cloned",
        "pin-changed",
        "phone-changed",
        "pin-reset-asked",
        "pin-reset-cancelled",
        "pin-reset",
        "pin-locked",
        "codes-locked",
        "token-reused",
        "recovery-asked",
        "recovery-cancelled",
        "account-recovered",
        "logged-out-by-staff",
    ];
    let events = kinds.map(|kind| happened(&fixture, kind));
    for _ in 0..2 {
        deliver_auth(&fixture, &events).await;
    }
    for product in Product::ALL {
        let (_, page) = fixture.call(fixture.consumer, *product, "GET", LIST).await;
        let told: Vec<&str> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .map(|line| line["type"].as_str().unwrap())
            .collect();
        assert_eq!(told, kinds);
        assert!(
            bodies(&page)[16].starts_with("Somebody logged in to your account on a new device")
        );
        assert_eq!(page["items"][16]["amount"], json!(null));
    }
    assert_eq!(fixture.owner("GET", LIST).await.1["items"], json!([]));
}

#[tokio::test]
async fn a_kind_that_is_not_known_here_is_passed_over_and_a_broken_event_is_parked() {
    let fixture = Fixture::new().await;
    let mut broken = happened(&fixture, "device-added");
    broken.data["user_id"] = json!("nobody");
    deliver_auth(&fixture, &[happened(&fixture, "eaten-by-a-dog"), broken]).await;
    assert_eq!(fixture.database.count("notifications").await, 0);
    assert_eq!(fixture.database.count("parked_events").await, 1);
}
