//! The shortest way of money from one account to another, sought from both at once: so a way of six
//! hops asks for accounts three hops from each, and not six from one.

use std::collections::{BTreeMap, BTreeSet};

use values::GraphAccountId;

use super::graph_edge::StoredEdge;

/// The longest way that is sought.
pub(crate) const HOPS_MAX: u32 = 6;

/// From which of the two is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From whom the money leaves.
    Along,
    /// From whom it reaches.
    Against,
}

/// What is known so far.
pub(crate) struct PathSearch {
    along: Side,
    against: Side,
    /// What moved between two accounts, once each.
    movements: BTreeMap<(GraphAccountId, GraphAccountId), BTreeMap<String, StoredEdge>>,
    /// Whether money went to, or came from, somebody who was forgotten: a way may lead through.
    leads_to_nobody: bool,
}

/// What was met from one of the two.
struct Side {
    steps: u32,
    /// Met at the last step; their edges come next.
    ring: BTreeSet<GraphAccountId>,
    /// How many hops away, and the next of the way back.
    met: BTreeMap<GraphAccountId, (u32, Option<GraphAccountId>)>,
}

impl Side {
    fn new(root: GraphAccountId) -> Self {
        Self { steps: 0, ring: BTreeSet::from([root]), met: BTreeMap::from([(root, (0, None))]) }
    }

    /// From here back to where was begun.
    fn way_back(&self, from: GraphAccountId) -> Vec<GraphAccountId> {
        let back = |at: &GraphAccountId| self.met.get(at).and_then(|(_, next)| *next);
        std::iter::successors(Some(from), back).collect()
    }
}

impl PathSearch {
    pub(crate) fn new(from: GraphAccountId, to: GraphAccountId) -> Self {
        let (along, against) = (Side::new(from), Side::new(to));
        Self { along, against, movements: BTreeMap::new(), leads_to_nobody: false }
    }

    /// Whether a way may be missing because somebody on it was forgotten.
    pub(crate) fn leads_to_nobody(&self) -> bool {
        self.leads_to_nobody
    }

    /// Whose edges are needed next, of the side that has fewer, or has come less far; `None` if
    /// there is a way, or none.
    pub(crate) fn next(&self) -> Option<(Direction, BTreeSet<GraphAccountId>)> {
        let hops = self.along.steps.saturating_add(self.against.steps);
        let is_over = self.meeting().is_some() || hops >= HOPS_MAX;
        let (along, against) = (&self.along, &self.against);
        if is_over || along.ring.is_empty() || against.ring.is_empty() {
            return None;
        }
        let effort = |side: &Side| (side.ring.len(), side.steps);
        Some(if effort(along) <= effort(against) {
            (Direction::Along, along.ring.clone())
        } else {
            (Direction::Against, against.ring.clone())
        })
    }

    /// Goes on by a hop, with the edges of those who were asked for.
    pub(crate) fn go_on(&mut self, direction: Direction, edges: Vec<StoredEdge>) {
        let side = match direction {
            Direction::Along => &mut self.along,
            Direction::Against => &mut self.against,
        };
        let asked = std::mem::take(&mut side.ring);
        side.steps = side.steps.saturating_add(1);
        for edge in edges {
            if !edge.has_moved {
                continue;
            }
            let (Some((from, _)), Some((to, _))) = (edge.from, edge.to) else {
                // Whoever was asked is the other end.
                self.leads_to_nobody |= match direction {
                    Direction::Along => edge.to.is_none(),
                    Direction::Against => edge.from.is_none(),
                };
                continue;
            };
            self.movements.entry((from, to)).or_default().insert(edge.key(), edge);
            let (near, far) = match direction {
                Direction::Along => (from, to),
                Direction::Against => (to, from),
            };
            if asked.contains(&near) && !side.met.contains_key(&far) {
                side.met.insert(far, (side.steps, Some(near)));
                side.ring.insert(far);
            }
        }
    }

    /// The movements of each hop, in the order of the way; `None` if no way is known.
    pub(crate) fn path(self) -> Option<Vec<Vec<StoredEdge>>> {
        let meeting = self.meeting()?;
        let mut accounts = self.along.way_back(meeting);
        accounts.reverse();
        accounts.extend(self.against.way_back(meeting).into_iter().skip(1));
        let hops = accounts.iter().zip(accounts.iter().skip(1));
        let movements = hops.map(|(from, to)| self.movements.get(&(*from, *to)));
        let all = |edges: Option<&BTreeMap<String, StoredEdge>>| {
            edges.into_iter().flat_map(BTreeMap::values).cloned().collect()
        };
        Some(movements.map(all).collect())
    }

