//! A person reads one of their own top-ups, for instance after its answer was lost.

use service::{Consumer, Error, Id, Json};
use values::TopUpId;

use super::top_up_wallet::TopUpBody;
use crate::domain::NO_TOP_UP;
use crate::{App, store};

pub(crate) async fn read_top_up(
    app: App,
    Id(id): Id<TopUpId>,
    consumer: Consumer,
) -> Result<Json<TopUpBody>, Error> {
    let mut conn = app.database.conn().await?;
    let top_up = store::operations::find_top_up(&mut conn, consumer.user_id, id).await?;
    let top_up = top_up.ok_or(NO_TOP_UP)?;
    let report = store::bank_instructions::find_report(&mut conn, top_up.id).await?;
    Ok(Json(TopUpBody::of(&top_up, report)))
}
