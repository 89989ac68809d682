//! A bank account that a person has registered as their own.

use time::OffsetDateTime;
use values::{BankAccount, BankAccountId, Reference, Refusal, UserId};

use super::refusals::{BANK_ACCOUNT_REGISTERED, BANK_CHECKS_THROTTLED, TOO_MANY_BANK_ACCOUNTS};

/// As many as a person may have registered at once (AlipayHK's five).
const PER_PERSON_MAX: usize = 5;
/// As often may a person have the bank say whose an account is in a day, in Hong Kong: whoever has
/// taken over a profile shall not try numbers.
const CHECKS_PER_DAY_MAX: u32 = 10;
/// Of an id's characters, those that no other id has as well: the last ones are random.
const TELLING_CHARACTERS: usize = 21;

/// A bank account that the bank has said is this person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegisteredAccount {
    pub(crate) id: BankAccountId,
    pub(crate) user_id: UserId,
    pub(crate) account: BankAccount,
    pub(crate) created_at: OffsetDateTime,
}

impl RegisteredAccount {
    /// One more besides those that the person has.
    pub(crate) fn register(
        user_id: UserId,
        account: BankAccount,
        others: &[Self],
        now: OffsetDateTime,
    ) -> Result<Self, Refusal> {
        if others.iter().any(|other| other.account == account) {
            return Err(BANK_ACCOUNT_REGISTERED);
        }
        if others.len() >= PER_PERSON_MAX {
            return Err(TOO_MANY_BANK_ACCOUNTS);
        }
        let id = BankAccountId::new();
        Ok(Self { id, user_id, account, created_at: now })
    }

    /// `checks` are those of the day, this one included.
    pub(crate) fn require_checks_left(checks: u32) -> Result<(), Refusal> {
        if checks > CHECKS_PER_DAY_MAX { Err(BANK_CHECKS_THROTTLED) } else { Ok(()) }
    }

    /// What is confirmed of a withdrawal to it: the end of its id, since its owner reads no more
    /// than four digits of its number and a reference has no room for the whole.
    pub(crate) fn reference(&self) -> Option<Reference> {
        telling_reference(self.id)
    }
}

/// A reference that stands for what has this id, for which a reference has no room as a whole.
pub(super) fn telling_reference(id: impl ToString) -> Option<Reference> {
    let id = id.to_string();
    let (prefix, _) = id.split_once('_')?;
    let telling = id.get(id.len().saturating_sub(TELLING_CHARACTERS)..)?;
    format!("{prefix}_{telling}").try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::{NOW, bank_account};

    fn numbered(number: usize) -> BankAccount {
        let account_number = format!("{number:09}").try_into().unwrap();
        BankAccount { account_number, ..bank_account() }
    }

    #[test]
    fn a_person_has_five_and_none_twice() {
        let (user_id, mut mine) = (UserId::new(), Vec::new());
        for number in 0..PER_PERSON_MAX {
            let one = RegisteredAccount::register(user_id, numbered(number), &mine, NOW).unwrap();
            mine.push(one);
        }
        let again = RegisteredAccount::register(user_id, numbered(0), &mine, NOW);
        assert_eq!(again.err(), Some(BANK_ACCOUNT_REGISTERED));
        let more = RegisteredAccount::register(user_id, numbered(9), &mine, NOW);
        assert_eq!(more.err(), Some(TOO_MANY_BANK_ACCOUNTS));
        mine.pop();
        RegisteredAccount::register(user_id, numbered(9), &mine, NOW).unwrap();
    }

    #[test]
    fn each_has_a_reference_of_its_own() {
        let one = || RegisteredAccount::register(UserId::new(), numbered(1), &[], NOW).unwrap();
        let (one, other) = (one(), one());
        let reference = one.reference().unwrap();
        assert_ne!(Some(reference.clone()), other.reference());
        assert!(reference.as_str().starts_with("bac_"), "{reference:?}");
        assert!(one.id.to_string().ends_with(&reference.as_str()[4..]), "{reference:?}");
    }
}
