//! How much an account looks as if stolen or deceived money ran through it.

crate::code_enum! {
    /// What the graph says of an account, from the least to the most.
    pub enum AccountRisk {
        /// As most are.
        Normal = "normal",
        /// Something is unusual: whose account it is shows who they are.
        Elevated = "elevated",
        /// As the account of a mule: somebody has to look before more leaves it.
        High = "high",
    }
}

#[expect(clippy::derivable_impls, reason = "`code_enum!` takes no attributes of variants")]
impl Default for AccountRisk {
    fn default() -> Self {
        Self::Normal
    }
}
