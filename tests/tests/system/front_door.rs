//! What the local front door adds for those who write an app: the way from an answer to its trace.

use std::time::Duration;

use system_tests::{Api, OverHttp, traceparent, until};

use crate::test_platform::shared;

/// A handler reports its spans each second.
const TRACE_LIMIT: Duration = Duration::from_secs(20);

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
