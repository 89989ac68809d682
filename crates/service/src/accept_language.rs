//! The language in which the customer reads the answer to the running request, as its
//! `Accept-Language` asks (RFC 9110, section 12.5.4).

use std::future::Future;

use values::Language;
use warp::http::header::{ACCEPT_LANGUAGE, HeaderMap};

tokio::task_local! {
    static CURRENT: Language;
}

/// The language of the running task's customer; English outside any request.
pub(crate) fn current() -> Language {
    CURRENT.try_with(|language| *language).unwrap_or(Language::English)
}

/// Runs a future for a customer who reads this language.
pub(crate) async fn within<F: Future>(language: Language, future: F) -> F::Output {
    CURRENT.scope(language, future).await
}

/// The language that a request's header asks for.
pub(crate) fn wanted(headers: &HeaderMap) -> Language {
    let lines = headers.get_all(ACCEPT_LANGUAGE).iter();
    Language::wanted(lines.filter_map(|line| line.to_str().ok()))
}
