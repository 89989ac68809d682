//! A graph as GraphML, as TinkerPop, Gephi and yEd read it.

use std::collections::BTreeMap;

use super::subgraph::{Properties, Property, Subgraph};

const BEGIN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n";
/// What TinkerPop keeps labels in.
const VERTEX_LABEL: &str = "labelV";
const EDGE_LABEL: &str = "labelE";

/// The whole file: properties are declared first, then come vertices, then edges, all in order.
pub(crate) fn graphml(graph: &Subgraph) -> String {
    let mut file = BEGIN.to_owned();
    let vertices = || graph.vertices.values().flat_map(|vertex| &vertex.properties);
    file.push_str(&keys("node", VERTEX_LABEL, vertices()));
    let edges = || graph.edges.values().flat_map(|edge| &edge.properties);
    file.push_str(&keys("edge", EDGE_LABEL, edges()));
    file.push_str("<graph id=\"graph\" edgedefault=\"directed\">\n");
    for (id, vertex) in &graph.vertices {
        let data = data(VERTEX_LABEL, vertex.label, &vertex.properties);
        file.push_str(&format!("<node id=\"{}\">{data}</node>\n", escaped(id)));
    }
    for (id, edge) in &graph.edges {
        let [id, from, to] = [id, &edge.from, &edge.to].map(|text| escaped(text));
        let data = data(EDGE_LABEL, &edge.label, &edge.properties);
        file.push_str(&format!(
            "<edge id=\"{id}\" source=\"{from}\" target=\"{to}\">{data}</edge>\n"
        ));
    }
    file.push_str("</graph>\n</graphml>\n");
    file
}

/// The declaration of each property that there is. One of a vertex is never one of an edge.
fn keys<'p>(
    of: &str,
    label: &str,
    properties: impl Iterator<Item = &'p (&'static str, Property)>,
) -> String {
    let mut types: BTreeMap<&str, &str> = BTreeMap::from([(label, "string")]);
    types.extend(properties.map(|(name, value)| (*name, type_of(value))));
    let key = |(name, kind): (&str, &str)| {
        format!("<key id=\"{name}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>\n")
    };
    types.into_iter().map(key).collect()
}

const fn type_of(value: &Property) -> &'static str {
    match value {
        Property::Text(_) => "string",
        Property::Number(_) => "long",
        Property::Flag(_) => "boolean",
    }
}

fn data(label_name: &str, label: &str, properties: &Properties) -> String {
    let mut data = format!("<data key=\"{label_name}\">{}</data>", escaped(label));
    for (name, value) in properties {
        let value = match value {
            Property::Text(text) => escaped(text),
            Property::Number(number) => number.to_string(),
            Property::Flag(is_so) => is_so.to_string(),
        };
        data.push_str(&format!("<data key=\"{name}\">{value}</data>"));
    }
    data
}

/// As it may stand in XML 1.0, between tags and in quotation marks. What may not stand there in any
/// form is shown as a character that is missing; white space other than ' ' by number, since
/// readers make ' ' of it in attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\t' | '\n' | '\r' => escaped.push_str(&format!("&#{};", u32::from(character))),
            '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::subgraph::samples::hostile;
    use super::*;

    #[test]
    fn a_graph_is_written_with_its_properties_declared_and_its_texts_escaped() {
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">
<key id=\"depth\" for=\"node\" attr.name=\"depth\" attr.type=\"long\"/>
<key id=\"has_all_edges\" for=\"node\" attr.name=\"has_all_edges\" attr.type=\"boolean\"/>
<key id=\"labelV\" for=\"node\" attr.name=\"labelV\" attr.type=\"string\"/>
<key id=\"amount\" for=\"edge\" attr.name=\"amount\" attr.type=\"long\"/>
<key id=\"labelE\" for=\"edge\" attr.name=\"labelE\" attr.type=\"string\"/>
<key id=\"status\" for=\"edge\" attr.name=\"status\" attr.type=\"string\"/>
<graph id=\"graph\" edgedefault=\"directed\">
<node id=\"a\"><data key=\"labelV\">user</data><data key=\"depth\">0</data>\
<data key=\"has_all_edges\">true</data></node>
<node id=\"b\"><data key=\"labelV\">user</data><data key=\"depth\">1</data>\
<data key=\"has_all_edges\">false</data></node>
<edge id=\"1\" source=\"a\" target=\"b\"><data key=\"labelE\">paid</data>\
<data key=\"amount\">12850</data>\
<data key=\"status\">&lt;&quot;&amp;&apos;&gt;\u{fffd}&#10;陳</data></edge>
<edge id=\"2\" source=\"b\" target=\"a\"><data key=\"labelE\">friend</data></edge>
</graph>
</graphml>
";
        assert_eq!(graphml(&hostile()), expected);
    }
}
