//! What happens to the security of an account, and how its owner is told.

use values::{CustomerMessage, DeviceId, UserId, code_enum};

code_enum! {
    /// What happened.
    pub(crate) enum SecurityEventType {
        /// The person signed up.
        SignedUp = "signed-up",
        /// Somebody logged in on a known device, with its key and the PIN, or with a passkey.
        LoggedIn = "logged-in",
        /// Somebody logged in on a new device, with a code and the PIN.
        DeviceAdded = "device-added",
        /// The person took a device off the list.
        DeviceRemoved = "device-removed",
        /// The person made a passkey.
        PasskeyAdded = "passkey-added",
        /// The person took a passkey off the list.
        PasskeyRemoved = "passkey-removed",
        /// A passkey's counter went back, so it was refused: there may be a copy of it.
        PasskeyCloned = "passkey-cloned",
        /// The person changed the PIN.
        PinChanged = "pin-changed",
        /// The person changed the phone number.
        PhoneChanged = "phone-changed",
        /// Somebody with a device of the person and a code to the phone asked for a new PIN.
        PinResetAsked = "pin-reset-asked",
        /// The person called the new PIN off.
        PinResetCancelled = "pin-reset-cancelled",
        /// A new PIN was chosen in place of a forgotten one.
        PinReset = "pin-reset",
        /// Somebody who says they lost phone and number asked for the account.
        RecoveryAsked = "recovery-asked",
        /// The person called it off.
        RecoveryCancelled = "recovery-cancelled",
        /// Staff gave the account to somebody who lost phone and number.
        AccountRecovered = "account-recovered",
        /// The PIN was wrong too often.
        PinLocked = "pin-locked",
        /// Too many wrong codes were entered for the person's phone.
        CodesLocked = "codes-locked",
        /// A refresh token came twice, so its login was ended.
        TokenReused = "token-reused",
        /// One of the staff ended all logins.
        LoggedOutByStaff = "logged-out-by-staff",
        /// The person logged out everywhere else.
        OthersLoggedOut = "others-logged-out",
    }
}

const RECOVERY_ASKED: (&str, &str, &str) = (
    "Somebody who says they lost this phone number asked for this account. You can cancel it \
     within 72 hours.",
    "有人聲稱遺失電話號碼並要求取回此帳戶，你可於 72 小時內取消。",
    "有人声称遗失手机号码并要求取回此账户，您可在 72 小时内取消。",
);
const RECOVERY_CANCELLED: (&str, &str, &str) =
    ("The account recovery was cancelled.", "已取消取回帳戶。", "已取消取回账户。");
const ACCOUNT_RECOVERED: (&str, &str, &str) = (
    "The account moved to another phone and number.",
    "帳戶已轉至另一部電話及號碼。",
    "账户已转至另一部手机及号码。",
);

/// Something that happened to a person's account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SecurityEvent {
    pub(crate) kind: SecurityEventType,
    pub(crate) user_id: UserId,
    /// Which it was done on or to, where it is one.
    pub(crate) device_id: Option<DeviceId>,
}

impl SecurityEvent {
    /// How long its owner can read of it.
    pub(crate) const KEPT_DAYS: u32 = 730;
}

impl SecurityEventType {
    /// Whether the person is told without asking: whatever a thief would do or run into, and
    /// nothing that people do each day.
    pub(crate) const fn is_told(self) -> bool {
        match self {
            Self::DeviceAdded
            | Self::DeviceRemoved
            | Self::PasskeyAdded
            | Self::PasskeyRemoved
            | Self::PasskeyCloned
            | Self::PinChanged
            | Self::PhoneChanged
            | Self::PinResetAsked
            | Self::PinResetCancelled
            | Self::PinReset
            | Self::RecoveryAsked
            | Self::RecoveryCancelled
            | Self::AccountRecovered
            | Self::PinLocked
            | Self::CodesLocked
            | Self::LoggedOutByStaff
            | Self::TokenReused => true,
            // Whoever is logged out everywhere else sees it there.
            Self::SignedUp | Self::LoggedIn | Self::OthersLoggedOut => false,
        }
    }

    /// The line in the person's list.
    pub(crate) const fn message(self) -> CustomerMessage {
        let (en, zh_hant, zh_hans) = match self {
            Self::SignedUp => ("You signed up.", "你已註冊。", "您已注册。"),
            Self::LoggedIn => ("Logged in.", "已登入。", "已登录。"),
            Self::DeviceAdded => {
                ("Logged in on a new device.", "已在新裝置登入。", "已在新设备登录。")
            }
            Self::DeviceRemoved => {
                ("A device was removed.", "已移除一部裝置。", "已移除一台设备。")
            }
            Self::PasskeyAdded => ("A passkey was added.", "已新增通行密鑰。", "已添加通行密钥。"),
            Self::PasskeyRemoved => {
                ("A passkey was removed.", "已移除通行密鑰。", "已移除通行密钥。")
            }
            Self::PasskeyCloned => (
                "A passkey was refused, since it may have been copied.",
                "一個通行密鑰可能已被複製，因此未獲接受。",
                "一个通行密钥可能已被复制，因此未被接受。",
            ),
            Self::PinChanged => ("The PIN was changed.", "已更改密碼。", "已更改密码。"),
            Self::PhoneChanged => {
                ("The phone number was changed.", "已更改電話號碼。", "已更改手机号码。")
            }
            Self::PinResetAsked => (
                "A new PIN was asked for. You can cancel it within 24 hours.",
                "有人要求重設密碼，24 小時後即可設定新密碼，你可在此之前取消。",
                "有人要求重设密码，24 小时后即可设置新密码，您可在此之前取消。",
            ),
            Self::PinResetCancelled => {
                ("The new PIN was cancelled.", "已取消重設密碼。", "已取消重设密码。")
            }
            Self::PinReset => (
                "A new PIN was chosen in place of a forgotten one.",
                "已重設忘記的密碼。",
                "已重设忘记的密码。",
            ),
            Self::RecoveryAsked => RECOVERY_ASKED,
            Self::RecoveryCancelled => RECOVERY_CANCELLED,
            Self::AccountRecovered => ACCOUNT_RECOVERED,
            Self::PinLocked => (
                "The PIN was locked after too many wrong attempts.",
                "密碼輸入錯誤次數過多，已暫時鎖定。",
                "密码输入错误次数过多，已暂时锁定。",
            ),
            Self::CodesLocked => (
                "Too many wrong codes were entered for your number.",
                "有人多次為你的號碼輸入錯誤驗證碼。",
                "有人多次为您的号码输入错误验证码。",
            ),
            Self::TokenReused => (
                "A login was ended for your security.",
                "為保障帳戶安全，系統已結束一次登入。",
                "为保障账户安全，系统已结束一次登录。",
            ),
            Self::LoggedOutByStaff => (
                "We logged you out on all devices for your security.",
                "為保障帳戶安全，我們已在所有裝置將你登出。",
                "为保障账户安全，我们已在所有设备将您退出登录。",
            ),
            Self::OthersLoggedOut => (
                "Logged out on all other devices.",
                "已在所有其他裝置登出。",
                "已在所有其他设备退出登录。",
            ),
        };
        CustomerMessage { en, zh_hant, zh_hans }
    }
}
