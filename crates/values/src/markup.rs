//! What somebody has written, in a page.

/// As it may stand in an element or in a quoted attribute of HTML.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_markup_is_text() {
        let written = "</dd><script>alert(\"茶\")</script>&amp;'";
        let text = "&lt;/dd&gt;&lt;script&gt;alert(&quot;茶&quot;)&lt;/script&gt;&amp;amp;&#39;";
        assert_eq!(escaped(written), text);
    }
}
