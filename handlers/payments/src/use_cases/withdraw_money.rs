//! A person's money goes from their wallet to their own bank account.

use serde::{Deserialize, Serialize};
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, Keyed, Recorded, Resource, Written};
use utoipa::ToSchema;
use values::{
    AccountId, BankAccount, BankAccountId, BankCode, ConfirmableKind, Fee, IdempotencyKey, Money,
    OperationTerms, Reference, Refusal, Timestamp, WithdrawalId,
};

use super::check_confirmation::{Proof, check_confirmation};
use super::follow_bank::tell_bank;
use crate::App;
use crate::domain::operations::Withdraw;
use crate::domain::{
    BankReason, BankReport, BankStatus, ConfirmedBy, NO_BANK_ACCOUNT, Operation, OperationState,
};
use crate::store::bank_accounts::find_bank_account_of;

/// How much goes where, as the person saw it, and the proof that they agreed to it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawMoney {
    amount: Money,
    /// The person's own account.
    bank_account: BankAccount,
    /// Of a `withdrawal` whose payee is the payer, and whose reference is the bank account,
    /// `024-123456789`: the bank's code, a hyphen and the account number.
    confirmation: Proof,
}

/// How much goes to the account of the path, as the person saw it, and the proof that they agreed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawToRegistered {
    amount: Money,
    /// Of a `withdrawal` whose payee is the payer, and whose reference is the registered account's.
    confirmation: Proof,
}

/// A withdrawal. While it is `pending` its money is held: the wallet's balance has it, and what is
/// available has not.
#[derive(Serialize, ToSchema)]
pub(crate) struct WithdrawalBody {
    withdrawal_id: WithdrawalId,
    amount: Money,
    bank_account: MaskedBankAccountBody,
    /// `completed` once the bank has the money, `failed` if it did not take it and the wallet has
    /// it again.
    status: OperationState,
    /// What the bank has said last; null before, and where operators answer for it.
    bank_status: Option<BankStatus>,
    /// Why the bank has rejected it; null unless it said why.
    bank_reason: Option<BankReason>,
    created_at: Timestamp,
    /// When the bank's answer came; null until then.
    ended_at: Option<Timestamp>,
}

/// A bank account, as its owner recognizes it.
#[derive(Serialize, ToSchema)]
pub(crate) struct MaskedBankAccountBody {
    bank_code: BankCode,
    /// The last four digits of the account number.
    #[schema(example = "6789")]
    account_number_ending: String,
}

impl From<&BankAccount> for MaskedBankAccountBody {
    fn from(account: &BankAccount) -> Self {
        Self {
            bank_code: account.bank_code.clone(),
            account_number_ending: account.account_number.ending().to_owned(),
        }
    }
}

impl Resource for WithdrawalBody {
    const LOCATION: &'static str = "/api/v1/wallets/me/withdrawals/{withdrawal_id}";
}

impl WithdrawalBody {
    pub(super) fn of(
        withdrawal: &Operation,
        account: &BankAccount,
        report: Option<BankReport>,
    ) -> Self {
        Self {
            withdrawal_id: withdrawal.withdrawal_id(),
            amount: withdrawal.amount,
            bank_account: MaskedBankAccountBody::from(account),
            status: withdrawal.state,
            bank_status: report.map(|report| report.status),
            bank_reason: report.and_then(|report| report.reason),
            created_at: withdrawal.created_at.into(),
            ended_at: withdrawal.ended_at.map(Timestamp::from),
        }
    }
}

pub(crate) async fn withdraw_money(
    app: App,
    consumer: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<WithdrawMoney>,
) -> Result<Written<Recorded<WithdrawalBody>>, Error> {
    let WithdrawMoney { amount, bank_account, confirmation } = input;
    let terms = terms(&consumer, &key, amount, Reference::from(&bank_account));
    let confirmed = check_confirmation(&app, &consumer, &terms, confirmation).await?;
    begin(app, consumer, terms, (bank_account, None), confirmed, trace).await
}

/// To an account that was removed nothing goes but what is a repeat.
pub(crate) async fn withdraw_to_registered(
    app: App,
    Id(id): Id<BankAccountId>,
    consumer: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<WithdrawToRegistered>,
) -> Result<Written<Recorded<WithdrawalBody>>, Error> {
    let mut conn = app.database.conn().await?;
    let found = find_bank_account_of(&mut conn, id, consumer.user_id).await?;
    drop(conn);
    let registered = found.ok_or(NO_BANK_ACCOUNT)?;
    let reference = registered.reference().ok_or_else(|| Error::internal("no reference"))?;
    let terms = terms(&consumer, &key, input.amount, reference);
    let confirmed = check_confirmation(&app, &consumer, &terms, input.confirmation).await?;
    begin(app, consumer, terms, (registered.account, Some(id)), confirmed, trace).await
}

/// What a withdrawal's confirmation covers.
fn terms(
    consumer: &Consumer,
    key: &IdempotencyKey,
    amount: Money,
    reference: Reference,
) -> OperationTerms {
    OperationTerms {
        kind: ConfirmableKind::Withdrawal,
        payer: consumer.user_id,
        payee: AccountId::User(consumer.user_id),
        amount,
        fee: Fee::NONE,
        payment_request_id: None,
        reference: Some(reference),
        idempotency_key: key.clone(),
    }
}

async fn begin(
    app: App,
    consumer: Consumer,
    terms: OperationTerms,
    (bank_account, registered): (BankAccount, Option<BankAccountId>),
    confirmed: Result<ConfirmedBy, Refusal>,
    trace: TraceContext,
) -> Result<Written<Recorded<WithdrawalBody>>, Error> {
    let (user_id, key) = (consumer.user_id, &terms.idempotency_key);
    // Without the proof, as in `pay`. The terms name the bank account, so a repeat has the same.
    let keyed = Keyed::new(user_id.uuid(), key, "withdraw_money", &terms)?;
    let wanted = Withdraw {
        user_id,
        amount: terms.amount,
        bank_account: bank_account.clone(),
        registered,
        confirmed,
        is_new_device: consumer.limited_until.is_some(),
        is_instructed: app.bank.is_instructed(),
    };
    let begun = app.group_commit.submit(wanted, Some(&keyed), trace).await?;
    let (done, report) = tell_bank(&app, begun, trace).await?;
    let body = WithdrawalBody::of(&done.record, &bank_account, report);
    Ok(Written { answer: Recorded::of(&body, done.is_repeat)?, position: done.position })
}
