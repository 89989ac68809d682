//! The three round trips of a batch: what its decisions must know, the accounts that they touch,
//! and everything that follows from them. The first begins the transaction, the last commits it and
//! asks how far the schema has come.
//!
//! Locks are taken in one order, so that no two batches wait in a circle: payment requests, money
//! requests, operations, held payments, parcels, schedules, registered bank accounts, then
//! accounts, each in the order of their ids. What locks outside of batches keeps to it: disputes
//! after payments and before accounts, releases after accounts.

use std::collections::{BTreeSet, HashMap};

use mysql_async::prelude::{FromRow, Queryable};
use mysql_async::{Conn, Error, QueryResult, TextProtocol};
use service::Position;
use service::database::now;
use uuid::Uuid;

use super::operation_keys::{KeyId, UsedKey};
use super::sql::{self, Lock};
use super::{
    bank_accounts, bank_instructions, bills, blocks, business_bank_accounts, fps_payments,
    frozen_neighbours, heartbeat, held_payments, known_payees, ledger, merchant_orders,
    money_requests, operation_keys, operations, parcels, payee_warnings, payment_requests,
    read_models, schedules, seen_risks, settlements, shop_members, visibility, withdrawals,
};
use crate::domain::{Books, Ledger, Reads, Rows, with_fees_accounts};

/// Begins a transaction and reads what decisions must know, except for accounts.
pub(crate) async fn begin(conn: &mut Conn, reads: &Reads, lock: Lock) -> Result<Books, Error> {
    // What those have open who ask or give is counted once their accounts are locked.
    let Reads { requests, operations, told, shops, people, money_requests, .. } = reads;
    let Reads { held_payments, parcels, schedules, registered, approached, staff, .. } = reads;
    let Reads { shops_settled, .. } = reads;
    let mut statements = vec!["START TRANSACTION".to_owned()];
    let mut read = |ids: &BTreeSet<Uuid>, select: &dyn Fn(&str) -> String| {
        if !ids.is_empty() {
            statements.push(select(&sql::ids(ids)));
        }
    };
    read(requests, &|ids| payment_requests::select_locked(ids, lock));
    read(money_requests, &|ids| money_requests::select_locked(ids, lock));
    read(operations, &|ids| operations::select_locked(ids, lock));
    read(held_payments, &|ids| held_payments::select_locked(ids, lock));
    read(told, &bank_instructions::select_told);
    read(shops, &read_models::select_shops);
    read(shops_settled, &read_models::select_shops_settled);
    read(people, &read_models::select_names);
    read(parcels, &|ids| parcels::select_locked(ids, lock));
    read(schedules, &|ids| schedules::select_locked(ids, lock));
    read(registered, &|ids| bank_accounts::select_locked(ids, lock));
    statements.extend((!approached.is_empty()).then(|| blocks::select_away(approached)));
    statements.extend((!staff.is_empty()).then(|| shop_members::select(staff)));

    let mut result = conn.query_iter(statements.join("; ")).await?;
    // One result for each statement, in their order.
    collect::<mysql_async::Row>(&mut result).await?;
    let mut books = Books::empty(now());
    if !requests.is_empty() {
        books.requests = Rows::new(payment_requests::read(collect(&mut result).await?)?);
    }
    if !money_requests.is_empty() {
        books.money_requests = Rows::new(money_requests::read(collect(&mut result).await?)?);
    }
    if !operations.is_empty() {
        books.operations = Rows::new(operations::read(collect(&mut result).await?)?);
    }
    if !held_payments.is_empty() {
        books.held_payments = Rows::new(held_payments::read(collect(&mut result).await?)?);
    }
    if !told.is_empty() {
        books.told = bank_instructions::read_told(collect(&mut result).await?)?;
    }
    if !shops.is_empty() {
        books.shops = read_models::read_shops(collect(&mut result).await?)?;
    }
    if !shops_settled.is_empty() {
        books.shops.extend(read_models::read_shops(collect(&mut result).await?)?);
    }
    if !people.is_empty() {
        books.names = collect::<(Uuid, String)>(&mut result).await?.into_iter().collect();
    }
    if !parcels.is_empty() {
        books.parcels = Rows::new(parcels::read(collect(&mut result).await?)?);
    }
    if !schedules.is_empty() {
        books.schedules = Rows::new(schedules::read(collect(&mut result).await?)?);
    }
    if !registered.is_empty() {
        books.registered = collect(&mut result).await?.into_iter().collect();
    }
    if !approached.is_empty() {
        books.away = collect(&mut result).await?.into_iter().collect();
    }
    if !staff.is_empty() {
        shop_members::read(collect(&mut result).await?, &mut books.shops)?;
    }
    result.drop_result().await?;
    books.now = now();
    Ok(books)
}

