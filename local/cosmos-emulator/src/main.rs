//! `cosmos-emulator`: Microsoft's in-memory Cosmos DB account, on its way to standing behind HTTP.

fn main() {}
