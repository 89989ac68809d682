//! sms-inbox

fn main() {}
