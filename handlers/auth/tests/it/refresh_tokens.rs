//! Renewing tokens: each refresh token is good once, and for a minute more if its answer was lost.

use events::auth::SessionRevokedV1;
use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, InProcess};

use crate::{Fixture, refused};

fn renewal(tokens: &Value) -> Value {
    json!({"refresh_token": tokens["refresh_token"]})
}

#[tokio::test]
async fn tokens_are_renewed_again_and_again() {
    let fixture = Fixture::new().await;
    let mut tokens = fixture.sign_up().await.tokens;
    for _ in 0..3 {
        let (status, renewed) = fixture.post("tokens", &renewal(&tokens)).await;
        assert_eq!((status, &renewed["device_id"]), (200, &tokens["device_id"]), "{renewed}");
        assert_ne!(renewed["refresh_token"], tokens["refresh_token"]);
        let token = renewed["access_token"].as_str();
        assert_eq!(fixture.call("GET", "devices", token, None).await.0, 200);
        tokens = renewed;
    }
}

#[tokio::test]
async fn a_token_that_comes_again_revokes_the_whole_family() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let first = renewal(&person.tokens);
    let (_, second) = fixture.post("tokens", &first).await;
    let (_, third) = fixture.post("tokens", &renewal(&second)).await;
    assert_eq!(fixture.refusal("tokens", &first).await, refused(422, "refresh-token-reused"));
    let newest = renewal(&third);
    assert_eq!(fixture.refusal("tokens", &newest).await, refused(422, "refresh-token-invalid"));
    let log_in = fixture.post("sessions", &person.log_in(crate::PIN)).await;
    assert_eq!(log_in.0, 201);
}

#[tokio::test]
async fn many_renewals_with_one_token_at_once_get_the_same_successor_and_it_works() {
    let fixture = Fixture::new().await;
    let body = renewal(&fixture.sign_up().await.tokens);
    let answers = join_all((0..8).map(|_| fixture.post("tokens", &body))).await;
    let successor = &answers[0].1["refresh_token"];
    for (status, renewed) in &answers {
        assert_eq!((*status, &renewed["refresh_token"]), (200, successor), "{renewed}");
        let token = renewed["access_token"].as_str();
        assert_eq!(fixture.call("GET", "devices", token, None).await.0, 200);
    }
    assert_eq!(fixture.database.count("refresh_tokens").await, 2);
    assert_eq!(fixture.post("tokens", &renewal(&answers[7].1)).await.0, 200);
}

#[tokio::test]
async fn a_token_whose_answer_was_lost_comes_again_until_its_successor_was_used() {
    let fixture = Fixture::new().await;
    let first = renewal(&fixture.sign_up().await.tokens);
    let (_, lost) = fixture.post("tokens", &first).await;
    let (status, again) = fixture.post("tokens", &first).await;
    assert_eq!((status, &again["refresh_token"]), (200, &lost["refresh_token"]));

    let (_, newest) = fixture.post("tokens", &renewal(&again)).await;
    assert_eq!(fixture.refusal("tokens", &first).await, refused(422, "refresh-token-reused"));
    let newest = renewal(&newest);
    assert_eq!(fixture.refusal("tokens", &newest).await, refused(422, "refresh-token-invalid"));
}

/// Numbers that look random and are the same in each run (SplitMix64).
struct Seeded(u64);

impl Seeded {
    fn one_in(&mut self, count: u64) -> bool {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).is_multiple_of(count)
    }
}

#[tokio::test]
async fn of_two_thousand_renewals_with_one_answer_in_fifty_lost_none_ends_a_session() {
    const PEOPLE: u64 = 4;
    const RENEWALS: usize = 500;
    const LOST_ONE_IN: u64 = 50;
    let fixture = Fixture::new().await;
    let routes = auth::routes(fixture.app.clone());
    let renew = async |seed: u64| {
        let mut line = Seeded(seed);
        let mut tokens = fixture.sign_up().await.tokens;
        let mut lost = 0;
        for renewal_number in 0..RENEWALS {
            // The device asks with the token that it has until an answer arrives.
            tokens = loop {
                let ask = Call::post("/api/v1/auth/tokens").json(&renewal(&tokens));
                let answer = ask.send(&routes).await;
                assert_eq!(answer.status, 200, "seed {seed}, {renewal_number}: {answer:?}");
                let renewed = answer.json();
                if !line.one_in(LOST_ONE_IN) {
                    break renewed;
                }
                lost += 1;
            };
        }
        lost
    };
    let lost: u32 = join_all((0..PEOPLE).map(renew)).await.iter().sum();
    assert!((20..80).contains(&lost), "{lost}");
    assert_eq!(fixture.database.told::<SessionRevokedV1>().await.len(), 0);
}

#[tokio::test]
async fn a_token_that_comes_again_after_a_minute_ends_the_session() {
    let fixture = Fixture::new().await;
    let first = renewal(&fixture.sign_up().await.tokens);
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let use_it_ago = async |seconds: u32, conn: &mut mysql_async::Conn| {
        let sql = format!(
            "UPDATE refresh_tokens SET used_at = NOW(6) - INTERVAL {seconds} SECOND
             WHERE used_at IS NOT NULL"
        );
        conn.query_drop(sql).await.unwrap();
    };
    let (_, second) = fixture.post("tokens", &first).await;
    use_it_ago(50, &mut conn).await;
    assert_eq!(fixture.post("tokens", &first).await.0, 200);
    use_it_ago(61, &mut conn).await;
    assert_eq!(fixture.refusal("tokens", &first).await, refused(422, "refresh-token-reused"));
    let second = renewal(&second);
    assert_eq!(fixture.refusal("tokens", &second).await, refused(422, "refresh-token-invalid"));
}

#[tokio::test]
async fn after_logging_out_nothing_is_renewed() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    for _ in 0..2 {
        let token = Some(person.access_token());
        assert_eq!(fixture.call("DELETE", "sessions/current", token, None).await.0, 204);
    }
    let body = renewal(&person.tokens);
    assert_eq!(fixture.refusal("tokens", &body).await, refused(422, "refresh-token-invalid"));
}

#[tokio::test]
async fn unknown_and_expired_tokens_are_refused_and_expired_ones_forgotten() {
    let fixture = Fixture::new().await;
    let invalid = refused(422, "refresh-token-invalid");
    let unknown = json!({"refresh_token": "AAAA"});
    assert_eq!(fixture.refusal("tokens", &unknown).await, invalid);

    let body = renewal(&fixture.sign_up().await.tokens);
    let living = fixture.sign_up().await.tokens;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let expire = "UPDATE refresh_tokens SET expires_at = NOW(6) - INTERVAL 1 SECOND
        ORDER BY expires_at LIMIT 1";
    conn.query_drop(expire).await.unwrap();
    assert_eq!(fixture.refusal("tokens", &body).await, invalid);

    let routes = auth::routes(fixture.app.clone());
    let timer = testkit::call(&routes, "POST", "/auth_forget_expired_tokens", None, None).await;
    assert_eq!(timer, (200, json!({})));
    assert_eq!(fixture.database.count("refresh_tokens").await, 1);
    assert_eq!(fixture.post("tokens", &renewal(&living)).await.0, 200);
}
