//! What owners of shops are told of their takings.

use values::{Money, code_enum};

use crate::domain::NotificationType;

code_enum! {
    /// Why takings were not paid out.
    pub(crate) enum NotPaid {
        /// There is no bank account.
        NoBankAccount = "no-bank-account",
        /// It is not known who stands behind the business.
        NotApproved = "not-approved",
        /// The shop's money was stopped. Its owner is not told that by a message.
        Stopped = "stopped",
        /// Somebody looks at it, which they are not told either.
        UnderReview = "under-review",
        /// The bank did not take it.
        BankRefused = "bank-refused",
        /// Another reason, of a later program.
        Other = "other",
    }
}

/// What became of a day's takings. What is not paid out stays in the shop's balance.
pub(crate) struct SettlementNews {
    pub(crate) amount: Money,
    pub(crate) shop_name: String,
    /// `None` of what the bank has taken.
    pub(crate) not_paid: Option<NotPaid>,
}

impl SettlementNews {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match self.not_paid {
            None => NotificationType::SettlementPaid,
            Some(_) => NotificationType::SettlementNotPaid,
        }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        let Self { amount, shop_name: shop, not_paid } = self;
        let why = match not_paid {
            None => {
                let body =
                    format!("{amount} of the takings of {shop} was sent to its bank account.");
                return ("Takings paid out", body);
            }
            Some(NotPaid::NoBankAccount) => ": no bank account is registered",
            Some(NotPaid::NotApproved) => ": the business is not verified",
            Some(NotPaid::BankRefused) => ": the bank did not take them",
            Some(NotPaid::Stopped | NotPaid::UnderReview | NotPaid::Other) => "",
        };
        let body = format!(
            "Takings of {amount} of {shop} were not paid out{why}. They stay in the shop's balance."
        );
        ("Takings not paid out", body)
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        let Self { amount, shop_name: shop, not_paid } = self;
        let why = match not_paid {
            None => {
                let body = format!("{shop}的結算款項 {amount} 已轉賬至其銀行戶口。");
                return ("結算款項已支付", body);
            }
            Some(NotPaid::NoBankAccount) => "：未有登記銀行戶口",
            Some(NotPaid::NotApproved) => "：商戶未經核實",
            Some(NotPaid::BankRefused) => "：銀行未有接收",
            Some(NotPaid::Stopped | NotPaid::UnderReview | NotPaid::Other) => "",
        };
        let body = format!("{shop}的結算款項 {amount} 未有支付{why}。款項會留在商戶結餘。");
        ("結算款項未有支付", body)
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        let Self { amount, shop_name: shop, not_paid } = self;
        let why = match not_paid {
            None => {
                let body = format!("{shop}的结算款项 {amount} 已转入其银行账户。");
                return ("结算款项已支付", body);
            }
            Some(NotPaid::NoBankAccount) => "：未登记银行账户",
            Some(NotPaid::NotApproved) => "：商户未经核实",
            Some(NotPaid::BankRefused) => "：银行未接收",
            Some(NotPaid::Stopped | NotPaid::UnderReview | NotPaid::Other) => "",
        };
        let body = format!("{shop}的结算款项 {amount} 未支付{why}。款项会留在商户余额。");
        ("结算款项未支付", body)
    }
}
