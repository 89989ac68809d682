//! Why a rule says no: one constant for each refusal, beside the rule that makes it.

use std::borrow::Cow;
use std::fmt;

/// What kind of refusal it is. The edge turns it into an HTTP status, so that no rule knows HTTP.
/// None becomes a 401: clients answer that by renewing their token and asking again, which would
/// make a guess of each wrong PIN or code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalClass {
    /// The input does not have the form it needs.
    Malformed,
    /// The caller is known and may not do this.
    Forbidden,
    /// There is no such thing, or it is somebody else's.
    NotFound,
    /// The thing is in a state that does not allow this.
    Conflict,
    /// A rule forbids this input.
    Rule,
    /// The caller asked too often.
    TooMany,
}

/// A refusal: its class, a stable code that clients decide by, and a sentence for their developer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    class: RefusalClass,
    code: &'static str,
    detail: Cow<'static, str>,
    retry_after_seconds: Option<u64>,
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $class:ident),* $(,)?) => {$(
        $(#[$doc])*
        pub const fn $name(code: &'static str, detail: &'static str) -> Self {
            Self {
                class: RefusalClass::$class,
                code,
                detail: Cow::Borrowed(detail),
                retry_after_seconds: None,
            }
        }
    )*};
}

impl Refusal {
    constructors! {
        /// The input does not have the form it needs.
        malformed => Malformed,
        /// The caller may not do this.
        forbidden => Forbidden,
        /// There is no such thing, or it is somebody else's.
        not_found => NotFound,
        /// The thing is in a state that does not allow this.
        conflict => Conflict,
        /// A rule forbids this input.
        rule => Rule,
        /// The caller asked too often.
        too_many => TooMany,
    }

    /// The same, with a sentence that says more about this case.
    #[must_use]
    pub fn because(self, detail: impl ToString) -> Self {
        Self { detail: Cow::Owned(detail.to_string()), ..self }
    }

    /// The same, with the seconds after which a repeat may succeed.
    #[must_use]
    pub const fn for_seconds(mut self, retry_after_seconds: u64) -> Self {
        self.retry_after_seconds = Some(retry_after_seconds);
        self
    }

    /// What kind of refusal it is.
    pub const fn class(&self) -> RefusalClass {
        self.class
    }

    /// Kebab-case, stable, never reused.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// For the developer of a client.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The seconds after which a repeat may succeed, where that is known.
    pub const fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after_seconds
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Refusal {}
