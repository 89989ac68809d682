//! user-profile

fn main() {}
