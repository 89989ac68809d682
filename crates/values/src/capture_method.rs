//! When a payer's money goes to the shop that asked for it.

crate::code_enum! {
    /// When a payer's money goes to the shop.
    pub enum CaptureMethod {
        /// As soon as they have confirmed.
        Automatic = "automatic",
        /// When the shop captures it, all or a part; until then it is held.
        Manual = "manual",
    }
}
