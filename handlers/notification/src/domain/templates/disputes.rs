//! What both sides are told of a dispute.

use values::Money;

use crate::domain::NotificationType;

/// What happened to a dispute, as its reader is told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum DisputeChange {
    /// To the shop: a payer disputes a payment.
    Opened,
    /// To the shop: the payer took it back.
    Withdrawn,
    /// To the shop: its time to answer is over.
    NotAnswered,
    /// To the shop: the money goes back.
    Lost,
    /// To the shop: it keeps the money.
    Dismissed,
    /// To the payer: the shop does not give the money back.
    Contested,
    /// To the payer: the shop has said nothing.
    Unanswered,
    /// To the payer: the money comes back.
    Won,
    /// To the payer: it does not.
    Rejected,
}

/// A change of a dispute. What the sides say is read in the dispute, as with requests for money.
pub(crate) struct DisputeNews {
    pub(crate) change: DisputeChange,
    /// What the payer wants back.
    pub(crate) amount: Money,
    pub(crate) shop_name: String,
}

impl DisputeNews {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match self.change {
            DisputeChange::Opened => NotificationType::DisputeOpened,
            DisputeChange::Withdrawn => NotificationType::DisputeWithdrawn,
            DisputeChange::NotAnswered | DisputeChange::Contested | DisputeChange::Unanswered => {
                NotificationType::DisputeUnderReview
            }
            DisputeChange::Lost | DisputeChange::Won => NotificationType::DisputeUpheld,
            DisputeChange::Dismissed | DisputeChange::Rejected => NotificationType::DisputeRejected,
        }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        let Self { amount, shop_name: shop, .. } = self;
        match self.change {
            DisputeChange::Opened => (
                "Payment disputed",
                format!(
                    "A payer of {shop} asks for {amount} back. Please answer within seven days."
                ),
            ),
            DisputeChange::Withdrawn => (
                "Dispute withdrawn",
                format!("A payer of {shop} no longer asks for {amount} back."),
            ),
            DisputeChange::NotAnswered => (
                "Dispute under review",
                format!("{shop} has not answered a dispute over {amount}. We decide it now."),
            ),
            DisputeChange::Lost => (
                "Dispute decided",
                format!(
                    "A dispute over {amount} with {shop} was decided for the payer, who gets back \
                     what is due."
                ),
            ),
            DisputeChange::Dismissed => {
                ("Dispute decided", format!("{shop} keeps the {amount} that a payer asked back."))
            }
            DisputeChange::Contested => (
                "Dispute under review",
                format!("{shop} does not agree to give {amount} back. We decide it now."),
            ),
            DisputeChange::Unanswered => (
                "Dispute under review",
                format!("{shop} has not answered your dispute over {amount}. We decide it now."),
            ),
            DisputeChange::Won => {
                let decided = format!(
                    "Your dispute over {amount} with {shop} was decided for you. What is due comes \
                     back to your wallet."
                );
                ("Dispute decided", decided)
            }
            DisputeChange::Rejected => (
                "Dispute decided",
                format!("You do not get {amount} back from {shop}. The dispute says why."),
            ),
        }
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        let Self { amount, shop_name: shop, .. } = self;
        match self.change {
            DisputeChange::Opened => {
                ("付款爭議", format!("{shop}的一位付款人要求退回 {amount}，請於七日內回覆。"))
            }
            DisputeChange::Withdrawn => {
                ("爭議已撤回", format!("{shop}的付款人不再要求退回 {amount}。"))
            }
            DisputeChange::NotAnswered => {
                ("爭議審核中", format!("{shop}未有回覆 {amount} 的爭議，現由我們裁定。"))
            }
            DisputeChange::Lost => (
                "爭議已有結果",
                format!("{shop}一宗 {amount} 的爭議裁定付款人得直，應退的款項將退回付款人。"),
            ),
            DisputeChange::Dismissed => {
                ("爭議已有結果", format!("付款人要求退回的 {amount} 由{shop}保留。"))
            }
            DisputeChange::Contested => {
                ("爭議審核中", format!("{shop}不同意退回 {amount}，現由我們裁定。"))
            }
            DisputeChange::Unanswered => {
                ("爭議審核中", format!("{shop}未有回覆你 {amount} 的爭議，現由我們裁定。"))
            }
            DisputeChange::Won => (
                "爭議已有結果",
                format!("你與{shop}的 {amount} 爭議裁定你得直，應退的款項將退回你的錢包。"),
            ),
            DisputeChange::Rejected => {
                ("爭議已有結果", format!("{shop}無須退回 {amount}，原因載於個案內。"))
            }
        }
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        let Self { amount, shop_name: shop, .. } = self;
        match self.change {
            DisputeChange::Opened => {
                ("付款争议", format!("{shop}的一位付款人要求退回 {amount}，请于七日内回复。"))
            }
            DisputeChange::Withdrawn => {
                ("争议已撤回", format!("{shop}的付款人不再要求退回 {amount}。"))
            }
            DisputeChange::NotAnswered => {
                ("争议审核中", format!("{shop}未回复 {amount} 的争议，现由我们裁定。"))
            }
            DisputeChange::Lost => (
                "争议已有结果",
                format!("{shop}一笔 {amount} 的争议裁定付款人胜诉，应退的款项将退回付款人。"),
            ),
            DisputeChange::Dismissed => {
                ("争议已有结果", format!("付款人要求退回的 {amount} 由{shop}保留。"))
            }
            DisputeChange::Contested => {
                ("争议审核中", format!("{shop}不同意退回 {amount}，现由我们裁定。"))
            }
            DisputeChange::Unanswered => {
                ("争议审核中", format!("{shop}未回复您 {amount} 的争议，现由我们裁定。"))
            }
            DisputeChange::Won => (
                "争议已有结果",
                format!("您与{shop}的 {amount} 争议裁定您胜诉，应退的款项将退回您的钱包。"),
            ),
            DisputeChange::Rejected => {
                ("争议已有结果", format!("{shop}无需退回 {amount}，原因载于个案内。"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use values::Language;

    use super::*;
    use crate::domain::Message;

    #[test]
    fn every_change_is_told_in_three_languages_with_the_shop_and_the_amount() {
        use DisputeChange::{
            Contested, Dismissed, Lost, NotAnswered, Opened, Rejected, Unanswered, Withdrawn, Won,
        };
        let all =
            [Opened, Withdrawn, NotAnswered, Lost, Dismissed, Contested, Unanswered, Won, Rejected];
        let mut told = std::collections::BTreeSet::new();
        for change in all {
            for language in
                [Language::English, Language::TraditionalChinese, Language::SimplifiedChinese]
            {
                let amount = Money::hkd(5_000).unwrap();
                let news = DisputeNews { change, amount, shop_name: "永記茶餐廳".to_owned() };
                let text = Message::Dispute(news).for_reader(language);
                let names_both = text.body.contains("HK$50.00") && text.body.contains("永記茶餐廳");
                assert!(names_both, "{}", text.body);
                let is_new = told.insert((format!("{language:?}"), text.body));
                assert!(is_new, "{change:?} is told as another");
            }
        }
    }
}
