//! A shop is paid only while it is known who stands behind it.

use events::Envelope;
use events::onboarding::BusinessVerificationChangedV1;
use futures_util::future::join;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, Call, InProcess, event, rounds};
use values::{BusinessId, PaymentRequestId, Product};

use crate::authorisations::{authorised, capture, void};
use crate::group_commit::static_payment;
use crate::pay::PAYMENTS;
use crate::withdrawals::code;
use crate::{Fixture, Person, Race, after, changed, net, new_key, signed};

const REQUESTS: &str = "/api/v1/payment-requests";
pub(crate) const FUNCTION: &str = "payments_on_onboarding";
const PROFILE_FUNCTION: &str = "payments_on_business_profile";

/// Onboarding says whether the business can be paid.
fn approved(business_id: BusinessId, version: u32, is_approved: bool) -> Envelope {
    let business_id = business_id.to_string();
    let changed = BusinessVerificationChangedV1 {
        business_id: business_id.clone(),
        version,
        is_approved,
        // As a version of before says it: of whoever owns it.
        owner_user_id: None,
    };
    event(&business_id, &changed)
}

/// The same, of this owner.
pub(crate) fn approved_of(
    owner: &Person,
    business_id: BusinessId,
    version: u32,
    is_approved: bool,
) -> Envelope {
    let changed = BusinessVerificationChangedV1 {
        business_id: business_id.to_string(),
        version,
        is_approved,
        owner_user_id: Some(owner.user_id.to_string()),
    };
    event(&business_id.to_string(), &changed)
}

pub(crate) fn not_approved() -> (u16, String) {
    (409, "shop-not-approved".to_owned())
}

impl Fixture {
    /// An operator says whether the shop can be paid.
    pub(crate) async fn set_approval(&self, shop: BusinessId, is_approved: bool) -> Value {
        self.try_set_approval(&shop.to_string(), is_approved).await.expect(200)
    }

    async fn try_set_approval(&self, shop: &str, is_approved: bool) -> Answer {
        let path = format!("/api/v1/ledger/businesses/{shop}/approval");
        let body = json!({
            "is_approved": is_approved, "reason": "certificate seen", "operator": "ops@example.com",
        });
        self.send(Call::post(&path).json(&body)).await
    }

    /// A merchant and a shop of theirs of which onboarding has said nothing.
    async fn new_shop(&self) -> (Person, BusinessId) {
        let (owner, shop) = (self.person(Product::Business).await, BusinessId::new());
        self.deliver(PROFILE_FUNCTION, &[changed(&owner, shop, 1, "永記茶餐廳")]).await;
        (owner, shop)
    }

    pub(crate) async fn ask(&self, owner: &Person, shop: BusinessId) -> (u16, Value) {
        let body = json!({"business_id": shop, "amount": {"amount": 12_850, "currency": "HKD"}});
        self.post(owner, REQUESTS, &new_key(), &body).await
    }

    async fn is_approved(&self, shop: BusinessId) -> Value {
        let path = format!("/api/v1/ledger/accounts/{shop}");
        self.send(Call::get(&path)).await.expect(200)["is_approved"].clone()
    }
}

#[tokio::test]
async fn nobody_pays_a_new_shop_by_any_road_until_onboarding_approves_it() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.new_shop().await;
    let payer = fixture.consumer_with(50_000).await;
    let home = format!("/api/v1/home?business_id={shop}");
    let attention = fixture.get(&owner, &home).await.1["attention"].clone();
    assert_eq!(attention[0]["code"], "shop-not-approved");
    let before = fixture.database.count("transfers").await;
    assert_eq!(code(fixture.ask(&owner, shop).await), not_approved());
    // Others' shops are none, approved or not.
    let rival = fixture.person(Product::Business).await;
    assert_eq!(code(fixture.ask(&rival, shop).await), (404, "business-not-found".to_owned()));
    assert_eq!(code(fixture.pay_static(&payer, shop, 100).await), not_approved());
    assert_eq!(code(fixture.pay_static(&payer, shop, 50_001).await), not_approved());
    assert_eq!(fixture.database.count("transfers").await, before);
    assert_eq!(fixture.database.count("payment_requests").await, 0);

    fixture.deliver(FUNCTION, &[approved(shop, 1, true)]).await;
    let (status, request) = fixture.ask(&owner, shop).await;
    assert_eq!(status, 201, "{request}");
    fixture.pay(&payer, shop, request["payment_request_id"].as_str().unwrap()).await;
    assert_eq!(fixture.pay_static(&payer, shop, 100).await.0, 201);
    assert_eq!(fixture.get(&owner, &home).await.1["attention"], json!([]));
}

