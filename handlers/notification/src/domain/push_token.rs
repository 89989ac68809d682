//! Where a push reaches a device.

use serde::Deserialize;
use utoipa::ToSchema;
use values::code_enum;

code_enum! {
    /// Whose servers bring pushes to a device.
    pub(crate) enum PushPlatform {
        /// Apple Push Notification service.
        Apns = "apns",
        /// Firebase Cloud Messaging.
        Fcm = "fcm",
    }
}

/// What a device's platform calls the app on it: as the platform gave it, of any form.
// No `Debug` and no `Serialize`: whoever knows it may know the phone again, so it must get into no
// log line and no answer.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(
    value_type = String,
    min_length = 32,
    max_length = 1024,
    pattern = "^[!-~]{32,1024}$",
    example = "740f4707bebcf74f9b7c25d48e3358945f6aa01da5ddb387462c7eaf61bb78ad"
)]
pub(crate) struct PushToken(String);

/// The text is not a push token.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a push token has {} to {} visible ASCII characters",
    PushToken::LENGTH_MIN,
    PushToken::LENGTH_MAX
)]
pub(crate) struct PushTokenError;

impl PushToken {
    const LENGTH_MIN: usize = 32;
    const LENGTH_MAX: usize = 1024;

    /// As the platform gave it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PushToken {
    type Error = PushTokenError;

    fn try_from(text: String) -> Result<Self, PushTokenError> {
        let is_token = (Self::LENGTH_MIN..=Self::LENGTH_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_token { Ok(Self(text)) } else { Err(PushTokenError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_token_is_visible_ascii_of_a_length_that_platforms_give() {
        let apns = "740f4707bebcf74f9b7c25d48e3358945f6aa01da5ddb387462c7eaf61bb78ad";
        let fcm = format!("dQw4w9WgXcQ:APA91b{}", "Hx_-".repeat(36));
        for text in [apns, &fcm, &"a".repeat(32), &"~".repeat(1024)] {
            let token = PushToken::try_from(text.to_owned());
            assert_eq!(token.map(|token| token.0), Ok(text.to_owned()));
        }
        let spaced = format!("{} {}", "a".repeat(20), "a".repeat(20));
        for text in ["", &"a".repeat(31), &"a".repeat(1025), &spaced, &"號".repeat(32)] {
            let token = PushToken::try_from(text.to_owned());
            assert_eq!(token.err(), Some(PushTokenError), "{text}");
        }
    }
}
