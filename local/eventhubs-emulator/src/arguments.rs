//! The command line: `--listen ADDRESS --data DIRECTORY --hub NAME:PARTITIONS[:GROUP,…] …`, for its
//! administrator `--admin ADDRESS`, and for Capture
//! `--capture DIRECTORY` or `--capture-container NAME`, and
//! `--capture-seconds SECONDS --capture-bytes BYTES`.

use std::{
    collections::BTreeSet, net::SocketAddr, ops::RangeInclusive, path::PathBuf, time::Duration,
};

/// As in the service's standard tier.
const MAX_PARTITIONS: usize = 32;
const MAX_NAME_CHARS: usize = 256;
/// The consumer group that every hub has.
const DEFAULT_GROUP: &str = "$Default";
/// As in the service's standard tier, `$Default` aside.
const MAX_GROUPS: usize = 20;
const MAX_GROUP_CHARS: usize = 50;

/// As the service's, but that tests need not wait a minute, nor send ten megabytes.
const CAPTURE_SECONDS: RangeInclusive<u64> = 1..=900;
const CAPTURE_BYTES: RangeInclusive<u64> = 1..=524_288_000;
/// As in `bicep/modules/event_hubs_namespace.bicep`.
const DEFAULT_CAPTURE_SECONDS: u64 = 300;
const DEFAULT_CAPTURE_BYTES: u64 = 314_572_800;

/// How the program was called; `--hub` may be given many times.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) listen: SocketAddr,
    pub(crate) admin: Option<SocketAddr>,
    pub(crate) data: PathBuf,
    pub(crate) hubs: Vec<HubArgument>,
    pub(crate) capture: Option<CaptureArguments>,
}

/// Where captured events go, and when a file ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CaptureArguments {
    pub(crate) place: CapturePlace,
    pub(crate) window: Duration,
    pub(crate) file_bytes: u64,
}

/// What captured events become.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CapturePlace {
    /// Files in this folder.
    Folder(PathBuf),
    /// Blobs in the container of this name.
    Container(String),
}

/// A hub to serve.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct HubArgument {
    pub(crate) name: String,
    pub(crate) partitions: usize,
    /// Whose readers it takes.
    pub(crate) groups: BTreeSet<String>,
}

/// Why the command line cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArgumentError {
    #[error("{0} needs a value")]
    ValueMissing(String),
    #[error("{0} is not an option; the options are --listen, --admin, --data, --hub and --capture")]
    Unknown(String),
    #[error("{option} {value} is not an address such as 127.0.0.1:5672")]
    Address { option: String, value: String },
    #[error(
        "--hub {0} is not a name, 1 to {MAX_PARTITIONS} partitions, and perhaps up to {MAX_GROUPS} \
         consumer groups, such as orders:4 or orders:4:shipping,billing"
    )]
    Hub(String),
    #[error("{option} {value} is not a number from {} to {}", .allowed.start(), .allowed.end())]
    Number { option: String, value: String, allowed: RangeInclusive<u64> },
    #[error("--{0} is missing")]
    Missing(&'static str),
}

impl Arguments {
    /// Parses the arguments that follow the program's name.
    pub(crate) fn parse(
        arguments: impl IntoIterator<Item = String>,
    ) -> Result<Self, ArgumentError> {
        let (mut listen, mut admin, mut data, mut hubs) = (None, None, None, Vec::new());
        let (mut place, mut seconds, mut bytes) = (None, None, None);
        let mut arguments = arguments.into_iter();
        while let Some(option) = arguments.next() {
            let mut value = || arguments.next().ok_or(ArgumentError::ValueMissing(option.clone()));
            match option.as_str() {
                "--listen" => listen = Some(address(&option, value()?)?),
                "--admin" => admin = Some(address(&option, value()?)?),
                "--data" => data = Some(PathBuf::from(value()?)),
                "--hub" => {
                    let value = value()?;
                    hubs.push(HubArgument::parse(&value).ok_or(ArgumentError::Hub(value))?);
                }
                "--capture" => place = Some(CapturePlace::Folder(value()?.into())),
                "--capture-container" => place = Some(CapturePlace::Container(value()?)),
                "--capture-seconds" => {
                    seconds = Some(number(&option, value()?, CAPTURE_SECONDS)?);
                }
                "--capture-bytes" => bytes = Some(number(&option, value()?, CAPTURE_BYTES)?),
                _ => return Err(ArgumentError::Unknown(option)),
            }
        }
        if hubs.is_empty() {
            return Err(ArgumentError::Missing("hub"));
        }
        if place.is_none() && (seconds.is_some() || bytes.is_some()) {
            return Err(ArgumentError::Missing("capture"));
        }
        Ok(Self {
            listen: listen.ok_or(ArgumentError::Missing("listen"))?,
            admin,
            data: data.ok_or(ArgumentError::Missing("data"))?,
            hubs,
            capture: place.map(|place| CaptureArguments {
                place,
                window: Duration::from_secs(seconds.unwrap_or(DEFAULT_CAPTURE_SECONDS)),
                file_bytes: bytes.unwrap_or(DEFAULT_CAPTURE_BYTES),
            }),
        })
    }
}

