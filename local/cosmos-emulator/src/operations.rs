//! What a request asks for, by method, path and headers, as Cosmos DB's REST API has it.

use hyper::body::Bytes;
use hyper::{HeaderMap, Method};

pub(crate) const PARTITION_KEY: &str = "x-ms-documentdb-partitionkey";
pub(crate) const IS_PLAN: &str = "x-ms-cosmos-is-query-plan-request";
const IS_QUERY: [&str; 2] = ["x-ms-documentdb-isquery", "x-ms-documentdb-query"];
const IS_BATCH: &str = "x-ms-cosmos-is-batch-request";
/// With these a query is one client's question to a part of a container.
const PARTS: [&str; 3] = ["x-ms-documentdb-partitionkeyrangeid", "x-ms-start-epk", "x-ms-end-epk"];

/// A request that has been read.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Without slashes at both ends; its segments are encoded as the client sent them.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// A document, or what the account says of itself, its containers and their partitions.
    Read,
    /// The documents of a container in order of keys, or of change.
    Feed,
    Query,
    /// How a client is to put a query together from answers of the parts of a container.
    Plan,
    Write,
    /// Several writes to one partition, all or none.
    Batch,
    /// Makes, changes or deletes databases, containers or throughput.
    ControlPlane,
    /// Stored procedures, triggers, users, …
    Unknown,
}

impl Call {
    pub(crate) fn operation(&self) -> Operation {
        let segments: Vec<&str> = self.path.split('/').collect();
        match (self.method.as_str(), &segments[..]) {
            ("GET", [""] | ["dbs"] | ["dbs", _] | ["dbs", _, "colls"])
            | ("GET", ["dbs", _, "colls", _] | ["dbs", _, "colls", _, "pkranges"])
            | ("GET", ["dbs", _, "colls", _, "docs", _]) => Operation::Read,
            ("GET", ["dbs", _, "colls", _, "docs"]) => Operation::Feed,
            ("POST", ["dbs"] | ["dbs", _, "colls"]) if self.is_query() => Operation::Read,
            ("POST", ["dbs", _, "colls", _, "docs"]) if self.has(IS_PLAN) => Operation::Plan,
            ("POST", ["dbs", _, "colls", _, "docs"]) if self.is_query() => Operation::Query,
            ("POST", ["dbs", _, "colls", _, "docs"]) if self.has(IS_BATCH) => Operation::Batch,
            ("POST", ["dbs", _, "colls", _, "docs"])
            | ("PUT" | "PATCH" | "DELETE", ["dbs", _, "colls", _, "docs", _]) => Operation::Write,
            (_, ["offers", ..] | ["dbs"] | ["dbs", _])
            | (_, ["dbs", _, "colls"] | ["dbs", _, "colls", _]) => Operation::ControlPlane,
            _ => Operation::Unknown,
        }
    }

    /// Whether it asks a part of a container that no partition key delimits.
    pub(crate) fn is_of_a_part(&self) -> bool {
        let asks_part = PARTS.iter().any(|name| self.headers.contains_key(*name));
        asks_part && !self.headers.contains_key(PARTITION_KEY)
    }

    fn is_query(&self) -> bool {
        IS_QUERY.iter().any(|name| self.has(name))
    }

    /// Whether a header says `true`.
    fn has(&self, name: &str) -> bool {
        self.header(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(method: &str, path: &str, header: &'static str) -> Operation {
        let headers = match header {
            "" => HeaderMap::new(),
            name => [(name.parse().unwrap(), "True".parse().unwrap())].into_iter().collect(),
        };
        let (method, path) = (method.parse().unwrap(), path.to_owned());
        Call { method, path, headers, body: Bytes::new() }.operation()
    }

    #[test]
    fn one_path_takes_documents_queries_plans_and_batches_by_header() {
        let path = "dbs/graph/colls/elements/docs";
        assert_eq!(operation("POST", path, ""), Operation::Write);
        assert_eq!(operation("POST", path, IS_QUERY[0]), Operation::Query);
        assert_eq!(operation("POST", path, IS_PLAN), Operation::Plan);
        assert_eq!(operation("POST", path, IS_BATCH), Operation::Batch);
        assert_eq!(operation("GET", path, ""), Operation::Feed);
    }

    #[test]
    fn a_token_changes_no_database_container_or_throughput() {
        for (method, path) in [
            ("POST", "dbs"),
            ("DELETE", "dbs/graph"),
            ("POST", "dbs/graph/colls"),
            ("PUT", "dbs/graph/colls/elements"),
            ("DELETE", "dbs/graph/colls/elements"),
            ("GET", "offers"),
            ("PUT", "offers/o"),
        ] {
            assert_eq!(operation(method, path, ""), Operation::ControlPlane, "{method} {path}");
        }
    }

    #[test]
    fn what_is_not_listed_is_not_known() {
        for (method, path) in [
            ("POST", "dbs/graph/colls/elements/sprocs/bulk"),
            ("GET", "dbs/graph/colls/elements/triggers"),
            ("GET", "dbs/graph/users"),
            ("DELETE", "dbs/graph/colls/elements/docs"),
        ] {
            assert_eq!(operation(method, path, ""), Operation::Unknown, "{method} {path}");
        }
    }
}
