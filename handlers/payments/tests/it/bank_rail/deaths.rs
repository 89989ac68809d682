//! The handler dies at each step of each movement that the bank is told of: before it is told,
//! before it is heard, and before what it has said is kept.

use events::payments::{FpsPaymentFailedV1, MoneyMovedV1, TopUpFailedV1, WithdrawalFailedV1};

use super::own;
use crate::fps_payments::{PAYMENTS as FPS_PAYMENTS, pay as pay_by_fps};
use crate::limits::assert_limits_add_up;
use crate::withdrawals::money;
use crate::{Fixture, Person};

/// What the bank settles, and what it rejects, both later than it is told.
const AMOUNTS: [(i64, &str); 2] = [(5_091, "completed"), (5_097, "failed")];

/// Before what a handler dies, as SQL leaves what it has written.
#[derive(Debug, Clone, Copy)]
enum Before {
    Telling,
    Hearing,
    Keeping,
}

async fn die(fixture: &Fixture, death: Before) {
    match death {
        Before::Telling => fixture.forget_telling().await,
        Before::Hearing => {
            fixture
                .execute(
                    "UPDATE bank_instructions SET status = NULL, next_at = UTC_TIMESTAMP(6)
                     WHERE next_at IS NOT NULL",
                )
                .await;
        }
        Before::Keeping => {
            fixture.hear_the_bank().await;
            fixture
                .execute(
                    "UPDATE bank_instructions SET status = NULL, reason = NULL,
                         next_at = UTC_TIMESTAMP(6)",
                )
                .await;
        }
    }
}

/// One of each kind, and where it is read.
async fn begin_each(fixture: &Fixture, person: &Person, cents: i64) -> [String; 4] {
    let payment = pay_by_fps(fixture, person, cents).await;
    let fps = format!("{FPS_PAYMENTS}/{}", payment["fps_payment_id"].as_str().unwrap());
    [
        own(&fixture.begin_top_up(person, cents, "instant").await),
        own(&fixture.begin_top_up(person, cents, "bank-debit").await),
        own(&fixture.begin_withdrawal(person, cents).await),
        fps,
    ]
}

#[tokio::test]
async fn wherever_a_handler_dies_each_movement_ends_once_as_the_bank_says() {
    for death in [Before::Telling, Before::Hearing, Before::Keeping] {
        let fixture = Fixture::new().await;
        let person = fixture.consumer_with(50_000).await;
        let mut begun: Vec<(String, &str)> = Vec::new();
        for (cents, ends) in AMOUNTS {
            begun.extend(begin_each(&fixture, &person, cents).await.map(|path| (path, ends)));
        }
        for _ in 0..2 {
            die(&fixture, death).await;
            fixture.follow_bank().await;
        }
        fixture.hear_the_bank().await;
        for (path, ends) in &begun {
            let (_, ended) = fixture.get(&person, path).await;
            assert_eq!(ended["status"], *ends, "{death:?} {path} {ended}");
            assert!(ended["bank_status"].is_string(), "{death:?} {ended}");
        }
        // As much came as went.
        assert_eq!(money(&fixture, &person).await, [50_000, 50_000, 0], "{death:?}");
        assert_limits_add_up(&fixture).await;
        assert_eq!(fixture.audit().await["balanced"], true, "{death:?}");
        let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
        let failed: (Vec<TopUpFailedV1>, Vec<WithdrawalFailedV1>, Vec<FpsPaymentFailedV1>) = (
            fixture.database.told().await,
            fixture.database.told().await,
            fixture.database.told().await,
        );
        let told = (moved.len(), failed.0.len(), failed.1.len(), failed.2.len());
        assert_eq!(told, (1 + 4, 2, 1, 1), "{death:?}");
    }
}
