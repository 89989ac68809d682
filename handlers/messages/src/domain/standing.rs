//! How two people stand to each other, and what follows for their talking.

use values::{Refusal, masked};

use super::refusals::{CORRESPONDENT_BLOCKED, WRITING_NOT_ALLOWED};

/// How two people stand to each other, as one of them sees it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) are_friends: bool,
    /// The one has paid the other.
    pub(crate) has_paid: bool,
    /// The other has paid the one, or taken money from them.
    pub(crate) other_paid: bool,
    /// The other has asked for money.
    pub(crate) other_asked: bool,
    /// The other has written since they were last friends.
    pub(crate) other_wrote: bool,
    /// The one wants nothing to do with the other.
    pub(crate) blocks_other: bool,
    /// The other wants nothing to do with the one, who never learns it.
    pub(crate) is_blocked: bool,
}

/// Who sees what one of two people writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Everybody in the conversation.
    All,
    /// Only who writes, for whom it looks as if it had been sent: the other blocks them.
    Sender,
}

impl Standing {
    /// Whether the one may begin to talk: with friends, or to whoever has turned to them first,
    /// with words, by paying them or by asking for money. Who pays or asks may not write for that:
    /// strangers would spend a cent to be heard. Whether one is blocked makes no difference.
    pub(crate) const fn may_begin(self) -> bool {
        self.are_friends || self.other_paid || self.other_asked || self.other_wrote
    }

    /// The one's name, or the other's, as the other or the one may be shown it.
    pub(crate) fn shown(self, name: &str) -> String {
        if self.are_friends { name.to_owned() } else { masked(name) }
    }

    /// Whether the one may write now, and who will see it.
    pub(crate) const fn audience(self) -> Result<Audience, Refusal> {
        if self.blocks_other {
            return Err(CORRESPONDENT_BLOCKED);
        }
        if !self.may_begin() {
            return Err(WRITING_NOT_ALLOWED);
        }
        Ok(if self.is_blocked { Audience::Sender } else { Audience::All })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRANGERS: Standing = Standing {
        are_friends: false,
        has_paid: false,
        other_paid: false,
        other_asked: false,
        other_wrote: false,
        blocks_other: false,
        is_blocked: false,
    };

    #[test]
    fn who_may_write_and_who_sees_it() {
        let friends = Standing { are_friends: true, ..STRANGERS };
        for (standing, audience) in [
            (STRANGERS, Err(WRITING_NOT_ALLOWED)),
            (friends, Ok(Audience::All)),
            (Standing { has_paid: true, ..STRANGERS }, Err(WRITING_NOT_ALLOWED)),
            (Standing { other_paid: true, ..STRANGERS }, Ok(Audience::All)),
            (Standing { other_asked: true, ..STRANGERS }, Ok(Audience::All)),
            (Standing { other_wrote: true, ..STRANGERS }, Ok(Audience::All)),
            (Standing { is_blocked: true, ..friends }, Ok(Audience::Sender)),
            (Standing { is_blocked: true, ..STRANGERS }, Err(WRITING_NOT_ALLOWED)),
            (Standing { blocks_other: true, ..friends }, Err(CORRESPONDENT_BLOCKED)),
            (
                Standing { blocks_other: true, is_blocked: true, ..friends },
                Err(CORRESPONDENT_BLOCKED),
            ),
        ] {
            assert_eq!(standing.audience(), audience, "{standing:?}");
        }
    }

    #[test]
    fn nothing_that_the_blocked_can_ask_depends_on_the_block() {
        for bits in 0..64_u8 {
            let bit = |place: u8| bits >> place & 1 == 1;
            let free = Standing {
                are_friends: bit(0),
                has_paid: bit(1),
                other_paid: bit(5),
                other_asked: bit(2),
                other_wrote: bit(3),
                blocks_other: bit(4),
                is_blocked: false,
            };
            let blocked = Standing { is_blocked: true, ..free };
            assert_eq!(free.may_begin(), blocked.may_begin());
            assert_eq!(free.audience().err(), blocked.audience().err());
        }
    }
}
