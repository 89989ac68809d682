//! The two products on one backend.

crate::code_enum! {
    /// Which app a login opens.
    pub enum Product {
        /// PayMe for Consumer.
        Consumer = "consumer",
        /// PayMe for Business.
        Business = "business",
    }
}
