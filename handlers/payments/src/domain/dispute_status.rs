//! Why payments are disputed, and where disputes stand.

use values::code_enum;

code_enum! {
    /// Why the payer wants the money back.
    pub(crate) enum DisputeReason {
        /// What was paid for was not received.
        NotReceived = "not-received",
        /// It is not what was promised.
        NotAsDescribed = "not-as-described",
        /// The same was paid twice.
        Duplicate = "duplicate",
        /// More was paid than was agreed.
        WrongAmount = "wrong-amount",
        /// The payer did not make the payment.
        NotMine = "not-mine",
    }
}

code_enum! {
    /// Where a dispute stands.
    pub(crate) enum DisputeStatus {
        /// The shop has seven days to answer.
        Open = "open",
        /// The shop contests it, or has not answered; staff decide.
        UnderReview = "under-review",
        /// The payer is right. The refund follows at once, or when the shop has the money.
        Upheld = "upheld",
        /// The payer has the money back.
        Refunded = "refunded",
        /// The payer is not right.
        Rejected = "rejected",
        /// The payer took it back.
        Withdrawn = "withdrawn",
    }
}
