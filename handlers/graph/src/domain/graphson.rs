//! A graph as GraphSON 3, as TinkerPop reads it: each vertex is a line of JSON, with the edges that
//! leave it and those that reach it.

use serde_json::{Map, Value, json};

use super::subgraph::{FileEdge, Properties, Property, Subgraph};

/// The whole file: vertices in order, and the edges of each.
pub(crate) fn graphson(graph: &Subgraph) -> String {
    // What a vertex says of itself has an id of its own, a number.
    let mut next_id: i64 = 0;
    let mut file = String::new();
    for (id, vertex) in &graph.vertices {
        let mut line = Map::new();
        line.insert("id".to_owned(), json!(id));
        line.insert("label".to_owned(), json!(vertex.label));
        let out = edges(graph, "inV", |edge| (&edge.from == id).then_some(&edge.to));
        let into = edges(graph, "outV", |edge| (&edge.to == id).then_some(&edge.from));
        for (name, edges) in [("outE", out), ("inE", into)] {
            if !edges.is_empty() {
                line.insert(name.to_owned(), Value::Object(edges));
            }
        }
        let mut properties = Map::new();
        for (name, value) in &vertex.properties {
            let value = json!([{"id": number(next_id), "value": typed(value)}]);
            properties.insert((*name).to_owned(), value);
            next_id = next_id.saturating_add(1);
        }
        line.insert("properties".to_owned(), Value::Object(properties));
        file.push_str(&Value::Object(line).to_string());
        file.push('\n');
    }
    file
}

/// The edges of a vertex by their labels, each with the other end that `other` finds.
fn edges<'g>(
    graph: &'g Subgraph,
    end: &str,
    other: impl Fn(&'g FileEdge) -> Option<&'g String>,
) -> Map<String, Value> {
    let mut by_label: Map<String, Value> = Map::new();
    for (id, edge) in &graph.edges {
        let Some(other) = other(edge) else { continue };
        let edges = by_label.entry(edge.label.clone()).or_insert_with(|| json!([]));
        let edge = json!({"id": id, end: other, "properties": plain(&edge.properties)});
        edges.as_array_mut().into_iter().for_each(|edges| edges.push(edge.clone()));
    }
    by_label
}

/// An edge's have no ids.
fn plain(properties: &Properties) -> Map<String, Value> {
    properties.iter().map(|(name, value)| ((*name).to_owned(), typed(value))).collect()
}

fn typed(value: &Property) -> Value {
    match value {
        Property::Text(text) => json!(text),
        Property::Number(value) => number(*value),
        Property::Flag(is_so) => json!(is_so),
    }
}

fn number(value: i64) -> Value {
    json!({"@type": "g:Int64", "@value": value})
}

#[cfg(test)]
mod tests {
    use super::super::subgraph::samples::hostile;
    use super::*;

    #[test]
    fn each_vertex_is_a_line_with_its_edges_on_both_sides_and_typed_numbers() {
        let file = graphson(&hostile());
        let lines: Vec<Value> =
            file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let long = |value: i64| json!({"@type": "g:Int64", "@value": value});
        let paid = json!({"amount": long(12_850), "status": "<\"&'>\u{1}\n陳"});
        let vertex = |id: i64, depth: i64, is_whole: bool| {
            json!({
                "depth": [{"id": long(id), "value": long(depth)}],
                "has_all_edges": [{"id": long(id + 1), "value": is_whole}],
            })
        };
        assert_eq!(
            lines,
            [
                json!({
                    "id": "a", "label": "user", "properties": vertex(0, 0, true),
                    "outE": {"paid": [{"id": "1", "inV": "b", "properties": paid}]},
                    "inE": {"friend": [{"id": "2", "outV": "b", "properties": {}}]},
                }),
                json!({
                    "id": "b", "label": "user", "properties": vertex(2, 1, false),
                    "outE": {"friend": [{"id": "2", "inV": "a", "properties": {}}]},
                    "inE": {"paid": [{"id": "1", "outV": "a", "properties": paid}]},
                }),
            ]
        );
    }
}
