//! A shop's takings up to a day's end go to the bank account of its business, but what is held
//! back; or all of them are carried over, and that is written down. One decision for each shop and
//! day.

use events::payments::SettlementNotPaidV1;
use time::{Date, Duration};
use uuid::Uuid;
use values::{
    AccountRisk, BankAccount, BusinessId, Money, NO_BUSINESS, OperationKind, Refusal, SettlementId,
};

use crate::domain::account::{Account, BANK_CLEARING};
use crate::domain::bank_instruction::InstructionKind;
use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::operation::{Operation, Side};
use crate::domain::payment_request::rfc3339;
use crate::domain::refusals::NO_WALLET;
use crate::domain::settlement::{CarryReason, PAID_OUT_MIN, Settlement};
use crate::domain::shop::Shop;

/// Such a payment takes seconds. Before the shops open somebody has asked the bank for it.
const OVERDUE_AFTER: Duration = Duration::hours(6);

pub(crate) struct SettleTakings {
    pub(crate) business_id: BusinessId,
    /// The last one whose takings are in it.
    pub(crate) day: Date,
    /// As in `TopUp`.
    pub(crate) is_instructed: bool,
    /// The shop's owner asks, and reads in the answer what else they would be told.
    pub(crate) is_asked: bool,
}

impl Decide for SettleTakings {
    type Record = Settlement;

    fn lane(&self) -> Uuid {
        BANK_CLEARING
    }

    fn reads(&self) -> Reads {
        Reads::default().shop(self.business_id).since_day(self.business_id, self.day)
    }

    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        vec![BANK_CLEARING, self.business_id.uuid()]
    }

    fn decide(&self, books: &Books) -> Result<Decision<Settlement>, Refusal> {
        let shop = books.shop(self.business_id).ok_or(NO_BUSINESS)?;
        let account = books.account(self.business_id.uuid()).ok_or(NO_WALLET)?;
        let since = books.since_day(self.business_id, self.day);
        // What has come since belongs to a later day. What was refunded since is gone.
        let left = account.available().saturating_sub(since.taken.max(0));
        let amount = left.saturating_sub(since.disputed).min(Money::MINOR_UNITS_MAX);
        let destination = self.destination(books, shop, account, amount);
        let amount = destination.map_or(0, |_| amount);
        let record = Settlement {
            id: SettlementId::new(),
            business_id: self.business_id,
            day: self.day,
            closing: account.balance().saturating_sub(since.taken).saturating_add(since.paid_out),
            on_its_way: account.debits_pending.saturating_add(since.paid_out),
            held_by_law: account.legal_hold,
            disputed: since.disputed,
            amount,
            carry_reason: destination.err(),
            decided_at: books.now,
        };
        let mut changes = Changes {
            settlements: vec![record.clone()],
            announcements: self.to_be_told(&record, shop, books).into_iter().collect(),
            ..Changes::default()
        };
        if let Ok(to) = destination {
            let id = record.id.uuid();
            let side = |account_id, name| Side { account_id, name };
            let from = side(self.business_id.uuid(), shop.shop_name.clone());
            let sides = [from, side(BANK_CLEARING, String::new())];
            let (kind, amount, now) = (OperationKind::Settlement, Money::hkd(amount), books.now);
            let amount = amount.map_err(|_| NO_WALLET)?;
            let payout = Operation::completed(id, kind, sides, amount, now)
                .pending(now.saturating_add(OVERDUE_AFTER));
            changes.transfers.push(payout.first_transfer());
            changes.bank_accounts.push((id, to.clone()));
            if self.is_instructed {
                changes.bank_instructions.push((id, InstructionKind::Settlement));
            }
            changes.operations.push(payout);
        }
        Ok(Decision { record, changes })
    }
}

/// Why the owner is told of takings that stay. Of too little they would be told each day, whatever
/// else keeps it.
fn told_reason(settled: &Settlement, shop: &Shop) -> Option<CarryReason> {
    let least = paid_out_min(shop);
    let reason = settled.carry_reason.filter(|_| settled.carried_over() >= least);
    reason.filter(|reason| *reason != CarryReason::BelowMinimum)
}

