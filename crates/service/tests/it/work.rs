//! What a request costs: nothing costly is made again for each one.

use allocation_counter::measure;
use testkit::{Call, InProcess};

use crate::issuer_and_routes;

/// Allocations of a route that does nothing, its span and its answer included. Copies of all routes
/// and of the document took thousands.
const ALLOCATIONS_MAX: u64 = 60;
/// Bytes that such a request holds at once, its future included.
const BYTES_MAX: u64 = 32 * 1024;

#[test]
fn a_request_allocates_little_and_its_future_is_small() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (_issuer, routes) = runtime.block_on(issuer_and_routes());
    let live = || Call::get("/api/v1/things/health/live");
    let document = || Call::get("/api/v1/things/openapi.json");
    // The first to ask for a text waits until it is written.
    for first in [live(), document()] {
        assert_eq!(runtime.block_on(first.send(&routes)).status, 200);
    }

    let call = live();
    let work = measure(|| {
        let answer = runtime.block_on(Box::pin(call.send(&routes)));
        assert_eq!(answer.status, 200);
    });
    assert!(work.count_total <= ALLOCATIONS_MAX, "{work:?}");
    assert!(work.bytes_max <= BYTES_MAX, "{work:?}");

    let document = document();
    let work = measure(|| assert_eq!(runtime.block_on(document.send(&routes)).status, 200));
    assert!(work.count_total <= ALLOCATIONS_MAX, "{work:?}");
}
