//! What applicants to onboarding are told.

mod advice;

use advice::{ADVICE, ASK_US, SEE_APPLICATION};
use values::{CustomerMessage, Language};

use crate::domain::NotificationType;

/// What somebody wants to have verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    Identity,
    Address,
    Business,
}

/// What happened to an application.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ApplicationChange {
    /// Staff look at it.
    InReview,
    /// The applicant must do something.
    NeedsMore,
    Approved,
    Rejected,
    /// It was not finished in time.
    Abandoned,
    /// The document by which it was approved ends soon.
    ExpiresSoon,
    /// That document has ended.
    Expired,
}

/// A change of an application.
pub(crate) struct ApplicationNews {
    pub(crate) applied: Applied,
    pub(crate) change: ApplicationChange,
    /// Why, as onboarding calls it.
    pub(crate) reasons: Vec<String>,
}

/// How many reasons are told of; the application has all of them.
const REASONS_MAX: usize = 2;

impl ApplicationNews {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match self.change {
            ApplicationChange::InReview => NotificationType::ApplicationInReview,
            ApplicationChange::NeedsMore => NotificationType::ApplicationNeedsMore,
            ApplicationChange::Approved => NotificationType::ApplicationApproved,
            ApplicationChange::Rejected => NotificationType::ApplicationRejected,
            ApplicationChange::Abandoned => NotificationType::ApplicationAbandoned,
            ApplicationChange::ExpiresSoon => NotificationType::DocumentExpiring,
            ApplicationChange::Expired => NotificationType::DocumentExpired,
        }
    }

    /// What to do, for the reasons that are known here, or else in general.
    fn advice(&self, language: Language, general: CustomerMessage, between: &str) -> String {
        let is_given = |code: &str| self.reasons.iter().any(|reason| reason == code);
        let known = ADVICE.iter().filter(|(codes, _)| codes.iter().any(|code| is_given(code)));
        let sentences: Vec<&str> =
            known.map(|(_, message)| message.in_language(language)).take(REASONS_MAX).collect();
        if sentences.is_empty() {
            return general.in_language(language).to_owned();
        }
        sentences.join(between)
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        let what = match self.applied {
            Applied::Identity => "identity",
            Applied::Address => "address",
            Applied::Business => "business",
        };
        let advice = |general| self.advice(Language::English, general, " ");
        match self.change {
            ApplicationChange::InReview => (
                "Application in review",
                format!("We are checking your {what}, and tell you as soon as that is done."),
            ),
            ApplicationChange::NeedsMore => (
                "Application needs more",
                format!("We could not verify your {what} yet. {}", advice(SEE_APPLICATION)),
            ),
            ApplicationChange::Approved => {
                let now = match self.applied {
                    Applied::Identity => "You can hold, add and spend more now.",
                    Applied::Address => "Your limits are higher now.",
                    Applied::Business => "It can be paid now.",
                };
                ("Verified", format!("Your {what} is verified. {now}"))
            }
            ApplicationChange::Rejected => {
                ("Not verified", format!("We could not verify your {what}. {}", advice(ASK_US)))
            }
            ApplicationChange::Abandoned => (
                "Application closed",
                format!(
                    "Your application to verify your {what} was not finished in time. You can \
                     begin again."
                ),
            ),
            ApplicationChange::ExpiresSoon => (
                "Document expires soon",
                format!(
                    "The document that verifies your {what} expires soon. Please apply again with \
                     a new one."
                ),
            ),
            ApplicationChange::Expired => {
                let now = match self.applied {
                    Applied::Identity | Applied::Address => "Your limits are lower now.",
                    Applied::Business => "It cannot be paid now.",
                };
                (
                    "Document expired",
                    format!(
                        "The document that verified your {what} has expired. {now} Please apply \
                         again with a valid one."
                    ),
                )
            }
        }
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        let what = match self.applied {
            Applied::Identity => "身份",
            Applied::Address => "住址",
            Applied::Business => "商戶",
        };
        let advice = |general| self.advice(Language::TraditionalChinese, general, "");
        match self.change {
            ApplicationChange::InReview => {
                ("申請審核中", format!("我們正在驗證你的{what}，完成後會立即通知你。"))
            }
            ApplicationChange::NeedsMore => {
                ("申請須補充", format!("我們尚未能驗證你的{what}。{}", advice(SEE_APPLICATION)))
            }
            ApplicationChange::Approved => {
                let now = match self.applied {
                    Applied::Identity => "錢包的結餘及交易限額現已提高。",
                    Applied::Address => "你的限額現已提高。",
                    Applied::Business => "現已可以收款。",
                };
                ("驗證完成", format!("你的{what}已通過驗證。{now}"))
            }
            ApplicationChange::Rejected => {
                ("未能驗證", format!("我們未能驗證你的{what}。{}", advice(ASK_US)))
            }
            ApplicationChange::Abandoned => {
                ("申請已關閉", format!("你的{what}驗證申請未有在限期內完成，可重新申請。"))
            }
            ApplicationChange::ExpiresSoon => {
                ("文件即將到期", format!("用以驗證你{what}的文件即將到期，請以新文件重新申請。"))
            }
            ApplicationChange::Expired => {
                let now = match self.applied {
                    Applied::Identity | Applied::Address => "你的限額已降低",
                    Applied::Business => "商戶暫時不能收款",
                };
                (
                    "文件已過期",
                    format!("用以驗證你{what}的文件已過期，{now}，請以有效文件重新申請。"),
                )
            }
        }
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        let what = match self.applied {
            Applied::Identity => "身份",
            Applied::Address => "住址",
            Applied::Business => "商户",
        };
        let advice = |general| self.advice(Language::SimplifiedChinese, general, "");
        match self.change {
            ApplicationChange::InReview => {
                ("申请审核中", format!("我们正在验证您的{what}，完成后会立即通知您。"))
            }
            ApplicationChange::NeedsMore => {
                ("申请需补充", format!("我们尚未能验证您的{what}。{}", advice(SEE_APPLICATION)))
            }
            ApplicationChange::Approved => {
                let now = match self.applied {
                    Applied::Identity => "钱包的余额及交易限额现已提高。",
                    Applied::Address => "您的限额现已提高。",
                    Applied::Business => "现已可以收款。",
                };
                ("验证完成", format!("您的{what}已通过验证。{now}"))
            }
            ApplicationChange::Rejected => {
                ("未能验证", format!("我们未能验证您的{what}。{}", advice(ASK_US)))
            }
            ApplicationChange::Abandoned => {
                ("申请已关闭", format!("您的{what}验证申请未在限期内完成，可重新申请。"))
            }
            ApplicationChange::ExpiresSoon => {
                ("文件即将到期", format!("用于验证您{what}的文件即将到期，请以新文件重新申请。"))
            }
            ApplicationChange::Expired => {
                let now = match self.applied {
                    Applied::Identity | Applied::Address => "您的限额已降低",
                    Applied::Business => "商户暂时不能收款",
                };
                (
                    "文件已过期",
                    format!("用于验证您{what}的文件已过期，{now}，请以有效文件重新申请。"),
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::Message;

    const LANGUAGES: [Language; 3] =
        [Language::English, Language::TraditionalChinese, Language::SimplifiedChinese];
    const APPLIED: [Applied; 3] = [Applied::Identity, Applied::Address, Applied::Business];

    fn body(
        applied: Applied,
        change: ApplicationChange,
        reasons: &[&str],
        language: Language,
    ) -> String {
        let reasons = reasons.iter().map(|reason| (*reason).to_owned()).collect();
        let news = ApplicationNews { applied, change, reasons };
        Message::Application(news).for_reader(language).body
    }

    #[test]
    fn every_change_of_every_kind_is_told_in_three_languages_and_as_no_other() {
        use ApplicationChange::{
            Abandoned, Approved, Expired, ExpiresSoon, InReview, NeedsMore, Rejected,
        };
        let all = [InReview, NeedsMore, Approved, Rejected, Abandoned, ExpiresSoon, Expired];
        let mut told = BTreeSet::new();
        for (applied, change) in
            APPLIED.into_iter().flat_map(|applied| all.map(|change| (applied, change)))
        {
            for language in LANGUAGES {
                let is_new = told.insert(body(applied, change, &[], language));
                assert!(is_new, "{applied:?} {change:?} {language:?} is told as another");
            }
        }
    }

    #[test]
    fn each_reason_says_what_to_do_and_an_unknown_one_says_it_in_general() {
        let needs = |reasons: &[&str], language| {
            body(Applied::Identity, ApplicationChange::NeedsMore, reasons, language)
        };
        for language in LANGUAGES {
            let general = needs(&[], language);
            assert_eq!(needs(&["moon-phase", ""], language), general);
            assert!(general.ends_with(SEE_APPLICATION.in_language(language)));
            let mut told = BTreeSet::from([general.clone()]);
            for (codes, advice) in &ADVICE {
                let first = needs(&[codes[0]], language);
                assert!(first.ends_with(advice.in_language(language)), "{first}");
                assert!(codes.iter().all(|code| needs(&[*code], language) == first));
                assert!(told.insert(first), "{codes:?} is told as another");
            }
        }
        let reasons = ["moon-phase", "name-differs", "chinese-name-differs", "number-differs"];
        assert_eq!(
            needs(&reasons, Language::English),
            "We could not verify your identity yet. The document has another number than you \
             entered. Please check it. The document has another name than you entered. Please \
             enter it as it is there."
        );
        let rejected =
            body(Applied::Business, ApplicationChange::Rejected, &["other"], Language::English);
        assert_eq!(
            rejected,
            "We could not verify your business. If you think that this is wrong, please contact \
             customer service."
        );
    }

    #[test]
    fn whatever_the_reasons_are_the_inbox_has_room_for_what_to_do() {
        let codes: Vec<&str> = ADVICE.iter().flat_map(|(codes, _)| codes.iter().copied()).collect();
        for (one, other) in codes.iter().flat_map(|one| codes.iter().map(move |other| (one, other)))
        {
            for applied in APPLIED {
                for change in [ApplicationChange::NeedsMore, ApplicationChange::Rejected] {
                    let told = body(applied, change, &[*one, *other], Language::English);
                    assert!(told.chars().count() <= 255, "{told}");
                }
            }
        }
    }
}
