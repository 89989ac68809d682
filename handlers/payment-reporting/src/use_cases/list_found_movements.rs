//! Searching one's own history by text, amount, type, other side and time.

use serde::Deserialize;
use service::{AsOf, Consumer, Error, Json, List, Page, ReadAfter};
use time::OffsetDateTime;
use utoipa::IntoParams;
use values::{AccountId, Language, Note};

use super::movement_body::ReportedMovementBody;
use super::search::search;
use super::type_filter::type_filter;
use crate::App;
use crate::store::ledger::first_id_of;
use crate::store::ledger::movements::Wanted;

/// Which movements.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListFoundMovements {
    /// Those with this in the other side's name, the note or the reference; capitals and small
    /// letters are the same.
    #[param(inline)]
    text: Option<Note>,
    /// Those of this type, as answers say it.
    #[serde(rename = "type", default, deserialize_with = "type_filter")]
    #[param(pattern = "^[a-z-]{1,16}$")]
    movement_type: Option<String>,
    /// Those with this person or shop on the other side.
    #[param(inline)]
    counterparty_id: Option<AccountId>,
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

pub(crate) async fn list_found_movements(
    app: App,
    consumer: Consumer,
    list: List<ListFoundMovements>,
    language: Language,
    after: ReadAfter,
) -> Result<AsOf<Json<Page<ReportedMovementBody>>>, Error> {
    let account_id = consumer.user_id.uuid();
    let ListFoundMovements { text, movement_type, counterparty_id, .. } = &list.filter;
    let wanted = Wanted {
        text: text.as_ref().map(|text| text.as_str().to_owned()),
        kind: movement_type.clone(),
        counterparty: counterparty_id.map(AccountId::uuid),
        amount_from: list.filter.amount_from,
        amount_to: list.filter.amount_to,
        is_without_fees: false,
    };
    let (from, before) = (list.filter.created_from, list.filter.created_before);
    let paging = list.of(account_id)?.between(from.map(first_id_of), before.map(first_id_of));
    let mut reading = app.ledger.read(after).await?;
    let body = |line| ReportedMovementBody::of(line, language);
    let page = search(&mut reading.tx, account_id, paging, &wanted, body).await?;
    Ok(AsOf { answer: Json(page), as_of: reading.as_of.into(), position: None })
}
