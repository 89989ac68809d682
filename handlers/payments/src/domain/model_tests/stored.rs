//! The same histories through the store: each decision reads, locks and writes what a batch of one
//! does, and afterwards the books hold what the database gives back.
//!
//! So a decision that does not name something it reads, or a column that is not written or read as
//! it was decided, parts from the model.

use std::collections::BTreeSet;
use std::sync::Arc;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::Database;
use testkit::FreshDatabase;
use time::OffsetDateTime;
use tokio::runtime::Runtime;
use uuid::Uuid;
use values::{BusinessId, PeerPaymentId, Refusal};

use super::World;
use crate::domain::account::{Account, BANK_CLEARING, ESCROW};
use crate::domain::announcement::Announcement;
use crate::domain::books::{Books, Decide};
use crate::domain::literal_books::bank_account;
use crate::domain::reads::Reads;
use crate::domain::record::Record;
use crate::domain::rows::Rows;
use crate::domain::settlement::{BusinessBankAccount, SettlementMode};
use crate::domain::shop::Shop;
use crate::domain::transfer::Transfer;
use crate::store::books::{begin, commit, lock_accounts, rollback};
use crate::store::business_bank_accounts::insert_bank_account;
use crate::store::{Lock, visibility};

/// A schema in which one world after another lives.
pub(super) struct Town {
    runtime: Arc<Runtime>,
    database: FreshDatabase,
}

impl Town {
    pub(super) fn new() -> Self {
        let runtime = Arc::new(Runtime::new().unwrap());
        let database = runtime.block_on(FreshDatabase::new(crate::migrations()));
        Self { runtime, database }
    }

    /// The world as it begins, kept in the store from now on.
    pub(super) fn keep(&self, world: World) -> World {
        let database = self.database.database.clone();
        let conn = self.runtime.block_on(self.database.pool.get_conn()).unwrap();
        let accounts = world.books.ledger.accounts().map(|account| account.id).collect();
        let (runtime, known) = (Arc::clone(&self.runtime), Reads::default());
        let mut stored = Stored { runtime, database, conn, known, accounts };
        self.runtime.block_on(stored.begin_world(&world.books)).unwrap();
        World { stored: Some(stored), ..world }
    }
}

/// What a world is kept in.
pub(super) struct Stored {
    runtime: Arc<Runtime>,
    database: Database,
    conn: Conn,
    /// All rows that were ever decided.
    known: Reads,
    accounts: BTreeSet<Uuid>,
}

/// What a decision came to.
type Decided<R> = Result<(R, Vec<Announcement>), Refusal>;

