//! Documents, as Rust's SDK writes and reads them with its own settings: HTTP/2, binary JSON.

use azure_data_cosmos::TransactionalBatch;
use azure_data_cosmos::clients::ContainerClient;
use azure_data_cosmos::options::{
    ContentResponseOnWrite, ItemWriteOptions, OperationOptionsBuilder, Precondition,
};
use serde_json::{Value, json};

use crate::running::{Running, thing};

pub(crate) async fn read(things: &ContainerClient, partition: &str, id: &str) -> Option<Value> {
    match things.read_item(partition.to_owned(), id, None).await {
        Ok(found) => found.into_model().unwrap(),
        Err(refused) if refused.status().is_not_found() => None,
        Err(refused) => panic!("{:?}", refused.status()),
    }
}

#[tokio::test]
async fn a_document_is_created_once_replaced_and_deleted() {
    let account = Running::start("documents");
    let things = account.things().await;
    let one = thing("p", "one", 1);
    things.create_item("p", "one", &one, None).await.unwrap();
    let again = things.create_item("p", "one", &one, None).await.err().unwrap();
    assert!(again.status().is_conflict());
    things.replace_item("p", "one", &thing("p", "one", 2), None).await.unwrap();
    things.upsert_item("p", "two", &thing("p", "two", 3), None).await.unwrap();
    assert_eq!(read(&things, "p", "one").await.unwrap()["number"], 2);
    assert_eq!(read(&things, "p", "two").await.unwrap()["number"], 3);
    assert_eq!(read(&things, "q", "two").await, None, "another partition");
    things.delete_item("p", "one", None).await.unwrap();
    assert_eq!(read(&things, "p", "one").await, None);
}

#[tokio::test]
async fn of_two_who_replace_one_version_the_second_is_refused() {
    let account = Running::start("versions");
    let things = account.things().await;
    let created = things.create_item("p", "one", &thing("p", "one", 1), None).await.unwrap();
    let version = created.headers().etag().unwrap().clone();
    let replace = async |number| {
        let condition = Precondition::IfMatch(version.clone());
        let options = ItemWriteOptions::default().with_precondition(condition);
        things.replace_item("p", "one", &thing("p", "one", number), Some(options)).await
    };
    replace(2).await.unwrap();
    let late = replace(3).await.err().unwrap();
    assert!(late.status().is_precondition_failed(), "{:?}", late.status());
    assert_eq!(read(&things, "p", "one").await.unwrap()["number"], 2);
}

#[tokio::test]
async fn a_writer_gets_the_document_back_only_if_it_wants_it() {
    let account = Running::start("bodies");
    let things = account.things().await;
    let silent = things.upsert_item("p", "one", &thing("p", "one", 1), None).await.unwrap();
    assert!(silent.into_body().is_empty());
    let wants = OperationOptionsBuilder::new()
        .with_content_response_on_write(ContentResponseOnWrite::Enabled)
        .build();
    let options = ItemWriteOptions::default().with_operation_options(wants);
    let told = things.upsert_item("p", "one", &thing("p", "one", 2), Some(options)).await;
    assert_eq!(told.unwrap().into_model::<Value>().unwrap()["number"], 2);
}

#[tokio::test]
async fn a_batch_is_done_as_a_whole_or_not_at_all() {
    let account = Running::start("batches");
    let things = account.things().await;
    let batch = |id: &str| {
        TransactionalBatch::new("p")
            .create_item(thing("p", id, 1))
            .unwrap()
            .create_item(thing("p", "taken", 1))
            .unwrap()
    };
    let done = things.execute_transactional_batch(batch("one"), None).await.unwrap();
    assert!(done.into_model().unwrap().results().iter().all(|result| result.is_success()));
    let refused = things.execute_transactional_batch(batch("two"), None).await;
    let refused = refused.ok().map(|answer| answer.into_model().unwrap());
    assert!(refused.is_none_or(|answer| !answer.results().iter().any(|it| it.is_success())));
    assert!(read(&things, "p", "one").await.is_some());
    assert_eq!(read(&things, "p", "two").await, None);
}

#[tokio::test]
async fn numbers_and_texts_come_back_as_they_were_written() {
    let account = Running::start("values");
    let things = account.things().await;
    let document = json!({
        "id": "one", "partition": "p", "cents": 9_007_199_254_740_991_i64, "negative": -1,
        "rate": 0.1, "text": "港幣 \"\n\u{1f9e7}", "empty": null, "list": [1, [], {}],
    });
    things.upsert_item("p", "one", &document, None).await.unwrap();
    let account = account.kill_and_start();
    let found = read(&account.things().await, "p", "one").await.unwrap();
    for (name, value) in document.as_object().unwrap() {
        assert_eq!(&found[name], value, "{name}");
    }
}
