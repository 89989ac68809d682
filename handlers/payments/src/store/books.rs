//! The three round trips of a batch: what its decisions must know, the accounts that they touch,
//! and everything that follows from them. The first begins the transaction, the last commits it.
//!
//! Locks are taken in one order, so that no two batches wait for each other: payment requests, then
//! operations, then accounts, each in the order of their ids.

use std::collections::{BTreeSet, HashMap};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::now;
use uuid::Uuid;

use super::{ledger, operation_keys, operations, payment_requests, read_models, sql};
use crate::domain::{Books, Ledger, Reads, Rows};
use crate::store::operation_keys::{KeyId, UsedKey};

/// Begins a transaction and reads what decisions must know, except for accounts.
pub(crate) async fn begin(conn: &mut Conn, reads: &Reads) -> Result<Books, Error> {
    let Reads { requests, operations, shops, people } = reads;
    let mut statements = vec!["START TRANSACTION".to_owned()];
    let mut read = |ids: &BTreeSet<Uuid>, select: fn(&str) -> String| {
        if !ids.is_empty() {
            statements.push(select(&sql::ids(ids)));
        }
    };
    read(requests, payment_requests::select_for_update);
    read(operations, operations::select_for_update);
    read(shops, read_models::select_shops);
    read(people, read_models::select_names);

    let mut result = conn.query_iter(statements.join("; ")).await?;
    // One result for each statement, in their order.
    result.collect::<mysql_async::Row>().await?;
    let mut books = Books::empty(now());
    if !requests.is_empty() {
        let rows = result.collect().await?;
        books.requests = Rows::new(payment_requests::read(rows)?);
    }
    if !operations.is_empty() {
        let rows = result.collect().await?;
        books.operations = Rows::new(operations::read(rows)?);
    }
    if !shops.is_empty() {
        books.shops = read_models::read_shops(result.collect().await?);
    }
    if !people.is_empty() {
        books.names = result.collect::<(Uuid, String)>().await?.into_iter().collect();
    }
    result.drop_result().await?;
    Ok(books)
}

/// Locks the accounts, and then looks up which keys were used: a twin of the same input shares an
/// account, so that by now its key can be seen.
pub(crate) async fn lock_accounts(
    conn: &mut Conn,
    books: &mut Books,
    accounts: &BTreeSet<Uuid>,
    keys: &[KeyId],
) -> Result<HashMap<KeyId, UsedKey>, Error> {
    let mut statements = Vec::new();
    if !accounts.is_empty() {
        statements.push(ledger::select_for_update(&sql::ids(accounts)));
    }
    if !keys.is_empty() {
        statements.push(operation_keys::select(keys, now()));
    }
    if statements.is_empty() {
        return Ok(HashMap::new());
    }
    let mut result = conn.query_iter(statements.join("; ")).await?;
    if !accounts.is_empty() {
        books.ledger = Ledger::new(ledger::read(result.collect().await?)?);
    }
    let used = match keys {
        [] => HashMap::new(),
        _ => operation_keys::read(result.collect().await?),
    };
    result.drop_result().await?;
    books.now = now();
    Ok(used)
}

/// Reads what was recorded under keys before. There are none but for repeats.
pub(crate) async fn read_records(
    conn: &mut Conn,
    books: &mut Books,
    records: impl Iterator<Item = Uuid>,
) -> Result<(), Error> {
    let ids: BTreeSet<Uuid> = records.collect();
    if ids.is_empty() {
        return Ok(());
    }
    let ids = sql::ids(&ids);
    let select = [operations::select(&ids), payment_requests::select(&ids)].join("; ");
    let mut result = conn.query_iter(select).await?;
    books.operations.add(operations::read(result.collect().await?)?);
    books.requests.add(payment_requests::read(result.collect().await?)?);
    result.drop_result().await
}

/// Writes what was decided, the keys that were used and the events that tell of it (as SQL, empty
/// if there are none), and commits.
pub(crate) async fn commit(
    conn: &mut Conn,
    books: &Books,
    keys: &[UsedKey],
    events: String,
) -> Result<(), Error> {
    let statements = [
        ledger::insert_transfers(books.ledger.transfers()),
        ledger::update_sums(&books.ledger),
        operations::save(&books.operations),
        payment_requests::save(&books.requests),
        operation_keys::insert(keys, books.now),
        events,
        "COMMIT".to_owned(),
    ];
    let statements: Vec<String> =
        statements.into_iter().filter(|statement| !statement.is_empty()).collect();
    conn.query_drop(statements.join("; ")).await
}

/// Undoes a transaction that an error has left open.
pub(crate) async fn rollback(conn: &mut Conn) -> Result<(), Error> {
    conn.query_drop("ROLLBACK").await
}
