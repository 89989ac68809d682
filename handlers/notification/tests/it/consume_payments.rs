//! Telling both sides of a payment, once.

use events::payments::{PaymentAuthorisedV1, PaymentReleasedV1};
use futures_util::{StreamExt, stream};
use mysql_async::prelude::Queryable;
use notification::routes;
use serde_json::{Value, json};
use testkit::{deliver, deliver_text, event};
use values::{ClaimId, MoneyRequestId, PayLinkId, PeerPaymentId, RedPacketId, ReturnId, UserId};

use crate::{Fixture, LIST, ON_PAYMENTS, bodies};

#[tokio::test]
async fn a_payment_is_told_to_its_payer_and_to_the_shops_owner() {
    let fixture = Fixture::new().await;
    let payment = fixture.payment(12_850);
    fixture.deliver_payments(std::slice::from_ref(&payment)).await;

    let (_, page) = fixture.consumer("GET", LIST).await;
    let line = &page["items"][0];
    assert_eq!(line["type"], "payment-sent");
    assert_eq!(line["title"], "Payment sent");
    assert_eq!(line["body"], "You paid HK$128.50 to 永記茶餐廳.");
    assert_eq!(line["language"], "en");
    assert_eq!(line["payment_id"], payment.data["operation_id"]);
    assert_eq!((&line["is_read"], &page["next_cursor"]), (&json!(false), &json!(null)));
    assert!(line["notification_id"].as_str().unwrap().starts_with("ntf_"));
    assert!(line["created_at"].as_str().unwrap().ends_with('Z'));

    let (_, page) = fixture.owner("GET", LIST).await;
    assert_eq!(page["items"][0]["type"], "payment-received");
    assert_eq!(bodies(&page), ["Received HK$128.50 from Tai Man."]);
}

#[tokio::test]
async fn what_a_shop_pays_is_told_to_the_shop_alone() {
    let fixture = Fixture::new().await;
    let (mut payment, mut refund) = (fixture.payment(12_850), fixture.refund(12_850));
    payment.data["fee"] = json!(193);
    refund.data["fee"] = json!(193);
    fixture.deliver_payments(&[payment, refund]).await;
    let (_, page) = fixture.owner("GET", LIST).await;
    let received = "Received HK$128.50 from Tai Man. The fee is HK$1.93.";
    assert_eq!(bodies(&page), ["You refunded HK$128.50 to Tai Man.", received]);
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert!(bodies(&page).iter().all(|body| !body.contains("1.93")), "{page}");
}

#[tokio::test]
async fn a_payment_by_a_static_code_is_told_without_a_request() {
    let fixture = Fixture::new().await;
    let mut payment = fixture.payment(100);
    payment.data["payment_request_id"] = json!(null);
    fixture.deliver_payments(&[payment]).await;

    for page in [fixture.consumer("GET", LIST).await.1, fixture.owner("GET", LIST).await.1] {
        assert_eq!(page["items"][0]["payment_request_id"], json!(null));
        assert!(page["items"][0]["payment_id"].is_string());
    }
}

#[tokio::test]
async fn a_payment_between_people_is_told_to_both_with_what_the_payer_said() {
    let fixture = Fixture::new().await;
    let mut payment = fixture.payment(12_850);
    let (id, payer, payee) = (PeerPaymentId::new(), UserId::new(), fixture.consumer);
    payment.data["kind"] = json!("peer-payment");
    payment.data["operation_id"] = json!(id);
    payment.data["from"]["id"] = json!(payer);
    payment.data["from"]["told_user_id"] = json!(payer);
    payment.data["to"] =
        json!({"type": "user", "id": payee, "name": "小明", "told_user_id": payee});
    payment.data["note"] = json!("午飯");
    let request = MoneyRequestId::new();
    payment.data["money_request_id"] = json!(request);
    fixture.deliver_payments(&[payment.clone(), payment]).await;

    let (_, page) = fixture.consumer("GET", LIST).await;
    let line = &page["items"][0];
    assert_eq!(bodies(&page), ["Tai Man sent you HK$128.50: “午飯”"]);
    assert_eq!(
        (&line["type"], &line["peer_payment_id"]),
        (&json!("peer-payment-received"), &json!(id))
    );
    assert_eq!((&line["note"], &line["money_request_id"]), (&json!("午飯"), &json!(request)));
    assert_eq!(line["counterparty"], json!({"type": "user", "id": payer, "name": "Tai Man"}));
    assert_eq!(fixture.database.count("notifications").await, 2);
}