#[tokio::test]
async fn a_shop_that_loses_its_approval_takes_nothing_more_and_gives_back_what_it_has() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(100_000).await;
    let (owner, shop) = fixture.shop().await;
    let paid = fixture.request(&owner, shop).await;
    let key = new_key();
    let body = signed(&payer, shop, &paid, &key);
    let (_, payment) = fixture.post(&payer, PAYMENTS, &key, &body).await;
    let payment_id = payment["payment_id"].as_str().unwrap();
    let held = [
        authorised(&fixture, &payer, &owner, shop).await,
        authorised(&fixture, &payer, &owner, shop).await,
    ];
    let open = fixture.request(&owner, shop).await;
    fixture.deliver(FUNCTION, &[approved(shop, 1, false)]).await;

    let before = (fixture.balance(&payer).await, fixture.takings(&owner, shop).await);
    let transfers = fixture.database.count("transfers").await;
    let other = new_key();
    let asked = signed(&payer, shop, &open, &other);
    for refused in [
        fixture.ask(&owner, shop).await,
        fixture.pay_static(&payer, shop, 100).await,
        fixture.post(&payer, PAYMENTS, &other, &asked).await,
        capture(&fixture, &owner, &held[0], 12_850).await,
    ] {
        assert_eq!(code(refused), not_approved());
    }
    assert_eq!((fixture.balance(&payer).await, fixture.takings(&owner, shop).await), before);
    assert_eq!(fixture.database.count("transfers").await, transfers);
    // What was paid is read, and answered again, as before.
    assert_eq!(fixture.post(&payer, PAYMENTS, &key, &body).await, (201, payment.clone()));
    let (_, request) = fixture.get(&payer, &format!("{REQUESTS}/{open}")).await;
    assert_eq!(request["status"], "open");
    // It still gives back what it has, and what it holds.
    assert_eq!(void(&fixture, &owner, &held[1]).await.0, 200);
    let refund = json!({"amount": {"amount": 12_850, "currency": "HKD"}});
    let path = format!("{PAYMENTS}/{payment_id}/refunds");
    assert_eq!(fixture.post(&owner, &path, &new_key(), &refund).await.0, 201);
    assert_eq!(fixture.takings(&owner, shop).await, 0);
    let movements = format!("/api/v1/wallets/businesses/{shop}/movements");
    assert_eq!(fixture.get(&owner, &movements).await.0, 200);

    // Approved again, it is paid what it asked for before, and captures what it held.
    fixture.deliver(FUNCTION, &[approved(shop, 2, true)]).await;
    fixture.pay(&payer, shop, &open).await;
    assert_eq!(capture(&fixture, &owner, &held[0], 12_850).await.0, 200);
    assert_eq!(fixture.takings(&owner, shop).await, 2 * net(12_850));
    assert_eq!(fixture.audit().await["balanced"], true);
}

