//! A forgotten PIN: how long its owner waits for a new one.

use time::OffsetDateTime;
use values::DeviceId;

/// A new PIN that somebody asked for, with a code to the phone and a device of the person.
pub(crate) struct PinReset {
    /// That asked, and alone may choose the new PIN.
    pub(crate) device_id: DeviceId,
    /// From then on it may.
    pub(crate) ready_at: OffsetDateTime,
}

impl PinReset {
    /// How long its owner has to call it off: whoever stole the phone has code and device.
    pub(crate) const COOLING_HOURS: u32 = 24;
    /// How long after that the new PIN may be chosen.
    pub(crate) const KEPT_DAYS: u32 = 7;
    /// What the phone is told by a text message, in all languages of the product: it reaches
    /// whoever holds the number, in whatever phone.
    pub(crate) const NOTICE: &str = "\
        PayMe: somebody asked for a new PIN for your account. It can be chosen in 24 hours. If it \
        was not you, open PayMe on any of your devices and cancel it.\n\
        PayMe：有人要求為你的帳戶重設密碼，24 小時後即可設定新密碼。如非你本人操作，請在任何一部已登入的裝置開啟 PayMe 取消。\n\
        PayMe：有人要求为您的账户重设密码，24 小时后即可设置新密码。如非您本人操作，请在任何一台已登录的设备打开 PayMe 取消。";
}
