//! How many friends a person may have, ask for and block at once: no list is without end.

use values::Refusal;

use super::refusals::{BLOCKS_USED_UP, FRIENDS_USED_UP, REQUESTS_USED_UP};

/// Friends of one person.
pub(crate) const FRIENDS_MAX: u32 = 2_000;
/// Requests of one person that are open at once: those that were declined count, since whoever sent
/// them sees them as open.
pub(crate) const OPEN_MAX: u32 = 100;
/// People whom one person blocks.
pub(crate) const BLOCKED_MAX: u32 = 1_000;

/// Whether somebody with so many open requests may have another.
pub(crate) fn require_room_for_request(open: u32) -> Result<(), Refusal> {
    if open < OPEN_MAX { Ok(()) } else { Err(REQUESTS_USED_UP) }
}

/// Whether two with so many friends may be friends.
pub(crate) fn require_room_for_friend(friends: [u32; 2]) -> Result<(), Refusal> {
    let have_room = friends.iter().all(|count| *count < FRIENDS_MAX);
    if have_room { Ok(()) } else { Err(FRIENDS_USED_UP) }
}

/// Whether somebody who blocks so many may block another.
pub(crate) fn require_room_for_block(blocked: u32) -> Result<(), Refusal> {
    if blocked < BLOCKED_MAX { Ok(()) } else { Err(BLOCKS_USED_UP) }
}
