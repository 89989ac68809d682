//! Whom a case begins with: people with money, shops, and requests that wait to be paid. All of it
//! is written as the service would have written it, so that its audit agrees.

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use service::database::{bytes_literal, text_literal};
use uuid::Uuid;
use values::{BusinessId, PaymentRequestId, TransferId, UserId};

use crate::Outcome;

const WALLETS: usize = 10_000;
const SHOPS: usize = 500;
/// What each wallet was topped up with: HK$50,000, in minor units.
const TOP_UP: i64 = 5_000_000;
/// What each request asks for, in minor units.
pub(crate) const PRICE: i64 = 12_850;
/// Rows in one statement.
const ROWS: usize = 1_000;

/// People and shops.
pub(crate) struct Town {
    pub(crate) wallets: Vec<UserId>,
    pub(crate) shops: Vec<BusinessId>,
}

/// A request of a shop, and who will pay it.
pub(crate) struct Order {
    pub(crate) request_id: PaymentRequestId,
    pub(crate) payee: BusinessId,
    /// Its place among the wallets.
    pub(crate) payer: usize,
}

impl Town {
    /// Opens the accounts, and tops up the wallets. Nothing is logged for replicas, of which there
    /// are none.
    pub(crate) async fn found(conn: &mut Conn) -> Outcome<Self> {
        conn.query_drop("SET SESSION sql_log_bin = 0, time_zone = '+00:00'").await?;
        let town = Self {
            wallets: (0..WALLETS).map(|_| UserId::new()).collect(),
            shops: (0..SHOPS).map(|_| BusinessId::new()).collect(),
        };
        let wallet = |id: &UserId| format!("({}, 'wallet', 'HKD', {TOP_UP})", literal(id.uuid()));
        let shop = |id: &BusinessId| format!("({}, 'merchant', 'HKD', 0)", literal(id.uuid()));
        let accounts = town.wallets.iter().map(wallet).chain(town.shops.iter().map(shop));
        let into = "accounts (account_id, kind, currency, credits_posted)";
        insert(conn, into, accounts).await?;
        let bank = literal(Uuid::from_u128(1));
        let top_ups = town.wallets.iter().map(|id| {
            let (transfer, wallet) = (literal(TransferId::new().uuid()), literal(id.uuid()));
            format!(
                "({transfer}, {bank}, {wallet}, {TOP_UP}, 'HKD', 'top-up', {transfer}, 'posted',
                     UTC_TIMESTAMP(6))"
            )
        });
        insert(
            conn,
            "transfers (transfer_id, debit_account_id, credit_account_id, amount, currency, code,
                 subject_id, phase, created_at)",
            top_ups,
        )
        .await?;
        conn.query_drop(
            "INSERT INTO operations (operation_id, kind, state, from_account_id, from_name,
                 to_account_id, to_name, amount, moved, currency, reference, created_at, ended_at)
             SELECT transfer_id, code, 'completed', debit_account_id, '', credit_account_id, '',
                 amount, amount, currency, '', created_at, created_at FROM transfers",
        )
        .await?;
        conn.query_drop(
            "UPDATE accounts SET debits_posted = (SELECT SUM(amount) FROM transfers)
             WHERE kind = 'bank_clearing'",
        )
        .await?;
        let name = text_literal("Chan Tai Man");
        let people = town.wallets.iter().map(|id| format!("({}, {name}, 1)", literal(id.uuid())));
        insert(conn, "people (user_id, display_name, version)", people).await?;
        let name = text_literal(SHOP_NAME);
        let shops = town.shops.iter().map(|id| {
            let owner = literal(UserId::new().uuid());
            format!("({}, {owner}, {name}, 1)", literal(id.uuid()))
        });
        insert(conn, "shops (business_id, owner_user_id, shop_name, version)", shops).await?;
        Ok(town)
    }

    /// Lets shops, or only the first, ask as often as `orders` says. Payers are drawn at random,
    /// the same ones in each run.
    pub(crate) async fn ask_to_be_paid(
        &self,
        conn: &mut Conn,
        orders: usize,
        only_first: bool,
    ) -> Outcome<Vec<Order>> {
        let mut random = fastrand::Rng::with_seed(1);
        let shops = self.shops.get(..1).filter(|_| only_first).unwrap_or(&self.shops);
        let order = |_| {
            let payee = random.choice(shops).copied()?;
            let request_id = PaymentRequestId::new();
            Some(Order { request_id, payee, payer: random.usize(..WALLETS) })
        };
        let orders: Vec<Order> = (0..orders).filter_map(order).collect();
        let (name, what) = (text_literal(SHOP_NAME), text_literal("Table 7"));
        let requests = orders.iter().map(|order| {
            let (id, shop) = (literal(order.request_id.uuid()), literal(order.payee.uuid()));
            let (at, until) = ("UTC_TIMESTAMP(6)", "UTC_TIMESTAMP(6) + INTERVAL 1 DAY");
            format!("({id}, {shop}, {name}, {PRICE}, 'HKD', {what}, 'open', {at}, {until})")
        });
        insert(
            conn,
            "payment_requests (payment_request_id, business_id, shop_name, amount, currency,
                 description, status, created_at, expires_at)",
            requests,
        )
        .await?;
        Ok(orders)
    }
}

const SHOP_NAME: &str = "永記茶餐廳";

fn literal(id: Uuid) -> String {
    bytes_literal(id.as_bytes())
}

/// Inserts rows, many at once, in one transaction.
async fn insert(conn: &mut Conn, into: &str, rows: impl Iterator<Item = String>) -> Outcome<()> {
    let rows: Vec<String> = rows.collect();
    conn.query_drop("START TRANSACTION").await?;
    for rows in rows.chunks(ROWS) {
        conn.query_drop(format!("INSERT INTO {into} VALUES {}", rows.join(", "))).await?;
    }
    Ok(conn.query_drop("COMMIT").await?)
}
