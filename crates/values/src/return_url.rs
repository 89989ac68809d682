//! Where a shop has its payers return to.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const LENGTH_MAX: usize = 1024;
const SCHEME: &str = "https://";

/// An address of the shop's own site: of a named host, by https, as it stands. Narrower than what
/// browsers take, so that its host is the one that a payer is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, max_length = 1024, example = "https://shop.example/orders/10023")]
pub struct ReturnUrl(String);

/// The text is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an https address of a named host is expected, in lower case, without port and user, of at \
     most {LENGTH_MAX} characters"
)]
pub struct ReturnUrlError;

impl ReturnUrl {
    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host's name.
    pub fn host(&self) -> &str {
        host(&self.0).unwrap_or_default()
    }
}

impl TryFrom<String> for ReturnUrl {
    type Error = ReturnUrlError;

    fn try_from(text: String) -> Result<Self, ReturnUrlError> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !br#""<>\^`{|}"#.contains(&byte);
        let is_named = host(&text).is_some_and(is_name);
        let is_good = text.len() <= LENGTH_MAX && text.bytes().all(is_plain) && is_named;
        if is_good { Ok(Self(text)) } else { Err(ReturnUrlError) }
    }
}

fn host(url: &str) -> Option<&str> {
    url.strip_prefix(SCHEME)?.split(['/', '?', '#']).next()
}

/// Labels with dots between. The last begins with a letter, so it is no address.
fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        let is_inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let (first, last) = (label.bytes().next(), label.bytes().last());
        (1..=63).contains(&label.len())
            && first.is_some_and(is_inside)
            && last.is_some_and(is_inside)
            && label.bytes().all(|byte| is_inside(byte) || byte == b'-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.')
        && host.split('.').all(is_label)
        && last.starts_with(|first: char| first.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_named_host_is_taken_as_it_stands() {
        for (text, host) in [
            ("https://shop.example", "shop.example"),
            ("https://shop.example/orders/10023?paid=yes#top", "shop.example"),
            ("https://www.2-shops.com.hk/?a=b@c", "www.2-shops.com.hk"),
            ("https://xn--j6w193g.hk#x", "xn--j6w193g.hk"),
        ] {
            let url = ReturnUrl::try_from(text.to_owned()).unwrap();
            assert_eq!((url.as_str(), url.host()), (text, host));
        }
    }

    #[test]
    fn what_a_browser_would_read_as_another_host_or_scheme_is_refused() {
        for text in [
            "",
            "http://shop.example/",
            "HTTPS://shop.example/",
            "javascript:alert(1)",
            "//shop.example/",
            "https:shop.example",
            "https:///shop.example",
            "https://shop.example:8443/",
            "https://shop.example@evil.example/",
            "https://evil.example\\@shop.example/",
            "https://shop.example\\.evil.example/",
            "https://shop.example\t.evil.example/",
            "https://shop.example/ x",
            "https://shop.example/\"onclick=",
            "https://永記.hk/",
            "https://Shop.example/",
            "https://localhost/",
            "https://127.0.0.1/",
            "https://0x7f.0x1/",
            "https://[::1]/",
            "https://.example/",
            "https://shop..example/",
            "https://shop.example./",
            "https://-shop.example/",
            " https://shop.example/",
        ] {
            assert_eq!(ReturnUrl::try_from(text.to_owned()), Err(ReturnUrlError), "{text}");
        }
        let long = format!("https://shop.example/{}", "a".repeat(LENGTH_MAX));
        assert_eq!(ReturnUrl::try_from(long), Err(ReturnUrlError));
    }
}
