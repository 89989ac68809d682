//! Files of a shop's transactions: asked for, written in turns, downloaded, and gone after a week.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, BlobContainer, Call, Device, InProcess};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;
use values::{ExportId, Product, UserId};

use crate::books::Movement;
use crate::{Fixture, Shop, of_shop};

pub(crate) const EXPORTS: &str = "/api/v1/payment-exports";
/// The first moment of 1 November 2026 in Hong Kong.
pub(crate) const NOVEMBER: OffsetDateTime = datetime!(2026-10-31 16:00 UTC);
const BLOCK_ROWS: u32 = 10;

impl Fixture {
    pub(crate) async fn in_small_blocks() -> Self {
        let fixture = Self::new().await;
        let app = fixture.app.clone().with_blocks_of(BLOCK_ROWS);
        Self { routes: payment_reporting::routes(app.clone()), app, ..fixture }
    }

    pub(crate) async fn ask(&self, token: &str, body: &Value, key: &str) -> Answer {
        self.books.beat().await;
        let call = Call::post(EXPORTS).bearer(token).json(body).key(key);
        call.send(&self.routes).await
    }

    /// November of a shop, as its owner asks for it.
    pub(crate) async fn begin_export(&self, shop: &Shop, format: &str) -> String {
        let body = november(shop, format);
        let begun = self.ask(&shop.token, &body, &Uuid::now_v7().to_string()).await.expect(201);
        begun["export_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn export(&self, shop: &Shop, id: &str) -> Value {
        self.get(&shop.token, &format!("{EXPORTS}/{id}")).await.expect(200)
    }

    /// What the timer does.
    pub(crate) async fn write_exports(&self) {
        self.books.beat().await;
        let routes = self.routes.clone();
        let path = "/payment_reporting_write_exports";
        let done = testkit::call(&routes, "POST", path, None, Some(&json!({}))).await;
        assert_eq!(done.0, 200);
    }

    pub(crate) async fn written(&self, shop: &Shop, id: &str) -> Vec<u8> {
        self.write_exports().await;
        let export = self.export(shop, id).await;
        assert_eq!(export["status"], "done", "{export}");
        let bytes = self.download(shop, id).await;
        assert_eq!(export["bytes_written"], bytes.len());
        bytes
    }

    /// As a browser does, with the link alone.
    async fn download(&self, shop: &Shop, id: &str) -> Vec<u8> {
        let link = self.get(&shop.token, &format!("{EXPORTS}/{id}/download-link")).await;
        let link = link.expect(200);
        let answer = reqwest::get(link["url"].as_str().unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200);
        let name = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
        let wanted = format!("attachment; filename=\"{}\"", link["file_name"].as_str().unwrap());
        assert_eq!(name, wanted);
        answer.bytes().await.unwrap().to_vec()
    }

    pub(crate) async fn change_exports(&self, sql: &str) {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        conn.query_drop(format!("UPDATE exports SET {sql}")).await.unwrap();
    }

    /// A shop with so many payments in November, which is over.
    pub(crate) async fn shop_of_november(&self, payments: u32) -> Shop {
        BlobContainer::create("exports").await;
        let shop = self.shop().await;
        if payments > 0 {
            self.books
                .pay_often(UserId::new(), shop.id, payments, NOVEMBER + Duration::from_hours(1))
                .await;
        }
        shop
    }
}

fn november(shop: &Shop, format: &str) -> Value {
    json!({
        "business_id": shop.id,
        "first_day": "2026-11-01",
        "last_day": "2026-11-02",
        "format": format,
    })
}

#[tokio::test]
async fn a_file_has_the_rows_of_the_table_from_the_oldest_on() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop_of_november(0).await;
    let paid =
        Movement { tip: Some(850), fee: 193, ..Movement::payment(shop.id, 12_850, NOVEMBER) };
    let at = NOVEMBER + Duration::from_hours(30);
    let refund = Movement { fee: 75, ..Movement::refund(shop.id, 5_000, at) };
    // Before the first day and after the last nothing is in it.
    let before = Movement::payment(shop.id, 9_900, NOVEMBER - Duration::from_millis(1));
    let after = Movement::payment(shop.id, 1, NOVEMBER + Duration::from_hours(48));
    for movement in [before, paid, refund, after] {
        fixture.books.move_money(movement).await;
    }
    let id = fixture.begin_export(&shop, "csv").await;
    assert_eq!(fixture.export(&shop, &id).await["status"], "waiting");
    let file = String::from_utf8(fixture.written(&shop, &id).await).unwrap();
    let path = of_shop(shop.id, "transaction-table?first_day=2026-11-01&last_day=2026-11-02");
    let table = String::from_utf8(fixture.get(&shop.token, &path).await.body).unwrap();
    let mut rows: Vec<&str> = table.trim_end().split("\r\n").collect();
    rows[1..].reverse();
    assert_eq!(file.trim_end().split("\r\n").collect::<Vec<_>>(), rows);
    assert_eq!(rows.len(), 3);
    let export = fixture.export(&shop, &id).await;
    assert_eq!(export["ends_at"], "2026-11-02T16:00:00.000Z");
    assert_eq!((&export["rows_written"], &export["failure"]), (&json!(2), &Value::Null));
}

