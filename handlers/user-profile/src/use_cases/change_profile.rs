//! A person says what they are called and found by, shows a picture, and which language they read.

use serde::Deserialize;
use service::database::{Tx, now};
use service::trace::TraceContext;
use service::{Caller, Change, Error, IfMatch, MergePatch, Versioned};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{DisplayName, Language, NOT_YET_KNOWN, PictureId, UserId};

use super::count_handle_lookup::count_handle_lookup;
use super::read_profile::ProfileBody;
use crate::domain::{Handle, ProfileChange};
use crate::{App, store};

/// What the person changes of their own words.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeProfile {
    #[serde(default)]
    #[schema(value_type = DisplayName)]
    display_name: Change<DisplayName>,
    #[serde(default)]
    #[schema(value_type = Language)]
    language: Change<Language>,
    /// 3 to 30 of `a` to `z`, `0` to `9`, `.` and `_`, in any case: a letter first, and `.` and `_`
    /// alone between others. Null gives it up. After the first one it is changed twice in 365 days
    /// at most; what was given up is nobody else's for 365 days.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 64, example = "tai.man_88")]
    handle: Change<Option<String>>,
    /// Whether others find the person by the handle.
    #[serde(default)]
    #[schema(value_type = bool)]
    is_findable: Change<bool>,
    /// A picture that was announced in the last half hour and uploaded. Null shows none, and
    /// nothing is kept of the one before.
    #[serde(default)]
    #[schema(value_type = Option<PictureId>)]
    picture_id: Change<Option<PictureId>>,
}

/// Of a change that changes nothing nobody is told, and the version stays.
pub(crate) async fn change_profile(
    app: App,
    caller: Caller,
    if_match: IfMatch,
    trace: TraceContext,
    MergePatch(input): MergePatch<ChangeProfile>,
) -> Result<Versioned<ProfileBody>, Error> {
    let user_id = caller.user_id;
    let handle = input.handle.given().map(|text| text.map(|text| text.parse()).transpose());
    let change = ProfileChange {
        display_name: input.display_name.given(),
        language: input.language.given(),
        handle: handle.transpose()?,
        is_findable: input.is_findable.given(),
        picture_id: input.picture_id.given(),
    };
    // Whoever asks for a handle learns whether somebody has it.
    if let Some(Some(_)) = change.handle {
        count_handle_lookup(&app, user_id).await?;
    }
    if let Some(Some(picture_id)) = change.picture_id {
        app.pictures.make(&app.database, user_id.uuid(), picture_id).await?;
    }
    let now = now();
    let mut tx = app.database.begin().await?;
    let mut profile = store::lock_profile(&mut tx, user_id).await?.ok_or(NOT_YET_KNOWN)?;
    if_match.require(profile.version)?;
    let (old_handle, old_picture) = (profile.handle.clone(), profile.picture_id);
    if profile.change(change, now)? {
        move_handle(&mut tx, user_id, [old_handle.as_ref(), profile.handle.as_ref()], now).await?;
        let shown = [old_picture, profile.picture_id];
        app.pictures.show(&mut tx, user_id.uuid(), shown).await?;
        store::update_profile(&mut tx, &profile).await?;
        let changed = app.outbox.envelope(trace, user_id.to_string(), &profile.changed_event())?;
        app.outbox.append(&mut tx, &[changed]).await?;
        app.outbox.commit(tx).await?;
        if let Some(gone) = old_picture.filter(|old| profile.picture_id != Some(*old)) {
            app.pictures.take_off(gone).await;
        }
    }
    Ok(ProfileBody::versioned(profile))
}

/// Takes the new handle, if nobody else has it or may still be meant by it, and gives the old one
/// up. Of two that look alike neither is given up for the other.
async fn move_handle(
    tx: &mut Tx,
    user_id: UserId,
    [old, new]: [Option<&Handle>; 2],
    now: OffsetDateTime,
) -> Result<(), Error> {
    if old == new {
        return Ok(());
    }
    let [old, new] = [old, new].map(|handle| handle.map(Handle::skeleton));
    if let Some(new) = &new {
        let holder = store::lock_handle(tx, new, user_id).await?;
        holder.require_free_for(user_id, now)?;
        store::take_handle(tx, new, user_id).await?;
    }
    if let Some(old) = old.filter(|old| new.as_ref() != Some(old)) {
        store::give_up_handle(tx, &old, now).await?;
    }
    Ok(())
}
