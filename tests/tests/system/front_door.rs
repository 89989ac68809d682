//! What the local front door adds for those who write an app: refusals on request, and the way
//! from an answer to its trace.

use std::time::Duration;

use system_tests::{Api, OverHttp, traceparent, until};

use crate::stage::{PRICE, Stage, new_key};
use crate::test_platform::shared;

/// A handler reports its spans each second.
const TRACE_LIMIT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_refusal_that_an_app_asks_for_is_answered_in_place_of_the_payment() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (_, terms) = stage.request(PRICE).await;
    let key = new_key();
    let confirmation = stage.consumer.sign(&terms, &key).unwrap();
    let pay = || stage.consumer.pay_call(&terms, &key, &confirmation);
    let refused = pay().header("test-refusal", "try-again").header("accept-language", "zh-HK");
    let refused = refused.send().await.unwrap();
    refused.expect_refusal(503, "try-again");
    assert_eq!(refused.json()["message"], "系統繁忙，請稍後再試。");
    assert_eq!(
        (refused.header("content-language"), refused.header("retry-after")),
        ("zh-Hant", "1")
    );
    stage.assert_nothing_moved().await;
    pay().send().await.unwrap().expect(201);
}

#[tokio::test]
async fn an_answer_links_the_page_of_its_trace_whoever_began_it() {
    let platform = shared().await;
    let api = Api::new(&platform.api);
    let (_, traceparent) = traceparent();
    let asked = || api.get("/api/v1/wallets/me");
    for call in [asked(), asked().header("traceparent", &traceparent)] {
        let refused = call.send().await.unwrap();
        refused.expect_refusal(401, "invalid-token");
        let trace_id = refused.json()["trace_id"].as_str().unwrap().to_owned();
        let link = refused.header("link");
        let page = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"trace\""));
        let page = page.unwrap_or_else(|| panic!("{link}"));
        until(&format!("the trace at {page}"), TRACE_LIMIT, async || {
            let answer = api.get(page).send().await?;
            let shows = answer.status == 200 && answer.text().contains(&trace_id);
            Ok(shows.then_some(()))
        })
        .await
        .unwrap();
    }
}
