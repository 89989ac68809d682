//! What people are told of the security of their account, in every language.

use values::code_enum;

use crate::domain::NotificationType;

code_enum! {
    /// What happened, as auth calls it.
    pub(crate) enum SecurityMessage {
        /// Somebody logged in on a new device.
        DeviceAdded = "device-added",
        /// A device was taken off the list.
        DeviceRemoved = "device-removed",
        /// A passkey was made.
        PasskeyAdded = "passkey-added",
        /// A passkey was taken off the list.
        PasskeyRemoved = "passkey-removed",
        /// A passkey was refused, since there may be a copy of it.
        PasskeyCloned = "passkey-cloned",
        /// A login was ended, since somebody else may have had its tokens.
        TokenReused = "token-reused",
        /// The PIN was changed.
        PinChanged = "pin-changed",
        /// The phone number was changed.
        PhoneChanged = "phone-changed",
        /// Somebody asked for a new PIN in place of a forgotten one.
        PinResetAsked = "pin-reset-asked",
        /// The new PIN was called off.
        PinResetCancelled = "pin-reset-cancelled",
        /// A new PIN was chosen in place of a forgotten one.
        PinReset = "pin-reset",
        /// The PIN was wrong too often.
        PinLocked = "pin-locked",
        /// Too many wrong codes were entered for the phone.
        CodesLocked = "codes-locked",
        /// Somebody who says they lost the phone number asked for the account.
        RecoveryAsked = "recovery-asked",
        /// It was called off.
        RecoveryCancelled = "recovery-cancelled",
        /// The account moved to another phone and number.
        AccountRecovered = "account-recovered",
        /// One of our staff ended all logins.
        LoggedOutByStaff = "logged-out-by-staff",
    }
}

// What `english` says of them.
const RECOVERY_ASKED: (&str, &str) = (
    "Somebody asks for your account",
    "Somebody who says they lost your phone number asked for your account. If it was not \
                 you, cancel it now on any of your devices: you have 72 hours.",
);
const RECOVERY_CANCELLED: (&str, &str) =
    ("Account recovery cancelled", "Nobody gets your account: what was asked for was cancelled.");
const ACCOUNT_RECOVERED: (&str, &str) = (
    "Account recovered",
    "Your account moved to another phone and number, and all earlier devices were removed. \
                 If it was not you, contact us at once.",
);
const LOGGED_OUT_BY_STAFF: (&str, &str) = (
    "Logged out",
    "We logged you out on all devices for your security. You can log in again; if \
                 something is wrong, contact us.",
);

impl SecurityMessage {
    pub(super) const fn notification_type(self) -> NotificationType {
        match self {
            Self::DeviceAdded => NotificationType::DeviceAdded,
            Self::DeviceRemoved => NotificationType::DeviceRemoved,
            Self::PasskeyAdded => NotificationType::PasskeyAdded,
            Self::PasskeyRemoved => NotificationType::PasskeyRemoved,
            Self::PasskeyCloned => NotificationType::PasskeyCloned,
            Self::TokenReused => NotificationType::TokenReused,
            Self::PinChanged => NotificationType::PinChanged,
            Self::PhoneChanged => NotificationType::PhoneChanged,
            Self::PinResetAsked => NotificationType::PinResetAsked,
            Self::PinResetCancelled => NotificationType::PinResetCancelled,
            Self::PinReset => NotificationType::PinReset,
            Self::PinLocked => NotificationType::PinLocked,
            Self::CodesLocked => NotificationType::CodesLocked,
            Self::RecoveryAsked => NotificationType::RecoveryAsked,
            Self::RecoveryCancelled => NotificationType::RecoveryCancelled,
            Self::AccountRecovered => NotificationType::AccountRecovered,
            Self::LoggedOutByStaff => NotificationType::LoggedOutByStaff,
        }
    }

