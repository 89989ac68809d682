//! The account that `up exec-with-stores` starts for the tests of all services.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bicep/env/dev.snapshot.json");
const CONTAINER: &str = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers";

#[tokio::test]
async fn tests_find_the_containers_that_bicep_makes() {
    let snapshot: Value = serde_json::from_str(&fs::read_to_string(SNAPSHOT).unwrap()).unwrap();
    let made = snapshot["predictedResources"].as_array().unwrap().iter();
    let made = made.filter(|resource| resource["type"] == CONTAINER);
    let made: BTreeSet<&str> =
        made.map(|it| it["properties"]["resource"]["id"].as_str().unwrap()).collect();
    assert!(!made.is_empty());

    let url = format!("{}/dbs/graph/colls", testkit::cosmos_url());
    let request = reqwest::Client::new().get(url);
    let request = request.header("authorization", testkit::cosmos_authorization());
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    let found = answer["DocumentCollections"].as_array().unwrap().iter();
    let found: BTreeSet<&str> = found.map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(found, made);
}
