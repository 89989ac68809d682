//! Who says how that ended of which the bank is told.

use uuid::Uuid;
use values::{HELD_FOR_REVIEW, Refusal};

use super::books::Books;
use super::held_payment::HeldStatus;
use super::operation::{Operation, OperationState};
use super::reads::Reads;
use super::refusals::BANK_IS_DECIDING;
use super::word::Word;

/// Who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Voice {
    Bank,
    /// It counts only where the bank has no word, and no reviewer has to give one first.
    Operator(Word),
    /// Nobody at the bank knows of it, nor ever will: it was not told in time.
    LetGo,
}

impl Voice {
    /// What must be known of an operation before it ends like this.
    pub(super) fn reads(&self, id: Uuid) -> Reads {
        match self {
            Self::Bank => Reads::default().operation(id),
            Self::Operator(_) => Reads::default().told(id).held_payment(id),
            Self::LetGo => Reads::default().told(id),
        }
    }

    /// Whether it counts.
    pub(super) fn require_heard(
        &self,
        books: &Books,
        operation: &Operation,
    ) -> Result<(), Refusal> {
        match self {
            Self::Bank => Ok(()),
            Self::Operator(_) => {
                let held = books.held_payment(operation.id);
                if held.is_some_and(|held| held.status == HeldStatus::Held) {
                    return Err(HELD_FOR_REVIEW);
                }
                require_no_word_of_bank(books, operation)
            }
            Self::LetGo => require_never_told(books, operation),
        }
    }

    /// Of what the bank is not told any more after it.
    pub(super) fn untold(&self, id: Uuid) -> Vec<Uuid> {
        match self {
            Self::Bank => Vec::new(),
            Self::Operator(_) | Self::LetGo => vec![id],
        }
    }

    /// What is kept of it.
    pub(super) fn words(&self, id: Uuid) -> Vec<(Uuid, Word)> {
        match self {
            Self::Operator(word) => vec![(id, word.clone())],
            Self::Bank | Self::LetGo => Vec::new(),
        }
    }
}

/// Refuses to let go of what the bank was told, or may be told.
fn require_never_told(books: &Books, operation: &Operation) -> Result<(), Refusal> {
    let told = books.told.get(&operation.id).filter(|told| !told.is_sent);
    told.map(|_| ()).ok_or(BANK_IS_DECIDING)
}

/// Refuses an operator's word on what the bank is deciding.
fn require_no_word_of_bank(books: &Books, operation: &Operation) -> Result<(), Refusal> {
    let told = books.told.get(&operation.id);
    let told = told.filter(|_| operation.state == OperationState::Pending);
    let is_overdue = operation.expires_at.is_some_and(|until| until <= books.now);
    told.map_or(Ok(()), |told| told.require_no_word(is_overdue))
}
