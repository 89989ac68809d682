//! The official JavaScript SDK, which has an AMQP of its own too.

use std::process::Command;

use crate::emulator::{DataDirectory, Emulator};

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
fn the_javascript_sdk_sends_receives_and_is_refused_as_by_the_service() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let port = emulator.url.rsplit(':').next().unwrap();
    let run = Command::new("node")
        .args(["local/eventhubs-emulator/tests/it/javascript_sdk.js", port])
        .current_dir(CHECKOUT)
        .output()
        .unwrap();
    let [told, failed] = [&run.stdout, &run.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(run.status.success(), "{told}{failed}");
}
