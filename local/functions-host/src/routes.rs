//! Route templates of HTTP functions: `{x}`, `{x?}` and `{*rest}`, matched as ASP.NET does.

use std::collections::BTreeMap;

/// Why a route template cannot be used.
#[derive(Debug, thiserror::Error, PartialEq)]
pub(crate) enum RouteError {
    /// Braces that do not enclose one whole segment, or a constraint.
    #[error("route segment `{0}` is not a literal, `{{x}}`, `{{x?}}` or `{{*x}}`")]
    Segment(String),
    /// An optional or catch-all parameter before the last segment.
    #[error("`{0}` must be the last segment of the route")]
    NotLast(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Parameter(String),
    Optional(String),
    CatchAll(String),
}

/// A parsed route, prefix included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RouteTemplate(Vec<Segment>);

/// Values of the route's parameters; an optional one that is absent has none.
pub(crate) type RouteValues = BTreeMap<String, Option<String>>;

impl RouteTemplate {
    /// Reads a template such as `api/v1/payments/{*rest}`.
    pub(crate) fn parse(template: &str) -> Result<Self, RouteError> {
        let parts: Vec<&str> = template.split('/').filter(|part| !part.is_empty()).collect();
        let mut segments = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let segment = parse_segment(part)?;
            let ends_route = matches!(segment, Segment::Optional(_) | Segment::CatchAll(_));
            if ends_route && index.saturating_add(1) != parts.len() {
                return Err(RouteError::NotLast((*part).to_owned()));
            }
            segments.push(segment);
        }
        Ok(Self(segments))
    }

    /// The parameters' values when `path` (as sent, with escapes) matches.
    pub(crate) fn matches(&self, path: &str) -> Option<RouteValues> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        let mut rest = (!path.is_empty()).then_some(path);
        let mut values = RouteValues::new();
        for segment in &self.0 {
            if let Segment::CatchAll(name) = segment {
                values.insert(name.clone(), Some(decode(rest.unwrap_or_default())?));
                return Some(values);
            }
            let (part, tail) = match rest.map(|rest| rest.split_once('/').unwrap_or((rest, ""))) {
                Some((part, tail)) => (Some(part), tail),
                None => (None, ""),
            };
            match (segment, part) {
                (Segment::Literal(text), Some(part))
                    if part.eq_ignore_ascii_case(text)
                        || decode(part)?.eq_ignore_ascii_case(text) => {}
                (Segment::Parameter(name) | Segment::Optional(name), Some(part))
                    if !part.is_empty() =>
                {
                    values.insert(name.clone(), Some(decode(part)?));
                }
                (Segment::Optional(name), None) => {
                    values.insert(name.clone(), None);
                }
                _ => return None,
            }
            rest = (!tail.is_empty()).then_some(tail);
        }
        rest.is_none().then_some(values)
    }

    /// Orders templates so that the more specific of two that match comes first.
    pub(crate) fn precedence(&self) -> impl Ord + use<> {
        let rank = |segment: &Segment| match segment {
            Segment::Literal(_) => 0_u8,
            Segment::Parameter(_) => 1,
            Segment::Optional(_) => 2,
            Segment::CatchAll(_) => 3,
        };
        self.0.iter().map(rank).collect::<Vec<u8>>()
    }

    /// Whether both answer the same paths whatever their parameters are called.
    pub(crate) fn same_paths(&self, other: &Self) -> bool {
        let same = |(a, b): (&Segment, &Segment)| match (a, b) {
            (Segment::Literal(a), Segment::Literal(b)) => a.eq_ignore_ascii_case(b),
            (Segment::Parameter(_), Segment::Parameter(_))
            | (Segment::Optional(_), Segment::Optional(_))
            | (Segment::CatchAll(_), Segment::CatchAll(_)) => true,
            _ => false,
        };
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(same)
    }
}

