//! Which rows of the outbox one relay has not read yet.

use std::ops::RangeInclusive;

/// How many ranges of missing ids are remembered; a relay that misses more begins anew.
const GAPS_MAX: usize = 100;

/// The rows that were not read yet, by their ids.
///
/// An id is given out before its transaction commits, so a row may appear below rows that were read
/// already, and rows of its subject may have followed it. Hence every id that was missing among
/// those read is looked for again, for as long as this lives. Then each read finds all rows that
/// were committed and not read, the lowest ids first: whatever precedes a row in its subject was
/// read before it or with it.
///
/// Not simply all that is in the table: the rows that are being sent would be read again each time,
/// and so would the traces of those deleted, which InnoDB keeps while an old snapshot is open.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unread {
    /// Below `from`, in ascending order: not there when others around them were read.
    gaps: Vec<RangeInclusive<u64>>,
    /// From here on nothing was read.
    from: u64,
}

impl Unread {
    pub(crate) fn all() -> Self {
        Self { gaps: Vec::new(), from: 1 }
    }

    /// Where to look, in ascending order.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = RangeInclusive<u64>> {
        self.gaps.iter().cloned().chain([self.from..=u64::MAX])
    }

    /// Takes off what was just read: the lowest of the unread ids that have rows, ascending.
    pub(crate) fn remove(&mut self, ids: impl IntoIterator<Item = u64>) {
        for id in ids {
            if id >= self.from {
                if id > self.from {
                    self.gaps.push(self.from..=id.saturating_sub(1));
                }
                self.from = id.saturating_add(1);
                continue;
            }
            let gap = self.gaps.partition_point(|gap| *gap.end() < id);
            let Some(found) = self.gaps.get(gap).cloned() else { continue };
            let around =
                [*found.start()..=id.saturating_sub(1), id.saturating_add(1)..=*found.end()];
            let left = around.into_iter().filter(|gap| !gap.is_empty());
            self.gaps.splice(gap..=gap, left);
        }
    }

    /// Whether so many ids are missing that looking for all of them costs more than a new start.
    pub(crate) fn is_too_scattered(&self) -> bool {
        self.gaps.len() > GAPS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(unread: &Unread) -> Vec<RangeInclusive<u64>> {
        unread.ranges().collect()
    }

    #[test]
    fn what_was_missing_among_the_rows_read_is_looked_for_again() {
        let mut unread = Unread::all();
        unread.remove([4, 5, 9]);
        assert_eq!(ranges(&unread), [1..=3, 6..=8, 10..=u64::MAX]);
        unread.remove([7, 10, 12]);
        assert_eq!(ranges(&unread), [1..=3, 6..=6, 8..=8, 11..=11, 13..=u64::MAX]);
        unread.remove([1, 3, 6, 8, 11, 13]);
        assert_eq!(ranges(&unread), [2..=2, 14..=u64::MAX]);
    }
}
