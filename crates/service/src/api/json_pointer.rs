//! JSON pointers (RFC 6901), and the one to the value that serde refuses.

use serde::de::DeserializeOwned;

/// A container that was opened and not closed yet.
enum Open {
    /// With the field that is being read.
    Object(Option<String>),
    /// With the position that is being read.
    Array(usize),
}

/// The pointer to a field of the object that `pointer` leads to.
pub(super) fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The pointer to the value for which a well-formed text is no `T`. What serde buffers, as it does
/// with tagged enums, is named as a whole.
pub(super) fn to_misread<T: DeserializeOwned>(error: &serde_json::Error, json: &[u8]) -> String {
    let mut read = without_comma(&json[..end_of_reading(error, json)]);
    // Serde tells of a container's last value only after the container's end, as of the container
    // itself. With a comma too many it tells the two apart.
    while let Some((b'}' | b']', before)) = read.split_last() {
        let probe = [before, b",", &json[before.len()..]].concat();
        let Err(error) = serde_json::from_slice::<T>(&probe) else { break };
        let value = without_comma(&probe[..end_of_reading(&error, &probe)]);
        if value.len() > before.len() {
            break;
        }
        read = &json[..value.len()];
    }
    at_end_of(read)
}

/// Without the comma up to which serde has read after a value.
fn without_comma(json: &[u8]) -> &[u8] {
    let json = json.trim_ascii_end();
    json.strip_suffix(b",").unwrap_or(json).trim_ascii_end()
}

/// How much serde had read when it gave up, in bytes; nothing if it does not say.
fn end_of_reading(error: &serde_json::Error, json: &[u8]) -> usize {
    let lines = json.split_inclusive(|byte| *byte == b'\n');
    let before = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum::<usize>();
    before.saturating_add(error.column()).min(json.len())
}

/// The pointer to the value with which the beginning of a well-formed text ends.
fn at_end_of(json: &[u8]) -> String {
    let mut open = Vec::new();
    let mut string_from = None;
    let mut is_escaped = false;
    for (at, byte) in json.iter().enumerate() {
        if let Some(from) = string_from {
            if !is_escaped && *byte == b'"' {
                string_from = None;
                if let Some(Open::Object(name @ None)) = open.last_mut() {
                    *name = serde_json::from_slice(&json[from..=at]).ok();
                }
            }
            is_escaped = !is_escaped && *byte == b'\\';
            continue;
        }
        match byte {
            b'"' => string_from = Some(at),
            b'{' => open.push(Open::Object(None)),
            b'[' => open.push(Open::Array(0)),
            b'}' | b']' => drop(open.pop()),
            b',' => match open.last_mut() {
                Some(Open::Object(name)) => *name = None,
                Some(Open::Array(index)) => *index = index.saturating_add(1),
                None => (),
            },
            _ => (),
        }
    }
    open.iter().fold(String::new(), |pointer, open| match open {
        Open::Object(Some(name)) => child(&pointer, name),
        Open::Object(None) => pointer,
        Open::Array(index) => format!("{pointer}/{index}"),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use values::Phone;

    use super::*;

    #[test]
    fn the_value_with_which_a_text_ends_is_found() {
        for (json, pointer) in [
            ("", ""),
            ("{", ""),
            (r#"{"a""#, "/a"),
            (r#"{"a":1"#, "/a"),
            (r#"{"a":1,"#, ""),
            (r#"{"a":{"b":[1,"],{",{"c\"/~é":2"#, "/a/b/2/c\"~1~0é"),
            (r#"{"a":{"b":[1,"\\",{}]}"#, "/a"),
            (r#"{"a":"\"", "b" : [[], [3"#, "/b/1/0"),
            ("{\"a\":1}", ""),
        ] {
            assert_eq!(at_end_of(json.as_bytes()), pointer, "{json}");
        }
    }

    #[test]
    fn the_value_that_serde_refuses_is_found_wherever_it_stands() {
        type Names = BTreeMap<String, Vec<Phone>>;
        for (json, pointer) in [
            ("{\n \"é\": [],\n \"b\": [\"+85261234567\", \"1\"], \"c\": []}", "/b/1"),
            ("{\n \"é\": [],\n \"b\": [\"1\" ]\n }\n", "/b/0"),
            (r#"{"a":["1"]}"#, "/a/0"),
            (r#"{"a":["1","+85261234567"],"b":[]}"#, "/a/0"),
            (r#"{"a":[],"b":{}}"#, "/b"),
        ] {
            let error = serde_json::from_str::<Names>(json).unwrap_err();
            assert_eq!(to_misread::<Names>(&error, json.as_bytes()), pointer, "{json}");
        }
    }
}
