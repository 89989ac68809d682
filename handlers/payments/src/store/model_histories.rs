//! The model's histories through the store: each decision reads, locks and writes what a batch of
//! one does, and afterwards the books hold what the database gives back.
//!
//! So a decision that does not name something it reads, or a column that is not written or read as
//! it was decided, parts from the model.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::collections::BTreeSet;
use std::sync::Arc;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Params};
use service::database::Database;
use testkit::FreshDatabase;
use time::OffsetDateTime;
use tokio::runtime::Runtime;
use uuid::Uuid;
use values::{BusinessId, PeerPaymentId};

use super::books::{begin, commit, lock_accounts, rollback};
use super::business_bank_accounts::insert_bank_account;
use super::sql::Lock;
use super::visibility;
use crate::domain::model_tests::{Decided, Keeper, SEED, Tally, play_kept, soak};
use crate::domain::{
    Account, AccountKind, Books, BusinessBankAccount, Decide, Reads, Record, Rows, SettlementMode,
    Shop, Transfer,
};

const STEPS: usize = 400;
const SOAK_STEPS: usize = 20_000;
/// Histories between two looks at how many steps that were.
const HISTORIES: u32 = 8;

/// A schema in which one world after another lives.
struct Town {
    runtime: Arc<Runtime>,
    database: FreshDatabase,
}

#[test]
fn in_the_database_histories_end_as_the_simple_model_says() {
    Town::new().play(STEPS, SEED);
}

#[test]
#[ignore = "make soak plays it"]
fn in_the_database_many_histories_end_as_the_simple_model_says() {
    let town = Town::new();
    soak(|seed| town.play(SOAK_STEPS, seed));
}

impl Town {
    fn new() -> Self {
        let runtime = Arc::new(Runtime::new().unwrap());
        let database = runtime.block_on(FreshDatabase::new(crate::migrations()));
        Self { runtime, database }
    }

    fn play(&self, steps: usize, seed: u64) -> Tally {
        let keep = |books: &Books| self.keep(books);
        play_kept((steps, seed, HISTORIES), keep, |mut stored, transfers| {
            let amount = |transfer: &Transfer| transfer.amount.minor_units();
            let decided = (transfers.len(), transfers.iter().map(amount).sum());
            assert_eq!(self.runtime.block_on(stored.transfers()).unwrap(), decided);
        })
    }

    fn keep(&self, books: &Books) -> Stored {
        let database = self.database.database.clone();
        let conn = self.runtime.block_on(self.database.pool.get_conn()).unwrap();
        let accounts = books.ledger.accounts().map(|account| account.id).collect();
        let (runtime, known) = (Arc::clone(&self.runtime), Reads::default());
        let mut stored = Stored { runtime, database, conn, known, accounts };
        self.runtime.block_on(stored.begin_world(books)).unwrap();
        stored
    }
}

/// What a world is kept in.
struct Stored {
    runtime: Arc<Runtime>,
    database: Database,
    conn: Conn,
    /// All rows that were ever decided.
    known: Reads,
    accounts: BTreeSet<Uuid>,
}

