//! What people upload.

use crate::code_enum;

code_enum! {
    /// What an upload can be.
    pub enum ContentType {
        /// A photograph.
        Jpeg = "image/jpeg",
        /// A scan or a screenshot.
        Png = "image/png",
    }
}