/// Locks the accounts, and then looks up which keys were used and how much those who ask or give
/// have open: twins and neighbours share an account, so that by now what they did can be seen.
pub(crate) async fn lock_accounts(
    conn: &mut Conn,
    books: &mut Books,
    accounts: &BTreeSet<Uuid>,
    Reads { requesters, senders, schedulers, payees, warned, since_days, .. }: &Reads,
    keys: &[KeyId],
    lock: Lock,
) -> Result<HashMap<KeyId, UsedKey>, Error> {
    let mut statements = Vec::new();
    if !accounts.is_empty() {
        statements.push(ledger::select_locked(&sql::ids(accounts), lock));
        let owners = since_days.iter().filter_map(|(business, _)| books.shops.get(business));
        let owners = owners.map(|shop| shop.owner_user_id.uuid());
        let watched: BTreeSet<Uuid> = owners.chain(accounts.iter().copied()).collect();
        statements.push(seen_risks::select(&sql::ids(&watched)));
        statements.push(frozen_neighbours::select(&sql::ids(accounts), books.now));
    }
    if !requesters.is_empty() {
        statements.push(money_requests::select_open(requesters, books.now));
    }
    if !senders.is_empty() {
        statements.push(parcels::select_open(senders));
    }
    if !schedulers.is_empty() {
        statements.push(schedules::select_open(schedulers));
    }
    if !payees.is_empty() {
        statements.push(known_payees::select(payees, books.now));
    }
    if !warned.is_empty() {
        statements.push(payee_warnings::select(warned));
    }
    if !since_days.is_empty() {
        statements.push(settlements::select_since_days(since_days));
        let businesses = since_days.iter().map(|(business, _)| business);
        let businesses = sql::ids(businesses);
        statements.push(business_bank_accounts::select(&businesses));
        statements.push(read_models::select_shops_of_mules(&businesses));
        statements.push(settlements::select_before(since_days));
    }
    if !keys.is_empty() {
        statements.push(operation_keys::select(keys, now()));
    }
    if statements.is_empty() {
        return Ok(HashMap::new());
    }
    let mut result = conn.query_iter(statements.join("; ")).await?;
    if !accounts.is_empty() {
        read_accounts(&mut result, books, accounts).await?;
    }
    if !requesters.is_empty() {
        books.open_requests = money_requests::read_open(collect(&mut result).await?);
    }
    if !senders.is_empty() {
        books.open_parcels = parcels::read_open(collect(&mut result).await?);
    }
    if !schedulers.is_empty() {
        books.open_schedules = schedules::read_open(collect(&mut result).await?);
    }
    if !payees.is_empty() {
        books.known_payees = known_payees::read(collect(&mut result).await?);
    }
    if !warned.is_empty() {
        books.warnings = payee_warnings::read(collect(&mut result).await?)?;
    }
    if !since_days.is_empty() {
        read_settled(&mut result, books).await?;
    }
    let used = match keys {
        [] => HashMap::new(),
        _ => operation_keys::read(collect(&mut result).await?),
    };
    result.drop_result().await?;
    books.now = now();
    Ok(used)
}

/// The accounts that were locked, and what is known of them.
async fn read_accounts(
    result: &mut QueryResult<'_, 'static, TextProtocol>,
    books: &mut Books,
    accounts: &BTreeSet<Uuid>,
) -> Result<(), Error> {
    let found = ledger::read(collect(result).await?)?;
    books.ledger = Ledger::new(with_fees_accounts(found, accounts));
    books.seen_risks = seen_risks::read(collect(result).await?)?;
    books.frozen_neighbours = collect::<(Uuid, u32)>(result).await?.into_iter().collect();
    Ok(())
}

