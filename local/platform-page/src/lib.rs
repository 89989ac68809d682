//! What the pages of the local platform share: their frame, their style, and what a browser may do
//! with them. They are whole without a script; the one there is keeps a page up to date.

use std::fmt::{self, Display, Write};
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use time::OffsetDateTime;

const CSS: &str = include_str!("page.css");
const REFRESH: &str = include_str!("page.js");
/// As many colours as one can tell apart, and a few more.
const HUES: u16 = 36;
/// What is indented deeper stands no further to the right.
const INDENTS: usize = 16;

/// All pages have one, so that a policy can name it.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    let hues = (0..HUES).map(|hue| {
        let degrees = hue.saturating_mul(360) / HUES;
        format!(".h{hue} {{ --hue: {degrees}; }}\n")
    });
    let indents = (0..=INDENTS).map(|depth| format!(".d{depth} {{ padding-left: {depth}rem; }}\n"));
    [CSS.to_owned()].into_iter().chain(hues).chain(indents).collect()
});

/// Nothing but the style and the script of this crate, and forms that ask the page's own program.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| BASE64_STANDARD.encode(digest(&SHA256, text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        hash(&STYLE),
        hash(REFRESH),
    )
});

/// Text of others: whatever HTML would read is written so that it does not.
#[derive(Debug, Clone, Copy)]
pub struct Escaped<'a>(pub &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// A page of what was and stays so. The title is text, the rest HTML.
#[must_use]
pub fn fixed(title: &str, main: &str) -> String {
    document(title, "", main, "")
}

/// A page of what goes on: `main` is brought up to date, what is being typed into `form` stays.
#[must_use]
pub fn live(title: &str, form: &str, main: &str) -> String {
    let refresh = format!(
        "<noscript><meta http-equiv=refresh content=10></noscript><script>{REFRESH}</script>"
    );
    document(title, form, main, &refresh)
}

fn document(title: &str, form: &str, main: &str, refresh: &str) -> String {
    let (title, style) = (Escaped(title), &*STYLE);
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <style>{style}</style>{refresh}</head><body><h1>{title}</h1>{form}<main>{main}</main>\
         </body></html>"
    )
}

/// A table, which scrolls by itself where it is wider than the screen. A head that begins with `#`
/// is that of numbers. The cells are HTML.
#[must_use]
pub fn table(heads: &[&str], rows: &str) -> String {
    let heads = heads.iter().map(|head| match head.strip_prefix('#') {
        Some(head) => format!("<th class=number>{head}</th>"),
        None => format!("<th>{head}</th>"),
    });
    let heads: String = heads.collect();
    format!(
        "<div class=table><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
}

/// A form that asks the page itself for what is like `value`, and again for what is `kept`.
#[must_use]
pub fn search(name: &str, label: &str, value: &str, kept: &[(&str, &str)]) -> String {
    let value = Escaped(value);
    let kept = kept.iter().map(|(name, value)| {
        format!("<input type=hidden name={name} value=\"{}\">", Escaped(value))
    });
    format!(
        "<form>{}<label>{label} <input type=search name={name} value=\"{value}\"></label> \
         <button>Find</button></form>",
        kept.collect::<String>()
    )
}

/// `12:34:56.789`
#[must_use]
pub fn clock(at: OffsetDateTime) -> String {
    let (hour, minute, second, millisecond) = at.time().as_hms_milli();
    format!("{hour:02}:{minute:02}:{second:02}.{millisecond:03}")
}

/// The class that colours a service, the same on every page.
#[must_use]
pub fn hue(service: &str) -> String {
    let mix = |hue: u16, byte| hue.wrapping_mul(33).wrapping_add(u16::from(byte));
    format!("h{}", service.bytes().fold(0, mix) % HUES)
}

/// The class that moves what has been led to by so many others to the right.
#[must_use]
pub fn indent(depth: usize) -> String {
    format!("d{}", depth.min(INDENTS))
}

/// The answer to a browser with these request headers. A name of somebody else's that leads to this
/// machine would let their pages read this one, so it gets none.
#[must_use]
pub fn answer(request: &HeaderMap, status: StatusCode, html: String) -> Response<String> {
    let (status, html) = if is_local(request.get(HOST)) {
        (status, html)
    } else {
        let told = "<p>This page is at 127.0.0.1 and localhost only.</p>";
        (StatusCode::MISDIRECTED_REQUEST, fixed("Another name", told))
    };
    let mut response = Response::new(html);
    *response.status_mut() = status;
    let policy = HeaderValue::from_str(&POLICY);
    for (name, value) in [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, policy.unwrap_or(HeaderValue::from_static("default-src 'none'"))),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ] {
        response.headers_mut().insert(name, value);
    }
    response
}

fn is_local(host: Option<&HeaderValue>) -> bool {
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    ["127.0.0.1", "localhost"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(host: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))])
    }

    #[test]
    fn a_browser_may_use_the_style_and_the_script_of_a_page_and_nothing_else() {
        let answer = answer(&from("127.0.0.1:1"), StatusCode::OK, live("Now", "", "<p>1</p>"));
        let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"));
        for (kind, open, close) in
            [("style-src", "<style>", "</style>"), ("script-src", "<script>", "</script>")]
        {
            let (_, rest) = answer.body().split_once(open).unwrap();
            let (text, _) = rest.split_once(close).unwrap();
            let hash = BASE64_STANDARD.encode(digest(&SHA256, text.as_bytes()));
            assert!(policy.contains(&format!("{kind} 'sha256-{hash}'")), "{policy}");
        }
        assert!(!answer.body().contains(" style="), "no policy but one of hashes allows it");
    }

    #[test]
    fn a_page_is_answered_under_the_names_of_this_machine_only() {
        let page = |host| answer(&from(host), StatusCode::OK, fixed("Secret", "words"));
        for host in ["127.0.0.1:27081", "localhost:27081", "localhost"] {
            assert!(page(host).body().contains("words"), "{host}");
        }
        for host in ["pages.example", "localhost.pages.example:1", ""] {
            assert_eq!(page(host).status(), StatusCode::MISDIRECTED_REQUEST, "{host}");
            assert!(!page(host).body().contains("words"), "{host}");
        }
    }

    #[test]
    fn a_title_of_others_is_text() {
        assert!(fixed("<b>", "").contains("<h1>&lt;b&gt;</h1>"));
    }
}
