//! What people are told of their account's security.

use values::Language;

use crate::domain::NotificationType;

/// What people are told of their account's security.
pub(crate) enum SecurityMessage {
    DeviceAdded,
    DeviceRemoved,
    TokenReused,
    PinChanged,
    PinLocked,
    CodesLocked,
}

impl SecurityMessage {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match self {
            Self::DeviceAdded => NotificationType::DeviceAdded,
            Self::DeviceRemoved => NotificationType::DeviceRemoved,
            Self::TokenReused => NotificationType::TokenReused,
            Self::PinChanged => NotificationType::PinChanged,
            Self::PinLocked => NotificationType::PinLocked,
            Self::CodesLocked => NotificationType::CodesLocked,
        }
    }

    /// The title and the body.
    pub(super) fn text(&self, language: Language) -> (&'static str, String) {
        match language {
            Language::English => self.english(),
            Language::TraditionalChinese => self.traditional_chinese(),
            Language::SimplifiedChinese => self.simplified_chinese(),
        }
    }

    fn english(&self) -> (&'static str, String) {
        match self {
            Self::DeviceAdded => (
                "New device",
                "Somebody logged in to your account on a new device. If it was not you, remove \
                 the device and change your PIN now."
                    .to_owned(),
            ),
            Self::DeviceRemoved => (
                "Device removed",
                "A device was removed from your account. If it was not you, contact us at once."
                    .to_owned(),
            ),
            Self::TokenReused => (
                "Login ended",
                "We ended a login for your security: somebody else may have used it.".to_owned(),
            ),
            Self::PinChanged => (
                "PIN changed",
                "Your PIN was changed. If it was not you, contact us at once.".to_owned(),
            ),
            Self::PinLocked => (
                "PIN locked",
                "A wrong PIN was entered too often, so it is locked for a while. If it was not \
                 you, check your devices."
                    .to_owned(),
            ),
            Self::CodesLocked => (
                "Wrong codes",
                "Somebody entered wrong codes for your number too often, so no code is taken for \
                 a while. Never tell anyone a code."
                    .to_owned(),
            ),
        }
    }

    fn traditional_chinese(&self) -> (&'static str, String) {
        match self {
            Self::DeviceAdded => (
                "新裝置登入",
                "有人在新裝置登入你的帳戶。如非你本人操作，請立即移除該裝置並更改密碼。".to_owned(),
            ),
            Self::DeviceRemoved => (
                "已移除裝置",
                "你的帳戶已移除一部裝置。如非你本人操作，請立即聯絡我們。".to_owned(),
            ),
            Self::TokenReused => (
                "登入已結束",
                "為保障帳戶安全，系統已結束一次可能被他人使用的登入，請檢查你的裝置。".to_owned(),
            ),
            Self::PinChanged => {
                ("密碼已更改", "你的密碼已更改。如非你本人操作，請立即聯絡我們。".to_owned())
            }
            Self::PinLocked => (
                "密碼已鎖定",
                "密碼輸入錯誤次數過多，已暫時鎖定。如非你本人操作，請檢查你的裝置。".to_owned(),
            ),
            Self::CodesLocked => (
                "驗證碼錯誤",
                "有人多次為你的號碼輸入錯誤驗證碼，系統將暫停接受驗證碼。切勿向任何人透露驗證碼。"
                    .to_owned(),
            ),
        }
    }

    fn simplified_chinese(&self) -> (&'static str, String) {
        match self {
            Self::DeviceAdded => (
                "新设备登录",
                "有人在新设备登录您的账户。如非您本人操作，请立即移除该设备并更改密码。".to_owned(),
            ),
            Self::DeviceRemoved => (
                "已移除设备",
                "您的账户已移除一台设备。如非您本人操作，请立即联系我们。".to_owned(),
            ),
            Self::TokenReused => (
                "登录已结束",
                "为保障账户安全，系统已结束一次可能被他人使用的登录，请检查您的设备。".to_owned(),
            ),
            Self::PinChanged => {
                ("密码已更改", "您的密码已更改。如非您本人操作，请立即联系我们。".to_owned())
            }
            Self::PinLocked => (
                "密码已锁定",
                "密码输入错误次数过多，已暂时锁定。如非您本人操作，请检查您的设备。".to_owned(),
            ),
            Self::CodesLocked => (
                "验证码错误",
                "有人多次为您的号码输入错误验证码，系统将暂停接受验证码。切勿向任何人透露验证码。"
                    .to_owned(),
            ),
        }
    }
}