/// The cells of a workbook's only sheet, as another implementation reads them, which also holds all
/// parts against their checksums.
const READ_WORKBOOK: &str = "
import io, json, sys, zipfile
from xml.etree import ElementTree
archive = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
assert archive.testzip() is None
main = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
sheet = ElementTree.fromstring(archive.read('xl/worksheets/sheet1.xml'))
cell = lambda c: c.findtext(main + 'v') or c.findtext(main + 'is/' + main + 't') or ''
print(json.dumps([[cell(c) for c in row] for row in sheet.iter(main + 'row')]))
";

#[tokio::test]
async fn a_workbook_of_several_blocks_has_the_rows_of_the_table_for_another_reader() {
    let fixture = Fixture::in_small_blocks().await;
    let shop = fixture.shop_of_november(25).await;
    let id = fixture.begin_export(&shop, "csv").await;
    let csv = String::from_utf8(fixture.written(&shop, &id).await).unwrap();
    let id = fixture.begin_export(&shop, "xlsx").await;
    let file = fixture.written(&shop, &id).await;
    let mut python = Command::new("python3")
        .args(["-c", READ_WORKBOOK])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(&file).unwrap();
    let read = python.wait_with_output().unwrap();
    assert!(read.status.success());
    let rows: Vec<Vec<String>> = serde_json::from_slice(&read.stdout).unwrap();
    let table: Vec<Vec<&str>> =
        csv.trim_end().split("\r\n").map(|row| row.split(',').collect()).collect();
    assert_eq!((rows.len(), table.len()), (26, 26));
    for (row, wanted) in rows.iter().zip(&table) {
        // A spreadsheet counts time in days.
        assert_eq!(row[1..], wanted[1..]);
    }
    assert!(rows[1][0].starts_with("46327.04166"), "an hour after midnight: {}", rows[1][0]);
}

#[tokio::test]
async fn what_was_counted_says_about_how_many_rows_there_will_be() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop_of_november(0).await;
    let paid = fixture.books.move_money(Movement::payment(shop.id, 500, NOVEMBER)).await;
    let refund = fixture.books.move_money(Movement::refund(shop.id, 100, NOVEMBER)).await;
    fixture.deliver(&[paid, refund]).await;
    let id = fixture.begin_export(&shop, "csv").await;
    assert_eq!(fixture.export(&shop, &id).await["rows_expected"], 2);
}

