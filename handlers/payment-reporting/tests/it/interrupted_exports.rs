//! Files whose writers die, are of another version, or work at once.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use serde_json::json;

use crate::Fixture;
use crate::books::Movement;
use crate::exports::NOVEMBER;

/// As many as make three blocks.
const ROWS_OF_THREE_BLOCKS: u32 = 25;

impl Fixture {
    /// The process dies between a second block and noting it; what was running is due then.
    async fn write_one_block(&self) {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        let dies = "ALTER TABLE exports ADD CONSTRAINT dies CHECK (blocks <> 2)";
        conn.query_drop(dies).await.unwrap();
        self.fail_to_write_exports().await;
        conn.query_drop("ALTER TABLE exports DROP CONSTRAINT dies").await.unwrap();
    }

    async fn fail_to_write_exports(&self) {
        self.books.beat().await;
        let routes = self.routes.clone();
        let path = "/payment_reporting_write_exports";
        let died = testkit::call(&routes, "POST", path, None, Some(&json!({}))).await;
        assert_eq!(died.0, 500);
    }
}

#[tokio::test]
async fn a_file_that_was_interrupted_is_byte_for_byte_the_one_that_was_not() {
    let fixture = Fixture::in_small_blocks().await;
    let shop = fixture.shop_of_november(ROWS_OF_THREE_BLOCKS).await;
    let undisturbed = fixture.begin_export(&shop, "camt053").await;
    let whole = fixture.written(&shop, &undisturbed).await;
    assert_eq!(fixture.export(&shop, &undisturbed).await["rows_written"], ROWS_OF_THREE_BLOCKS);

    // What was done a week ago is not answered again.
    fixture.change_exports("ended_at = ended_at - INTERVAL 7 DAY").await;
    let id = fixture.begin_export(&shop, "camt053").await;
    fixture.write_one_block().await;
    let stopped = fixture.export(&shop, &id).await;
    assert_eq!((&stopped["status"], &stopped["rows_written"]), (&json!("running"), &json!(10)));
    // Nobody goes on while whoever was stopped may still be at work.
    fixture.write_exports().await;
    assert_eq!(fixture.export(&shop, &id).await, stopped);
    fixture.change_exports("due_at = created_at WHERE status = 'running'").await;
    // Meanwhile the shop is paid more, and it gives something back.
    fixture
        .books
        .move_money(Movement::payment(shop.id, 700, NOVEMBER + Duration::from_hours(50)))
        .await;
    let rest = fixture.written(&shop, &id).await;
    let of = |bytes: Vec<u8>, id: &str| String::from_utf8(bytes).unwrap().replace(id, "exp");
    let (whole, rest) = (of(whole, &undisturbed), of(rest, &id));
    let without_moment = |text: &str| {
        let (before, after) = text.split_once("<CreDtTm>").unwrap();
        let (group, report) = after.split_once("<CreDtTm>").unwrap();
        let after_moment = |text: &str| text.split_once("</CreDtTm>").unwrap().1.to_owned();
        format!("{before}{}{}", after_moment(group), after_moment(report))
    };
    assert!(without_moment(&whole) == without_moment(&rest), "the same but for its moment");
}

#[tokio::test]
async fn a_file_is_running_once_its_turn_has_come() {
    let fixture = Fixture::in_small_blocks().await;
    let shop = fixture.shop_of_november(ROWS_OF_THREE_BLOCKS).await;
    let id = fixture.begin_export(&shop, "csv").await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    // No block is noted: what has moved is summed up by then.
    let dies = "ALTER TABLE exports ADD CONSTRAINT dies CHECK (blocks = 0)";
    conn.query_drop(dies).await.unwrap();
    fixture.fail_to_write_exports().await;
    assert_eq!(fixture.export(&shop, &id).await["status"], "running");
}

#[tokio::test]
async fn a_file_that_another_version_began_is_begun_anew() {
    let fixture = Fixture::in_small_blocks().await;
    let shop = fixture.shop_of_november(ROWS_OF_THREE_BLOCKS).await;
    let id = fixture.begin_export(&shop, "csv").await;
    fixture.write_one_block().await;
    fixture.change_exports("layout = layout + 1, bytes_written = 1, due_at = created_at").await;
    let rows = fixture.written(&shop, &id).await;
    assert_eq!(rows.iter().filter(|byte| **byte == b'\n').count(), 26);
    assert_eq!(fixture.export(&shop, &id).await["rows_written"], ROWS_OF_THREE_BLOCKS);
}

#[tokio::test]
async fn a_file_that_is_not_as_long_as_its_blocks_is_not_given_out() {
    let fixture = Fixture::in_small_blocks().await;
    let shop = fixture.shop_of_november(ROWS_OF_THREE_BLOCKS).await;
    let id = fixture.begin_export(&shop, "csv").await;
    fixture.write_one_block().await;
    let one_more = "bytes_written = bytes_written + 1, due_at = created_at";
    fixture.change_exports(one_more).await;
    fixture.write_exports().await;
    assert_eq!(fixture.export(&shop, &id).await["failure"], "does-not-add-up");
}

#[tokio::test]
async fn two_that_write_at_once_do_not_get_in_each_others_way() {
    let fixture = Fixture::in_small_blocks().await;
    let shop = fixture.shop_of_november(ROWS_OF_THREE_BLOCKS).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(fixture.begin_export(&shop, "csv").await);
    }
    tokio::join!(fixture.write_exports(), fixture.write_exports());
    let first = fixture.written(&shop, &ids[0]).await;
    assert_eq!(first.iter().filter(|byte| **byte == b'\n').count(), 26);
    for id in &ids[1..] {
        assert!(fixture.written(&shop, id).await == first);
    }
}

#[tokio::test]
async fn a_block_that_was_brought_but_not_noted_is_brought_again_and_changes_nothing() {
    let fixture = Fixture::in_small_blocks().await;
    let shop = fixture.shop_of_november(ROWS_OF_THREE_BLOCKS).await;
    let id = fixture.begin_export(&shop, "csv").await;
    let whole = fixture.written(&shop, &id).await;
    assert_eq!(whole.iter().filter(|byte| **byte == b'\n').count(), 26);
    // As noted before anything was summed up: all three are brought, and put together, again.
    let place = "0x01A192B0740000000000000000000000";
    fixture
        .change_exports(&format!(
            "status = 'running', blocks = 0, rows_written = 0, bytes_written = 0, balance = 0,
             opening = NULL, closing = NULL, since_begun = 0, since_ended = 0,
             summed_id = {place}, next_id = {place}, due_at = created_at"
        ))
        .await;
    assert!(fixture.written(&shop, &id).await == whole);
}

#[tokio::test]
async fn a_workbook_that_was_interrupted_is_byte_for_byte_the_one_that_was_not() {
    let fixture = Fixture::in_small_blocks().await;
    let shop = fixture.shop_of_november(ROWS_OF_THREE_BLOCKS).await;
    let undisturbed = fixture.begin_export(&shop, "xlsx").await;
    let whole = fixture.written(&shop, &undisturbed).await;
    fixture.change_exports("ended_at = ended_at - INTERVAL 7 DAY").await;
    let id = fixture.begin_export(&shop, "xlsx").await;
    assert_ne!(id, undisturbed);
    fixture.write_one_block().await;
    assert_eq!(fixture.export(&shop, &id).await["rows_written"], 10);
    fixture.change_exports("due_at = created_at WHERE status = 'running'").await;
    assert!(fixture.written(&shop, &id).await == whole);
}
