//! Whoever asks for an account, its owner and staff, at the same moment.

use std::time::Duration;

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use testkit::Device;
use tokio::time::sleep;

use crate::recoveries::{cancel, decide, finish_on, insert_ready};
use crate::staff::{administrators, with_roles};
use crate::{Fixture, Person, new_phone};

const PEOPLE: usize = 8;
const ROUNDS: usize = 25;
/// By then the other has come, however busy the machine is.
const LATE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn what_is_called_off_while_it_is_approved_stays_called_off_two_hundred_times() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    // One after the other, so that each has a name of their own.
    let mut reviewers = Vec::new();
    for _ in 0..PEOPLE {
        reviewers.push(with_roles(&fixture, &both, &["reviewer"]).await);
    }
    let approved = join_all(reviewers.iter().map(async |reviewer| {
        let person = fixture.sign_up().await;
        let mut outcomes = Vec::new();
        for round in 0..ROUNDS {
            let id = insert_ready(&fixture, &person, &new_phone(), "proposed").await.to_string();
            // Each comes first once, however busy the machine is.
            let [approves_late, cancels_late] = match round {
                0 => [LATE, Duration::ZERO],
                _ if round + 1 == ROUNDS => [Duration::ZERO, LATE],
                _ => [Duration::ZERO; 2],
            };
            let (approval, cancellation) = futures_util::join!(
                async {
                    sleep(approves_late).await;
                    decide(&fixture, reviewer, &id, "approve").await
                },
                async {
                    sleep(cancels_late).await;
                    cancel(&fixture, &person).await
                }
            );
            assert_eq!(cancellation.0, 204, "{}", cancellation.1);
            assert!([200, 409].contains(&approval.0), "{approval:?}");
            outcomes.push(approval.0 == 200);
        }
        outcomes
    }))
    .await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let open = "SELECT COUNT(*) FROM recoveries WHERE status <> 'cancelled'";
    let open: Option<u64> = conn.query_first(open).await.unwrap();
    assert_eq!(open, Some(0));
    // Each came first at times.
    let approved = approved.concat();
    assert!(approved.contains(&true) && approved.contains(&false));
}

#[tokio::test]
async fn of_two_who_finish_and_the_owner_who_calls_off_at_once_one_has_their_way_two_hundred_times()
{
    let fixture = Fixture::new().await;
    let lanes = (0..PEOPLE).map(async |_| {
        let mut person = fixture.sign_up().await;
        let mut cancellations = Vec::new();
        for round in 0..ROUNDS {
            let phones = [new_phone(), new_phone()];
            let devices = [Device::new(), Device::new()];
            let mut ids = Vec::new();
            for phone in &phones {
                let id = insert_ready(&fixture, &person, phone, "approved").await;
                ids.push(id.to_string());
            }
            // To finish hashes a PIN first: now the one is ahead, now the other. In the last round
            // the owner is too late, however busy the machine is.
            let is_last = round + 1 == ROUNDS;
            let soon = Duration::from_millis(u64::try_from(round).unwrap() * 8);
            let late = if is_last { LATE } else { soon };
            let cancel = async {
                sleep(late).await;
                cancel(&fixture, &person).await
            };
            let (first, second, cancelled) = futures_util::join!(
                finish_on(&fixture, &ids[0], &phones[0], &devices[0]),
                finish_on(&fixture, &ids[1], &phones[1], &devices[1]),
                cancel,
            );
            let statuses = [first.0 == 201, second.0 == 201, cancelled.0 == 204];
            let winners = statuses.iter().filter(|won| **won).count();
            assert_eq!(winners, 1, "{first:?} {second:?} {cancelled:?}");
            cancellations.push(statuses[2]);
            let finished = [first, second].into_iter().zip(devices).zip(phones);
            for (((status, tokens), device), phone) in finished {
                if status == 201 {
                    person = Person { phone, device, tokens };
                }
            }
        }
        cancellations
    });
    let cancelled = join_all(lanes).await.concat();
    assert!(cancelled.contains(&true) && cancelled.contains(&false));
}
