//! Who is told that somebody reacted to a payment or commented on it, and how much of that.

use events::social::{PeerPaymentRemarkedV1, ToldOfRemarkV1};
use futures_util::future::join;
use mysql_async::prelude::Queryable;
use serde_json::json;
use testkit::Call;
use values::PeerPaymentId;

use crate::fixture::{FRIENDS, Fixture, Person};
use crate::talk::{ON_PAYMENTS, hidden, moved, old_id, path, react, say, shown};

const ROUNDS: usize = 200;

/// What was told last, in the order in which the people stand here; it tells nobody else.
async fn last_told(fixture: &Fixture, to: &[&Person]) -> Vec<ToldOfRemarkV1> {
    let remarked: Vec<PeerPaymentRemarkedV1> = fixture.database.told().await;
    let last = remarked.iter().max_by_key(|remarked| remarked.version).unwrap();
    assert_eq!(last.told.len(), to.len(), "{last:?}");
    let of = |person: &&Person| {
        let id = person.user_id.to_string();
        last.told.iter().find(|told| told.user_id == id).unwrap().clone()
    };
    to.iter().map(of).collect()
}

async fn count(fixture: &Fixture) -> usize {
    fixture.database.told::<PeerPaymentRemarkedV1>().await.len()
}

/// Two who paid, and somebody who is a friend of the payer alone.
async fn three(fixture: &Fixture) -> [Person; 3] {
    let ann = fixture.person("Ann Au").await;
    let bob = fixture.person("Bob Bo").await;
    let eve = fixture.person("Eve Ng").await;
    fixture.befriend(&ann, &eve).await;
    [ann, bob, eve]
}

#[tokio::test]
async fn payer_and_payee_are_told_who_reacted_as_each_may_see_it_and_how_many_others() {
    let fixture = Fixture::new().await;
    let [ann, bob, eve] = three(&fixture).await;
    let id = shown(&fixture, &ann, &bob).await;
    react(&fixture, &eve, id, "love").await.expect(204);
    let [payer, payee]: [ToldOfRemarkV1; 2] =
        last_told(&fixture, &[&ann, &bob]).await.try_into().unwrap();
    assert_eq!((payer.by_name.as_str(), payer.by_id), ("Eve Ng", Some(eve.user_id.to_string())));
    assert_eq!((payee.by_name.as_str(), payee.by_id), ("E*** N***", None));
    assert!(payer.is_own_payment && payee.is_own_payment);
    assert_eq!((payer.others, payee.others), (0, 0));

    react(&fixture, &bob, id, "like").await.expect(204);
    let [payer] = last_told(&fixture, &[&ann]).await.try_into().unwrap();
    assert_eq!((payer.others, payer.by_id), (1, None));
    react(&fixture, &ann, id, "like").await.expect(204);
    let [payee] = last_told(&fixture, &[&bob]).await.try_into().unwrap();
    assert_eq!(payee.others, 1);
}

#[tokio::test]
async fn of_a_reaction_that_is_changed_or_taken_back_and_shown_again_nobody_is_told_again() {
    let fixture = Fixture::new().await;
    let [ann, bob, eve] = three(&fixture).await;
    let id = shown(&fixture, &ann, &bob).await;
    for what in ["love", "love", "sad"] {
        react(&fixture, &eve, id, what).await.expect(204);
        fixture.send(&eve, Call::new("DELETE", &path(id, "reaction"))).await.expect(204);
    }
    assert_eq!(count(&fixture).await, 1);
}

#[tokio::test]
async fn a_reaction_of_before_it_was_noted_what_is_told_is_not_told_as_it_changes() {
    let fixture = Fixture::new().await;
    let [ann, bob, eve] = three(&fixture).await;
    let id = shown(&fixture, &ann, &bob).await;
    let sql = "INSERT INTO reactions (peer_payment_id, user_id, reaction, place, reacted_at)
        VALUES (?, ?, 'love', ?, NOW(6))";
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.exec_drop(sql, (id.uuid(), eve.user_id.uuid(), id.uuid())).await.unwrap();
    for what in ["love", "sad"] {
        react(&fixture, &eve, id, what).await.expect(204);
    }
    assert_eq!(count(&fixture).await, 0);
}

#[tokio::test]
async fn of_who_comments_again_and_again_others_are_told_once_in_ten_minutes() {
    let fixture = Fixture::new().await;
    let [ann, bob, eve] = three(&fixture).await;
    let id = shown(&fixture, &ann, &bob).await;
    for told in [1, 3] {
        for _ in 0..3 {
            let comment = say(&fixture, &eve, id, "Yum!").await.expect(201);
            let comment = comment["comment_id"].as_str().unwrap();
            let path = format!("/api/v1/social/comments/{comment}");
            fixture.send(&eve, Call::new("DELETE", &path)).await.expect(204);
        }
        assert_eq!(count(&fixture).await, told);
        // Another person, and another way to answer, are another matter.
        say(&fixture, &bob, id, "Thanks").await.expect(201);
        fixture.pass_hours(1).await;
    }
    react(&fixture, &eve, id, "love").await.expect(204);
    assert_eq!(count(&fixture).await, 5);
}

