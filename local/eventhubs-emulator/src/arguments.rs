//! The command line: `--listen ADDRESS --data DIRECTORY --hub NAME:PARTITIONS …`.

use std::{net::SocketAddr, path::PathBuf};

/// As in the service's standard tier.
const MAX_PARTITIONS: usize = 32;
const MAX_NAME_CHARS: usize = 256;

/// How the program was called; `--hub` may be given many times.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) listen: SocketAddr,
    pub(crate) data: PathBuf,
    pub(crate) hubs: Vec<HubArgument>,
}

/// A hub to serve.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct HubArgument {
    pub(crate) name: String,
    pub(crate) partitions: usize,
}

/// Why the command line cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArgumentError {
    #[error("{0} needs a value")]
    ValueMissing(String),
    #[error("{0} is not an option; the options are --listen, --data and --hub")]
    Unknown(String),
    #[error("--listen {0} is not an address such as 127.0.0.1:5672")]
    Listen(String),
    #[error("--hub {0} is not a name and 1 to {MAX_PARTITIONS} partitions, such as orders:4")]
    Hub(String),
    #[error("--{0} is missing")]
    Missing(&'static str),
}

impl Arguments {
    /// Parses the arguments that follow the program's name.
    pub(crate) fn parse(
        arguments: impl IntoIterator<Item = String>,
    ) -> Result<Self, ArgumentError> {
        let (mut listen, mut data, mut hubs) = (None, None, Vec::new());
        let mut arguments = arguments.into_iter();
        while let Some(option) = arguments.next() {
            let mut value = || arguments.next().ok_or(ArgumentError::ValueMissing(option.clone()));
            match option.as_str() {
                "--listen" => {
                    let value = value()?;
                    listen = Some(value.parse().map_err(|_| ArgumentError::Listen(value))?);
                }
                "--data" => data = Some(PathBuf::from(value()?)),
                "--hub" => {
                    let value = value()?;
                    hubs.push(HubArgument::parse(&value).ok_or(ArgumentError::Hub(value))?);
                }
                _ => return Err(ArgumentError::Unknown(option)),
            }
        }
        if hubs.is_empty() {
            return Err(ArgumentError::Missing("hub"));
        }
        Ok(Self {
            listen: listen.ok_or(ArgumentError::Missing("listen"))?,
            data: data.ok_or(ArgumentError::Missing("data"))?,
            hubs,
        })
    }
}

impl HubArgument {
    /// The name becomes a directory, so only the service's own name characters pass.
    fn parse(value: &str) -> Option<Self> {
        let (name, partitions) = value.split_once(':')?;
        let named = name.len() <= MAX_NAME_CHARS
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        let partitions = partitions.parse().ok()?;
        (named && (1..=MAX_PARTITIONS).contains(&partitions))
            .then(|| Self { name: name.to_owned(), partitions })
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
    fn a_hub_that_would_leave_the_data_directory_or_has_no_partitions_is_refused() {
        for hub in ["../a:4", "a/b:4", ".:4", "a:0", "a:33", "a:x", "a"] {
            let result = parse(&format!("--listen 127.0.0.1:1 --data d --hub {hub}"));
            assert_eq!(result, Err(ArgumentError::Hub(hub.to_owned())));
        }
    }

    #[test]
    fn a_missing_or_unknown_option_is_named() {
        assert_eq!(parse("--hub a:1 --data d"), Err(ArgumentError::Missing("listen")));
        assert_eq!(parse("--port 1"), Err(ArgumentError::Unknown("--port".to_owned())));
        assert_eq!(parse("--data"), Err(ArgumentError::ValueMissing("--data".to_owned())));
    }
}
