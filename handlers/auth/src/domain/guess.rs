//! How often secrets may be guessed, and how long one waits after too many wrong guesses.

use values::{DeviceId, UserId};

/// What is guessed at, and where: each has a count of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guessed {
    /// A person's PIN, on one of their devices. This count locks first, so that whoever has one
    /// device, or its thief, does not keep the person from the others.
    PinOnDevice(DeviceId),
    /// A person's PIN, on all of their devices: many devices do not give endless guesses.
    PinOf(UserId),
    /// A person's PIN, entered with right codes on devices that are not theirs yet, as whoever has
    /// their SIM card would. The right PINs of their daily use do not start it over.
    PinOnNewDevices(UserId),
    /// The codes sent to a phone, over all challenges, and on a new device the PIN with them. The
    /// phone is a keyed digest.
    CodesTo([u8; 32]),
}

/// Guesses in a row that were wrong, or whose outcome is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GuessCount {
    pub(crate) wrong: u32,
    /// How long no guess is allowed, if a wait has begun.
    pub(crate) locked_seconds: Option<u64>,
}

impl Guessed {
    /// Wrong PINs in a row on one device that lock it there.
    const PINS_ON_DEVICE_MAX: u32 = 5;
    /// Wrong PINs in a row on all devices of a person that lock it everywhere. One device alone
    /// needs nearly eight hours for them, in which no right PIN may come from another.
    const PINS_MAX: u32 = 30;
    /// Wrong codes for one phone: those that two messages bear. Not fewer, because anybody can
    /// enter wrong codes for the phone of another.
    const CODES_MAX: u32 = 10;
    /// Wrong PINs in a row with right codes on new devices that lock it there. Few, since they lock
    /// nobody out who has a device.
    const PINS_ON_NEW_DEVICES_MAX: u32 = 5;
    /// How long nobody guesses after the first so many; each time after so many more, it is twice
    /// as long.
    const FIRST_WAIT_SECONDS: u32 = 15 * 60;
    const PIN_WAIT_SECONDS_MAX: u32 = 24 * 60 * 60;
    /// Shorter, since anybody can begin it for the phone of another: who wants a number kept from
    /// signing up must send ten wrong codes each hour. A code has a million values, and on a new
    /// device the PIN is asked for with it.
    const CODE_WAIT_SECONDS_MAX: u32 = 60 * 60;
    /// A count to which no guess was added for so long is forgotten.
    pub(crate) const KEPT_DAYS: u32 = 30;

    /// What its count is found by; no two have the same.
    pub(crate) fn key(&self) -> Vec<u8> {
        match self {
            Self::PinOnDevice(device_id) => [b"d", &device_id.uuid().as_bytes()[..]].concat(),
            Self::PinOf(user_id) => [b"u", &user_id.uuid().as_bytes()[..]].concat(),
            Self::PinOnNewDevices(user_id) => [b"n", &user_id.uuid().as_bytes()[..]].concat(),
            Self::CodesTo(phone) => [b"p", &phone[..]].concat(),
        }
    }

    /// How long nobody guesses after this many wrong guesses in a row; None if one more may follow
    /// at once.
    pub(crate) fn wait_seconds_after(&self, wrong: u32) -> Option<u32> {
        let (wrong_max, longest) = match self {
            Self::PinOnDevice(_) => (Self::PINS_ON_DEVICE_MAX, Self::PIN_WAIT_SECONDS_MAX),
            Self::PinOf(_) => (Self::PINS_MAX, Self::PIN_WAIT_SECONDS_MAX),
            Self::PinOnNewDevices(_) => (Self::PINS_ON_NEW_DEVICES_MAX, Self::PIN_WAIT_SECONDS_MAX),
            Self::CodesTo(_) => (Self::CODES_MAX, Self::CODE_WAIT_SECONDS_MAX),
        };
        let earlier_waits = wrong.checked_div(wrong_max)?.checked_sub(1)?;
        if !wrong.is_multiple_of(wrong_max) {
            return None;
        }
        let wait = Self::FIRST_WAIT_SECONDS.saturating_mul(2_u32.saturating_pow(earlier_waits));
        Some(wait.min(longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_twice_the_one_before_up_to_a_day_or_for_codes_an_hour() {
        let device = Guessed::PinOnDevice(DeviceId::new());
        let waits: Vec<u32> =
            (0..=50).filter_map(|wrong| device.wait_seconds_after(wrong)).collect();
        let hour = 60 * 60;
        let expected =
            [hour / 4, hour / 2, hour, 2 * hour, 4 * hour, 8 * hour, 16 * hour, 24 * hour];
        assert_eq!(waits[..8], expected);
        assert_eq!(waits[8..], [24 * hour; 2]);
        assert_eq!(device.wait_seconds_after(4_000_000_000), Some(24 * hour));
        // Whoever holds a SIM card has forty guesses in some two days, then five a day.
        let new = Guessed::PinOnNewDevices(UserId::new());
        let hours =
            |wrong| (1..=wrong).filter_map(|n| new.wait_seconds_after(n)).sum::<u32>() / hour;
        assert_eq!((hours(39), hours(40), hours(40 + 5 * 30)), (31, 55, 55 + 24 * 30));
        // A stranger who keeps a phone from its codes begins anew each hour.
        assert_eq!(Guessed::CodesTo([7; 32]).wait_seconds_after(1_000), Some(hour));
    }

    #[test]
    fn a_device_locks_before_its_owner_does_everywhere() {
        let first = |guessed: Guessed| (0..100).find(|n| guessed.wait_seconds_after(*n).is_some());
        assert_eq!(first(Guessed::PinOnDevice(DeviceId::new())), Some(5));
        assert_eq!(first(Guessed::PinOf(UserId::new())), Some(30));
        assert_eq!(first(Guessed::CodesTo([7; 32])), Some(10));
        assert_eq!(first(Guessed::PinOnNewDevices(UserId::new())), Some(5));
    }
}
