//! Route templates of HTTP functions: `{x}`, `{x:int}`, `{x?}`, `{x=1}` and `{*rest}`, matched as
//! ASP.NET does.

use std::collections::BTreeMap;

use crate::route_constraint::Constraint;

/// Why a route template cannot be used.
#[derive(Debug, thiserror::Error, PartialEq)]
pub(crate) enum RouteError {
    /// Braces that do not enclose one whole segment.
    #[error("route segment `{0}` is not a literal, `{{x}}`, `{{x?}}`, `{{x=1}}` or `{{*x}}`")]
    Segment(String),
    /// One that is not known here.
    #[error("the constraint `{0}` of the route is not known to this host")]
    Constraint(String),
    /// A parameter that may be absent, or a catch-all, before the last segment.
    #[error("`{0}` must be the last segment of the route")]
    NotLast(String),
}

#[derive(Clone, Debug, PartialEq)]
enum Segment {
    Literal(String),
    Parameter(Parameter),
    /// May be absent; then it has this value, if any.
    Optional(Parameter, Option<String>),
    CatchAll(Parameter),
}

#[derive(Clone, Debug, PartialEq)]
struct Parameter {
    name: String,
    constraints: Vec<Constraint>,
}

impl Parameter {
    /// The value with its escapes resolved, if every constraint allows it.
    fn value(&self, part: &str) -> Option<String> {
        let value = decode(part)?;
        self.constraints.iter().all(|constraint| constraint.allows(&value)).then_some(value)
    }
}

/// A parsed route, prefix included.
#[derive(Clone, Debug, PartialEq)]
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
            let ends_route = matches!(segment, Segment::Optional(..) | Segment::CatchAll(_));
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
            if let Segment::CatchAll(parameter) = segment {
                let value = parameter.value(rest.unwrap_or_default())?;
                values.insert(parameter.name.clone(), Some(value));
                return Some(values);
            }
            let (part, tail) = match rest.map(|rest| rest.split_once('/').unwrap_or((rest, ""))) {
                Some((part, tail)) => (Some(part), tail),
                None => (None, ""),
            };
            match (segment, part) {
                (Segment::Literal(text), Some(part)) if is_literally(part, text) => {}
                (Segment::Parameter(parameter) | Segment::Optional(parameter, _), Some(part))
                    if !part.is_empty() =>
                {
                    values.insert(parameter.name.clone(), Some(parameter.value(part)?));
                }
                (Segment::Optional(parameter, default), None) => {
                    values.insert(parameter.name.clone(), default.clone());
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
            Segment::Literal(_) => (0_u8, false),
            Segment::Parameter(parameter) => (1, parameter.constraints.is_empty()),
            Segment::Optional(parameter, _) => (2, parameter.constraints.is_empty()),
            Segment::CatchAll(parameter) => (3, parameter.constraints.is_empty()),
        };
        self.0.iter().map(rank).collect::<Vec<(u8, bool)>>()
    }

    /// Whether both answer the same paths whatever their parameters are called.
    pub(crate) fn same_paths(&self, other: &Self) -> bool {
        let same = |(a, b): (&Segment, &Segment)| match (a, b) {
            (Segment::Literal(a), Segment::Literal(b)) => a.eq_ignore_ascii_case(b),
            (Segment::Parameter(a), Segment::Parameter(b))
            | (Segment::Optional(a, _), Segment::Optional(b, _))
            | (Segment::CatchAll(a), Segment::CatchAll(b)) => a.constraints == b.constraints,
            _ => false,
        };
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(same)
    }
}

/// Every request is compared with the routes of all apps, so escapes are resolved only where there
/// are some.
fn is_literally(part: &str, text: &str) -> bool {
    part.eq_ignore_ascii_case(text)
        || part.contains('%') && decode(part).is_some_and(|part| part.eq_ignore_ascii_case(text))
}

fn parse_segment(part: &str) -> Result<Segment, RouteError> {
    let Some(inner) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
        return match part.contains(['{', '}']) {
            true => Err(RouteError::Segment(part.to_owned())),
            false => Ok(Segment::Literal(part.to_owned())),
        };
    };
    let wrong = || RouteError::Segment(part.to_owned());
    let is_catch_all = inner.starts_with('*');
    let inner = inner.trim_start_matches('*');
    let (inner, is_optional) = inner.strip_suffix('?').map_or((inner, false), |it| (it, true));
    let (inner, default) = match inner.split_once('=') {
        Some((inner, default)) => (inner, Some(default.to_owned())),
        None => (inner, None),
    };
    let mut words = inner.split(':');
    let name = words.next().unwrap_or_default();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let constraint =
        |word: &str| Constraint::parse(word).ok_or_else(|| RouteError::Constraint(word.to_owned()));
    let constraints = words.map(constraint).collect::<Result<Vec<_>, _>>()?;
    let parameter = Parameter { name: name.to_owned(), constraints };
    match (is_catch_all, is_optional, default) {
        _ if !is_name => Err(wrong()),
        (true, false, None) => Ok(Segment::CatchAll(parameter)),
        (false, false, None) => Ok(Segment::Parameter(parameter)),
        (false, true, None) => Ok(Segment::Optional(parameter, None)),
        (false, false, default) => Ok(Segment::Optional(parameter, default)),
        _ => Err(wrong()),
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
    fn a_value_that_a_constraint_does_not_allow_is_another_path() {
        assert_eq!(values("api/order/{id:int}", "/api/order/7"), one("id", Some("7")));
        assert_eq!(values("api/order/{id:int}", "/api/order/seven"), None);
        assert_eq!(values("api/{x:alpha:maxlength(2)}", "/api/abc"), None);
        assert_eq!(values("api/{x:range(1,9)?}", "/api"), one("x", None));
        assert_eq!(values("api/{*rest:minlength(1)}", "/api"), None);
    }

    #[test]
    fn a_parameter_that_is_absent_has_its_default() {
        assert_eq!(values("api/page/{n:int=1}", "/api/page"), one("n", Some("1")));
        assert_eq!(values("api/page/{n:int=1}", "/api/page/2"), one("n", Some("2")));
    }

    #[test]
    fn templates_with_other_constraints_have_other_paths_and_the_constrained_comes_first() {
        let parse = |template| RouteTemplate::parse(template).unwrap();
        let [any, int] = ["api/{x}", "api/{y:int}"].map(parse);
        assert!(!any.same_paths(&int) && int.same_paths(&parse("api/{z:int}")));
        assert!(int.precedence() < any.precedence());
    }

    #[test]
    fn what_is_no_template_here_is_refused() {
        for template in ["api/x{id}", "api/{}", "api/{id", "api/{*x?}", "api/{x?=1}", "a/{:int}"] {
            assert!(matches!(RouteTemplate::parse(template), Err(RouteError::Segment(_))));
        }
        let unknown = RouteError::Constraint("regex(a)".to_owned());
        assert_eq!(RouteTemplate::parse("api/{id:regex(a)}"), Err(unknown));
        for template in ["a/{*x}/b", "a/{x=1}/b"] {
            assert!(matches!(RouteTemplate::parse(template), Err(RouteError::NotLast(_))));
        }
    }
}
