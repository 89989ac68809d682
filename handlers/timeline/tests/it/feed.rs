//! The lists: what stands in them, their order and their pages.

use events::payments::{MoneyMovedV1, SideV1};
use serde_json::{Value, json};
use testkit::{Call, Device, InProcess, event};
use values::{
    BusinessId, ClaimId, FpsPaymentId, PayLinkId, PaymentId, Product, RefundId, ReturnId, UserId,
};

use crate::{AMOUNT, FEED, Fixture, ON_PAYMENTS, ON_SOCIAL, block, moved, payment, person_side};

fn shop() -> SideV1 {
    let id = BusinessId::new().to_string();
    let owner = UserId::new().to_string();
    SideV1 {
        side_type: "business".to_owned(),
        id: Some(id),
        name: "永記茶餐廳".to_owned(),
        told_user_id: Some(owner),
    }
}

fn escrow(sender: UserId) -> SideV1 {
    SideV1 { side_type: "escrow".to_owned(), told_user_id: None, ..person_side(sender) }
}

#[tokio::test]
async fn every_movement_between_a_wallet_and_anybody_but_its_owners_bank_stands_in_its_owners_feed()
{
    let fixture = Fixture::new().await;
    let (me, other) = (fixture.somebody(), fixture.somebody());
    let (own, theirs) = (person_side(me.id), person_side(other.id));
    let shop = shop();
    let of = |kind: &str, id: String, from: &SideV1, to: &SideV1, second| {
        let (kind, from, to) = (kind.to_owned(), from.clone(), to.clone());
        let moved = MoneyMovedV1 { kind, operation_id: id, from, to, ..moved(second) };
        event(&moved.operation_id, &moved)
    };
    let (mine, others) = (escrow(me.id), escrow(other.id));
    let bank = moved(0).from;
    let outside = SideV1 { name: "DEMO SHOP LTD".to_owned(), ..bank.clone() };
    let events = [
        of("payment", PaymentId::new().to_string(), &own, &shop, 1),
        of("refund", RefundId::new().to_string(), &shop, &own, 2),
        payment(other.id, me.id, 3, "private").1,
        of("pay-link", PayLinkId::new().to_string(), &own, &mine, 4),
        of("claim", ClaimId::new().to_string(), &mine, &theirs, 5),
        of("claim", ClaimId::new().to_string(), &others, &own, 6),
        of("return", ReturnId::new().to_string(), &mine, &own, 7),
        of("fps-payment", FpsPaymentId::new().to_string(), &own, &outside, 8),
        of("top-up", values::TopUpId::new().to_string(), &bank, &own, 9),
        of("something-new", "new_01h455vb4pex5vsknk084sn02q".to_owned(), &own, &theirs, 10),
    ];
    fixture.deliver(ON_PAYMENTS, &events).await;
    let entries = fixture.entries(&me, FEED).await;
    let told = |entry: &Value| {
        let party = entry["counterparty"]["type"].as_str().unwrap_or("nobody");
        let direction = if entry["is_outgoing"] == true { "to" } else { "from" };
        let at = entry["moved_at"].as_str().unwrap();
        format!("{} {direction} {party} {}", entry["subject"]["type"].as_str().unwrap(), &at[17..])
    };
    assert_eq!(
        entries.iter().map(told).collect::<Vec<_>>(),
        [
            "fps-payment to fps 14.000Z",
            "return from nobody 13.000Z",
            "claim from user 12.000Z",
            "pay-link to nobody 10.000Z",
            "peer-payment from user 09.000Z",
            "refund from business 08.000Z",
            "payment to business 07.000Z",
        ]
    );
    assert!(
        entries.iter().all(|entry| entry["amount"] == json!({"amount": AMOUNT, "currency": "HKD"}))
    );
    let ids: Vec<&str> =
        entries.iter().map(|entry| entry["subject"]["id"].as_str().unwrap()).collect();
    assert!(ids[6].starts_with("pay_") && ids[0].starts_with("fpay_"), "{ids:?}");
    assert_eq!(entries[6]["counterparty"]["name"], "永記茶餐廳");
    assert_eq!(fixture.entries(&other, FEED).await.len(), 2, "their payment and their claim");
}