/// What decides on the takings of shops.
async fn read_settled(
    result: &mut QueryResult<'_, 'static, TextProtocol>,
    books: &mut Books,
) -> Result<(), Error> {
    books.since_days = settlements::read_since_days(collect(result).await?);
    books.takings_go_to = business_bank_accounts::read(collect(result).await?)?;
    books.shops_of_mules = collect(result).await?.into_iter().collect();
    let before = settlements::read(collect(result).await?)?.into_iter();
    books.settled_before = before.map(|before| (before.business_id.uuid(), before)).collect();
    Ok(())
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
    let select = [
        operations::select(&ids),
        payment_requests::select(&ids),
        money_requests::select(&ids),
        bills::select(&ids),
        parcels::select(&ids),
        schedules::select(&ids),
        settlements::select(&ids),
    ];
    let select = select.join("; ");
    let mut result = conn.query_iter(select).await?;
    books.operations.remember(operations::read(collect(&mut result).await?)?);
    books.requests.remember(payment_requests::read(collect(&mut result).await?)?);
    books.money_requests.remember(money_requests::read(collect(&mut result).await?)?);
    books.bills.remember(bills::read(collect(&mut result).await?)?);
    books.parcels.remember(parcels::read(collect(&mut result).await?)?);
    books.schedules.remember(schedules::read(collect(&mut result).await?)?);
    books.settlements.remember(settlements::read(collect(&mut result).await?)?);
    result.drop_result().await
}

/// The rows of one statement. One that does not fit is an error, not a panic.
async fn collect<T: FromRow + Send + 'static>(
    result: &mut QueryResult<'_, 'static, TextProtocol>,
) -> Result<Vec<T>, Error> {
    let rows = result.try_collect().await?;
    rows.into_iter().map(|row| row.map_err(|_| super::unreadable("a row"))).collect()
}

/// Writes what was decided, the keys that were used and the events that tell of it (as SQL, empty
/// if there are none), and commits. Returns a position that has all of it.
pub(crate) async fn commit(
    conn: &mut Conn,
    books: &Books,
    keys: &[UsedKey],
    events: String,
) -> Result<Position, Error> {
    let statements = [
        ledger::insert_transfers(books.ledger.transfers()),
        ledger::update_sums(&books.ledger),
        operations::save(&books.operations),
        payment_requests::save(&books.requests),
        merchant_orders::insert(&books.orders),
        money_requests::save(&books.money_requests),
        bills::insert(&books.bills),
        operations::insert_words(&books.words, books.now),
        withdrawals::insert(&books.bank_accounts),
        fps_payments::insert(&books.fps_proxies),
        parcels::save(&books.parcels),
        parcels::save_shares(&books.parcels),
        schedules::save(&books.schedules),
        schedules::insert_occurrences(&books.occurrences),
        known_payees::save(&books.known_payees),
        payee_warnings::insert_consents(books.warnings.consents(), books.now),
        bank_instructions::insert(&books.bank_instructions, books.now),
        bank_instructions::withhold(&books.untold),
        visibility::insert(&books.for_friends),
        held_payments::save(&books.held_payments)?,
        settlements::insert(&books.settlements),
        operation_keys::insert(keys, books.now),
        events,
        "COMMIT".to_owned(),
        heartbeat::SELECT.to_owned(),
    ];
    let statements: Vec<String> =
        statements.into_iter().filter(|statement| !statement.is_empty()).collect();
    let mut result = conn.query_iter(statements.join("; ")).await?;
    for _ in statements.iter().skip(1) {
        collect::<mysql_async::Row>(&mut result).await?;
    }
    let position = heartbeat::read(collect(&mut result).await?)?;
    result.drop_result().await?;
    Ok(position)
}

/// For how many seconds a statement waits for a row, and the server for a statement.
pub(crate) async fn set_waits(conn: &mut Conn, row: u32, silence: u32) -> Result<(), Error> {
    conn.query_drop(format!("SET innodb_lock_wait_timeout = {row}, wait_timeout = {silence}")).await
}

/// Undoes a transaction that an error has left open.
pub(crate) async fn rollback(conn: &mut Conn) -> Result<(), Error> {
    conn.query_drop("ROLLBACK").await
}
