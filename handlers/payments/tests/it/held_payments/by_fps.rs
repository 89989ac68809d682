//! A payment by FPS that waits for a reviewer: the bank is told nothing of it, until it is
//! released.

use events::payments::{FpsPaymentFailedV1, FpsPaymentReviewChangedV1, MoneyMovedV1};
use serde_json::{Value, json};
use testkit::Call;

use super::{HELD_PAYMENTS, WALLET, holding};
use crate::fps_payments::{PAYMENTS, bank, own, payee, signed};
use crate::freeze::code;
use crate::limits::assert_limits_add_up;
use crate::withdrawals::money;
use crate::{Fixture, Person, new_key};

impl Fixture {
    /// A payment by FPS that is held.
    pub(super) async fn held_by_fps(&self, payer: &Person, payee: &Value, cents: i64) -> String {
        let key = new_key();
        let (status, held) =
            self.post(payer, PAYMENTS, &key, &signed(payer, payee, cents, &key)).await;
        assert_eq!((status, &held["status"]), (201, &json!("held")), "{held}");
        held["fps_payment_id"].as_str().unwrap().to_owned()
    }

    async fn by_fps(&self, payer: &Person, id: &str) -> Value {
        let (status, payment) = self.get(payer, &format!("{PAYMENTS}/{id}")).await;
        assert_eq!(status, 200, "{payment}");
        payment
    }
}

#[tokio::test]
async fn while_it_is_held_the_bank_and_operators_have_no_word_and_the_payer_reads_it() {
    let fixture = Fixture::under(holding()).await;
    let payer = fixture.consumer_with(50_000).await;
    let outside = payee(&fixture, &payer).await;
    let key = new_key();
    let wanted = signed(&payer, &outside, 12_000, &key);
    let (status, held) = fixture.post(&payer, PAYMENTS, &key, &wanted).await;
    assert_eq!((status, &held["status"]), (201, &json!("held")), "{held}");
    assert_eq!((held["returns_at"].is_string(), &held["bank_status"]), (true, &Value::Null));
    assert_eq!(fixture.post(&payer, PAYMENTS, &key, &wanted).await, (201, held.clone()));
    assert_eq!(fixture.get(&payer, &own(&held)).await, (200, held.clone()));
    assert_eq!(fixture.get(&payer, PAYMENTS).await.1["items"], json!([held]));
    let other = fixture.consumer_with(100).await;
    assert_eq!(fixture.get(&other, PAYMENTS).await.1["items"], json!([]));
    let (_, wallet) = fixture.get(&payer, WALLET).await;
    let amounts = ["balance", "available"].map(|part| wallet[part]["amount"].as_i64().unwrap());
    assert_eq!(amounts, [50_000, 38_000]);
    assert_limits_add_up(&fixture).await;

    let id = held["fps_payment_id"].as_str().unwrap();
    let waiting = fixture.read_as_staff(HELD_PAYMENTS).await;
    let review = &waiting["items"][0];
    assert_eq!(
        (&review["held_payment_id"], &review["payee"], &review["fps_proxy"]["proxy_ending"]),
        (&json!(id), &json!({"type": "fps", "name": "Demo Payee 4567"}), &json!("4567"))
    );
    assert_eq!(review["reference"], "INV 7");
    assert_eq!(fixture.read_as_staff(&format!("{HELD_PAYMENTS}/{id}")).await, *review);
    // It is no payment between people, whatever its id is made to look like.
    let as_peer = format!("{HELD_PAYMENTS}/{}", id.replace("fpay_", "ppay_"));
    let operator = fixture.staff("chan@example.com", &[values::StaffRole::Operator]);
    let absent = fixture.send(Call::get(&as_peer).bearer(&operator)).await;
    absent.expect_refusal(404, "held-payment-not-found");

    fixture.follow_bank().await;
    let told = "bank_instructions WHERE kind = 'fps-transfer'";
    assert_eq!(fixture.database.count(told).await, 0);
    for says in ["settle", "refuse"] {
        let refused = code(bank(&fixture, id, says).await);
        assert_eq!(refused, (403, "held-for-review".to_owned()));
    }
    let told: Vec<FpsPaymentReviewChangedV1> = fixture.database.told().await;
    assert_eq!((told.len(), &*told[0].status, &*told[0].fps_payment_id), (1, "held", id));
    assert_eq!(fixture.database.count("known_payees").await, 0);
    let audit = fixture.audit().await;
    assert_eq!(audit["balanced"], true, "{audit}");
}