/// A program of before let onboarding approve what an operator had stopped.
#[tokio::test]
async fn a_stop_that_onboarding_ended_before_is_none_and_can_be_said_again() {
    let fixture = Fixture::new().await;
    let (_, shop) = fixture.new_shop().await;
    fixture.deliver(FUNCTION, &[approved(shop, 1, true)]).await;
    fixture.set_approval(shop, false).await;
    for sql in [
        "UPDATE shops SET is_approved = TRUE",
        "INSERT INTO approval_changes (business_id, is_approved, verification_version, changed_at)
         SELECT business_id, TRUE, 2, UTC_TIMESTAMP(6) FROM shops",
    ] {
        fixture.execute(sql).await;
    }
    fixture.set_approval(shop, false).await;
    assert_eq!(fixture.is_approved(shop).await, json!(false));
    fixture.set_approval(shop, true).await;
    for (version, says) in [(3, false), (4, true)] {
        fixture.deliver(FUNCTION, &[approved(shop, version, says)]).await;
        assert_eq!(fixture.is_approved(shop).await, json!(says));
    }
}

#[tokio::test]
async fn the_later_word_on_a_shop_counts_but_an_operators_stop_and_the_history_says_whose_it_was() {
    let fixture = Fixture::new().await;
    let (_, shop) = fixture.new_shop().await;
    for (version, says, expected) in [
        (Some(2), true, true),
        // Late, and twice.
        (Some(1), false, true),
        (Some(2), false, true),
        (None, false, false),
        (Some(2), true, false),
        (Some(3), false, false),
        // What an operator has stopped only an operator lets go on.
        (Some(4), true, false),
        (None, true, true),
        (Some(5), false, false),
        (Some(6), true, true),
    ] {
        match version {
            Some(version) => fixture.deliver(FUNCTION, &[approved(shop, version, says)]).await,
            None => _ = fixture.set_approval(shop, says).await,
        }
        assert_eq!(fixture.is_approved(shop).await, json!(expected), "{version:?} {says}");
    }
    let account = fixture.set_approval(shop, true).await;
    let lines = account["approval_changes"].as_array().unwrap().iter();
    let lines: Vec<_> = lines
        .map(|line| json!([line["is_approved"], line["verification_version"], line["operator"]]))
        .collect();
    let by_operator = |says: bool| json!([says, null, "ops@example.com"]);
    let expected =
        [json!([true, 6, null]), json!([false, 5, null]), by_operator(true), by_operator(false)];
    assert_eq!(lines[..4], expected);
    assert_eq!(lines[4..], [json!([true, 2, null])]);
    assert_eq!(account["approval_changes"][3]["reason"], "certificate seen");
    assert_eq!((&account["tier"], &account["tier_changes"]), (&json!(null), &json!([])));

    let person = fixture.person(Product::Business).await;
    let path = format!("/api/v1/ledger/accounts/{}", person.user_id);
    let wallet = fixture.send(Call::get(&path)).await.expect(200);
    assert_eq!((&wallet["is_approved"], &wallet["approval_changes"]), (&json!(null), &json!([])));
    let unknown = BusinessId::new().to_string();
    assert_eq!(fixture.try_set_approval(&unknown, true).await.status, 404);
    let as_shop = BusinessId::from_uuid(person.user_id.uuid()).to_string();
    assert_eq!(fixture.try_set_approval(&as_shop, true).await.status, 404);
}

