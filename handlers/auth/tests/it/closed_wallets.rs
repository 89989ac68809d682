//! Whose wallet payments has closed is logged out of PayMe for Consumer, and of nothing else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use values::{SignedAt, UserId};
use warp::http::StatusCode;
use warp::{Filter, Reply};

use crate::{Fixture, PIN, Person, moment};

/// What stands for payments within one test: pages of closings, newest first.
#[derive(Clone)]
struct Payments {
    closed: Arc<Mutex<Vec<String>>>,
    /// How many a page has.
    page_len: Arc<Mutex<usize>>,
    /// The cursor for which it answers 503.
    broken_at: Arc<Mutex<Option<usize>>>,
}

impl Payments {
    fn new() -> Self {
        let page_len = Arc::new(Mutex::new(1));
        Self { closed: Arc::default(), page_len, broken_at: Arc::default() }
    }

    /// Listens on a free loopback port as long as the test's runtime lives.
    async fn start(&self) -> String {
        let payments = self.clone();
        let closings = warp::path!("api" / "v1" / "wallets" / "closings")
            .and(warp::header("authorization"))
            .and(warp::query())
            .map(move |bearer: String, query: HashMap<String, String>| {
                assert_eq!(asks_as(&bearer), json!(["payme-staff", "auth", ["auditor"]]));
                payments.page(query.get("cursor").map_or(0, |cursor| cursor.parse().unwrap()))
            });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api/v1/wallets", listener.local_addr().unwrap());
        tokio::spawn(warp::serve(closings).incoming(listener).run());
        url
    }

    async fn beside_auth(&self) -> Fixture {
        let url = self.start().await;
        Fixture::new().await.with_config(|config| config.payments_url = url).await
    }

    fn page(&self, from: usize) -> warp::reply::Response {
        if *self.broken_at.lock().unwrap() == Some(from) {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let closed = self.closed.lock().unwrap();
        let item = |user_id| json!({"user_id": user_id, "closed_at": "2026-11-30T00:00:00Z"});
        let page_len = *self.page_len.lock().unwrap();
        let items: Vec<Value> = closed.iter().rev().skip(from).take(page_len).map(item).collect();
        let next = from.saturating_add(page_len);
        let next = (next < closed.len()).then(|| next.to_string());
        warp::reply::json(&json!({"items": items, "next_cursor": next})).into_response()
    }

    fn close(&self, person: &Person) {
        self.closed.lock().unwrap().push(person.tokens["user_id"].as_str().unwrap().to_owned());
    }
}

/// Audience, name and roles of a token.
fn asks_as(bearer: &str) -> Value {
    let claims = URL_SAFE_NO_PAD.decode(bearer.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    json!([claims["aud"], claims["name"], claims["roles"]])
}

/// Renews these tokens of a login on the person's device, if it has not ended.
async fn goes_on(fixture: &Fixture, person: &Person, tokens: &mut Value) -> bool {
    let (status, renewed) = fixture.renew(person, tokens).await;
    assert!(matches!(status, 200 | 422), "{renewed}");
    if status == 200 {
        *tokens = renewed;
    }
    status == 200
}

/// A login of the same person to their shops, on the same device.
async fn of_business(fixture: &Fixture, person: &Person) -> Value {
    let (device_id, signed_at) = (person.device_id(), SignedAt::from(moment()));
    let signed_at = signed_at.as_str();
    let signature =
        person.device.sign(&format!("payme-login-v1\n{device_id}\nbusiness\n{signed_at}"));
    let body = json!({
        "device_id": device_id, "pin": PIN, "product": "business",
        "signed_at": signed_at, "signature": signature,
    });
    let (status, tokens) = fixture.post("sessions", &body).await;
    assert_eq!(status, 201, "{tokens}");
    tokens
}

#[tokio::test]
async fn a_closed_wallet_ends_its_owners_logins_to_that_product_once() {
    let payments = Payments::new();
    let fixture = payments.beside_auth().await;
    let (person, other) = (fixture.sign_up().await, fixture.sign_up().await);
    let second = fixture.add_device(&person).await;
    let mut shops = of_business(&fixture, &person).await;
    let [mut first, mut others, mut seconds] =
        [&person, &other, &second].map(|person| person.tokens.clone());
    fixture.tick().await.expect(200);
    assert!(goes_on(&fixture, &person, &mut first).await);

    payments.close(&person);
    fixture.tick().await.expect(200);
    assert!(!goes_on(&fixture, &person, &mut first).await);
    assert!(!goes_on(&fixture, &second, &mut seconds).await);
    assert!(goes_on(&fixture, &person, &mut shops).await);
    assert!(goes_on(&fixture, &other, &mut others).await);
    // They may log in to read what was, and stay logged in.
    let person = fixture.log_in(person).await;
    fixture.tick().await.expect(200);
    assert!(goes_on(&fixture, &person, &mut person.tokens.clone()).await);
}

#[tokio::test]
async fn no_closing_is_lost_when_payments_breaks_off_or_is_away() {
    let payments = Payments::new();
    let fixture = payments.beside_auth().await;
    let mut people = Vec::new();
    for _ in 0..4 {
        people.push(fixture.sign_up().await);
    }
    payments.close(&people[0]);
    fixture.tick().await.expect(200);
    for person in &people[1..] {
        payments.close(person);
    }
    for broken_at in [0, 1, 2] {
        *payments.broken_at.lock().unwrap() = Some(broken_at);
        fixture.tick().await.expect(200);
    }
    *payments.broken_at.lock().unwrap() = None;
    let mut newest = people[3].tokens.clone();
    assert!(goes_on(&fixture, &people[3], &mut newest).await, "or those before would be lost");
    fixture.tick().await.expect(200);
    assert!(!goes_on(&fixture, &people[3], &mut newest).await);
    for person in &people[..3] {
        assert!(!goes_on(&fixture, person, &mut person.tokens.clone()).await);
    }
}

#[tokio::test]
async fn of_more_closings_than_one_run_looks_at_none_is_lost() {
    let payments = Payments::new();
    let fixture = payments.beside_auth().await;
    let (oldest, newest) = (fixture.sign_up().await, fixture.sign_up().await);
    payments.close(&oldest);
    let strangers = (0..100).map(|_| UserId::new().to_string());
    payments.closed.lock().unwrap().extend(strangers);
    payments.close(&newest);
    fixture.tick().await.expect(200);
    let mut tokens = newest.tokens.clone();
    assert!(goes_on(&fixture, &newest, &mut tokens).await, "or the oldest would be lost");
    *payments.page_len.lock().unwrap() = 2;
    fixture.tick().await.expect(200);
    assert!(!goes_on(&fixture, &newest, &mut tokens).await);
    assert!(!goes_on(&fixture, &oldest, &mut oldest.tokens.clone()).await);
}
