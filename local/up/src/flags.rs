//! The command line: `--name value` pairs.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::error::Error;

/// The given flags of one command.
#[derive(Debug)]
pub(crate) struct Flags(BTreeMap<String, OsString>);

impl Flags {
    /// # Errors
    /// `Usage` for a flag that is not among `known`, or that has no value.
    pub(crate) fn parse(args: &[OsString], known: &[&str]) -> Result<Self, Error> {
        let mut flags = BTreeMap::new();
        for pair in args.chunks(2) {
            let [name, value] = pair else {
                return Err(Error::Usage(format!("{} needs a value", pair[0].display())));
            };
            match name.to_str().filter(|name| known.contains(name)) {
                Some(name) => flags.insert(name.to_owned(), value.clone()),
                None => return Err(Error::Usage(format!("no such flag: {}", name.display()))),
            };
        }
        Ok(Self(flags))
    }

    /// # Errors
    /// `Usage` when the flag was not given.
    pub(crate) fn path(&self, name: &str) -> Result<PathBuf, Error> {
        let value = self.0.get(name);
        value.map(PathBuf::from).ok_or_else(|| Error::Usage(format!("{name} is missing")))
    }

    /// The flag's value, or `default` when it was not given.
    pub(crate) fn text_or<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.0.get(name).map_or(default, |value| value.to_str().unwrap_or_default())
    }
}
