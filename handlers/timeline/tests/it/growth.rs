//! What a page costs as feeds grow, and what the other way, to write an entry for each friend who
//! may read it, would cost.

#![expect(clippy::print_stdout, reason = "figures are for the person at the terminal")]

use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable;

use crate::{FEED, Fixture, Person, of_person};

const FRIENDS: u32 = 2_000;
const PAGES: u32 = 100;

/// `INSERT INTO entries` for each pair of a person and a number that follows.
const INSERT: &str = "INSERT INTO entries (person_id, place, kind, operation_id, is_outgoing,
    other_type, other_id, other_name, amount, note, is_shown)
    SELECT owner, UNHEX(CONCAT(LPAD(HEX(1790000000000 + i * 60000 + CRC32(seed) % 60000), 12, '0'),
        SUBSTRING(MD5(seed), 1, 20))), 'peer-payment', UNHEX(MD5(seed)), 1, 'user',
        UNHEX(MD5(CONCAT('other', seed))), 'as it was', 98765, 'dim sum on Friday', 1";

impl Fixture {
    async fn run(&self, sql: &str) {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        conn.query_drop(sql).await.unwrap();
    }

    async fn count_to(&self, count: u32) {
        self.run("CREATE TABLE numbers (i INT UNSIGNED NOT NULL PRIMARY KEY)").await;
        let digits = "(SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4
            UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";
        self.run(&format!(
            "INSERT INTO numbers SELECT n.i FROM (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * d.d
                 + 10000 * e.d + 100000 * f.d AS i FROM {digits} a JOIN {digits} b JOIN {digits} c
                 JOIN {digits} d JOIN {digits} e JOIN {digits} f) AS n WHERE n.i < {count}"
        ))
        .await;
    }

    /// A reader with so many friends, who have so many entries each, and as many of their own.
    async fn reader(&self, friends: u32, entries_each: u32) -> Person {
        let reader = self.somebody();
        let id = format!("UNHEX('{}')", reader.id.uuid().simple());
        self.run(&format!(
            "INSERT INTO friendships SELECT {id}, UNHEX(MD5(CONCAT({id}, i))), 1, 1 FROM numbers
             WHERE i < {friends}"
        ))
        .await;
        self.run(&format!(
            "INSERT INTO people SELECT friend_id, 'Chan Tai Man', 1 FROM friendships
             WHERE person_id = {id}"
        ))
        .await;
        self.run(&format!(
            "{INSERT} FROM (SELECT f.friend_id AS owner, n.i, CONCAT(HEX(f.friend_id), n.i) AS seed
                 FROM friendships f JOIN numbers n
                 WHERE f.person_id = {id} AND n.i < {entries_each}) AS wanted"
        ))
        .await;
        self.run(&format!(
            "{INSERT} FROM (SELECT {id} AS owner, i, CONCAT(HEX({id}), i) AS seed FROM numbers
                 WHERE i < {entries_each}) AS wanted"
        ))
        .await;
        reader
    }

    /// The seconds of processor that the server has spent: what does not depend on who else is at
    /// work on this machine. MariaDB's own; with `userstat`.
    async fn cpu_seconds(&self) -> f64 {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        let sql = "SELECT SUM(cpu_time) FROM information_schema.client_statistics";
        conn.query_first(sql).await.unwrap().unwrap()
    }

    /// How long the first page takes, and each of those that follow it.
    async fn time_pages(&self, reader: &Person, path: &str) -> [Vec<Duration>; 2] {
        let (mut first, mut following) = (Vec::new(), Vec::new());
        let mut query = path.to_owned();
        for _ in 0..PAGES {
            let start = Instant::now();
            self.get(reader, path).await.expect(200);
            first.push(start.elapsed());
            let start = Instant::now();
            let page = self.get(reader, &query).await.expect(200);
            following.push(start.elapsed());
            assert_eq!(page["items"].as_array().unwrap().len(), 50);
            query = format!("{path}?cursor={}", page["next_cursor"].as_str().unwrap());
        }
        [first, following]
    }
}

fn p(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let place = times.len().saturating_mul(percent) / 100;
    times[place.min(times.len().saturating_sub(1))].as_secs_f64() * 1_000.0
}

#[tokio::test]
#[ignore = "prints figures: cargo test -p timeline --test it growth -- --ignored --nocapture"]
async fn pages_of_feeds_that_grow_tenfold() {
    println!("{:>9} {:>7}  page        p50 ms  p98 ms", "entries", "friends");
    for (friends, each) in [(FRIENDS, 50), (FRIENDS, 500), (20, 50_000)] {
        let fixture = Fixture::new().await;
        fixture.run("SET GLOBAL userstat = 1").await;
        // As much memory as the smallest server has; by default the server here has 128 MB.
        fixture.run("SET GLOBAL innodb_buffer_pool_size = 2 << 30").await;
        fixture.count_to(50_000).await;
        let reader = fixture.reader(friends, each).await;
        fixture.run("ANALYZE TABLE entries, friendships, people").await;
        let friend: Vec<u8> = {
            let mut conn = fixture.database.pool.get_conn().await.unwrap();
            // Version 8 is none that a person has.
            let sql = "SELECT friend_id FROM friendships
                 WHERE SUBSTRING(HEX(friend_id), 13, 1) <> '8' LIMIT 1";
            conn.query_first(sql).await.unwrap().unwrap()
        };
        let friend = values::UserId::from_uuid(uuid::Uuid::from_slice(&friend).unwrap());
        let start = fixture.cpu_seconds().await;
        let [mut first, mut following] = fixture.time_pages(&reader, FEED).await;
        let cpu = (fixture.cpu_seconds().await - start) * 500.0 / f64::from(PAGES);
        println!("{:>9} {friends:>7}  the server's own {cpu:.1} ms a page", friends * each);
        let mut of_friend = Vec::new();
        for _ in 0..PAGES {
            let start = Instant::now();
            fixture.get(&reader, &of_person(friend)).await.expect(200);
            of_friend.push(start.elapsed());
        }
        for (page, times) in
            [("first", &mut first), ("the next", &mut following), ("of a friend", &mut of_friend)]
        {
            let entries = friends * each;
            let (p50, p98) = (p(times, 50), p(times, 98));
            println!("{entries:>9} {friends:>7}  {page:<13} {p50:>6.1} {p98:>7.1}");
        }
    }
}

#[tokio::test]
#[ignore = "prints figures: cargo test -p timeline --test it growth -- --ignored --nocapture"]
async fn what_an_entry_for_each_friend_would_cost() {
    let fixture = Fixture::new().await;
    fixture.count_to(100_000).await;
    let start = Instant::now();
    for number in 0..100 {
        fixture
            .run(&format!(
                "{INSERT} FROM (SELECT UNHEX(MD5(i)) AS owner, {number} AS i,
                     CONCAT({number}, 'to', i) AS seed FROM numbers WHERE i < {FRIENDS}) AS wanted"
            ))
            .await;
    }
    let each = start.elapsed().as_secs_f64() * 10.0;
    println!("{FRIENDS} rows for a payment of somebody with as many friends: {each:.1} ms");
}
