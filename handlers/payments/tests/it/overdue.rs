//! What fails for good, or cannot be read, keeps nothing else from its end.

use std::collections::BTreeSet;

use events::payments::{PaymentReleasedV1, PeerPaymentReviewChangedV1};
use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::json;
use testkit::{Call, InProcess};
use values::RequestStatus;

use crate::Fixture;
use crate::money_requests::{PRICE, path_of, two_people};

#[tokio::test]
async fn a_page_of_parcels_that_fail_for_good_keeps_no_other_from_coming_back() {
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(50_000).await;
    let link = fixture.pay_link(&sender, 700).await;
    fixture.set_expiry(0).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    // Without shares, so that nothing can be decided; all at one moment, before the link.
    conn.query_drop(
        "INSERT INTO parcels (parcel_id, kind, sender_id, sender_name, amount, currency, split,
             secret_digest, sealed_secret, status, created_at, expires_at)
         WITH RECURSIVE numbers AS
             (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 401)
         SELECT UNHEX(MD5(n)), kind, sender_id, '', amount, currency, split, secret_digest,
             sealed_secret, status, created_at, expires_at - INTERVAL 1 HOUR
         FROM parcels JOIN numbers",
    )
    .await
    .unwrap();
    assert_eq!(fixture.database.count("parcels").await, 402);
    assert_ne!(fixture.return_overdue().await, 200, "somebody must see that");
    assert_eq!(fixture.get(&sender, &link.path).await.1["returned"]["amount"], 700);
    assert_eq!(fixture.balance(&sender).await, 50_000);
}

#[tokio::test]
async fn a_request_that_cannot_be_read_keeps_no_other_from_its_end() {
    let fixture = Fixture::new().await;
    let (requester, payer) = two_people(&fixture).await;
    let damaged = fixture.asked(&requester, &payer, 1).await;
    let other = fixture.asked(&requester, &payer, PRICE).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let over = "UPDATE money_requests SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND";
    conn.query_drop(over).await.unwrap();
    let damage = "UPDATE money_requests SET amount = -1 WHERE amount = 1";
    conn.query_drop(damage).await.unwrap();
    assert_eq!(fixture.return_overdue().await, 200);
    let ended = "SELECT amount, status FROM money_requests ORDER BY amount";
    let ended: Vec<(i64, String)> = conn.query(ended).await.unwrap();
    let price = other["amount"]["amount"].as_i64().unwrap();
    assert_eq!(ended, [(-1, "open".to_owned()), (price, "expired".to_owned())]);
    let list = "/api/v1/money-requests?direction=outgoing&status=expired";
    let repaired = "UPDATE money_requests SET amount = 1 WHERE amount = -1";
    conn.query_drop(repaired).await.unwrap();
    // One whose end is not written down yet is listed as expired, too.
    let (status, page) = fixture.get(&requester, list).await;
    assert_eq!((status, page["items"].as_array().map(Vec::len)), (200, Some(2)), "{page}");
    assert_eq!(fixture.return_overdue().await, 200);
    let now = fixture.get(&requester, &path_of(&damaged)).await.1;
    assert_eq!(now["status"], "expired");
}

#[tokio::test]
async fn a_shops_request_that_cannot_be_read_keeps_no_other_from_its_end_either() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    // More than are closed in one transaction, so that the next one begins after them.
    fixture.request(&owner, shop).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop(
        "INSERT INTO payment_requests (payment_request_id, business_id, shop_name, amount,
             currency, description, status, created_at, expires_at)
         WITH RECURSIVE numbers AS
             (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 120)
         SELECT UNHEX(MD5(n)), business_id, '', -1, currency, '', status, created_at, expires_at
         FROM payment_requests JOIN numbers",
    )
    .await
    .unwrap();
    let other = fixture.request(&owner, shop).await;
    // The damaged ones first.
    let over = "UPDATE payment_requests
         SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND - INTERVAL (amount = -1) HOUR";
    conn.query_drop(over).await.unwrap();
    assert_eq!(fixture.return_overdue().await, 200);
    let ended = "SELECT status, COUNT(*) FROM payment_requests GROUP BY status ORDER BY status";
    let ended: Vec<(String, u64)> = conn.query(ended).await.unwrap();
    let code = |status: RequestStatus| status.code().to_owned();
    assert_eq!(ended, [(code(RequestStatus::Expired), 2), (code(RequestStatus::Open), 120)]);
    let path = format!("/api/v1/payment-requests/{other}");
    assert_eq!(fixture.get(&owner, &path).await.1["status"], "expired");
    let repaired = "UPDATE payment_requests SET amount = 1 WHERE amount = -1";
    conn.query_drop(repaired).await.unwrap();
    assert_eq!(fixture.return_overdue().await, 200);
    let closed = fixture.database.told::<events::payments::PaymentRequestClosedV1>().await;
    assert_eq!(closed.len(), 122);
}

/// So many of each wait, more than the timers of one instance end before those of the other begin.
const OF_EACH: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_timers_at_two_instances_end_at_once_ends_once() {
    let fixture = Fixture::under(crate::held_payments::holding()).await;
    let (sender, payee) = (fixture.consumer_with(500_000).await, fixture.consumer_with(1).await);
    let (owner, shop) = fixture.shop().await;
    for _ in 0..OF_EACH {
        fixture.pay_link(&sender, 700).await;
        fixture.held(&sender, &payee, 5_000).await;
        crate::authorisations::authorised(&fixture, &sender, &owner, shop).await;
    }
    fixture.set_expiry(0).await;
    fixture.let_held_expire().await;
    let instances = [fixture.app.clone(), fixture.another_instance()].map(payments::routes);
    let timers = ["/payments_do_what_is_due", "/payments_look_after_pending"];
    let timers = timers.map(|timer| Call::post(timer).json(&json!({})));
    let runs = instances
        .iter()
        .flat_map(|routes| timers.each_ref().map(|timer| timer.clone().send_until_served(routes)));
    for ran in join_all(runs).await {
        assert_eq!(ran.status, 200);
    }

    let each = u64::try_from(OF_EACH).unwrap();
    for (ended, times) in [
        ("parcels WHERE status = 'expired'", each),
        ("operations WHERE kind = 'return'", each),
        ("held_payments WHERE status = 'returned'", each),
        ("operations WHERE kind = 'payment' AND state = 'expired'", each),
        ("transfers WHERE phase IN ('released', 'expired')", 2 * each),
    ] {
        assert_eq!(fixture.database.count(ended).await, times, "{ended}");
    }
    // Each by itself, whoever ended it.
    let released = fixture.database.told::<PaymentReleasedV1>().await;
    let reviewed = fixture.database.told::<PeerPaymentReviewChangedV1>().await;
    let returned = reviewed.iter().filter(|told| told.status == "returned");
    let released: Vec<&str> = released.iter().map(|told| &*told.payment_id).collect();
    let returned: Vec<&str> = returned.map(|told| &*told.peer_payment_id).collect();
    for told in [released, returned] {
        assert_eq!(told.len(), OF_EACH);
        assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), OF_EACH, "{told:?}");
    }
    assert_eq!((fixture.balance(&sender).await, fixture.in_escrow().await), (500_000, 0));
}
