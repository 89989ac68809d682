//! eventhubs-emulator

fn main() {}
