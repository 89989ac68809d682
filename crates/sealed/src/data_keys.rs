//! The data keys that Key Vault has unwrapped of late, so that reading a page of rows twice costs
//! one call for each row.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

use crate::SealError;
use crate::data_key::DataKey;
use crate::sealed::WrappedKey;

/// How long a data key is remembered after it was asked for: as long as a person whose access to
/// the vault was withdrawn can go on reading.
const REMEMBERED_FOR: Duration = Duration::from_mins(5);
/// The most that are remembered, half a megabyte; the oldest make room.
const REMEMBERED_MAX: usize = 1_000;

#[derive(Default)]
pub(crate) struct DataKeys(Mutex<Remembered>);

/// Each key of the map stands once in the queue, oldest first.
#[derive(Default)]
struct Remembered {
    cells: HashMap<Arc<WrappedKey>, Arc<OnceCell<DataKey>>>,
    by_age: VecDeque<(Instant, Arc<WrappedKey>)>,
}

impl DataKeys {
    /// The unwrapped key, by `unwrap` unless it is remembered. Whoever asks while another's
    /// `unwrap` of the same key is under way waits for that; its failure is remembered by nobody.
    pub(crate) async fn get(
        &self,
        wrapped: &WrappedKey,
        unwrap: impl Future<Output = Result<DataKey, SealError>>,
    ) -> Result<DataKey, SealError> {
        let cell =
            self.0.lock().unwrap_or_else(PoisonError::into_inner).cell(wrapped, Instant::now());
        cell.get_or_try_init(|| unwrap).await.cloned()
    }
}

impl Remembered {
    fn cell(&mut self, wrapped: &WrappedKey, now: Instant) -> Arc<OnceCell<DataKey>> {
        let is_old = |since: &Instant| now.duration_since(*since) >= REMEMBERED_FOR;
        while self.by_age.front().is_some_and(|(since, _)| is_old(since)) {
            self.forget_oldest();
        }
        if let Some(cell) = self.cells.get(wrapped) {
            return Arc::clone(cell);
        }
        if self.by_age.len() >= REMEMBERED_MAX {
            self.forget_oldest();
        }
        let (wrapped, cell) = (Arc::new(wrapped.clone()), Arc::<OnceCell<DataKey>>::default());
        self.by_age.push_back((now, Arc::clone(&wrapped)));
        self.cells.insert(wrapped, Arc::clone(&cell));
        cell
    }

    fn forget_oldest(&mut self) {
        if let Some((_, wrapped)) = self.by_age.pop_front() {
            self.cells.remove(&wrapped);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Counts how often it was asked to unwrap.
    #[derive(Default)]
    struct Asked(AtomicUsize);

    impl Asked {
        async fn unwrap(&self) -> Result<DataKey, SealError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(40)).await;
            DataKey::random()
        }

        fn times(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    fn wrapped(number: usize) -> WrappedKey {
        WrappedKey::new("0f", &number.to_be_bytes()).unwrap()
    }

    #[tokio::test]
    async fn many_who_ask_at_once_are_answered_by_one_unwrapping() {
        let (keys, asked) = (DataKeys::default(), Asked::default());
        let asks = (0..50).map(|_| async {
            keys.get(&wrapped(1), asked.unwrap()).await.unwrap().as_bytes().to_vec()
        });
        let mut got = futures_util::future::join_all(asks).await;
        got.dedup();
        assert_eq!((got.len(), asked.times()), (1, 1));
        keys.get(&wrapped(2), asked.unwrap()).await.unwrap();
        assert_eq!(asked.times(), 2, "another wrapped key is another key");
    }

    #[test]
    fn a_key_is_forgotten_after_its_minutes() {
        let (mut keys, start) = (Remembered::default(), Instant::now());
        let mut cell = |seconds| {
            let cell = keys.cell(&wrapped(1), start + Duration::from_secs(seconds));
            (cell, keys.by_age.len())
        };
        let ((first, _), (later, _), (forgotten, left)) = (cell(0), cell(299), cell(300));
        assert!(Arc::ptr_eq(&first, &later));
        assert!(!Arc::ptr_eq(&first, &forgotten));
        assert_eq!(left, 1);
    }

    #[tokio::test]
    async fn a_failure_is_not_remembered() {
        let (keys, asked) = (DataKeys::default(), Asked::default());
        let failed = keys.get(&wrapped(1), async { Err(SealError::Foreign) }).await;
        assert!(matches!(failed, Err(SealError::Foreign)));
        keys.get(&wrapped(1), asked.unwrap()).await.unwrap();
        assert_eq!(asked.times(), 1);
    }

    #[tokio::test]
    async fn no_more_are_remembered_than_the_limit() {
        let keys = DataKeys::default();
        for number in 0..REMEMBERED_MAX.saturating_add(20) {
            keys.get(&wrapped(number), async { DataKey::random() }).await.unwrap();
        }
        {
            let remembered = keys.0.lock().unwrap();
            assert_eq!(remembered.cells.len(), REMEMBERED_MAX);
            assert_eq!(remembered.by_age.len(), REMEMBERED_MAX);
        }
        let asked = Asked::default();
        keys.get(&wrapped(20), asked.unwrap()).await.unwrap();
        assert_eq!(asked.times(), 0, "the newest stay");
        keys.get(&wrapped(19), asked.unwrap()).await.unwrap();
        assert_eq!(asked.times(), 1, "the oldest go");
    }
}