#[tokio::test]
async fn the_pages_of_a_feed_hold_each_payment_once_also_one_between_two_friends() {
    let fixture = Fixture::new().await;
    let reader = fixture.somebody();
    let friends = [fixture.somebody(), fixture.somebody(), fixture.somebody()];
    for friend in &friends {
        fixture.befriend(&reader, friend).await;
    }
    let stranger = fixture.somebody();
    let everybody = [&reader, &friends[0], &friends[1], &friends[2], &stranger];
    let mut notes = Vec::new();
    let mut events = Vec::new();
    for second in 0..60_u32 {
        let payer = everybody[usize::try_from(second % 5).unwrap()];
        let payee = everybody[usize::try_from((second + 1 + second / 5 % 4) % 5).unwrap()];
        let visibility = if second % 7 == 0 { "private" } else { "friends" };
        events.push(payment(payer.id, payee.id, second, visibility).1);
        let is_own = payer.id == reader.id || payee.id == reader.id;
        if is_own || visibility == "friends" {
            notes.insert(0, format!("dim sum {second}"));
        }
    }
    fixture.deliver(ON_PAYMENTS, &events).await;
    for limit in [1, 2, 7, 50, 100] {
        let entries = fixture.all_entries(&reader, FEED, limit).await;
        let shown: Vec<_> = entries.iter().map(|entry| entry["note"].as_str().unwrap()).collect();
        assert_eq!(shown, notes, "{limit} on a page");
    }
}

#[tokio::test]
async fn a_page_stays_the_same_when_something_new_comes_between_two_of_them() {
    let fixture = Fixture::new().await;
    let (me, other) = (fixture.somebody(), fixture.somebody());
    for second in 1..=4 {
        let event = payment(me.id, other.id, second * 10, "private").1;
        fixture.deliver(ON_PAYMENTS, &[event]).await;
    }
    let first = fixture.get(&me, &format!("{FEED}?limit=2")).await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    // One that is newer, and one that was told late.
    for second in [50, 25] {
        let event = payment(other.id, me.id, second, "private").1;
        fixture.deliver(ON_PAYMENTS, &[event]).await;
    }
    let next = format!("{FEED}?limit=2&cursor={cursor}");
    let next = fixture.get(&me, &next).await.expect(200);
    let notes: Vec<&Value> = [&first, &next]
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|entry| &entry["note"])
        .collect();
    assert_eq!(notes, ["dim sum 40", "dim sum 30", "dim sum 25", "dim sum 20"]);
    fixture
        .get(&other, &format!("{FEED}?cursor={cursor}"))
        .await
        .expect_refusal(400, "cursor-invalid");
}

#[tokio::test]
async fn a_friend_who_does_everything_with_somebody_blocked_costs_empty_pages_and_hides_no_other() {
    let fixture = Fixture::new().await;
    let (reader, friend, other) = (fixture.somebody(), fixture.somebody(), fixture.somebody());
    fixture.befriend(&reader, &friend).await;
    let blocked = fixture.somebody();
    fixture.deliver(ON_SOCIAL, &[block(blocked.id, reader.id, 1, true)]).await;
    let mut events = vec![payment(friend.id, other.id, 0, "friends").1];
    events.extend((1..=20).map(|second| payment(friend.id, blocked.id, second, "friends").1));
    fixture.deliver(ON_PAYMENTS, &events).await;
    let page = fixture.get(&reader, &format!("{FEED}?limit=2")).await.expect(200);
    assert_eq!(page["items"], json!([]));
    assert!(page["next_cursor"].is_string(), "what is left is looked through with the next page");
    let entries = fixture.all_entries(&reader, FEED, 2).await;
    assert_eq!(entries.iter().map(|entry| &entry["note"]).collect::<Vec<_>>(), ["dim sum 0"]);
}

#[tokio::test]
async fn a_shop_has_no_timeline_and_nobody_reads_one_without_a_login() {
    let fixture = Fixture::new().await;
    let token = fixture.issuer.token(UserId::new(), Product::Business, &Device::new());
    for path in [FEED.to_owned(), crate::of_person(UserId::new())] {
        let as_shop = Call::get(&path).bearer(&token).send(&fixture.routes).await;
        as_shop.expect_refusal(403, "wrong-product");
        let nobody = Call::get(&path).send(&fixture.routes).await;
        nobody.expect(401);
    }
}
