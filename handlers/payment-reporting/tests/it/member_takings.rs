//! What each member of a shop had asked for, and given back.

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::Device;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use values::{BusinessId, PaymentRequestId, Product, UserId};

use crate::books::Movement;
use crate::{Fixture, of_shop};

/// 23:30 of 27 November in Hong Kong.
const EVENING: OffsetDateTime = datetime!(2026-11-27 15:30 UTC);
const DAY: &str = "takings-by-member?first_day=2026-11-27&last_day=2026-11-27";

impl Fixture {
    /// Money that moved as somebody in the shop asked for it, or gave it back; or nobody there.
    async fn moved_by(&self, member: Option<UserId>, movement: Movement) {
        let told = self.books.move_money(movement).await;
        self.deliver(&[told]).await;
        let newest = "ORDER BY operation_id DESC LIMIT 1";
        let Some(member) = member.map(|it| it.uuid().simple().to_string()) else { return };
        if movement.is_refund {
            let of = "UPDATE operations SET created_by = 0x";
            let last = format!("WHERE kind = 'refund' AND amount = {}", movement.amount);
            return self.books.run(&format!("{of}{member} {last} {newest}")).await;
        }
        let (id, shop) = (PaymentRequestId::new().uuid().simple(), movement.shop.uuid().simple());
        let request = format!(
            "INSERT INTO payment_requests (payment_request_id, business_id, shop_name, amount,
                 currency, description, status, created_at, expires_at, created_by)
             VALUES (0x{id}, 0x{shop}, '', {0}, 'HKD', '', 'paid', NOW(6), NOW(6), 0x{member})",
            movement.amount
        );
        self.books.run(&request).await;
        let last = format!("WHERE kind = 'payment' AND amount = {} {newest}", movement.amount);
        self.books.run(&format!("UPDATE operations SET parent_id = 0x{id} {last}")).await;
    }

    /// What is answered of each: how many payments, their sum, the refunds and the fees less those
    /// that came back.
    async fn members(&self, token: &str, shop: BusinessId) -> Vec<(Value, [i64; 4])> {
        self.books.beat().await;
        let report = self.get(token, &of_shop(shop, DAY)).await.expect(200);
        let cents = |of: &Value| of["amount"].as_i64().unwrap();
        let member = |it: &Value| {
            let takings = &it["takings"];
            let payments = takings["payments"].as_i64().unwrap();
            let fees = cents(&takings["fees"]) - cents(&takings["fees_returned"]);
            let sums = [payments, cents(&takings["gross"]), cents(&takings["refunded"]), fees];
            (it["created_by"].clone(), sums)
        };
        let members: Vec<_> = report["members"].as_array().unwrap().iter().map(member).collect();
        let total: i64 = members.iter().map(|(_, [_, gross, ..])| gross).sum();
        assert_eq!(cents(&report["total"]["gross"]), total);
        members
    }
}

#[tokio::test]
async fn a_shop_reads_who_asked_for_what_it_took_and_who_gave_back() {
    let fixture = Fixture::new().await;
    let (shop, other) = (fixture.shop().await, fixture.shop().await);
    let (kwan, lau) = (UserId::new(), UserId::new());
    let paid = |amount| Movement { fee: 2, ..Movement::payment(shop.id, amount, EVENING) };
    fixture.moved_by(Some(kwan), paid(1_001)).await;
    fixture.moved_by(Some(kwan), Movement { tip: Some(50), ..paid(2_002) }).await;
    fixture.moved_by(Some(lau), paid(5_003)).await;
    // By a code on the counter, or by a program.
    fixture.moved_by(None, paid(804)).await;
    let back = Movement { fee: 1, ..Movement::refund(shop.id, 305, EVENING) };
    fixture.moved_by(Some(lau), back).await;
    fixture.moved_by(Some(kwan), Movement::payment(other.id, 9_999, EVENING)).await;
    // After midnight it is the next day's.
    fixture.moved_by(Some(kwan), Movement { at: EVENING + Duration::minutes(30), ..paid(7) }).await;
    let of = |member: UserId| json!(member.to_string());
    let expected = [
        (of(lau), [1, 5_003, 305, 1]),
        (of(kwan), [2, 3_003, 0, 4]),
        (json!(null), [1, 804, 0, 2]),
    ];
    assert_eq!(fixture.members(&shop.token, shop.id).await, expected);
    // By day it is the same, counted from events.
    let days = "takings-by-day?first_day=2026-11-27&last_day=2026-11-27";
    let (by_day, by_member) = (fixture.report(&shop, days).await, fixture.report(&shop, DAY).await);
    assert_eq!(by_day["total"], by_member["total"]);
}

#[tokio::test]
async fn takings_of_members_are_for_who_reads_the_books() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    let member = UserId::new();
    let token = fixture.issuer.token(member, Product::Business, &Device::new());
    for (role, status, code) in [
        (None, 404, "business-not-found"),
        (Some("cashier"), 403, "not-allowed-for-role"),
        (Some("manager"), 200, ""),
    ] {
        fixture.books.hire(shop.id, member, role).await;
        let answer = fixture.get(&token, &of_shop(shop.id, DAY)).await;
        let body = answer.expect(status);
        assert_eq!(body["code"].as_str().unwrap_or_default(), code, "{role:?}");
    }
    let long = "takings-by-member?first_day=2026-11-01&last_day=2026-12-02";
    let refused = fixture.get(&shop.token, &of_shop(shop.id, long)).await;
    refused.expect_refusal(422, "report-period-invalid");
}

/// What holds it up here is a table that is locked; a server with too much to do is as slow.
#[tokio::test]
async fn a_sum_that_takes_the_server_too_long_is_ended_and_may_be_asked_for_again() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    let mut locking = fixture.books.pool.get_conn().await.unwrap();
    locking.query_drop("LOCK TABLES payment_requests WRITE").await.unwrap();
    let refused = fixture.get(&shop.token, &of_shop(shop.id, DAY)).await;
    refused.expect_refusal(503, "try-again");
    locking.query_drop("UNLOCK TABLES").await.unwrap();
    assert_eq!(fixture.members(&shop.token, shop.id).await, []);
}
