//! What a shop was paid and gave back, one by one, with filters.

use serde::{Deserialize, Serialize};
use service::{AsOf, Error, Id, Json, List, Merchant, Page, ReadAfter};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use values::{
    Balance, BusinessId, Fee, Language, Money, MoneyError, Note, Timestamp, TransferId, UserId,
    hong_kong_time,
};

use super::own_shop::require_reader;
use super::search::search;
use super::type_filter::type_filter;
use crate::App;
use crate::domain::{Line, title};
use crate::store::ledger::first_id_of;
use crate::store::ledger::movements::Wanted;

/// Which transactions.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListTransactions {
    /// Those with this in the customer's name, the note or the reference; capitals and small
    /// letters are the same.
    #[param(inline)]
    text: Option<Note>,
    /// `payment` or `refund`.
    #[serde(rename = "type", default, deserialize_with = "type_filter")]
    #[param(pattern = "^[a-z-]{1,16}$")]
    transaction_type: Option<String>,
    /// Those with this person.
    #[param(inline)]
    customer_id: Option<UserId>,
    /// Those of this many cents or more.
    #[param(value_type = Option<u64>, maximum = 4_294_967_295_u32)]
    amount_from: Option<u32>,
    /// Those of this many cents or fewer.
    #[param(value_type = Option<u64>, maximum = 4_294_967_295_u32)]
    amount_to: Option<u32>,
    /// Items of this moment and later, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_from: Option<OffsetDateTime>,
    /// Items of before this moment, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_before: Option<OffsetDateTime>,
}

/// A payment whose money has moved, or a refund. The history of payments has its fee on a line of
/// its own; here it stands beside the amount.
#[derive(Serialize, ToSchema)]
pub(crate) struct TransactionBody {
    transfer_id: TransferId,
    /// `payment` or `refund`; more types will come.
    #[serde(rename = "type")]
    #[schema(pattern = "^[a-z-]{1,16}$", example = "payment")]
    transaction_type: String,
    /// What that is called, in the language of `Accept-Language`.
    title: &'static str,
    amount: Money,
    /// How much of the amount is a tip; null if nothing.
    tip: Option<Money>,
    /// What the shop paid for a payment, or has back with a refund.
    fee: Fee,
    /// Amount less fee of a payment; what a refund took, less the fee that came back, below zero.
    net: Balance,
    /// What the customer was called then; null if nothing.
    customer_name: Option<String>,
    /// What was said with it; null if nothing.
    note: Option<String>,
    /// What the shop's code asked to be quoted; null if nothing.
    reference: Option<String>,
    posted_at: Timestamp,
    /// The same moment, as clocks show it in Hong Kong.
    #[schema(pattern = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", example = "2026-11-28 16:30:05")]
    hong_kong_time: String,
}

impl TransactionBody {
    fn of(line: Line, language: Language) -> Result<Self, MoneyError> {
        let net = line.net();
        Ok(Self {
            transfer_id: line.transfer_id,
            title: title(&line.kind).in_language(language),
            transaction_type: line.kind,
            amount: Money::hkd(line.amount)?,
            tip: line.tip.map(Money::hkd).transpose()?,
            fee: Fee::hkd(line.fee)?,
            net: Balance::hkd(net),
            customer_name: Some(line.other_name).filter(|name| !name.is_empty()),
            note: line.note,
            reference: line.reference,
            posted_at: line.moved_at.into(),
            hong_kong_time: hong_kong_time(line.moved_at),
        })
    }
}

pub(crate) async fn list_transactions(
    app: App,
    Id(business_id): Id<BusinessId>,
    reader: Merchant,
    list: List<ListTransactions>,
    language: Language,
    after: ReadAfter,
) -> Result<AsOf<Json<Page<TransactionBody>>>, Error> {
    let ListTransactions { text, transaction_type, customer_id, .. } = &list.filter;
    let wanted = Wanted {
        text: text.as_ref().map(|text| text.as_str().to_owned()),
        kind: transaction_type.clone(),
        counterparty: customer_id.map(UserId::uuid),
        amount_from: list.filter.amount_from,
        amount_to: list.filter.amount_to,
        is_without_fees: true,
    };
    let (from, before) = (list.filter.created_from, list.filter.created_before);
    let paging = list.of(business_id)?.between(from.map(first_id_of), before.map(first_id_of));
    let mut reading = app.ledger.read(after).await?;
    require_reader(&mut reading, business_id, &reader).await?;
    let body = |line| TransactionBody::of(line, language);
    let page = search(&mut reading.tx, business_id.uuid(), paging, &wanted, body).await?;
    Ok(AsOf { answer: Json(page), as_of: reading.as_of.into(), position: None })
}
