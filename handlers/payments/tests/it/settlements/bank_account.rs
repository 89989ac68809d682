//! To which bank account a shop's takings go: only its owner says, and the bank.

use serde_json::{Value, json};
use testkit::Call;
use values::Product;

use crate::peer_payments::name;
use crate::settlements::{HOLDER, shop_that_took};
use crate::withdrawals::code;
use crate::{Fixture, step_up};

fn wish(account_number: &str, holder_name: &str, settlement: &str) -> Value {
    json!({
        "bank_account": {"bank_code": "024", "account_number": account_number},
        "holder_name": holder_name,
        "settlement": settlement,
    })
}

#[tokio::test]
async fn an_owner_says_where_takings_go_and_the_newest_word_counts() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    name(&fixture, &owner, "CHAN Tai Man").await;
    let path = format!("/api/v1/wallets/businesses/{shop}/bank-account");
    let none = fixture.get(&owner, &path).await;
    assert_eq!(code(none), (404, "business-bank-account-not-found".to_owned()));
    // The shop's name or its owner's.
    for (number, holder, mode) in [
        ("123456789", HOLDER, "daily"),
        ("987654321", "Chan, Tai-man", "daily"),
        ("987654321", "Chan, Tai-man", "on-demand"),
    ] {
        let wish = wish(number, holder, mode);
        let registered = fixture.put(&owner, shop, "bank-account", &wish).await;
        assert_eq!(registered.0, 200, "{}", registered.1);
        let ending = number.get(5..).unwrap();
        assert_eq!(registered.1["bank_account"]["account_number_ending"], ending);
        assert_eq!(fixture.get(&owner, &path).await, registered);
        // Twice is once.
        assert_eq!(fixture.put(&owner, shop, "bank-account", &wish).await, registered);
    }
    assert_eq!(fixture.database.count("business_bank_accounts").await, 3);
}

#[tokio::test]
async fn what_is_wrong_with_a_shops_account_is_refused_and_nothing_is_registered() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let (stranger, _) = fixture.shop().await;
    let consumer = fixture.signed_in(owner.user_id, Product::Consumer);
    for (person, number, holder, status, expected) in [
        (&owner, "123456789", "Chan Tai Man", 422, "bank-account-name-mismatch"),
        (&owner, "123456792", HOLDER, 422, "bank-account-not-own"),
        (&owner, "123456798", HOLDER, 503, "try-again"),
        (&owner, "12345", HOLDER, 400, "invalid-body"),
        (&stranger, "123456789", HOLDER, 404, "business-not-found"),
        (&consumer, "123456789", HOLDER, 403, "wrong-product"),
    ] {
        let wish = wish(number, holder, "daily");
        let refused = fixture.put(person, shop, "bank-account", &wish).await;
        assert_eq!(code(refused), (status, expected.to_owned()), "{number} {holder}");
    }
    for mode in ["weekly", ""] {
        let wish = wish("123456789", HOLDER, mode);
        assert_eq!(fixture.put(&owner, shop, "bank-account", &wish).await.0, 400);
    }
    assert_eq!(fixture.database.count("business_bank_accounts").await, 0);
    let list = format!("/api/v1/wallets/businesses/{shop}/settlements");
    let strange = fixture.send(Call::get(&list).bearer(&stranger.token)).await;
    strange.expect_refusal(404, "business-not-found");
    let strange = fixture.ask_to_settle(&stranger, shop).await;
    assert_eq!(code(strange), (404, "business-not-found".to_owned()));
}

#[tokio::test]
async fn whoever_only_has_the_phone_unlocked_sends_takings_nowhere_else() {
    let rules = json!([{"acts": ["shop-bank-account"], "answer": "pin"}]);
    let fixture = Fixture::under(step_up::policy(rules)).await;
    let (mut owner, shop) = fixture.shop().await;
    let wish = wish("123456789", HOLDER, "daily");
    let refused = fixture.put(&owner, shop, "bank-account", &wish).await;
    assert_eq!(code(refused), (401, "step-up-required".to_owned()));
    owner.token = fixture.stepped_up(&owner, Product::Business, "pin", 10);
    assert_eq!(fixture.put(&owner, shop, "bank-account", &wish).await.0, 200);
}

#[tokio::test]
async fn takings_go_to_the_newest_account_by_whichever_instances_clock_it_came() {
    let fixture = Fixture::new().await;
    let (owner, shop, _) = shop_that_took(&fixture, 20_000).await;
    let newest = wish("987654321", HOLDER, "daily");
    assert_eq!(fixture.put(&owner, shop, "bank-account", &newest).await.0, 200);
    // As by an instance whose clock is far behind.
    let behind = "UPDATE business_bank_accounts SET business_bank_account_id = REPEAT(CHAR(0), 16)
        WHERE account_number = '987654321'";
    fixture.execute(behind).await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    let settled = fixture.settlements(&owner, shop).await;
    assert_eq!(settled[0]["bank_account"]["account_number_ending"], "4321", "{settled:?}");
}

#[tokio::test]
async fn whoever_looks_like_a_mule_takes_no_money_away_by_an_own_shop() {
    let fixture = Fixture::new().await;
    let (owner, shop, _) = shop_that_took(&fixture, 20_000).await;
    let seen = "INSERT INTO seen_risks (account_id, risk, reasons, version)
        SELECT owner_user_id, 'high', '[]', 1 FROM shops";
    fixture.execute(seen).await;
    assert_eq!(fixture.settle_yesterday().await, 200);
    let settled = fixture.settlements(&owner, shop).await;
    assert_eq!(settled[0]["carry_reason"], "under-review", "{settled:?}");
}
