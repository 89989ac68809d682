//! The page for developers.

use reqwest::header::HOST;

use crate::running::{Running, thing};

#[tokio::test]
async fn a_browser_without_a_token_sees_containers_counts_and_documents() {
    let account = Running::start("page");
    let things = account.things().await;
    for (partition, id) in [("p", "one"), ("p", "<script>"), ("q", "other")] {
        things.upsert_item(partition, id, &thing(partition, id, 1), None).await.unwrap();
    }
    let http = reqwest::Client::new();
    let plain = account.url.replace("https:", "http:");
    let page = async |query: &str| {
        let answer = http.get(format!("{plain}/{query}")).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    };
    let list = page("").await;
    assert!(
        list.contains("dbs/test/colls/things") && list.contains("<td class=number>3</td>"),
        "{list}"
    );
    assert!(!list.contains("other"));
    let documents = page("?container=dbs/test/colls/things").await;
    assert!(documents.contains("other") && documents.contains("&lt;script&gt;"), "{documents}");
    assert!(!documents.contains("<script>"), "{documents}");
    let partition = page("?container=dbs/test/colls/things&partition=p").await;
    assert!(partition.contains("one") && !partition.contains("other"), "{partition}");
}

#[tokio::test]
async fn without_tls_there_is_nothing_but_the_page_and_no_page_for_other_names() {
    let account = Running::start("plain");
    let http = reqwest::Client::new();
    let plain = account.url.replace("https:", "http:");
    let documents = http.get(format!("{plain}/dbs/test/colls/things/docs"));
    let documents = documents.header("authorization", testkit::cosmos_authorization());
    assert_eq!(documents.send().await.unwrap().status(), 400);
    let elsewhere = http.get(&plain).header(HOST, "pages.example");
    assert_eq!(elsewhere.send().await.unwrap().status(), 421);
}
