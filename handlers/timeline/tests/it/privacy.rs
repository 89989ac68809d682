//! Who sees what: every relation, each list, each visibility.

use serde_json::Value;
use values::UserId;

use crate::{
    FEED, Fixture, ON_PAYMENTS, ON_SOCIAL, Person, block, friendship, hiding, of_person, payment,
};

/// What a list says of the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// With its amount.
    Own,
    /// Without it.
    OfFriends,
    Nothing,
    /// The list itself is not there.
    NoList,
}
use Seen::{NoList, Nothing, OfFriends, Own};

/// What a reader is to the payer and the payee, by the events of social that say so.
type Relation = fn(reader: UserId, payer: UserId, payee: UserId) -> Vec<events::Envelope>;

/// The relation, then what is seen in the reader's own feed, in the payer's and in the payee's, of
/// what friends may see. Of what is private or was hidden only the two of them see anything.
const MATRIX: [(&str, Relation, [Seen; 3]); 13] = [
    ("stranger", |_, _, _| Vec::new(), [Nothing, NoList, NoList]),
    (
        "friend of the payer",
        |r, from, _| vec![friendship(r, from, 1, "friends")],
        [OfFriends, OfFriends, NoList],
    ),
    (
        "friend of the payee",
        |r, _, to| vec![friendship(to, r, 1, "friends")],
        [OfFriends, NoList, OfFriends],
    ),
    (
        "friend of both",
        |r, from, to| vec![friendship(r, from, 1, "friends"), friendship(r, to, 1, "friends")],
        [OfFriends, OfFriends, OfFriends],
    ),
    (
        "who has asked the payer",
        |r, from, _| vec![friendship(r, from, 1, "requested")],
        [Nothing, NoList, NoList],
    ),
    (
        "former friend of the payer",
        |r, from, _| vec![friendship(r, from, 1, "friends"), friendship(r, from, 2, "none")],
        [Nothing, NoList, NoList],
    ),
    (
        "friend again",
        |r, from, _| {
            let of = |version, status| friendship(r, from, version, status);
            vec![of(1, "friends"), of(2, "none"), of(3, "friends")]
        },
        [OfFriends, OfFriends, NoList],
    ),
    (
        "friend whom the payer blocks",
        |r, from, _| vec![friendship(r, from, 1, "friends"), block(from, r, 1, true)],
        [Nothing, NoList, NoList],
    ),
    (
        "friend who blocks the payer",
        |r, from, _| vec![friendship(r, from, 1, "friends"), block(r, from, 1, true)],
        [Nothing, NoList, NoList],
    ),
    (
        "friend of the payer whom the payee blocks",
        |r, from, to| vec![friendship(r, from, 1, "friends"), block(to, r, 1, true)],
        [Nothing, Nothing, NoList],
    ),
    (
        "friend of the payee who blocks the payer",
        |r, from, to| vec![friendship(r, to, 1, "friends"), block(r, from, 1, true)],
        [Nothing, NoList, Nothing],
    ),
    (
        "friend of both who blocks the payee",
        |r, from, to| {
            let friends = |of| friendship(r, of, 1, "friends");
            vec![friends(from), friends(to), block(r, to, 1, true)]
        },
        [Nothing, Nothing, NoList],
    ),
    (
        "friend who blocks the payer no longer",
        |r, from, _| {
            vec![
                friendship(r, from, 1, "friends"),
                block(r, from, 1, true),
                block(r, from, 2, false),
            ]
        },
        [OfFriends, OfFriends, NoList],
    ),
];

#[tokio::test]
async fn who_sees_a_payment_is_its_two_people_and_the_friends_that_both_have_nothing_against() {
    let fixture = Fixture::new().await;
    for visibility in ["friends", "private", "hidden", "hidden before it was told"] {
        for (relation, events_of, expected) in MATRIX {
            let [payer, payee, reader] = fixture.three().await;
            fixture.pay(&payer, &payee, visibility).await;
            let events = events_of(reader.id, payer.id, payee.id);
            fixture.deliver(ON_SOCIAL, &events).await;
            let shown =
                |seen| if seen == NoList || visibility == "friends" { seen } else { Nothing };
            let seen = fixture.seen_by(&reader, &payer, &payee).await;
            assert_eq!(seen, expected.map(shown), "{relation}, {visibility}");
            // Whatever others do, it is theirs.
            assert_eq!(fixture.seen_by(&payer, &payer, &payee).await, [Own, Own, NoList]);
            assert_eq!(fixture.seen_by(&payee, &payer, &payee).await, [Own, NoList, Own]);
        }
    }
}

