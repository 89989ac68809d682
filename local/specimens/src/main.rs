//! Writes a specimen of each kind, as sent with each damage, into the folder named.

#![expect(clippy::expect_used, reason = "a tool for people who test")]

use std::path::Path;

use specimens::{DAMAGES, KINDS, Specimen};

fn main() {
    let folder = std::env::args().nth(1).expect("usage: specimens FOLDER");
    std::fs::create_dir_all(&folder).expect("a folder that can be made");
    for (seed, kind) in (0..).zip(KINDS) {
        let specimen = Specimen::new(kind, seed);
        for damage in DAMAGES {
            let path = Path::new(&folder).join(format!("{}-{damage:?}", kind.name()));
            std::fs::write(path, damage.send(&specimen.image, seed)).expect("room for it");
        }
    }
}
