//! Conditional requests, through the host and its proxy.

use serde_json::json;
use system_tests::{Answer, Api, OverHttp, Session};

use crate::stage::merchant_with_shop;
use crate::test_platform::shared;

#[tokio::test]
async fn a_shop_is_changed_once_a_version_and_not_sent_again_to_who_holds_it() {
    let platform = shared().await;
    let (merchant, shop) = merchant_with_shop(&platform).await.unwrap();
    let path = format!("/api/v1/businesses/{}", shop.business_id);
    let change = |name: &str| {
        let call = Api::new(&platform.api).call("PATCH", &path);
        let call = call.bearer(&merchant.0.tokens.access_token).header("if-match", "\"1\"");
        call.body("application/merge-patch+json", &json!({"shop_name": name}).to_string()).send()
    };
    let etag = read(&merchant.0, &path, "\"0\"").await.header("etag").to_owned();
    let unchanged = read(&merchant.0, &path, &etag).await;
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    change("Dim Sum Palace").await.unwrap().expect(200);
    change("Dim Sum Hut").await.unwrap().expect_refusal(412, "version-stale");
    let changed = read(&merchant.0, &path, &etag).await.expect(200);
    assert_eq!(changed["shop_name"], "Dim Sum Palace");
}

async fn read(session: &Session, path: &str, held: &str) -> Answer {
    session.get(path).header("if-none-match", held).send().await.unwrap()
}
