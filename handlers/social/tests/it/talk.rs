//! What is said of payments between people, and who sees it.

use events::Envelope;
use events::payments::{MoneyMovedV1, PeerPaymentVisibilityChangedV1, SideV1};
use futures_util::future::join;
use serde_json::{Value, json};
use testkit::{Answer, Call, event};
use uuid::Uuid;
use values::PeerPaymentId;

use crate::fixture::{BLOCKS, FRIENDS, Fixture, Person};

pub(crate) const ON_PAYMENTS: &str = "social_on_payments";
const ROUNDS: usize = 200;
/// An id tells when it was made: an hour ago, so that what is absent is not on its way.
const HOUR_OF_ID: u128 = 3_600_000 << 80;

pub(crate) fn old_id() -> PeerPaymentId {
    PeerPaymentId::from_uuid(Uuid::from_u128(Uuid::now_v7().as_u128().saturating_sub(HOUR_OF_ID)))
}

pub(crate) fn moved(
    id: PeerPaymentId,
    payer: &Person,
    payee: &Person,
    visibility: Option<&str>,
) -> Envelope {
    let side = |person: &Person| SideV1 {
        side_type: "user".to_owned(),
        id: Some(person.user_id.to_string()),
        name: "Somebody".to_owned(),
        told_user_id: Some(person.user_id.to_string()),
    };
    let sides = [side(payer), side(payee)];
    let moved = MoneyMovedV1 {
        visibility: visibility.map(str::to_owned),
        ..testkit::money_moved("peer-payment", &id.to_string(), sides, 5_000)
    };
    event(&id.to_string(), &moved)
}

pub(crate) fn hidden(id: PeerPaymentId) -> Envelope {
    let visibility = "private".to_owned();
    let changed = PeerPaymentVisibilityChangedV1 { peer_payment_id: id.to_string(), visibility };
    event(&id.to_string(), &changed)
}

pub(crate) fn path(id: PeerPaymentId, rest: &str) -> String {
    format!("/api/v1/social/peer-payments/{id}/{rest}")
}

/// A payment from the one to the other that their friends may see.
pub(crate) async fn shown(fixture: &Fixture, payer: &Person, payee: &Person) -> PeerPaymentId {
    let id = old_id();
    fixture.deliver(ON_PAYMENTS, &[moved(id, payer, payee, Some("friends"))]).await;
    id
}

pub(crate) async fn react(fixture: &Fixture, by: &Person, id: PeerPaymentId, what: &str) -> Answer {
    let call = Call::new("PUT", &path(id, "reaction")).json(&json!({"reaction": what}));
    fixture.send(by, call).await
}

pub(crate) async fn say(fixture: &Fixture, by: &Person, id: PeerPaymentId, words: &str) -> Answer {
    fixture.send(by, Call::post(&path(id, "comments")).json(&json!({"words": words}))).await
}

/// What of the list's items this person sees, by the field.
async fn seen(
    fixture: &Fixture,
    by: &Person,
    id: PeerPaymentId,
    what: &str,
    field: &str,
) -> Vec<Value> {
    let page = fixture.get(by, &path(id, what)).await;
    page["items"].as_array().unwrap().iter().map(|item| item[field].clone()).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Payer,
    Payee,
    FriendOfPayer,
    FriendOfPayee,
    Stranger,
    Asks,
    FormerFriend,
    InAGroup,
    BlockedByPayer,
    FriendOfPayerBlockedByPayee,
    FriendOfPayerWhoBlocksPayee,
}

/// Somebody who stands so to the payer and the payee.
async fn onlooker(fixture: &Fixture, stands: Stands, payer: &Person, payee: &Person) -> Person {
    let eve = fixture.person("Eve Ng").await;
    match stands {
        Stands::Payer => return payer.clone(),
        Stands::Payee => return payee.clone(),
        Stands::Stranger => {}
        Stands::FriendOfPayer => fixture.befriend(&eve, payer).await,
        Stands::FriendOfPayee => fixture.befriend(&eve, payee).await,
        Stands::Asks => drop(fixture.ask(&eve, payer).await.expect(200)),
        Stands::FormerFriend => {
            fixture.befriend(&eve, payer).await;
            fixture.act(payer, "DELETE", FRIENDS, &eve).await.expect(204);
        }
        Stands::InAGroup => {
            let host = fixture.person("Host").await;
            fixture.befriend(&host, payer).await;
            fixture.befriend(&host, &eve).await;
            fixture.group(&host, &[payer, &eve]).await;
        }
        Stands::BlockedByPayer => {
            fixture.befriend(&eve, payer).await;
            fixture.block(payer, &eve).await;
        }
        Stands::FriendOfPayerBlockedByPayee => {
            fixture.befriend(&eve, payer).await;
            fixture.block(payee, &eve).await;
        }
        Stands::FriendOfPayerWhoBlocksPayee => {
            fixture.befriend(&eve, payer).await;
            fixture.block(&eve, payee).await;
        }
    }
    eve
}

