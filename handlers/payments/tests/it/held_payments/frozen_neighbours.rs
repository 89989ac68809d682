//! Whoever gave to several wallets that are frozen, or got more than dust from them, is a part of
//! what is taken apart: what they pay to people waits for a reviewer. What others do to a wallet,
//! or to whom it pays, changes nothing for it.

use serde_json::json;
use testkit::Call;
use values::StaffRole::Operator;
use values::StepUpPolicy;

use super::HELD_PAYMENTS;
use crate::freeze::code;
use crate::{Fixture, Person, new_key, signed};

/// What makes somebody a neighbour who got it, in cents.
const MUCH: i64 = 10_000;

impl Fixture {
    /// What becomes of a payment: `completed`, `held`, or why it is refused.
    async fn sent(&self, payer: &Person, payee: &Person, cents: i64) -> String {
        let (status, answer) = self.send_to(payer, payee, cents).await;
        let said = if status == 201 { &answer["status"] } else { &answer["code"] };
        said.as_str().unwrap().to_owned()
    }

    async fn a_cent(&self, payer: &Person, payee: &Person) -> String {
        self.sent(payer, payee, 1).await
    }

    async fn people(&self) -> [Person; 3] {
        [
            self.consumer_with(50_000).await,
            self.consumer_with(50_000).await,
            self.consumer_with(50_000).await,
        ]
    }

    async fn freeze_all(&self, people: &[Person]) {
        for person in people {
            self.freeze(&person.user_id.to_string()).await;
        }
    }

    async fn frozen_next_to(&self, person: &Person) -> u64 {
        let id = person.user_id.uuid().simple();
        self.database.count(&format!("frozen_neighbours WHERE account_id = 0x{id}")).await
    }
}

