//! A person reads a group that they are in.

use serde::Serialize;
use service::{Consumer, Error, Id, Resource, Versioned};
use utoipa::ToSchema;
use values::{DisplayName, GroupId, Timestamp, UserId, masked};

use crate::App;
use crate::domain::{Group, NO_GROUP};
use crate::store::groups::{self, Member};

/// A group, as one of its members sees it.
#[derive(Serialize, ToSchema)]
pub(crate) struct GroupBody {
    group_id: GroupId,
    name: DisplayName,
    /// Who renames and ends it, and takes others off it.
    owner_id: UserId,
    /// In the order in which they joined; 30 at most.
    members: Vec<GroupMemberBody>,
    created_at: Timestamp,
    /// Counts the changes, from 1.
    version: u32,
}

/// One of a group.
#[derive(Serialize, ToSchema)]
pub(crate) struct GroupMemberBody {
    user_id: UserId,
    /// Masked unless it is the caller or a friend; null if the person has not chosen one.
    name: Option<String>,
    /// They have closed their wallet: they sign in no more.
    has_closed: bool,
}

impl Resource for GroupBody {
    const LOCATION: &'static str = "/api/v1/social/groups/{group_id}";
}

impl GroupBody {
    pub(super) fn of(group: Group, members: Vec<Member>) -> Self {
        let Group { id, name, owner_id, version, created_at, .. } = group;
        let members = members.into_iter().map(GroupMemberBody::from).collect();
        let created_at = created_at.into();
        Self { group_id: id, name, owner_id, members, created_at, version }
    }

    pub(super) fn versioned(self) -> Versioned<Self> {
        Versioned { version: self.version, body: self }
    }
}

impl From<Member> for GroupMemberBody {
    fn from(member: Member) -> Self {
        let name = if member.is_near { member.name } else { masked(&member.name) };
        let name = Some(name).filter(|name| !name.is_empty());
        Self { user_id: member.user_id, name, has_closed: member.has_closed }
    }
}

pub(crate) async fn read_group(
    app: App,
    Id(id): Id<GroupId>,
    caller: Consumer,
) -> Result<Versioned<GroupBody>, Error> {
    let mut conn = app.database.conn().await?;
    let group = groups::find_group_of(&mut conn, id, caller.user_id).await?.ok_or(NO_GROUP)?;
    let mut members = groups::list_members(&mut conn, &[id], caller.user_id).await?;
    Ok(GroupBody::of(group, members.remove(&id).unwrap_or_default()).versioned())
}
