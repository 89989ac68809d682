//! The statements of one payment, each a round trip.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::Keyed;
use service::database::Tx;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{BusinessId, Money, PaymentId, PaymentRequestId, UserId};

/// A payment as its rows need it.
pub(crate) struct PaymentRow {
    pub(crate) id: PaymentId,
    pub(crate) request_id: PaymentRequestId,
    pub(crate) payer: UserId,
    pub(crate) payer_name: String,
    pub(crate) payee: BusinessId,
    pub(crate) shop_name: String,
    /// Minor units.
    pub(crate) amount: i64,
    /// What the shop pays of that.
    pub(crate) fee: i64,
    pub(crate) at: OffsetDateTime,
}

impl PaymentRow {
    /// As its event says it.
    pub(crate) fn moved_at(&self) -> String {
        self.at.format(&Rfc3339).unwrap_or_default()
    }
}

/// The same halves of digests as the service keeps.
pub(crate) async fn insert_key(
    tx: &mut Tx,
    keyed: &Keyed,
    payment: PaymentId,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let half = |digest: &[u8]| digest.get(..16).unwrap_or_default().to_vec();
    let month = now.year().saturating_mul(100).saturating_add(i32::from(u8::from(now.month())));
    tx.exec_drop(
        "INSERT INTO operation_keys (key_id, month, fingerprint, record_id) VALUES (?, ?, ?, ?)",
        (half(keyed.key_digest()), month, half(keyed.fingerprint()), payment.uuid()),
    )
    .await
}

/// A request whose row is locked.
pub(crate) struct RequestRow {
    business_id: Uuid,
    pub(crate) shop_name: String,
    amount: i64,
    status: String,
    expires_at: PrimitiveDateTime,
}

impl RequestRow {
    pub(crate) fn accepts(&self, amount: Money, payee: BusinessId, now: OffsetDateTime) -> bool {
        self.status == "open"
            && self.expires_at.assume_utc() > now
            && self.amount == amount.minor_units()
            && self.business_id == payee.uuid()
    }
}

pub(crate) async fn lock_request(
    tx: &mut Tx,
    id: PaymentRequestId,
) -> Result<Option<RequestRow>, Error> {
    let row = tx
        .exec_first(
            "SELECT business_id, shop_name, amount, status, expires_at FROM payment_requests
             WHERE payment_request_id = ? FOR UPDATE",
            (id.uuid(),),
        )
        .await?;
    Ok(row.map(|(business_id, shop_name, amount, status, expires_at)| RequestRow {
        business_id,
        shop_name,
        amount,
        status,
        expires_at,
    }))
}

/// The owner of a shop that can be paid, and what it pays, in hundredths of a percent.
pub(crate) async fn find_shop(tx: &mut Tx, id: BusinessId) -> Result<Option<(UserId, i64)>, Error> {
    let sql = "SELECT owner_user_id, fee_basis_points FROM shops
        WHERE business_id = ? AND NOT is_closed";
    let row: Option<(Uuid, i64)> = tx.exec_first(sql, (id.uuid(),)).await?;
    Ok(row.map(|(owner, basis_points)| (UserId::from_uuid(owner), basis_points)))
}

pub(crate) async fn find_name(tx: &mut Tx, id: UserId) -> Result<String, Error> {
    let sql = "SELECT display_name FROM people WHERE user_id = ?";
    Ok(tx.exec_first(sql, (id.uuid(),)).await?.unwrap_or_default())
}

/// The accounts of a payment and its fee, whose rows are locked.
pub(crate) struct Accounts {
    payer: Sums,
    payee: Sums,
    fees: Sums,
}

#[derive(Clone)]
struct Sums {
    id: Uuid,
    kind: String,
    is_active: bool,
    debits: i64,
    credits: i64,
    held: i64,
}

impl Accounts {
    /// Moves the amount if it may be moved, and the fee.
    pub(crate) fn post(&mut self, amount: i64, fee: i64) -> bool {
        let balance = self.payer.credits.saturating_sub(self.payer.debits);
        let is_there = balance.saturating_sub(self.payer.held) >= amount;
        self.payer.debits = self.payer.debits.saturating_add(amount);
        self.payee.credits = self.payee.credits.saturating_add(amount);
        self.payee.debits = self.payee.debits.saturating_add(fee);
        self.fees.credits = self.fees.credits.saturating_add(fee);
        is_there && self.payer.is_active && self.payee.is_active
    }
}

