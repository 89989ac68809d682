//! platform-identity

fn main() {}
