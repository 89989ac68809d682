//! Paths that lead elsewhere, as a rule of Front Door has it (`--rewrite /from=/to`).

use std::str::FromStr;

use hyper::Uri;
use hyper::http::uri::PathAndQuery;

/// What begins with a path is below another one.
#[derive(Clone, Debug)]
pub(crate) struct Rewrite {
    from: String,
    to: String,
}

/// The argument is not of the form `/from=/to`.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not of the form /from=/to")]
pub(crate) struct RewriteError(String);

impl FromStr for Rewrite {
    type Err = RewriteError;

    fn from_str(text: &str) -> Result<Self, RewriteError> {
        let ends = text.split_once('=').filter(|(from, to)| {
            let is_path = |path: &str| path.starts_with('/') && !path.ends_with('/');
            is_path(from) && is_path(to)
        });
        let (from, to) = ends.ok_or_else(|| RewriteError(text.to_owned()))?;
        Ok(Self { from: format!("{from}/"), to: format!("{to}/") })
    }
}

impl Rewrite {
    /// Where the request goes, if this rule is about it.
    pub(crate) fn apply(&self, uri: &Uri) -> Option<Uri> {
        let below = uri.path_and_query()?.as_str().strip_prefix(&self.from)?;
        let path: PathAndQuery = format!("{}{below}", self.to).parse().ok()?;
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(path);
        Uri::from_parts(parts).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_below_the_path_goes_elsewhere_and_keeps_its_query() {
        let rewrite: Rewrite = "/oauth2=/api/v1/merchant-api/oauth2".parse().unwrap();
        for (from, to) in [
            ("/oauth2/token?a=b/c", Some("/api/v1/merchant-api/oauth2/token?a=b/c")),
            ("/oauth2/", Some("/api/v1/merchant-api/oauth2/")),
            ("/oauth2", None),
            ("/oauth2x/token", None),
            ("/api/v1/merchant-api/oauth2/token", None),
            ("/docs/?x=/oauth2/", None),
        ] {
            let rewritten = rewrite.apply(&from.parse().unwrap());
            assert_eq!(rewritten, to.map(|to| to.parse().unwrap()), "{from}");
        }
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in ["", "/a", "a=/b", "/a=b", "/a/=/b", "/a=/b/"] {
            assert!(text.parse::<Rewrite>().is_err(), "{text}");
        }
    }
}
