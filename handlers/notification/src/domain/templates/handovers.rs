//! What people are told of a shop that changes hands.

use crate::domain::NotificationType;

/// What happened, as its reader is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandoverChange {
    /// The reader has offered their shop; somebody else may have had their login.
    Offered,
    /// The reader is offered a shop in which they work.
    Received,
    /// The shop that the reader offered is another person's now.
    HandedOver,
    /// The shop that the reader was offered is theirs now.
    TakenOver,
    /// Whoever was offered the reader's shop has said no.
    Declined,
}

/// An offer of a shop, or what came of it. Of the other person nothing is said: the list of members
/// has them.
pub(crate) struct HandoverNews {
    pub(crate) change: HandoverChange,
    pub(crate) shop_name: String,
}

impl HandoverNews {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match self.change {
            HandoverChange::Offered => NotificationType::ShopHandoverOffered,
            HandoverChange::Received => NotificationType::ShopHandoverReceived,
            HandoverChange::HandedOver => NotificationType::ShopHandedOver,
            HandoverChange::TakenOver => NotificationType::ShopTakenOver,
            HandoverChange::Declined => NotificationType::ShopHandoverDeclined,
        }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        let shop = &self.shop_name;
        match self.change {
            HandoverChange::Offered => (
                "Shop offered",
                format!(
                    "You offered {shop} to a member, who can accept it in a day. If this was not \
                     you, take the offer back and change your PIN."
                ),
            ),
            HandoverChange::Received => (
                "A shop for you",
                format!(
                    "The owner of {shop} offers it to you. You can accept it in a day, and within \
                     a week."
                ),
            ),
            HandoverChange::HandedOver => (
                "Shop handed over",
                format!(
                    "{shop} is no longer yours. If you did not hand it over, contact customer \
                     service."
                ),
            ),
            HandoverChange::TakenOver => (
                "Your new shop",
                format!(
                    "{shop} is yours now. Apply for its verification and add a bank account: until \
                     then it cannot be paid, and nothing is paid out."
                ),
            ),
            HandoverChange::Declined => {
                ("Offer declined", format!("The member to whom you offered {shop} has declined."))
            }
        }
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        let shop = &self.shop_name;
        match self.change {
            HandoverChange::Offered => (
                "已提出轉讓商戶",
                format!(
                    "你已向一名成員提出轉讓{shop}，對方一天後可接受。如非你本人操作，請取消轉讓並更改 PIN。"
                ),
            ),
            HandoverChange::Received => (
                "商戶轉讓邀請",
                format!("{shop}的店主想將商戶轉讓給你，你可於一天後至一星期內接受。"),
            ),
            HandoverChange::HandedOver => {
                ("商戶已轉讓", format!("{shop}已不再屬於你。如非你本人轉讓，請聯絡客戶服務。"))
            }
            HandoverChange::TakenOver => (
                "你的新商戶",
                format!("{shop}現已屬於你。請申請商戶認證並加入銀行戶口，在此之前不能收款及結算。"),
            ),
            HandoverChange::Declined => ("轉讓邀請被拒", format!("獲邀接手{shop}的成員已拒絕。")),
        }
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        let shop = &self.shop_name;
        match self.change {
            HandoverChange::Offered => (
                "已提出转让商户",
                format!(
                    "您已向一名成员提出转让{shop}，对方一天后可接受。如非您本人操作，请取消转让并更改 PIN。"
                ),
            ),
            HandoverChange::Received => (
                "商户转让邀请",
                format!("{shop}的店主想将商户转让给您，您可于一天后至一周内接受。"),
            ),
            HandoverChange::HandedOver => {
                ("商户已转让", format!("{shop}已不再属于您。如非您本人转让，请联系客服。"))
            }
            HandoverChange::TakenOver => (
                "您的新商户",
                format!("{shop}现已属于您。请申请商户认证并添加银行账户，在此之前不能收款及结算。"),
            ),
            HandoverChange::Declined => ("转让邀请被拒", format!("获邀接手{shop}的成员已拒绝。")),
        }
    }
}

#[cfg(test)]
mod tests {
    use values::Language;

    use super::*;
    use crate::domain::Message;

    #[test]
    fn each_side_is_told_in_the_readers_language() {
        for (change, bodies) in [
            (
                HandoverChange::Received,
                [
                    "The owner of 永記茶餐廳 offers it to you. You can accept it in a day, and within \
                     a week.",
                    "永記茶餐廳的店主想將商戶轉讓給你，你可於一天後至一星期內接受。",
                    "永記茶餐廳的店主想将商户转让给您，您可于一天后至一周内接受。",
                ],
            ),
            (
                HandoverChange::HandedOver,
                [
                    "永記茶餐廳 is no longer yours. If you did not hand it over, contact customer \
                     service.",
                    "永記茶餐廳已不再屬於你。如非你本人轉讓，請聯絡客戶服務。",
                    "永記茶餐廳已不再属于您。如非您本人转让，请联系客服。",
                ],
            ),
        ] {
            let news = HandoverNews { change, shop_name: "永記茶餐廳".to_owned() };
            let message = Message::Handover(news);
            let readers =
                [Language::English, Language::TraditionalChinese, Language::SimplifiedChinese];
            assert_eq!(readers.map(|reader| message.for_reader(reader).body), bodies);
        }
    }
}
