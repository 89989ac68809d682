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
/// Payments that are made ready for a case: more than it can make in its time.
pub(crate) const PREPARED: usize = 120_000;
/// Rows in one statement.
const ROWS: usize = 1_000;
/// Payments before the case, in one transaction.
const HISTORY_STEP: u64 = 1_000_000;
/// Between two of these payments, so that 20 million are a little less than two months.
const HISTORY_PACE_MS: u64 = 250;

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
                 to_account_id, to_name, amount, moved, currency, created_at, ended_at)
             SELECT transfer_id, code, 'completed', debit_account_id, '', credit_account_id, '',
                 amount, amount, currency, created_at, created_at FROM transfers",
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
            format!("({}, {owner}, {name}, TRUE, 1)", literal(id.uuid()))
        });
        let into = "shops (business_id, owner_user_id, shop_name, is_approved, version)";
        insert(conn, into, shops).await?;
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

    /// Adds payments of the past, spread over all wallets and shops, with their keys. They count as
    /// audited: so much would be, night by night.
    pub(crate) async fn remember(&self, conn: &mut Conn, millions: u64) -> Outcome<()> {
        // With the default of 128 MB, seeding would take hours. In Azure, 48 GiB are there for a
        // larger ledger than this.
        conn.query_drop("SET GLOBAL innodb_buffer_pool_size = 4 << 30").await?;
        for (table, kind) in [("past_wallets", "wallet"), ("past_shops", "merchant")] {
            conn.query_drop(format!(
                "CREATE TABLE {table} (number INT NOT NULL PRIMARY KEY, id BINARY(16) NOT NULL)
                 SELECT ROW_NUMBER() OVER (ORDER BY account_id) - 1 AS number, account_id AS id
                 FROM accounts WHERE kind = '{kind}'"
            ))
            .await?;
        }
        let payments = millions.saturating_mul(HISTORY_STEP);
        let length = payments.saturating_mul(HISTORY_PACE_MS);
        let now = u64::try_from(time::OffsetDateTime::now_utc().unix_timestamp())?;
        let begins = now.saturating_mul(1_000).saturating_sub(length);
        for step in 0..millions {
            let first = step.saturating_mul(HISTORY_STEP);
            let last = first.saturating_add(HISTORY_STEP).saturating_sub(1);
            for statement in history(begins, first, last, payments) {
                conn.query_drop(statement).await?;
            }
        }
        let per_wallet = payments.checked_div(u64::try_from(WALLETS)?).unwrap_or_default();
        let per_shop = payments.checked_div(u64::try_from(SHOPS)?).unwrap_or_default();
        for statement in [
            format!(
                "UPDATE accounts SET debits_posted = debits_posted + {per_wallet}
                 WHERE kind = 'wallet'"
            ),
            format!(
                "UPDATE accounts SET credits_posted = credits_posted + {per_shop}
                 WHERE kind = 'merchant'"
            ),
            "INSERT INTO audited_sums (account_id, debits, credits)
             SELECT account_id, debits_posted, credits_posted FROM accounts"
                .to_owned(),
            format!(
                "UPDATE audit_progress SET cut = {}, transfers = {}",
                literal(Uuid::now_v7()),
                payments.saturating_add(u64::try_from(WALLETS)?)
            ),
        ] {
            conn.query_drop(statement).await?;
        }
        Ok(())
    }
}

const SHOP_NAME: &str = "永記茶餐廳";

/// The statements that write the payments with these numbers, of one cent each. Each ten thousand
/// of them debit every wallet once and credit every shop twenty times. Keys are as spread as random
/// ones and yet in order, which is much faster to write.
fn history(begins: u64, first: u64, last: u64, payments: u64) -> [String; 3] {
    let key_pace = u64::MAX.checked_div(payments).unwrap_or_default();
    let ms = format!("({begins} + seq * {HISTORY_PACE_MS})");
    let id = format!(
        "UNHEX(CONCAT(LPAD(HEX({ms}), 12, '0'), '7', SUBSTR(MD5(seq), 1, 3), '8',
             SUBSTR(MD5(seq), 4, 15)))"
    );
    let at = format!("TIMESTAMPADD(MICROSECOND, {ms} * 1000, '1970-01-01')");
    let payments = format!(
        "(SELECT {id} AS id, {at} AS at, payer.id AS payer, payee.id AS payee
         FROM seq_{first}_to_{last}
         STRAIGHT_JOIN past_wallets AS payer ON payer.number = seq MOD {WALLETS}
         STRAIGHT_JOIN past_shops AS payee
             ON payee.number = (seq + seq DIV {WALLETS}) MOD {SHOPS}) AS payments"
    );
    let (from, to) = (text_literal("Chan Tai Man"), text_literal(SHOP_NAME));
    [
        format!(
            "INSERT INTO transfers (transfer_id, debit_account_id, credit_account_id, amount,
                 currency, code, subject_id, phase, created_at)
             SELECT id, payer, payee, 1, 'HKD', 'payment', id, 'posted', at FROM {payments}"
        ),
        format!(
            "INSERT INTO operations (operation_id, kind, state, from_account_id, from_name,
                 to_account_id, to_name, amount, moved, currency, confirmed_by, created_at,
                 ended_at)
             SELECT id, 'payment', 'completed', payer, {from}, payee, {to}, 1, 1, 'HKD', 'device',
                 at, at FROM {payments}"
        ),
        format!(
            "INSERT INTO operation_keys (key_id, month, fingerprint, record_id)
             SELECT UNHEX(CONCAT(LPAD(HEX(seq * {key_pace}), 16, '0'), SUBSTR(MD5(seq), 1, 16))),
                 DATE_FORMAT(UTC_TIMESTAMP(), '%Y%m'), UNHEX(MD5(seq)), {id}
             FROM seq_{first}_to_{last}"
        ),
    ]
}

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
