//! What somebody's app has received, and who sees it.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Call};
use values::ConversationId;

use crate::fixture::{CONVERSATIONS, Fixture, ON_SOCIAL, Person};

async fn try_receive(fixture: &Fixture, by: &Person, numbers: &[(&str, u32)]) -> Answer {
    let delivery = |(id, number): &(&str, u32)| json!({"conversation_id": id, "number": number});
    let conversations: Vec<Value> = numbers.iter().map(delivery).collect();
    let call = Call::new("PUT", "/api/v1/messages/delivered");
    fixture.send(by, call.json(&json!({"conversations": conversations}))).await
}

async fn receive(fixture: &Fixture, by: &Person, numbers: &[(&str, u32)]) {
    try_receive(fixture, by, numbers).await.expect(204);
}

/// How far `of` has received and read, as `by` sees it.
async fn seen(fixture: &Fixture, by: &Person, id: &str, of: &Person) -> [u64; 2] {
    let shown = fixture.conversation(by, id).await;
    let of = of.user_id.to_string();
    let other = shown["others"].as_array().unwrap().iter().find(|one| one["user_id"] == of);
    ["delivered_up_to", "read_up_to"].map(|name| other.unwrap()[name].as_u64().unwrap())
}

#[tokio::test]
async fn what_was_received_stays_received_and_the_other_sees_how_far_without_being_told() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    for text in ["1", "2", "3"] {
        fixture.say(&amy, &id, text).await;
    }
    let told = fixture.database.count("outbox").await;
    for (number, delivered) in [(2, 2), (1, 2), (u32::MAX, 3), (3, 3)] {
        receive(&fixture, &ben, &[(&id, number)]).await;
        assert_eq!(seen(&fixture, &amy, &id, &ben).await, [delivered, 0], "{number}");
    }
    assert_eq!(fixture.unread(&ben).await, (3, 1));
    assert_eq!(fixture.database.count("outbox").await, told);
    let page = fixture.get(&amy, CONVERSATIONS).await.expect(200);
    assert_eq!(page["items"][0]["others"][0]["delivered_up_to"], 3);
    assert_eq!(seen(&fixture, &ben, &id, &amy).await, [0, 0]);
}

#[tokio::test]
async fn what_was_read_was_received() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    for text in ["1", "2", "3"] {
        fixture.say(&amy, &id, text).await;
    }
    receive(&fixture, &ben, &[(&id, 1)]).await;
    fixture.mark_read(&ben, &id, 2).await;
    assert_eq!(seen(&fixture, &amy, &id, &ben).await, [2, 2]);
    receive(&fixture, &ben, &[(&id, 1)]).await;
    assert_eq!(seen(&fixture, &amy, &id, &ben).await, [2, 2]);
    receive(&fixture, &ben, &[(&id, 3)]).await;
    assert_eq!(seen(&fixture, &amy, &id, &ben).await, [3, 2]);
}

#[tokio::test]
async fn of_several_conversations_each_that_is_the_callers_counts_and_none_tells_that_it_is_not() {
    let (fixture, [amy, ben], of_two) = Fixture::with_friends().await;
    let zoe = fixture.person("Zoe").await;
    let (_, of_group) = fixture.with_group(&[&amy, &zoe]).await;
    for id in [&of_two, &of_group] {
        fixture.say(&amy, id, "Hello").await;
    }
    let nobodys = ConversationId::new().to_string();
    let mut answers = Vec::new();
    for ids in [vec![&of_two], vec![&nobodys], vec![&nobodys, &of_group, &of_two]] {
        let numbers: Vec<(&str, u32)> = ids.iter().map(|id| (id.as_str(), 1)).collect();
        let answer = try_receive(&fixture, &zoe, &numbers).await;
        answers.push((answer.status, answer.body));
    }
    assert!(answers.iter().all(|answer| *answer == (204, Vec::new())), "{answers:?}");
    assert_eq!(seen(&fixture, &amy, &of_group, &zoe).await, [1, 0]);
    assert_eq!(seen(&fixture, &amy, &of_two, &ben).await, [0, 0]);
    assert_eq!(fixture.database.count("members").await, 4);
}

#[tokio::test]
async fn of_who_left_a_group_or_blocks_the_sender_nothing_new_is_seen() {
    let (fixture, [amy, ben], of_two) = Fixture::with_friends().await;
    let cat = fixture.person("Cat").await;
    let (group_id, of_group) = fixture.with_group(&[&amy, &ben, &cat]).await;
    fixture.say(&amy, &of_group, "1").await;
    fixture.deliver(ON_SOCIAL, &[fixture.group(group_id, "Hiking", &[&amy, &cat])]).await;
    fixture.say(&amy, &of_group, "2").await;
    for reader in [&ben, &cat] {
        receive(&fixture, reader, &[(&of_group, 9)]).await;
    }
    assert_eq!(seen(&fixture, &amy, &of_group, &ben).await, [1, 0]);
    assert_eq!(seen(&fixture, &amy, &of_group, &cat).await, [2, 0]);
    // Nor does who left see more of the others.
    assert_eq!(seen(&fixture, &ben, &of_group, &cat).await, [1, 0]);
    fixture.say(&ben, &of_two, "before").await;
    let _: Vec<u8> = fixture.query("UPDATE pairs SET first_paid = TRUE, second_paid = TRUE").await;
    fixture.block(&amy, &ben).await;
    fixture.say(&ben, &of_two, "hidden").await;
    receive(&fixture, &amy, &[(&of_two, 9)]).await;
    assert_eq!(seen(&fixture, &ben, &of_two, &amy).await, [1, 0]);
}

#[tokio::test]
async fn a_call_names_one_to_a_hundred_conversations_and_each_once() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    fixture.say(&amy, &id, "Hello").await;
    let others: Vec<String> = (0..100).map(|_| ConversationId::new().to_string()).collect();
    let mut numbers: Vec<(&str, u32)> = others.iter().map(|id| (id.as_str(), 1)).collect();
    numbers.push((&id, 1));
    for refused in [&[][..], &numbers, &[(&id, 1), (&id, 1)]] {
        let answer = try_receive(&fixture, &ben, refused).await;
        answer.expect_refusal(400, "invalid-body");
    }
    assert_eq!(seen(&fixture, &amy, &id, &ben).await, [0, 0]);
    receive(&fixture, &ben, &numbers[1..]).await;
    assert_eq!(seen(&fixture, &amy, &id, &ben).await, [1, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_several_calls_at_once_the_farthest_counts() {
    let (fixture, [amy, ben], of_two) = Fixture::with_friends().await;
    let (_, of_group) = fixture.with_group(&[&amy, &ben]).await;
    for number in 1..=8 {
        fixture.say(&amy, &of_two, &number.to_string()).await;
        fixture.say(&amy, &of_group, &number.to_string()).await;
    }
    for round in 0..20 {
        let _: Vec<u8> = fixture.query("UPDATE members SET delivered_number = 0").await;
        let calls: Vec<[(&str, u32); 2]> = (1..=8)
            .map(|number| match number % 2 {
                0 => [(of_two.as_str(), number), (of_group.as_str(), 9 - number)],
                _ => [(of_group.as_str(), 9 - number), (of_two.as_str(), number)],
            })
            .collect();
        join_all(calls.iter().map(|numbers| receive(&fixture, &ben, numbers))).await;
        for id in [&of_two, &of_group] {
            assert_eq!(seen(&fixture, &amy, id, &ben).await, [8, 0], "{round}");
        }
    }
}