#[tokio::test]
async fn a_file_that_does_not_add_up_is_not_given_out() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop_of_november(10).await;
    let id = fixture.begin_export(&shop, "csv").await;
    fixture.books.run("UPDATE operations SET fee = fee + 1 LIMIT 1").await;
    fixture.write_exports().await;
    let export = fixture.export(&shop, &id).await;
    assert_eq!(
        (&export["status"], &export["failure"]),
        (&json!("failed"), &json!("does-not-add-up"))
    );
    let link = fixture.get(&shop.token, &format!("{EXPORTS}/{id}/download-link")).await;
    link.expect_refusal(409, "export-not-done");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_tried_again_and_given_up_after_a_day() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop_of_november(10).await;
    let id = fixture.begin_export(&shop, "csv").await;
    fixture.books.run("RENAME TABLE transfers TO away").await;
    fixture.write_exports().await;
    assert_eq!(fixture.export(&shop, &id).await["status"], "waiting");
    let day_ago = "due_at = created_at, progressed_at = progressed_at - INTERVAL 25 HOUR";
    fixture.change_exports(day_ago).await;
    fixture.write_exports().await;
    assert_eq!(fixture.export(&shop, &id).await["failure"], "given-up");
}

#[tokio::test]
async fn a_file_is_gone_after_a_week_and_nothing_is_known_of_it_90_days_later() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop_of_november(10).await;
    let id = fixture.begin_export(&shop, "csv").await;
    fixture.written(&shop, &id).await;
    let container = BlobContainer::create("exports").await;
    assert!(container.get(&id).await.is_some());
    let before = fixture.export(&shop, &id).await;
    let time = |field: &str| {
        let text = before[field].as_str().unwrap();
        OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).unwrap()
    };
    assert_eq!(time("expires_at") - time("finished_at"), time::Duration::days(7));

    let week = "due_at = due_at - INTERVAL 7 DAY, ended_at = ended_at - INTERVAL 7 DAY";
    fixture.change_exports(week).await;
    let link = format!("{EXPORTS}/{id}/download-link");
    fixture.get(&shop.token, &link).await.expect_refusal(409, "export-not-done");
    fixture.write_exports().await;
    assert_eq!(fixture.export(&shop, &id).await["status"], "expired");
    assert!(container.get(&id).await.is_none());
    fixture.get(&shop.token, &link).await.expect_refusal(409, "export-not-done");

    fixture.change_exports("due_at = due_at - INTERVAL 90 DAY").await;
    fixture.write_exports().await;
    let gone = fixture.get(&shop.token, &format!("{EXPORTS}/{id}")).await;
    gone.expect_refusal(404, "export-not-found");
}

#[tokio::test]
async fn a_shop_has_three_unfinished_files_at_most_and_each_key_begins_one() {
    let fixture = Fixture::new().await;
    let (shop, other) = (fixture.shop_of_november(0).await, fixture.shop().await);
    let body = november(&shop, "csv");
    let first = fixture.ask(&shop.token, &body, "one").await.expect(201);
    assert_eq!(fixture.ask(&shop.token, &body, "one").await.expect(201), first);
    let asked = ["two", "three", "four", "five"].map(|key| fixture.ask(&shop.token, &body, key));
    let [a, b, c, d] = asked;
    let (a, b, c, d) = tokio::join!(a, b, c, d);
    let mut statuses = [&a, &b, &c, &d].map(|answer| answer.status);
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 201, 409, 409]);
    fixture.begin_export(&other, "csv").await;
    let page = fixture.get(&shop.token, &format!("{EXPORTS}?business_id={}", shop.id)).await;
    assert_eq!(page.expect(200)["items"].as_array().unwrap().len(), 3);
    fixture.write_exports().await;
    fixture.ask(&shop.token, &body, "six").await.expect(201);
}

