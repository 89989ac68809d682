//! The books of payments: the tables that its migrations make, the rows that it would write, and
//! the events that it would tell.

mod held;
mod told;

use std::fs;

use events::Envelope;
use mysql_async::Pool;
use mysql_async::prelude::Queryable;
use testkit::FreshDatabase;
use time::{OffsetDateTime, PrimitiveDateTime};
use tokio::sync::OnceCell;
use uuid::Uuid;
use values::{BusinessId, UserId};

use told::moved;

const PAYMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../payments/migrations");
const READS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../ops/reads/payment-reporting/payments");
/// Where money comes from and goes to.
pub(crate) const BANK: Uuid = Uuid::from_u128(1);
/// Bits that tell a fee's transfer from that it stands beside.
const VERSION_7_OR_8: u128 = 0xF << 76;

/// Payments' schema, and the URL of who may read what is listed and nothing else.
pub(crate) struct Books {
    /// As payments writes them.
    pub(crate) pool: Pool,
    pub(crate) reader_url: String,
    _schema: Option<FreshDatabase>,
}

/// A payment to a shop or a refund from it, in cents.
#[derive(Clone, Copy)]
pub(crate) struct Movement {
    pub(crate) shop: BusinessId,
    pub(crate) is_refund: bool,
    pub(crate) amount: i64,
    pub(crate) tip: Option<i64>,
    pub(crate) fee: i64,
    pub(crate) at: OffsetDateTime,
}

/// Any movement, in cents.
pub(crate) struct Posting<'a> {
    pub(crate) kind: &'a str,
    pub(crate) from: Uuid,
    pub(crate) to: Uuid,
    pub(crate) names: [&'a str; 2],
    pub(crate) amount: i64,
    pub(crate) note: Option<&'a str>,
    pub(crate) at: OffsetDateTime,
}

impl Movement {
    pub(crate) fn payment(shop: BusinessId, amount: i64, at: OffsetDateTime) -> Self {
        Self { shop, is_refund: false, amount, tip: None, fee: 0, at }
    }

    pub(crate) fn refund(shop: BusinessId, amount: i64, at: OffsetDateTime) -> Self {
        Self { is_refund: true, ..Self::payment(shop, amount, at) }
    }
}

impl Books {
    pub(crate) async fn open() -> Self {
        let template = TEMPLATE.get_or_init(migrated).await;
        let schema = FreshDatabase::new(refinery::Runner::new(&[])).await;
        let (server, name) = schema.url.rsplit_once('/').unwrap();
        let (_, address) = server.rsplit_once('@').unwrap();
        let user = name.replacen("test_", "r_", 1)[..24].to_owned();
        let tables = read_tables()
            .map(|(table, _)| format!("CREATE TABLE {name}.{table} LIKE {template}.{table}"));
        let reader_url = format!("mysql://{user}:p@{address}/{name}");
        let pool = schema.pool.clone();
        Self::begin(pool, tables.collect(), reader_url, Some(schema)).await
    }

    /// The same on another server, whose schema is there, for a reader at this address.
    pub(crate) async fn open_on(pool: Pool, reader_address: &str) -> Self {
        let template = TEMPLATE.get_or_init(migrated).await;
        let source = FreshDatabase::new(refinery::Runner::new(&[])).await;
        let mut conn = source.pool.get_conn().await.unwrap();
        let mut tables = Vec::new();
        for (table, _) in read_tables() {
            let sql = format!("SHOW CREATE TABLE {template}.{table}");
            let (_, sql): (String, String) = conn.query_first(sql).await.unwrap().unwrap();
            tables.push(sql);
        }
        let reader_url = format!("mysql://reader:p@{reader_address}/payments");
        Self::begin(pool, tables, reader_url, None).await
    }

