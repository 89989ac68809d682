//! up

fn main() {}