#[tokio::test]
async fn who_gave_or_got_much_is_next_to_a_frozen_wallet_in_whichever_way_it_moved() {
    let fixture = Fixture::under(StepUpPolicy::standard()).await;
    for direction in ["both", "outgoing"] {
        let [mule, gave, got] = fixture.people().await;
        let [let_open, opened, got_in_parts] = fixture.people().await;
        let [got_little, opened_little, customer] = fixture.people().await;
        let (owner, shop) = fixture.shop().await;
        let (request, key) = (fixture.request(&owner, shop).await, new_key());
        let payment = signed(&customer, shop, &request, &key);
        assert_eq!(fixture.post(&customer, "/api/v1/payments", &key, &payment).await.0, 201);
        assert_eq!(fixture.a_cent(&gave, &mule).await, "completed");
        let to_mule = fixture.red_packet(&let_open, 1, "equal-1").await;
        assert_eq!(fixture.claim(&mule, &to_mule).await.0, 201);
        assert_eq!(fixture.sent(&mule, &got, MUCH).await, "completed");
        let of_mule = fixture.pay_link(&mule, MUCH).await;
        assert_eq!(fixture.claim(&opened, &of_mule).await.0, 201);
        assert_eq!(fixture.sent(&mule, &got_in_parts, 1).await, "completed");
        let of_mule = fixture.pay_link(&mule, MUCH - 1).await;
        assert_eq!(fixture.claim(&got_in_parts, &of_mule).await.0, 201);
        assert_eq!(fixture.sent(&mule, &got_little, MUCH - 1).await, "completed");
        let of_mule = fixture.pay_link(&mule, MUCH - 1).await;
        assert_eq!(fixture.claim(&opened_little, &of_mule).await.0, 201);

        let account = mule.user_id.to_string();
        let (status, frozen) = match direction {
            "both" => fixture.change(&account, "freeze").await,
            _ => fixture.freeze_outgoing(&account).await,
        };
        assert_eq!(status, 200, "{frozen}");
        assert_eq!(fixture.change(&shop.to_string(), "freeze").await.0, 200);
        for (number, next_to) in [&gave, &let_open, &got, &opened, &got_in_parts].iter().enumerate()
        {
            assert_eq!(fixture.frozen_next_to(next_to).await, 1, "{number} {direction}");
        }
        for (number, other) in [&mule, &got_little, &opened_little, &customer].iter().enumerate() {
            assert_eq!(fixture.frozen_next_to(other).await, 0, "{number} {direction}");
        }
        // One tells nobody that a wallet was frozen.
        assert_eq!(fixture.a_cent(&gave, &customer).await, "completed", "{direction}");
    }
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn what_is_paid_next_to_three_frozen_wallets_waits_and_reviewers_alone_read_why() {
    let fixture = Fixture::under(StepUpPolicy::standard()).await;
    let ([gave, got, other], mules) = (fixture.people().await, fixture.people().await);
    for mule in &mules {
        assert_eq!(fixture.a_cent(&gave, mule).await, "completed");
        assert_eq!(fixture.sent(mule, &got, MUCH).await, "completed");
    }
    fixture.freeze_all(&mules[..2]).await;
    assert_eq!(fixture.a_cent(&gave, &other).await, "completed");
    fixture.freeze_all(&mules[2..]).await;
    let token = fixture.staff("chan@example.com", &[Operator]);
    for payer in [&gave, &got] {
        let (status, held) = fixture.send_to(payer, &other, 100).await;
        assert_eq!((status, &held["status"]), (201, &json!("held")), "{held}");
        assert!(!held.to_string().contains("frozen"), "{held}");
        let waiting = fixture.send(Call::get(HELD_PAYMENTS).bearer(&token)).await.expect(200);
        let review = &waiting["items"][0];
        assert_eq!(review["rule"], "peer-payment; frozen wallets next to the payer: 3 or more");
        assert_eq!(review["facts"]["frozen_neighbours"], 3);
        // In a way where nothing waits, it is asked for.
        let link = crate::parcels::link(payer, 1, &"k".repeat(22));
        let made = fixture.post(payer, "/api/v1/pay-links", &"k".repeat(22), &link).await;
        assert_eq!(code(made), (401, "step-up-required".to_owned()));
    }
    // Whom a payer pays changes nothing, so nobody learns of others by paying them.
    assert_eq!(fixture.a_cent(&other, &gave).await, "completed");
    fixture.unfreeze(&mules[0].user_id.to_string()).await;
    assert_eq!(fixture.a_cent(&gave, &other).await, "completed");
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn cents_of_three_wallets_that_are_frozen_then_change_nothing_for_who_got_them() {
    let fixture = Fixture::under(StepUpPolicy::standard()).await;
    let ([honest, other, _], mules) = (fixture.people().await, fixture.people().await);
    for mule in &mules {
        assert_eq!(fixture.a_cent(mule, &honest).await, "completed");
    }
    fixture.freeze_all(&mules).await;
    assert_eq!(fixture.a_cent(&honest, &other).await, "completed");
    assert_eq!(fixture.a_cent(&other, &honest).await, "completed");
    let link = crate::parcels::link(&honest, 1, &"k".repeat(22));
    let made = fixture.post(&honest, "/api/v1/pay-links", &"k".repeat(22), &link).await;
    assert_eq!(made.0, 201, "{made:?}");
}

#[tokio::test]
async fn a_freeze_that_finds_no_neighbours_stands_and_the_timer_finds_them() {
    let fixture = Fixture::under(StepUpPolicy::standard()).await;
    let [mule, gave, _] = fixture.people().await;
    assert_eq!(fixture.a_cent(&gave, &mule).await, "completed");
    fixture.execute("RENAME TABLE frozen_neighbours TO away").await;
    fixture.freeze(&mule.user_id.to_string()).await;
    assert_ne!(fixture.look_after_pending().await, 200);
    fixture.execute("RENAME TABLE away TO frozen_neighbours").await;
    assert_eq!(fixture.frozen_next_to(&gave).await, 0);
    assert_eq!(fixture.look_after_pending().await, 200);
    assert_eq!(fixture.frozen_next_to(&gave).await, 1);
    assert_eq!(fixture.database.count("frozen_neighbours_to_find").await, 0);
}

#[tokio::test]
async fn a_wallet_is_a_neighbour_for_thirty_days() {
    let fixture = Fixture::under(StepUpPolicy::standard()).await;
    let ([neighbour, other, _], mules) = (fixture.people().await, fixture.people().await);
    for mule in &mules {
        assert_eq!(fixture.a_cent(&neighbour, mule).await, "completed");
    }
    fixture.freeze_all(&mules).await;
    let age = |more: &str| {
        format!(
            "UPDATE frozen_neighbours
             SET moved_at = UTC_TIMESTAMP(6) - INTERVAL 30 DAY + INTERVAL {more} MINUTE"
        )
    };
    fixture.execute(&age("10")).await;
    assert_eq!(fixture.look_after_pending().await, 200);
    assert_eq!(fixture.a_cent(&neighbour, &other).await, "held");
    fixture.execute(&age("-10")).await;
    assert_eq!(fixture.a_cent(&neighbour, &other).await, "completed");
    assert_eq!(fixture.look_after_pending().await, 200);
    assert_eq!(fixture.frozen_next_to(&neighbour).await, 0);
}