    async fn begin(
        pool: Pool,
        tables: Vec<String>,
        reader_url: String,
        schema: Option<FreshDatabase>,
    ) -> Self {
        let mut conn = pool.get_conn().await.unwrap();
        let (user, _) = reader_url["mysql://".len()..].split_once(':').unwrap();
        conn.query_drop(format!("CREATE USER '{user}'@'%' IDENTIFIED BY 'p'")).await.unwrap();
        for (sql, (table, columns)) in tables.into_iter().zip(read_tables()) {
            conn.query_drop(sql).await.unwrap();
            let grant = format!("GRANT SELECT {columns} ON {table} TO '{user}'@'%'");
            conn.query_drop(grant).await.unwrap();
        }
        let first_beat = "INSERT INTO replication_heartbeat VALUES (1, 0)";
        conn.query_drop(first_beat).await.unwrap();
        let books = Self { pool, reader_url, _schema: schema };
        books.open_account(BANK, "bank_clearing").await;
        books.beat().await;
        books
    }

    /// As payments does twice a second.
    pub(crate) async fn beat(&self) {
        self.run(
            "UPDATE replication_heartbeat SET beat =
             GREATEST(beat + 1, CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS UNSIGNED))",
        )
        .await;
    }

    /// How far the books have come, as payments tells its clients.
    pub(crate) async fn position(&self) -> u64 {
        let mut conn = self.pool.get_conn().await.unwrap();
        conn.query_first("SELECT beat FROM replication_heartbeat").await.unwrap().unwrap()
    }

    /// Of a shop: how many payments, then in cents what was paid, tips, refunds, fees, fees
    /// returned; each asked of the ledger in its own words.
    pub(crate) async fn sums(&self, shop: BusinessId) -> [i64; 6] {
        let mut conn = self.pool.get_conn().await.unwrap();
        let mut sums = [0; 6];
        let paid = "FROM operations WHERE kind = 'payment' AND to_account_id = ?";
        let given = "FROM operations WHERE kind = 'refund' AND from_account_id = ?";
        for (sum, of) in sums.iter_mut().zip([
            ("COUNT(*)", paid),
            ("SUM(amount)", paid),
            ("SUM(tip)", paid),
            ("SUM(amount)", given),
            ("SUM(fee)", paid),
            ("SUM(fee)", given),
        ]) {
            let (what, rows) = of;
            let sql = format!("SELECT CAST(COALESCE({what}, 0) AS SIGNED) {rows}");
            *sum = conn.exec_first(sql, (shop.uuid(),)).await.unwrap().unwrap();
        }
        sums
    }

    pub(crate) async fn run(&self, sql: &str) {
        self.pool.get_conn().await.unwrap().query_drop(sql).await.unwrap();
    }

    pub(crate) async fn open_shop(&self, id: BusinessId, owner: UserId) {
        self.open_account(id.uuid(), "merchant").await;
        let mut conn = self.pool.get_conn().await.unwrap();
        let sql = "INSERT INTO shops (business_id, owner_user_id, shop_name, is_closed, version)
             VALUES (?, ?, '永記茶餐廳', FALSE, 1)";
        conn.exec_drop(sql, (id.uuid(), owner.uuid())).await.unwrap();
    }

    /// What somebody is in a shop, as payments has it; none if they have left.
    pub(crate) async fn hire(&self, shop: BusinessId, user_id: UserId, role: Option<&str>) {
        let mut conn = self.pool.get_conn().await.unwrap();
        let sql = "REPLACE INTO shop_members (business_id, user_id, role, version)
             VALUES (?, ?, ?, 1)";
        conn.exec_drop(sql, (shop.uuid(), user_id.uuid(), role)).await.unwrap();
    }

    pub(crate) async fn close(&self, shop: BusinessId) {
        let mut conn = self.pool.get_conn().await.unwrap();
        let sql = "UPDATE shops SET is_closed = TRUE WHERE business_id = ?";
        conn.exec_drop(sql, (shop.uuid(),)).await.unwrap();
    }

    pub(crate) async fn open_account(&self, id: Uuid, kind: &str) {
        let mut conn = self.pool.get_conn().await.unwrap();
        let sql = "INSERT INTO accounts (account_id, kind, currency) VALUES (?, ?, 'HKD')";
        conn.exec_drop(sql, (id, kind)).await.unwrap();
    }

    /// Writes it as payments does, and tells what payments tells.
    pub(crate) async fn move_money(&self, movement: Movement) -> Envelope {
        self.move_money_of(UserId::new(), movement).await
    }

    /// The same with a customer whose wallet may be open.
    pub(crate) async fn move_money_of(&self, payer: UserId, movement: Movement) -> Envelope {
        let id = id_of(movement.at);
        self.write(movement, id, payer).await;
        moved(movement, id, payer)
    }

    /// What an account holds, in cents.
    pub(crate) async fn balance(&self, account_id: Uuid) -> i64 {
        let mut conn = self.pool.get_conn().await.unwrap();
        let sql = "SELECT credits_posted - debits_posted FROM accounts WHERE account_id = ?";
        conn.exec_first(sql, (account_id,)).await.unwrap().unwrap()
    }

    /// Moves money between any two accounts, in one transfer of an operation of its own, whose id
    /// is answered.
    pub(crate) async fn post(&self, posting: &Posting<'_>) -> Uuid {
        let Posting { kind, from, to, names: [from_name, to_name], amount, note, at } = *posting;
        let id = id_of(at);
        let at = in_utc(at);
        let mut conn = self.pool.get_conn().await.unwrap();
        conn.exec_drop(
            "INSERT INTO operations (operation_id, kind, state, from_account_id, from_name,
                 to_account_id, to_name, amount, moved, currency, note, created_at, ended_at)
             VALUES (?, ?, 'completed', ?, ?, ?, ?, ?, ?, 'HKD', ?, ?, ?)",
            (id, kind, from, from_name, to, to_name, amount, amount, note, at, at),
        )
        .await
        .unwrap();
        self.transfer([id, id, from, to], kind, amount, at).await;
        id
    }

    /// So many payments of one customer to a shop, a millisecond after each other, each with a fee.
    pub(crate) async fn pay_often(
        &self,
        payer: UserId,
        shop: BusinessId,
        times: u32,
        from: OffsetDateTime,
    ) {
        let milliseconds = from.unix_timestamp_nanos() / 1_000_000;
        let fees = Uuid::from_u128(shop.uuid().as_u128() ^ VERSION_7_OR_8).simple();
        let (shop, payer) = (shop.uuid().simple(), payer.uuid().simple());
        let id_of =
            |rest: &str| format!("UNHEX(CONCAT(LPAD(HEX({milliseconds} + n), 12, '0'), '{rest}'))");
        let (id, beside) = (id_of(&format!("7{:019X}", 7)), id_of(&format!("8{:019X}", 7)));
        let at = format!("FROM_UNIXTIME(({milliseconds} + n) / 1000)");
        let numbers = format!(
            "(WITH RECURSIVE n AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM n
             WHERE n + 1 < {times}) SELECT n FROM n) AS numbers"
        );
        let mut conn = self.pool.get_conn().await.unwrap();
        for sql in [
            "SET max_recursive_iterations = 10000000, time_zone = '+00:00'".to_owned(),
            format!(
                "INSERT INTO operations (operation_id, kind, state, from_account_id, from_name,
                     to_account_id, to_name, amount, moved, currency, fee, note, created_at)
                 SELECT {id}, 'payment', 'completed', 0x{payer}, '陳大文', 0x{shop}, '', 100, 100,
                     'HKD', 2, 'lunch', {at} FROM {numbers}"
            ),
            format!(
                "INSERT INTO transfers (transfer_id, debit_account_id, credit_account_id, amount,
                     currency, code, subject_id, phase, created_at)
                 SELECT {id}, 0x{payer}, 0x{shop}, 100, 'HKD', 'payment', {id}, 'posted', {at}
                 FROM {numbers}
                 UNION ALL
                 SELECT {beside}, 0x{shop}, 0x{fees}, 2, 'HKD', 'fee', {id}, 'posted', {at}
                 FROM {numbers}"
            ),
            format!(
                "UPDATE accounts SET credits_posted = credits_posted + 100 * {times},
                     debits_posted = debits_posted + 2 * {times} WHERE account_id = 0x{shop}"
            ),
        ] {
            conn.query_drop(sql).await.unwrap();
        }
    }

    async fn transfer(
        &self,
        [id, operation_id, from, to]: [Uuid; 4],
        code: &str,
        amount: i64,
        at: PrimitiveDateTime,
    ) {
        let mut conn = self.pool.get_conn().await.unwrap();
        let sql = "INSERT INTO transfers (transfer_id, debit_account_id, credit_account_id,
                 amount, currency, code, subject_id, phase, created_at)
             VALUES (?, ?, ?, ?, 'HKD', ?, ?, 'posted', ?)";
        conn.exec_drop(sql, (id, from, to, amount, code, operation_id, at)).await.unwrap();
        let sql = "UPDATE accounts SET
             debits_posted = debits_posted + IF(account_id = ?, ?, 0),
             credits_posted = credits_posted + IF(account_id = ?, ?, 0)
             WHERE account_id IN (?, ?)";
        conn.exec_drop(sql, (from, amount, to, amount, from, to)).await.unwrap();
    }

    async fn write(&self, movement: Movement, id: Uuid, payer: UserId) {
        let Movement { shop, is_refund, amount, tip, fee, at } = movement;
        let (shop, payer) = (shop.uuid(), payer.uuid());
        let (kind, from, to) =
            if is_refund { ("refund", shop, payer) } else { ("payment", payer, shop) };
        let at = in_utc(at);
        let mut conn = self.pool.get_conn().await.unwrap();
        conn.exec_drop(
            "INSERT INTO operations (operation_id, kind, state, from_account_id, from_name,
                 to_account_id, to_name, amount, moved, currency, fee, tip, created_at, ended_at)
             VALUES (?, ?, 'completed', ?, '陳大文', ?, '', ?, ?, 'HKD', ?, ?, ?, ?)",
            (id, kind, from, to, amount, amount, fee, tip, at, at),
        )
        .await
        .unwrap();
        let beside = Uuid::from_u128(id.as_u128() ^ VERSION_7_OR_8);
        let fees = Uuid::from_u128(shop.as_u128() ^ VERSION_7_OR_8);
        let (fee_from, fee_to) = if is_refund { (fees, shop) } else { (shop, fees) };
        let fee_row = (beside, "fee", fee_from, fee_to, fee);
        for (id_of_row, code, from, to, amount) in [(id, kind, from, to, amount), fee_row] {
            if amount == 0 {
                continue;
            }
            self.transfer([id_of_row, id, from, to], code, amount, at).await;
        }
    }
}

/// The tables that may be read, with the columns where not all may.
fn read_tables() -> impl Iterator<Item = (String, String)> {
    let lines = fs::read_to_string(READS).unwrap();
    let lines: Vec<String> = lines.lines().map(str::to_owned).collect();
    lines.into_iter().map(|line| {
        let (table, columns) = line.split_once(' ').unwrap_or((&line, ""));
        (table.to_owned(), columns.to_owned())
    })
}

/// The name of the schema that payments' migrations make: once, since they take a while.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

async fn migrated() -> String {
    let migrations = refinery::load_sql_migrations(PAYMENTS).unwrap();
    let schema = FreshDatabase::new(refinery::Runner::new(&migrations)).await;
    schema.url.rsplit('/').next().unwrap().to_owned()
}

/// As the books keep times.
fn in_utc(at: OffsetDateTime) -> PrimitiveDateTime {
    let at = at.to_offset(time::UtcOffset::UTC);
    PrimitiveDateTime::new(at.date(), at.time())
}

/// A new id of this moment.
pub(crate) fn id_of(at: OffsetDateTime) -> Uuid {
    let milliseconds = u64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap();
    let random: [u8; 10] = std::array::from_fn(|_| fastrand::u8(..));
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}
