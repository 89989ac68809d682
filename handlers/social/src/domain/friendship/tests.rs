//! What two people see of each other, whatever they do.

use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-29 08:00 UTC);

struct Pair {
    ann: UserId,
    bob: UserId,
    between: Friendship,
}

impl Pair {
    fn new() -> Self {
        let (ann, bob) = (UserId::new(), UserId::new());
        Self { ann, bob, between: Friendship::strangers([bob, ann], NOW) }
    }

    /// What Ann sees, and what Bob does.
    fn seen(&self) -> [Relation; 2] {
        [self.ann, self.bob].map(|user_id| self.between.seen_by(user_id))
    }

    fn told(&self) -> (String, Option<String>) {
        let told = self.between.changed_event([String::new(), String::new()], NOW);
        (told.status, told.requested_by)
    }
}

use Relation::{Friend, Nothing, Received, Sent};

#[test]
fn who_asks_and_is_answered_by_a_yes_is_a_friend() {
    let mut pair = Pair::new();
    let (ann, bob) = (pair.ann, pair.bob);
    assert_eq!(pair.between.ask(ann, false, NOW), Change::Told);
    assert_eq!(pair.seen(), [Sent, Received]);
    assert_eq!(pair.told(), ("requested".to_owned(), Some(ann.to_string())));
    assert_eq!(pair.between.accept(ann, NOW), Err(NO_FRIEND_REQUEST));
    assert_eq!(pair.between.accept(bob, NOW), Ok(Change::Told));
    assert_eq!((pair.seen(), pair.between.version), ([Friend, Friend], 2));
    assert_eq!(pair.told(), ("friends".to_owned(), Some(ann.to_string())));
    assert_eq!(pair.between.accept(bob, NOW), Ok(Change::Nothing));
    assert_eq!(pair.between.cancel(ann), Err(ALREADY_FRIENDS));
    assert_eq!((pair.between.part(), pair.seen()), (Change::Told, [Nothing, Nothing]));
    assert_eq!(pair.told(), ("none".to_owned(), None));
    assert_eq!((pair.between.part(), pair.between.version), (Change::Nothing, 3));
}

#[test]
fn two_who_ask_each_other_are_friends() {
    let mut pair = Pair::new();
    let (ann, bob) = (pair.ann, pair.bob);
    pair.between.ask(ann, false, NOW);
    assert_eq!(pair.between.ask(bob, false, NOW), Change::Told);
    assert_eq!(
        (pair.seen(), pair.between.ask(ann, false, NOW)),
        ([Friend, Friend], Change::Nothing)
    );
}

#[test]
fn who_was_declined_sees_what_who_was_not_answered_sees() {
    let mut pair = Pair::new();
    let (ann, bob) = (pair.ann, pair.bob);
    pair.between.ask(ann, false, NOW);
    let place = pair.between.place;
    assert_eq!(pair.between.decline(bob, NOW), Ok(Change::Quiet));
    assert_eq!((pair.seen(), pair.between.place), ([Sent, Nothing], place));
    assert_eq!(pair.between.decline(bob, NOW), Ok(Change::Nothing));
    assert_eq!(pair.between.ask(ann, false, NOW), Change::Nothing);
    // Taken back and asked again: theirs alone, for thirty days.
    pair.between.cancel(ann).unwrap();
    let last = NOW + NO_LASTS - Duration::seconds(1);
    assert_eq!(pair.between.ask(ann, false, last), Change::Quiet);
    assert_eq!((pair.seen(), pair.told().0), ([Sent, Nothing], "none".to_owned()));
    pair.between.cancel(ann).unwrap();
    assert_eq!(pair.between.ask(ann, false, NOW + NO_LASTS), Change::Told);
    assert_eq!(pair.seen(), [Sent, Received]);
}

#[test]
fn who_said_no_and_then_asks_has_a_friend() {
    let mut pair = Pair::new();
    let (ann, bob) = (pair.ann, pair.bob);
    pair.between.ask(ann, false, NOW);
    pair.between.decline(bob, NOW).unwrap();
    pair.between.ask(bob, false, NOW);
    assert_eq!(pair.seen(), [Friend, Friend]);
}

#[test]
fn of_asking_and_taking_back_the_other_is_told_once_in_thirty_days() {
    let mut pair = Pair::new();
    let ann = pair.ann;
    pair.between.ask(ann, false, NOW);
    for hour in 1..50 {
        pair.between.cancel(ann).unwrap();
        assert_eq!(pair.between.ask(ann, false, NOW + Duration::hours(hour)), Change::Quiet);
        assert_eq!(pair.seen(), [Sent, Received]);
    }
    // The one request, and that it was taken back.
    assert_eq!(pair.between.version, 2);
    pair.between.cancel(ann).unwrap();
    assert_eq!(pair.between.ask(ann, false, NOW + TOLD_ONCE_IN), Change::Told);
}

#[test]
fn who_is_blocked_sees_what_who_was_not_answered_sees() {
    let mut pair = Pair::new();
    let (ann, bob) = (pair.ann, pair.bob);
    pair.between.ask(ann, false, NOW);
    assert_eq!((pair.between.block(bob), pair.seen()), (Change::Quiet, [Sent, Nothing]));
    pair.between.cancel(ann).unwrap();
    assert_eq!(pair.between.ask(ann, true, NOW), Change::Quiet);
    assert_eq!((pair.seen(), pair.told().0), ([Sent, Nothing], "none".to_owned()));
}

#[test]
fn who_blocks_a_friend_or_whom_they_asked_ends_it() {
    let mut pair = Pair::new();
    let (ann, bob) = (pair.ann, pair.bob);
    pair.between.ask(ann, false, NOW);
    assert_eq!((pair.between.block(ann), pair.seen()), (Change::Told, [Nothing, Nothing]));
    pair.between.ask(ann, false, NOW);
    pair.between.accept(bob, NOW).unwrap();
    assert_eq!((pair.between.block(ann), pair.seen()), (Change::Told, [Nothing, Nothing]));
    assert_eq!(pair.between.block(ann), Change::Nothing);
}