#[tokio::test]
async fn a_refund_is_told_to_the_payer_who_has_it_back_and_to_the_shops_owner() {
    let fixture = Fixture::new().await;
    let refund = fixture.refund(12_850);
    for _ in 0..2 {
        fixture.deliver_payments(std::slice::from_ref(&refund)).await;
    }
    let sides = [
        (
            fixture.consumer("GET", LIST).await.1,
            ("refund-received", "永記茶餐廳 refunded HK$128.50 to your wallet.", "business"),
        ),
        (
            fixture.owner("GET", LIST).await.1,
            ("refund-sent", "You refunded HK$128.50 to Tai Man.", "user"),
        ),
    ];
    for (page, (kind, body, counterparty)) in sides {
        assert_eq!(bodies(&page), [body]);
        let line = &page["items"][0];
        assert_eq!(
            (&line["type"], &line["counterparty"]["type"]),
            (&kind.into(), &counterparty.into())
        );
        assert_eq!(line["payment_id"], refund.data["refunded_payment_id"]);
        assert_eq!(line["refund_id"], refund.data["operation_id"]);
        assert_eq!(line["payment_request_id"], json!(null));
    }
    assert_eq!(fixture.database.count("notifications").await, 2);
}

#[tokio::test]
async fn a_refund_of_no_payment_is_parked() {
    let fixture = Fixture::new().await;
    let mut refund = fixture.refund(100);
    refund.data["refunded_payment_id"] = json!(null);
    fixture.deliver_payments(&[refund]).await;
    assert_eq!(fixture.database.count("parked_events").await, 1);
    assert_eq!(fixture.database.count("notifications").await, 0);
}

#[tokio::test]
async fn a_payment_that_is_held_is_told_to_both_and_its_end_to_whom_it_surprises() {
    let fixture = Fixture::new().await;
    let payment = fixture.payment(12_850);
    let sides = json!({"from": payment.data["from"], "to": payment.data["to"]});
    let held = |fields: Value| {
        let mut data = json!({
            "payment_id": payment.data["operation_id"], "amount": 12_850, "currency": "HKD",
        });
        for object in [&sides, &fields] {
            data.as_object_mut().unwrap().extend(object.as_object().unwrap().clone());
        }
        data
    };
    let authorised: PaymentAuthorisedV1 = serde_json::from_value(held(json!({
        "payment_request_id": payment.data["payment_request_id"],
        "capture_before": payment.data["moved_at"], "authorised_at": payment.data["moved_at"],
    })))
    .unwrap();
    let released = |state: &str| -> PaymentReleasedV1 {
        let at = &payment.data["moved_at"];
        serde_json::from_value(held(json!({"state": state, "released_at": at}))).unwrap()
    };
    let subject = &*payment.subject;
    let told = [
        event(subject, &authorised),
        event(subject, &released("failed")),
        event(subject, &released("expired")),
    ];
    fixture.deliver_payments(&told).await;
    fixture.deliver_payments(&told).await;

    let (_, page) = fixture.consumer("GET", LIST).await;
    let free = "永記茶餐廳 did not collect HK$128.50: it is yours to spend again.";
    let held = "HK$128.50 is held for 永記茶餐廳 until it is collected.";
    assert_eq!(bodies(&page), [free, free, held]);
    assert_eq!(page["items"][2]["payment_id"], payment.data["operation_id"]);
    let (_, page) = fixture.owner("GET", LIST).await;
    let late = "Tai Man has HK$128.50 back: it was not collected in time.";
    assert_eq!(bodies(&page), [late, "HK$128.50 from Tai Man waits for you to collect it."]);
}

/// A claim by the consumer of the owner's pay link.
fn claim(fixture: &Fixture) -> events::Envelope {
    let mut claim = fixture.payment(12_850);
    let claimer = claim.data["from"].take();
    claim.data["kind"] = json!("claim");
    claim.data["operation_id"] = json!(ClaimId::new());
    claim.data["payment_request_id"] = json!(null);
    claim.data["pay_link_id"] = json!(PayLinkId::new());
    claim.data["note"] = json!("午飯");
    claim.data["from"] = json!({
        "type": "escrow", "id": fixture.owner, "name": "小明", "told_user_id": fixture.owner,
    });
    claim.data["to"] = claimer;
    claim
}