    /// The title and the body.
    pub(super) fn english(self) -> (&'static str, String) {
        let (title, body) = match self {
            Self::DeviceAdded => (
                "New device",
                "Somebody logged in to your account on a new device. If it was not you, remove \
                 the device and change your PIN now.",
            ),
            Self::DeviceRemoved => (
                "Device removed",
                "A device was removed from your account. If it was not you, contact us at once.",
            ),
            Self::PasskeyAdded => (
                "Passkey added",
                "A passkey was added to your account. If it was not you, remove it and change your \
                 PIN now.",
            ),
            Self::PasskeyRemoved => (
                "Passkey removed",
                "A passkey was removed from your account. If it was not you, contact us at once.",
            ),
            Self::PasskeyCloned => (
                "Passkey refused",
                "We refused one of your passkeys, since somebody may have copied it. Remove it and \
                 make another.",
            ),
            Self::TokenReused => (
                "Login ended",
                "We ended a login for your security: somebody else may have used it.",
            ),
            Self::PinChanged => {
                ("PIN changed", "Your PIN was changed. If it was not you, contact us at once.")
            }
            Self::PhoneChanged => (
                "Phone number changed",
                "Your account has moved to another phone number. If it was not you, contact us at \
                 once.",
            ),
            Self::PinResetAsked => (
                "New PIN asked for",
                "Somebody asked for a new PIN for your account. It can be chosen in 24 hours. If \
                 it was not you, cancel it now and check your devices.",
            ),
            Self::PinResetCancelled => {
                ("New PIN cancelled", "The new PIN for your account was cancelled.")
            }
            Self::PinReset => (
                "New PIN chosen",
                "A new PIN was chosen in place of a forgotten one. If it was not you, contact us \
                 at once.",
            ),
            Self::PinLocked => (
                "PIN locked",
                "A wrong PIN was entered too often, so it is locked for a while. If it was not \
                 you, check your devices.",
            ),
            Self::CodesLocked => (
                "Wrong codes",
                "Somebody entered wrong codes for your number too often, so no code is taken for \
                 a while. Never tell anyone a code.",
            ),
            Self::RecoveryAsked => RECOVERY_ASKED,
            Self::RecoveryCancelled => RECOVERY_CANCELLED,
            Self::AccountRecovered => ACCOUNT_RECOVERED,
            Self::LoggedOutByStaff => LOGGED_OUT_BY_STAFF,
        };
        (title, body.to_owned())
    }

    pub(super) fn traditional_chinese(self) -> (&'static str, String) {
        let (title, body) = match self {
            Self::DeviceAdded => (
                "新裝置登入",
                "有人在新裝置登入你的帳戶。如非你本人操作，請立即移除該裝置並更改密碼。",
            ),
            Self::DeviceRemoved => {
                ("已移除裝置", "你的帳戶已移除一部裝置。如非你本人操作，請立即聯絡我們。")
            }
            Self::PasskeyAdded => (
                "已新增通行密鑰",
                "你的帳戶已新增通行密鑰。如非你本人操作，請立即將其移除並更改密碼。",
            ),
            Self::PasskeyRemoved => {
                ("已移除通行密鑰", "你的帳戶已移除一個通行密鑰。如非你本人操作，請立即聯絡我們。")
            }
            Self::PasskeyCloned => (
                "通行密鑰未獲接受",
                "你的一個通行密鑰可能已被複製，因此未獲接受。請將其移除並建立新的通行密鑰。",
            ),
            Self::TokenReused => (
                "登入已結束",
                "為保障帳戶安全，系統已結束一次可能被他人使用的登入，請檢查你的裝置。",
            ),
            Self::PinChanged => ("密碼已更改", "你的密碼已更改。如非你本人操作，請立即聯絡我們。"),
            Self::PhoneChanged => {
                ("電話號碼已更改", "你的帳戶已改用另一個電話號碼。如非你本人操作，請立即聯絡我們。")
            }
            Self::PinResetAsked => (
                "要求重設密碼",
                "有人要求為你的帳戶重設密碼，24 小時後即可設定新密碼。如非你本人操作，請立即取消並檢查你的裝置。",
            ),
            Self::PinResetCancelled => ("已取消重設密碼", "你的帳戶已取消重設密碼。"),
            Self::PinReset => {
                ("已重設密碼", "你忘記的密碼已重設。如非你本人操作，請立即聯絡我們。")
            }
            Self::PinLocked => {
                ("密碼已鎖定", "密碼輸入錯誤次數過多，已暫時鎖定。如非你本人操作，請檢查你的裝置。")
            }
            Self::CodesLocked => (
                "驗證碼錯誤",
                "有人多次為你的號碼輸入錯誤驗證碼，系統將暫停接受驗證碼。切勿向任何人透露驗證碼。",
            ),
            Self::RecoveryAsked => (
                "有人要求取回你的帳戶",
                "有人聲稱遺失你的電話號碼，要求取回你的帳戶。如非你本人操作，請於 72 小時內在任何裝置取消。",
            ),
            Self::RecoveryCancelled => {
                ("已取消取回帳戶", "取回帳戶的要求已取消，你的帳戶維持不變。")
            }
            Self::AccountRecovered => (
                "已取回帳戶",
                "你的帳戶已轉至另一部電話及號碼，原有裝置已全部移除。如非你本人操作，請立即聯絡我們。",
            ),
            Self::LoggedOutByStaff => (
                "已登出",
                "為保障帳戶安全，我們已在所有裝置將你登出。你可再次登入；如有疑問，請聯絡我們。",
            ),
        };
        (title, body.to_owned())
    }

