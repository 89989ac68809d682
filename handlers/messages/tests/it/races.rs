//! Several at once, many times over.

use std::collections::BTreeSet;

use futures_util::future::{join, join_all};
use uuid::Uuid;

use crate::fixture::{CONVERSATIONS, Fixture, Person, say};

const ROUNDS: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_open_a_conversation_at_once_both_have_the_same() {
    let fixture = Fixture::new().await;
    for round in 0..ROUNDS {
        let people = [(); 2].map(|()| fixture.sign_in(values::UserId::new()));
        let [one, other] = &people;
        fixture.befriend(one, other).await;
        let (first, second) = join(fixture.open(one, other), fixture.open(other, one)).await;
        assert_eq!(first, second, "{round}");
    }
    let rounds = u64::try_from(ROUNDS).unwrap();
    assert_eq!(fixture.database.count("conversations").await, rounds);
    assert_eq!(fixture.database.count("members").await, rounds * 2);
}

/// Each message is sent by three calls at once, as a client does that hears no answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_repeats_at_once_each_message_is_there_once_and_no_reader_sees_a_gap() {
    let (fixture, people, id) = Fixture::with_friends().await;
    let mut sent = BTreeSet::new();
    let mut known = 0;
    for round in 0..ROUNDS {
        // Not what this is about.
        let _: Vec<u8> = fixture.query("UPDATE members SET pace_began_at = NULL").await;
        let keys = [(); 2].map(|()| Uuid::new_v4().to_string());
        let sends = people.iter().zip(&keys).flat_map(|(person, key)| {
            [(); 3].map(|()| fixture.send(person, say(&id, "Hello").key(key)))
        });
        let reads = read_on(&fixture, &people[0], &id, known);
        let (answers, read) = join(join_all(sends), reads).await;
        for (call, answer) in answers.into_iter().enumerate() {
            let message = answer.expect(201);
            sent.insert((message["number"].as_u64().unwrap(), message["message_id"].to_string()));
            assert_eq!(sent.len(), known + if call < 3 { 1 } else { 2 }, "{round}");
        }
        // What a reader saw meanwhile had no hole in it.
        let expected: Vec<u64> = (1..).skip(known).take(read.len()).collect();
        assert_eq!(read, expected, "{round}");
        known += 2;
    }
    let numbers: Vec<u64> = sent.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=u64::try_from(known).unwrap()).collect::<Vec<_>>());
    assert_eq!(fixture.database.count("messages").await, u64::try_from(known).unwrap());
    assert_eq!(fixture.unread(&people[1]).await.0, u64::try_from(ROUNDS).unwrap());
}

/// The numbers that somebody reads above one that they know.
async fn read_on(fixture: &Fixture, by: &Person, id: &str, known: usize) -> Vec<u64> {
    let path = format!("{CONVERSATIONS}/{id}/messages?newer_than={known}");
    let page = fixture.get(by, &path).await.expect(200);
    page["items"].as_array().unwrap().iter().map(|item| item["number"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sending_reading_and_withdrawing_at_once_what_is_unread_stays_true() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    for round in 0..ROUNDS {
        let _: Vec<u8> = fixture.query("UPDATE members SET pace_began_at = NULL").await;
        let first = fixture.say(&amy, &id, "first").await;
        let number = u32::try_from(first["number"].as_u64().unwrap()).unwrap();
        let read = fixture.mark_read(&ben, &id, number);
        let both = join(fixture.say(&amy, &id, "second"), fixture.withdraw(&amy, &first));
        let (_, (_, withdrawn)) = join(read, both).await;
        withdrawn.expect(200);
        let counted: Vec<u64> = fixture
            .query(
                "SELECT COUNT(*) FROM messages JOIN members m USING (conversation_id)
                 WHERE user_id <> sender_id AND number > read_number AND withdrawn_at IS NULL",
            )
            .await;
        assert_eq!([fixture.unread(&ben).await.0], counted[..], "{round}");
    }
}
