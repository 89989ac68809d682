//! Who is near an account, step by step, within bounds.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use service::Error;
use values::GraphAccountId;

use super::bound::{DAYS, DAYS_MAX, HOURS_IN_A_DAY, bounded};
use super::tied::{only_tied, require_tied};
use crate::App;
use crate::domain::{GraphAccountType, StoredEdge};
use crate::elements::Cost;
use crate::store::adjacency::{Reach, edges_of};

/// Steps from the account at most.
const DEPTH_MAX: u32 = 2;
/// Edges that are read of each account …
const EDGES_OF_ACCOUNT_MAX: usize = 200;
/// … and that an answer has.
const EDGES_MAX: usize = 1_000;
/// Accounts whose edges are read for one answer.
const ACCOUNTS_READ_MAX: usize = 50;

/// What was met on the way.
#[derive(Default)]
pub(super) struct Walk {
    /// How many steps were asked for, and how many days back.
    pub(super) depth: u32,
    pub(super) days: u32,
    /// What each is, and how many steps away.
    pub(super) accounts: BTreeMap<GraphAccountId, (GraphAccountType, u32)>,
    /// By what is the same of both halves.
    pub(super) edges: BTreeMap<String, StoredEdge>,
    /// Those of which no edge is missing.
    pub(super) whole: BTreeSet<GraphAccountId>,
    pub(super) cost: Cost,
    /// Whether there is more than is answered.
    pub(super) is_cut: bool,
    accounts_read: usize,
}

/// Walks from an account that is somebody's; 1 step and 30 days if nothing is said.
pub(super) async fn walk(
    app: &App,
    account: GraphAccountId,
    depth: Option<u32>,
    days: Option<u32>,
) -> Result<Walk, Error> {
    let depth = bounded(depth, 1, DEPTH_MAX)?;
    let days = bounded(days, DAYS, DAYS_MAX)?;
    let reach = Reach {
        with_standing: true,
        ..Reach::hours(days.saturating_mul(HOURS_IN_A_DAY), EDGES_OF_ACCOUNT_MAX)
    };
    require_tied(app, account).await?;
    let mut walk = Walk { depth, days, ..Walk::default() };
    let mut ring = BTreeSet::from([account]);
    for step in 1..=depth {
        let mut next = BTreeSet::new();
        for at in ring {
            if walk.accounts_read >= ACCOUNTS_READ_MAX || walk.edges.len() >= EDGES_MAX {
                walk.is_cut = true;
                break;
            }
            let mut found = edges_of(&app.elements, at, reach).await?;
            only_tied(app, &mut found.edges).await?;
            walk.accounts_read = walk.accounts_read.saturating_add(1);
            walk.cost.add(found.cost);
            let mut is_whole = !found.is_cut;
            for edge in found.edges {
                is_whole &= walk.meet(edge, at, step, &mut next);
            }
            if is_whole {
                walk.whole.insert(at);
            }
            walk.is_cut |= !is_whole;
        }
        ring = next;
    }
    Ok(walk)
}

impl Walk {
    /// Of an edge that both of its ends showed only one is kept; false if there is no room for it.
    fn meet(
        &mut self,
        edge: StoredEdge,
        from: GraphAccountId,
        step: u32,
        next: &mut BTreeSet<GraphAccountId>,
    ) -> bool {
        let key = edge.key();
        if self.edges.len() >= EDGES_MAX && !self.edges.contains_key(&key) {
            return false;
        }
        for (id, kind) in [edge.from, edge.to].into_iter().flatten() {
            let depth = if id == from { step.saturating_sub(1) } else { step };
            if let Entry::Vacant(account) = self.accounts.entry(id) {
                account.insert((kind, depth));
                if id != from {
                    next.insert(id);
                }
            }
        }
        self.edges.insert(key, edge);
        true
    }
}
