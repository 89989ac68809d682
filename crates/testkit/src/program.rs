//! Programs of the local platform, for tests that kill them or need one of their own.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::identity::identity_secret;

/// A program that ends with this value.
pub struct Program {
    process: Child,
    /// Where it listens.
    pub url: String,
}

impl Program {
    /// Builds what cargo does not build for a crate's tests, with the features of the whole
    /// workspace, or all dependencies would be built once more.
    pub fn build(names: &[&str]) {
        let programs = names.iter().flat_map(|name| ["--bin", name]);
        let build = ["build", "--quiet", "--workspace"];
        let status = Command::new(env!("CARGO")).args(build).args(programs).status();
        assert!(status.expect("cargo runs").success(), "{names:?} are not built");
    }

    /// Starts it and waits until it says where it is ready.
    pub fn start(name: &str, arguments: &[&str]) -> Self {
        // Cargo puts a test's executable into the folder `deps` of that of the programs.
        let test = env::current_exe().expect("the test's own path");
        let programs = test.ancestors().nth(2).expect("the folder of the programs");
        let mut process = Command::new(programs.join(name))
            .args(arguments)
            .env("IDENTITY_HEADER", identity_secret())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("the program says that it is ready");
        let url = line.trim().strip_prefix(&format!("ready: {name} "));
        Self { process, url: url.expect("the program says where").to_owned() }
    }
}

impl Drop for Program {
    /// As `kill -9` does.
    fn drop(&mut self) {
        self.process.kill().expect("it is killed");
        self.process.wait().expect("it has ended");
    }
}
