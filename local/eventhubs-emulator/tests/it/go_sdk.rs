//! The official Go SDK, which has an AMQP of its own too. It comes from Go's module proxy, so only
//! `make go-client` asks for it.

use std::process::Command;

use crate::emulator::{DataDirectory, Emulator};

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/go");

#[ignore = "needs Go and its module proxy: make go-client"]
#[test]
fn the_go_sdk_sends_receives_and_is_refused_as_by_the_service() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let port = emulator.url.rsplit(':').next().unwrap();
    let run = Command::new("go").args(["run", ".", port]).current_dir(PROGRAM).output().unwrap();
    let [told, failed] = [&run.stdout, &run.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(run.status.success(), "{told}{failed}");
}