/// Nothing more comes to a shop that is closed.
const fn paid_out_min(shop: &Shop) -> i64 {
    if shop.is_closed { 1 } else { PAID_OUT_MIN }
}

fn carried_over(record: &Settlement, reason: CarryReason, shop: &Shop) -> Option<Announcement> {
    let amount = Money::hkd(record.carried_over()).ok()?;
    let not_paid = SettlementNotPaidV1 {
        settlement_id: record.id.to_string(),
        business_id: record.business_id.to_string(),
        shop_name: shop.shop_name.clone(),
        told_user_id: shop.owner_user_id.to_string(),
        amount: amount.minor_units(),
        currency: amount.currency().code().to_owned(),
        reason: reason.code().to_owned(),
        decided_at: rfc3339(record.decided_at),
    };
    Some(Announcement::new(record.business_id, &not_paid))
}

impl SettleTakings {
    /// The owner is told once that takings stay, and again when the reason is another.
    fn to_be_told(&self, record: &Settlement, shop: &Shop, books: &Books) -> Option<Announcement> {
        let reason = told_reason(record, shop).filter(|_| !self.is_asked)?;
        let before = books.settled_before.get(&self.business_id.uuid());
        let before = before.and_then(|before| told_reason(before, shop));
        let is_news = before != Some(reason);
        is_news.then(|| carried_over(record, reason, shop)).flatten()
    }

