//! How well a wallet's owner is known: by onboarding's word, and by operators'.

use std::time::Duration;

use events::Envelope;
use events::onboarding::PersonVerificationChangedV1;
use futures_util::future::join;
use serde_json::{Value, json};
use testkit::{Answer, Call, event, rounds};
use values::{Product, UserId};

use crate::limits::TOP_UPS;
use crate::withdrawals::code;
use crate::{Fixture, Person, Race, after, new_key};

const FUNCTION: &str = "payments_on_onboarding";

/// Onboarding says how well the person is known.
fn verified(person: &Person, version: u32, tier: &str) -> Envelope {
    let user_id = person.user_id.to_string();
    let changed =
        PersonVerificationChangedV1 { user_id: user_id.clone(), version, tier: tier.to_owned() };
    event(&user_id, &changed)
}

impl Fixture {
    /// An operator says how well the person is known.
    pub(crate) async fn set_tier(&self, person: &Person, tier: &str) -> Value {
        self.try_set_tier(&person.user_id.to_string(), tier).await.expect(200)
    }

    async fn try_set_tier(&self, user_id: &str, tier: &str) -> Answer {
        let path = format!("/api/v1/ledger/wallets/{user_id}/tier");
        let body = json!({"tier": tier, "reason": "HKID seen", "operator": "ops@example.com"});
        self.send(Call::post(&path).json(&body)).await
    }

    /// A person who has just signed up.
    async fn newcomer(&self) -> Person {
        let person = self.stranger(Product::Consumer);
        self.open_wallet(&person).await;
        person
    }

    async fn tier(&self, person: &Person) -> String {
        self.limits(person).await["tier"].as_str().unwrap().to_owned()
    }

    /// The tiers that the wallet had, and the versions of onboarding that brought them, newest
    /// first.
    async fn tier_changes(&self, person: &Person) -> Vec<(String, Option<u64>)> {
        let path = format!("/api/v1/ledger/accounts/{}", person.user_id);
        let account = self.send(Call::get(&path)).await.expect(200);
        let lines = account["tier_changes"].as_array().unwrap().iter();
        let line = |line: &Value| {
            let version = line["verification_version"].as_u64();
            // Either an operator's, with a reason, or onboarding's.
            let is_operators = [&line["operator"], &line["reason"]].map(Value::is_string);
            assert_eq!(is_operators, [version.is_none(); 2], "{line}");
            (line["tier"].as_str().unwrap().to_owned(), version)
        };
        lines.map(line).collect()
    }
}

#[tokio::test]
async fn who_has_just_signed_up_has_pocket_money_and_reads_what_raises_it() {
    let fixture = Fixture::new().await;
    let person = fixture.newcomer().await;
    let hkd = |amount: i64| json!({"amount": amount, "currency": "HKD"});
    for (tier, next, application, balance_max, attention) in [
        ("unverified", "verified", "identity", 300_000, vec!["verify-identity"]),
        ("verified", "address-verified", "address", 10_000_000, vec![]),
    ] {
        let limits = fixture.limits(&person).await;
        assert_eq!((&limits["tier"], &limits["balance_max"]), (&json!(tier), &hkd(balance_max)));
        let next_tier = json!({
            "tier": next, "application_kind": application, "balance_max": hkd(10_000_000),
        });
        assert_eq!(limits["next_tier"], next_tier);
        let home = fixture.get(&person, "/api/v1/home").await.1;
        assert_eq!(home["limits"]["wallet_balance_max"], hkd(balance_max));
        let found = home["attention"].as_array().unwrap().iter().map(|found| &found["code"]);
        assert_eq!(found.collect::<Vec<_>>(), attention);
        let (status, top_up) =
            fixture.post(&person, TOP_UPS, &new_key(), &json!({"amount": hkd(300_001)})).await;
        if tier == "unverified" {
            assert_eq!(code((status, top_up)), (422, "balance-limit-exceeded".to_owned()));
            fixture.deliver(FUNCTION, &[verified(&person, 1, "verified")]).await;
        } else {
            assert_eq!(status, 201, "{top_up}");
        }
    }
    assert_eq!(fixture.balance(&person).await, 300_001);
    fixture.deliver(FUNCTION, &[verified(&person, 2, "address-verified")]).await;
    assert_eq!(fixture.limits(&person).await["next_tier"], json!(null));
    let lines = [("address-verified".to_owned(), Some(2)), ("verified".to_owned(), Some(1))];
    assert_eq!(fixture.tier_changes(&person).await, lines);
}

#[tokio::test]
async fn the_later_word_counts_and_what_onboarding_said_before_it_changes_nothing() {
    let fixture = Fixture::new().await;
    let person = fixture.newcomer().await;
    for (version, tier, expected) in [
        (Some(2), "verified", "verified"),
        // Late, and twice.
        (Some(1), "unverified", "verified"),
        (Some(2), "address-verified", "verified"),
        (None, "unverified", "unverified"),
        (Some(2), "verified", "unverified"),
        (Some(1), "verified", "unverified"),
        // The same as the operator's word, and newer than what comes next.
        (Some(4), "unverified", "unverified"),
        (Some(3), "address-verified", "unverified"),
        (Some(5), "address-verified", "address-verified"),
        (None, "verified", "verified"),
    ] {
        match version {
            Some(version) => fixture.deliver(FUNCTION, &[verified(&person, version, tier)]).await,
            None => _ = fixture.set_tier(&person, tier).await,
        }
        assert_eq!(fixture.tier(&person).await, expected, "{version:?} {tier}");
    }
    let lines: [(&str, Option<u64>); 4] = [
        ("verified", None),
        ("address-verified", Some(5)),
        ("unverified", None),
        ("verified", Some(2)),
    ];
    assert_eq!(fixture.tier_changes(&person).await, lines.map(|(t, v)| (t.to_owned(), v)));
}

