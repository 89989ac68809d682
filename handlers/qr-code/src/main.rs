//! qr-code

fn main() {}