#[tokio::test]
async fn a_claim_is_told_to_the_claimer_and_of_a_link_to_the_sender_too() {
    let mut fixture = Fixture::new().await;
    let of_link = claim(&fixture);
    let mut of_packet = claim(&fixture);
    of_packet.data["pay_link_id"] = json!(null);
    of_packet.data["red_packet_id"] = json!(RedPacketId::new());
    of_packet.data["from"]["told_user_id"] = json!(null);
    let batch = [of_link.clone(), of_packet.clone()];
    fixture.deliver_payments(&batch).await;
    fixture.deliver_payments(&batch).await;

    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!(bodies(&page), ["You claimed HK$128.50 from 小明: “午飯”"; 2]);
    let line = &page["items"][0];
    assert_eq!(line["counterparty"], json!({"type": "user", "id": fixture.owner, "name": "小明"}));
    assert_eq!(
        (&line["type"], &line["claim_id"]),
        (&json!("claim-received"), &of_packet.data["operation_id"])
    );
    assert_eq!(line["red_packet_id"], of_packet.data["red_packet_id"]);
    assert_eq!((&line["pay_link_id"], &line["note"]), (&json!(null), &json!("午飯")));
    let claimer = std::mem::replace(&mut fixture.consumer, fixture.owner);
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!(bodies(&page), ["Tai Man claimed the HK$128.50 of your pay link."]);
    let line = &page["items"][0];
    assert_eq!(
        (&line["type"], &line["pay_link_id"]),
        (&json!("pay-link-claimed"), &of_link.data["pay_link_id"])
    );
    assert_eq!(line["counterparty"]["id"], json!(claimer));
    assert_eq!(fixture.database.count("notifications").await, 3);
}

#[tokio::test]
async fn what_comes_back_is_told_to_the_sender_and_what_waits_to_nobody() {
    let fixture = Fixture::new().await;
    let mut returned = claim(&fixture);
    returned.data["kind"] = json!("return");
    returned.data["operation_id"] = json!(ReturnId::new());
    let mut made = claim(&fixture);
    made.data["kind"] = json!("pay-link");
    let mut of_nothing = returned.clone();
    of_nothing.id = uuid::Uuid::now_v7().to_string();
    of_nothing.data["pay_link_id"] = json!(null);
    fixture.deliver_payments(&[made, returned.clone(), of_nothing]).await;

    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!(bodies(&page), ["HK$128.50 that nobody claimed is in your wallet again."]);
    let line = &page["items"][0];
    assert_eq!((&line["type"], &line["counterparty"]), (&json!("return-received"), &json!(null)));
    assert_eq!(line["pay_link_id"], returned.data["pay_link_id"]);
    assert_eq!(fixture.database.count("notifications").await, 1);
    assert_eq!(fixture.database.count("parked_events").await, 1);
}

#[tokio::test]
async fn each_side_has_one_line_in_whatever_batches_and_however_often_an_event_comes() {
    let fixture = Fixture::new().await;
    let instances = [fixture.app.clone(), fixture.second_instance()];
    let payments: Vec<_> = (1..=30).map(|cents| fixture.payment(cents)).collect();
    let batches = [1, 4, 7, 30]
        .into_iter()
        .flat_map(|length| payments.chunks(length).chain(payments.rchunks(length)));
    let deliveries = batches.enumerate().map(|(position, batch)| {
        let instance = routes(instances[position % 2].clone());
        async move { deliver(&instance, ON_PAYMENTS, batch).await }
    });
    stream::iter(deliveries).buffer_unordered(8).collect::<()>().await;

    assert_eq!(fixture.database.count("notifications").await, 60);
    assert_eq!(fixture.database.count("parked_events").await, 0);
    for page in [fixture.consumer("GET", LIST).await.1, fixture.owner("GET", LIST).await.1] {
        let lines = page["items"].as_array().unwrap();
        let mut paid: Vec<&str> =
            lines.iter().map(|line| line["payment_id"].as_str().unwrap()).collect();
        paid.sort_unstable();
        paid.dedup();
        assert_eq!((lines.len(), paid.len()), (30, 30));
    }
    let unread = json!({"unread": 30});
    assert_eq!(fixture.owner("GET", "/api/v1/notifications/unread-count").await, (200, unread));
    assert_eq!(mailboxes_with_gaps(&fixture).await, 0);
}

