//! That a page of many friends costs what a page of a few does.

#![expect(clippy::print_stdout, reason = "figures are for the person at the terminal")]

use std::collections::BTreeSet;
use std::time::Instant;

use mysql_async::Conn;
use testkit::FreshDatabase;

use super::*;

/// As many as one person may have, half on each side of them.
const FRIENDS: u32 = 2_000;
const OTHERS: u32 = 98_000;
const LIMIT: usize = 20;
/// Of each row of a page: twice in its index and itself, from both sides, the name, and sorting.
const READ_PER_ROW: u64 = 12;

async fn read(conn: &mut Conn) -> u64 {
    let sql = "SHOW SESSION STATUS LIKE 'Handler_read%'";
    let counts: Vec<(String, String)> = conn.query(sql).await.unwrap();
    counts.iter().map(|(_, count)| count.parse::<u64>().unwrap()).sum()
}

async fn crowd(conn: &mut Conn, ann: Uuid) {
    let (ann, id) = (format!("0x{}", ann.simple()), "RANDOM_BYTES(16)");
    for (first, second, rows) in
        [(&*ann, id, FRIENDS / 2), (id, &*ann, FRIENDS / 2), (id, id, OTHERS)]
    {
        let sql = format!(
            "INSERT INTO friendships (first_id, second_id, first_sees, second_sees, is_told,
                 version, place, since_at)
             WITH RECURSIVE digits AS
                 (SELECT 0 AS d UNION ALL SELECT d + 1 FROM digits WHERE d < 999)
             SELECT {first}, {second}, 'friend', 'friend', FALSE, 1, RANDOM_BYTES(16), NOW(6)
             FROM digits AS one JOIN digits AS other WHERE one.d * 1000 + other.d < {rows}"
        );
        conn.query_drop(sql).await.unwrap();
    }
    conn.query_drop("ANALYZE TABLE friendships").await.unwrap();
}

#[tokio::test]
async fn a_page_of_two_thousand_friends_among_a_hundred_thousand_rows_reads_a_few_rows() {
    let database = FreshDatabase::new(crate::migrations()).await;
    let mut conn = database.pool.get_conn().await.unwrap();
    let ann = UserId::new();
    crowd(&mut conn, ann.uuid()).await;
    let mut before: Option<Uuid> = None;
    let (mut seen, mut times) = (BTreeSet::new(), Vec::new());
    loop {
        let paging = Paging::newest(LIMIT).between(None, before);
        let (read_before, began) = (read(&mut conn).await, Instant::now());
        let mut rows = list_friendships(&mut conn, ann, Relation::Friend, &paging).await.unwrap();
        times.push(began.elapsed());
        let read = read(&mut conn).await - read_before;
        assert!(read < READ_PER_ROW * u64::try_from(paging.rows()).unwrap(), "{read}");
        rows.truncate(LIMIT);
        let Some(last) = rows.last() else { break };
        before = Some(last.place);
        for row in rows {
            assert!(seen.insert(row.user_id));
        }
    }
    assert_eq!(seen.len(), 2_000);
    times.sort();
    println!("{} pages: median {:?}, p98 {:?}", times.len(), times[49], times[97]);
}
