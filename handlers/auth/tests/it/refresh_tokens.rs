//! Renewing tokens: each refresh token is good once.

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};

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
async fn of_many_renewals_with_one_token_at_once_at_most_one_succeeds() {
    let fixture = Fixture::new().await;
    let body = renewal(&fixture.sign_up().await.tokens);
    let answers = join_all((0..8).map(|_| fixture.post("tokens", &body))).await;
    let renewed: Vec<&Value> =
        answers.iter().filter(|(status, _)| *status == 200).map(|(_, body)| body).collect();
    assert_eq!(renewed.len(), 1);
    assert!(answers.iter().all(|(status, _)| [200, 422].contains(status)), "{answers:?}");
    let successor = renewal(renewed[0]);
    assert_eq!(fixture.refusal("tokens", &successor).await, refused(422, "refresh-token-invalid"));
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