#[tokio::test]
async fn each_onlooker_sees_of_each_visibility_what_they_may_and_otherwise_what_is_not_there() {
    use Stands::*;
    let fixture = Fixture::new().await;
    for stands in [
        Payer,
        Payee,
        FriendOfPayer,
        FriendOfPayee,
        Stranger,
        Asks,
        FormerFriend,
        InAGroup,
        BlockedByPayer,
        FriendOfPayerBlockedByPayee,
        FriendOfPayerWhoBlocksPayee,
    ] {
        let (payer, payee) = (fixture.person("Ann").await, fixture.person("Bob").await);
        let eve = onlooker(&fixture, stands, &payer, &payee).await;
        let [private, open, hid, absent] = [old_id(), old_id(), old_id(), old_id()];
        let events = [
            moved(private, &payer, &payee, None),
            moved(open, &payer, &payee, Some("friends")),
            moved(hid, &payer, &payee, Some("friends")),
            hidden(hid),
        ];
        fixture.deliver(ON_PAYMENTS, &events).await;
        let is_party = matches!(stands, Payer | Payee);
        let is_friend = matches!(stands, FriendOfPayer | FriendOfPayee);
        for (id, sees) in
            [(private, is_party), (open, is_party || is_friend), (hid, is_party), (absent, false)]
        {
            let answers = [
                fixture.send(&eve, Call::get(&path(id, "reactions"))).await,
                fixture.send(&eve, Call::get(&path(id, "comments"))).await,
                react(&fixture, &eve, id, "love").await,
                say(&fixture, &eve, id, "Well done!").await,
            ];
            for (answer, status) in answers.into_iter().zip([200, 200, 204, 201]) {
                if sees {
                    answer.expect(status);
                    continue;
                }
                answer.expect_refusal(404, "seen-payment-not-found");
                let mut body = answer.json();
                body.as_object_mut().unwrap().remove("trace_id");
                let mut of_none =
                    fixture.send(&eve, Call::get(&path(absent, "comments"))).await.json();
                of_none.as_object_mut().unwrap().remove("trace_id");
                assert_eq!(body, of_none, "{stands:?}");
            }
        }
    }
}

#[tokio::test]
async fn what_somebody_said_goes_with_their_leave_to_see_and_between_people_who_are_apart() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann Wong").await, fixture.person("Bob Lee").await);
    let (cat, dan) = (fixture.person("Cat Ho").await, fixture.person("Dan Yip").await);
    fixture.befriend(&ann, &cat).await;
    fixture.befriend(&bob, &dan).await;
    let id = shown(&fixture, &ann, &bob).await;
    react(&fixture, &cat, id, "love").await.expect(204);
    react(&fixture, &cat, id, "wow").await.expect(204);
    say(&fixture, &cat, id, "Yum!").await.expect(201);
    say(&fixture, &dan, id, "多謝🙏").await.expect(201);
    assert_eq!(seen(&fixture, &dan, id, "reactions", "reaction").await, ["wow"]);
    assert_eq!(seen(&fixture, &dan, id, "comments", "author_name").await, ["Dan Yip", "C*** H***"]);
    assert_eq!(seen(&fixture, &ann, id, "comments", "words").await, ["多謝🙏", "Yum!"]);
    // Two onlookers who are apart do not read each other.
    fixture.block(&cat, &dan).await;
    assert_eq!(seen(&fixture, &cat, id, "comments", "words").await, ["Yum!"]);
    assert_eq!(seen(&fixture, &dan, id, "comments", "words").await, ["多謝🙏"]);
    assert!(seen(&fixture, &dan, id, "reactions", "reaction").await.is_empty());
    assert_eq!(seen(&fixture, &ann, id, "comments", "words").await.len(), 2);
    fixture.act(&cat, "DELETE", BLOCKS, &dan).await.expect(204);
    // A friend no longer: gone for all; a friend again: there.
    fixture.act(&ann, "DELETE", FRIENDS, &cat).await.expect(204);
    for reader in [&ann, &bob, &dan] {
        assert_eq!(seen(&fixture, reader, id, "comments", "words").await, ["多謝🙏"]);
    }
    fixture.befriend(&cat, &ann).await;
    assert_eq!(seen(&fixture, &bob, id, "comments", "words").await.len(), 2);
    fixture.deliver(ON_PAYMENTS, &[hidden(id)]).await;
    assert!(seen(&fixture, &ann, id, "comments", "words").await.is_empty());
    say(&fixture, &cat, id, "Hello?").await.expect_refusal(404, "seen-payment-not-found");
    // What one has shown can always be taken back.
    fixture.send(&cat, Call::new("DELETE", &path(id, "reaction"))).await.expect(204);
    assert_eq!(fixture.database.count("reactions").await, 0);
}

