//! What a shop has taken, and what a movement of money adds to that.

use events::payments::{MoneyMovedV1, SideV1};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use values::{BusinessId, Currency, Fee, KindSide, Money, OperationKind};

/// Numbers and cents. Sums of what each movement adds: in whatever order, they are the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Takings {
    pub(crate) payments: i64,
    /// What was paid, tips included.
    pub(crate) gross: i64,
    pub(crate) tips: i64,
    pub(crate) refunds: i64,
    pub(crate) refunded: i64,
    pub(crate) fees: i64,
    pub(crate) fees_returned: i64,
}

impl Takings {
    /// What is left of it to the shop.
    pub(crate) const fn net(&self) -> i64 {
        self.gross
            .saturating_sub(self.refunded)
            .saturating_sub(self.fees)
            .saturating_add(self.fees_returned)
    }

    pub(crate) fn sum<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        all.fold(Self::default(), |sum, takings| sum.plus(*takings))
    }

    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            payments: self.payments.saturating_add(other.payments),
            gross: self.gross.saturating_add(other.gross),
            tips: self.tips.saturating_add(other.tips),
            refunds: self.refunds.saturating_add(other.refunds),
            refunded: self.refunded.saturating_add(other.refunded),
            fees: self.fees.saturating_add(other.fees),
            fees_returned: self.fees_returned.saturating_add(other.fees_returned),
        }
    }
}

/// What a movement adds to what is counted of one shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) business_id: BusinessId,
    pub(crate) moved_at: OffsetDateTime,
    /// Nothing, of what a person neither pays nor gets back.
    pub(crate) takings: Takings,
    /// What came to its account, and what left it, in cents: fees too.
    pub(crate) credits: i64,
    pub(crate) debits: i64,
}

/// What a movement adds, for each shop whose money it was or is; what is wrong with it, if it is
/// not what payments promises. A fee goes the other way than what it is of.
pub(crate) fn counted(moved: &MoneyMovedV1) -> Result<Vec<Counted>, String> {
    if moved.currency != Currency::HKD.code() {
        return Err("the currency is unknown".to_owned());
    }
    let amount = Money::hkd(moved.amount).map_err(text_of)?.minor_units();
    let fee = Fee::hkd(moved.fee).map_err(text_of)?.minor_units();
    let tips = moved.tip.map_or(Ok(0), |tip| Money::hkd(tip).map(Money::minor_units));
    let tips = tips.map_err(text_of)?;
    if tips > amount || fee > amount {
        return Err("a part of the amount is more than the amount".to_owned());
    }
    let moved_at = OffsetDateTime::parse(&moved.moved_at, &Rfc3339).map_err(text_of)?;
    let is = |from, to| OperationKind::between(from, to).any(|kind| moved.kind == kind.code());
    let is_paid = is(KindSide::Person, KindSide::Shop);
    let is_given_back = is(KindSide::Shop, KindSide::Person);
    let mut all = Vec::new();
    if let Some(business_id) = shop(&moved.to)? {
        let paid = Takings { payments: 1, gross: amount, tips, fees: fee, ..Takings::default() };
        let takings = if is_paid { paid } else { Takings::default() };
        all.push(Counted { business_id, moved_at, takings, credits: amount, debits: fee });
    }
    if let Some(business_id) = shop(&moved.from)? {
        let refunded =
            Takings { refunds: 1, refunded: amount, fees_returned: fee, ..Takings::default() };
        let takings = if is_given_back { refunded } else { Takings::default() };
        all.push(Counted { business_id, moved_at, takings, credits: fee, debits: amount });
    }
    if all.is_empty() && (is_paid || is_given_back) {
        return Err("a payment or refund without a shop".to_owned());
    }
    Ok(all)
}

fn shop(side: &SideV1) -> Result<Option<BusinessId>, String> {
    if side.side_type != "business" {
        return Ok(None);
    }
    let id = side.id.as_deref().ok_or("a business without its id")?;
    id.parse().map(Some).map_err(text_of)
}

fn text_of(error: impl ToString) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn golden() -> MoneyMovedV1 {
        let sample =
            include_str!("../../../../crates/events/golden/payme.payments.money-moved.v1.json");
        let sample: events::Envelope = serde_json::from_str(sample).unwrap();
        sample.decode().unwrap().unwrap()
    }

    fn one(moved: &MoneyMovedV1) -> Counted {
        let [counted] = counted(moved).unwrap()[..] else { panic!("one shop") };
        counted
    }

    #[test]
    fn a_payment_counts_for_the_shop_and_its_fee_against_it() {
        let moved = MoneyMovedV1 { amount: 10_000, fee: 150, tip: Some(1_000), ..golden() };
        let counted = one(&moved);
        let Takings { payments, gross, tips, fees, .. } = counted.takings;
        assert_eq!((payments, gross, tips, fees), (1, 10_000, 1_000, 150));
        assert_eq!(counted.takings.net(), 9_850);
        assert_eq!((counted.credits, counted.debits), (10_000, 150));
    }

    #[test]
    fn a_refund_counts_against_it_and_the_fee_that_comes_back_for_it() {
        let paid = golden();
        let moved = MoneyMovedV1 {
            kind: "refund".to_owned(),
            amount: 10_000,
            fee: 150,
            tip: None,
            from: paid.to.clone(),
            to: paid.from.clone(),
            ..paid
        };
        let counted = one(&moved);
        assert_eq!((counted.takings.refunds, counted.takings.payments), (1, 0));
        assert_eq!(counted.takings.net(), -9_850);
        assert_eq!((counted.credits, counted.debits), (150, 10_000));
    }

    #[test]
    fn what_else_leaves_a_shop_is_counted_and_is_none_of_its_takings() {
        let paid = golden();
        let moved = MoneyMovedV1 {
            kind: "payout".to_owned(),
            amount: 10_000,
            fee: 0,
            tip: None,
            from: paid.to.clone(),
            to: SideV1 { side_type: "bank".to_owned(), id: None, ..paid.to.clone() },
            ..paid
        };
        let counted = one(&moved);
        assert_eq!(counted.takings, Takings::default());
        assert_eq!((counted.credits, counted.debits), (0, 10_000));
    }

    #[test]
    fn between_people_there_is_nothing_to_count() {
        let paid = golden();
        let kind = "peer-payment".to_owned();
        let moved = MoneyMovedV1 { kind, tip: None, to: paid.from.clone(), ..paid };
        assert_eq!(counted(&moved), Ok(Vec::new()));
    }

    #[test]
    fn an_event_that_breaks_its_promise_is_not_counted() {
        let good = golden();
        let no_id = SideV1 { id: None, ..good.to.clone() };
        for broken in [
            MoneyMovedV1 { currency: "USD".to_owned(), ..good.clone() },
            MoneyMovedV1 { amount: 0, ..good.clone() },
            MoneyMovedV1 { fee: -1, ..good.clone() },
            MoneyMovedV1 { tip: Some(good.amount + 1), ..good.clone() },
            MoneyMovedV1 { moved_at: "yesterday".to_owned(), ..good.clone() },
            MoneyMovedV1 { to: no_id, ..good.clone() },
            MoneyMovedV1 { to: good.from.clone(), ..good.clone() },
        ] {
            assert!(counted(&broken).is_err(), "{broken:?}");
        }
    }
}
