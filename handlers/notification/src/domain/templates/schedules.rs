//! What the owners of schedules are told of them.

use time::Date;
use values::Money;

use crate::domain::NotificationType;

/// What was to be done on the date.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Planned {
    Payment,
    Request,
}

/// Why it could not be done.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Obstacle {
    Funds,
    Frozen,
    Payee,
    Limit,
    /// The service was away until another date had come.
    Missed,
    Other,
}

/// What happened to a schedule, as its owner is told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ScheduleChange {
    /// A date comes.
    Upcoming(Date),
    /// Tried again until the day ends.
    Delayed(Obstacle),
    Skipped(Date, Obstacle),
    /// Too many dates in a row were skipped.
    Paused,
    /// The last date is over.
    Ended,
}

/// A change of a schedule that its owner has not made.
pub(crate) struct ScheduleNews {
    pub(crate) change: ScheduleChange,
    pub(crate) planned: Planned,
    pub(crate) amount: Money,
    /// The other person's, masked; empty if they have not chosen one.
    pub(crate) name: String,
}

impl Obstacle {
    const fn english(self) -> &'static str {
        match self {
            Self::Funds => "there is not enough money in your wallet",
            Self::Frozen => "your wallet is frozen",
            Self::Payee => "they cannot be paid at the moment",
            Self::Limit => "it would exceed your limits",
            Self::Missed => "our service was away until the next date had come",
            Self::Other => "it is not possible at the moment",
        }
    }

    const fn traditional_chinese(self) -> &'static str {
        match self {
            Self::Funds => "錢包餘額不足",
            Self::Frozen => "你的錢包已被凍結",
            Self::Payee => "對方目前未能收款",
            Self::Limit => "將會超出你的限額",
            Self::Missed => "服務恢復時已到下一個日期",
            Self::Other => "目前未能處理",
        }
    }

    const fn simplified_chinese(self) -> &'static str {
        match self {
            Self::Funds => "钱包余额不足",
            Self::Frozen => "您的钱包已被冻结",
            Self::Payee => "对方目前无法收款",
            Self::Limit => "将超出您的限额",
            Self::Missed => "服务恢复时已到下一个日期",
            Self::Other => "目前无法处理",
        }
    }
}

impl ScheduleNews {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match self.change {
            ScheduleChange::Upcoming(_) => NotificationType::ScheduleUpcoming,
            ScheduleChange::Delayed(_) => NotificationType::ScheduleDelayed,
            ScheduleChange::Skipped(..) => NotificationType::ScheduleSkipped,
            ScheduleChange::Paused => NotificationType::SchedulePaused,
            ScheduleChange::Ended => NotificationType::ScheduleEnded,
        }
    }

    fn name_or<'a>(&'a self, nameless: &'a str) -> &'a str {
        if self.name.is_empty() { nameless } else { &self.name }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        let (amount, name) = (self.amount, self.name_or("another person"));
        let day = |date: Date| format!("{} {} {}", date.day(), date.month(), date.year());
        match (self.change, self.planned) {
            (ScheduleChange::Upcoming(date), Planned::Payment) => {
                ("Scheduled payment", format!("You will pay {name} {amount} on {}.", day(date)))
            }
            (ScheduleChange::Upcoming(date), Planned::Request) => {
                ("Scheduled request", format!("You will ask {name} for {amount} on {}.", day(date)))
            }
            (ScheduleChange::Delayed(why), planned) => {
                let what = match planned {
                    Planned::Payment => format!("{amount} could not be paid to {name}"),
                    Planned::Request => format!("We could not ask {name} for {amount}"),
                };
                let why = why.english();
                ("Schedule delayed", format!("{what}: {why}. We will try again until midnight."))
            }
            (ScheduleChange::Skipped(date, why), planned) => {
                let what = match planned {
                    Planned::Payment => format!("{amount} was not paid to {name}"),
                    Planned::Request => format!("We did not ask {name} for {amount}"),
                };
                ("Date skipped", format!("{what} on {}: {}.", day(date), why.english()))
            }
            (ScheduleChange::Paused, _) => (
                "Schedule paused",
                format!(
                    "Your schedule of {amount} with {name} is paused, since several dates in a row \
                     were skipped. You can resume it."
                ),
            ),
            (ScheduleChange::Ended, _) => (
                "Schedule ended",
                format!("The last date of your schedule of {amount} with {name} is over."),
            ),
        }
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        let (amount, name) = (self.amount, self.name_or("另一位用戶"));
        match (self.change, self.planned) {
            (ScheduleChange::Upcoming(date), Planned::Payment) => {
                ("預約付款", format!("你將於{}向{name}付款 {amount}。", in_chinese(date)))
            }
            (ScheduleChange::Upcoming(date), Planned::Request) => {
                let body = format!("你將於{}向{name}發出 {amount} 的收款要求。", in_chinese(date));
                ("預約收款要求", body)
            }
            (ScheduleChange::Delayed(why), planned) => {
                let what = match planned {
                    Planned::Payment => format!("未能向{name}付款 {amount}"),
                    Planned::Request => format!("未能向{name}發出 {amount} 的收款要求"),
                };
                let why = why.traditional_chinese();
                ("預約延遲", format!("{what}：{why}。我們會於午夜前再試。"))
            }
            (ScheduleChange::Skipped(date, why), planned) => {
                let what = match planned {
                    Planned::Payment => format!("未有向{name}付款 {amount}"),
                    Planned::Request => format!("未有向{name}發出 {amount} 的收款要求"),
                };
                let why = why.traditional_chinese();
                ("預約已略過", format!("{}{what}：{why}。", in_chinese(date)))
            }
            (ScheduleChange::Paused, _) => (
                "預約已暫停",
                format!("你與{name}的預約（{amount}）因連續數次未能執行而暫停，可隨時恢復。"),
            ),
            (ScheduleChange::Ended, _) => {
                ("預約已結束", format!("你與{name}的預約（{amount}）的最後日期已過。"))
            }
        }
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        let (amount, name) = (self.amount, self.name_or("另一位用户"));
        match (self.change, self.planned) {
            (ScheduleChange::Upcoming(date), Planned::Payment) => {
                ("预约付款", format!("您将于{}向{name}付款 {amount}。", in_chinese(date)))
            }
            (ScheduleChange::Upcoming(date), Planned::Request) => {
                let body = format!("您将于{}向{name}发出 {amount} 的收款请求。", in_chinese(date));
                ("预约收款请求", body)
            }
            (ScheduleChange::Delayed(why), planned) => {
                let what = match planned {
                    Planned::Payment => format!("未能向{name}付款 {amount}"),
                    Planned::Request => format!("未能向{name}发出 {amount} 的收款请求"),
                };
                let why = why.simplified_chinese();
                ("预约延迟", format!("{what}：{why}。我们会在午夜前重试。"))
            }
            (ScheduleChange::Skipped(date, why), planned) => {
                let what = match planned {
                    Planned::Payment => format!("未向{name}付款 {amount}"),
                    Planned::Request => format!("未向{name}发出 {amount} 的收款请求"),
                };
                let why = why.simplified_chinese();
                ("预约已跳过", format!("{}{what}：{why}。", in_chinese(date)))
            }
            (ScheduleChange::Paused, _) => (
                "预约已暂停",
                format!("您与{name}的预约（{amount}）因连续数次未能执行而暂停，可随时恢复。"),
            ),
            (ScheduleChange::Ended, _) => {
                ("预约已结束", format!("您与{name}的预约（{amount}）的最后日期已过。"))
            }
        }
    }
}

