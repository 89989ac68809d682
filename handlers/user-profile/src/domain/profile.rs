//! A profile and what may stand in it.

use events::user_profile::ProfileChangedV1;
use time::OffsetDateTime;
use values::{DisplayName, Language, PictureId, Refusal, UserId};

use super::refusals::HANDLE_RESERVED;
use super::reserved_handles::is_reserved;
use super::{Handle, HandleChanges};

/// A person, as this service knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) user_id: UserId,
    /// None until the person has chosen one.
    pub(crate) display_name: Option<DisplayName>,
    pub(crate) language: Language,
    /// None until the person has chosen one, and when they gave it up.
    pub(crate) handle: Option<Handle>,
    /// Whether others find the person by the handle.
    pub(crate) is_findable: bool,
    pub(crate) handle_changes: HandleChanges,
    /// What the person shows of themselves; only friends are told.
    pub(crate) picture_id: Option<PictureId>,
    /// Counts the changes, from 1.
    pub(crate) version: u32,
}

/// What a person says of themselves; what is none stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProfileChange {
    pub(crate) display_name: Option<DisplayName>,
    pub(crate) language: Option<Language>,
    /// `Some(None)` gives it up.
    pub(crate) handle: Option<Option<Handle>>,
    pub(crate) is_findable: Option<bool>,
    /// `Some(None)` shows none.
    pub(crate) picture_id: Option<Option<PictureId>>,
}

impl Profile {
    /// Whether anything is new; only that makes another version. Whether a new handle is anybody
    /// else's is not looked at.
    pub(crate) fn change(
        &mut self,
        change: ProfileChange,
        now: OffsetDateTime,
    ) -> Result<bool, Refusal> {
        let ProfileChange { display_name, language, handle, is_findable, picture_id } = change;
        let mut changed = Self {
            display_name: display_name.or(self.display_name.clone()),
            language: language.unwrap_or(self.language),
            is_findable: is_findable.unwrap_or(self.is_findable),
            handle: handle.unwrap_or(self.handle.clone()),
            picture_id: picture_id.unwrap_or(self.picture_id),
            ..self.clone()
        };
        if let Some(handle) =
            changed.handle.as_ref().filter(|new| self.handle.as_ref() != Some(new))
        {
            if is_reserved(handle) {
                return Err(HANDLE_RESERVED);
            }
            changed.handle_changes = self.handle_changes.with_another(now)?;
        }
        let is_new = changed != *self;
        if is_new {
            changed.version = self.version.saturating_add(1);
            *self = changed;
        }
        Ok(is_new)
    }

    /// What other services may know.
    pub(crate) fn changed_event(&self) -> ProfileChangedV1 {
        ProfileChangedV1 {
            user_id: self.user_id.to_string(),
            version: self.version,
            display_name: self.display_name.clone().map(String::from).unwrap_or_default(),
            language: self.language.code().to_owned(),
            picture_id: Some(self.picture_id.map(String::from)),
        }
    }
}