    pub(super) fn simplified_chinese(self) -> (&'static str, String) {
        let (title, body) = match self {
            Self::DeviceAdded => (
                "新设备登录",
                "有人在新设备登录您的账户。如非您本人操作，请立即移除该设备并更改密码。",
            ),
            Self::DeviceRemoved => {
                ("已移除设备", "您的账户已移除一台设备。如非您本人操作，请立即联系我们。")
            }
            Self::PasskeyAdded => (
                "已添加通行密钥",
                "您的账户已添加通行密钥。如非您本人操作，请立即将其移除并更改密码。",
            ),
            Self::PasskeyRemoved => {
                ("已移除通行密钥", "您的账户已移除一个通行密钥。如非您本人操作，请立即联系我们。")
            }
            Self::PasskeyCloned => (
                "通行密钥未被接受",
                "您的一个通行密钥可能已被复制，因此未被接受。请将其移除并创建新的通行密钥。",
            ),
            Self::TokenReused => (
                "登录已结束",
                "为保障账户安全，系统已结束一次可能被他人使用的登录，请检查您的设备。",
            ),
            Self::PinChanged => ("密码已更改", "您的密码已更改。如非您本人操作，请立即联系我们。"),
            Self::PhoneChanged => {
                ("手机号码已更改", "您的账户已改用另一个手机号码。如非您本人操作，请立即联系我们。")
            }
            Self::PinResetAsked => (
                "请求重设密码",
                "有人请求为您的账户重设密码，24 小时后即可设置新密码。如非您本人操作，请立即取消并检查您的设备。",
            ),
            Self::PinResetCancelled => ("已取消重设密码", "您的账户已取消重设密码。"),
            Self::PinReset => {
                ("已重设密码", "您忘记的密码已重设。如非您本人操作，请立即联系我们。")
            }
            Self::PinLocked => {
                ("密码已锁定", "密码输入错误次数过多，已暂时锁定。如非您本人操作，请检查您的设备。")
            }
            Self::CodesLocked => (
                "验证码错误",
                "有人多次为您的号码输入错误验证码，系统将暂停接受验证码。切勿向任何人透露验证码。",
            ),
            Self::RecoveryAsked => (
                "有人请求取回您的账户",
                "有人声称遗失您的手机号码，请求取回您的账户。如非您本人操作，请在 72 小时内于任何设备取消。",
            ),
            Self::RecoveryCancelled => {
                ("已取消取回账户", "取回账户的请求已取消，您的账户保持不变。")
            }
            Self::AccountRecovered => (
                "已取回账户",
                "您的账户已转至另一部手机及号码，原有设备已全部移除。如非您本人操作，请立即联系我们。",
            ),
            Self::LoggedOutByStaff => (
                "已退出登录",
                "为保障账户安全，我们已在所有设备将您退出登录。您可再次登录；如有疑问，请联系我们。",
            ),
        };
        (title, body.to_owned())
    }
}
