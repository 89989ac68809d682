//! Money goes from a person's wallet to somebody at another bank or wallet, by FPS. It is held
//! until the bank has said what became of it, however long that takes.

use time::Duration;
use uuid::Uuid;
use values::{FpsPaymentId, Money, OperationKind, Refusal};

use super::begin_payout::BeginPayout;
use crate::domain::account::BANK_CLEARING;
use crate::domain::bank_instruction::InstructionKind;
use crate::domain::books::{Books, Changes, Decide, Decision, Reads};
use crate::domain::fps_payee::FpsPayee;
use crate::domain::operation::{ConfirmedBy, Operation};
use crate::domain::payee_warning::AcceptedWarning;

/// FPS takes seconds.
pub(super) const OVERDUE_AFTER: Duration = Duration::hours(1);

/// The payment that a person has confirmed.
pub(crate) struct PayByFps {
    pub(crate) payee: FpsPayee,
    pub(crate) amount: Money,
    /// As in `SendMoney`.
    pub(crate) accepted_warning: Option<AcceptedWarning>,
    /// How it was confirmed, or why it was not, as in `PayShop`.
    pub(crate) confirmed: Result<ConfirmedBy, Refusal>,
    /// As in `PayShop`.
    pub(crate) is_new_device: bool,
    /// As in `TopUp`.
    pub(crate) is_instructed: bool,
}

impl PayByFps {
    const fn payer(&self) -> Uuid {
        self.payee.user_id.uuid()
    }
}

impl Decide for PayByFps {
    type Record = Operation;

    /// As withdrawals: all share the bank's account.
    fn lane(&self) -> Uuid {
        BANK_CLEARING
    }

    fn reads(&self) -> Reads {
        let reads = Reads::default().payee(self.payer(), self.payee.known_as());
        reads.warned(self.payee.warned_as())
    }

    /// Without a proof nobody keeps others from the bank's account, as in `PayShop`.
    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        let bank = self.confirmed.is_ok().then_some(BANK_CLEARING);
        bank.into_iter().chain([self.payer()]).collect()
    }

    fn decide(&self, books: &Books) -> Result<Decision<Operation>, Refusal> {
        let confirmed_by = self.confirmed.clone()?;
        self.payee.require_good(books.now)?;
        let id = FpsPaymentId::new().uuid();
        let begin = BeginPayout {
            id,
            kind: OperationKind::FpsPayment,
            payer: self.payer(),
            payee: Some(self.payee.known_as()),
            payee_name: self.payee.name.as_str().to_owned(),
            amount: self.amount,
            reference: self.payee.quoted.clone(),
            confirmed_by,
            is_new_device: self.is_new_device,
            instruction: self.is_instructed.then_some(InstructionKind::FpsTransfer),
            overdue_after: OVERDUE_AFTER,
        };
        let fps_proxies = vec![(id, self.payee.proxy.clone())];
        let mut begun = begin.decide(books, Changes { fps_proxies, ..Changes::default() })?;
        let consent =
            books.warnings.require_consent(id, self.payee.warned_as(), self.accepted_warning)?;
        begun.changes.consents.extend(consent);
        Ok(begun)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use values::{FpsPayeeId, FpsProxy, FpsProxyType, UserId};

    use super::*;
    use crate::domain::account::AccountStatus;
    use crate::domain::ledger::Ledger;
    use crate::domain::literal_books::{LiteralBooks, NOW, hkd};
    use crate::domain::operation::OperationState;
    use crate::domain::refusals::{
        CONFIRMATION_INVALID, FPS_PAYEE_EXPIRED, INSUFFICIENT_FUNDS, NO_WALLET, WALLET_FROZEN,
    };

    pub(in crate::domain::operations) fn fps_payment(user_id: UserId, amount: i64) -> PayByFps {
        let payee = FpsPayee {
            id: FpsPayeeId::new(),
            user_id,
            proxy: FpsProxy::new(FpsProxyType::Mobile, "61234567").unwrap(),
            name: "DEMO SHOP".to_owned().try_into().unwrap(),
            quoted: Some("INV 7".to_owned().try_into().unwrap()),
            created_at: NOW,
        };
        let (confirmed, amount) = (Ok(ConfirmedBy::Pin), hkd(amount));
        PayByFps {
            payee,
            amount,
            accepted_warning: None,
            confirmed,
            is_new_device: false,
            is_instructed: true,
        }
    }

    #[test]
    fn what_is_paid_is_held_at_once_and_names_whom_the_bank_has_named() {
        let mut literal = LiteralBooks::new();
        let wanted = fps_payment(literal.payer, 20_000);
        let (payment, told) = literal.books.decide(&wanted).unwrap();
        assert_eq!((payment.state, payment.moved), (OperationState::Pending, None));
        assert_eq!(payment.expires_at, Some(NOW + OVERDUE_AFTER));
        assert_eq!((payment.to.name.as_str(), told), ("DEMO SHOP", Vec::new()));
        assert_eq!(payment.reference, wanted.payee.quoted);
        assert_eq!(literal.available(literal.payer.uuid()), 30_000);
        assert_eq!(literal.books.fps_proxies, [(payment.id, wanted.payee.proxy)]);
        let told = (payment.id, InstructionKind::FpsTransfer);
        assert_eq!(literal.books.bank_instructions, [told]);
    }

    #[test]
    fn nothing_that_others_are_told_has_the_proxy() {
        let mut literal = LiteralBooks::new();
        let (payment, _) = literal.books.decide(&fps_payment(literal.payer, 1)).unwrap();
        let told = serde_json::to_string(&payment.moved_event(None)).unwrap();
        assert!(!told.contains("61234567") && !format!("{payment:?}").contains("61234567"));
    }

    #[test]
    fn without_a_proof_nobody_else_waits() {
        let literal = LiteralBooks::new();
        let (proven, own) = (fps_payment(literal.payer, 1), literal.payer.uuid());
        assert_eq!(proven.accounts(&literal.books), [BANK_CLEARING, own]);
        let unproven = PayByFps { confirmed: Err(CONFIRMATION_INVALID), ..proven };
        assert_eq!(unproven.accounts(&literal.books), [own]);
    }

    #[test]
    fn a_refusal_leaves_no_trace() {
        let mut literal = LiteralBooks::new();
        let (payer, confirmed) = (literal.payer, Err(CONFIRMATION_INVALID));
        let mut late = fps_payment(payer, 1);
        late.payee.created_at = NOW - Duration::minutes(15);
        for (wanted, refusal) in [
            (fps_payment(payer, 50_001), INSUFFICIENT_FUNDS),
            (fps_payment(UserId::new(), 1), NO_WALLET),
            (PayByFps { confirmed, ..fps_payment(payer, 1) }, CONFIRMATION_INVALID),
            (late, FPS_PAYEE_EXPIRED),
        ] {
            assert_eq!(literal.books.decide(&wanted).err(), Some(refusal));
        }
        let mut frozen = literal.books.account(payer.uuid()).unwrap().clone();
        frozen.status = AccountStatus::Frozen;
        let bank = literal.books.account(BANK_CLEARING).unwrap().clone();
        literal.books.ledger = Ledger::new([frozen, bank]);
        assert_eq!(literal.books.decide(&fps_payment(payer, 1)).err(), Some(WALLET_FROZEN));
        assert_eq!(literal.books.ledger.transfers(), []);
        assert_eq!(literal.books.operations.changed().next(), None);
        assert_eq!(literal.books.fps_proxies, []);
        assert_eq!(literal.books.bank_instructions, []);
    }
}
