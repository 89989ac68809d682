//! That a page of a long history costs what a page of a short one does.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use mysql_async::Conn;
use testkit::FreshDatabase;
use time::OffsetDateTime;

use super::*;
use crate::domain::Cut;

/// Payments that a hot shop has received, one of each payer.
const PAYMENTS: u64 = 5_000;
/// Of the statements themselves and of the months of a table.
const FEW: u64 = 200;

/// A hot shop that has given nothing back, and its last payer.
struct Scene {
    /// Lives as long as the connection.
    _database: FreshDatabase,
    conn: Conn,
    shop: Uuid,
    payer: Uuid,
}

impl Scene {
    async fn set() -> Self {
        let database = FreshDatabase::new(crate::migrations()).await;
        let mut conn = database.pool.get_conn().await.unwrap();
        let (shop, transfers) = (Uuid::now_v7(), Cut::at(OffsetDateTime::now_utc()).uuid());
        let payers = Uuid::from_u128(transfers.as_u128() | 1 << 70);
        let numbered = |first: Uuid| {
            let (high, low) = first.as_u64_pair();
            format!("UNHEX(CONCAT('{high:016X}', LPAD(HEX({low} + n), 16, '0')))")
        };
        let numbers = format!(
            "(WITH RECURSIVE digits AS
                 (SELECT 0 AS d UNION ALL SELECT d + 1 FROM digits WHERE d < 99)
             SELECT one.d * 100 + other.d AS n FROM digits AS one JOIN digits AS other
             WHERE one.d * 100 + other.d < {PAYMENTS}) AS numbers"
        );
        let (transfer, payer) = (numbered(transfers), numbered(payers));
        let of_shop = format!("0x{}", shop.simple());
        for sql in [
            format!(
                "INSERT INTO accounts (account_id, kind, currency)
                 VALUES ({of_shop}, 'merchant', 'HKD')"
            ),
            format!(
                "INSERT INTO accounts (account_id, kind, currency)
                 SELECT {payer}, 'wallet', 'HKD' FROM {numbers}"
            ),
            format!(
                "INSERT INTO transfers (transfer_id, debit_account_id, credit_account_id,
                     amount, currency, code, subject_id, phase, created_at)
                 SELECT {transfer}, {payer}, {of_shop}, 100, 'HKD', 'payment', {transfer},
                     'posted', NOW(6) FROM {numbers}"
            ),
            format!(
                "INSERT INTO operations (operation_id, kind, state, from_account_id,
                     from_name, to_account_id, to_name, amount, moved, currency, created_at)
                 SELECT {transfer}, 'payment', 'completed', {payer}, '', {of_shop}, '', 100, 100,
                     'HKD', NOW(6) FROM {numbers}"
            ),
            "ANALYZE TABLE transfers".to_owned(),
        ] {
            conn.query_drop(sql).await.unwrap();
        }
        let payer = Uuid::from_u128(payers.as_u128() + u128::from(PAYMENTS) - 1);
        Self { _database: database, conn, shop, payer }
    }

    /// How many rows and entries of indexes this connection has read so far.
    async fn read(&mut self) -> u64 {
        let sql = "SHOW SESSION STATUS LIKE 'Handler_read%'";
        let counts: Vec<(String, String)> = self.conn.query(sql).await.unwrap();
        counts.iter().map(|(_, count)| count.parse::<u64>().unwrap()).sum()
    }

    /// The movements on the newest page, whether another follows, and what was read for it.
    async fn page(&mut self, account: Uuid, wanted: &Wanted) -> (usize, bool, u64) {
        let before = self.read().await;
        let paging = Paging::newest(50);
        let conn = &mut self.conn;
        let reach = find_reach(conn, account, wanted.direction, &paging).await.unwrap();
        let paging = paging.reaching(reach);
        let found = list_movements(conn, account, wanted, &paging).await.unwrap();
        (found.len(), reach.is_some(), self.read().await - before)
    }
}

#[tokio::test]
async fn a_page_of_a_hot_shop_looks_at_a_bounded_part_of_its_history_whatever_is_wanted() {
    let mut scene = Scene::set().await;
    let (shop, payer) = (scene.shop, scene.payer);
    let looked_at_max = u64::from(LOOKED_AT_MAX);
    let all = Wanted::default();
    for (wanted, found) in [
        (Wanted { codes: Some("refund".to_owned()), ..all.clone() }, 0),
        (Wanted { codes: Some("refund,payment".to_owned()), ..all.clone() }, 51),
        (Wanted { counterparty: Some(Uuid::now_v7()), ..all.clone() }, 0),
        (Wanted { counterparty: Some(payer), ..all.clone() }, 1),
        (Wanted { amount_from: Some(101), direction: Some(Direction::In), ..all.clone() }, 0),
        (Wanted { amount_to: Some(99), ..all.clone() }, 0),
    ] {
        let (count, has_more, read) = scene.page(shop, &wanted).await;
        assert_eq!((count, has_more), (found, true), "{wanted:?}");
        // Once to see how far, once to look.
        assert!(read < 2 * looked_at_max + 6 * FEW, "{wanted:?}: {read}");
    }
    // Nor does the other side's history matter.
    let wanted = Wanted { counterparty: Some(shop), ..all };
    let (count, has_more, read) = scene.page(payer, &wanted).await;
    assert_eq!((count, has_more), (1, false));
    assert!(read < FEW, "{read}");
}

#[tokio::test]
async fn a_page_of_payments_in_one_state_looks_at_a_bounded_part_too() {
    let mut scene = Scene::set().await;
    let (shop, direction) = (scene.shop, Direction::In);
    for (state, found) in [(OperationState::Pending, 0), (OperationState::Completed, 51)] {
        let before = scene.read().await;
        let (conn, paging) = (&mut scene.conn, Paging::newest(50));
        let reach = find_reach(conn, shop, Some(direction), &paging).await.unwrap();
        let paging = paging.reaching(reach);
        let rows = list_payments(conn, shop, direction, Some(state), &paging).await.unwrap();
        assert_eq!((rows.len(), reach.is_some()), (found, true));
        let read = scene.read().await - before;
        assert!(read < 3 * u64::from(LOOKED_AT_MAX) + FEW, "{read}");
    }
}
