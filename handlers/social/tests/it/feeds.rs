//! Who is told that their feed is another: friends who may see a payment, when it comes or goes.

use events::Envelope;
use events::social::FeedsChangedV1;
use mysql_async::prelude::Queryable;
use uuid::Uuid;

use crate::fixture::{FRIENDS, Fixture, Person};
use crate::talk::{ON_PAYMENTS, hidden, moved, old_id};

/// Whom this tells, by what they are called here.
async fn told<'a>(
    fixture: &Fixture,
    event: Envelope,
    people: &[(&'a str, &Person)],
) -> Vec<&'a str> {
    let before = fixture.database.told::<FeedsChangedV1>().await.len();
    fixture.deliver(ON_PAYMENTS, &[event]).await;
    let events = fixture.database.told::<FeedsChangedV1>().await;
    let told: Vec<String> = events.into_iter().skip(before).flat_map(|told| told.told).collect();
    let name = |id: &String| {
        let found = people.iter().find(|(_, person)| person.user_id.to_string() == *id);
        found.unwrap_or_else(|| panic!("somebody else is told: {id}")).0
    };
    let mut names: Vec<&str> = told.iter().map(name).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn friends_who_may_see_a_payment_are_told_when_it_comes_and_when_it_is_hidden() {
    let fixture = Fixture::new().await;
    let (payer, payee) = (fixture.person("Ann").await, fixture.person("Bob").await);
    let other = || fixture.person("Eve");
    let [both, of_payee, former, blocked, blocker, of_payer_blocks_payee] =
        [other().await, other().await, other().await, other().await, other().await, other().await];
    let _stranger = other().await;
    fixture.befriend(&payer, &payee).await;
    for person in [&both, &former, &blocked, &blocker, &of_payer_blocks_payee] {
        fixture.befriend(&payer, person).await;
    }
    fixture.befriend(&payee, &both).await;
    fixture.befriend(&payee, &of_payee).await;
    fixture.act(&payer, "DELETE", FRIENDS, &former).await.expect(204);
    fixture.block(&payer, &blocked).await;
    fixture.block(&blocker, &payer).await;
    fixture.block(&of_payer_blocks_payee, &payee).await;
    let people = [("both", &both), ("of payee", &of_payee)];
    let (private, shown, early) = (old_id(), old_id(), old_id());
    assert_eq!(told(&fixture, moved(private, &payer, &payee, None), &people).await, [""; 0]);
    let paid = moved(shown, &payer, &payee, Some("friends"));
    assert_eq!(told(&fixture, paid.clone(), &people).await, ["both", "of payee"]);
    // Once.
    assert_eq!(told(&fixture, paid, &people).await, [""; 0]);
    assert_eq!(told(&fixture, hidden(shown), &people).await, ["both", "of payee"]);
    assert_eq!(told(&fixture, hidden(shown), &people).await, [""; 0]);
    // Hidden before its money is heard of, it never was there.
    assert_eq!(told(&fixture, hidden(early), &people).await, [""; 0]);
    let late = moved(early, &payer, &payee, Some("friends"));
    assert_eq!(told(&fixture, late, &people).await, [""; 0]);
}

#[tokio::test]
async fn of_whoever_has_very_many_friends_nobody_is_told_at_once() {
    let fixture = Fixture::new().await;
    let (payer, payee) = (fixture.person("Ann").await, fixture.person("Bob").await);
    let friend = fixture.person("Eve").await;
    fixture.befriend(&payee, &friend).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let fill = "INSERT INTO friendships (first_id, second_id, first_sees, second_sees, is_told,
             version, place, since_at)
         SELECT LEAST(?, UNHEX(MD5(seq))), GREATEST(?, UNHEX(MD5(seq))), 'friend', 'friend', TRUE,
             1, UNHEX(MD5(seq)), NOW(6) FROM seq_1_to_500";
    let id: Uuid = payer.user_id.uuid();
    conn.exec_drop(fill, (id, id)).await.unwrap();
    let count = async |paid: Envelope| {
        let before = fixture.database.told::<FeedsChangedV1>().await.len();
        fixture.deliver(ON_PAYMENTS, &[paid]).await;
        let events = fixture.database.told::<FeedsChangedV1>().await;
        events.into_iter().skip(before).map(|told| told.told.len()).sum::<usize>()
    };
    assert_eq!(count(moved(old_id(), &payer, &payee, Some("friends"))).await, 501);
    fixture.befriend(&payer, &fixture.person("one more").await).await;
    assert_eq!(count(moved(old_id(), &payer, &payee, Some("friends"))).await, 1);
}
