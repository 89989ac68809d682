//! A part of the graph as other programs take it: vertices, edges and what is known of each.

use std::collections::{BTreeMap, BTreeSet};

use values::{GraphAccountId, Timestamp, code_enum};

use super::elements_of_fact::FORGOTTEN;
use super::graph_edge::{StoredEdge, StoredEnd};
use super::subject::GraphAccountType;

code_enum! {
    /// The form of a file that has a graph.
    pub(crate) enum GraphFileFormat {
        /// XML, which nearly all programs for graphs read.
        GraphMl = "graphml",
        /// Version 3 of TinkerPop's JSON: a line for each account, with its edges.
        GraphSon = "graphson",
    }
}

/// What is known of a vertex or an edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Property {
    Text(String),
    /// Of cents, and of steps.
    Number(i64),
    Flag(bool),
}

/// Each by its name, which always has values of one type.
pub(crate) type Properties = Vec<(&'static str, Property)>;

/// An account, or whoever was forgotten at the end of one edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileVertex {
    pub(crate) label: &'static str,
    pub(crate) properties: Properties,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileEdge {
    pub(crate) label: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) properties: Properties,
}

/// Accounts, and the edges between them, each by its id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Subgraph {
    pub(crate) vertices: BTreeMap<String, FileVertex>,
    pub(crate) edges: BTreeMap<String, FileEdge>,
}

impl Subgraph {
    /// Of accounts at so many steps, of those of which no edge is missing, and of edges by keys of
    /// their own. What was asked stands with the account of which it was: not every form has a
    /// place for what is known of the whole.
    pub(crate) fn of(
        accounts: &BTreeMap<GraphAccountId, (GraphAccountType, u32)>,
        whole: &BTreeSet<GraphAccountId>,
        edges: BTreeMap<String, StoredEdge>,
        asked: &Properties,
    ) -> Self {
        let vertex = |(id, (kind, depth)): (&GraphAccountId, &(GraphAccountType, u32))| {
            let mut properties = vec![
                ("depth", Property::Number((*depth).into())),
                ("has_all_edges", Property::Flag(whole.contains(id))),
            ];
            properties.extend(asked.iter().filter(|_| *depth == 0).cloned());
            (id.to_string(), FileVertex { label: kind.code(), properties })
        };
        let mut vertices: BTreeMap<String, FileVertex> = accounts.iter().map(vertex).collect();
        let mut forgotten: u32 = 0;
        // Each is a vertex of its own: as one they would join ways of money that never were.
        let mut nobody = || {
            forgotten = forgotten.saturating_add(1);
            let id = format!("{FORGOTTEN}-{forgotten}");
            let vertex = FileVertex { label: FORGOTTEN, properties: Properties::new() };
            vertices.insert(id.clone(), vertex);
            id
        };
        let edge = |(key, edge): (String, StoredEdge)| {
            let mut id_of = |end: StoredEnd| end.map_or_else(&mut nobody, |(id, _)| id.to_string());
            let (from, to) = (id_of(edge.from), id_of(edge.to));
            let is_known = edge.from.is_some() && edge.to.is_some();
            // The key is made also of whom nobody may know.
            let id = if is_known { key } else { format!("{} {from} {to}", edge.label) };
            (id, FileEdge::between(from, to, &edge))
        };
        let edges = edges.into_iter().map(edge).collect();
        Self { vertices, edges }
    }
}

impl FileEdge {
    fn between(from: String, to: String, edge: &StoredEdge) -> Self {
        let text = |text: String| Property::Text(text);
        let at = edge.happened_at.map(|at| Timestamp::from(at).to_string());
        let all = [
            ("amount", edge.amount.map(|amount| Property::Number(amount.minor_units()))),
            ("currency", edge.amount.map(|amount| text(amount.currency().code().to_owned()))),
            ("happened_at", at.map(text)),
            ("movement_type", edge.movement_type().map(str::to_owned).map(text)),
            ("operation_digest", edge.operation.clone().map(text)),
            ("status", edge.status().map(str::to_owned).map(text)),
        ];
        let known = all.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Self { label: edge.edge_type(), from, to, properties: known.collect() }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::*;

    /// A and B, an edge each way, and what must be escaped.
    pub(crate) fn hostile() -> Subgraph {
        let vertex = |depth| FileVertex {
            label: "user",
            properties: vec![
                ("depth", Property::Number(depth)),
                ("has_all_edges", Property::Flag(depth == 0)),
            ],
        };
        let edge = |label: &str, from: &str, to: &str, properties| FileEdge {
            label: label.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            properties,
        };
        let status = Property::Text("<\"&'>\u{1}\n陳".to_owned());
        let paid = vec![("amount", Property::Number(12_850)), ("status", status)];
        let vertices = [("a", vertex(0)), ("b", vertex(1))];
        let edges = [("1", edge("paid", "a", "b", paid)), ("2", edge("friend", "b", "a", vec![]))];
        Subgraph {
            vertices: vertices.map(|(id, vertex)| (id.to_owned(), vertex)).into(),
            edges: edges.map(|(id, edge)| (id.to_owned(), edge)).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_forgotten_are_as_many_as_edges_lead_to_them_so_that_none_makes_a_way() {
        let [payer, payee] = [1, 2].map(|id| GraphAccountId::from_uuid(Uuid::from_u128(id)));
        let paid = |from: Option<GraphAccountId>, to: Option<GraphAccountId>, operation: &str| {
            let document = json!({"label": "PAID", "from": "", "operation": operation});
            let mut edge = StoredEdge::read(document.as_object().unwrap()).unwrap();
            let ends = [from, to].map(|end| Some((end?, GraphAccountType::User)));
            [edge.from, edge.to] = ends;
            edge
        };
        // One forgotten was paid, others paid on.
        let edges = [
            ("1", paid(Some(payer), None, "a")),
            ("2", paid(None, Some(payee), "b")),
            ("3", paid(None, Some(payee), "c")),
        ];
        let edges = edges.map(|(key, edge)| (key.to_owned(), edge)).into();
        let account = |(id, depth)| (id, (GraphAccountType::User, depth));
        let accounts = [(payer, 0), (payee, 1)].map(account).into();
        let asked = vec![("is_complete", Property::Flag(false))];
        let graph = Subgraph::of(&accounts, &BTreeSet::new(), edges, &asked);
        let says =
            |id: GraphAccountId| graph.vertices[&id.to_string()].properties.contains(&asked[0]);
        assert_eq!([payer, payee].map(says), [true, false]);
        let ends: Vec<_> = graph.edges.values().map(|edge| (&*edge.from, &*edge.to)).collect();
        let [payer, payee] = [payer, payee].map(|id| id.to_string());
        let mut expected =
            [(&*payer, "forgotten-1"), ("forgotten-2", &*payee), ("forgotten-3", &*payee)];
        expected.sort_by_key(|(from, to)| format!("PAID {from} {to}"));
        assert_eq!((ends, graph.vertices.len()), (expected.to_vec(), 5));
    }
}
