//! What members of staff may do.

crate::code_enum! {
    /// What a member of staff may do; one person can have several roles.
    pub enum StaffRole {
        /// Says who is staff.
        Administrator = "administrator",
        /// Proposes what is done to customers' accounts.
        Operator = "operator",
        /// Approves what others have proposed.
        Reviewer = "reviewer",
        /// Reads what staff have done.
        Auditor = "auditor",
    }
}
