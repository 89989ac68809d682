//! Each report says as of when it is, and tells nobody a false history.

use testkit::{Answer, Call, InProcess};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::books::Movement;
use crate::{Fixture, Shop, of_shop};

const DAY: &str = "takings-by-hour?day=2026-11-27";

impl Fixture {
    async fn read_after(&self, shop: &Shop, position: u64) -> Answer {
        let call = Call::get(&of_shop(shop.id, DAY)).bearer(&shop.token);
        let routes = self.routes.clone();
        call.header("read-after", &position.to_string()).send(&routes).await
    }
}

fn as_of(answer: &Answer) -> OffsetDateTime {
    OffsetDateTime::parse(answer.header("as-of"), &Rfc3339).unwrap()
}

#[tokio::test]
async fn a_shop_of_which_all_is_counted_reads_as_of_the_replica() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    let long_ago = OffsetDateTime::now_utc() - time::Duration::days(2);
    let paid = fixture
        .books
        .move_money(Movement { fee: 2, ..Movement::payment(shop.id, 100, long_ago) })
        .await;
    fixture.deliver(&[paid]).await;
    let answer = fixture.get(&shop.token, &of_shop(shop.id, DAY)).await;
    assert!(OffsetDateTime::now_utc() - as_of(&answer) < time::Duration::minutes(1));
}

#[tokio::test]
async fn a_shop_of_which_something_is_not_counted_reads_as_of_the_newest_that_is() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    let long_ago = OffsetDateTime::now_utc() - time::Duration::days(2);
    let payment = Movement::payment(shop.id, 100, long_ago);
    let first = fixture.books.move_money(payment).await;
    let nothing = fixture.get(&shop.token, &of_shop(shop.id, DAY)).await;
    assert_eq!(nothing.expect(503)["code"], "books-behind");
    fixture.deliver(&[first]).await;
    let at = long_ago + time::Duration::days(1);
    fixture.books.move_money(Movement { at, ..payment }).await;
    let answer = fixture.get(&shop.token, &of_shop(shop.id, DAY)).await;
    assert!((as_of(&answer) - long_ago).abs() < time::Duration::milliseconds(2));
}

#[tokio::test]
async fn who_has_done_something_reads_no_takings_without_it() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    let now = OffsetDateTime::now_utc();
    let paid = fixture.books.move_money(Movement::payment(shop.id, 100, now)).await;
    let before = fixture.books.position().await;
    fixture.books.beat().await;
    let refused = fixture.read_after(&shop, before).await;
    assert_eq!(refused.expect(503)["code"], "books-behind");
    assert!(refused.headers.contains_key("retry-after"));
    fixture.deliver(&[paid]).await;
    assert_eq!(fixture.read_after(&shop, before).await.status, 200);
}

#[tokio::test]
async fn a_position_of_the_future_was_answered_to_nobody() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    let position = fixture.books.position().await;
    let refused = fixture.read_after(&shop, position + 120_000_000).await;
    refused.expect_refusal(422, "read-after-invalid");
}

#[tokio::test]
async fn a_replica_that_has_not_got_it_is_waited_for_and_then_refused() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    let position = fixture.books.position().await;
    assert_eq!(fixture.read_after(&shop, position).await.expect(503)["code"], "books-behind");
    let (answer, ()) = tokio::join!(fixture.read_after(&shop, position), async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        fixture.books.beat().await;
    });
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_replica_that_is_late_or_away_is_not_read() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    let late = "UPDATE replication_heartbeat SET beat = beat - 61 * 1000000";
    fixture.books.run(late).await;
    let refused = fixture.get(&shop.token, &of_shop(shop.id, DAY)).await;
    assert_eq!(refused.expect(503)["code"], "books-behind");
    fixture.books.run("DROP TABLE replication_heartbeat").await;
    let refused = fixture.get(&shop.token, &of_shop(shop.id, DAY)).await;
    assert_eq!(refused.expect(503)["code"], "books-behind");
}
