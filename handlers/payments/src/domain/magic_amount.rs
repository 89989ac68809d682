//! Amounts for which a platform without real money ends a request of PayMe's API by itself, as
//! PayMe's sandbox does, so that a client's every branch can be tried without a payer.

use values::Money;

/// What happens to a request for such an amount. HK$1.81, a success, is none: somebody pays it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MagicAmount {
    /// HK$1.80: its time is over in a second.
    Expires,
    /// HK$1.77: nobody will pay it; it reads as cancelled at once.
    Fails,
    /// HK$1.83: it can be paid, and not be cancelled.
    CannotBeCancelled,
    /// HK$1.44: asking for it fails on our side, and makes nothing.
    CannotBeMade,
    /// HK$1.45: it can be paid, and reading it fails on our side.
    CannotBeRead,
}

impl MagicAmount {
    pub(crate) const fn of(amount: Money) -> Option<Self> {
        match amount.minor_units() {
            180 => Some(Self::Expires),
            177 => Some(Self::Fails),
            183 => Some(Self::CannotBeCancelled),
            144 => Some(Self::CannotBeMade),
            145 => Some(Self::CannotBeRead),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_amounts_are_those_that_clients_of_the_api_know_and_no_others() {
        let magic =
            (1..1_000).filter(|cents| MagicAmount::of(Money::hkd(*cents).unwrap()).is_some());
        assert_eq!(magic.collect::<Vec<_>>(), [144, 145, 177, 180, 183]);
    }
}
