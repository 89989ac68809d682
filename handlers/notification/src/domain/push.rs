//! What a push says, and when it is sent.
//!
//! A push stands on a locked screen: it says of what kind something is, and neither who nor how
//! much. Titles are the same for everybody, so they are what it says.

use std::time::Duration;

use serde_json::{Value, json};
use values::{Language, NotificationId};

use super::preferences::NotificationClass;
use super::{NotificationType, PushPlatform};

/// So many pushes of a kind go out to one person within [`BURST`] of the first; what comes after
/// them waits for its end, and is one.
pub(crate) const BURST_MAX: u32 = 3;
pub(crate) const BURST: Duration = Duration::from_mins(1);
/// How long after it is due most is still worth a push. Then it is in the inbox only.
pub(crate) const PUSH_LIFETIME: Duration = Duration::from_hours(1);
/// The kind of what quiet hours held.
pub(crate) const HELD_KIND: &str = "quiet-hours";
/// Devices of a person that one product is pushed to: those that registered last.
pub(crate) const DEVICES_MAX: usize = 10;

impl NotificationClass {
    /// Whether it is pushed in quiet hours too: what somebody may have to act on at once.
    pub(crate) const fn is_urgent(self) -> bool {
        match self {
            Self::Security | Self::Money => true,
            Self::Requests | Self::Account | Self::Friends | Self::Messages | Self::Shop => false,
        }
    }

    /// The same of each class: whoever was offline for a night learns who was at their account.
    pub(crate) const fn push_lifetime(self) -> Duration {
        match self {
            Self::Security => Duration::from_hours(24),
            Self::Money
            | Self::Requests
            | Self::Account
            | Self::Friends
            | Self::Messages
            | Self::Shop => PUSH_LIFETIME,
        }
    }
}

/// What is pushed to one person.
pub(crate) struct Push {
    pub(crate) kind: String,
    /// How many notifications it tells of.
    pub(crate) count: u32,
    /// The newest of them.
    pub(crate) notification_id: NotificationId,
    /// Of the newest.
    pub(crate) title: String,
    pub(crate) language: Language,
    /// Seconds from now.
    pub(crate) lifetime_seconds: u32,
}

impl Push {
    /// A device shows the last push of an id alone: what is sent twice is seen once.
    pub(crate) fn collapse_id(&self) -> String {
        self.notification_id.to_string()
    }

    /// What Google keeps only the last one of for a device that is offline. It keeps four keys of a
    /// device at most, and says not which, so there are fewer than that.
    fn waiting_key(&self) -> &'static str {
        match NotificationType::from_code(&self.kind).map(NotificationType::class) {
            Some(NotificationClass::Security) => "security",
            Some(NotificationClass::Money) => "money",
            // With what quiet hours held.
            None
            | Some(
                NotificationClass::Requests
                | NotificationClass::Account
                | NotificationClass::Friends
                | NotificationClass::Messages
                | NotificationClass::Shop,
            ) => "other",
        }
    }

    /// The title and the body.
    fn text(&self) -> (&str, String) {
        let Self { count, language, .. } = self;
        let body = match (count, language) {
            (0 | 1, Language::English) => "Open the app to see it.".to_owned(),
            (0 | 1, Language::TraditionalChinese) => "請開啟應用程式查看。".to_owned(),
            (0 | 1, Language::SimplifiedChinese) => "请打开应用查看。".to_owned(),
            (_, Language::English) => format!("{count} new"),
            (_, Language::TraditionalChinese) => format!("{count} 則新通知"),
            (_, Language::SimplifiedChinese) => format!("{count} 条新通知"),
        };
        if self.kind != HELD_KIND || *count < 2 {
            return (&self.title, body);
        }
        let title = match language {
            Language::English => "While you were away",
            Language::TraditionalChinese => "靜音時段內的通知",
            Language::SimplifiedChinese => "静音时段内的通知",
        };
        (title, body)
    }

    /// What the platform is given.
    pub(crate) fn payload(&self, platform: PushPlatform) -> Value {
        let (title, body) = self.text();
        let (kind, id) = (&self.kind, self.notification_id);
        match platform {
            PushPlatform::Apns => json!({
                "aps": {
                    "alert": { "title": title, "body": body },
                    "sound": "default",
                    "thread-id": kind,
                },
                "type": kind,
                "notification_id": id,
            }),
            PushPlatform::Fcm => json!({ "message": {
                "notification": { "title": title, "body": body },
                "data": { "type": kind, "notification_id": id },
                "android": {
                    "collapse_key": self.waiting_key(),
                    "priority": "high",
                    "ttl": format!("{}s", self.lifetime_seconds),
                    "notification": { "tag": self.collapse_id() },
                },
            }}),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn push(kind: &str, count: u32, language: Language) -> Push {
        let title = "Payment received".to_owned();
        let notification_id = NotificationId::new();
        let kind = kind.to_owned();
        Push { kind, count, notification_id, title, language, lifetime_seconds: 3600 }
    }

    #[test]
    fn one_is_called_by_its_title_and_more_of_a_kind_are_counted() {
        let english = |kind, count| {
            let push = push(kind, count, Language::English);
            let (title, body) = push.text();
            format!("{title}: {body}")
        };
        let kind = "payment-received";
        assert_eq!(english(kind, 1), "Payment received: Open the app to see it.");
        assert_eq!(english(kind, 12), "Payment received: 12 new");
        assert_eq!(english(HELD_KIND, 1), "Payment received: Open the app to see it.");
        assert_eq!(english(HELD_KIND, 5), "While you were away: 5 new");
    }

    #[test]
    fn a_push_is_in_its_readers_language() {
        for (language, body) in [
            (Language::English, "2 new"),
            (Language::TraditionalChinese, "2 則新通知"),
            (Language::SimplifiedChinese, "2 条新通知"),
        ] {
            assert_eq!(push(HELD_KIND, 2, language).text().1, body);
        }
    }

    #[test]
    fn for_an_android_that_is_offline_security_waits_apart_from_money_and_both_from_the_rest() {
        let key = |kind| {
            let google = push(kind, 1, Language::English).payload(PushPlatform::Fcm);
            google["message"]["android"]["collapse_key"].as_str().unwrap().to_owned()
        };
        assert_eq!(key("pin-changed"), "security");
        assert_eq!(key("payment-received"), "money");
        for other in [HELD_KIND, "money-requested", "poem-written"] {
            assert_eq!(key(other), "other");
        }
        let every = NotificationType::ALL.iter().map(|kind| key(kind.code()));
        assert_eq!(every.collect::<BTreeSet<String>>().len(), 3, "Google keeps four");
    }

    #[test]
    fn each_platform_is_told_what_the_app_opens_and_what_replaces_what() {
        let push = push("payment-received", 1, Language::English);
        let id = push.notification_id.to_string();
        // Apple takes no longer one.
        assert!(push.collapse_id().len() <= 64);
        let apple = push.payload(PushPlatform::Apns);
        assert_eq!(apple["aps"]["alert"]["title"], "Payment received");
        assert_eq!(
            (&apple["type"], &apple["notification_id"]),
            (&json!("payment-received"), &json!(id))
        );
        let google = &push.payload(PushPlatform::Fcm)["message"];
        assert_eq!(google["android"]["notification"]["tag"], json!(id));
        assert_eq!(google["android"]["ttl"], "3600s");
        // Google takes nothing but texts here.
        assert!(google["data"].as_object().unwrap().values().all(Value::is_string));
    }
}