/// However long it has waited: what counts is when the bank is told.
#[tokio::test]
async fn what_is_released_goes_the_way_of_any_payment_by_fps() {
    let fixture = Fixture::under(holding()).await;
    let payer = fixture.consumer_with(50_000).await;
    let outside = payee(&fixture, &payer).await;
    let reviewer = fixture.reviewer_of_held();
    let mut ids = Vec::new();
    for cents in [6_000, 6_092, 6_091] {
        ids.push(fixture.held_by_fps(&payer, &outside, cents).await);
    }
    fixture.execute("UPDATE operations SET created_at = created_at - INTERVAL 1 HOUR").await;
    for (id, at_once) in ids.iter().zip(["completed", "failed", "pending"]) {
        let (status, released) = fixture.decide_held(&reviewer, id, "release").await;
        assert_eq!((status, &released["status"]), (200, &json!("released")), "{released}");
        let payment = fixture.by_fps(&payer, id).await;
        assert_eq!((&payment["status"], &payment["returns_at"]), (&json!(at_once), &Value::Null));
        assert_eq!(fixture.decide_held(&reviewer, id, "release").await, (200, released));
        let refused = code(fixture.decide_held(&reviewer, id, "return").await);
        assert_eq!(refused, (409, "held-payment-ended".to_owned()));
    }
    fixture.hear_the_bank().await;
    assert_eq!(fixture.by_fps(&payer, &ids[2]).await["status"], "completed");
    assert_eq!(money(&fixture, &payer).await, [37_909, 37_909, 0]);
    let (_, movements) = fixture.get(&payer, "/api/v1/wallets/me/movements").await;
    let subjects = [0, 1].map(|line| movements["items"][line]["subject"]["id"].clone());
    assert_eq!(subjects, [json!(ids[2]), json!(ids[0])]);
    let listed = fixture.get(&payer, PAYMENTS).await.1;
    let stand = |line: usize| {
        ["status", "bank_status"].map(|part| listed["items"][line][part].as_str().unwrap())
    };
    assert_eq!(stand(0), ["completed", "ACSC"]);
    assert_eq!((stand(1), stand(2)), (["failed", "RJCT"], ["completed", "ACSC"]));
    let told: Vec<MoneyMovedV1> = fixture.database.told().await;
    assert_eq!(told.iter().filter(|moved| moved.kind == "fps-payment").count(), 2);
    let failed: Vec<FpsPaymentFailedV1> = fixture.database.told().await;
    assert_eq!(failed.len(), 1);
    let again = json!({"proxy_type": "mobile", "proxy": "61234567"});
    let call = Call::post("/api/v1/fps-payments/payee-lookups").bearer(&payer.token).json(&again);
    assert_eq!(fixture.send(call).await.expect(200)["is_known"], true);
    assert_limits_add_up(&fixture).await;
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn what_a_reviewer_or_time_returns_the_bank_never_hears_of() {
    let fixture = Fixture::under(holding()).await;
    let payer = fixture.consumer_with(50_000).await;
    let outside = payee(&fixture, &payer).await;
    let reviewer = fixture.reviewer_of_held();
    let [returned, overdue] = [
        fixture.held_by_fps(&payer, &outside, 6_000).await,
        fixture.held_by_fps(&payer, &outside, 7_000).await,
    ];
    for flow in ["peer-payment", "withdrawal"] {
        assert_eq!(fixture.used(&payer, flow).await, [13_000, 13_000, 13_000, 2]);
    }
    let (_, back) = fixture.decide_held(&reviewer, &returned, "return").await;
    assert_eq!(back["returned_because"], "reviewer", "{back}");
    assert_eq!(fixture.look_after_pending().await, 200);
    assert_eq!(money(&fixture, &payer).await, [50_000, 43_000, 7_000]);
    fixture.let_held_expire().await;
    let refused = code(fixture.decide_held(&reviewer, &overdue, "release").await);
    assert_eq!(refused, (409, "held-payment-ended".to_owned()));
    for _ in 0..2 {
        assert_eq!(fixture.look_after_pending().await, 200);
    }
    fixture.follow_bank().await;
    for id in [&returned, &overdue] {
        let payment = fixture.by_fps(&payer, id).await;
        assert_eq!(
            (&payment["status"], &payment["bank_status"]),
            (&"returned".into(), &Value::Null)
        );
    }
    assert_eq!(money(&fixture, &payer).await, [50_000, 50_000, 0]);
    for flow in ["peer-payment", "withdrawal"] {
        assert_eq!(fixture.used(&payer, flow).await, [0, 0, 0, 0]);
    }
    let told: Vec<FpsPaymentReviewChangedV1> = fixture.database.told().await;
    let mut statuses: Vec<&str> = told.iter().map(|told| &*told.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, ["held", "held", "returned", "returned"]);
    let told = "bank_instructions WHERE kind = 'fps-transfer'";
    assert_eq!(fixture.database.count(told).await, 0);
    assert_eq!(fixture.database.count("known_payees").await, 0);
    assert_eq!(fixture.audit().await["balanced"], true);
}

/// By then a number may be another's; what the payer was shown is what they agreed to.
#[tokio::test]
async fn nobody_but_whom_the_payer_was_shown_is_paid_and_a_stop_keeps_it_held() {
    let fixture = Fixture::under(holding()).await;
    let payer = fixture.consumer_with(50_000).await;
    let outside = payee(&fixture, &payer).await;
    let reviewer = fixture.reviewer_of_held();
    let id = fixture.held_by_fps(&payer, &outside, 6_000).await;
    let payers = payer.user_id.to_string();
    fixture.freeze_outgoing(&payers).await;
    let refused = code(fixture.decide_held(&reviewer, &id, "release").await);
    assert_eq!(refused, (409, "payer-unavailable".to_owned()));
    fixture.unfreeze(&payers).await;
    // The bank does not answer.
    let by =
        |proxy: &str| format!("UPDATE fps_payments SET proxy_type = 'fps-id', proxy = '{proxy}'");
    fixture.execute(&by("1234598")).await;
    let silent = code(fixture.decide_held(&reviewer, &id, "release").await);
    assert_eq!(silent, (503, "try-again".to_owned()));
    assert_eq!(money(&fixture, &payer).await, [50_000, 44_000, 6_000]);
    for proxy in ["1234592", "1234568"] {
        fixture.execute(&by(proxy)).await;
        let id = fixture.held_by_fps(&payer, &outside, 7_000).await;
        fixture.execute(&by(proxy)).await;
        let (_, returned) = fixture.decide_held(&reviewer, &id, "release").await;
        assert_eq!(returned["returned_because"], "payee-unavailable", "{proxy} {returned}");
        assert_eq!(fixture.by_fps(&payer, &id).await["status"], "returned");
    }
    assert_eq!(money(&fixture, &payer).await, [50_000, 44_000, 6_000]);
    let told = "bank_instructions WHERE kind = 'fps-transfer'";
    assert_eq!(fixture.database.count(told).await, 0);
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn the_audit_finds_what_the_bank_is_told_before_a_reviewer_and_what_nobody_can_review() {
    let fixture = Fixture::under(holding()).await;
    let payer = fixture.consumer_with(50_000).await;
    let outside = payee(&fixture, &payer).await;
    let reviewer = fixture.reviewer_of_held();
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(fixture.held_by_fps(&payer, &outside, 5_000).await);
    }
    assert_eq!(fixture.decide_held(&reviewer, &ids[0], "release").await.0, 200);
    assert_eq!(fixture.decide_held(&reviewer, &ids[1], "return").await.0, 200);
    assert_eq!(fixture.audit().await["holds_not_matching"], 0);
    let held = "(SELECT peer_payment_id FROM held_payments WHERE status = 'held')";
    let fps = "(SELECT operation_id FROM fps_payments)";
    for (damage, repair) in [
        (
            format!(
                "INSERT INTO bank_instructions (operation_id, kind)
                 SELECT id.peer_payment_id, 'fps-transfer' FROM {held} AS id"
            ),
            format!("DELETE FROM bank_instructions WHERE operation_id IN {held}"),
        ),
        (
            "UPDATE held_payments SET status = 'held' WHERE status = 'released'".to_owned(),
            "UPDATE held_payments SET status = 'released'
             WHERE reason IS NOT NULL AND returned_because IS NULL"
                .to_owned(),
        ),
        (
            "UPDATE held_payments SET status = 'released' WHERE status = 'returned'".to_owned(),
            "UPDATE held_payments SET status = 'returned' WHERE returned_because IS NOT NULL"
                .to_owned(),
        ),
        (
            format!("UPDATE bank_instructions SET operation_id = 0x07 WHERE operation_id IN {fps}"),
            "UPDATE bank_instructions SET operation_id =
                 (SELECT peer_payment_id FROM held_payments WHERE status = 'released')
             WHERE operation_id = RPAD(0x07, 16, 0x00)"
                .to_owned(),
        ),
    ] {
        fixture.execute(&damage).await;
        assert_eq!(fixture.audit().await["holds_not_matching"], 1, "{damage}");
        fixture.execute(&repair).await;
        assert_eq!(fixture.audit().await["holds_not_matching"], 0, "{repair}");
    }
    fixture.execute("DELETE FROM held_payments WHERE status = 'held'").await;
    assert_eq!(fixture.audit().await["holds_not_matching"], 1);
}
