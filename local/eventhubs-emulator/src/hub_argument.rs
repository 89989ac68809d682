//! A hub as whoever starts the emulator names it.

use std::collections::BTreeSet;

/// As in the service's standard tier.
pub(crate) const MAX_PARTITIONS: usize = 32;
const MAX_NAME_CHARS: usize = 256;
/// The consumer group that every hub has.
const DEFAULT_GROUP: &str = "$Default";
/// As in the service's standard tier, `$Default` aside.
pub(crate) const MAX_GROUPS: usize = 20;
const MAX_GROUP_CHARS: usize = 50;

/// A hub to serve.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct HubArgument {
    pub(crate) name: String,
    pub(crate) partitions: usize,
    /// Whose readers it takes.
    pub(crate) groups: BTreeSet<String>,
}

impl HubArgument {
    /// `None` for what the service would not take.
    pub(crate) fn new(name: &str, partitions: &str, listed: &[&str]) -> Option<Self> {
        let partitions = partitions.parse().ok()?;
        let is_default = |group: &str| group.eq_ignore_ascii_case(DEFAULT_GROUP);
        let others = || listed.iter().filter(|group| !is_default(group));
        let is_usable = is_name(name, MAX_NAME_CHARS)
            && (1..=MAX_PARTITIONS).contains(&partitions)
            && others().count() <= MAX_GROUPS
            && others().all(|group| is_name(group, MAX_GROUP_CHARS));
        let groups = others().chain([&DEFAULT_GROUP]).map(|group| (*group).to_owned()).collect();
        is_usable.then(|| Self { name: name.to_owned(), partitions, groups })
    }

    /// `NAME:PARTITIONS` or `NAME:PARTITIONS:GROUP,…`
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let (name, rest) = value.split_once(':')?;
        let (partitions, groups) = rest.split_once(':').unwrap_or((rest, ""));
        let listed: Vec<&str> = groups.split(',').filter(|group| !group.is_empty()).collect();
        Self::new(name, partitions, &listed)
    }
}

/// A hub's name becomes a directory, so only the service's own name characters pass.
fn is_name(name: &str, max_chars: usize) -> bool {
    name.len() <= max_chars
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_has_the_groups_that_are_listed_and_the_one_that_every_hub_has() {
        let groups = |value| HubArgument::parse(value).unwrap().groups;
        assert_eq!(groups("a:4"), BTreeSet::from(["$Default".to_owned()]));
        assert_eq!(groups("b:1:x,y,$default"), ["$Default", "x", "y"].map(str::to_owned).into());
        let many = vec!["g"; MAX_GROUPS + 1].join(",");
        for wrong in ["a:1:x/y", "a:1:$x", &format!("a:1:{many}"), "a::x"] {
            assert_eq!(HubArgument::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_hub_that_would_leave_the_data_directory_or_has_no_partitions_is_refused() {
        for wrong in ["../a:4", "a/b:4", ".:4", "a:0", "a:33", "a:x", "a"] {
            assert_eq!(HubArgument::parse(wrong), None, "{wrong}");
        }
    }
}
