//! The rows of one table that a transaction has read, and those that it will write.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::record::Record;

/// Rows by id, and which of them have changed.
#[derive(Clone)]
pub(crate) struct Rows<R> {
    rows: BTreeMap<Uuid, R>,
    /// Each as it was read; none if it is new.
    changed: BTreeMap<Uuid, Option<R>>,
    /// What was recorded under keys before. It is not locked, so nothing is decided by it.
    recorded: BTreeMap<Uuid, R>,
}

impl<R: Record> Rows<R> {
    pub(crate) fn new(read: Vec<R>) -> Self {
        let rows = read.into_iter().map(|row| (row.id(), row)).collect();
        Self { rows, changed: BTreeMap::new(), recorded: BTreeMap::new() }
    }

    /// Keeps what was done before, for those who ask for it again.
    pub(crate) fn remember(&mut self, read: Vec<R>) {
        self.recorded.extend(read.into_iter().map(|row| (row.id(), row)));
    }

    /// As it was read and locked, or decided since.
    pub(super) fn get(&self, id: Uuid) -> Option<&R> {
        self.rows.get(&id)
    }

    /// The same, or what was recorded under a key before.
    pub(super) fn find(&self, id: Uuid) -> Option<&R> {
        self.rows.get(&id).or_else(|| self.recorded.get(&id))
    }

    /// Those to write.
    pub(crate) fn changed(&self) -> impl Iterator<Item = &R> {
        self.changed_from().map(|(_, row)| row)
    }

    /// Those to write, each after what it was before; none if it is new.
    pub(crate) fn changed_from(&self) -> impl Iterator<Item = (Option<&R>, &R)> {
        let now = |(id, before)| -> Option<(Option<&R>, &R)> {
            let before: &Option<R> = before;
            self.rows.get(id).map(|row| (before.as_ref(), row))
        };
        self.changed.iter().filter_map(now)
    }

    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = &R> {
        self.rows.values()
    }

    pub(crate) fn save(&mut self, changed: Vec<R>) {
        for row in changed {
            let id = row.id();
            let before = self.rows.insert(id, row);
            self.changed.entry(id).or_insert(before);
        }
    }
}
