//! Each limit of each movement, once it is used up; and of what a wallet may hold.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use super::{CENTS, Movement, Scene};
use crate::new_key;
use Movement::{
    Asking, BankDebit, CardTopUp, FpsPayment, MoneyRequest, PayLink, PeerPayment, RedPacket,
    Schedule, ShopRequest, StaticCode, Withdrawal,
};

/// HK$0.01 more than a verified person may move at once.
const OVER_TRANSACTION: i64 = 500_001;
const PERIODS: [(&str, &str); 4] = [
    ("day", "422 daily-limit-exceeded"),
    ("month", "422 monthly-limit-exceeded"),
    ("year", "422 yearly-limit-exceeded"),
    ("count", "422 daily-count-exceeded"),
];

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

impl Scene {
    /// The payer has used all of a limit but this.
    async fn leave(&self, flow: &str, period: &str, left: i64) {
        let used = max(flow, period) - left;
        self.use_of_limit(flow, period, used).await;
    }

    async fn use_of_limit(&self, flow: &str, period: &str, used: i64) {
        let user = self.payer.user_id.uuid().simple();
        let set = format!(
            "UPDATE accounts SET {flow}_{period} = {used} WHERE account_id = UNHEX('{user}')"
        );
        self.fixture.execute(&set).await;
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
    for movement in Movement::ALL.iter().copied() {
        for flow in movement.flows() {
            for (period, code) in PERIODS {
                // All of it is used but what is one cent, or one movement, too little.
                let left = movement.asked().unwrap_or(CENTS) - 1;
                let left = if period == "count" { 0 } else { left };
                scene.leave(flow, period, left).await;
                let key = new_key();
                let body = movement.signed(&scene, &scene.payer, CENTS, &key);
                let refused = scene.code(&scene.payer, movement, &key, &body).await;
                assert_eq!(refused, code, "{movement}: {flow}");
                scene.use_of_limit(flow, period, 0).await;
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
async fn what_uses_up_a_limit_to_the_cent_or_to_the_last_movement_is_taken() {
    let scene = Scene::new().await;
    for movement in Movement::ALL.iter().copied() {
        for flow in movement.flows() {
            // A request is paid once.
            let once = movement.asked().map(|_| 1);
            for (period, _) in PERIODS.into_iter().take(once.unwrap_or(PERIODS.len())) {
                let left = if period == "count" { 1 } else { movement.asked().unwrap_or(CENTS) };
                scene.leave(flow, period, left).await;
                let key = new_key();
                let body = movement.signed(&scene, &scene.payer, CENTS, &key);
                let (status, answer) =
                    scene.fixture.post(&scene.payer, movement.path(), &key, &body).await;
                assert!((200..300).contains(&status), "{movement}: {flow} {period}: {answer}");
                scene.use_of_limit(flow, period, 0).await;
            }
        }
    }
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
