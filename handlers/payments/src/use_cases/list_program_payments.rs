//! The payments that a program's shop has received, or that are held for it, by our own API: the
//! page that its owner reads in the app.

use serde::Deserialize;
use service::{Error, List, ReadAfter, SignedRequest};
use time::OffsetDateTime;
use utoipa::IntoParams;
use values::AccountId;

use super::PaymentBody;
use super::created_within::narrow;
use super::list_payments::read_page;
use crate::App;
use crate::domain::{ApiScope, Direction, OperationState, Reader};
use crate::history::Listed;
use crate::signed_call::{Metered, let_in};

/// Which payments.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListProgramPayments {
    /// Those that stand like this now; all if absent.
    #[param(inline)]
    status: Option<OperationState>,
    /// Items of this moment and later, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_from: Option<OffsetDateTime>,
    /// Items of before this moment, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_before: Option<OffsetDateTime>,
}

pub(crate) async fn list_program_payments(
    app: App,
    list: List<ListProgramPayments>,
    after: ReadAfter,
    SignedRequest(signed): SignedRequest,
) -> Result<Metered<Listed<PaymentBody>>, Error> {
    let program = let_in(&app, &signed, ApiScope::Read).await?;
    let account = AccountId::Business(program.business_id());
    let ListProgramPayments { status, created_from, created_before } = list.filter;
    let paging = narrow(list.of(account)?, created_from, created_before);
    let reading = app.history.read(after).await?;
    let received = (Reader::Shop, account.uuid(), Direction::In);
    let page = read_page(reading, received, status, paging).await?;
    Ok(program.answered(page))
}
