//! What is read of documents that were drawn: how much of it is right, and that nothing is held for
//! certain that is wrong.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test that fails by panicking and prints a table"
)]

mod table;

use futures_util::future::join;
use ocr::{Engine, Reader, Tesseract};
use specimens::{DAMAGES, Damage, KINDS, Kind, Specimen};

use crate::table::Table;

/// Undamaged specimens of each kind; of the damaged there is one of each kind and damage.
const CLEAN: u64 = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_printed_is_read_and_nothing_wrong_is_held_for_certain() {
    let reader = Reader::new(Engine::Tesseract(Tesseract::default()));
    // Others are drawn to see that these are not the lucky ones.
    let first: u64 = std::env::var("OCR_SEED").ok().map_or(0, |seed| seed.parse().unwrap());
    let mut all: Vec<(Kind, Damage, u64)> = Vec::new();
    for (number, kind) in (0..).zip(KINDS) {
        for (seed, damage) in (first + number * 100..).zip(DAMAGES) {
            all.push((kind, damage, seed));
        }
        all.extend((1..CLEAN).map(|more| (kind, Damage::None, first + number * 100 + 50 + more)));
    }
    let mut table = Table::default();
    for pair in all.chunks(2) {
        let before = table::cpu_seconds();
        let one = read(&reader, pair[0]);
        if let Some(other) = pair.get(1) {
            let (one, other) = join(one, read(&reader, *other)).await;
            table.add(one);
            table.add(other);
        } else {
            table.add(one.await);
        }
        table.took(table::cpu_seconds() - before);
    }
    println!("{table}");
    table.check();
}

async fn read(reader: &Reader, (kind, damage, seed): (Kind, Damage, u64)) -> table::Outcome {
    let specimen = Specimen::new(kind, seed);
    let file = damage.send(&specimen.image, seed);
    let is_png = file.starts_with(b"\x89PNG");
    let content_type = if is_png { "image/png" } else { "image/jpeg" };
    let reading = reader.read(file, content_type).await.unwrap();
    table::Outcome { kind, damage, seed, truth: specimen.truth, reading }
}
