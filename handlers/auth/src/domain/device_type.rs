//! What a login can be bound to.

use values::code_enum;

code_enum! {
    /// What a login is bound to.
    pub(crate) enum DeviceType {
        /// A phone or tablet with a key of its own, which signs.
        Device = "device",
        /// A passkey, in whichever browser it is used.
        Passkey = "passkey",
    }
}
