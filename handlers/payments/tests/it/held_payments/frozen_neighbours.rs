//! Who has moved money with frozen wallets lately shows who they are, and what is paid next to
//! several of them waits for a reviewer.

use serde_json::json;
use testkit::Call;
use values::StaffRole::Operator;
use values::StepUpPolicy;

use super::HELD_PAYMENTS;
use crate::freeze::code;
use crate::{Fixture, Person, new_key, signed};

impl Fixture {
    /// What becomes of a cent: `completed`, `held`, or why it is refused.
    async fn a_cent(&self, payer: &Person, payee: &Person) -> String {
        let (status, answer) = self.send_to(payer, payee, 1).await;
        let said = if status == 201 { &answer["status"] } else { &answer["code"] };
        said.as_str().unwrap().to_owned()
    }

    async fn people(&self) -> [Person; 3] {
        [
            self.consumer_with(50_000).await,
            self.consumer_with(50_000).await,
            self.consumer_with(50_000).await,
        ]
    }
}

#[tokio::test]
async fn a_neighbour_of_a_frozen_wallet_pays_and_is_paid_with_the_pin_until_it_is_let_go() {
    let fixture = Fixture::under(StepUpPolicy::standard()).await;
    let [mule, stranger, other] = fixture.people().await;
    let [gave, took, opened] = fixture.people().await;
    let [let_open, customer, _] = fixture.people().await;
    let (owner, shop) = fixture.shop().await;
    let (request, key) = (fixture.request(&owner, shop).await, new_key());
    let payment = signed(&customer, shop, &request, &key);
    assert_eq!(fixture.post(&customer, "/api/v1/payments", &key, &payment).await.0, 201);
    assert_eq!(fixture.a_cent(&gave, &mule).await, "completed");
    assert_eq!(fixture.a_cent(&mule, &took).await, "completed");
    let of_mule = fixture.pay_link(&mule, 100).await;
    assert_eq!(fixture.claim(&opened, &of_mule).await.0, 201);
    let to_mule = fixture.red_packet(&let_open, 100, "equal-1").await;
    assert_eq!(fixture.claim(&mule, &to_mule).await.0, 201);

    let neighbours = [&gave, &took, &opened, &let_open];
    let account = mule.user_id.to_string();
    for direction in ["both", "outgoing"] {
        let (status, frozen) = match direction {
            "both" => fixture.change(&account, "freeze").await,
            _ => fixture.freeze_outgoing(&account).await,
        };
        assert_eq!(status, 200, "{frozen}");
        assert_eq!(fixture.change(&shop.to_string(), "freeze").await.0, 200);
        for neighbour in neighbours {
            let asked = "step-up-required";
            assert_eq!(fixture.a_cent(neighbour, &stranger).await, asked, "{direction}");
            assert_eq!(fixture.a_cent(&stranger, neighbour).await, asked, "{direction}");
        }
        // Nor does it spread to those who have dealt with neighbours, or with a shop.
        assert_eq!(fixture.a_cent(&stranger, &other).await, "completed", "{direction}");
        assert_eq!(fixture.a_cent(&customer, &other).await, "completed", "{direction}");
        fixture.unfreeze(&account).await;
        for neighbour in neighbours {
            assert_eq!(fixture.a_cent(neighbour, &stranger).await, "completed", "{direction}");
        }
    }
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn what_is_paid_next_to_three_frozen_wallets_waits_and_reviewers_alone_read_why() {
    let fixture = Fixture::under(StepUpPolicy::standard()).await;
    let [payer, payee, _] = fixture.people().await;
    let mules = fixture.people().await;
    for mule in &mules {
        assert_eq!(fixture.a_cent(mule, &payee).await, "completed");
    }
    for mule in &mules {
        fixture.freeze(&mule.user_id.to_string()).await;
    }
    let (status, held) = fixture.send_to(&payer, &payee, 100).await;
    assert_eq!((status, &held["status"]), (201, &json!("held")), "{held}");
    assert!(!held.to_string().contains("frozen"), "{held}");
    let token = fixture.staff("chan@example.com", &[Operator]);
    let waiting = fixture.send(Call::get(HELD_PAYMENTS).bearer(&token)).await.expect(200);
    let review = &waiting["items"][0];
    assert_eq!(review["rule"], "peer-payment; frozen wallets next to either side: 3 or more");
    let facts = &review["facts"];
    assert_eq!(
        (&facts["frozen_neighbours_of_payer"], &facts["frozen_neighbours_of_payee"]),
        (&json!(0), &json!(3))
    );
    // In a way where nothing waits, it is asked for.
    let link = crate::parcels::link(&payee, 1, &"k".repeat(22));
    let made = fixture.post(&payee, "/api/v1/pay-links", &"k".repeat(22), &link).await;
    assert_eq!(code(made), (401, "step-up-required".to_owned()));
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn a_wallet_is_a_neighbour_for_thirty_days() {
    let fixture = Fixture::under(StepUpPolicy::standard()).await;
    let [mule, neighbour, stranger] = fixture.people().await;
    assert_eq!(fixture.a_cent(&mule, &neighbour).await, "completed");
    fixture.freeze(&mule.user_id.to_string()).await;
    let age = |more: &str| {
        format!(
            "UPDATE frozen_neighbours
             SET moved_at = UTC_TIMESTAMP(6) - INTERVAL 30 DAY + INTERVAL {more} MINUTE"
        )
    };
    fixture.execute(&age("10")).await;
    assert_eq!(fixture.a_cent(&neighbour, &stranger).await, "step-up-required");
    fixture.execute(&age("-10")).await;
    assert_eq!(fixture.a_cent(&neighbour, &stranger).await, "completed");
}
