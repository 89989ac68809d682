//! What the caller was asked for, or has asked for.

use serde::Deserialize;
use service::database::now;
use service::{Consumer, Error, List, ReadAfter};
use time::OffsetDateTime;
use utoipa::IntoParams;
use values::code_enum;

use super::MoneyRequestBody;
use super::created_within::narrow;
use crate::App;
use crate::domain::{MoneyRequest, MoneyRequestStatus};
use crate::history::Listed;
use crate::store::money_requests::{self, Asked};

code_enum! {
    /// Which way requests went, as the caller sees it.
    pub(crate) enum AskedDirection {
        /// The caller was asked.
        Incoming = "incoming",
        /// The caller has asked.
        Outgoing = "outgoing",
    }
}

/// Whose requests, and which of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListMoneyRequests {
    /// Those that the caller was asked for, or those that the caller made.
    #[param(inline)]
    direction: AskedDirection,
    /// Those that stand like this now; all if absent.
    #[param(inline)]
    status: Option<MoneyRequestStatus>,
    /// Items of this moment and later, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_from: Option<OffsetDateTime>,
    /// Items of before this moment, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_before: Option<OffsetDateTime>,
}

pub(crate) async fn list_money_requests(
    app: App,
    caller: Consumer,
    list: List<ListMoneyRequests>,
    after: ReadAfter,
) -> Result<Listed<MoneyRequestBody>, Error> {
    let mut reading = app.history.read(after).await?;
    let ListMoneyRequests { direction, status, created_from, created_before } = list.filter;
    let asked = match direction {
        AskedDirection::Incoming => Asked::Payer(caller.user_id),
        AskedDirection::Outgoing => Asked::Requester(caller.user_id),
    };
    let paging = narrow(list.of(caller.user_id)?, created_from, created_before);
    let (conn, now) = (&mut reading.conn, now());
    let rows = money_requests::list_money_requests(conn, asked, status, now, &paging).await?;
    let place = |request: &MoneyRequest| request.id.uuid().as_u128();
    let page = paging.page(rows, place, |request| MoneyRequestBody::at(request, now));
    reading.answer(page).await
}
