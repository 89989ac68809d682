//! Comparing a day's statement of the bank with what our ledger says of that day. Where one is a
//! day ahead of the other (the bank books before midnight what we hear of after it), both sides
//! meet as soon as the later one is there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use time::{Date, OffsetDateTime};
use uuid::Uuid;
use values::{BankDifferenceId, OperationKind, Operator};

use super::bank_difference::{BankDifference, DifferenceStatus, DifferenceType};
use super::bank_statement::BankLine;

/// How far a day is. Balances are in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BankDay {
    pub(crate) day: Date,
    /// As the bank names it; none if there is no file.
    pub(crate) statement_id: Option<String>,
    pub(crate) account: String,
    pub(crate) opening: i64,
    pub(crate) closing: i64,
    /// What the bank should have held at the day's end by our ledger.
    pub(crate) ledger_balance: i64,
    pub(crate) matched: u32,
    pub(crate) read_at: OffsetDateTime,
    /// When all of it was closed.
    pub(crate) closed_at: Option<OffsetDateTime>,
    /// SHA-256 of the file, if there is one.
    pub(crate) digest: Option<Vec<u8>>,
    /// Who brought it; none if it was found in its place.
    pub(crate) brought_by: Option<Operator>,
}

/// What our ledger says went to or came from the bank. Cents, negative if they left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BankMovement {
    pub(crate) operation_id: Uuid,
    pub(crate) kind: String,
    pub(crate) amount: i64,
}

impl BankMovement {
    /// As the bank was told it.
    fn reference(&self) -> Option<String> {
        let kind = OperationKind::from_code(&self.kind)?;
        let facts = kind.facts();
        let is_of_bank = facts.from.is_bank() || facts.to.is_bank();
        is_of_bank.then(|| kind.typed_id(self.operation_id))
    }
}

/// What is known of the operations of a day besides.
#[derive(Debug, Default)]
pub(crate) struct Elsewhere {
    /// What our ledger moved on a later day, and on which.
    pub(crate) later: HashMap<(Uuid, i64), Date>,
    /// Rows of earlier days that wait for their other side.
    pub(crate) waiting: HashMap<Uuid, Vec<BankDifference>>,
}

/// What came of comparing a day.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    pub(crate) matched: u32,
    /// Rows of earlier days whose other side is in this one.
    pub(crate) met: Vec<BankDifferenceId>,
    pub(crate) differences: Vec<BankDifference>,
}

/// What is left once all that is the same on both sides has met.
#[derive(Debug)]
pub(crate) struct Unmatched {
    lines: Vec<BankLine>,
    movements: BTreeMap<Uuid, Vec<BankMovement>>,
    matched: u32,
}

impl Unmatched {
    /// What lines of earlier days have met on this day is nobody else's: a line of this day that
    /// looks the same is one too many.
    pub(crate) fn of(
        lines: Vec<BankLine>,
        movements: Vec<BankMovement>,
        met_before: Vec<(Uuid, i64)>,
    ) -> Self {
        let mut ours: HashMap<(Uuid, i64), Vec<BankMovement>> = HashMap::new();
        for movement in movements {
            let key = (movement.operation_id, movement.amount);
            ours.entry(key).or_default().push(movement);
        }
        let mut matched: u32 = 0;
        for key in met_before {
            let met = ours.get_mut(&key).and_then(Vec::pop);
            matched = matched.saturating_add(met.is_some().into());
        }
        let is_left = |line: &BankLine| {
            let key = line.operation_id().map(|id| (id, line.amount));
            let met = key.and_then(|key| ours.get_mut(&key)?.pop());
            matched = matched.saturating_add(met.is_some().into());
            met.is_none()
        };
        let mut lines = lines;
        lines.retain(is_left);
        let mut movements: BTreeMap<Uuid, Vec<BankMovement>> = BTreeMap::new();
        for movement in ours.into_values().flatten() {
            movements.entry(movement.operation_id).or_default().push(movement);
        }
        Self { lines, movements, matched }
    }