/// In the order of their ids, so that no two payments wait for each other.
pub(crate) async fn lock_accounts(
    tx: &mut Tx,
    payer: UserId,
    payee: BusinessId,
) -> Result<Accounts, Error> {
    let rows: Vec<(Uuid, String, String, i64, i64, i64)> = tx
        .exec(
            "SELECT account_id, kind, status, debits_posted, credits_posted, debits_pending
             FROM accounts WHERE account_id IN (?, ?, ?) ORDER BY account_id FOR UPDATE",
            (payer.uuid(), payee.uuid(), fees_account(payee)),
        )
        .await?;
    let sums = rows.into_iter().map(|(id, kind, status, debits, credits, held)| Sums {
        id,
        kind,
        is_active: status == "active",
        debits,
        credits,
        held,
    });
    let sums: Vec<Sums> = sums.collect();
    let find = |id: Uuid| sums.iter().find(|sums| sums.id == id).cloned();
    let missing = || Error::Other("an account is missing".into());
    Ok(Accounts {
        payer: find(payer.uuid()).ok_or_else(missing)?,
        payee: find(payee.uuid()).ok_or_else(missing)?,
        // It opens with the shop's first fee.
        fees: find(fees_account(payee)).unwrap_or_else(|| Sums {
            id: fees_account(payee),
            kind: "merchant_fees".to_owned(),
            is_active: true,
            debits: 0,
            credits: 0,
            held: 0,
        }),
    })
}

pub(crate) async fn update_sums(tx: &mut Tx, accounts: &Accounts) -> Result<(), Error> {
    let Accounts { payer, payee, fees } = accounts;
    tx.exec_drop(
        "INSERT INTO accounts (account_id, kind, currency, debits_posted, credits_posted)
         VALUES (?, ?, 'HKD', ?, ?), (?, ?, 'HKD', ?, ?), (?, ?, 'HKD', ?, ?)
         ON DUPLICATE KEY UPDATE
             debits_posted = VALUES(debits_posted), credits_posted = VALUES(credits_posted)",
        (
            payer.id,
            &payer.kind,
            payer.debits,
            payer.credits,
            payee.id,
            &payee.kind,
            payee.debits,
            payee.credits,
            fees.id,
            &fees.kind,
            fees.debits,
            fees.credits,
        ),
    )
    .await
}

pub(crate) async fn insert_transfer(tx: &mut Tx, payment: &PaymentRow) -> Result<(), Error> {
    let PaymentRow { id, payer, payee, amount, at, .. } = payment;
    tx.exec_drop(
        "INSERT INTO transfers (transfer_id, debit_account_id, credit_account_id, amount, currency,
             code, subject_id, phase, created_at)
         VALUES (?, ?, ?, ?, 'HKD', 'payment', ?, 'posted', ?)",
        (id.uuid(), payer.uuid(), payee.uuid(), amount, id.uuid(), stored(*at)),
    )
    .await
}

pub(crate) async fn insert_fee(tx: &mut Tx, payment: &PaymentRow) -> Result<(), Error> {
    let PaymentRow { id, payee, fee, at, .. } = payment;
    if *fee == 0 {
        return Ok(());
    }
    tx.exec_drop(
        "INSERT INTO transfers (transfer_id, debit_account_id, credit_account_id, amount, currency,
             code, subject_id, phase, created_at)
         VALUES (?, ?, ?, ?, 'HKD', 'fee', ?, 'posted', ?)",
        (beside(id.uuid()), payee.uuid(), fees_account(*payee), fee, id.uuid(), stored(*at)),
    )
    .await
}

fn fees_account(shop: BusinessId) -> Uuid {
    beside(shop.uuid())
}

/// The same id in version 8 rather than 7.
fn beside(id: Uuid) -> Uuid {
    Uuid::from_u128(id.as_u128() ^ (0xF << 76))
}

pub(crate) async fn insert_operation(tx: &mut Tx, payment: &PaymentRow) -> Result<(), Error> {
    let PaymentRow { id, request_id, payer, payer_name, payee, shop_name, amount, fee, at } =
        payment;
    tx.exec_drop(
        "INSERT INTO operations (operation_id, kind, state, parent_id, from_account_id, from_name,
             to_account_id, to_name, amount, moved, currency, reference, confirmed_by, fee,
             created_at, ended_at)
         VALUES (?, 'payment', 'completed', ?, ?, ?, ?, ?, ?, ?, 'HKD', '', 'device', ?, ?, ?)",
        (
            id.uuid(),
            request_id.uuid(),
            payer.uuid(),
            payer_name,
            payee.uuid(),
            shop_name,
            amount,
            amount,
            fee,
            stored(*at),
            stored(*at),
        ),
    )
    .await
}

pub(crate) async fn close_request(tx: &mut Tx, payment: &PaymentRow) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE payment_requests SET status = 'paid', payment_id = ? WHERE payment_request_id = ?",
        (payment.id.uuid(), payment.request_id.uuid()),
    )
    .await
}

fn stored(at: OffsetDateTime) -> PrimitiveDateTime {
    PrimitiveDateTime::new(at.date(), at.time())
}
