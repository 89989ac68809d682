//! The command line: `--listen ADDRESS --data DIRECTORY --hub NAME:PARTITIONS[:GROUP,…] …`, where
//! `--config FILE` may stand for hubs; for its administrator `--admin ADDRESS`; and for Capture
//! `--capture DIRECTORY` or `--capture-container NAME`, with
//! `--capture-seconds SECONDS --capture-bytes BYTES`.

use std::{net::SocketAddr, ops::RangeInclusive, path::PathBuf, time::Duration};

use crate::{
    config_file::{self, ConfigError},
    hub_argument::{HubArgument, MAX_GROUPS, MAX_PARTITIONS},
};

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

/// Why the command line cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArgumentError {
    #[error("{0} needs a value")]
    ValueMissing(String),
    #[error(
        "{0} is not an option; the options are --listen, --admin, --data, --hub, --config and \
         --capture"
    )]
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
    #[error("{0}")]
    Config(#[from] ConfigError),
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
                "--config" => hubs.extend(config_file::read(value()?.as_ref())?),
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
    fn a_hub_that_is_none_is_named() {
        let result = parse("--listen 127.0.0.1:1 --data d --hub a:0");
        assert_eq!(result, Err(ArgumentError::Hub("a:0".to_owned())));
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