    /// Where this amount goes, or why it stays.
    fn destination<'b>(
        &self,
        books: &'b Books,
        shop: &Shop,
        account: &Account,
        amount: i64,
    ) -> Result<&'b BankAccount, CarryReason> {
        let bank_account = books.takings_go_to.get(&self.business_id.uuid());
        let bank_account = bank_account.ok_or(CarryReason::NoBankAccount)?;
        shop.require_approved().map_err(|_| CarryReason::NotApproved)?;
        account.require_giving().map_err(|_| CarryReason::Stopped)?;
        // Else whoever must not take deceived people's money away pays it to a shop of their own,
        // or to one that they hand over then.
        if books.seen_risk(shop.owner_user_id.uuid()).risk == AccountRisk::High
            || books.shops_of_mules.contains(&self.business_id.uuid())
        {
            return Err(CarryReason::UnderReview);
        }
        (amount >= paid_out_min(shop)).then_some(bank_account).ok_or(CarryReason::BelowMinimum)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::domain::account::AccountStatus;
    use crate::domain::literal_books::{LiteralBooks, NOW, bank_account, hkd};
    use crate::domain::operation::OperationState;
    use crate::domain::operations::{EndPayout, Payout, PayoutEnd};
    use crate::domain::seen_risk::SeenRisk;
    use crate::domain::settlement::SinceDay;
    use crate::domain::voice::Voice;

    /// The day before that of the books.
    const DAY: Date = date!(2026 - 11 - 30);

    fn wanted(literal: &LiteralBooks) -> SettleTakings {
        SettleTakings { business_id: literal.shop, day: DAY, is_instructed: true, is_asked: false }
    }

    /// A shop with HK$500.00, of which so much came since the day's end, or is disputed.
    fn books(since: SinceDay) -> LiteralBooks {
        let mut literal = LiteralBooks::new();
        let shop = literal.shop.uuid();
        literal.change(shop, |account| account.credits_posted = 50_000);
        literal.books.since_days.insert((shop, DAY), since);
        literal.books.takings_go_to.insert(shop, bank_account());
        literal
    }

    fn settle(literal: &mut LiteralBooks) -> Settlement {
        let wanted = wanted(literal);
        literal.books.decide(&wanted).unwrap().0
    }

    #[test]
    fn takings_up_to_the_days_end_are_held_for_the_bank_and_later_ones_are_not() {
        let mut literal = books(SinceDay { taken: 12_000, ..SinceDay::default() });
        let settled = settle(&mut literal);
        assert_eq!((settled.amount, settled.closing, settled.carry_reason), (38_000, 38_000, None));
        let shop = literal.books.account(literal.shop.uuid()).unwrap();
        assert_eq!((shop.balance(), shop.available()), (50_000, 12_000));
        let payout = literal.books.operation(settled.id.uuid()).unwrap();
        assert_eq!((payout.state, payout.amount), (OperationState::Pending, hkd(38_000)));
        assert_eq!(payout.expires_at, Some(NOW + OVERDUE_AFTER));
        assert_eq!(literal.books.bank_accounts, [(settled.id.uuid(), bank_account())]);
        let told = (settled.id.uuid(), InstructionKind::Settlement);
        assert_eq!(literal.books.bank_instructions, [told]);
    }

    #[test]
    fn what_neighbours_in_the_same_transaction_have_moved_belongs_to_a_later_day() {
        let mut literal = books(SinceDay::default());
        let (payer, shop) = (literal.payer.uuid(), literal.shop.uuid());
        let side = |account_id| Side { account_id, name: String::new() };
        let paid = Operation::completed(
            Uuid::now_v7(),
            OperationKind::Payment,
            [side(payer), side(shop)],
            hkd(700),
            NOW,
        );
        literal.books.ledger.enter(vec![paid.first_transfer()]).unwrap();
        let settled = settle(&mut literal);
        assert_eq!((settled.amount, settled.closing), (50_000, 50_000));
    }

    #[test]
    fn what_was_refunded_since_is_held_by_law_disputed_or_on_its_way_is_not_paid_out() {
        for (since, change, amount, closing) in [
            // HK$60.00 more was refunded than taken.
            (SinceDay { taken: -6_000, ..SinceDay::default() }, None, 50_000, 56_000),
            (SinceDay { disputed: 1_000, ..SinceDay::default() }, None, 49_000, 50_000),
            (SinceDay::default(), Some((2_000, 0)), 48_000, 50_000),
            (SinceDay::default(), Some((0, 3_000)), 47_000, 50_000),
            (SinceDay { paid_out: 4_000, ..SinceDay::default() }, None, 50_000, 54_000),
        ] {
            let mut literal = books(since);
            let shop = literal.shop.uuid();
            literal.change(shop, |account| {
                (account.legal_hold, account.debits_pending) = change.unwrap_or_default();
            });
            let settled = settle(&mut literal);
            assert_eq!((settled.amount, settled.closing), (amount, closing), "{since:?}");
            let (law, pending) = change.unwrap_or_default();
            let parts = (settled.held_by_law, settled.on_its_way, settled.disputed);
            assert_eq!(parts, (law, pending + since.paid_out, since.disputed));
        }
    }

    #[test]
    fn whoever_cannot_be_paid_out_has_all_of_it_carried_over_with_the_reason() {
        type Spoil = fn(&mut LiteralBooks);
        let cases: [(Spoil, CarryReason); 7] = [
            (|literal| literal.books.takings_go_to.clear(), CarryReason::NoBankAccount),
            (|literal| literal.shop_mut().is_approved = false, CarryReason::NotApproved),
            (|literal| literal.freeze(literal.shop.uuid()), CarryReason::Stopped),
            (
                |literal| {
                    let owner = literal.shop_mut().owner_user_id.uuid();
                    let seen = SeenRisk { risk: AccountRisk::High, reasons: Vec::new() };
                    literal.books.seen_risks.insert(owner, seen);
                },
                CarryReason::UnderReview,
            ),
            (
                |literal| _ = literal.books.shops_of_mules.insert(literal.shop.uuid()),
                CarryReason::UnderReview,
            ),
            (
                |literal| {
                    let status = AccountStatus::OutgoingFrozen;
                    literal.change(literal.shop.uuid(), |account| account.status = status);
                },
                CarryReason::Stopped,
            ),
            (
                |literal| {
                    let held = 50_000 - PAID_OUT_MIN + 1;
                    literal.change(literal.shop.uuid(), |account| account.legal_hold = held);
                },
                CarryReason::BelowMinimum,
            ),
        ];
        for (spoil, reason) in cases {
            let mut literal = books(SinceDay::default());
            let wanted = wanted(&literal);
            spoil(&mut literal);
            let (settled, told) = literal.books.decide(&wanted).unwrap();
            assert_eq!((settled.amount, settled.carry_reason), (0, Some(reason)));
            assert_eq!(settled.closing, 50_000, "{reason:?}");
            let said = told.iter().map(|told| &told.data["reason"]).collect::<Vec<_>>();
            let is_told = reason != CarryReason::BelowMinimum;
            assert_eq!(said, if is_told { vec![reason.code()] } else { Vec::new() });
            assert_eq!(literal.books.ledger.transfers(), []);
            assert_eq!(literal.books.bank_instructions, []);
        }
        let mut literal = books(SinceDay::default());
        literal.change(literal.shop.uuid(), |account| account.legal_hold = 50_000 - PAID_OUT_MIN);
        assert_eq!(settle(&mut literal).amount, PAID_OUT_MIN);
        // What is left of a shop that is closed has no other day to wait for.
        let mut literal = books(SinceDay::default());
        literal.shop_mut().is_closed = true;
        literal.change(literal.shop.uuid(), |account| account.legal_hold = 50_000 - 1);
        assert_eq!(settle(&mut literal).amount, 1);
    }

    #[test]
    fn the_owner_is_told_once_for_each_reason_and_not_of_what_they_read_in_the_answer() {
        use CarryReason::{BelowMinimum, NoBankAccount, NotApproved};
        let told = |before: Option<(CarryReason, i64)>, held_back, is_asked| {
            let settled = settle(&mut books(SinceDay::default()));
            let mut literal = books(SinceDay::default());
            let shop = literal.shop.uuid();
            literal.books.takings_go_to.clear();
            let before = before.map(|(reason, closing)| Settlement {
                carry_reason: Some(reason),
                amount: 0,
                closing,
                ..settled
            });
            literal.books.settled_before.extend(before.map(|before| (shop, before)));
            literal.change(shop, |account| account.debits_posted = held_back);
            let wanted = SettleTakings { is_asked, ..wanted(&literal) };
            literal.books.decide(&wanted).unwrap().1.len()
        };
        let least = PAID_OUT_MIN;
        assert_eq!(told(None, 0, false), 1);
        assert_eq!(told(Some((NoBankAccount, least)), 0, false), 0);
        assert_eq!(told(Some((NotApproved, least)), 0, false), 1);
        assert_eq!(told(Some((BelowMinimum, least - 1)), 0, false), 1);
        // Of so little they were not told before, nor would they be now.
        assert_eq!(told(Some((NoBankAccount, least - 1)), 0, false), 1);
        assert_eq!(told(None, 50_000 - least, false), 1);
        assert_eq!(told(None, 50_000 - least + 1, false), 0);
        assert_eq!(told(None, 0, true), 0);
    }

    #[test]
    fn nobody_is_told_that_nothing_was_carried_over() {
        let mut literal = LiteralBooks::new();
        literal.books.takings_go_to.clear();
        let wanted = wanted(&literal);
        let (settled, told) = literal.books.decide(&wanted).unwrap();
        assert_eq!((settled.carry_reason, told), (Some(CarryReason::NoBankAccount), Vec::new()));
    }

    #[test]
    fn the_bank_ends_it_and_what_it_refuses_is_the_shops_again() {
        for (outcome, balance) in [(PayoutEnd::Paid, 0), (PayoutEnd::Refused, 50_000)] {
            let mut literal = books(SinceDay::default());
            let settled = settle(&mut literal);
            let payout = Payout::Settlement(settled.id);
            let end = EndPayout { payout, outcome, by: Voice::Bank };
            let (ended, told) = literal.books.decide(&end).unwrap();
            assert_ne!(ended.state, OperationState::Pending);
            let shop = literal.books.account(literal.shop.uuid()).unwrap();
            assert_eq!((shop.balance(), shop.available()), (balance, balance));
            let [told] = &told[..] else { panic!("{told:?}") };
            assert_eq!(told.subject, literal.shop.to_string());
            let owner = match outcome {
                PayoutEnd::Paid => &told.data["from"]["told_user_id"],
                PayoutEnd::Refused => &told.data["told_user_id"],
            };
            assert_eq!(owner, &literal.owner.to_string());
        }
    }
}
