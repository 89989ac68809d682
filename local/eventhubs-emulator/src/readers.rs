//! Who reads a partition: for each consumer group one reader with an owner level, or up to five
//! without one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

/// As in the service.
const READERS_MAX: usize = 5;

/// Why a reader may not read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("a receiver of owner level {0} reads this partition, so only its like may")]
    Owned(i64),
    #[error("a consumer group has at most {READERS_MAX} receivers of a partition")]
    TooMany,
}

/// The readers of one partition, by consumer group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Readers(Arc<Mutex<HashMap<String, Vec<Reader>>>>);

#[derive(Debug)]
struct Reader {
    owner_level: Option<i64>,
    /// Told when somebody takes the partition; its other side ends with the reader.
    taken: oneshot::Sender<()>,
}

/// A reader's right to read.
#[derive(Debug)]
pub(crate) struct Seat {
    readers: Readers,
    group: String,
    taken: oneshot::Receiver<()>,
}

impl Readers {
    /// A seat for one more reader. One with an owner level takes it from all that have none, the
    /// same, or a lower one.
    pub(crate) fn enter(&self, group: &str, owner_level: Option<i64>) -> Result<Seat, Refused> {
        let mut groups = self.groups();
        let present = groups.entry(group.to_owned()).or_default();
        present.retain(|reader| !reader.taken.is_closed());
        if let Some(held) = present.iter().filter_map(|reader| reader.owner_level).max()
            && owner_level < Some(held)
        {
            return Err(Refused::Owned(held));
        }
        if owner_level.is_some() {
            for reader in present.drain(..) {
                let _ = reader.taken.send(());
            }
        }
        if present.len() >= READERS_MAX {
            return Err(Refused::TooMany);
        }
        let (sender, taken) = oneshot::channel();
        present.push(Reader { owner_level, taken: sender });
        Ok(Seat { readers: self.clone(), group: group.to_owned(), taken })
    }

    fn groups(&self) -> MutexGuard<'_, HashMap<String, Vec<Reader>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Ends when another reader has taken the partition.
    pub(crate) async fn taken(&mut self) {
        // The sender is dropped only after it was used, or with the partition.
        let _ = (&mut self.taken).await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.taken.close();
        let mut groups = self.readers.groups();
        if let Some(present) = groups.get_mut(&self.group) {
            present.retain(|reader| !reader.taken.is_closed());
            if present.is_empty() {
                groups.remove(&self.group);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(seat: &mut Seat) -> bool {
        seat.taken.try_recv().is_ok()
    }

    #[test]
    fn a_group_has_five_readers_without_an_owner_level_and_a_seat_that_is_left_is_free() {
        let readers = Readers::default();
        let mut seats: Vec<Seat> =
            (0..READERS_MAX).map(|_| readers.enter("g", None).unwrap()).collect();
        assert_eq!(readers.enter("g", None).unwrap_err(), Refused::TooMany);
        readers.enter("another", None).unwrap();
        seats.pop();
        seats.push(readers.enter("g", None).unwrap());
        drop(seats);
        assert!(readers.groups().is_empty());
    }

    #[test]
    fn an_owner_level_takes_a_partition_from_who_has_none_or_no_higher_one() {
        let readers = Readers::default();
        let mut nobody = readers.enter("g", None).unwrap();
        let mut first = readers.enter("g", Some(1)).unwrap();
        assert!(is_taken(&mut nobody));
        let mut same = readers.enter("g", Some(1)).unwrap();
        assert!(is_taken(&mut first));
        drop(first);
        let mut higher = readers.enter("g", Some(2)).unwrap();
        assert!(is_taken(&mut same));
        assert_eq!(readers.enter("g", Some(1)).unwrap_err(), Refused::Owned(2));
        assert_eq!(readers.enter("g", None).unwrap_err(), Refused::Owned(2));
        assert!(!is_taken(&mut higher));
        drop(higher);
        readers.enter("g", None).unwrap();
    }
}