#[tokio::test]
async fn what_was_told_is_forgotten_after_a_month() {
    let fixture = Fixture::new().await;
    let [ann, bob, eve] = three(&fixture).await;
    let id = shown(&fixture, &ann, &bob).await;
    react(&fixture, &eve, id, "love").await.expect(204);
    fixture.pass_hours(24 * 31).await;
    react(&fixture, &bob, id, "love").await.expect(204);
    let tick = Call::post("/social_relay_outbox").json(&json!({"Data": {}, "Metadata": {}}));
    fixture.send(&ann, tick).await.expect(200);
    assert_eq!(fixture.database.count("told_remarks").await, 1);
}

#[tokio::test]
async fn thirty_who_see_it_are_told_of_a_comment_beside_payer_and_payee() {
    let fixture = Fixture::new().await;
    let [ann, bob, eve] = three(&fixture).await;
    let id = shown(&fixture, &ann, &bob).await;
    let mut others = Vec::new();
    for _ in 0..32 {
        let friend = fixture.nameless();
        fixture.befriend(&ann, &friend).await;
        say(&fixture, &friend, id, "Yum!").await.expect(201);
        others.push(friend);
    }
    say(&fixture, &bob, id, "Thanks").await.expect(201);
    // The last of them sees it no more, and takes nobody's place; nor does who comments.
    fixture.act(&ann, "DELETE", FRIENDS, &others[31]).await.expect(204);
    say(&fixture, &eve, id, "Me too").await.expect(201);
    let told: Vec<&Person> = others[1..31].iter().chain([&ann, &bob]).collect();
    last_told(&fixture, &told).await;
}

#[tokio::test]
async fn of_a_comment_those_are_told_too_who_commented_before_while_they_see_it() {
    let fixture = Fixture::new().await;
    let [ann, bob, eve] = three(&fixture).await;
    let joe = fixture.person("Joe Jo").await;
    fixture.befriend(&ann, &joe).await;
    let id = shown(&fixture, &ann, &bob).await;
    say(&fixture, &eve, id, "Bon appetit").await.expect(201);
    say(&fixture, &joe, id, "Again?").await.expect(201);
    let told = last_told(&fixture, &[&ann, &bob, &eve]).await;
    let [payer, _, earlier]: [ToldOfRemarkV1; 3] = told.try_into().unwrap();
    assert!(payer.is_own_payment && !earlier.is_own_payment);
    assert_eq!((payer.others, earlier.others), (1, 0));
    assert_eq!((earlier.by_name.as_str(), earlier.by_id), ("J*** J***", None));
    let whole = fixture.database.outbox().await;
    assert!(!serde_json::to_string(&whole).unwrap().contains("Again"));

    // Who sees the payment no more, and who is blocked, are told nothing; nor is who blocks.
    fixture.act(&ann, "DELETE", FRIENDS, &eve).await.expect(204);
    fixture.pass_hours(1).await;
    say(&fixture, &joe, id, "Still here").await.expect(201);
    last_told(&fixture, &[&ann, &bob]).await;
    fixture.block(&bob, &ann).await;
    say(&fixture, &ann, id, "So am I").await.expect(201);
    last_told(&fixture, &[&joe]).await;
}

#[tokio::test]
async fn a_payment_that_is_private_is_spoken_of_between_its_two_alone() {
    let fixture = Fixture::new().await;
    let [ann, bob, eve] = three(&fixture).await;
    let id: PeerPaymentId = shown(&fixture, &ann, &bob).await;
    say(&fixture, &eve, id, "Bon appetit").await.expect(201);
    fixture.deliver(ON_PAYMENTS, &[hidden(id)]).await;
    say(&fixture, &bob, id, "Thank you").await.expect(201);
    // Eve's own comment is not shown any more either, and does not count.
    let [payer] = last_told(&fixture, &[&ann]).await.try_into().unwrap();
    assert_eq!(payer.others, 0);
    // Where there is nobody to tell there is no event.
    let before = count(&fixture).await;
    let own = old_id();
    fixture.deliver(ON_PAYMENTS, &[moved(own, &ann, &bob, Some("friends"))]).await;
    fixture.block(&ann, &bob).await;
    react(&fixture, &bob, own, "sad").await.expect(204);
    assert_eq!(count(&fixture).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_react_at_once_the_later_is_told_with_the_other() {
    let fixture = Fixture::new().await;
    let [ann, bob, eve] = three(&fixture).await;
    let joe = fixture.person("Joe Jo").await;
    fixture.befriend(&ann, &joe).await;
    for _ in 0..ROUNDS {
        let id = shown(&fixture, &ann, &bob).await;
        let (one, other) =
            join(react(&fixture, &eve, id, "love"), react(&fixture, &joe, id, "wow")).await;
        assert_eq!((one.status, other.status), (204, 204));
    }
    let remarked: Vec<PeerPaymentRemarkedV1> = fixture.database.told().await;
    assert_eq!(remarked.len(), 2 * ROUNDS);
    for remarked in remarked {
        let others: Vec<u32> = remarked.told.iter().map(|told| told.others).collect();
        assert_eq!(others, [remarked.version.saturating_sub(1); 2], "{remarked:?}");
    }
}
