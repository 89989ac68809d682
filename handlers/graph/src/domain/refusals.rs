//! Every way in which this service says no.

use values::refusals;

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS;

    pub(crate) NO_GRAPH_ACCOUNT: NotFound, "graph-account-not-found",
        "no account of the graph is this one's",
        action: "Check the id. Whoever was forgotten has no account that could be found.",
        en: "There is no such account.",
        zh_hant: "沒有這個帳戶。",
        zh_hans: "没有这个账户。";

    pub(crate) NO_MOVEMENT: NotFound, "graph-movement-not-found",
        "the graph has no movement of money with this id",
        action: "Check the id, and ask again soon if the money has only just moved.",
        en: "There is no such payment.",
        zh_hant: "沒有這筆付款。",
        zh_hans: "没有这笔付款。";
}
