//! A shop's takings up to a day's end go to its bank account, once, or are carried over.

mod bank_account;
mod found;
mod statements;

use events::payments::SettlementNotPaidV1;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Call, InProcess, logged};
use time::OffsetDateTime;
use values::{BusinessId, hong_kong_day};

use crate::withdrawals::code;
use crate::{Fixture, Person, net, new_key};

pub(crate) const HOLDER: &str = "永記茶餐廳";
/// In one run of the test.
const ROUNDS: usize = 8;

impl Fixture {
    /// Where the shop's takings go.
    pub(crate) async fn bank(&self, owner: &Person, shop: BusinessId, mode: &str) {
        let body = json!({
            "bank_account": {"bank_code": "024", "account_number": "123456789"},
            "holder_name": HOLDER,
            "settlement": mode,
        });
        let (status, registered) = self.put(owner, shop, "bank-account", &body).await;
        assert_eq!((status, &registered["settlement"]), (200, &json!(mode)), "{registered}");
    }

    pub(crate) async fn put(
        &self,
        owner: &Person,
        shop: BusinessId,
        what: &str,
        body: &Value,
    ) -> (u16, Value) {
        let path = format!("/api/v1/wallets/businesses/{shop}/{what}");
        let answer = self.send(Call::new("PUT", &path).bearer(&owner.token).json(body)).await;
        (answer.status, answer.json())
    }

    /// The owner asks for what was taken up to yesterday's end.
    pub(crate) async fn ask_to_settle(&self, owner: &Person, shop: BusinessId) -> (u16, Value) {
        self.put(owner, shop, "settlements", &json!({"day": yesterday()})).await
    }

    /// Newest first.
    pub(crate) async fn settlements(&self, owner: &Person, shop: BusinessId) -> Vec<Value> {
        let path = format!("/api/v1/wallets/businesses/{shop}/settlements");
        let (status, page) = self.get(owner, &path).await;
        assert_eq!(status, 200, "{page}");
        page["items"].as_array().unwrap().clone()
    }

    /// The minute's timer.
    pub(crate) async fn settle_yesterday(&self) -> u16 {
        self.look_after_pending().await
    }

    /// All that has moved is as if it had a day earlier.
    pub(crate) async fn a_day_goes_by(&self) {
        let earlier = a_day_earlier;
        let before = |at: &str| format!("{at} = {at} - INTERVAL 1 DAY");
        let changes = [
            ("transfers", [earlier("pending_id"), earlier("subject_id"), before("created_at")]),
            ("operations", [earlier("parent_id"), before("created_at"), before("ended_at")]),
            ("withdrawals", [earlier("operation_id"), String::new(), String::new()]),
            ("bank_instructions", [earlier("operation_id"), before("given_at"), String::new()]),
            ("settlements", [before("day"), before("decided_at"), String::new()]),
            ("disputes", [earlier("payment_id"), before("opened_at"), String::new()]),
        ];
        for (table, changes) in changes {
            let changes = changes.iter().filter(|change| !change.is_empty());
            let changes = changes.cloned().collect::<Vec<_>>().join(", ");
            // An older day makes room for a newer one.
            let order = if table == "settlements" { "ORDER BY day" } else { "" };
            self.execute(&format!("UPDATE {table} SET {changes} {order}")).await;
        }
        for (table, id) in [
            ("transfers", "transfer_id"),
            ("operations", "operation_id"),
            ("settlements", "settlement_id"),
        ] {
            self.execute(&format!("UPDATE {table} SET {}", earlier(id))).await;
        }
        self.execute("DELETE FROM operation_keys").await;
        self.execute("DELETE FROM settled_days").await;
    }

    /// Its id changes as days go by.
    pub(crate) async fn newest_payment(&self, owner: &Person, shop: BusinessId) -> String {
        let path = format!("/api/v1/payments?business_id={shop}");
        let (status, page) = self.get(owner, &path).await;
        assert_eq!(status, 200, "{page}");
        page["items"][0]["payment_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn give_back(
        &self,
        owner: &Person,
        payment: &str,
        cents: i64,
    ) -> (u16, Value) {
        let path = format!("/api/v1/payments/{payment}/refunds");
        let body = json!({"amount": {"amount": cents, "currency": "HKD"}});
        self.post(owner, &path, &new_key(), &body).await
    }

    pub(crate) async fn assert_balanced(&self) {
        let audit = self.audit().await;
        assert_eq!(audit["balanced"], true, "{audit}");
    }
}

/// Sets an id to what it would have been a day before.
pub(crate) fn a_day_earlier(id: &str) -> String {
    format!(
        "{id} = IF({id} IS NULL, NULL, CONCAT(UNHEX(LPAD(CONV(
             CAST(CONV(HEX(LEFT({id}, 6)), 16, 10) AS UNSIGNED) - 86400000, 10, 16),
             12, '0')), SUBSTR({id}, 7)))"
    )
}

