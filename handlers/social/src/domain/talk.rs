//! What people say of a payment that they may see.

use values::{Refusal, UserId, code_enum};

use super::refusals::{COMMENTS_USED_UP, NO_COMMENT};

/// Comments on one payment, and of one person on it.
const COMMENTS_MAX: u32 = 200;
const COMMENTS_OF_ONE_MAX: u32 = 50;

code_enum! {
    /// What a person shows of what they think of a payment.
    pub(crate) enum Reaction {
        /// A heart.
        Love = "love",
        /// A laughing face.
        Laugh = "laugh",
        /// A thumb up.
        Like = "like",
        /// Hands that clap.
        Applause = "applause",
        /// An astonished face.
        Wow = "wow",
        /// A crying face.
        Sad = "sad",
    }
}

/// Whether somebody who has said so much of a payment may say more.
pub(crate) fn require_room_for_comment(all: u32, own: u32) -> Result<(), Refusal> {
    let has_room = all < COMMENTS_MAX && own < COMMENTS_OF_ONE_MAX;
    if has_room { Ok(()) } else { Err(COMMENTS_USED_UP) }
}

/// Its author, and those between whom the payment is, delete a comment; others know of none.
pub(crate) fn require_deletable(
    by: UserId,
    author_id: UserId,
    between: [UserId; 2],
) -> Result<(), Refusal> {
    if by == author_id || between.contains(&by) { Ok(()) } else { Err(NO_COMMENT) }
}
