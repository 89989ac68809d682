//! The official Python SDK, which has an AMQP of its own.

use std::process::Command;

use crate::emulator::{DataDirectory, Emulator};

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
fn the_python_sdk_sends_receives_and_is_refused_as_by_the_service() {
    let installed = Command::new("ops/tools").arg("azure-eventhub").current_dir(CHECKOUT).status();
    if !installed.unwrap().success() {
        eprintln!("SKIPPED: the Python SDK cannot be installed from PyPI");
        return;
    }
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let port = emulator.url.rsplit(':').next().unwrap();
    let run = Command::new(format!("{CHECKOUT}/.local/tools/azure-eventhub/bin/python"))
        .args([concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/python_sdk.py"), port])
        .output()
        .unwrap();
    let [told, failed] = [&run.stdout, &run.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(run.status.success(), "{told}{failed}");
}
