//! Somebody sees with whom they talk.

use service::{Consumer, Error, Json, List, Page};
use uuid::Uuid;
use values::Language;

use super::read_conversation::{ConversationBody, show};
use crate::{App, store};

/// Those with something to see in them.
pub(crate) async fn list_conversations(
    app: App,
    caller: Consumer,
    language: Language,
    list: List,
) -> Result<Json<Page<ConversationBody>>, Error> {
    let paging = list.of(caller.user_id)?;
    let mut conn = app.database.conn().await?;
    let rows = store::conversations::list_memberships(&mut conn, caller.user_id, &paging).await?;
    let (places, memberships): (Vec<Option<Uuid>>, Vec<_>) = rows.into_iter().unzip();
    let shown = show(&mut conn, memberships, caller.user_id, language).await?;
    let rows: Vec<(Option<Uuid>, ConversationBody)> = places.into_iter().zip(shown).collect();
    let place = |(place, _): &(Option<Uuid>, _)| place.unwrap_or_default().as_u128();
    Ok(Json(paging.page(rows, place, |(_, body)| body)))
}