#[tokio::test]
async fn what_onboarding_says_of_a_business_before_it_is_known_here_waits_for_it() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = (fixture.person(Product::Business).await, BusinessId::new());
    let approval = approved(shop, 1, true);
    fixture.deliver(FUNCTION, std::slice::from_ref(&approval)).await;
    // It is no shop yet, to nobody.
    let not_yet = (404, "not-yet-known".to_owned());
    assert_eq!(code(fixture.pay_static(&payer, shop, 100).await), not_yet);
    assert_eq!(code(fixture.ask(&owner, shop).await), not_yet);
    assert_eq!(fixture.try_set_approval(&shop.to_string(), false).await.status, 404);
    let fee = format!("/api/v1/ledger/businesses/{shop}/fee-rate");
    let rate = json!({"fee_basis_points": 0, "reason": "contract", "operator": "ops@example.com"});
    assert_eq!(fixture.send(Call::post(&fee).json(&rate)).await.status, 404);
    let home = fixture.get(&owner, &format!("/api/v1/home?business_id={shop}")).await.1;
    assert_eq!(home["attention"][0]["code"], "shop-not-known-yet");

    fixture.deliver(PROFILE_FUNCTION, &[changed(&owner, shop, 1, "永記茶餐廳")]).await;
    assert_eq!(fixture.pay_static(&payer, shop, 10_000).await.0, 201);
    assert_eq!(fixture.takings(&owner, shop).await, net(10_000));
    // What business-profile says later is of other things.
    fixture.deliver(PROFILE_FUNCTION, &[changed(&owner, shop, 2, "新永記")]).await;
    fixture.deliver(FUNCTION, &[approval]).await;
    assert_eq!(fixture.pay_static(&payer, shop, 100).await.0, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_of_a_shops_two_events_comes_first_it_can_be_paid() {
    let fixture = Fixture::new().await;
    let other = payments::routes(fixture.another_instance());
    let owner = fixture.person(Product::Business).await;
    for round in 0..rounds(200, 40) {
        let shop = BusinessId::new();
        let [profile, verification] = Race::default().waits(round);
        let (known, approval) =
            ([changed(&owner, shop, 1, "永記茶餐廳")], [approved(shop, 1, true)]);
        join(
            after(profile, fixture.deliver(PROFILE_FUNCTION, &known)),
            after(verification, testkit::deliver(&other, FUNCTION, &approval)),
        )
        .await;
        let (status, request) = fixture.ask(&owner, shop).await;
        assert_eq!(status, 201, "round {round}: {request}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_payment_begins_once_it_is_said_that_a_shop_cannot_be_paid() {
    let fixture = Fixture::new().await;
    let other = payments::routes(fixture.another_instance());
    let payer = fixture.consumer_with(100_000).await;
    let (_, shop) = fixture.shop().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let (mut paid, mut race): (u32, _) = (0, Race::default());
    for round in 0..rounds(200, 40) {
        let [paying, saying] = race.waits(round);
        let key = new_key();
        let body = static_payment(&payer, shop, 100, &key);
        let call = Call::post(PAYMENTS).bearer(&payer.token).key(&key).json(&body);
        let (answer, _) = join(
            after(paying, call.send(&other)),
            after(saying, fixture.set_approval(shop, false)),
        )
        .await;
        race.won(answer.status == 201);
        match answer.status {
            201 => paid = paid.saturating_add(1),
            status => assert_eq!(code((status, answer.json())), not_approved(), "round {round}"),
        }
        assert_eq!(code(fixture.pay_static(&payer, shop, 100).await), not_approved());
        // Money that has moved stays where it is, and a repeat says so.
        let again = fixture.post(&payer, PAYMENTS, &key, &body).await;
        assert_eq!(again.0, answer.status, "round {round}: {}", again.1);
        fixture.set_approval(shop, true).await;
        conn.query_drop("UPDATE accounts SET used_on = '2001-01-01'").await.unwrap();
    }
    race.assert_each_won();
    assert_eq!(fixture.balance(&payer).await, 100_000_i64.saturating_sub(100 * i64::from(paid)));
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn a_request_is_refused_before_its_shop_for_whoever_may_not_pay_it() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (_, shop) = fixture.new_shop().await;
    let key = new_key();
    let any = PaymentRequestId::new().to_string();
    let body = signed(&payer, shop, &any, &key);
    let unknown = fixture.post(&payer, PAYMENTS, &key, &body).await;
    assert_eq!(code(unknown), (404, "payment-request-not-found".to_owned()));
    let mut unproven = static_payment(&payer, shop, 100, &key);
    unproven["amount"]["amount"] = json!(101);
    let unproven = fixture.post(&payer, PAYMENTS, &key, &unproven).await;
    assert_eq!(code(unproven), (403, "confirmation-invalid".to_owned()));
}
