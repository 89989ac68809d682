//! What was acknowledged before a kill is there after it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::time::Duration;

use azure_data_cosmos::TransactionalBatch;
use tokio::time::sleep;

use crate::documents::read;
use crate::running::{Running, refused_start, thing};

const WRITERS: u32 = 8;
const KILLED_AFTER: Duration = Duration::from_secs(3);

#[tokio::test]
async fn every_write_acknowledged_before_a_kill_is_there() {
    let mut account = Running::start("kill");
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let things = account.things().await;
        writers.push(tokio::spawn(async move {
            // The number of the last write that was acknowledged.
            let mut acknowledged = 0;
            loop {
                let partition = format!("p{writer}");
                let document = thing(&partition, "one", acknowledged + 1);
                let written = things.upsert_item(partition, "one", &document, None);
                let kill = sleep(Duration::from_secs(5));
                let written = tokio::select! {
                    written = written => written,
                    // The SDK asks again and again.
                    () = kill => return acknowledged,
                };
                match written {
                    Ok(_) => acknowledged += 1,
                    Err(_) => return acknowledged,
                }
            }
        }));
    }
    sleep(KILLED_AFTER).await;
    account.kill();
    let mut numbers = Vec::new();
    for writer in writers {
        numbers.push(writer.await.unwrap());
    }
    let account = account.kill_and_start();
    let things = account.things().await;
    assert!(numbers.iter().all(|number| *number > 0), "{numbers:?}");
    for (writer, acknowledged) in numbers.into_iter().enumerate() {
        let found = read(&things, &format!("p{writer}"), "one").await.unwrap();
        let kept = found["number"].as_u64().unwrap();
        // One more may have been kept of which the writer was not told.
        let expected = u64::from(acknowledged)..=u64::from(acknowledged + 1);
        assert!(expected.contains(&kept), "{kept} of {acknowledged}");
    }
}

#[tokio::test]
async fn replacements_deletions_and_batches_are_kept_in_their_order() {
    let account = Running::start("order");
    let things = account.things().await;
    for id in ["stays", "goes", "returns"] {
        things.create_item("p", id, &thing("p", id, 1), None).await.unwrap();
    }
    things.replace_item("p", "stays", &thing("p", "stays", 2), None).await.unwrap();
    things.delete_item("p", "goes", None).await.unwrap();
    let batch = TransactionalBatch::new("p")
        .delete_item("returns", None)
        .create_item(thing("p", "returns", 3))
        .unwrap()
        .create_item(thing("p", "an id with % in it", 4))
        .unwrap()
        .delete_item("an id with % in it", None);
    let done = things.execute_transactional_batch(batch, None).await.unwrap();
    assert!(done.into_model().unwrap().results().iter().all(|result| result.is_success()));
    let refused = things.create_item("p", "stays", &thing("p", "stays", 9), None).await;
    assert!(refused.is_err());

    let account = account.kill_and_start().kill_and_start();
    let things = account.things().await;
    assert_eq!(read(&things, "p", "stays").await.unwrap()["number"], 2);
    assert_eq!(read(&things, "p", "returns").await.unwrap()["number"], 3);
    assert_eq!(read(&things, "p", "goes").await, None);
    assert_eq!(read(&things, "p", "an id with % in it").await, None);
}

#[tokio::test]
async fn a_line_that_a_kill_cut_short_is_dropped_and_written_over() {
    let mut account = Running::start("torn");
    let things = account.things().await;
    things.upsert_item("p", "one", &thing("p", "one", 1), None).await.unwrap();
    account.kill();
    let mut log = OpenOptions::new().append(true).open(account.log()).unwrap();
    log.write_all(br#"{"container":"dbs/test/colls/things","changes":[{"pu"#).unwrap();
    let account = account.kill_and_start();
    let things = account.things().await;
    things.upsert_item("p", "two", &thing("p", "two", 2), None).await.unwrap();
    let account = account.kill_and_start();
    let things = account.things().await;
    assert_eq!(read(&things, "p", "one").await.unwrap()["number"], 1);
    assert_eq!(read(&things, "p", "two").await.unwrap()["number"], 2);
}

#[tokio::test]
async fn a_log_that_cannot_be_done_again_as_a_whole_is_no_start() {
    let mut account = Running::start("damaged");
    let things = account.things().await;
    things.upsert_item("p", "one", &thing("p", "one", 1), None).await.unwrap();
    account.kill();
    let good = fs::read_to_string(account.log()).unwrap();
    let elsewhere = good.replace("colls/things", "colls/gone");
    for (log, says) in [(format!("no line\n{good}"), "at byte 0"), (elsewhere, "404")] {
        fs::write(account.log(), log).unwrap();
        let ended = refused_start(&account.folder);
        let told = String::from_utf8(ended.stderr).unwrap();
        assert!(!ended.status.success() && told.contains(says), "{told}");
    }
}
