//! A log-in, and how a device proves that it asks for one.

use service::DeviceKey;
use time::{Duration, OffsetDateTime};
use values::{DeviceId, Product, Refusal, SessionId, SignedAt, UserId, code_enum};

/// One product, open on one device or by one passkey.
pub(crate) struct Session {
    pub(crate) session_id: SessionId,
    pub(crate) user_id: UserId,
    pub(crate) device_id: DeviceId,
    pub(crate) product: Product,
    /// None of a login by passkey.
    pub(crate) device_key: Option<DeviceKey>,
    /// The later of [`limited_until`] and what holds for all devices of the person.
    pub(crate) limited_until: Option<OffsetDateTime>,
}

/// How long a device that was added is allowed less: so long does whoever owns the account have to
/// read that it was, and to remove it.
const LIMITED_FOR: Duration = Duration::hours(24);

/// Until when services allow a device less than its owner's others; `None` for the first that an
/// account ever had. To log in again, or to add it again, begins nothing anew and ends nothing.
pub(crate) fn limited_until(
    registered_at: OffsetDateTime,
    is_first: bool,
) -> Option<OffsetDateTime> {
    (!is_first).then(|| registered_at.saturating_add(LIMITED_FOR))
}

/// A new device and a replaced PIN or number within so many hours of each other, whichever came
/// first, are what follows a SIM swap.
pub(crate) const SIM_SWAP_HOURS: u32 = 72;

/// How many hours all devices of a person are allowed less once a forgotten PIN or the phone number
/// was replaced. What the owner does on any device looks like what a thief does.
pub(crate) const fn limited_hours(has_new_device: bool) -> u32 {
    if has_new_device { SIM_SWAP_HOURS } else { 24 }
}

impl Session {
    /// How long after it began a login ends, whatever was renewed: a login that nobody remembers
    /// ends some day, and four times a year is not too often to enter the PIN.
    pub(crate) const LIFETIME_DAYS: u32 = 90;
}

/// What a known device shows to prove that it holds its key at this moment.
pub(crate) struct LogInProof<'a> {
    pub(crate) device_id: DeviceId,
    pub(crate) product: Product,
    /// By the device's clock.
    pub(crate) signed_at: &'a SignedAt,
    /// ES256 in base64url over [`LogInProof::signing_text`].
    pub(crate) signature: &'a str,
}

impl LogInProof<'_> {
    /// How old a device's signature may be, of a log-in or an act.
    pub(crate) const AGE_MAX_SECONDS: u64 = 60;
    /// How long a spent proof is remembered: past its age limit by more than two servers' clocks
    /// can differ.
    pub(crate) const SPENT_SECONDS: u64 = 600;

    /// Whether the holder of `key` signed this log-in, whenever that was.
    pub(crate) fn is_signed_by(&self, key: &DeviceKey) -> bool {
        key.verify(&self.signing_text(), self.signature).is_ok()
    }

    /// Refuses one that was not signed just now.
    pub(crate) fn require_recent(&self, now: OffsetDateTime) -> Result<(), Refusal> {
        self.signed_at.require_recent(Self::AGE_MAX_SECONDS, now)
    }

    fn signing_text(&self) -> String {
        let Self { device_id, product, signed_at, .. } = self;
        format!("payme-login-v1\n{device_id}\n{}\n{}", product.code(), signed_at.as_str())
    }
}

/// Which logins to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionsOf {
    /// This one.
    Login(SessionId),
    /// All on one device, or by one passkey.
    Device(DeviceId),
    /// Those of one product on one device.
    ProductOn(DeviceId, Product),
    /// All of a person's.
    User(UserId),
    /// Those of one product, wherever.
    ProductOf(UserId, Product),
    /// All of a person's but one.
    UserBut { user_id: UserId, kept: SessionId },
}

code_enum! {
    /// Why a login ended before its tokens did.
    pub(crate) enum EndReason {
        /// The person logged out on the device.
        LoggedOut = "logged-out",
        /// The device or passkey logged in to the same product again.
        Replaced = "replaced",
        /// The person took its device or passkey off the list.
        DeviceRemoved = "device-removed",
        /// The PIN was changed elsewhere.
        PinChanged = "pin-changed",
        /// A forgotten PIN was replaced.
        PinReset = "pin-reset",
        /// The person logged out everywhere else.
        OthersLoggedOut = "others-logged-out",
        /// Somebody who lost phone and number got the account back.
        Recovered = "recovered",
        /// The person closed the wallet that it opened.
        WalletClosed = "wallet-closed",
        /// One of the staff ended it.
        EndedByStaff = "ended-by-staff",
        /// A refresh token came twice.
        TokenReused = "token-reused",
    }
}