    /// Where the two meet by the fewest hops; of several the account that sorts first.
    fn meeting(&self) -> Option<GraphAccountId> {
        let both = self.along.met.iter().filter_map(|(id, (along, _))| {
            let (against, _) = self.against.met.get(id)?;
            Some((along.saturating_add(*against), *id))
        });
        both.min().map(|(_, id)| id)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn account(number: u128) -> GraphAccountId {
        GraphAccountId::from_uuid(Uuid::from_u128(number))
    }

    fn paid(from: u128, to: u128) -> StoredEdge {
        let document = json!({
            "label": "PAID", "from": account(from), "from_type": "user", "to": account(to),
            "to_type": "user", "day": "2026-11-23", "amount": 100,
            "operation": format!("{from}-{to}"),
        });
        StoredEdge::read(document.as_object().unwrap()).unwrap()
    }

    /// The way from 1 to `to` over these edges, and how many accounts' edges were asked for.
    fn sought(edges: &[(u128, u128)], to: u128) -> (Option<Vec<(u128, u128)>>, usize) {
        let edges: Vec<StoredEdge> = edges.iter().map(|(from, to)| paid(*from, *to)).collect();
        let mut search = PathSearch::new(account(1), account(to));
        let mut asked = Vec::new();
        while let Some((direction, ring)) = search.next() {
            asked.extend(ring.iter().copied());
            let is_of = |edge: &&StoredEdge| {
                [edge.from, edge.to].into_iter().flatten().any(|(id, _)| ring.contains(&id))
            };
            search.go_on(direction, edges.iter().filter(is_of).cloned().collect());
        }
        let number = |end: Option<(GraphAccountId, _)>| end.unwrap().0.uuid().as_u128();
        let hop = |edges: Vec<StoredEdge>| (number(edges[0].from), number(edges[0].to));
        (search.path().map(|hops| hops.into_iter().map(hop).collect()), asked.len())
    }

    #[test]
    fn the_shortest_way_goes_along_the_money_and_never_against_it() {
        let edges = [(1, 2), (2, 3), (3, 4), (1, 5), (5, 4), (4, 6), (6, 1)];
        assert_eq!(sought(&edges, 4).0, Some(vec![(1, 5), (5, 4)]));
        assert_eq!(sought(&edges, 5).0, Some(vec![(1, 5)]));
        assert_eq!(sought(&[(2, 1), (2, 3)], 3).0, None);
    }

    #[test]
    fn six_hops_are_found_and_seven_are_not() {
        let line: Vec<(u128, u128)> = (1..8).map(|from| (from, from + 1)).collect();
        assert_eq!(sought(&line, 7).0, Some(line[..6].to_vec()));
        assert_eq!(sought(&line, 8).0, None);
    }

    #[test]
    fn a_way_that_leads_through_nobody_known_may_be_missing_and_where_none_leads_is_not() {
        let leads_to_nobody = |direction, edge| {
            let mut search = PathSearch::new(account(1), account(3));
            search.go_on(direction, vec![edge]);
            search.leads_to_nobody()
        };
        let to_nobody = |mut edge: StoredEdge| {
            edge.to = None;
            edge
        };
        let from_nobody = |mut edge: StoredEdge| {
            edge.from = None;
            edge
        };
        assert!(leads_to_nobody(Direction::Along, to_nobody(paid(1, 2))));
        assert!(leads_to_nobody(Direction::Against, from_nobody(paid(2, 3))));
        // Money that came to whom the way leaves, or left whom it reaches, is on no way.
        assert!(!leads_to_nobody(Direction::Along, from_nobody(paid(2, 1))));
        assert!(!leads_to_nobody(Direction::Against, to_nobody(paid(3, 2))));
        assert!(!leads_to_nobody(Direction::Along, paid(1, 2)));
        let mut asked_for = to_nobody(paid(1, 2));
        asked_for.has_moved = false;
        assert!(!leads_to_nobody(Direction::Along, asked_for));
    }

    #[test]
    fn the_side_with_fewer_accounts_is_asked_so_that_a_hub_is_not_gone_through() {
        // 1 pays a hundred; only one of them pays on, and that to 300.
        let mut edges: Vec<(u128, u128)> = (100..200).map(|to| (1, to)).collect();
        edges.extend([(150, 250), (250, 300)]);
        let (way, asked) = sought(&edges, 300);
        assert_eq!(way, Some(vec![(1, 150), (150, 250), (250, 300)]));
        assert_eq!(asked, 3);
    }
}
