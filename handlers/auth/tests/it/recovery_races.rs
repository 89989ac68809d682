//! Whoever asks for an account, its owner and staff, at the same moment.

use std::cell::RefCell;

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use testkit::{Device, Race, after};

use crate::recoveries::{cancel, decide, finish_on, insert_ready};
use crate::staff::{administrators, with_roles};
use crate::{Fixture, Person, new_phone};

const PEOPLE: usize = 8;
/// Of each of them.
const ROUNDS: u64 = 25;

#[tokio::test]
async fn what_is_called_off_while_it_is_approved_stays_called_off_two_hundred_times() {
    let fixture = Fixture::new().await;
    let both = administrators(&fixture).await;
    // One after the other, so that each has a name of their own.
    let mut reviewers = Vec::new();
    for _ in 0..PEOPLE {
        reviewers.push(with_roles(&fixture, &both, &["reviewer"]).await);
    }
    let race = RefCell::new(Race::default());
    join_all(reviewers.iter().map(async |reviewer| {
        let person = fixture.sign_up().await;
        for round in 0..ROUNDS {
            let id = insert_ready(&fixture, &person, &new_phone(), "proposed").await.to_string();
            let [approves_after, cancels_after] = race.borrow().waits(round);
            let (approval, cancellation) = futures_util::join!(
                after(approves_after, decide(&fixture, reviewer, &id, "approve")),
                after(cancels_after, cancel(&fixture, &person)),
            );
            assert_eq!(cancellation.0, 204, "{}", cancellation.1);
            assert!([200, 409].contains(&approval.0), "{approval:?}");
            race.borrow_mut().won(approval.0 == 200);
        }
    }))
    .await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let open = "SELECT COUNT(*) FROM recoveries WHERE status <> 'cancelled'";
    let open: Option<u64> = conn.query_first(open).await.unwrap();
    assert_eq!(open, Some(0));
    race.borrow().assert_each_won();
}

#[tokio::test]
async fn of_two_who_finish_and_the_owner_who_calls_off_at_once_one_has_their_way_two_hundred_times()
{
    let fixture = Fixture::new().await;
    // To finish hashes a PIN first.
    let race = RefCell::new(Race::default());
    let lanes = (0..PEOPLE).map(async |_| {
        let mut person = fixture.sign_up().await;
        for round in 0..ROUNDS {
            let phones = [new_phone(), new_phone()];
            let devices = [Device::new(), Device::new()];
            let mut ids = Vec::new();
            for phone in &phones {
                let id = insert_ready(&fixture, &person, phone, "approved").await;
                ids.push(id.to_string());
            }
            let [finish_after, cancels_after] = race.borrow().waits(round);
            let finish = |twin: usize| {
                let finish = finish_on(&fixture, &ids[twin], &phones[twin], &devices[twin]);
                after(finish_after, finish)
            };
            let (first, second, cancelled) = futures_util::join!(
                finish(0),
                finish(1),
                after(cancels_after, cancel(&fixture, &person)),
            );
            let statuses = [first.0 == 201, second.0 == 201, cancelled.0 == 204];
            let winners = statuses.iter().filter(|won| **won).count();
            assert_eq!(winners, 1, "{first:?} {second:?} {cancelled:?}");
            race.borrow_mut().won(!statuses[2]);
            let finished = [first, second].into_iter().zip(devices).zip(phones);
            for (((status, tokens), device), phone) in finished {
                if status == 201 {
                    person = Person { phone, device, tokens };
                }
            }
        }
    });
    join_all(lanes).await;
    race.borrow().assert_each_won();
}
