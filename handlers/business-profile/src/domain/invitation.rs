//! Leave for whoever shows its secret to work in a business. It names nobody: so who invites does
//! not learn whether a number or handle is anybody's, and passes the link on by whatever they use.

use time::{Duration, OffsetDateTime};
use values::{BusinessId, DisplayName, ShopInvitationId, ShopRole, UserId};

/// An invitation that waits for its answer, without its secret.
#[derive(Debug, Clone)]
pub(crate) struct Invitation {
    pub(crate) id: ShopInvitationId,
    pub(crate) business_id: BusinessId,
    pub(crate) role: ShopRole,
    /// What who invites calls the one who is invited.
    pub(crate) name: DisplayName,
    pub(crate) invited_by: UserId,
    pub(crate) expires_at: OffsetDateTime,
}

impl Invitation {
    /// How long it can be accepted.
    pub(crate) const LIFETIME: Duration = Duration::days(7);
    /// The most that one business has waiting.
    pub(crate) const OPEN_MAX: u64 = 20;
}
