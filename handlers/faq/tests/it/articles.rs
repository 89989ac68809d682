//! Articles are read by anybody, in a language that caches can tell apart.

use serde_json::json;
use testkit::{Call, InProcess};

use crate::{Fixture, article, slugs};

const PUBLIC: &str = "public, max-age=300, stale-while-revalidate=3600";

#[tokio::test]
async fn an_article_is_read_in_the_language_of_the_query_or_else_of_the_header() {
    let fixture = Fixture::real().await;
    let path = "/api/v1/faq/articles/wallet-limits";
    for (query, header, language) in [
        ("", None, "en"),
        ("", Some("zh-HK"), "zh-Hant"),
        ("?language=zh-Hans", Some("zh-HK"), "zh-Hans"),
        ("?language=en", Some("zh-HK"), "en"),
    ] {
        let call = Call::get(&format!("{path}{query}"));
        let call = header.into_iter().fold(call, |call, it| call.header("accept-language", it));
        let answer = call.send(&fixture.routes).await;
        assert_eq!(answer.expect(200)["language"], language);
        for (name, value) in
            [("content-language", language), ("vary", "accept-language"), ("cache-control", PUBLIC)]
        {
            assert_eq!(answer.header(name), value);
        }
        let held = answer.header("etag");
        let call = Call::get(&format!("{path}?language={language}")).header("if-none-match", held);
        let again = call.send(&fixture.routes).await;
        assert_eq!(
            (again.status, again.body.len(), again.header("cache-control")),
            (304, 0, PUBLIC)
        );
    }
}

#[tokio::test]
async fn what_is_refused_is_kept_by_no_cache() {
    let fixture = Fixture::real().await;
    for (path, status, code) in [
        ("articles/no-such-article", 404, "article-not-found"),
        ("articles/No_Such", 404, "no-such-route"),
        ("articles/wallet-limits?language=fr", 400, "invalid-query"),
        ("articles?category=cooking", 400, "invalid-query"),
        ("articles?cursor=nonsense", 400, "cursor-invalid"),
        ("categories?surprise=1", 400, "invalid-query"),
    ] {
        let answer = fixture.get(path).await;
        answer.expect_refusal(status, code);
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn every_article_is_on_one_page_of_the_list_and_counted_in_its_category() {
    let fixture = Fixture::real().await;
    let mut seen = Vec::new();
    let mut path = "articles?limit=7&language=zh-Hant".to_owned();
    loop {
        let page = fixture.read(&path).await;
        seen.extend(slugs(page["items"].as_array().unwrap()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("articles?limit=7&language=zh-Hant&cursor={cursor}");
    }
    let all = faq::articles().unwrap().len();
    assert_eq!(seen.len(), all);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), all);
    let categories = fixture.read("categories?language=zh-Hant").await;
    let mut counted = 0;
    for category in categories["categories"].as_array().unwrap() {
        let code = category["category"].as_str().unwrap();
        let page = fixture.read(&format!("articles?category={code}&limit=100")).await;
        let items = page["items"].as_array().unwrap();
        assert!(items.iter().all(|item| item["category"] == code));
        assert_eq!(category["article_count"], items.len());
        counted += items.len();
    }
    assert_eq!(counted, all);
    assert_eq!(categories["categories"][1]["title"], "身分核實與限額");
}

#[tokio::test]
async fn an_article_leads_on_to_those_that_its_writer_chose_in_their_order() {
    let fixture = Fixture::real().await;
    let article = fixture.read("articles/wallet-limits?language=zh-Hans").await;
    let related = article["related"].as_array().unwrap();
    assert_eq!(slugs(related)[0], "verify-identity");
    assert!(related.iter().all(|one| one["title"].is_string()));
}

#[tokio::test]
async fn the_heavier_comes_first_and_of_equals_the_newer() {
    let [one, two] = [article("one", "First", "Text"), article("two", "Second", "Text")];
    let fixture = Fixture::with(&[one, two]).await;
    let page = fixture.read("articles").await;
    assert_eq!(slugs(page["items"].as_array().unwrap()), ["two", "one"]);
    assert_eq!(page["next_cursor"], json!(null));
}
