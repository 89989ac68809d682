//! How many edges there are, what they sum up to, and a digest of all of each: equal for the same
//! documents in whatever order.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value};

/// Of some edges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) count: u64,
    /// Cents.
    pub(crate) sum: i64,
    pub(crate) digest: u128,
}

impl Tally {
    /// Counts an edge too.
    pub(crate) fn add(&mut self, document: &Map<String, Value>) {
        self.count = self.count.saturating_add(1);
        let amount = document.get("amount").and_then(Value::as_i64).unwrap_or_default();
        self.sum = self.sum.saturating_add(amount);
        // A sum, not an exclusive or, in which an edge that stands twice is not there.
        self.digest = self.digest.wrapping_add(digest_of(document));
    }
}

/// Of all that is ours of a document; its names are sorted.
pub(super) fn digest_of(document: &Map<String, Value>) -> u128 {
    digest_of_text(&Value::Object(ours(document)).to_string())
}

/// The first half of its SHA-256.
pub(super) fn digest_of_text(text: &str) -> u128 {
    let hash = digest(&SHA256, text.as_bytes());
    let half = hash.as_ref().iter().take(16);
    half.fold(0, |number: u128, byte| (number << 8) | u128::from(*byte))
}

/// A document without what Cosmos adds to it.
pub(crate) fn ours(document: &Map<String, Value>) -> Map<String, Value> {
    const THEIRS: [&str; 5] = ["_rid", "_self", "_etag", "_attachments", "_ts"];
    let is_ours = |name: &str| !THEIRS.contains(&name);
    document.iter().filter(|(name, _)| is_ours(name)).map(|(n, v)| (n.clone(), v.clone())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tally(documents: &[Value]) -> Tally {
        let mut tally = Tally::default();
        documents.iter().for_each(|document| tally.add(document.as_object().unwrap()));
        tally
    }

    #[test]
    fn the_same_edges_have_the_same_digest_in_whatever_order_and_no_others_do() {
        let (one, other) = (json!({"id": "a", "amount": 5}), json!({"amount": 7, "id": "b"}));
        let both = tally(&[one.clone(), other.clone()]);
        assert_eq!((both.count, both.sum), (2, 12));
        assert_eq!(both, tally(&[other.clone(), json!({"amount": 5, "id": "a", "_ts": 1})]));
        for wrong in [
            vec![one.clone()],
            vec![one.clone(), one.clone()],
            vec![one.clone(), other.clone(), other],
            vec![one, json!({"id": "b", "amount": 7, "to": "c"})],
        ] {
            assert_ne!(tally(&wrong).digest, both.digest);
        }
    }
}
