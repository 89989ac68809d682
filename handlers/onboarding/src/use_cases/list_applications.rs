//! A person sees what they have applied for.

use service::{Caller, Error, Json, List, Page};

use super::read_application::ApplicationBody;
use crate::domain::Application;
use crate::{App, store};

pub(crate) async fn list_applications(
    app: App,
    caller: Caller,
    list: List,
) -> Result<Json<Page<ApplicationBody>>, Error> {
    let paging = list.of(caller.user_id)?;
    let mut conn = app.database.conn().await?;
    let rows = store::applications::list_applications(&mut conn, caller.user_id, &paging).await?;
    let place = |application: &Application| application.id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, |application| ApplicationBody::of(&application))))
}
