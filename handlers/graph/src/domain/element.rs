//! Vertices and edges as documents, in the form that Cosmos' NoSQL and Gremlin interfaces both
//! read: an edge stands in the partition of the vertex that it leaves.

use serde_json::{Map, Value, json};

use super::fact::Known;

/// One document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Element {
    /// Unique in its partition.
    pub(crate) id: String,
    pub(crate) partition: String,
    pub(crate) label: String,
    /// `None` of a vertex.
    pub(crate) ends: Option<Ends>,
    /// What it is for good, beside its ends.
    pub(crate) fixed: Vec<(&'static str, Value)>,
    /// What its sources say.
    pub(crate) known: Vec<Known>,
}

/// The vertices of an edge; each stands in a partition of its own id.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ends {
    pub(crate) source: Vertex,
    pub(crate) sink: Vertex,
}

/// A vertex, as an edge names it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Vertex {
    pub(crate) id: String,
    pub(crate) label: &'static str,
}

impl Element {
    /// As it is created.
    pub(crate) fn document(&self) -> Map<String, Value> {
        let mut document = Map::new();
        let mut set = |name: &str, value: Value| document.insert(name.to_owned(), value);
        set("id", json!(self.id));
        set("partition", json!(self.partition));
        set("label", json!(self.label));
        if let Some(Ends { source, sink }) = &self.ends {
            set("_isEdge", json!(true));
            set("_vertexId", json!(source.id));
            set("_vertexLabel", json!(source.label));
            set("_sink", json!(sink.id));
            set("_sinkLabel", json!(sink.label));
            set("_sinkPartition", json!(sink.id));
        }
        for (name, value) in &self.fixed {
            self.set(&mut document, name, value.clone());
        }
        for known in &self.known {
            self.learn(&mut document, known);
        }
        document
    }

    /// The stored document with what is newer here; `None` if nothing is.
    pub(crate) fn merged(&self, stored: &Map<String, Value>) -> Option<Map<String, Value>> {
        let mut document = stored.clone();
        let mut is_newer = false;
        for known in &self.known {
            let version = self.get(stored, &version_of(known.source)).and_then(Value::as_u64);
            if version.is_none_or(|version| version < u64::from(known.version)) {
                self.learn(&mut document, known);
                is_newer = true;
            }
        }
        is_newer.then_some(document)
    }

    /// Takes what is newer of the same element: of a batch, each document is written once.
    pub(crate) fn absorb(&mut self, other: Self) {
        for theirs in other.known {
            match self.known.iter_mut().find(|ours| ours.source == theirs.source) {
                Some(ours) if ours.version >= theirs.version => {}
                Some(ours) => *ours = theirs,
                None => self.known.push(theirs),
            }
        }
    }

    fn learn(&self, document: &mut Map<String, Value>, known: &Known) {
        for (name, value) in &known.properties {
            self.set(document, name, value.clone());
        }
        self.set(document, &version_of(known.source), json!(known.version));
    }

    /// An edge's properties are plain; a vertex may have several values for each of its own.
    fn set(&self, document: &mut Map<String, Value>, name: &str, value: Value) {
        let value = match self.ends {
            Some(_) => value,
            None => json!([{"id": name, "_value": value}]),
        };
        document.insert(name.to_owned(), value);
    }

    fn get<'d>(&self, document: &'d Map<String, Value>, name: &str) -> Option<&'d Value> {
        let value = document.get(name)?;
        if self.ends.is_some() { Some(value) } else { value.get(0)?.get("_value") }
    }
}

fn version_of(source: &str) -> String {
    format!("{source}_version")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vertex(source: &'static str, version: u32, value: &str) -> Element {
        let properties = vec![("tier", json!(value))];
        Element {
            id: "gac_1".to_owned(),
            partition: "gac_1".to_owned(),
            label: "user".to_owned(),
            ends: None,
            fixed: Vec::new(),
            known: vec![Known { source, version, properties }],
        }
    }

    #[test]
    fn a_vertex_has_the_form_that_gremlin_reads() {
        assert_eq!(
            Value::Object(vertex("verification", 3, "verified").document()),
            json!({
                "id": "gac_1",
                "partition": "gac_1",
                "label": "user",
                "tier": [{"id": "tier", "_value": "verified"}],
                "verification_version": [{"id": "verification_version", "_value": 3}],
            })
        );
    }

    #[test]
    fn of_two_versions_the_higher_stands_whichever_comes_first() {
        let (old, new) = (vertex("verification", 1, "no"), vertex("verification", 2, "yes"));
        assert_eq!(new.merged(&old.document()), Some(new.document()));
        assert_eq!(old.merged(&new.document()), None);
        assert_eq!(new.merged(&new.document()), None);
        for [mut first, second] in [[old.clone(), new.clone()], [new.clone(), old]] {
            first.absorb(second);
            assert_eq!(first, new);
        }
    }

    #[test]
    fn sources_do_not_know_of_each_other() {
        let mut other = vertex("wallet", 1, "closed");
        other.known[0].properties = vec![("closed_at", json!("then"))];
        let stored = vertex("verification", 9, "yes").document();
        let merged = other.merged(&stored).unwrap();
        assert_eq!(merged["tier"], stored["tier"]);
        assert_eq!(merged["closed_at"][0]["_value"], "then");
    }
}
