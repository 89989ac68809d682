//! That somebody of staff looked.

use values::code_enum;

code_enum! {
    /// What a member of staff looked at.
    pub(crate) enum GraphLookType {
        /// Which account is whose.
        Account = "account",
        /// Who is near an account.
        Neighbourhood = "neighbourhood",
        /// The same, taken away as a file.
        Export = "export",
        /// How money came from it, or to it.
        Path = "path",
        /// With whom an account deals.
        Counterparties = "counterparties",
        /// Where the money of a payment came from and went.
        PaymentFlow = "payment-flow",
        /// What is seen of an account.
        Risk = "risk",
        /// The same, and called it normal.
        Clearance = "clearance",
    }
}
