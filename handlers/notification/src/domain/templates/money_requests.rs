//! What people are told of requests for money between them.

use values::Money;

use crate::domain::NotificationType;

/// What happened to a request, as its reader is told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum MoneyRequestChange {
    /// The reader is asked.
    Asked,
    /// The reader is reminded.
    Reminded,
    /// The reader is asked no longer.
    Cancelled,
    /// Whom the reader has asked said no.
    Declined,
    /// Whom the reader has asked did not pay in time.
    Expired,
}

/// A change of a request. What the other says with it is not told: a stranger's words would stand
/// among ours, on a locked screen; they are read in the request.
pub(crate) struct MoneyRequestNews {
    pub(crate) change: MoneyRequestChange,
    pub(crate) amount: Money,
    /// The other person's, masked; empty if they have not chosen one.
    pub(crate) name: String,
}

impl MoneyRequestNews {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match self.change {
            MoneyRequestChange::Asked => NotificationType::MoneyRequested,
            MoneyRequestChange::Reminded => NotificationType::MoneyRequestReminded,
            MoneyRequestChange::Cancelled => NotificationType::MoneyRequestCancelled,
            MoneyRequestChange::Declined => NotificationType::MoneyRequestDeclined,
            MoneyRequestChange::Expired => NotificationType::MoneyRequestExpired,
        }
    }

    fn name_or<'a>(&'a self, nameless: &'a str) -> &'a str {
        if self.name.is_empty() { nameless } else { &self.name }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        let (amount, name) = (self.amount, self.name_or("Another person"));
        match self.change {
            MoneyRequestChange::Asked => {
                ("Money requested", format!("{name} asks you for {amount}."))
            }
            MoneyRequestChange::Reminded => {
                ("Reminder", format!("{name} reminds you of their request for {amount}."))
            }
            MoneyRequestChange::Cancelled => (
                "Request cancelled",
                format!("{name} took back their request for {amount}. You need not pay it."),
            ),
            MoneyRequestChange::Declined => {
                ("Request declined", format!("{name} declined your request for {amount}."))
            }
            MoneyRequestChange::Expired => (
                "Request expired",
                format!("{name} did not pay your request for {amount} in time."),
            ),
        }
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        let (amount, name) = (self.amount, self.name_or("另一位用戶"));
        match self.change {
            MoneyRequestChange::Asked => ("收到收款要求", format!("{name}要求你付款 {amount}。")),
            MoneyRequestChange::Reminded => {
                ("付款提示", format!("{name}提示你尚未支付其收款要求 {amount}。"))
            }
            MoneyRequestChange::Cancelled => {
                ("收款要求已取消", format!("{name}已取消 {amount} 的收款要求，你無須付款。"))
            }
            MoneyRequestChange::Declined => {
                ("收款要求被拒絕", format!("{name}已拒絕你 {amount} 的收款要求。"))
            }
            MoneyRequestChange::Expired => {
                ("收款要求已過期", format!("{name}未有在限期前支付你 {amount} 的收款要求。"))
            }
        }
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        let (amount, name) = (self.amount, self.name_or("另一位用户"));
        match self.change {
            MoneyRequestChange::Asked => ("收到收款请求", format!("{name}请求您付款 {amount}。")),
            MoneyRequestChange::Reminded => {
                ("付款提醒", format!("{name}提醒您尚未支付其收款请求 {amount}。"))
            }
            MoneyRequestChange::Cancelled => {
                ("收款请求已取消", format!("{name}已取消 {amount} 的收款请求，您无需付款。"))
            }
            MoneyRequestChange::Declined => {
                ("收款请求被拒绝", format!("{name}已拒绝您 {amount} 的收款请求。"))
            }
            MoneyRequestChange::Expired => {
                ("收款请求已过期", format!("{name}未在期限内支付您 {amount} 的收款请求。"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use values::Language;

    use super::*;
    use crate::domain::Message;

    /// What readers of English, Traditional and Simplified Chinese are told.
    fn bodies(change: MoneyRequestChange, name: &str) -> [String; 3] {
        let (amount, name) = (Money::hkd(5_000).unwrap(), name.to_owned());
        let message = Message::MoneyRequest(MoneyRequestNews { change, amount, name });
        [Language::English, Language::TraditionalChinese, Language::SimplifiedChinese]
            .map(|reader| message.for_reader(reader).body)
    }

    #[test]
    fn who_is_asked_reads_by_whom_and_for_how_much_and_no_words_of_a_stranger() {
        let asked = [
            "陳***文 asks you for HK$50.00.",
            "陳***文要求你付款 HK$50.00。",
            "陳***文请求您付款 HK$50.00。",
        ];
        assert_eq!(bodies(MoneyRequestChange::Asked, "陳***文"), asked);
        let reminded = [
            "Another person reminds you of their request for HK$50.00.",
            "另一位用戶提示你尚未支付其收款要求 HK$50.00。",
            "另一位用户提醒您尚未支付其收款请求 HK$50.00。",
        ];
        assert_eq!(bodies(MoneyRequestChange::Reminded, ""), reminded);
    }

    #[test]
    fn how_a_request_ended_is_told() {
        use MoneyRequestChange::{Cancelled, Declined, Expired};
        for (change, expected) in [
            (
                Cancelled,
                [
                    "A*** took back their request for HK$50.00. You need not pay it.",
                    "A***已取消 HK$50.00 的收款要求，你無須付款。",
                    "A***已取消 HK$50.00 的收款请求，您无需付款。",
                ],
            ),
            (
                Declined,
                [
                    "A*** declined your request for HK$50.00.",
                    "A***已拒絕你 HK$50.00 的收款要求。",
                    "A***已拒绝您 HK$50.00 的收款请求。",
                ],
            ),
            (
                Expired,
                [
                    "A*** did not pay your request for HK$50.00 in time.",
                    "A***未有在限期前支付你 HK$50.00 的收款要求。",
                    "A***未在期限内支付您 HK$50.00 的收款请求。",
                ],
            ),
        ] {
            assert_eq!(bodies(change, "A***"), expected);
        }
    }
}
