//! functions-host

fn main() {}
