//! Members rename a group, add friends, take others off, leave and end it.

use serde::Deserialize;
use service::database::{Tx, now};
use service::retry_lock_conflicts;
use service::trace::TraceContext;
use service::{Change, Consumer, Error, Id, IfMatch, MergePatch, NoContent, Versioned};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{DisplayName, GroupId, UserId};

use super::read_group::GroupBody;
use crate::domain::{GROUPS_MAX, GROUPS_USED_UP, Group, NO_FRIEND, NO_GROUP};
use crate::store::groups;
use crate::{App, store};

/// What the owner changes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeGroup {
    #[serde(default)]
    #[schema(value_type = DisplayName)]
    name: Change<DisplayName>,
}

/// Of a change that changes nothing nobody is told, and the version stays.
pub(crate) async fn change_group(
    app: App,
    Id(id): Id<GroupId>,
    caller: Consumer,
    if_match: IfMatch,
    trace: TraceContext,
    MergePatch(input): MergePatch<ChangeGroup>,
) -> Result<Versioned<GroupBody>, Error> {
    let mut tx = app.database.begin().await?;
    let mut group = lock(&mut tx, id, caller.user_id).await?;
    if_match.require(group.version)?;
    let name = input.name.given().unwrap_or_else(|| group.name.clone());
    if group.rename(caller.user_id, name)? {
        save(&app, &mut tx, trace, &group, now()).await?;
    }
    let body = show(&mut tx, group, caller.user_id).await?;
    app.outbox.commit(tx).await?;
    Ok(body.versioned())
}

/// Whoever is in it already stays in it.
pub(crate) async fn add_group_member(
    app: App,
    Id(id): Id<GroupId>,
    Id(new): Id<UserId>,
    caller: Consumer,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    let add = || async {
        let now = now();
        let mut tx = app.database.begin().await?;
        let mut group = lock(&mut tx, id, caller.user_id).await?;
        if group.add(caller.user_id, new)? {
            require_room_and_friends(&mut tx, caller.user_id, &[new], false, now).await?;
            save(&app, &mut tx, trace, &group, now).await?;
        }
        Ok::<_, Error>(app.outbox.commit(tx).await?)
    };
    retry_lock_conflicts(add).await?;
    Ok(NoContent)
}

/// Oneself, which is leaving, or, as the owner, another.
pub(crate) async fn remove_group_member(
    app: App,
    Id(id): Id<GroupId>,
    Id(member): Id<UserId>,
    caller: Consumer,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    let mut group = lock(&mut tx, id, caller.user_id).await?;
    if group.remove(caller.user_id, member)? {
        save(&app, &mut tx, trace, &group, now()).await?;
    }
    app.outbox.commit(tx).await?;
    Ok(NoContent)
}

pub(crate) async fn end_group(
    app: App,
    Id(id): Id<GroupId>,
    caller: Consumer,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    let mut group = lock(&mut tx, id, caller.user_id).await?;
    group.end(caller.user_id)?;
    save(&app, &mut tx, trace, &group, now()).await?;
    app.outbox.commit(tx).await?;
    Ok(NoContent)
}

/// The group, locked, if this person is in it.
async fn lock(tx: &mut Tx, id: GroupId, user_id: UserId) -> Result<Group, Error> {
    let group = groups::lock_group(tx, id).await?.ok_or(NO_GROUP)?;
    group.require_member(user_id)?;
    Ok(group)
}

/// Whether these are all friends of `by`, and none of them, nor `by` if they join too, is in too
/// many groups.
pub(super) async fn require_room_and_friends(
    tx: &mut Tx,
    by: UserId,
    new: &[UserId],
    joins_too: bool,
    now: OffsetDateTime,
) -> Result<(), Error> {
    // Asked before, since nobody takes a stranger's turn, and again once no friendship can end.
    require_friends(tx, by, new).await?;
    let mut joining = new.to_vec();
    joining.extend(Some(by).filter(|_| joins_too));
    store::lock_turns(tx, &joining, now).await?;
    require_friends(tx, by, new).await?;
    for user_id in joining {
        if groups::count_groups(tx, user_id).await? >= GROUPS_MAX {
            return Err(GROUPS_USED_UP.into());
        }
    }
    Ok(())
}

async fn require_friends(tx: &mut Tx, of: UserId, others: &[UserId]) -> Result<(), Error> {
    let are_friends = store::are_friends_of(tx, of, others).await?;
    if are_friends { Ok(()) } else { Err(NO_FRIEND.into()) }
}

/// Stores it and tells other services, in the same transaction.
pub(super) async fn save(
    app: &App,
    tx: &mut Tx,
    trace: TraceContext,
    group: &Group,
    now: OffsetDateTime,
) -> Result<(), Error> {
    groups::save_group(tx, group).await?;
    let envelope = app.outbox.envelope(trace, group.id.to_string(), &group.changed_event(now))?;
    Ok(app.outbox.append(tx, &[envelope]).await?)
}

/// As this member sees it.
pub(super) async fn show(tx: &mut Tx, group: Group, reader: UserId) -> Result<GroupBody, Error> {
    let mut members = groups::list_members(tx, &[group.id], reader).await?;
    let members = members.remove(&group.id).unwrap_or_default();
    Ok(GroupBody::of(group, members))
}
