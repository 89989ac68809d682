//! That a page costs what it shows, whatever else was said.

#![expect(clippy::print_stdout, reason = "figures are for the person at the terminal")]

use std::time::Instant;

use mysql_async::Conn;
use testkit::FreshDatabase;
use time::OffsetDateTime;

use super::*;

const SHOWN: u32 = 50;
const HIDDEN: u32 = 20_000;
const LIMIT: usize = 20;
/// Of each row of a page: twice its place in one of two parts, itself, its card, and sorting.
const READ_PER_ROW: u64 = 12;

async fn read(conn: &mut Conn) -> u64 {
    let sql = "SHOW SESSION STATUS LIKE 'Handler_read%'";
    let counts: Vec<(String, String)> = conn.query(sql).await.unwrap();
    counts.iter().map(|(_, count)| count.parse::<u64>().unwrap()).sum()
}

/// What Ben said to somebody: as much as they see, and then what is hidden from them.
async fn fill(conn: &mut Conn, id: ConversationId, ben: UserId) {
    let (id, ben) = (id.uuid().simple(), ben.uuid().simple());
    let all = SHOWN + HIDDEN;
    let sql = format!(
        "INSERT INTO messages (conversation_id, number, message_id, sender_id, text, is_hidden,
             sent_at)
         WITH RECURSIVE digits AS
             (SELECT 0 AS d UNION ALL SELECT d + 1 FROM digits WHERE d < 999)
         SELECT X'{id}', number, RANDOM_BYTES(16), X'{ben}', 'Hello', number > {SHOWN}, NOW(6)
         FROM (SELECT one.d * 1000 + other.d + 1 AS number
               FROM digits AS one JOIN digits AS other WHERE one.d < 21) AS numbers
         WHERE number <= {all}"
    );
    conn.query_drop(sql).await.unwrap();
    conn.query_drop("ANALYZE TABLE messages").await.unwrap();
}

fn membership(conversation_id: ConversationId, user_id: UserId) -> Membership {
    Membership {
        conversation_id,
        user_id,
        group_id: None,
        support_case: None,
        title: None,
        created_at: OffsetDateTime::UNIX_EPOCH,
        joined_after: 0,
        left_after: None,
        last_number: SHOWN,
        read_number: 0,
        unread: SHOWN,
        is_muted: false,
        pace: None,
    }
}

#[tokio::test]
async fn a_page_is_not_read_over_all_that_is_hidden_from_its_reader() {
    let database = FreshDatabase::new(crate::migrations()).await;
    let mut conn = database.pool.get_conn().await.unwrap();
    let (id, amy, ben) = (ConversationId::new(), UserId::new(), UserId::new());
    fill(&mut conn, id, ben).await;
    let (of_amy, of_ben) = (membership(id, amy), membership(id, ben));
    let numbers = |page: Vec<Message>| page.iter().map(|one| one.number).collect::<Vec<_>>();
    let most = READ_PER_ROW * u64::try_from(LIMIT).unwrap();
    for (of, number, expected) in [
        (&of_amy, u64::MAX, (31..=50).rev().collect::<Vec<u32>>()),
        (&of_amy, 31, (11..=30).rev().collect()),
        (&of_ben, 61, (41..=60).rev().collect()),
    ] {
        let (before, began) = (read(&mut conn).await, Instant::now());
        let page = list_before(&mut conn, of, number, LIMIT).await.unwrap();
        let (read, took) = (read(&mut conn).await - before, began.elapsed());
        println!("{LIMIT} messages before {number}: {read} rows read in {took:?}");
        assert!(read < most, "{read} rows");
        assert_eq!(numbers(page), expected);
    }
    for (of, number, expected) in
        [(&of_amy, 40, (41..=50).collect::<Vec<u32>>()), (&of_ben, 40, (41..=60).collect())]
    {
        let before = read(&mut conn).await;
        let page = list_after(&mut conn, of, number, LIMIT).await.unwrap();
        let read = read(&mut conn).await - before;
        assert!(read < most, "{read} rows");
        assert_eq!(numbers(page), expected);
    }
}
