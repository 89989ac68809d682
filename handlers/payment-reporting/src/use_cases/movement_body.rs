//! A movement of an account, as it is answered.

use serde::Serialize;
use utoipa::ToSchema;
use values::{Language, Money, MoneyError, Timestamp, TransferId, hong_kong_time};

use crate::domain::{Line, title};

/// What moved into an account, or out of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportedMovementBody {
    transfer_id: TransferId,
    /// As the history of payments says it; more types will come.
    #[serde(rename = "type")]
    #[schema(pattern = "^[a-z-]{1,16}$", example = "peer-payment")]
    movement_type: String,
    /// What that is called, in the language of `Accept-Language`.
    title: &'static str,
    is_incoming: bool,
    amount: Money,
    /// Who was on the other side, as they were called then; null if it is the person's own bank, or
    /// waited to be claimed.
    counterparty_name: Option<String>,
    /// What was said with it; null if nothing.
    note: Option<String>,
    /// What the shop's code asked to be quoted; null if nothing.
    reference: Option<String>,
    posted_at: Timestamp,
    /// The same moment, as clocks show it in Hong Kong.
    #[schema(pattern = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", example = "2026-11-28 16:30:05")]
    hong_kong_time: String,
}

impl ReportedMovementBody {
    pub(super) fn of(line: Line, language: Language) -> Result<Self, MoneyError> {
        let name = Some(line.other_name).filter(|name| !name.is_empty());
        Ok(Self {
            transfer_id: line.transfer_id,
            title: title(&line.kind).in_language(language),
            movement_type: line.kind,
            is_incoming: line.is_incoming,
            amount: Money::hkd(line.amount)?,
            counterparty_name: name,
            note: line.note,
            reference: line.reference,
            posted_at: line.moved_at.into(),
            hong_kong_time: hong_kong_time(line.moved_at),
        })
    }
}
