//! The files that a shop's owner asked for.

use serde::Deserialize;
use service::{Error, Json, List, Merchant, Page, ReadAfter};
use utoipa::IntoParams;
use values::BusinessId;

use super::own_shop::require_reader;
use super::read_export::ExportBody;
use crate::domain::Export;
use crate::{App, store};

/// Of which shop.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListExports {
    /// One of the caller's businesses.
    #[param(inline)]
    business_id: BusinessId,
}

/// The newest first that the caller asked for; what expired or failed for 90 days.
pub(crate) async fn list_exports(
    app: App,
    owner: Merchant,
    list: List<ListExports>,
) -> Result<Json<Page<ExportBody>>, Error> {
    let paging = list.of(owner.user_id)?;
    let business_id = list.filter.business_id;
    require_reader(&mut app.ledger.read(ReadAfter(None)).await?, business_id, &owner).await?;
    let mut conn = app.database.conn().await?;
    let rows = store::exports::list_exports(&mut conn, business_id, owner.user_id, &paging).await?;
    let place = |export: &Export| export.id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, |export| ExportBody::of(&export))))
}
