//! What a key was used for, as one text that only another operation or another input changes.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Error, Value};

/// The form of the text. Digests of it are kept as long as their keys: for so long after a change
/// of the form, those of the old one must be recognised too.
const VERSION: &str = "v1";

/// Version, operation and input, each on a line: JSON escapes line ends, and an operation is named
/// in code. The members of the input stand in order of their names and without those that are null.
/// So a retry that meets a newer build still says the same, wherever that build's input has its
/// fields and whatever `Option` it has gained. A new field with another default would not do.
pub(super) fn canonical_text(operation: &str, input: &impl Serialize) -> Result<String, Error> {
    let input = canonical(serde_json::to_value(input)?);
    Ok(format!("{VERSION}\n{operation}\n{input}"))
}

fn canonical(value: Value) -> Value {
    match value {
        // Sorted here: a dependency can make serde_json keep the order in which members came.
        Value::Object(members) => {
            let said = members.into_iter().filter(|(_, member)| !member.is_null());
            let sorted: BTreeMap<String, Value> =
                said.map(|(name, member)| (name, canonical(member))).collect();
            sorted.into_iter().collect()
        }
        // A null in a list has a place, so it says something.
        Value::Array(items) => items.into_iter().map(canonical).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Serialize)]
    struct Before {
        payee: &'static str,
        amount: Amount,
    }

    #[derive(Serialize)]
    struct Amount {
        cents: i64,
    }

    /// A newer build's `Before`: fields more, at two depths, and another order.
    #[derive(Serialize)]
    struct After {
        reference: Option<&'static str>,
        amount: NewAmount,
        payee: &'static str,
    }

    #[derive(Serialize)]
    struct NewAmount {
        rounding: Option<i64>,
        cents: i64,
    }

    fn after(reference: Option<&'static str>, rounding: Option<i64>) -> String {
        let after = After { reference, amount: NewAmount { rounding, cents: 5 }, payee: "biz_1" };
        canonical_text("pay", &after).unwrap()
    }

    #[test]
    fn the_text_is_this_one_or_every_key_in_use_would_be_refused() {
        let input = json!({"b": [2, null, {"d": null, "c": "two\nlines"}], "a": {"e": null}});
        let expected = "v1\npay\n{\"a\":{},\"b\":[2,null,{\"c\":\"two\\nlines\"}]}";
        assert_eq!(canonical_text("pay", &input).unwrap(), expected);
    }

    #[test]
    fn an_input_that_has_gained_optional_fields_says_the_same_without_them() {
        let before = Before { payee: "biz_1", amount: Amount { cents: 5 } };
        assert_eq!(canonical_text("pay", &before).unwrap(), after(None, None));
    }

    #[test]
    fn another_value_at_any_depth_and_another_operation_say_something_else() {
        let text = |operation, input: Value| canonical_text(operation, &input).unwrap();
        let texts = [
            after(None, None),
            after(Some("T7"), None),
            after(Some("null"), None),
            after(Some(""), None),
            after(None, Some(0)),
            text("pay", json!({"payee": "biz_1", "amount": {"cents": 6}})),
            text("pay", json!({"payee": "biz_1", "amount": {"cents": "5"}})),
            text("pay", json!({"payee": "biz_1", "amount": {}})),
            text("pay", json!({"payee": "biz_1"})),
            text("pay", json!({"payee": "biz_1", "amount": [{"cents": 5}]})),
            text("pay", json!({"payee": "biz_1", "amount": [{"cents": 5}, null]})),
            text("pay", json!({"payee": "biz_1", "amount": [null, {"cents": 5}]})),
            text("top_up", json!({"payee": "biz_1", "amount": {"cents": 5}})),
        ];
        for (position, text) in texts.iter().enumerate() {
            assert_eq!(texts.iter().position(|other| other == text), Some(position), "{text}");
        }
    }
}
