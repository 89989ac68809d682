//! JSON as people write it and the host reads it: with comments, and a byte order mark before it.

use serde::de::DeserializeOwned;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What the text says. Errors name line and column of the text as it stands.
pub(crate) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, serde_json::Error> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    serde_json::from_slice(&without_comments(text))
}

/// The text with blanks in the place of `// …` and `/* … */`.
fn without_comments(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let length = match rest {
            [b'"', ..] => end_of_string(after).saturating_add(1),
            [b'/', b'/', ..] => position(rest, |tail| tail.starts_with(b"\n")),
            [b'/', b'*', body @ ..] => {
                position(body, |tail| tail.starts_with(b"*/")).saturating_add(4)
            }
            _ => 1,
        };
        let (part, next) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        if matches!(rest, [b'/', b'/' | b'*', ..]) {
            // Line ends stay, for the errors.
            plain.extend(part.iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }));
        } else if length == 1 {
            plain.push(first);
        } else {
            plain.extend(part);
        }
        rest = next;
    }
    plain
}

/// How long a string is from behind its opening quote to behind its closing one.
fn end_of_string(text: &[u8]) -> usize {
    let mut is_escaped = false;
    let end = text.iter().position(|byte| {
        let is_end = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    });
    end.map_or(text.len(), |end| end.saturating_add(1))
}

/// Where the tail first is such; the text's length if it never is.
fn position(text: &[u8], is_such: impl Fn(&[u8]) -> bool) -> usize {
    let tails = (0..text.len()).filter_map(|start| text.get(start..));
    tails.take_while(|tail| !is_such(tail)).count()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn comments_and_a_byte_order_mark_are_passed_over() {
        let text = "\u{feff}{ // the \"name\"\n \"a\": /* was 2 */ 1,\n\"b\": [3 /**/] } // end";
        let value: Value = parse(text.as_bytes()).unwrap();
        assert_eq!(value, json!({"a": 1, "b": [3]}));
    }

    #[test]
    fn what_looks_like_a_comment_within_a_string_is_text() {
        let text = br#"{"url": "https://x/*y*/", "quote": "\"// no", "end": "\\"}// yes"#;
        let value: Value = parse(text).unwrap();
        assert_eq!(value, json!({"url": "https://x/*y*/", "quote": "\"// no", "end": "\\"}));
    }

    #[test]
    fn an_error_names_its_place_in_the_text_with_its_comments() {
        let text = b"{\n/* two\nlines */ \"a\": ?}";
        let error = parse::<Value>(text).unwrap_err();
        assert_eq!((error.line(), error.column()), (3, 15));
        for torn in ["{\"a", "{ /* no end", "{\"a\\", "/"] {
            parse::<Value>(torn.as_bytes()).unwrap_err();
        }
    }
}
