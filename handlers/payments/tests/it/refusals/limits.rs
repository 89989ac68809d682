//! Each limit of each movement, once it is used up; and of what a wallet may hold.

use super::{CENTS, Movement, Scene};
use crate::new_key;
use Movement::{
    Asking, BankDebit, CardTopUp, FpsPayment, MoneyRequest, PayLink, PeerPayment, RedPacket,
    Schedule, ShopRequest, StaticCode, Withdrawal,
};

/// HK$0.01 more than a verified person may move at once.
const OVER_TRANSACTION: i64 = 500_001;

impl Movement {
    /// As the columns name them in which it counts; none of what moves nothing yet.
    fn flows(self) -> &'static [&'static str] {
        match self {
            CardTopUp | BankDebit => &["top_up"],
            ShopRequest | StaticCode => &["payment"],
            PeerPayment | MoneyRequest | PayLink | RedPacket => &["peer_payment"],
            FpsPayment => &["peer_payment", "withdrawal"],
            Withdrawal => &["withdrawal"],
            Schedule | Asking => &[],
        }
    }
}

/// What a verified person may use of a limit, as `domain/limits.rs` has it.
fn max(flow: &str, period: &str) -> i64 {
    match (period, flow) {
        ("day", _) => 1_000_000,
        ("month", _) => 3_000_000,
        ("year", _) => 10_000_000,
        ("count", "payment") => 200,
        ("count", "withdrawal") => 10,
        _ => 100,
    }
}

#[tokio::test]
async fn each_limit_of_each_movement_refuses_what_is_above_it_with_its_code() {
    let scene = Scene::new().await;
    let before = scene.books().await;
    let user = scene.payer.user_id.uuid().simple();
    for movement in Movement::ALL.iter().copied() {
        for flow in movement.flows() {
            for (period, code) in [
                ("day", "422 daily-limit-exceeded"),
                ("month", "422 monthly-limit-exceeded"),
                ("year", "422 yearly-limit-exceeded"),
                ("count", "422 daily-count-exceeded"),
            ] {
                let set = |used: i64| {
                    format!(
                        "UPDATE accounts SET {flow}_{period} = {used}
                         WHERE account_id = UNHEX('{user}')"
                    )
                };
                // All of it is used but what is one cent, or one movement, too little.
                let left = movement.asked().unwrap_or(CENTS) - 1;
                let left = if period == "count" { 0 } else { left };
                scene.fixture.execute(&set(max(flow, period) - left)).await;
                let key = new_key();
                let body = movement.signed(&scene, &scene.payer, CENTS, &key);
                let refused = scene.code(&scene.payer, movement, &key, &body).await;
                assert_eq!(refused, code, "{movement}: {flow}");
                scene.fixture.execute(&set(0)).await;
            }
        }
    }
    for movement in [CardTopUp, BankDebit] {
        let key = new_key();
        let body = movement.signed(&scene, &scene.payer, OVER_TRANSACTION, &key);
        let refused = scene.code(&scene.payer, movement, &key, &body).await;
        assert_eq!(refused, "422 transaction-limit-exceeded", "{movement}");
    }
    assert_eq!(scene.books().await, before);
}

#[tokio::test]
async fn no_top_up_fills_a_wallet_above_what_it_may_hold() {
    let scene = Scene::new().await;
    // As full as the wallet of somebody unverified may be.
    scene.fixture.set_tier(&scene.payer, "unverified").await;
    scene.fixture.next_year().await;
    for movement in [CardTopUp, BankDebit] {
        let before = scene.books().await;
        let key = new_key();
        let body = movement.signed(&scene, &scene.payer, 1, &key);
        let refused = scene.code(&scene.payer, movement, &key, &body).await;
        assert_eq!(refused, "422 balance-limit-exceeded", "{movement}");
        assert_eq!(scene.books().await, before);
    }
}