    /// The operations that it is about.
    pub(crate) fn operation_ids(&self) -> Vec<Uuid> {
        let of_lines = self.lines.iter().filter_map(BankLine::operation_id);
        let all: BTreeSet<Uuid> = of_lines.chain(self.movements.keys().copied()).collect();
        all.into_iter().collect()
    }

    pub(crate) fn compare(self, day: Date, mut elsewhere: Elsewhere) -> Compared {
        let mut compared = Compared { matched: self.matched, ..Compared::default() };
        let mut movements = self.movements;
        for line in self.lines {
            let id = line.operation_id();
            let is_its = |row: &BankDifference| {
                row.difference == DifferenceType::Missing && row.ledger_amount == line.amount
            };
            if id.is_some_and(|id| elsewhere.take(id, is_its, &mut compared)) {
                continue;
            }
            let ours = id.and_then(|id| movements.get_mut(&id)?.pop());
            let alone = id.filter(|_| ours.is_none());
            // Taken out: of two such lines only one can meet it.
            let matched_on = alone.and_then(|id| elsewhere.later.remove(&(id, line.amount)));
            compared.differences.push(of_line(day, line, ours, matched_on));
        }
        for ours in movements.into_values().flatten() {
            let is_its = |row: &BankDifference| {
                row.difference == DifferenceType::Extra && row.bank_amount == ours.amount
            };
            if !elsewhere.take(ours.operation_id, is_its, &mut compared) {
                compared.differences.push(of_movement(day, &ours));
            }
        }
        compared
    }
}

impl Elsewhere {
    /// Whether a row of an earlier day is the other side; it is so once.
    fn take(
        &mut self,
        operation_id: Uuid,
        is_its: impl Fn(&BankDifference) -> bool,
        compared: &mut Compared,
    ) -> bool {
        let Some(rows) = self.waiting.get_mut(&operation_id) else { return false };
        let Some(place) = rows.iter().position(is_its) else { return false };
        compared.met.push(rows.swap_remove(place).id);
        compared.matched = compared.matched.saturating_add(1);
        true
    }
}

/// What the balances differ by beyond all that is known.
pub(crate) fn unaccounted(day: Date, amount: i64) -> BankDifference {
    BankDifference { bank_amount: amount, ..row(day, DifferenceType::Unaccounted) }
}

fn of_line(
    day: Date,
    line: BankLine,
    ours: Option<BankMovement>,
    matched_on: Option<Date>,
) -> BankDifference {
    let operation_id = line.operation_id();
    let difference = match ours {
        Some(_) => DifferenceType::Different,
        None => DifferenceType::Extra,
    };
    let is_met = matched_on.is_some();
    BankDifference {
        operation_id,
        reference: line.reference,
        bank_reference: line.bank_reference,
        bank_code: line.bank_code,
        bank_amount: line.amount,
        ledger_amount: ours.map_or(0, |ours| ours.amount),
        matched_on,
        status: if is_met { DifferenceStatus::Closed } else { DifferenceStatus::Open },
        ..row(day, difference)
    }
}

fn of_movement(day: Date, ours: &BankMovement) -> BankDifference {
    BankDifference {
        operation_id: Some(ours.operation_id),
        reference: ours.reference(),
        ledger_amount: ours.amount,
        ..row(day, DifferenceType::Missing)
    }
}

fn row(day: Date, difference: DifferenceType) -> BankDifference {
    BankDifference {
        id: BankDifferenceId::new(),
        day,
        difference,
        operation_id: None,
        reference: None,
        bank_reference: String::new(),
        bank_code: String::new(),
        bank_amount: 0,
        ledger_amount: 0,
        matched_on: None,
        status: DifferenceStatus::Open,
        explanation: None,
        closed_by: None,
        version: 1,
    }
}

#[cfg(test)]
mod tests;