/// In Hong Kong.
pub(crate) fn yesterday() -> String {
    hong_kong_day(OffsetDateTime::now_utc()).previous_day().unwrap().to_string()
}

/// A shop that settles daily and took this much of somebody yesterday.
pub(crate) async fn shop_that_took(fixture: &Fixture, cents: i64) -> (Person, BusinessId, Person) {
    let payer = fixture.consumer_with(500_000).await;
    let (owner, shop) = fixture.shop().await;
    fixture.bank(&owner, shop, "daily").await;
    fixture.sold(&payer, shop, cents).await;
    fixture.a_day_goes_by().await;
    (owner, shop, payer)
}

#[tokio::test]
async fn yesterdays_takings_are_paid_out_after_midnight_and_todays_stay() {
    let fixture = Fixture::new().await;
    let (owner, shop, payer) = shop_that_took(&fixture, 20_000).await;
    fixture.sold(&payer, shop, 1_000).await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    let [settled] = &fixture.settlements(&owner, shop).await[..] else { panic!("one is due") };
    assert_eq!((&settled["status"], &settled["day"]), (&json!("pending"), &json!(yesterday())));
    assert_eq!(settled["amount"]["amount"], net(20_000));
    let masked = json!({"bank_code": "024", "account_number_ending": "6789"});
    assert_eq!(settled["bank_account"], masked);
    assert_eq!(fixture.takings(&owner, shop).await, net(20_000) + net(1_000));
    fixture.hear_the_bank().await;
    let paid = fixture.settlements(&owner, shop).await;
    assert_eq!((&paid[0]["status"], &paid[0]["bank_status"]), (&json!("paid-out"), &json!("ACSC")));
    assert_eq!(fixture.takings(&owner, shop).await, net(1_000));
    // Its line in the shop's history, and who is told.
    let path = format!("/api/v1/wallets/businesses/{shop}/movements");
    let (_, history) = fixture.get(&owner, &path).await;
    let line = &history["items"][0];
    let subject = json!({"type": "settlement", "id": paid[0]["settlement_id"]});
    assert_eq!((&line["subject"], &line["counterparty"]), (&subject, &json!(null)), "{line}");
    let told: Vec<events::payments::MoneyMovedV1> = fixture.database.told().await;
    let told = told.iter().find(|moved| moved.kind == "settlement").unwrap();
    assert_eq!((told.from.id.clone(), told.amount), (Some(shop.to_string()), net(20_000)));
    assert_eq!(told.from.told_user_id, Some(owner.user_id.to_string()));
    let path = format!("{path}/{}/receipt", line["transfer_id"].as_str().unwrap());
    let (status, receipt) = fixture.get(&owner, &path).await;
    let shown = (&receipt["title"], &receipt["amount"], &receipt["bank_account"]);
    assert_eq!((status, shown), (200, (&json!("Settlement of takings"), &line["amount"], &masked)));
    fixture.assert_balanced().await;
    // A run that finds the day settled does nothing.
    assert_eq!(fixture.settle_yesterday().await, 200);
    assert_eq!(fixture.database.count("settlements").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_timers_and_an_owner_at_once_pay_a_day_out_once() {
    let fixture = Fixture::new().await;
    let (owner, shop, payer) = shop_that_took(&fixture, 20_000).await;
    let routes = [fixture.app.clone(), fixture.another_instance()].map(payments::routes);
    for round in 1..=ROUNDS {
        let timer = Call::post("/payments_look_after_pending").json(&json!({}));
        let timers =
            routes.iter().chain(&routes).map(|routes| timer.clone().send_until_served(routes));
        let asks = (0..4).map(|_| fixture.ask_to_settle(&owner, shop));
        let (timers, asked) = tokio::join!(join_all(timers), join_all(asks));
        assert!(timers.iter().all(|answer| answer.status == 200), "{round}");
        let ids = asked.iter().map(|(status, settled)| (*status, &settled["settlement_id"]));
        let first = (200, &asked[0].1["settlement_id"]);
        assert!(ids.clone().all(|id| id == first && id.1.is_string()), "{round}: {asked:?}");
        let settlements = u64::try_from(round).unwrap();
        assert_eq!(fixture.database.count("settlements").await, settlements);
        let told = "bank_instructions WHERE kind = 'settlement'";
        assert_eq!(fixture.database.count(told).await, settlements);
        fixture.hear_the_bank().await;
        assert_eq!(fixture.takings(&owner, shop).await, 0, "{round}");
        fixture.sold(&payer, shop, 20_000).await;
        fixture.a_day_goes_by().await;
    }
    fixture.assert_balanced().await;
}

#[tokio::test]
async fn what_the_bank_refuses_goes_with_the_next_day() {
    let fixture = Fixture::new().await;
    // By its last digits the sandbox has too little.
    let refused = net(20_296);
    assert_eq!(refused % 100, 92);
    let (owner, shop, payer) = shop_that_took(&fixture, 20_296).await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    fixture.hear_the_bank().await;
    let settled = fixture.settlements(&owner, shop).await;
    let said = (&settled[0]["status"], &settled[0]["bank_reason"]);
    assert_eq!(said, (&json!("refused"), &json!("AM04")));
    assert_eq!(fixture.takings(&owner, shop).await, refused);
    let told: Vec<SettlementNotPaidV1> = fixture.database.told().await;
    let [told] = &told[..] else { panic!("{told:?}") };
    assert_eq!((&*told.reason, told.amount), ("bank-refused", refused));
    assert_eq!(told.told_user_id, owner.user_id.to_string());
    // The same day is not tried again.
    let (_, again) = fixture.ask_to_settle(&owner, shop).await;
    assert_eq!(again, settled[0]);
    fixture.sold(&payer, shop, 10_000).await;
    fixture.a_day_goes_by().await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    fixture.hear_the_bank().await;
    let settled = fixture.settlements(&owner, shop).await;
    assert_eq!(settled[0]["amount"]["amount"], refused + net(10_000));
    assert_eq!(fixture.takings(&owner, shop).await, 0);
    fixture.assert_balanced().await;
}

#[tokio::test]
async fn what_a_silent_bank_holds_is_in_no_other_batch_and_is_brought_before_people() {
    let fixture = Fixture::new().await;
    let silent = net(20_303);
    assert_eq!(silent % 100, 98);
    let (owner, shop, payer) = shop_that_took(&fixture, 20_303).await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    fixture.let_bank_go_on().await;
    fixture.follow_bank().await;
    fixture.sold(&payer, shop, 20_000).await;
    fixture.a_day_goes_by().await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    fixture.hear_the_bank().await;
    let settled = fixture.settlements(&owner, shop).await;
    let amounts = [0, 1].map(|index| settled[index]["amount"]["amount"].as_i64().unwrap());
    assert_eq!(amounts, [net(20_000), silent]);
    assert_eq!(
        (&settled[0]["status"], &settled[1]["status"]),
        (&json!("paid-out"), &json!("pending"))
    );
    assert_eq!(fixture.takings(&owner, shop).await, silent);
    fixture.execute("UPDATE operations SET expires_at = NOW(6) WHERE state = 'pending'").await;
    let (_, log) = logged(fixture.settle_yesterday()).await;
    assert!(log.contains("wait for the bank's answer for too long overdue=1"), "{log}");
    fixture.assert_balanced().await;
}

#[tokio::test]
async fn what_the_bank_was_not_told_in_time_it_is_never_told_and_goes_with_the_next_day() {
    let fixture = Fixture::new().await;
    let (owner, shop, _) = shop_that_took(&fixture, 20_000).await;
    // Every handler dies after the hold, and nobody tells the bank for a day.
    assert_eq!(fixture.settle_yesterday().await, 200);
    fixture.a_day_goes_by().await;
    fixture.hear_the_bank().await;
    assert_eq!(fixture.settlements(&owner, shop).await[0]["status"], "refused");
    assert_eq!(fixture.database.count("bank_instructions WHERE sent_at IS NOT NULL").await, 1);
    assert_eq!(fixture.settle_yesterday().await, 200);
    // They die again, and one of them had begun to tell it: then it is asked.
    fixture.let_bank_go_on().await;
    fixture.follow_bank().await;
    fixture.hear_the_bank().await;
    assert_eq!(fixture.settlements(&owner, shop).await[0]["status"], "paid-out");
    assert_eq!(fixture.takings(&owner, shop).await, 0);
    fixture.assert_balanced().await;
}

#[tokio::test]
async fn a_refund_after_the_payout_needs_money_that_the_shop_has() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(100_000).await;
    let (owner, shop) = fixture.shop().await;
    fixture.bank(&owner, shop, "daily").await;
    fixture.sold(&payer, shop, 20_000).await;
    fixture.a_day_goes_by().await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    fixture.hear_the_bank().await;
    fixture.sold(&payer, shop, 15_000).await;
    fixture.a_day_goes_by().await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    let payment = fixture.newest_payment(&owner, shop).await;
    for is_heard in [false, true] {
        // Held for the bank, and then gone.
        let refused = fixture.give_back(&owner, &payment, 10_000).await;
        assert_eq!(code(refused), (422, "insufficient-takings".to_owned()), "{is_heard}");
        fixture.hear_the_bank().await;
    }
    // Out of today's takings it goes, and tomorrow's batch has less.
    fixture.sold(&payer, shop, 20_000).await;
    assert_eq!(fixture.give_back(&owner, &payment, 10_000).await.0, 201);
    fixture.a_day_goes_by().await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    let settled = fixture.settlements(&owner, shop).await;
    assert_eq!(settled[0]["carry_reason"], "below-minimum");
    assert_eq!(fixture.takings(&owner, shop).await, net(20_000) - 10_000 + 150);
    fixture.assert_balanced().await;
}

#[tokio::test]
async fn what_is_stopped_held_by_law_or_disputed_stays_with_the_shop_until_that_is_over() {
    let fixture = Fixture::new().await;
    let (owner, shop, payer) = shop_that_took(&fixture, 30_000).await;
    // Held by law.
    assert_eq!(fixture.hold_by_law(&shop.to_string(), 5_000).await.0, 200);
    let payment = fixture.newest_payment(&owner, shop).await;
    let dispute = json!({
        "amount": {"amount": 4_000, "currency": "HKD"},
        "reason": "not-received",
        "statement": "The parcel never came.",
    });
    let path = format!("/api/v1/payments/{payment}/disputes");
    let (status, _) = fixture.post(&payer, &path, &new_key(), &dispute).await;
    assert_eq!(status, 200);
    assert_eq!(fixture.settle_yesterday().await, 200);
    let settled = fixture.settlements(&owner, shop).await;
    let paid_out = net(30_000) - 5_000 - 4_000;
    assert_eq!(settled[0]["amount"]["amount"], paid_out);
    fixture.hear_the_bank().await;
    assert_eq!(fixture.takings(&owner, shop).await, 9_000);
    // Stopped: all of it is carried over, with the reason.
    fixture.freeze_outgoing(&shop.to_string()).await;
    fixture.sold(&payer, shop, 20_000).await;
    fixture.a_day_goes_by().await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    let settled = fixture.settlements(&owner, shop).await;
    let said = ["status", "carry_reason"].map(|field| settled[0][field].as_str().unwrap());
    assert_eq!((said, settled.len()), (["carried-over", "stopped"], 2));
    assert_eq!(fixture.takings(&owner, shop).await, 9_000 + net(20_000));
    fixture.assert_balanced().await;
}

#[tokio::test]
async fn without_a_bank_account_a_day_is_carried_over_and_on_demand_the_timer_passes_by() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    fixture.sold(&payer, shop, 20_000).await;
    fixture.a_day_goes_by().await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    let settled = fixture.settlements(&owner, shop).await;
    assert_eq!(settled[0]["carry_reason"], "no-bank-account");
    assert_eq!(
        (settled[0]["amount"]["amount"].as_i64(), &settled[0]["bank_account"]),
        (Some(0), &json!(null))
    );
    fixture.bank(&owner, shop, "on-demand").await;
    fixture.a_day_goes_by().await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    assert_eq!(fixture.settlements(&owner, shop).await.len(), 1);
    for day in ["2026-01-01".to_owned(), hong_kong_day(OffsetDateTime::now_utc()).to_string()] {
        let refused = fixture.put(&owner, shop, "settlements", &json!({"day": day})).await;
        assert_eq!(code(refused), (422, "settlement-day-not-yesterday".to_owned()), "{day}");
    }
    let (status, asked) = fixture.ask_to_settle(&owner, shop).await;
    assert_eq!((status, asked["amount"]["amount"].as_i64()), (200, Some(net(20_000))));
    fixture.hear_the_bank().await;
    assert_eq!(fixture.takings(&owner, shop).await, 0);
    fixture.assert_balanced().await;
}

#[tokio::test]
async fn an_owner_is_told_once_that_takings_stay_however_many_days_they_do() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    fixture.sold(&payer, shop, 20_000).await;
    for days in 1..=2 {
        fixture.a_day_goes_by().await;
        assert_eq!(fixture.settle_yesterday().await, 200);
        assert_eq!(fixture.settlements(&owner, shop).await.len(), days);
        let told: Vec<SettlementNotPaidV1> = fixture.database.told().await;
        let reasons: Vec<_> = told.iter().map(|told| &*told.reason).collect();
        assert_eq!(reasons, ["no-bank-account"]);
    }
}
