//! Why a rule says no: each code is declared once, with all that is ever said of it.

use std::fmt;

use crate::{CustomerMessage, Level, RefusalClass};

/// What is known of a code before anything is refused.
#[doc(hidden)]
#[derive(Debug, PartialEq, Eq)]
pub struct Declaration {
    pub class: RefusalClass,
    pub code: &'static str,
    pub detail: &'static str,
    pub action: &'static str,
    pub message: CustomerMessage,
}

/// A refusal: its class, a stable code that clients decide by, and what it tells the customer and
/// the developer of the client. Declared by [`refusals!`](crate::refusals), and in no other way, so
/// that none is missing in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    declared: &'static Declaration,
    /// In place of the declared one.
    detail: Option<String>,
    retry_after_seconds: Option<u64>,
    /// What the caller must show, and how many seconds ago at most.
    needed: Option<(Level, u64)>,
}

impl Refusal {
    /// For the code that `refusals!` makes.
    #[doc(hidden)]
    pub const fn of(declared: &'static Declaration) -> Self {
        Self { declared, detail: None, retry_after_seconds: None, needed: None }
    }

    /// The same, with a sentence that says more about this case.
    #[must_use]
    pub fn because(self, detail: impl ToString) -> Self {
        Self { detail: Some(detail.to_string()), ..self }
    }

    /// The same, with the seconds after which a repeat may succeed.
    #[must_use]
    pub fn for_seconds(self, retry_after_seconds: u64) -> Self {
        Self { retry_after_seconds: Some(retry_after_seconds), ..self }
    }

    /// The same, with what the caller must show, at most so many seconds ago.
    #[must_use]
    pub fn for_level(self, level: Level, age_max_seconds: u64) -> Self {
        Self { needed: Some((level, age_max_seconds)), ..self }
    }

    /// What kind of refusal it is.
    pub const fn class(&self) -> RefusalClass {
        self.declared.class
    }

    /// Kebab-case, stable, never reused.
    pub const fn code(&self) -> &'static str {
        self.declared.code
    }

    /// What was wrong, for the developer of a client.
    pub fn detail(&self) -> &str {
        self.detail.as_deref().unwrap_or(self.declared.detail)
    }

    /// What the developer of a client should do about it.
    pub const fn action(&self) -> &'static str {
        self.declared.action
    }

    /// What the customer reads.
    pub const fn message(&self) -> &'static CustomerMessage {
        &self.declared.message
    }

    /// The seconds after which a repeat may succeed, where that is known.
    pub const fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after_seconds
    }

    /// What the caller must show, and how many seconds ago at most, where that would help.
    pub const fn needed(&self) -> Option<(Level, u64)> {
        self.needed
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.detail())
    }
}

impl std::error::Error for Refusal {}

/// Declares refusals and the list of them, from which the catalogue is made.
///
/// Each has a class, a code and a detail, and may say what the developer should do (`action`) and
/// what the customer reads (`en`, `zh_hant`, `zh_hans`); otherwise its class says it. The list can
/// also hold refusals that are declared elsewhere:
///
/// ```ignore
/// refusals! {
///     /// Every way in which this service says no.
///     pub const REFUSALS, with NO_BUSINESS;
///
///     pub(crate) NO_WALLET: NotFound, "wallet-not-open", "the wallet is not open yet",
///         action: "Ask again after a few seconds.",
///         en: "…", zh_hant: "…", zh_hans: "…";
/// }
/// ```
#[macro_export]
macro_rules! refusals {
    (
        $(#[doc = $doc:literal])+
        $list_visibility:vis const $list:ident $(, with $($other:ident),+)?;
        $(
            $visibility:vis $name:ident: $class:ident, $code:literal, $detail:literal
            $(, action: $action:literal)?
            $(, en: $en:literal, zh_hant: $zh_hant:literal, zh_hans: $zh_hans:literal)?;
        )*
    ) => {
        $(
            #[doc = $detail]
            $visibility const $name: $crate::Refusal = $crate::Refusal::of(&$crate::Declaration {
                class: $crate::RefusalClass::$class,
                code: $code,
                detail: $detail,
                action: $crate::refusals!(@action $class $($action)?),
                message: $crate::refusals!(@message $class $($en, $zh_hant, $zh_hans)?),
            });
        )*

        $(#[doc = $doc])+
        $list_visibility const $list: &[$crate::Refusal] = &[$($($other,)+)? $($name),*];
    };
    (@action $class:ident) => { $crate::RefusalClass::$class.action() };
    (@action $class:ident $action:literal) => { $action };
    (@message $class:ident) => { $crate::RefusalClass::$class.message() };
    (@message $class:ident $en:literal, $zh_hant:literal, $zh_hans:literal) => {
        $crate::CustomerMessage { en: $en, zh_hant: $zh_hant, zh_hans: $zh_hans }
    };
}

#[cfg(test)]
mod tests {
    use crate::{Language, RefusalClass};

    refusals! {
        /// Both.
        const ALL;

        OWN_WORDS: Rule, "own-words", "it says more",
            action: "Read it.",
            en: "Read.", zh_hant: "請讀。", zh_hans: "请读。";
        FEW_WORDS: Busy, "few-words", "it says little";
    }

    #[test]
    fn a_refusal_says_what_its_class_says_unless_it_has_its_own_words() {
        assert_eq!(ALL, [OWN_WORDS, FEW_WORDS]);
        assert_eq!(OWN_WORDS.action(), "Read it.");
        assert_eq!(OWN_WORDS.message().in_language(Language::SimplifiedChinese), "请读。");
        assert_eq!(FEW_WORDS.action(), RefusalClass::Busy.action());
        assert_eq!(*FEW_WORDS.message(), RefusalClass::Busy.message());
        assert!(FEW_WORDS.class().is_retryable() && !OWN_WORDS.class().is_retryable());
    }

    #[test]
    fn what_is_said_of_one_case_leaves_the_code_as_it_is() {
        let refused = FEW_WORDS.because("it rained").for_seconds(3);
        assert_eq!((refused.code(), refused.detail()), ("few-words", "it rained"));
        assert_eq!(refused.retry_after_seconds(), Some(3));
        assert_eq!(FEW_WORDS.detail(), "it says little");
    }
}
