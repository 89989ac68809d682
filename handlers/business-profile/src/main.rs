//! business-profile

fn main() {}