#[tokio::test]
async fn friends_see_what_they_did_with_each_other_as_their_own_in_each_others_feed() {
    let fixture = Fixture::new().await;
    let [payer, payee, _] = fixture.three().await;
    fixture.befriend(&payer, &payee).await;
    fixture.pay(&payer, &payee, "friends").await;
    assert_eq!(fixture.seen_by(&payer, &payer, &payee).await, [Own, Own, Own]);
    assert_eq!(fixture.seen_by(&payee, &payer, &payee).await, [Own, Own, Own]);
    let of_payee = &fixture.entries(&payer, &of_person(payee.id)).await[0];
    assert_eq!(
        (&of_payee["is_outgoing"], &of_payee["counterparty"]["name"]),
        (&true.into(), &"Amy Lee".into())
    );
}

#[tokio::test]
async fn whom_somebody_blocks_keeps_their_own_payments_with_them_and_cannot_tell() {
    let fixture = Fixture::new().await;
    let [payer, payee, _] = fixture.three().await;
    fixture.pay(&payer, &payee, "friends").await;
    let before = fixture.get(&payer, FEED).await.expect(200);
    fixture.deliver(ON_SOCIAL, &[block(payee.id, payer.id, 1, true)]).await;
    assert_eq!(fixture.get(&payer, FEED).await.expect(200), before);
}

#[tokio::test]
async fn a_stranger_a_former_friend_who_blocks_and_nobody_at_all_are_one_answer() {
    let fixture = Fixture::new().await;
    let [stranger, blocker, reader] = fixture.three().await;
    fixture.befriend(&reader, &blocker).await;
    fixture.deliver(ON_SOCIAL, &[block(blocker.id, reader.id, 1, true)]).await;
    let former = fixture.somebody();
    fixture.befriend(&reader, &former).await;
    fixture.deliver(ON_SOCIAL, &[friendship(reader.id, former.id, 2, "none")]).await;
    let mut answers = Vec::new();
    for person in [stranger.id, blocker.id, former.id, UserId::new()] {
        let answer = fixture.get(&reader, &of_person(person)).await;
        answer.expect_refusal(404, "timeline-not-found");
        let mut body = answer.json();
        body["trace_id"].take();
        let headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        answers.push((body, headers));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn a_friend_is_called_by_name_and_everybody_else_by_a_mask_without_an_id() {
    let fixture = Fixture::new().await;
    let [payer, payee, reader] = fixture.three().await;
    fixture.befriend(&reader, &payer).await;
    fixture.pay(&payer, &payee, "friends").await;
    let entry = &fixture.entries(&reader, FEED).await[0];
    assert_eq!(entry["payer"]["name"], "陳大文");
    assert_eq!(entry["payer"]["user_id"], payer.id.to_string());
    assert_eq!(
        (&entry["payee"]["name"], &entry["payee"]["user_id"]),
        (&"A*** L***".into(), &Value::Null)
    );
    assert_eq!((&entry["note"], &entry["sticker"]), (&"dim sum 1".into(), &"milk-tea".into()));
    fixture.befriend(&reader, &payee).await;
    let entry = &fixture.entries(&reader, FEED).await[0];
    assert_eq!(entry["payee"]["name"], "Amy Lee");
    assert_eq!(entry["payee"]["user_id"], payee.id.to_string());
}

impl Fixture {
    async fn three(&self) -> [Person; 3] {
        [self.named("陳大文").await, self.named("Amy Lee").await, self.named("Ben").await]
    }

    async fn pay(&self, payer: &Person, payee: &Person, visibility: &str) {
        let shown = if visibility == "private" { "private" } else { "friends" };
        let (id, paid) = payment(payer.id, payee.id, 1, shown);
        let events = match visibility {
            "hidden" => vec![paid, hiding(id)],
            "hidden before it was told" => vec![hiding(id), paid],
            _ => vec![paid],
        };
        // Each alone, as a batch of one.
        for event in events {
            self.deliver(ON_PAYMENTS, &[event]).await;
        }
    }

    /// What the reader's feed, the payer's and the payee's say of the one payment that there is.
    async fn seen_by(&self, reader: &Person, payer: &Person, payee: &Person) -> [Seen; 3] {
        let mut all_seen = [NoList; 3];
        let paths = [FEED.to_owned(), of_person(payer.id), of_person(payee.id)];
        for (path, seen) in paths.iter().zip(&mut all_seen) {
            let answer = self.get(reader, path).await;
            if answer.status == 404 {
                continue;
            }
            let text = answer.text();
            let items = answer.expect(200)["items"].as_array().unwrap().clone();
            assert!(!text.contains("QUOTE-THIS") && !text.contains("mreq_"), "{text}");
            let says_amount = text.contains("987.65") || text.contains("98765");
            *seen = match &*items {
                [] => Nothing,
                [one] if one["type"] == "own" => Own,
                [one] if one["type"] == "of-friends" => OfFriends,
                _ => panic!("{text}"),
            };
            assert_eq!(says_amount, *seen == Own, "{text}");
        }
        all_seen
    }
}
