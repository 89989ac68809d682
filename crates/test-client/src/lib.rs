//! Building a call to the API and judging its answer, for the tests of one service and those of
//! the whole platform. How a call is sent is theirs: in process, or over HTTP. Depends on nothing
//! of ours, so that no mistake in a wire form is made twice. Linked by tests only.

mod answer;
mod call;

pub use answer::{Answer, Mismatch};
pub use call::Call;
