//! Articles of help, as anybody reads them at the front door.

use serde_json::{Value, json};
use system_tests::{Api, OverHttp};

use crate::test_platform::shared;

/// 錢包限額, the limits of a wallet.
const SEARCH: &str = "/api/v1/faq/search?q=%E9%8C%A2%E5%8C%85%E9%99%90%E9%A1%8D&language=zh-Hant";

#[tokio::test]
async fn whoever_searches_in_chinese_reads_the_article_on_limits_and_is_asked_for_nothing() {
    let platform = shared().await;
    let api = Api::new(&platform.api);
    let found = api.get(SEARCH).send().await.unwrap().expect(200);
    assert_eq!(found["articles"][0]["title"], "我的錢包有甚麼限額？");
    let slug = found["articles"][0]["slug"].as_str().unwrap();
    let path = format!("/api/v1/faq/articles/{slug}");
    let read = api.get(&format!("{path}?language=zh-Hant")).send().await.unwrap();
    assert!(read.expect(200)["body"].as_str().unwrap().contains("HK$3,000"));
    assert_eq!(read.header("content-language"), "zh-Hant");
    assert!(read.header("cache-control").starts_with("public, max-age="));
    let held = api.get(&format!("{path}?language=zh-Hant"));
    let held = held.header("if-none-match", read.header("etag")).send().await.unwrap();
    assert_eq!((held.status, held.body.len()), (304, 0));
    let helpful = api.post(&format!("{path}/feedback")).json(&json!({"is_helpful": true}));
    helpful.send().await.unwrap().expect(204);
}

#[tokio::test]
async fn every_article_of_every_category_is_there_in_every_language() {
    let platform = shared().await;
    let api = Api::new(&platform.api);
    for language in ["en", "zh-Hant", "zh-Hans"] {
        let list = format!("/api/v1/faq/articles?limit=100&language={language}");
        let list = api.get(&list).send().await.unwrap().expect(200);
        let items: &Vec<Value> = list["items"].as_array().unwrap();
        assert!(items.len() >= 40, "{language}: {}", items.len());
        let categories = format!("/api/v1/faq/categories?language={language}");
        let categories = api.get(&categories).send().await.unwrap().expect(200);
        for category in categories["categories"].as_array().unwrap() {
            let is_of = |item: &&Value| item["category"] == category["category"];
            assert_eq!(category["article_count"], items.iter().filter(is_of).count());
        }
    }
}
