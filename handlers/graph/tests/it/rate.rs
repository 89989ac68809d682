//! How fast events are projected, and how large what they leave is:
//! `… cargo test -p graph --test it rate -- --ignored --nocapture`.

use std::time::Instant;

use values::{BusinessId, UserId};

use crate::fixture::{Fixture, ON_PAYMENTS, Side, documents_of};

const PAYMENTS: i64 = 2_000;
/// As many as a batch of the host has at most.
const BATCH: usize = 100;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints figures: cargo test -p graph --test it rate -- --ignored --nocapture"]
async fn the_payments_of_one_shop() {
    let fixture = Fixture::new().await;
    let shop = Side::Shop(BusinessId::new());
    let payers: Vec<Side> = (0..200).map(|_| Side::Person(UserId::new())).collect();
    let mut payer = payers.iter().cycle();
    let money: Vec<_> = (0..PAYMENTS)
        .map(|second| fixture.money("payment", [*payer.next().unwrap(), shop], 100, second))
        .collect();
    fixture.book(&money).await;
    let events: Vec<_> = money.into_iter().map(|money| money.event).collect();
    for (what, events) in [("new", &events), ("again", &events)] {
        let begun = Instant::now();
        for batch in events.chunks(BATCH) {
            fixture.deliver(ON_PAYMENTS, batch).await;
        }
        let seconds = begun.elapsed().as_secs_f64();
        eprintln!("{what}: {PAYMENTS} payments in {seconds:.1} s: {:.0}/s", 2_000.0 / seconds);
    }
    let begun = Instant::now();
    assert_eq!(fixture.verify().await["is_equal"], true);
    eprintln!("compared with the ledger in {:.1} s", begun.elapsed().as_secs_f64());
    let Side::Shop(shop) = shop else { panic!("a shop") };
    let account = fixture.account_of(shop).await;
    let near = format!("/api/v1/graph/accounts/{account}/counterparties?hours=720");
    let begun = Instant::now();
    let seen = fixture.see(&near).await;
    assert_eq!(seen["payer_count"], 200);
    eprintln!("its counterparties in {} ms: {}", begun.elapsed().as_millis(), seen["cost"]);
    let documents = documents_of(&[account]).await;
    let edges = documents.iter().filter(|document| document.contains_key("day"));
    let sizes: Vec<usize> = edges.map(|edge| serde_json::to_string(edge).unwrap().len()).collect();
    let mean = sizes.iter().sum::<usize>() / sizes.len();
    eprintln!("{} edges of {mean} bytes, with Cosmos' own fields", sizes.len());
}
