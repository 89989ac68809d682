//! What social tells, late, twice and in any order.

use values::UserId;

use crate::fixture::{Fixture, ON_SOCIAL, block, friendship};

const SHUFFLES: u64 = 40;

type Pair = (bool, bool, bool, u32, u32, u32);

#[tokio::test]
async fn whatever_the_order_and_however_often_the_last_word_counts() {
    let fixture = Fixture::new().await;
    let mut seed = fastrand::u64(..);
    for _ in 0..SHUFFLES {
        let mut random = fastrand::Rng::with_seed(seed);
        let (one, other) = (UserId::new(), UserId::new());
        let mut events = vec![
            friendship([one, other], "requested", 1),
            friendship([one, other], "friends", 2),
            friendship([one, other], "none", 3),
            friendship([one, other], "friends", 4),
            block(one, other, true, 1),
            block(one, other, false, 2),
            block(one, other, true, 3),
            block(other, one, true, 1),
            block(other, one, false, 2),
        ];
        events.extend(events.clone());
        random.shuffle(&mut events);
        let middle = random.usize(..events.len());
        let (first, second) = events.split_at(middle);
        fixture.deliver(ON_SOCIAL, first).await;
        fixture.deliver(ON_SOCIAL, second).await;
        let pairs: Vec<Pair> = fixture
            .query(
                "SELECT are_friends, first_blocks, second_blocks, friend_version,
                     first_block_version, second_block_version
                 FROM pairs ORDER BY first_id DESC LIMIT 1",
            )
            .await;
        assert_eq!(pairs, [(true, true, false, 4, 3, 2)], "seed {seed}");
        seed = random.u64(..);
    }
    assert_eq!(fixture.database.count("parked_events").await, 0);
}

#[tokio::test]
async fn two_in_the_wrong_order_or_with_a_wrong_id_are_parked() {
    let fixture = Fixture::new().await;
    let mut wrong = friendship([UserId::new(), UserId::new()], "friends", 1);
    let second = wrong.data["second"].take();
    let first = std::mem::replace(&mut wrong.data["first"], second);
    wrong.data["second"] = first;
    let mut broken = block(UserId::new(), UserId::new(), true, 1);
    broken.data["blocked_id"] = "usr_1".into();
    fixture.deliver(ON_SOCIAL, &[wrong, broken]).await;
    assert_eq!(fixture.database.count("parked_events").await, 2);
    assert_eq!(fixture.database.count("pairs").await, 0);
}
