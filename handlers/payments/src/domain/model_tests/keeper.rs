//! Where the books of a world are kept between its steps.

use values::{BusinessId, PeerPaymentId, Refusal};

use crate::domain::account::Account;
use crate::domain::announcement::Announcement;
use crate::domain::books::{Books, Decide};
use crate::domain::transfer::Transfer;

/// What a decision came to.
pub(crate) type Decided<R> = Result<(R, Vec<Announcement>), Refusal>;

/// Keeps what is decided, and what another transaction does between two of ours.
pub(crate) trait Keeper {
    /// Decides, and says which transfers were written by it. Afterwards the books are what is kept.
    fn decide<D: Decide>(
        &mut self,
        books: &mut Books,
        for_friends: &mut Vec<PeerPaymentId>,
        wanted: &D,
    ) -> (Decided<D::Record>, Vec<Transfer>);

    /// Status, tier or legal hold of an account are other ones.
    fn change_account(&mut self, account: &Account);

    fn approve_shop(&mut self, business_id: BusinessId, is_approved: bool);

    /// The takings of a shop go from now on where the books say, or to no bank account.
    fn register_bank_account(&mut self, books: &Books, business_id: BusinessId);

    /// A payment between people becomes private.
    fn hide(&mut self, id: PeerPaymentId);

    /// Keeps the rows that have changed in the books.
    fn change_rows(&mut self, books: &mut Books);
}

/// The books themselves.
pub(super) struct InMemory;

impl Keeper for InMemory {
    fn decide<D: Decide>(
        &mut self,
        books: &mut Books,
        _: &mut Vec<PeerPaymentId>,
        wanted: &D,
    ) -> (Decided<D::Record>, Vec<Transfer>) {
        (books.decide(wanted), Vec::new())
    }

    fn change_account(&mut self, _: &Account) {}

    fn approve_shop(&mut self, _: BusinessId, _: bool) {}

    fn register_bank_account(&mut self, _: &Books, _: BusinessId) {}

    fn hide(&mut self, _: PeerPaymentId) {}

    fn change_rows(&mut self, _: &mut Books) {}
}
