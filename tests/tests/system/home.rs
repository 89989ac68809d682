//! The start of an app: one request, where each part had its own.

use std::time::Duration;

use serde_json::{Value, json};
use system_tests::{OverHttp, Payment, Session, until};

use crate::stage::{PRICE, Stage};
use crate::test_platform::shared;

/// The count of unread notifications is given up after 150 ms, which a busy machine may need.
const HOME_LIMIT: Duration = Duration::from_secs(20);

/// What the screen was put together from before: one answer for each path.
async fn parts<const N: usize>(session: &Session, paths: [&str; N]) -> [Value; N] {
    let mut answers = [const { Value::Null }; N];
    for (answer, path) in answers.iter_mut().zip(paths) {
        *answer = session.get(path).send().await.unwrap().expect(200);
    }
    answers
}

/// The whole screen, and its ETag.
async fn home(session: &Session, path: &str) -> (Value, String) {
    let whole = until("a home with all its parts", HOME_LIMIT, async || {
        let answer = session.get(path).send().await?;
        let home = answer.expect(200);
        let is_whole = !home["unread_notifications"].is_null();
        Ok(is_whole.then(|| (home, answer.header("etag").to_owned())))
    });
    whole.await.unwrap()
}

#[tokio::test]
async fn home_is_one_request_and_says_what_its_parts_say() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (_, terms) = stage.request(PRICE).await;
    let payment: Payment = stage.pay(&terms).await.parse(201).unwrap();
    stage.request(PRICE).await;
    let (consumer, owner) = (&stage.consumer.0, &stage.merchant.0);
    for session in [consumer, owner] {
        session.inbox().wait_for(&payment.payment_id).await.unwrap();
    }
    let unread_count = "/api/v1/notifications/unread-count";

    let paths = ["/api/v1/wallets/me", "/api/v1/wallets/me/movements?limit=10", unread_count];
    let [wallet, movements, unread] = parts(consumer, paths).await;
    let (shown, etag) = home(consumer, "/api/v1/home").await;
    assert_eq!((&shown["type"], &shown["wallet"]), (&json!("consumer"), &wallet));
    assert_eq!(shown["movements"], movements["items"]);
    assert_eq!(shown["unread_notifications"], unread["unread"]);
    assert_eq!(shown["attention"], json!([]));
    // The count may be late again, and then the answer is another one.
    until("an unchanged home", HOME_LIMIT, async || {
        let held = consumer.get("/api/v1/home").header("if-none-match", &etag).send().await?;
        Ok((held.status == 304 && held.body.is_empty()).then_some(()))
    })
    .await
    .unwrap();

    let shop = &stage.shop.business_id;
    let balance = format!("/api/v1/wallets/businesses/{shop}");
    let of_shop = format!("{balance}/movements?limit=10");
    let asked = format!("/api/v1/payment-requests?business_id={shop}");
    let paths = [&*balance, &*of_shop, &*asked, unread_count];
    let [wallet, movements, requests, unread] = parts(owner, paths).await;
    let (shown, _) = home(owner, &format!("/api/v1/home?business_id={shop}")).await;
    assert_eq!(
        (&shown["type"], &shown["shop_name"]),
        (&json!("shop"), &json!(stage.shop.shop_name))
    );
    assert_eq!((&shown["wallet"], &shown["movements"]), (&wallet, &movements["items"]));
    let requests = requests["items"].as_array().unwrap();
    assert_eq!(shown["payment_requests"], json!(requests[..1]), "one of two is open");
    assert_eq!(shown["unread_notifications"], unread["unread"]);
}