impl Stored {
    /// Nothing is left of an earlier world where this one looks.
    async fn begin_world(&mut self, books: &Books) -> Result<(), Error> {
        let shared = "UPDATE accounts SET debits_posted = 0, credits_posted = 0,
            debits_pending = 0, credits_pending = 0 WHERE account_id IN (?, ?)";
        self.conn.exec_drop(shared, (BANK_CLEARING, ESCROW)).await?;
        for Account { id, kind, tier, .. } in books.ledger.accounts() {
            let account = "INSERT IGNORE INTO accounts (account_id, kind, currency, tier)
                VALUES (?, ?, 'HKD', ?)";
            self.conn.exec_drop(account, (id, kind.code(), tier.code())).await?;
        }
        for (id, Shop { owner_user_id, shop_name, fee_rate, .. }) in &books.shops {
            let shop = "INSERT INTO shops (business_id, owner_user_id, shop_name, is_closed,
                is_approved, fee_basis_points, version) VALUES (?, ?, ?, FALSE, TRUE, ?, 1)";
            let row = (id, owner_user_id.uuid(), shop_name, fee_rate.basis_points());
            self.conn.exec_drop(shop, row).await?;
        }
        Ok(())
    }

    /// One transaction, as `group_commit` makes it, and which transfers it has written.
    async fn transact<D: Decide>(
        &mut self,
        wanted: &D,
        world: &Books,
    ) -> Result<(Decided<D::Record>, Books), Error> {
        let reads = wanted.reads();
        let mut books = begin(&mut self.conn, &reads, Lock::NoWait).await?;
        let now = world.now;
        books.policy = Arc::clone(&world.policy);
        books.now = now;
        let accounts = wanted.accounts(&books).into_iter().collect();
        lock_accounts(&mut self.conn, &mut books, &accounts, &reads, &[], Lock::NoWait).await?;
        books.now = now;
        // The store looks for ids that were made since a midnight, and those are made by our clock.
        books.since_days.clone_from(&world.since_days);
        let decided = books.decide(wanted);
        if decided.is_err() {
            rollback(&mut self.conn).await?;
            return Ok((decided, Books::empty(now)));
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
}

fn note<R: Record>(known: &mut BTreeSet<Uuid>, rows: &Rows<R>) {
    known.extend(rows.all().map(Record::id));
}

impl World {
    /// Decides on the books, which are those of the store if there is one.
    pub(super) fn decide<D: Decide>(&mut self, wanted: &D) -> Decided<D::Record> {
        let Some(mut stored) = self.stored.take() else { return self.books.decide(wanted) };
        let runtime = Arc::clone(&stored.runtime);
        let transaction = stored.transact(wanted, &self.books);
        let (decided, written) = runtime.block_on(transaction).unwrap();
        self.stored = Some(stored);
        self.transfers.extend_from_slice(written.ledger.transfers());
        let occurrences = written.occurrences;
        self.read_again();
        self.books.occurrences.extend(occurrences);
        decided
    }

    /// What another transaction has done to the store was done to the books.
    pub(super) fn store(&mut self, sql: &str, row: impl Into<mysql_async::Params>) {
        let Some(stored) = &mut self.stored else { return };
        let Stored { runtime, conn, .. } = stored;
        runtime.block_on(conn.exec_drop(sql, row.into())).unwrap();
    }

    /// The same of rows that the books themselves say have changed.
    pub(super) fn store_changes(&mut self) {
        let Some(mut stored) = self.stored.take() else { return };
        let runtime = Arc::clone(&stored.runtime);
        // Those were written when they were decided.
        self.books.occurrences.clear();
        runtime.block_on(stored.conn.query_drop("START TRANSACTION")).unwrap();
        runtime.block_on(stored.commit(&self.books)).unwrap();
        self.stored = Some(stored);
        self.read_again();
    }

    /// Where the takings of a shop go from now on.
    pub(super) fn store_bank_account(&mut self, business_id: BusinessId, is_there: bool) {
        let none = "DELETE FROM business_bank_accounts WHERE business_id = ?";
        self.store(none, (business_id.uuid(),));
        let Some(stored) = self.stored.as_mut().filter(|_| is_there) else { return };
        let registered = BusinessBankAccount {
            id: Uuid::now_v7(),
            business_id,
            account: bank_account(),
            mode: SettlementMode::Daily,
            registered_by: self.people[0],
            registered_at: self.books.now,
        };
        let Stored { runtime, conn, .. } = stored;
        runtime.block_on(insert_bank_account(conn, &registered)).unwrap();
    }

    /// A payment becomes private between two of our transactions.
    pub(super) fn store_hidden(&mut self, id: PeerPaymentId) {
        let Some(stored) = &mut self.stored else { return };
        let hidden = async {
            let mut tx = stored.database.begin().await?;
            visibility::hide(&mut tx, id).await?;
            tx.commit().await
        };
        stored.runtime.block_on(hidden).unwrap();
        self.read_again();
    }

    fn read_again(&mut self) {
        let Some(stored) = &mut self.stored else { return };
        let runtime = Arc::clone(&stored.runtime);
        let (read, for_friends) = runtime.block_on(stored.read(self.books.now)).unwrap();
        let before = std::mem::replace(&mut self.books, read);
        self.books.shops = before.shops;
        self.books.policy = before.policy;
        self.books.occurrences = before.occurrences;
        self.for_friends = for_friends;
    }

    /// Each transfer that was decided is there, once.
    pub(super) fn assert_transfers_are_stored(&mut self) {
        let Some(stored) = &mut self.stored else { return };
        let runtime = Arc::clone(&stored.runtime);
        let amount = |transfer: &Transfer| transfer.amount.minor_units();
        let decided = (self.transfers.len(), self.transfers.iter().map(amount).sum());
        assert_eq!(runtime.block_on(stored.transfers()).unwrap(), decided);
    }
}
