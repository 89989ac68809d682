//! Queries, and what is refused of them.

use azure_data_cosmos::Query;
use azure_data_cosmos::feed::FeedScope;
use futures_util::TryStreamExt;
use serde_json::{Value, json};

use crate::running::{Running, thing};

const PARTITIONS: u32 = 40;

/// Four documents in each of many partitions, so that every part of the container has some.
async fn filled(name: &str) -> Running {
    let account = Running::start(name);
    let things = account.things().await;
    for number in 0..PARTITIONS * 4 {
        let (partition, id) = (format!("p{}", number / 4), format!("t{number}"));
        let document = thing(&partition, &id, number);
        things.upsert_item(partition, &id, &document, None).await.unwrap();
    }
    account
}

async fn ask(account: &Running, query: Query, scope: FeedScope) -> Result<Vec<Value>, u16> {
    let refused = |error: azure_data_cosmos::CosmosError| error.status().status_code().into();
    let things = account.things().await;
    let found = things.query_items::<Value>(query, scope, None).await.map_err(refused)?;
    found.try_collect().await.map_err(refused)
}

#[tokio::test]
async fn one_partition_filters_orders_counts_and_groups() {
    let account = filled("one-partition").await;
    let ask = async |query: &str| {
        let query = Query::from(query).with_parameter("@from", 13).unwrap();
        ask(&account, query, FeedScope::partition("p3")).await.unwrap()
    };
    let numbers = "SELECT VALUE c.number FROM c WHERE c.number >= @from ORDER BY c.number DESC";
    assert_eq!(ask(numbers).await, [15, 14, 13]);
    assert_eq!(ask("SELECT VALUE COUNT(1) FROM c WHERE c.number >= @from").await, [3]);
    assert_eq!(ask("SELECT VALUE SUM(c.number) FROM c").await, [12 + 13 + 14 + 15]);
    let grouped = "SELECT c.partition, COUNT(1) AS n FROM c GROUP BY c.partition";
    assert_eq!(ask(grouped).await, [json!({ "partition": "p3", "n": 4 })]);
}

#[tokio::test]
async fn many_partitions_filter_and_order() {
    let account = filled("partitions").await;
    let all = FeedScope::full_container;
    let few = Query::from("SELECT VALUE c.number FROM c WHERE c.number < 6 ORDER BY c.number");
    assert_eq!(ask(&account, few, all()).await.unwrap(), [0, 1, 2, 3, 4, 5]);
    let every = ask(&account, Query::from("SELECT * FROM c"), all()).await.unwrap();
    assert_eq!(every.len(), 160);
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused() {
    let account = filled("refused").await;
    for query in [
        "SELECT VALUE COUNT(1) FROM c",
        "SELECT VALUE SUM(c.number) FROM c",
        "SELECT c.partition, COUNT(1) AS n FROM c GROUP BY c.partition",
    ] {
        let answer = ask(&account, Query::from(query), FeedScope::full_container()).await;
        assert!(answer.is_err(), "{query}: {answer:?}");
    }
    for query in [
        "SELECT * FROM c WHERE EXISTS (SELECT VALUE n FROM n IN c.numbers)",
        "SELECT VALUE GetCurrentDateTime() FROM c",
        "SELECT VALUE ST_DISTANCE(c.one, c.other) FROM c",
        "SELECT VALUE udf.double(c.number) FROM c",
        "SELECT VALUE COUNT(1) FROM (SELECT DISTINCT c.number FROM c)",
    ] {
        let answer = ask(&account, Query::from(query), FeedScope::partition("p3")).await;
        assert_eq!(answer, Err(400), "{query}");
    }
}

/// Other SDKs than that of Rust would put together what the parts of a container answer.
#[tokio::test]
async fn an_aggregate_of_a_part_of_a_container_is_refused() {
    let account = filled("parts").await;
    let ask = async |query: &str, headers: &[(&str, &str)]| {
        let url = format!("{}/dbs/test/colls/things/docs", account.url);
        let request = reqwest::Client::new().post(url).body(json!({ "query": query }).to_string());
        let request = request.header("authorization", testkit::cosmos_authorization());
        let headers =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = headers.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let part = [("x-ms-documentdb-isquery", "True"), ("x-ms-documentdb-partitionkeyrangeid", "0")];
    let plan = [("x-ms-cosmos-is-query-plan-request", "True")];
    let count = "SELECT VALUE COUNT(1) FROM c";
    for headers in [&part[..], &plan] {
        let (status, answer) = ask(count, headers).await;
        assert_eq!((status, &answer["code"]), (501, &json!("NotImplemented")));
        assert_eq!(ask("SELECT * FROM c", headers).await.0, 200);
    }
    let (status, answer) = ask(count, &part[..1]).await;
    assert_eq!((status, &answer["Documents"]), (200, &json!([160])), "of the whole");
}
