//! A request's turn: one of those that a handler works on at once.

use std::cell::RefCell;

use tokio::sync::OwnedSemaphorePermit;

tokio::task_local! {
    static TURN: RefCell<Option<OwnedSemaphorePermit>>;
}

/// Runs the work of a request, which keeps its turn to the end unless it gives it back.
pub(crate) async fn within<F: Future>(turn: Option<OwnedSemaphorePermit>, work: F) -> F::Output {
    TURN.scope(RefCell::new(turn), work).await
}

/// Gives the running request's turn to another one. For a request that from now on only waits, such
/// as a long poll: it must not keep others from being served. Limit how many may wait.
pub fn give_turn_back() {
    // Outside of a request there is no turn.
    let _ = TURN.try_with(|turn| drop(turn.borrow_mut().take()));
}
