//! Renewing tokens: each refresh token is good once, and for a minute more if its answer was lost.

use events::auth::SessionRevokedV1;
use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::json;
use testkit::Device;

use crate::{Fixture, PIN, Person, code, refused};

#[tokio::test]
async fn tokens_are_renewed_again_and_again() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut tokens = person.tokens.clone();
    for _ in 0..3 {
        let (status, renewed) = fixture.renew(&person, &tokens).await;
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
    let (_, second) = fixture.renew(&person, &person.tokens).await;
    let (_, third) = fixture.renew(&person, &second).await;
    let again = code(fixture.renew(&person, &person.tokens).await);
    assert_eq!(again, refused(422, "refresh-token-reused"));
    let newest = code(fixture.renew(&person, &third).await);
    assert_eq!(newest, refused(422, "refresh-token-invalid"));
    fixture.log_in(person).await;
}

#[tokio::test]
async fn many_renewals_with_one_token_at_once_get_the_same_successor_and_it_works() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let answers = join_all((0..8).map(|_| fixture.renew(&person, &person.tokens))).await;
    let successor = &answers[0].1["refresh_token"];
    for (status, renewed) in &answers {
        assert_eq!((*status, &renewed["refresh_token"]), (200, successor), "{renewed}");
        let token = renewed["access_token"].as_str();
        assert_eq!(fixture.call("GET", "devices", token, None).await.0, 200);
    }
    assert_eq!(fixture.database.count("refresh_tokens").await, 2);
    assert_eq!(fixture.renew(&person, &answers[7].1).await.0, 200);
}

#[tokio::test]
async fn a_token_whose_answer_was_lost_comes_again_until_its_successor_was_used() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let (_, lost) = fixture.renew(&person, &person.tokens).await;
    let (status, again) = fixture.renew(&person, &person.tokens).await;
    assert_eq!((status, &again["refresh_token"]), (200, &lost["refresh_token"]));

    let (_, newest) = fixture.renew(&person, &again).await;
    let late = code(fixture.renew(&person, &person.tokens).await);
    assert_eq!(late, refused(422, "refresh-token-reused"));
    let newest = code(fixture.renew(&person, &newest).await);
    assert_eq!(newest, refused(422, "refresh-token-invalid"));
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
    let renew = async |seed: u64| {
        let mut line = Seeded(seed);
        let person = fixture.sign_up().await;
        let mut tokens = person.tokens.clone();
        let mut lost = 0;
        for renewal_number in 0..RENEWALS {
            // The device asks with the token that it has until an answer arrives.
            tokens = loop {
                let (status, renewed) = fixture.renew(&person, &tokens).await;
                assert_eq!(status, 200, "seed {seed}, {renewal_number}: {renewed}");
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
    let person = fixture.sign_up().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let use_it_ago = async |seconds: u32, conn: &mut mysql_async::Conn| {
        let sql = format!(
            "UPDATE refresh_tokens SET used_at = NOW(6) - INTERVAL {seconds} SECOND
             WHERE used_at IS NOT NULL"
        );
        conn.query_drop(sql).await.unwrap();
    };
    let (_, second) = fixture.renew(&person, &person.tokens).await;
    use_it_ago(50, &mut conn).await;
    assert_eq!(fixture.renew(&person, &person.tokens).await.0, 200);
    use_it_ago(61, &mut conn).await;
    let late = code(fixture.renew(&person, &person.tokens).await);
    assert_eq!(late, refused(422, "refresh-token-reused"));
    let second = code(fixture.renew(&person, &second).await);
    assert_eq!(second, refused(422, "refresh-token-invalid"));
}

#[tokio::test]
async fn after_logging_out_nothing_is_renewed() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    for _ in 0..2 {
        let token = Some(person.access_token());
        assert_eq!(fixture.call("DELETE", "sessions/current", token, None).await.0, 204);
    }
    let refusal = code(fixture.renew(&person, &person.tokens).await);
    assert_eq!(refusal, refused(422, "refresh-token-invalid"));
}

#[tokio::test]
async fn ninety_days_after_the_log_in_nothing_is_renewed_whatever_was_renewed_before() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let mut tokens = person.tokens.clone();
    for _ in 0..2 {
        let pass = "UPDATE sessions SET begun_at = begun_at - INTERVAL 64770 MINUTE";
        conn.query_drop(pass).await.unwrap();
        let (status, renewed) = fixture.renew(&person, &tokens).await;
        assert_eq!(status, 200, "{renewed}");
        tokens = renewed;
    }
    // An hour is left.
    let pass = "UPDATE sessions SET begun_at = begun_at - INTERVAL 61 MINUTE";
    conn.query_drop(pass).await.unwrap();
    let refusal = code(fixture.renew(&person, &tokens).await);
    assert_eq!(refusal, refused(422, "refresh-token-invalid"));
    // And what asks for the login itself finds none.
    let token = tokens["access_token"].as_str();
    let list = code(fixture.call("GET", "devices", token, None).await);
    assert_eq!(list, refused(401, "invalid-token"));
    let passkey = ("passkey-registrations", json!({"pin": PIN}));
    let begun = code(fixture.call("POST", passkey.0, token, Some(&passkey.1)).await);
    assert_eq!(begun, refused(401, "invalid-token"));
    fixture.log_in(person).await;
}

#[tokio::test]
async fn a_stolen_refresh_token_renews_nothing_without_the_devices_key_and_ends_nothing() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let thief = Person { phone: String::new(), device: Device::new(), ..fixture.sign_up().await };
    let stolen = json!({"refresh_token": person.tokens["refresh_token"]});
    let invalid = refused(422, "signature-invalid");
    let unsigned = async || fixture.refusal("tokens", &stolen).await;
    // Before its owner renews, within the minute of a lost answer, and long after.
    assert_eq!(unsigned().await, invalid);
    assert_eq!(code(fixture.renew(&thief, &person.tokens).await), invalid);
    let (_, renewed) = fixture.renew(&person, &person.tokens).await;
    assert_eq!(unsigned().await, invalid);
    assert_eq!(code(fixture.renew(&thief, &person.tokens).await), invalid);
    let (status, newest) = fixture.renew(&person, &renewed).await;
    assert_eq!((status, unsigned().await), (200, invalid));
    assert_eq!(fixture.renew(&person, &newest).await.0, 200);
    assert_eq!(fixture.database.told::<SessionRevokedV1>().await.len(), 0);
}

#[tokio::test]
async fn unknown_and_expired_tokens_are_refused_and_expired_ones_forgotten() {
    let fixture = Fixture::new().await;
    let invalid = refused(422, "refresh-token-invalid");
    let unknown = json!({"refresh_token": "AAAA"});
    assert_eq!(fixture.refusal("tokens", &unknown).await, invalid);

    let expired = fixture.sign_up().await;
    let living = fixture.sign_up().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let expire = "UPDATE refresh_tokens SET expires_at = NOW(6) - INTERVAL 1 SECOND
        ORDER BY expires_at LIMIT 1";
    conn.query_drop(expire).await.unwrap();
    assert_eq!(code(fixture.renew(&expired, &expired.tokens).await), invalid);

    let routes = fixture.routes.clone();
    let timer = testkit::call(&routes, "POST", "/auth_do_what_is_due", None, None).await;
    assert_eq!(timer, (200, json!({})));
    assert_eq!(fixture.database.count("refresh_tokens").await, 1);
    assert_eq!(fixture.renew(&living, &living.tokens).await.0, 200);
}
