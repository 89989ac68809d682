//! Refusals on request: `Test-Refusal: <code>` is answered as a service would refuse, so that an
//! app can be seen to show what seldom happens.

use hyper::StatusCode;
use hyper::header::HeaderMap;
use serde::Deserialize;
use values::CustomerMessage;

use crate::problem::Problem;

const TEST_REFUSAL: &str = "test-refusal";

/// Made from the services' own declarations, and held to them by a system test.
const ERRORS: &str = include_str!("../../../docs/errors.json");

#[derive(Deserialize)]
struct Entry {
    code: String,
    status: u16,
    retryable: bool,
    detail: String,
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    en: String,
    #[serde(rename = "zh-Hant")]
    zh_hant: String,
    #[serde(rename = "zh-Hans")]
    zh_hans: String,
}

/// What makes the catalogue unreadable.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CatalogueError {
    /// It is not the JSON that it should be.
    #[error("docs/errors.json cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// An entry's status is not one.
    #[error("docs/errors.json has a status that HTTP does not know: {0}")]
    Status(#[from] hyper::http::status::InvalidStatusCode),
}

/// Every refusal that a service may give.
pub(crate) struct Catalogue(Vec<Problem>);

impl Catalogue {
    /// Reads it. Its texts are never freed: the host needs them as long as it runs.
    pub(crate) fn load() -> Result<Self, CatalogueError> {
        let entries: Vec<Entry> = serde_json::from_str(ERRORS)?;
        let problems = entries.into_iter().map(|entry| {
            Ok(Problem {
                status: StatusCode::from_u16(entry.status)?,
                code: entry.code.leak(),
                detail: entry.detail.into(),
                message: CustomerMessage {
                    en: entry.message.en.leak(),
                    zh_hant: entry.message.zh_hant.leak(),
                    zh_hans: entry.message.zh_hans.leak(),
                },
                retryable: entry.retryable,
            })
        });
        Ok(Self(problems.collect::<Result<_, CatalogueError>>()?))
    }

    /// The refusal that a request asks for, if it asks for one.
    pub(crate) fn wanted(&self, headers: &HeaderMap) -> Option<Problem> {
        let mut lines = headers.get_all(TEST_REFUSAL).iter();
        let (line, None) = (lines.next()?, lines.next()) else {
            return Some(Problem::UNKNOWN_REFUSAL);
        };
        let Ok(code) = line.to_str() else { return Some(Problem::UNKNOWN_REFUSAL) };
        let known = self.0.iter().find(|problem| problem.code == code).cloned();
        Some(known.unwrap_or_else(|| {
            let detail =
                format!("docs/errors.json has no code {code:?}, which Test-Refusal names.");
            Problem::UNKNOWN_REFUSAL.because(detail)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_host_and_a_service_both_refuse_reads_alike() {
        let catalogue = Catalogue::load().unwrap();
        for own in
            [Problem::NOT_FOUND, Problem::TOO_LARGE, Problem::UNKNOWN_CODING, Problem::SLOW_BODY]
        {
            let listed = catalogue.0.iter().find(|listed| listed.code == own.code).unwrap();
            assert_eq!(Problem { detail: listed.detail.clone(), ..own }, *listed);
        }
    }
}
