//! Where the bank's statement of a day and our ledger differ: what staff explain, and others agree
//! to.

use time::Date;
use uuid::Uuid;
use values::{BankDifferenceId, OWN_PROPOSAL, Operator, Reason, Refusal, StaffId, code_enum};

use super::refusals::{DIFFERENCE_NOT_EXPLAINED, DIFFERENCE_NOT_OPEN};

code_enum! {
    /// How the bank and our ledger differ.
    pub(crate) enum DifferenceType {
        /// Our ledger has it, and the bank has not.
        Missing = "missing",
        /// The bank has it, and our ledger has not.
        Extra = "extra",
        /// Both have it, with another amount or direction.
        Different = "different",
        /// What the balances differ by beyond all that is known.
        Unaccounted = "unaccounted",
    }
}

code_enum! {
    /// How far people are with a difference.
    pub(crate) enum DifferenceStatus {
        /// Nobody has explained it.
        Open = "open",
        /// Somebody has said why it is right, or what mends it.
        Explained = "explained",
        /// Somebody else agreed to that, or its other side has come. Its day closes with the last.
        Closed = "closed",
    }
}

/// One row of the work list. Amounts are in cents, as the bank counts: negative if they left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BankDifference {
    pub(crate) id: BankDifferenceId,
    pub(crate) day: Date,
    pub(crate) difference: DifferenceType,
    /// The operation that it is about, if that is known.
    pub(crate) operation_id: Option<Uuid>,
    /// The end-to-end reference, as payments or the bank says it.
    pub(crate) reference: Option<String>,
    pub(crate) bank_reference: String,
    pub(crate) bank_code: String,
    /// Nothing if the bank has not got it.
    pub(crate) bank_amount: i64,
    /// Nothing if our ledger has not got it.
    pub(crate) ledger_amount: i64,
    /// The day on which its other side came.
    pub(crate) matched_on: Option<Date>,
    pub(crate) status: DifferenceStatus,
    pub(crate) explanation: Option<Explanation>,
    /// Who agreed to the explanation.
    pub(crate) closed_by: Option<Operator>,
    pub(crate) version: u32,
}

/// Why a difference is right, or what mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Explanation {
    pub(crate) by: StaffId,
    pub(crate) name: Operator,
    pub(crate) reason: Reason,
}

impl BankDifference {
    pub(crate) fn explain(self, explanation: Explanation) -> Result<Self, Refusal> {
        if self.status != DifferenceStatus::Open {
            return Err(DIFFERENCE_NOT_OPEN);
        }
        let explanation = Some(explanation);
        Ok(Self { status: DifferenceStatus::Explained, explanation, ..self.changed() })
    }

    /// It takes another person than the one who has explained it.
    pub(crate) fn close(self, by: StaffId, name: Operator) -> Result<Self, Refusal> {
        if self.explainer()? == by {
            return Err(OWN_PROPOSAL);
        }
        let closed_by = Some(name);
        Ok(Self { status: DifferenceStatus::Closed, closed_by, ..self.changed() })
    }

    /// To say that an explanation explains nothing one person is enough.
    pub(crate) fn reopen(self) -> Result<Self, Refusal> {
        self.explainer()?;
        Ok(Self { status: DifferenceStatus::Open, explanation: None, ..self.changed() })
    }

    fn explainer(&self) -> Result<StaffId, Refusal> {
        let explanation = self.explanation.as_ref();
        let waits = explanation.filter(|_| self.status == DifferenceStatus::Explained);
        waits.map(|explanation| explanation.by).ok_or(DIFFERENCE_NOT_EXPLAINED)
    }

    fn changed(self) -> Self {
        Self { version: self.version.saturating_add(1), ..self }
    }
}
