//! How many rows the server reads for a page, whatever there is.

use std::collections::HashMap;
use std::iter::repeat_with;

use mysql_async::Conn;
use testkit::FreshDatabase;
use time::macros::datetime;

use super::*;
use crate::store::entries::insert_entries;
use crate::store::relations::save_friendship;

const FRIENDS: usize = 40;
const ROWS: usize = 10;

/// So many payments of each friend, from the `first` on.
async fn pay(fresh: &FreshDatabase, friends: &[UserId], payments: std::ops::Range<u32>) {
    let begin = u128::try_from(datetime!(2026-11-23 04:05:06 UTC).unix_timestamp()).unwrap();
    let mut tx = fresh.database.begin().await.unwrap();
    for number in payments {
        let mut entries: Vec<Entry> = friends
            .iter()
            .map(|friend| {
                let operation_id = Uuid::now_v7();
                let moment = begin.saturating_add(number.into()).saturating_mul(1_000);
                let own_bits = operation_id.as_u128() & ((1 << 80) - 1);
                Entry {
                    person_id: *friend,
                    place: Uuid::from_u128(moment << 80 | own_bits),
                    kind: OperationKind::PeerPayment,
                    operation_id,
                    is_outgoing: true,
                    other: Some(Party::user(UserId::new(), String::new())),
                    amount: Money::hkd(1).unwrap(),
                    note: None,
                    sticker: None,
                    is_shown: true,
                }
            })
            .collect();
        insert_entries(&mut tx, &mut entries).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The rows and index entries that this session has read.
async fn rows_read(conn: &mut Conn) -> u64 {
    let counters: HashMap<String, u64> =
        conn.query("SHOW SESSION STATUS LIKE 'Handler_read%'").await.unwrap().into_iter().collect();
    counters.values().sum()
}

/// What the first page costs, and one from the middle.
async fn cost_of_pages(fresh: &FreshDatabase, reader: UserId) -> [u64; 2] {
    let mut conn = fresh.database.conn().await.unwrap();
    let (mut costs, mut before) = ([0; 2], Uuid::max());
    for cost in &mut costs {
        let start = rows_read(&mut conn).await;
        let friends = list_recent_friends(&mut conn, reader, before, ROWS).await.unwrap();
        let read = list_entries(&mut conn, reader, &friends, true, before, ROWS).await.unwrap();
        assert_eq!(read.len(), ROWS);
        before = read.last().unwrap().entry.place;
        *cost = rows_read(&mut conn).await.saturating_sub(start);
    }
    costs
}

#[tokio::test]
async fn a_page_reads_as_many_rows_of_long_feeds_as_of_short_ones() {
    let fresh = FreshDatabase::new(crate::migrations()).await;
    let reader = UserId::new();
    let friends: Vec<UserId> = repeat_with(UserId::new).take(FRIENDS).collect();
    let mut tx = fresh.database.begin().await.unwrap();
    for friend in &friends {
        save_friendship(&mut tx, (reader, *friend), true, 1).await.unwrap();
    }
    tx.commit().await.unwrap();
    pay(&fresh, &friends, 0..10).await;
    let of_short = cost_of_pages(&fresh, reader).await;
    pay(&fresh, &friends, 10..200).await;
    let of_long = cost_of_pages(&fresh, reader).await;
    for (short, long) in of_short.iter().zip(of_long) {
        assert!(
            long <= short.saturating_add(short / 10),
            "{of_short:?} rows read, then {of_long:?}"
        );
    }
}