#[tokio::test]
async fn whole_days_whose_file_is_there_are_answered_with_it() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop_of_november(1).await;
    let id = fixture.begin_export(&shop, "csv").await;
    fixture.written(&shop, &id).await;
    assert_eq!(fixture.begin_export(&shop, "csv").await, id);
    assert_ne!(fixture.begin_export(&shop, "camt054").await, id);
    let mut longer = november(&shop, "csv");
    longer["last_day"] = json!("2026-11-03");
    assert_ne!(fixture.ask(&shop.token, &longer, "longer").await.expect(201)["export_id"], id);
    fixture.change_exports("ended_at = ended_at - INTERVAL 6 DAY").await;
    assert_ne!(fixture.begin_export(&shop, "csv").await, id, "it is soon gone");
}

#[tokio::test]
async fn a_shop_begins_ten_files_a_day_at_most() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop_of_november(0).await;
    for _ in 0..10 {
        fixture.begin_export(&shop, "csv").await;
        fixture.change_exports("status = 'failed'").await;
    }
    let body = november(&shop, "csv");
    let refused = fixture.ask(&shop.token, &body, "one-too-many").await;
    refused.expect_refusal(409, "exports-unfinished");
    let long_ago = "export_id = 0x01A192B0740070008000000000000001 LIMIT 1";
    fixture.change_exports(long_ago).await;
    fixture.ask(&shop.token, &body, "again").await.expect(201);
}

#[tokio::test]
async fn a_period_has_begun_and_is_a_year_at_most() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop_of_november(0).await;
    for (first, last) in
        [("2026-01-01", "2027-01-02"), ("2026-11-02", "2026-11-01"), ("2999-01-01", "2999-01-02")]
    {
        let mut body = november(&shop, "csv");
        (body["first_day"], body["last_day"]) = (json!(first), json!(last));
        let refused = fixture.ask(&shop.token, &body, first).await;
        refused.expect_refusal(422, "report-period-invalid");
    }
}

#[tokio::test]
async fn of_today_a_file_has_what_is_settled_and_says_until_when() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop_of_november(0).await;
    let now = OffsetDateTime::now_utc();
    for (cents, minutes) in [(100, 10), (3, 1)] {
        let at = now - time::Duration::minutes(minutes);
        fixture.books.move_money(Movement::payment(shop.id, cents, at)).await;
    }
    let mut body = november(&shop, "camt053");
    body["first_day"] = json!(values::hong_kong_day(now - time::Duration::HOUR).to_string());
    body["last_day"] = json!(values::hong_kong_day(now).to_string());
    let begun = fixture.ask(&shop.token, &body, "today").await.expect(201);
    let id = begun["export_id"].as_str().unwrap();
    let file = String::from_utf8(fixture.written(&shop, id).await).unwrap();
    assert_eq!(file.matches("<Ntry>").count(), 1, "what is a minute old may not be all there is");
    assert!(file.contains("<Cd>ITBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"HKD\">1.00</Amt>"), "{file}");
}

#[tokio::test]
async fn files_are_their_owners_alone() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop_of_november(1).await;
    let id = fixture.begin_export(&shop, "csv").await;
    fixture.write_exports().await;
    let stranger = fixture.issuer.token(UserId::new(), Product::Business, &Device::new());
    let refused = fixture.ask(&stranger, &november(&shop, "csv"), "key").await;
    refused.expect_refusal(404, "business-not-found");
    for path in [format!("{EXPORTS}/{id}"), format!("{EXPORTS}/{id}/download-link")] {
        fixture.get(&stranger, &path).await.expect_refusal(404, "export-not-found");
    }
    let list = format!("{EXPORTS}?business_id={}", shop.id);
    fixture.get(&stranger, &list).await.expect_refusal(404, "business-not-found");
    let unknown = format!("{EXPORTS}/{}", ExportId::new());
    fixture.get(&shop.token, &unknown).await.expect_refusal(404, "export-not-found");
    // Who owned the shop does no more.
    fixture.books.run("UPDATE shops SET owner_user_id = business_id").await;
    for path in [format!("{EXPORTS}/{id}"), format!("{EXPORTS}/{id}/download-link"), list] {
        fixture.get(&shop.token, &path).await.expect_refusal(404, "business-not-found");
    }
}
