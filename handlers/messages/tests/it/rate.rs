//! How long sending takes at up to 200 messages a second, and a page of 100,000 entries.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
#![expect(clippy::print_stdout, reason = "figures are for the person at the terminal")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::fixture::{CONVERSATIONS, Fixture};

const PAIRS: usize = 50;
/// Messages a second, each rate for so long.
const RATES: [u32; 3] = [50, 100, 200];
const SECONDS: u32 = 5;
const ENTRIES: u32 = 100_000;
const PAGES: usize = 300;

fn told(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1_000.0;
    println!("{what}: p50 {:.1} ms, p98 {:.1} ms, of {}", at(50), at(98), times.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures: cargo test -p messages --test it rate -- --ignored --nocapture"]
async fn messages_sent_at_two_hundred_a_second() {
    let fixture = Fixture::new().await;
    let mut pairs = Vec::new();
    for _ in 0..PAIRS {
        let people = [(); 2].map(|()| fixture.sign_in(values::UserId::new()));
        fixture.befriend(&people[0], &people[1]).await;
        pairs.push((fixture.open(&people[0], &people[1]).await, people));
    }
    let fixture = Arc::new(fixture);
    for rate in RATES {
        let mut tick = interval(Duration::from_secs(1) / rate);
        tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut sends = JoinSet::new();
        let began = Instant::now();
        for (number, (id, people)) in (0..rate * SECONDS).zip(pairs.iter().cycle()) {
            tick.tick().await;
            let by = people[usize::from(number % 2 == 0)].clone();
            let (fixture, id) = (Arc::clone(&fixture), id.clone());
            sends.spawn(async move {
                let start = Instant::now();
                let answer = fixture.try_say(&by, &id, "See you at seven?").await;
                (answer.status, start.elapsed())
            });
        }
        let answers = sends.join_all().await;
        let done = f64::from(rate * SECONDS) / began.elapsed().as_secs_f64();
        let refused = answers.iter().filter(|(status, _)| *status != 201).count();
        let times = answers.into_iter().map(|(_, time)| time).collect();
        told(&format!("{rate} messages/s asked, {done:.0} answered, {refused} refused"), times);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures: cargo test -p messages --test it rate -- --ignored --nocapture"]
async fn pages_of_a_hundred_thousand_conversations_and_messages() {
    let (fixture, [amy, _], id) = Fixture::with_friends().await;
    fixture.say(&amy, &id, "first").await;
    let me = amy.user_id.uuid().simple().to_string();
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    fill(&mut conn, &me).await;
    for (what, first) in [
        ("a page of conversations", format!("{CONVERSATIONS}?limit=50")),
        ("a page of messages", format!("{CONVERSATIONS}/{id}/messages?limit=50")),
        ("how much is unread", "/api/v1/messages/unread-count".to_owned()),
    ] {
        let (mut times, mut path) = (Vec::new(), first.clone());
        for _ in 0..PAGES {
            let start = Instant::now();
            let page = fixture.get(&amy, &path).await.expect(200);
            times.push(start.elapsed());
            if let Some(next) = page["next_cursor"].as_str() {
                path = format!("{first}&cursor={next}");
            }
        }
        told(what, times);
    }
    explain(&mut conn, &me).await;
}

/// As many conversations of one person, each with a message, and as many messages in one.
async fn fill(conn: &mut Conn, me: &str) {
    for sql in [
        format!(
            "INSERT INTO conversations (conversation_id, first_id, second_id, last_number,
                 created_at)
             SELECT UNHEX(LPAD(HEX(seq), 32, '0')), X'{me}',
                 UNHEX(CONCAT('11', LPAD(HEX(seq), 30, '0'))), 1, NOW(6) FROM seq_1_to_{ENTRIES}"
        ),
        format!(
            "INSERT INTO members (conversation_id, user_id, last_number, activity_id, unread)
             SELECT conversation_id, X'{me}', 1, conversation_id, 1 FROM conversations
             WHERE first_id = X'{me}' AND HEX(conversation_id) LIKE '0000%'"
        ),
        "INSERT INTO members (conversation_id, user_id, last_number)
         SELECT conversation_id, second_id, 1 FROM conversations
         WHERE HEX(conversation_id) LIKE '0000%'"
            .to_owned(),
        "INSERT INTO messages (conversation_id, number, message_id, sender_id, text, sent_at)
         SELECT conversation_id, 1, conversation_id, second_id, 'Hello', NOW(6)
         FROM conversations WHERE HEX(conversation_id) LIKE '0000%'"
            .to_owned(),
        format!(
            "INSERT INTO messages (conversation_id, number, message_id, sender_id, text, sent_at)
             SELECT c.conversation_id, seq + 1, UNHEX(CONCAT('FF', LPAD(HEX(seq), 30, '0'))),
                 X'{me}', 'Hello', NOW(6)
             FROM seq_1_to_{ENTRIES} JOIN conversations c
             WHERE HEX(c.conversation_id) NOT LIKE '0000%'"
        ),
        "ANALYZE TABLE members, messages, conversations, pairs, people".to_owned(),
    ] {
        let _: Vec<mysql_async::Row> = conn.query(sql).await.unwrap();
    }
}

/// How the lists are read.
async fn explain(conn: &mut Conn, me: &str) {
    for sql in [
        format!(
            "EXPLAIN SELECT conversation_id FROM members m JOIN conversations c
             USING (conversation_id)
             WHERE m.user_id = X'{me}' AND m.activity_id < X'{}'
             ORDER BY m.activity_id DESC LIMIT 51",
            "F".repeat(32)
        ),
        format!(
            "EXPLAIN SELECT number FROM messages LEFT JOIN cards k USING (card_id)
             WHERE conversation_id = X'{me}' AND number > 0 AND number <= 4294967295
                 AND (NOT is_hidden OR sender_id = X'{me}') AND number < 50000
             ORDER BY number DESC LIMIT 51"
        ),
    ] {
        type Explained = (String, Option<String>, Option<String>, Option<u64>, Option<String>);
        let rows: Vec<mysql_async::Row> = conn.query(sql).await.unwrap();
        for row in rows {
            let explained: Explained = (
                row.get("table").unwrap(),
                row.get("type").unwrap(),
                row.get("key").unwrap(),
                row.get("rows").unwrap(),
                row.get("Extra").unwrap(),
            );
            println!("{explained:?}");
        }
    }
}
