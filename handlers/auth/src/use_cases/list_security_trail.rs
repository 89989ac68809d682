//! Members of staff read what happened to the security of somebody's account, each look on record.

use service::{Error, Id, Json, List, Page, Staff};
use values::{Language, UserId};

use super::hold_login::hold_login;
use super::list_security_events::{SecurityEventBody, list_events_of};
use super::record_act::record_act;
use crate::domain::{ActSubject, NO_USER, StaffActType};
use crate::{App, store};

/// Whoever reads customers' cases may look. The record is there before the answer is.
pub(crate) async fn list_security_trail(
    app: App,
    Id(user_id): Id<UserId>,
    by: Staff,
    language: Language,
    list: List,
) -> Result<Json<Page<SecurityEventBody>>, Error> {
    by.require_reviewing()?;
    let mut tx = app.database.begin().await?;
    hold_login(&mut tx, &by).await?;
    store::users::find_registration(&mut tx, user_id).await?.ok_or(NO_USER)?;
    let about = Some(ActSubject::Person(user_id));
    record_act(&mut tx, &by, StaffActType::SecurityTrailRead, about).await?;
    tx.commit().await?;
    let mut conn = app.database.conn().await?;
    list_events_of(&mut conn, user_id, language, &list).await
}
