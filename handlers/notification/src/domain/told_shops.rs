//! Whether shops' systems are reached at all: one that is not has its own people to mend it.

/// Of fewer shops nothing follows: each may have a bad day.
const SHOPS_MIN: u64 = 5;

/// Shops for which something was queued in a while.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ToldShops {
    pub(crate) shops: u64,
    /// Those that have nothing of it yet.
    pub(crate) unreached: u64,
}

impl ToldShops {
    /// Whether so many have nothing that it is not theirs to mend.
    pub(crate) const fn are_mostly_unreached(self) -> bool {
        self.shops >= SHOPS_MIN && self.unreached > self.shops / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_of_at_least_five_shops_are_more_than_chance() {
        let says = |unreached, shops| ToldShops { shops, unreached }.are_mostly_unreached();
        assert!(says(3, 5) && says(5, 5) && says(51, 100));
        assert!(!says(2, 5) && !says(50, 100) && !says(0, 0));
        assert!(!says(4, 4), "four shops that are all down");
    }
}
