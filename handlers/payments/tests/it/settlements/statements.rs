//! What a settlement is made of, to the cent, by its own sums and by a second way.

use serde_json::{Value, json};
use testkit::Call;
use values::BusinessId;

use super::shop_that_took;
use crate::crash_rounds::Random;
use crate::{Fixture, Person, net};

const SEED: u64 = 20_261_201;
const DAYS: usize = 3;

/// Minor units of each part of a statement.
async fn statement(fixture: &Fixture, owner: &Person, shop: BusinessId, index: usize) -> Value {
    let settled = fixture.settlements(owner, shop).await;
    let id = settled[index]["settlement_id"].as_str().unwrap();
    let path = format!("/api/v1/wallets/businesses/{shop}/settlements/{id}");
    let (status, read) = fixture.get(owner, &path).await;
    assert_eq!((status, &read["settlement"]), (200, &settled[index]), "{read}");
    read
}

fn cents(read: &Value, parts: &[&str]) -> Vec<i64> {
    parts.iter().map(|part| read[*part]["amount"].as_i64().unwrap()).collect()
}

const PARTS: [&str; 9] = [
    "opening",
    "gross",
    "refunded",
    "fees",
    "fees_returned",
    "paid_out",
    "closing",
    "on_its_way",
    "carried_over",
];

#[tokio::test]
async fn a_mixed_days_settlement_is_to_the_cent_what_its_payments_and_refunds_say() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(500_000).await;
    let (owner, shop) = fixture.shop().await;
    fixture.bank(&owner, shop, "daily").await;
    let mut random = Random(SEED);
    let mut opening = 0;
    for day in 1..=DAYS {
        // The second way: what each payment and each refund said of itself.
        let (mut gross, mut refunded, mut fees, mut returned) = (0, 0, 0, 0);
        for _ in 0..12 {
            let paid = i64::try_from(500 + random.below(4_000)).unwrap();
            let payment = fixture.sold(&payer, shop, paid).await;
            let id = payment["payment_id"].as_str().unwrap();
            let (_, read) = fixture.get(&owner, &format!("/api/v1/payments/{id}")).await;
            gross += paid;
            fees += read["fee"]["amount"].as_i64().unwrap();
            for _ in 0..random.below(3) {
                let part = 1 + i64::try_from(random.below(250)).unwrap();
                let (status, refund) = fixture.give_back(&owner, id, part).await;
                assert_eq!(status, 201, "{refund}");
                refunded += part;
                returned += refund["fee_returned"]["amount"].as_i64().unwrap();
            }
        }
        assert!(refunded > 0 && returned > 0, "nothing was given back on day {day}");
        fixture.a_day_goes_by().await;
        assert_eq!(fixture.settle_yesterday().await, 200);
        let read = statement(&fixture, &owner, shop, 0).await;
        let closing = opening + gross - refunded - fees + returned;
        let expected = [opening, gross, refunded, fees, returned, 0, closing, 0, 0];
        assert_eq!(cents(&read, &PARTS), expected, "{read}");
        assert_eq!(cents(&read["settlement"], &["amount"]), [closing]);
        // It is refused, so that the next day begins with what this one left.
        let id = read["settlement"]["settlement_id"].as_str().unwrap();
        let path = format!("/api/v1/ledger/settlements/{id}/refuse");
        let word = json!({"reason": "bank file 8", "operator": "ops@example.com"});
        let ended = fixture.send(Call::post(&path).json(&word)).await.expect(200);
        assert_eq!(ended["status"], "refused");
        opening = closing;
    }
    fixture.assert_balanced().await;
}

#[tokio::test]
async fn a_statement_begins_where_the_one_before_ended_and_a_wrong_one_is_not_shown() {
    let fixture = Fixture::new().await;
    let (owner, shop, payer) = shop_that_took(&fixture, 20_000).await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    fixture.hear_the_bank().await;
    fixture.sold(&payer, shop, 30_000).await;
    fixture.a_day_goes_by().await;
    // The first is paid out on the day that the second is about.
    assert_eq!(fixture.settle_yesterday().await, 200);
    let [first, second] = [net(20_000), net(30_000)];
    let read = statement(&fixture, &owner, shop, 1).await;
    assert_eq!(cents(&read, &PARTS), [0, 20_000, 0, 300, 0, 0, first, 0, 0]);
    let read = statement(&fixture, &owner, shop, 0).await;
    assert_eq!(cents(&read, &PARTS), [first, 30_000, 0, 450, 0, first, second, 0, 0]);
    assert_eq!(read["after_day"], fixture.settlements(&owner, shop).await[1]["day"]);
    // Somebody else's is none.
    let (stranger, other) = fixture.shop().await;
    let id = read["settlement"]["settlement_id"].as_str().unwrap();
    for (who, shop) in [(&stranger, shop), (&stranger, other)] {
        let path = format!("/api/v1/wallets/businesses/{shop}/settlements/{id}");
        assert_eq!(fixture.get(who, &path).await.0, 404);
    }
    fixture.execute("UPDATE transfers SET amount = amount + 1 WHERE code = 'payment'").await;
    let path = format!("/api/v1/wallets/businesses/{shop}/settlements/{id}");
    assert_eq!(fixture.get(&owner, &path).await.0, 500);
}
