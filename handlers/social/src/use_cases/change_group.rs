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
use crate::domain::{
    Act, DayCounts, GROUPS_MAX, GROUPS_USED_UP, Group, LEAVING_LASTS, MEMBER_LEFT, NO_FRIEND,
    NO_GROUP,
};
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

/// Whoever is in it already stays in it. Who has left is not called back: they would be again where
/// they wanted to be no longer.
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
            let since = now.saturating_sub(LEAVING_LASTS);
            if groups::has_left_since(&mut tx, id, new, since).await? {
                return Err(MEMBER_LEFT.into());
            }
            gather(&mut tx, caller.user_id, &[new], Gathering::Added, now).await?;
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
    let now = now();
    let mut tx = app.database.begin().await?;
    let mut group = lock(&mut tx, id, caller.user_id).await?;
    if group.remove(caller.user_id, member)? {
        if caller.user_id == member {
            let forgotten = now.saturating_sub(LEAVING_LASTS);
            groups::save_leaver(&mut tx, id, member, now, forgotten).await?;
        }
        save(&app, &mut tx, trace, &group, now).await?;
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

/// How people come together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gathering {
    /// Who calls them makes the group, and is in one more too.
    New,
    /// They join one that there is.
    Added,
}

/// Counts that `by` calls these people together, all of whom are their friends, and none of whom,
/// nor `by` of a new group, is in too many.
pub(super) async fn gather(
    tx: &mut Tx,
    by: UserId,
    others: &[UserId],
    how: Gathering,
    now: OffsetDateTime,
) -> Result<(), Error> {
    // Asked before, since nobody takes a stranger's turn, and again once no friendship can end.
    require_friends(tx, by, others).await?;
    let people: Vec<UserId> = others.iter().copied().chain([by]).collect();
    let turns = store::lock_turns(tx, &people, now).await?;
    require_friends(tx, by, others).await?;
    let joining = if how == Gathering::New { &*people } else { others };
    for user_id in joining {
        if groups::count_groups(tx, *user_id).await? >= GROUPS_MAX {
            return Err(GROUPS_USED_UP.into());
        }
    }
    let mut today = turns.get(&by).copied().unwrap_or(DayCounts::none(now));
    if how == Gathering::New {
        today = today.with(Act::MakeGroup, now)?;
    }
    today = today.with(Act::AddMembers(others.len()), now)?;
    Ok(store::update_turn(tx, by, today).await?)
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