impl Stored {
    /// Nothing is left of an earlier world where this one looks.
    async fn begin_world(&mut self, books: &Books) -> Result<(), Error> {
        for Account { id, kind, tier, .. } in books.ledger.accounts() {
            let (sql, row): (_, Params) = match kind {
                AccountKind::BankClearing | AccountKind::Escrow => (
                    "UPDATE accounts SET debits_posted = 0, credits_posted = 0,
                     debits_pending = 0, credits_pending = 0 WHERE account_id = ?",
                    (id,).into(),
                ),
                AccountKind::Wallet | AccountKind::Merchant | AccountKind::MerchantFees => (
                    "INSERT INTO accounts (account_id, kind, currency, tier)
                     VALUES (?, ?, 'HKD', ?)",
                    (id, kind.code(), tier.code()).into(),
                ),
            };
            self.conn.exec_drop(sql, row).await?;
        }
        for (id, Shop { owner_user_id, shop_name, fee_rate, .. }) in &books.shops {
            let shop = "INSERT INTO shops (business_id, owner_user_id, shop_name, is_closed,
                is_approved, fee_basis_points, version) VALUES (?, ?, ?, FALSE, TRUE, ?, 1)";
            let row = (id, owner_user_id.uuid(), shop_name, fee_rate.basis_points());
            self.conn.exec_drop(shop, row).await?;
        }
        Ok(())
    }

    /// One transaction, as `group_commit` makes it.
    async fn transact<D: Decide>(
        &mut self,
        wanted: &D,
        world: &Books,
    ) -> Result<(Decided<D::Record>, Books), Error> {
        let reads = wanted.reads();
        let mut books = begin(&mut self.conn, &reads, Lock::NoWait).await?;
        books.policy = Arc::clone(&world.policy);
        books.now = world.now;
        let accounts = wanted.accounts(&books).into_iter().collect();
        lock_accounts(&mut self.conn, &mut books, &accounts, &reads, &[], Lock::NoWait).await?;
        books.now = world.now;
        // The store looks for ids that were made since a midnight, and those are made by our clock.
        books.since_days.clone_from(&world.since_days);
        let decided = books.decide(wanted);
        if decided.is_err() {
            rollback(&mut self.conn).await?;
            return Ok((decided, Books::empty(world.now)));
        }
        self.commit(&books).await?;
        Ok((decided, books))
    }

    async fn commit(&mut self, books: &Books) -> Result<(), Error> {
        commit(&mut self.conn, books, &[], String::new()).await?;
        note(&mut self.known.requests, &books.requests);
        note(&mut self.known.operations, &books.operations);
        note(&mut self.known.money_requests, &books.money_requests);
        note(&mut self.known.held_payments, &books.held_payments);
        note(&mut self.known.parcels, &books.parcels);
        note(&mut self.known.schedules, &books.schedules);
        Ok(())
    }

    /// All that this world has, as it is stored.
    async fn read(&mut self, now: OffsetDateTime) -> Result<(Books, Vec<PeerPaymentId>), Error> {
        let mut books = begin(&mut self.conn, &self.known, Lock::NoWait).await?;
        books.now = now;
        let (accounts, nothing) = (&self.accounts, Reads::default());
        lock_accounts(&mut self.conn, &mut books, accounts, &nothing, &[], Lock::NoWait).await?;
        books.now = now;
        rollback(&mut self.conn).await?;
        let shown = "SELECT peer_payment_id FROM peer_payments_for_friends";
        let shown: Vec<Uuid> = self.conn.query(shown).await?;
        let own = shown.into_iter().filter(|id| self.known.operations.contains(id));
        Ok((books, own.map(PeerPaymentId::from_uuid).collect()))
    }

    /// The books are those of the store again, but for what is only the world's.
    fn read_again(&mut self, books: &mut Books) -> Vec<PeerPaymentId> {
        let runtime = Arc::clone(&self.runtime);
        let (read, for_friends) = runtime.block_on(self.read(books.now)).unwrap();
        let before = std::mem::replace(books, read);
        books.shops = before.shops;
        books.policy = before.policy;
        books.occurrences = before.occurrences;
        for_friends
    }

    /// What stands in the table of transfers: how many, and how much they say in all.
    async fn transfers(&mut self) -> Result<(usize, i64), Error> {
        let mut found = (0, 0);
        for operation in &self.known.operations {
            let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(amount), 0) AS SIGNED) FROM transfers
                WHERE subject_id = ?";
            let (count, sum): (usize, i64) =
                self.conn.exec_first(sql, (operation,)).await?.unwrap();
            found = (found.0 + count, found.1 + sum);
        }
        Ok(found)
    }

    fn execute(&mut self, sql: &str, row: impl Into<Params>) {
        let Self { runtime, conn, .. } = self;
        runtime.block_on(conn.exec_drop(sql, row.into())).unwrap();
    }
}

fn note<R: Record>(known: &mut BTreeSet<Uuid>, rows: &Rows<R>) {
    known.extend(rows.changed().map(Record::id));
}

impl Keeper for Stored {
    fn decide<D: Decide>(
        &mut self,
        books: &mut Books,
        for_friends: &mut Vec<PeerPaymentId>,
        wanted: &D,
    ) -> (Decided<D::Record>, Vec<Transfer>) {
        let runtime = Arc::clone(&self.runtime);
        let (decided, written) = runtime.block_on(self.transact(wanted, books)).unwrap();
        *for_friends = self.read_again(books);
        books.occurrences.extend(written.occurrences);
        (decided, written.ledger.transfers().to_vec())
    }

    fn change_account(&mut self, Account { id, status, tier, legal_hold, .. }: &Account) {
        let sql = "UPDATE accounts SET status = ?, tier = ?, legal_hold = ? WHERE account_id = ?";
        self.execute(sql, (status.code(), tier.code(), legal_hold, id));
    }

    fn approve_shop(&mut self, business_id: BusinessId, is_approved: bool) {
        let sql = "UPDATE shops SET is_approved = ? WHERE business_id = ?";
        self.execute(sql, (is_approved, business_id.uuid()));
    }

    fn register_bank_account(&mut self, books: &Books, business_id: BusinessId) {
        let none = "DELETE FROM business_bank_accounts WHERE business_id = ?";
        self.execute(none, (business_id.uuid(),));
        let account = books.takings_go_to.get(&business_id.uuid()).cloned();
        let Some(account) = account else { return };
        let registered = BusinessBankAccount {
            id: Uuid::now_v7(),
            business_id,
            account,
            mode: SettlementMode::Daily,
            registered_by: books.shops[&business_id.uuid()].owner_user_id,
            registered_at: books.now,
        };
        let Self { runtime, conn, .. } = self;
        runtime.block_on(insert_bank_account(conn, &registered)).unwrap();
    }

    fn hide(&mut self, id: PeerPaymentId) {
        let hidden = async {
            let mut tx = self.database.begin().await?;
            visibility::hide(&mut tx, id).await?;
            tx.commit().await
        };
        self.runtime.block_on(hidden).unwrap();
    }

    fn change_rows(&mut self, books: &mut Books) {
        // Those were written when they were decided.
        books.occurrences.clear();
        let runtime = Arc::clone(&self.runtime);
        runtime.block_on(self.conn.query_drop("START TRANSACTION")).unwrap();
        runtime.block_on(self.commit(books)).unwrap();
        self.read_again(books);
    }
}