/// Mailboxes whose notifications are not numbered from 1 to the last, or not all unread.
async fn mailboxes_with_gaps(fixture: &Fixture) -> u64 {
    let sql = "SELECT COUNT(*) FROM (
            SELECT m.last_number, m.unread, COUNT(*) AS told, MAX(n.number) AS newest
            FROM mailboxes m JOIN notifications n USING (user_id, product)
            GROUP BY m.user_id, m.product, m.last_number, m.unread) AS mailbox
        WHERE last_number <> told OR unread <> told OR newest <> told";
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_first(sql).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_batch_for_several_mailboxes_is_numbered_in_order_and_tells_no_one_twice() {
    let mut fixture = Fixture::new().await;
    let first = fixture.payment(100);
    fixture.deliver_payments(std::slice::from_ref(&first)).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("DELETE FROM inbox").await.unwrap();
    let consumer = fixture.consumer;
    let mut batch =
        vec![fixture.payment(200), first.clone(), fixture.payment(300), fixture.top_up(400)];
    fixture.consumer = UserId::new();
    batch.extend([fixture.payment(500), first, fixture.top_up(600), fixture.payment(700)]);
    fixture.deliver_payments(&batch).await;

    let (_, page) = fixture.owner("GET", LIST).await;
    assert_eq!(
        bodies(&page),
        ["7", "5", "3", "2", "1"].map(|dollars| format!("Received HK${dollars}.00 from Tai Man."))
    );
    let (_, page) = fixture.consumer("GET", LIST).await;
    let told = ["You paid HK$7.00 to 永記茶餐廳.", "HK$6.00 was added to your wallet."];
    assert_eq!(bodies(&page)[..2], told);
    fixture.consumer = consumer;
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!((bodies(&page).len(), bodies(&page)[0]), (4, "HK$4.00 was added to your wallet."));
    assert_eq!(mailboxes_with_gaps(&fixture).await, 0);
    assert_eq!(fixture.database.count("parked_events").await, 0);
}

#[tokio::test]
async fn an_event_that_the_inbox_forgot_is_still_told_once() {
    let fixture = Fixture::new().await;
    let payment = [fixture.payment(100)];
    fixture.deliver_payments(&payment).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("DELETE FROM inbox").await.unwrap();
    fixture.deliver_payments(&payment).await;

    assert_eq!(fixture.database.count("notifications").await, 2);
    assert_eq!(fixture.database.count("parked_events").await, 0);
    let unread = json!({"unread": 1});
    assert_eq!(fixture.consumer("GET", "/api/v1/notifications/unread-count").await, (200, unread));
}

#[tokio::test]
async fn what_cannot_be_told_is_parked_whole_and_blocks_nothing() {
    let fixture = Fixture::new().await;
    let broken = |field: &str, value: serde_json::Value| {
        let mut payment = fixture.payment(100);
        *payment.data.pointer_mut(field).unwrap() = value;
        payment
    };
    let mut unknown = fixture.payment(100);
    unknown.kind = "payme.payments.something-new.v1".to_owned();
    let batch = [
        broken("/to/told_user_id", json!("nobody")),
        broken("/amount", json!(0)),
        broken("/currency", json!("USD")),
        broken("/to/name", json!("x".repeat(300))),
        broken("/from/told_user_id", json!(null)),
        broken("/kind", json!("something-new")),
        unknown,
        fixture.payment(200),
    ];
    fixture.deliver_payments(&batch).await;
    fixture.deliver_payments(&batch).await;
    deliver_text(&fixture.routes, ON_PAYMENTS, "plain text").await;

    assert_eq!(fixture.database.count("parked_events").await, 6);
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!(bodies(&page), ["You paid HK$2.00 to 永記茶餐廳."]);
    assert_eq!(fixture.database.count("notifications").await, 2);
}