/// A day, as both ways of writing Chinese have it.
fn in_chinese(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), u8::from(date.month()), date.day())
}

#[cfg(test)]
mod tests {
    use time::macros::date;
    use values::Language;

    use super::*;
    use crate::domain::Message;

    const ON: Date = date!(2026 - 12 - 31);

    fn assert_told(change: ScheduleChange, planned: Planned, name: &str, expected: [&str; 3]) {
        let (amount, name) = (Money::hkd(5_000).unwrap(), name.to_owned());
        let news = Message::Schedule(ScheduleNews { change, planned, amount, name });
        let bodies = [Language::English, Language::TraditionalChinese, Language::SimplifiedChinese]
            .map(|reader| news.for_reader(reader).body);
        assert_eq!(bodies, expected);
    }

    #[test]
    fn a_day_ahead_the_owner_reads_what_will_be_done_on_which_day() {
        let paid = [
            "You will pay 小*** HK$50.00 on 31 December 2026.",
            "你將於2026年12月31日向小***付款 HK$50.00。",
            "您将于2026年12月31日向小***付款 HK$50.00。",
        ];
        assert_told(ScheduleChange::Upcoming(ON), Planned::Payment, "小***", paid);
        let asked = [
            "You will ask another person for HK$50.00 on 31 December 2026.",
            "你將於2026年12月31日向另一位用戶發出 HK$50.00 的收款要求。",
            "您将于2026年12月31日向另一位用户发出 HK$50.00 的收款请求。",
        ];
        assert_told(ScheduleChange::Upcoming(ON), Planned::Request, "", asked);
    }

    #[test]
    fn what_was_not_done_is_told_with_the_reason() {
        let delayed = [
            "HK$50.00 could not be paid to 小***: there is not enough money in your wallet. We will \
             try again until midnight.",
            "未能向小***付款 HK$50.00：錢包餘額不足。我們會於午夜前再試。",
            "未能向小***付款 HK$50.00：钱包余额不足。我们会在午夜前重试。",
        ];
        let change = ScheduleChange::Delayed(Obstacle::Funds);
        assert_told(change, Planned::Payment, "小***", delayed);
        let skipped = [
            "We did not ask 小*** for HK$50.00 on 31 December 2026: your wallet is frozen.",
            "2026年12月31日未有向小***發出 HK$50.00 的收款要求：你的錢包已被凍結。",
            "2026年12月31日未向小***发出 HK$50.00 的收款请求：您的钱包已被冻结。",
        ];
        let change = ScheduleChange::Skipped(ON, Obstacle::Frozen);
        assert_told(change, Planned::Request, "小***", skipped);
    }

    #[test]
    fn what_goes_on_no_longer_is_told() {
        let paused = [
            "Your schedule of HK$50.00 with 小*** is paused, since several dates in a row were \
             skipped. You can resume it.",
            "你與小***的預約（HK$50.00）因連續數次未能執行而暫停，可隨時恢復。",
            "您与小***的预约（HK$50.00）因连续数次未能执行而暂停，可随时恢复。",
        ];
        assert_told(ScheduleChange::Paused, Planned::Payment, "小***", paused);
        let ended = [
            "The last date of your schedule of HK$50.00 with 小*** is over.",
            "你與小***的預約（HK$50.00）的最後日期已過。",
            "您与小***的预约（HK$50.00）的最后日期已过。",
        ];
        assert_told(ScheduleChange::Ended, Planned::Request, "小***", ended);
    }
}