fn address(option: &str, value: String) -> Result<SocketAddr, ArgumentError> {
    value.parse().map_err(|_| ArgumentError::Address { option: option.to_owned(), value })
}

fn number(option: &str, value: String, allowed: RangeInclusive<u64>) -> Result<u64, ArgumentError> {
    match value.parse() {
        Ok(number) if allowed.contains(&number) => Ok(number),
        Ok(_) | Err(_) => Err(ArgumentError::Number { option: option.to_owned(), value, allowed }),
    }
}

impl HubArgument {
    fn parse(value: &str) -> Option<Self> {
        let (name, rest) = value.split_once(':')?;
        let (partitions, groups) = rest.split_once(':').unwrap_or((rest, ""));
        let partitions = partitions.parse().ok()?;
        let listed: Vec<&str> = groups.split(',').filter(|group| !group.is_empty()).collect();
        let is_usable = is_name(name, MAX_NAME_CHARS)
            && (1..=MAX_PARTITIONS).contains(&partitions)
            && listed.len() <= MAX_GROUPS
            && listed
                .iter()
                .all(|group| *group == DEFAULT_GROUP || is_name(group, MAX_GROUP_CHARS));
        let groups = listed.into_iter().chain([DEFAULT_GROUP]).map(str::to_owned).collect();
        is_usable.then(|| Self { name: name.to_owned(), partitions, groups })
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

    fn parse(line: &str) -> Result<Arguments, ArgumentError> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn address_directory_and_hubs_are_read() {
        let arguments = parse("--listen 127.0.0.1:1 --data d --hub a:4 --hub b-c:1").unwrap();
        assert_eq!(arguments.data, PathBuf::from("d"));
        let hubs: Vec<_> =
            arguments.hubs.iter().map(|hub| (hub.name.as_str(), hub.partitions)).collect();
        assert_eq!(hubs, [("a", 4), ("b-c", 1)]);
    }

    #[test]
    fn a_hub_has_the_groups_that_are_listed_and_the_one_that_every_hub_has() {
        let arguments = parse("--listen 127.0.0.1:1 --data d --hub a:4 --hub b:1:x,y").unwrap();
        let groups: Vec<_> = arguments.hubs.iter().map(|hub| hub.groups.clone()).collect();
        assert_eq!(groups[0], BTreeSet::from(["$Default".to_owned()]));
        assert_eq!(groups[1], ["$Default", "x", "y"].map(str::to_owned).into());
        let many = vec!["g"; MAX_GROUPS + 1].join(",");
        for wrong in ["a:1:x/y", "a:1:$x", &format!("a:1:{many}"), "a::x"] {
            let result = parse(&format!("--listen 127.0.0.1:1 --data d --hub {wrong}"));
            assert_eq!(result, Err(ArgumentError::Hub(wrong.to_owned())));
        }
    }

    #[test]
    fn a_hub_that_would_leave_the_data_directory_or_has_no_partitions_is_refused() {
        for hub in ["../a:4", "a/b:4", ".:4", "a:0", "a:33", "a:x", "a"] {
            let result = parse(&format!("--listen 127.0.0.1:1 --data d --hub {hub}"));
            assert_eq!(result, Err(ArgumentError::Hub(hub.to_owned())));
        }
    }

    #[test]
    fn capture_is_as_the_deployment_has_it_unless_told_otherwise() {
        let base = "--listen 127.0.0.1:1 --data d --hub a:1";
        assert_eq!(parse(base).unwrap().capture, None);
        let capture = parse(&format!("{base} --capture c")).unwrap().capture.unwrap();
        assert_eq!(capture.place, CapturePlace::Folder("c".into()));
        assert_eq!(capture.window, Duration::from_secs(300));
        assert_eq!(capture.file_bytes, 314_572_800);
        let told = format!("{base} --capture c --capture-seconds 1 --capture-bytes 9");
        let capture = parse(&told).unwrap().capture.unwrap();
        assert_eq!((capture.window, capture.file_bytes), (Duration::from_secs(1), 9));

        let into = parse(&format!("{base} --capture-container blobs")).unwrap().capture.unwrap();
        assert_eq!(into.place, CapturePlace::Container("blobs".to_owned()));

        for wrong in ["--capture-seconds 0", "--capture-seconds 901", "--capture-bytes x"] {
            let result = parse(&format!("{base} --capture c {wrong}"));
            assert!(matches!(result, Err(ArgumentError::Number { .. })), "{wrong}");
        }
        let result = parse(&format!("{base} --capture-seconds 60"));
        assert_eq!(result, Err(ArgumentError::Missing("capture")));
    }

    #[test]
    fn a_missing_or_unknown_option_is_named() {
        assert_eq!(parse("--hub a:1 --data d"), Err(ArgumentError::Missing("listen")));
        let wrong = parse("--listen 127.0.0.1:1 --admin here");
        let (option, value) = ("--admin".to_owned(), "here".to_owned());
        assert_eq!(wrong, Err(ArgumentError::Address { option, value }));
        assert_eq!(parse("--port 1"), Err(ArgumentError::Unknown("--port".to_owned())));
        assert_eq!(parse("--data"), Err(ArgumentError::ValueMissing("--data".to_owned())));
    }
}