#[tokio::test]
async fn what_comes_before_the_sign_up_opens_the_wallet_and_the_sign_up_changes_nothing() {
    let fixture = Fixture::new().await;
    let person = fixture.stranger(Product::Consumer);
    fixture.deliver(FUNCTION, &[verified(&person, 1, "verified")]).await;
    fixture.open_wallet(&person).await;
    assert_eq!(fixture.tier(&person).await, "verified");
    assert_eq!(fixture.balance(&person).await, 0);
    // Delivered again with other events, and wrong ones among them.
    let mut unknown = verified(&person, 2, "known");
    let twice = verified(&person, 3, "address-verified");
    unknown.id = "unknown".to_owned();
    let batch = [unknown, twice.clone(), twice];
    fixture.deliver(FUNCTION, &batch).await;
    fixture.deliver(FUNCTION, &batch).await;
    assert_eq!(fixture.tier(&person).await, "address-verified");
    assert_eq!(fixture.database.count("parked_events").await, 1);
    assert_eq!(fixture.tier_changes(&person).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_of_sign_up_and_verification_comes_first_the_wallet_has_its_tier() {
    let fixture = Fixture::new().await;
    let other = payments::routes(fixture.another_instance());
    for round in 0..rounds(200, 40) {
        let person = fixture.stranger(Product::Consumer);
        let [sign_up, verification] = Race::default().waits(round);
        let verified = [verified(&person, 1, "verified")];
        join(
            after(sign_up, fixture.open_wallet(&person)),
            after(verification, testkit::deliver(&other, FUNCTION, &verified)),
        )
        .await;
        assert_eq!(fixture.tier(&person).await, "verified", "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_words_of_onboarding_and_an_operators_at_once_leave_what_the_history_says_last() {
    let fixture = Fixture::new().await;
    let other = payments::routes(fixture.another_instance());
    for round in 0..rounds(200, 40) {
        let person = fixture.newcomer().await;
        let [one, two] = Race::default().waits(round);
        let events = [verified(&person, 1, "verified"), verified(&person, 2, "address-verified")];
        let [first, second] = &events;
        let operator =
            after(Duration::from_millis(round % 3), fixture.set_tier(&person, "verified"));
        join(
            join(
                after(one, fixture.deliver(FUNCTION, std::slice::from_ref(first))),
                after(two, testkit::deliver(&other, FUNCTION, std::slice::from_ref(second))),
            ),
            operator,
        )
        .await;
        let lines = fixture.tier_changes(&person).await;
        assert_eq!(fixture.tier(&person).await, lines[0].0, "round {round}: {lines:?}");
        // Onboarding's older word never comes after its newer one.
        let versions: Vec<u64> = lines.iter().filter_map(|(_, version)| *version).collect();
        assert!(versions.contains(&2) && versions.is_sorted_by(|a, b| a > b), "{lines:?}");
        fixture.deliver(FUNCTION, &events).await;
        assert_eq!(fixture.tier_changes(&person).await, lines, "round {round}");
    }
}

#[tokio::test]
async fn an_operator_gives_a_wallet_another_tier_and_the_history_tells_who_did() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(400_000).await;
    let id = person.user_id.to_string();
    let first = fixture.set_tier(&person, "unverified").await;
    assert_eq!(first["tier"], "unverified");
    assert_eq!(fixture.set_tier(&person, "unverified").await, first);
    let line = &first["tier_changes"][0];
    assert_eq!(
        (&line["tier"], &line["operator"]),
        (&json!("unverified"), &json!("ops@example.com"))
    );
    assert_eq!(
        (&line["reason"], first["tier_changes"].as_array().unwrap().len()),
        (&json!("HKID seen"), 2)
    );
    // What was used stays used, and what is there stays there.
    let limits = fixture.limits(&person).await;
    let day = &limits["flows"][0]["per_day"];
    assert_eq!((&day["used"]["amount"], &day["left"]["amount"]), (&json!(400_000), &json!(0)));
    assert_eq!(fixture.balance(&person).await, 400_000);
    let home = fixture.get(&person, "/api/v1/home").await.1;
    assert_eq!(home["limits"]["wallet_balance_max"]["amount"], 300_000);
    let changed = fixture.set_tier(&person, "address-verified").await;
    let tiers: Vec<&Value> =
        changed["tier_changes"].as_array().unwrap().iter().map(|line| &line["tier"]).collect();
    assert_eq!(tiers, ["address-verified", "unverified", "verified"]);
    fixture.top_up(&person, 500_000).await;

    let (_, shop) = fixture.shop().await;
    assert_eq!(fixture.try_set_tier(&UserId::new().to_string(), "verified").await.status, 404);
    let as_person = UserId::from_uuid(shop.uuid()).to_string();
    assert_eq!(fixture.try_set_tier(&as_person, "verified").await.status, 404);
    assert_eq!(fixture.try_set_tier(&id, "known").await.status, 400);
    let path = format!("/api/v1/ledger/accounts/{shop}");
    let shop = fixture.send(Call::get(&path)).await.json();
    assert_eq!((&shop["tier"], &shop["tier_changes"]), (&json!(null), &json!([])));
}