#[tokio::test]
async fn a_comment_is_made_once_for_each_key_and_deleted_by_its_author_the_payer_and_the_payee() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    let (cat, dan) = (fixture.person("Cat").await, fixture.person("Dan").await);
    fixture.befriend(&ann, &cat).await;
    fixture.befriend(&ann, &dan).await;
    let id = shown(&fixture, &ann, &bob).await;
    let call =
        Call::post(&path(id, "comments")).json(&json!({"words": "Yum!"})).key("key-of-cat-1234");
    let first = fixture.send(&cat, call.clone()).await;
    assert_eq!(fixture.send(&cat, call).await.expect(201), first.expect(201));
    assert_eq!(first.header("location"), path(id, "comments"));
    for bad in ["", " Yum", "Yum\u{202e}", "Yum\u{200b}!", &"a".repeat(281)] {
        say(&fixture, &cat, id, bad).await.expect_refusal(400, "invalid-body");
    }
    let delete = |comment: &Value| {
        Call::new(
            "DELETE",
            &format!("/api/v1/social/comments/{}", comment["comment_id"].as_str().unwrap()),
        )
    };
    for by in [&cat, &ann, &bob] {
        let comment = say(&fixture, &cat, id, "Again").await.expect(201);
        fixture.send(&dan, delete(&comment)).await.expect_refusal(404, "comment-not-found");
        fixture.send(by, delete(&comment)).await.expect(204);
        fixture.send(by, delete(&comment)).await.expect_refusal(404, "comment-not-found");
    }
    assert_eq!(seen(&fixture, &ann, id, "comments", "words").await, ["Yum!"]);
}

#[tokio::test]
async fn fifty_comments_of_one_person_and_two_hundred_in_all_stand_on_a_payment() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    let id = shown(&fixture, &ann, &bob).await;
    let mut authors = vec![ann.clone(), bob.clone()];
    for _ in 0..3 {
        let friend = fixture.nameless();
        fixture.befriend(&ann, &friend).await;
        authors.push(friend);
    }
    for author in &authors[..4] {
        for number in 0..49 {
            say(&fixture, author, id, &format!("Number {number}")).await.expect(201);
        }
        // Of two at once at the limit one is said.
        let both = join(say(&fixture, author, id, "Last"), say(&fixture, author, id, "Last")).await;
        let mut statuses = [both.0.status, both.1.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    }
    say(&fixture, &authors[4], id, "Me too").await.expect_refusal(409, "comments-used-up");
    assert_eq!(fixture.database.count("comments").await, 200);
}

#[tokio::test]
async fn the_events_of_a_payment_lead_to_the_same_in_any_order_and_any_number() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    let cat = fixture.person("Cat").await;
    fixture.befriend(&ann, &cat).await;
    let mut seed = u64::from(std::process::id());
    for round in 0..ROUNDS {
        let is_hidden = round % 2 == 0;
        let id = old_id();
        let mut events = vec![moved(id, &ann, &bob, Some("friends"))];
        events.extend(is_hidden.then(|| hidden(id)));
        events.extend(events.clone());
        for place in (1..events.len()).rev() {
            // Knuth's generator: enough to shuffle four.
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            events.swap(place, usize::try_from(seed >> 33).unwrap() % (place + 1));
        }
        for (number, event) in events.iter_mut().enumerate() {
            // Not the inbox makes it so: each has another id.
            event.id = format!("{}-{number}", event.id);
        }
        fixture.deliver(ON_PAYMENTS, &events).await;
        let status = if is_hidden { 404 } else { 200 };
        let answer = fixture.send(&cat, Call::get(&path(id, "comments"))).await;
        assert_eq!(answer.status, status, "process id {}, round {round}", std::process::id());
        fixture.send(&bob, Call::get(&path(id, "comments"))).await.expect(200);
    }
    assert_eq!(fixture.database.count("parked_events").await, 0);
}

#[tokio::test]
async fn of_two_who_have_paid_each_other_only_who_blocks_misses_what_the_other_says() {
    let fixture = Fixture::new().await;
    let (payer, payee) = (fixture.person("Ann").await, fixture.person("Bob").await);
    let id = shown(&fixture, &payer, &payee).await;
    say(&fixture, &payer, id, "Thanks").await.expect(201);
    say(&fixture, &payee, id, "Any time").await.expect(201);
    fixture.block(&payer, &payee).await;
    let words = async |by| seen(&fixture, by, id, "comments", "words").await;
    assert_eq!(words(&payee).await.len(), 2, "who is blocked learns nothing of it");
    assert_eq!(words(&payer).await, [json!("Thanks")]);
}

#[tokio::test]
async fn whoever_is_no_friend_of_the_reader_has_a_mask_and_no_id() {
    let fixture = Fixture::new().await;
    let (payer, payee) = (fixture.person("Ann").await, fixture.person("Bob Lau").await);
    let fay = fixture.person("Fay").await;
    fixture.befriend(&fay, &payer).await;
    let id = shown(&fixture, &payer, &payee).await;
    react(&fixture, &payee, id, "love").await.expect(204);
    say(&fixture, &payee, id, "Any time").await.expect(201);
    assert_eq!(seen(&fixture, &fay, id, "reactions", "user_id").await, [json!(null)]);
    assert_eq!(seen(&fixture, &fay, id, "comments", "author_id").await, [json!(null)]);
    react(&fixture, &payer, id, "love").await.expect(204);
    let ids = seen(&fixture, &fay, id, "reactions", "user_id").await;
    assert!(ids.contains(&json!(payer.user_id)), "{ids:?}");
}