fn parse_segment(part: &str) -> Result<Segment, RouteError> {
    let Some(inner) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
        return match part.contains(['{', '}']) {
            true => Err(RouteError::Segment(part.to_owned())),
            false => Ok(Segment::Literal(part.to_owned())),
        };
    };
    let (name, make): (_, fn(String) -> Segment) =
        match (inner.trim_start_matches('*'), inner.strip_suffix('?')) {
            (name, None) if name.len() < inner.len() => (name, Segment::CatchAll),
            (_, Some(name)) => (name, Segment::Optional),
            (name, None) => (name, Segment::Parameter),
        };
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match is_name {
        true => Ok(make(name.to_owned())),
        false => Err(RouteError::Segment(part.to_owned())),
    }
}

/// Resolves the percent escapes of a path; nothing when the result is not UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%').then(|| tail.split_at_checked(2)).flatten();
        let byte = escaped.and_then(|(hex, tail)| {
            let hex = std::str::from_utf8(hex).ok()?;
            Some((u8::from_str_radix(hex, 16).ok()?, tail))
        });
        let (byte, tail) = byte.unwrap_or((first, tail));
        bytes.push(byte);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(template: &str, path: &str) -> Option<Vec<(String, Option<String>)>> {
        let values = RouteTemplate::parse(template).unwrap().matches(path)?;
        Some(values.into_iter().collect())
    }

    fn one(name: &str, value: Option<&str>) -> Option<Vec<(String, Option<String>)>> {
        Some(vec![(name.to_owned(), value.map(str::to_owned))])
    }

    #[test]
    fn a_literal_route_matches_itself_in_any_case_and_nothing_else() {
        assert_eq!(values("api/hello", "/api/Hello"), Some(vec![]));
        assert_eq!(values("api/hello", "/api/hello/"), Some(vec![]));
        assert_eq!(values("api/hello", "/api/hello/x"), None);
        assert_eq!(values("api/hello", "/api"), None);
    }

    #[test]
    fn a_parameter_takes_one_segment_with_its_escapes_resolved() {
        assert_eq!(values("api/order/{id}", "/api/order/a%20b"), one("id", Some("a b")));
        assert_eq!(values("api/order/{id}", "/api/order/"), None);
        assert_eq!(values("api/order/{id}", "/api/order/1/2"), None);
    }

    #[test]
    fn an_optional_parameter_may_be_missing() {
        assert_eq!(values("api/order/{id?}", "/api/order"), one("id", None));
        assert_eq!(values("api/order/{id?}", "/api/order/7"), one("id", Some("7")));
    }

    #[test]
    fn a_catch_all_takes_the_rest_even_when_it_is_empty() {
        assert_eq!(values("api/v1/x/{*rest}", "/api/v1/x"), one("rest", Some("")));
        assert_eq!(values("api/v1/x/{*rest}", "/api/v1/x/a/b"), one("rest", Some("a/b")));
        assert_eq!(values("api/v1/x/{*rest}", "/api/v1/xy"), None);
        assert_eq!(values("{*all}", "/"), one("all", Some("")));
    }

    #[test]
    fn the_more_specific_template_comes_first() {
        let mut templates = ["api/{*all}", "api/v1/{*rest}", "api/{x}", "api/v1/pay", "api/v1"]
            .map(|template| (RouteTemplate::parse(template).unwrap(), template));
        templates.sort_by_key(|(template, _)| template.precedence());
        let order = templates.map(|(_, text)| text);
        assert_eq!(order, ["api/v1", "api/v1/pay", "api/v1/{*rest}", "api/{x}", "api/{*all}"]);
    }

    #[test]
    fn constraints_and_misplaced_parameters_are_refused() {
        for template in ["api/{id:int}", "api/x{id}", "api/{}", "api/{id"] {
            assert!(matches!(RouteTemplate::parse(template), Err(RouteError::Segment(_))));
        }
        assert!(matches!(RouteTemplate::parse("a/{*x}/b"), Err(RouteError::NotLast(_))));
    }
}
