//! A device's push token lives as long as the login that registered it.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};
use serde_json::json;
use system_tests::{Addresses, Api, OverHttp, Phone, Product, Session, until};
use uuid::Uuid;

use crate::test_platform::shared;

/// The end of a login crosses auth's hub.
const FORGOTTEN_LIMIT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_push_token_is_forgotten_when_its_login_ends_and_stands_in_no_log() {
    let platform = shared().await;
    let phone = Phone::new(&platform).unwrap();
    let session = phone.sign_up(Product::Consumer).await.unwrap();
    let push_token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    register(&platform, &session, &push_token).await;
    assert!(is_kept(&platform, &push_token).await);

    // This ends the login before it.
    let again = phone.log_in(&session.tokens.device_id, Product::Consumer).await.unwrap();
    until("the push token is forgotten", FORGOTTEN_LIMIT, async || {
        Ok((!is_kept(&platform, &push_token).await).then_some(()))
    })
    .await
    .unwrap();
    register(&platform, &again, &push_token).await;
    assert!(is_kept(&platform, &push_token).await);
    assert!(!platform.handler_log("notification").unwrap().contains(&push_token));
}

async fn register(platform: &Addresses, session: &Session, push_token: &str) {
    let call = Api::new(&platform.api).call("PUT", "/api/v1/notifications/push-token");
    let call = call.bearer(&session.tokens.access_token);
    let call = call.json(&json!({"platform": "fcm", "push_token": push_token}));
    call.send().await.unwrap().expect(204);
}

async fn is_kept(platform: &Addresses, push_token: &str) -> bool {
    let mut conn = Conn::new(Opts::from_url(&platform.mysql_primary).unwrap()).await.unwrap();
    let sql = "SELECT COUNT(*) FROM notification.push_tokens WHERE push_token = ?";
    let count: u64 = conn.exec_first(sql, (push_token,)).await.unwrap().unwrap();
    conn.disconnect().await.unwrap();
    count == 1
}
