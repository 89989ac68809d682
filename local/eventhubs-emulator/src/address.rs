//! The addresses and selectors of links, as the SDKs write them.

use crate::log::Start;

/// What a link's address names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Address<'a> {
    /// `hub` or `hub/Partitions/n`: events are sent to it.
    Hub { hub: &'a str, partition: Option<&'a str> },
    /// `hub/ConsumerGroups/group/Partitions/n`: events are read from it.
    Consumer { hub: &'a str, group: &'a str, partition: &'a str },
    /// A request node.
    Cbs,
    /// A request node.
    Management,
}

impl<'a> Address<'a> {
    /// Reads a path, or a whole URL as the Rust SDK sends it.
    pub(crate) fn parse(address: &'a str) -> Option<Self> {
        let path = match address.split_once("://") {
            Some((_, host_and_path)) => host_and_path.split_once('/')?.1,
            None => address,
        };
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match *parts.as_slice() {
            ["$cbs"] => Some(Self::Cbs),
            ["$management"] => Some(Self::Management),
            [hub] => Some(Self::Hub { hub, partition: None }),
            [hub, "Partitions", partition] => Some(Self::Hub { hub, partition: Some(partition) }),
            [hub, "ConsumerGroups", group, "Partitions", partition] => {
                Some(Self::Consumer { hub, group, partition })
            }
            _ => None,
        }
    }
}

/// The hub that a token's audience is about; one of the namespace is about none.
pub(crate) fn hub_of(audience: &str) -> Option<&str> {
    let first = path(audience).split('/').next()?;
    (!first.is_empty() && !first.starts_with('$')).then_some(first)
}

/// Whether an address is another one, or lies below it. Hosts are not looked at: there is one
/// namespace here, whatever it is called.
pub(crate) fn is_below(address: &str, above: &str) -> bool {
    let (address, above) = (path(address), path(above));
    let Some((begin, rest)) = address.split_at_checked(above.len()) else { return false };
    begin.eq_ignore_ascii_case(above)
        && (above.is_empty() || rest.is_empty() || rest.starts_with('/'))
}

/// What stands behind the host.
fn path(address: &str) -> &str {
    let behind = address.split_once("://").map_or(address, |(_, host_and_path)| {
        host_and_path.split_once('/').map_or("", |(_, path)| path)
    });
    behind.trim_matches('/')
}

/// Reads a selector such as `amqp.annotation.x-opt-offset >= '42'`; a space may follow the
/// comparison or not.
pub(crate) fn parse_selector(selector: &str) -> Option<Start> {
    let (annotation, rest) = selector.trim().split_once('>')?;
    let (inclusive, rest) = match rest.strip_prefix('=') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let value = rest.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    match annotation.trim().strip_prefix("amqp.annotation.x-opt-")? {
        "offset" => match value {
            "-1" => Some(Start::Earliest),
            "@latest" => Some(Start::Latest),
            _ => Some(Start::Offset { offset: value.parse().ok()?, inclusive }),
        },
        "sequence-number" => Some(Start::Sequence { number: value.parse().ok()?, inclusive }),
        "enqueued-time" => Some(Start::EnqueuedTime { ms: value.parse().ok()?, inclusive }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_is_found_in_a_path_and_in_a_url() {
        let hub = |partition| Some(Address::Hub { hub: "pay", partition });
        assert_eq!(Address::parse("pay"), hub(None));
        assert_eq!(Address::parse("amqps://ns.example/pay"), hub(None));
        assert_eq!(Address::parse("amqps://ns.example/pay/Partitions/3"), hub(Some("3")));
    }

    #[test]
    fn a_consumer_names_hub_group_and_partition() {
        for group in ["$Default", "notification"] {
            let address = format!("amqps://ns/pay/ConsumerGroups/{group}/Partitions/0");
            let expected = Address::Consumer { hub: "pay", group, partition: "0" };
            assert_eq!(Address::parse(&address), Some(expected));
        }
    }

    #[test]
    fn an_audience_is_about_a_hub_or_the_namespace() {
        for audience in ["amqps://ns/pay", "sb://ns/pay/ConsumerGroups/g/Partitions/0", "pay"] {
            assert_eq!(hub_of(audience), Some("pay"), "{audience}");
        }
        for audience in ["amqps://ns", "sb://ns/", "amqps://ns/$management"] {
            assert_eq!(hub_of(audience), None, "{audience}");
        }
    }

    #[test]
    fn an_address_of_another_form_names_nothing() {
        for address in ["amqps://ns", "a/b", "a/Partitions", "a/ConsumerGroups/g"] {
            assert_eq!(Address::parse(address), None, "{address}");
        }
    }

    #[test]
    fn a_selector_gives_the_start_with_and_without_spaces() {
        let start = |tail: &str| parse_selector(&format!("amqp.annotation.x-opt-{tail}"));
        assert_eq!(start("offset > '-1'"), Some(Start::Earliest));
        assert_eq!(start("offset >'@latest'"), Some(Start::Latest));
        assert_eq!(start("offset >='7'"), Some(Start::Offset { offset: 7, inclusive: true }));
        let after = Start::Sequence { number: 41, inclusive: false };
        assert_eq!(start("sequence-number >'41'"), Some(after));
        let from = Start::EnqueuedTime { ms: 5, inclusive: true };
        assert_eq!(start("enqueued-time >= '5'"), Some(from));
    }

    #[test]
    fn a_selector_of_another_form_is_refused() {
        for selector in [
            "",
            "x > '1'",
            "amqp.annotation.x-opt-offset < '1'",
            "amqp.annotation.x-opt-offset > '1",
        ] {
            assert_eq!(parse_selector(selector), None, "{selector}");
        }
    }
}
