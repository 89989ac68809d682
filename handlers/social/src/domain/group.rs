//! People who split bills and talk together. One of them, the owner, may rename and end the group
//! and take others off it; each may add their own friends, and leave.

use events::social::GroupChangedV1;
use time::{Duration, OffsetDateTime};
use values::{DisplayName, GroupId, Refusal, Timestamp, UserId};

use super::refusals::{GROUP_FULL, NO_GROUP, NO_MEMBER, NOT_GROUP_OWNER};

/// Members of a group: one who asks and the 29 others of a bill.
const MEMBERS_MAX: usize = 30;
/// Groups that one person is in.
pub(crate) const GROUPS_MAX: u32 = 100;
/// For so long nobody adds somebody who has left: leaving would be no way out. Who was taken off
/// may be added at once, since they did not ask for it.
pub(crate) const LEAVING_LASTS: Duration = Duration::days(30);

/// A group, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) id: GroupId,
    pub(crate) name: DisplayName,
    pub(crate) owner_id: UserId,
    /// In the order in which they joined; nobody once it has ended.
    pub(crate) member_ids: Vec<UserId>,
    /// Counts the changes from 1; each is told once.
    pub(crate) version: u32,
    pub(crate) created_at: OffsetDateTime,
}

impl Group {
    /// A new one of its owner and these others, each of whom counts once.
    pub(crate) fn new(
        name: DisplayName,
        owner_id: UserId,
        others: &[UserId],
        now: OffsetDateTime,
    ) -> Result<Self, Refusal> {
        let mut group = Self {
            id: GroupId::new(),
            name,
            owner_id,
            member_ids: vec![owner_id],
            version: 1,
            created_at: now,
        };
        for other in others {
            group.join(*other)?;
        }
        Ok(group)
    }

    /// To everybody else there is no such group.
    pub(crate) fn require_member(&self, user_id: UserId) -> Result<(), Refusal> {
        if self.has(user_id) { Ok(()) } else { Err(NO_GROUP) }
    }

    pub(crate) fn has(&self, user_id: UserId) -> bool {
        self.member_ids.contains(&user_id)
    }

    /// Whether the name is another one.
    pub(crate) fn rename(&mut self, by: UserId, name: DisplayName) -> Result<bool, Refusal> {
        self.require_owner(by)?;
        let is_other = self.name != name;
        self.name = name;
        Ok(self.counted(is_other))
    }

    /// Whether that is somebody new. `by` is a member, whose friend they are.
    pub(crate) fn add(&mut self, by: UserId, new: UserId) -> Result<bool, Refusal> {
        self.require_member(by)?;
        let is_new = self.join(new)?;
        Ok(self.counted(is_new))
    }

    /// Takes somebody off: oneself, or, as the owner, another. Whether they were on it.
    pub(crate) fn remove(&mut self, by: UserId, member: UserId) -> Result<bool, Refusal> {
        self.require_member(by)?;
        if by != member {
            self.require_owner(by)?;
        }
        if !self.has(member) {
            return Err(NO_MEMBER);
        }
        self.member_ids.retain(|id| *id != member);
        // Whoever is in it longest owns a group that its owner has left.
        if let Some(longest) = self.member_ids.first().filter(|_| member == self.owner_id) {
            self.owner_id = *longest;
        }
        Ok(self.counted(true))
    }

    /// There is no such group any more.
    pub(crate) fn end(&mut self, by: UserId) -> Result<(), Refusal> {
        self.require_owner(by)?;
        self.member_ids.clear();
        self.counted(true);
        Ok(())
    }

    pub(crate) fn changed_event(&self, now: OffsetDateTime) -> GroupChangedV1 {
        GroupChangedV1 {
            group_id: self.id.to_string(),
            version: self.version,
            name: self.name.as_str().to_owned(),
            owner_id: self.owner_id.to_string(),
            member_ids: self.member_ids.iter().map(UserId::to_string).collect(),
            changed_at: Timestamp::from(now).to_string(),
        }
    }

    fn join(&mut self, new: UserId) -> Result<bool, Refusal> {
        if self.has(new) {
            return Ok(false);
        }
        if self.member_ids.len() >= MEMBERS_MAX {
            return Err(GROUP_FULL);
        }
        self.member_ids.push(new);
        Ok(true)
    }

    fn require_owner(&self, by: UserId) -> Result<(), Refusal> {
        self.require_member(by)?;
        if by == self.owner_id { Ok(()) } else { Err(NOT_GROUP_OWNER) }
    }

    fn counted(&mut self, is_changed: bool) -> bool {
        self.version = self.version.saturating_add(is_changed.into());
        is_changed
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn group<const N: usize>(others: [UserId; N]) -> Group {
        let name: DisplayName = "Hiking".to_owned().try_into().unwrap();
        let now = datetime!(2026-11-29 08:00 UTC);
        Group::new(name, UserId::new(), &others, now).unwrap()
    }

    #[test]
    fn a_group_has_thirty_members_each_of_whom_counts_once() {
        let (mut group, other) = (group([]), UserId::new());
        let owner = group.owner_id;
        assert_eq!(group.add(owner, other), Ok(true));
        assert_eq!((group.add(owner, other), group.version), (Ok(false), 2));
        for _ in 2..MEMBERS_MAX {
            assert_eq!(group.add(other, UserId::new()), Ok(true));
        }
        assert_eq!(group.add(owner, UserId::new()), Err(GROUP_FULL));
        assert_eq!((group.add(owner, other), group.version), (Ok(false), 30));
    }

    #[test]
    fn a_group_whose_owner_leaves_belongs_to_who_is_in_it_longest_and_ends_with_the_last() {
        let others @ [second, third] = [UserId::new(), UserId::new()];
        let mut group = group(others);
        let owner = group.owner_id;
        assert_eq!(group.remove(third, second), Err(NOT_GROUP_OWNER));
        assert_eq!(group.end(second), Err(NOT_GROUP_OWNER));
        group.remove(owner, owner).unwrap();
        assert_eq!((group.owner_id, group.has(owner)), (second, false));
        assert_eq!(group.rename(owner, group.name.clone()), Err(NO_GROUP));
        assert_eq!(group.remove(second, owner), Err(NO_MEMBER));
        group.remove(second, third).unwrap();
        group.remove(second, second).unwrap();
        assert!(group.member_ids.is_empty());
        assert_eq!(group.add(second, third), Err(NO_GROUP));
    }
}
