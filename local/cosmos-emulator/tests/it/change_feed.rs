//! The change feed.

use azure_data_cosmos::clients::ContainerClient;
use azure_data_cosmos::feed::{ContinuationToken, FeedScope};
use azure_data_cosmos::options::{ChangeFeedMode, ChangeFeedOptions, ChangeFeedStartFrom};
use futures_util::StreamExt;
use serde_json::Value;

use crate::running::{Running, thing};

/// One part of the container after the other is asked, and each that has nothing new says so.
const PARTS: u32 = 16;

/// What a feed says until it has no more, and where to go on.
async fn changes(
    things: &ContainerClient,
    after: Option<ContinuationToken>,
) -> (Vec<String>, ContinuationToken) {
    let mut options = ChangeFeedOptions::default();
    options.feed.continuation_token = after;
    let (scope, start) = (FeedScope::full_container(), ChangeFeedStartFrom::Beginning);
    let mut feed = things.query_change_feed::<Value>(scope, start, Some(options)).await.unwrap();
    let (mut ids, mut empty) = (Vec::new(), 0);
    while empty < PARTS {
        let page = feed.next().await.unwrap().unwrap();
        empty = if page.items().is_empty() { empty + 1 } else { 0 };
        let found = page.items().iter().map(|item| item.current().unwrap()["id"].clone());
        ids.extend(found.map(|id| id.as_str().unwrap().to_owned()));
    }
    ids.sort();
    (ids, feed.to_continuation_token().unwrap())
}

#[tokio::test]
async fn a_reader_goes_on_where_it_was_also_after_a_kill() {
    let account = Running::start("feed");
    let things = account.things().await;
    let write = async |things: &ContainerClient, id: &str, number: u32| {
        let partition = format!("p-{id}");
        things.upsert_item(partition.clone(), id, &thing(&partition, id, number), None).await
    };
    for id in ["a", "b", "c"] {
        write(&things, id, 1).await.unwrap();
    }
    write(&things, "a", 2).await.unwrap();
    let (all, place) = changes(&things, None).await;
    assert_eq!(all, ["a", "b", "c"]);

    let account = account.kill_and_start();
    let things = account.things().await;
    write(&things, "b", 2).await.unwrap();
    write(&things, "d", 1).await.unwrap();
    let (since, place) = changes(&things, Some(place)).await;
    assert_eq!(since, ["b", "d"], "what is new and nothing else");
    assert_eq!(changes(&things, Some(place)).await.0, [""; 0]);
}

#[tokio::test]
async fn a_feed_of_all_versions_or_from_a_moment_is_refused() {
    let account = Running::start("feed-modes");
    let things = account.things().await;
    things.upsert_item("p", "one", &thing("p", "one", 1), None).await.unwrap();
    let ask = async |start, mode| {
        let options = ChangeFeedOptions::default().with_mode(mode);
        let scope = FeedScope::full_container();
        let feed = things.query_change_feed::<Value>(scope, start, Some(options)).await;
        let page = feed.unwrap().next().await.unwrap();
        page.err().map(|refused| u16::from(refused.status().status_code()))
    };
    let now = azure_core::time::OffsetDateTime::now_utc();
    let moment = ChangeFeedStartFrom::PointInTime(now);
    assert_eq!(ask(moment, ChangeFeedMode::LatestVersion).await, Some(501));
    let all = ChangeFeedMode::AllVersionsAndDeletes;
    assert_eq!(ask(ChangeFeedStartFrom::Now, all).await, Some(501));
    assert_eq!(ask(ChangeFeedStartFrom::Now, ChangeFeedMode::LatestVersion).await, None);
}
