//! Phone numbers as rows keep and find them.

use values::Phone;

/// A keyed digest of a number: equal for equal numbers, and for nobody without the key.
pub(crate) type PhoneIndex = [u8; 32];

/// A number and its index: a row is found by the one or the other.
#[derive(Clone, Copy)]
pub(crate) struct IndexedPhone<'a> {
    pub(crate) phone: &'a Phone,
    pub(crate) index: PhoneIndex,
}

/// A number that becomes the one of a user, sealed for that user.
pub(crate) struct SealedPhone {
    pub(crate) phone: Phone,
    pub(crate) index: PhoneIndex,
    pub(crate) sealed: Vec<u8>,
}

impl SealedPhone {
    pub(crate) const fn indexed(&self) -> IndexedPhone<'_> {
        IndexedPhone { phone: &self.phone, index: self.index }
    }
}

/// What can be compared with a number without a call of Key Vault.
#[derive(Clone)]
pub(crate) enum KeptPhone {
    /// It is not sealed yet.
    Clear(Phone),
    Index(PhoneIndex),
}

impl KeptPhone {
    pub(crate) fn is(&self, other: IndexedPhone<'_>) -> bool {
        match self {
            Self::Clear(phone) => phone == other.phone,
            Self::Index(index) => *index == other.index,
        }
    }
}
