//! An auditor reads who of staff looked at what.

use serde::Serialize;
use service::{Auditor, Error, Json, List, Page};
use utoipa::ToSchema;
use values::{GraphLookId, StaffId, Timestamp};

use crate::store::looks::Look;
use crate::{App, store};

/// That a member of staff looked into the graph.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphLookBody {
    look_id: GraphLookId,
    /// `account`, `neighbourhood`, `export`, `path`, `counterparties`, `payment-flow`, `risk` or
    /// `clearance`.
    #[serde(rename = "type")]
    #[schema(example = "neighbourhood")]
    look_type: String,
    /// Who did.
    staff_id: StaffId,
    /// Who that was, as they were signed in.
    #[schema(example = "wong.tm@example.com")]
    name: String,
    /// The account or the movement, as they named it.
    #[schema(example = "gac_01h455vb4pex5vsknk084sn02q")]
    subject: String,
    looked_at: Timestamp,
}

pub(crate) async fn list_graph_looks(
    app: App,
    _by: Auditor,
    list: List,
) -> Result<Json<Page<GraphLookBody>>, Error> {
    let paging = list.of("looks into the graph")?;
    let mut conn = app.database.conn().await?;
    let rows = store::looks::list_looks(&mut conn, &paging).await?;
    let place = |look: &Look| look.look_id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, |look| GraphLookBody {
        look_id: look.look_id,
        look_type: look.kind,
        staff_id: look.staff_id,
        name: look.name,
        subject: look.subject,
        looked_at: look.looked_at.into(),
    })))
}
