//! Where a webhook may go, as far as the address itself says it; where its name leads is looked at
//! when it is called.

use reqwest::Url;
use serde::Deserialize;
use utoipa::ToSchema;

const LENGTH_MAX: usize = 1024;
/// The network lets our services out to the internet by this one.
const PORT: u16 = 443;

/// The network lets us reach our own resources by these names, past Front Door: nothing that a shop
/// has us call is there. A shop's system on Azure has a name of its own.
const OURS: [&str; 10] = [
    "azure.net",
    "azuredatabricks.net",
    "azurefd.net",
    "azurewebsites.net",
    "cognitiveservices.azure.com",
    "communication.azure.com",
    "cosmos.azure.com",
    "database.azure.com",
    "documents.azure.com",
    "windows.net",
];

/// The address of a shop's own system.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, max_length = 1024, example = "https://shop.example/hooks/payments")]
pub(crate) struct WebhookUrl(Url);

/// Why a text is not such an address.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WebhookUrlError {
    #[error("an address of at most {LENGTH_MAX} characters is expected")]
    Form,
    #[error("an https address is expected")]
    Scheme,
    #[error("the name of a host is expected, not its address")]
    Host,
    #[error("a name of the shop's own is expected, not one that Azure gives")]
    Ours,
    #[error("port {PORT} is expected")]
    Port,
    #[error("an address without a user, a password and a fragment is expected")]
    Extras,
}

impl WebhookUrl {
    /// One that was taken once: a rule that came later does not make it unreadable.
    pub(crate) fn stored(text: &str) -> Option<Self> {
        Url::parse(text).ok().map(Self)
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    /// As it is stored and shown.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl TryFrom<String> for WebhookUrl {
    type Error = WebhookUrlError;

    fn try_from(text: String) -> Result<Self, WebhookUrlError> {
        // The parser takes tabs and line ends out of its text.
        let is_text = text.len() <= LENGTH_MAX && !text.chars().any(char::is_whitespace);
        let url = is_text.then(|| Url::parse(&text).ok()).flatten().ok_or(WebhookUrlError::Form)?;
        if url.as_str().len() > LENGTH_MAX {
            return Err(WebhookUrlError::Form);
        }
        if url.scheme() != "https" {
            return Err(WebhookUrlError::Scheme);
        }
        // 0x7f.1 and 2130706433 are addresses to the parser, as they are to resolvers.
        let name = url.domain().ok_or(WebhookUrlError::Host)?;
        if is_ours(name) {
            return Err(WebhookUrlError::Ours);
        }
        if url.port_or_known_default() != Some(PORT) {
            return Err(WebhookUrlError::Port);
        }
        // A user may be given that is empty.
        let authority = text.split('/').nth(2).unwrap_or_default();
        if authority.contains('@') || url.password().is_some() || url.fragment().is_some() {
            return Err(WebhookUrlError::Extras);
        }
        Ok(Self(url))
    }
}

/// Whether Azure gives such names to resources like our own.
pub(crate) fn is_ours(name: &str) -> bool {
    // The root may be written.
    let name = name.trim_end_matches('.');
    OURS.iter().any(|ours| {
        let rest = name.strip_suffix(ours);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, WebhookUrlError> {
        WebhookUrl::try_from(text.to_owned()).map(|url| url.as_str().to_owned())
    }

    #[test]
    fn an_https_address_of_a_named_host_is_taken() {
        for (text, kept) in [
            ("https://shop.example", "https://shop.example/"),
            ("https://shop.example:443/a", "https://shop.example/a"),
            ("https://shop.example/a?b=c%20d", "https://shop.example/a?b=c%20d"),
            ("https://永記.hk/收款", "https://xn--j6w193g.hk/%E6%94%B6%E6%AC%BE"),
            ("https://shop.example/@us", "https://shop.example/@us"),
            ("https://notazure.net/", "https://notazure.net/"),
            ("https://azurewebsites.net.shop.example/", "https://azurewebsites.net.shop.example/"),
            (
                "https://shop.eastasia.cloudapp.azure.com/",
                "https://shop.eastasia.cloudapp.azure.com/",
            ),
        ] {
            let read = read(text);
            assert!(read.is_ok(), "{text}");
            if text.is_ascii() {
                assert_eq!(read, Ok(kept.to_owned()));
            }
        }
    }

    #[test]
    fn anything_else_is_refused_and_says_why() {
        let long = format!("https://shop.example/{}", "a".repeat(LENGTH_MAX));
        for (text, error) in [
            ("", WebhookUrlError::Form),
            ("shop.example", WebhookUrlError::Form),
            ("https://", WebhookUrlError::Form),
            ("https://shop.example/a b", WebhookUrlError::Form),
            ("https://shop.exam\tple/", WebhookUrlError::Form),
            (&*long, WebhookUrlError::Form),
            ("http://shop.example", WebhookUrlError::Scheme),
            ("ftp://shop.example", WebhookUrlError::Scheme),
            ("https://127.0.0.1/", WebhookUrlError::Host),
            ("https://8.8.8.8/", WebhookUrlError::Host),
            ("https://2130706433/", WebhookUrlError::Host),
            ("https://0x7f.1/", WebhookUrlError::Host),
            ("https://[::1]/", WebhookUrlError::Host),
            ("https://payme-payments.azurewebsites.net/", WebhookUrlError::Ours),
            ("https://payme.scm.AzureWebsites.NET/api", WebhookUrlError::Ours),
            ("https://payme.azurewebsites.net./", WebhookUrlError::Ours),
            ("https://payme。azurewebsites。net/", WebhookUrlError::Ours),
            ("https://payme.azurefd.net/", WebhookUrlError::Ours),
            ("https://payme.vault.azure.net/keys", WebhookUrlError::Ours),
            ("https://payme.redis.azure.net/", WebhookUrlError::Ours),
            ("https://payme.blob.core.windows.net/", WebhookUrlError::Ours),
            ("https://payme.servicebus.windows.net/", WebhookUrlError::Ours),
            ("https://payme.documents.azure.com/", WebhookUrlError::Ours),
            ("https://payme.mysql.database.azure.com/", WebhookUrlError::Ours),
            ("https://shop.example:80/", WebhookUrlError::Port),
            ("https://shop.example:8443/", WebhookUrlError::Port),
            ("https://me@shop.example/", WebhookUrlError::Extras),
            ("https://:secret@shop.example/", WebhookUrlError::Extras),
            ("https://@shop.example/", WebhookUrlError::Extras),
            ("https://shop.example/#a", WebhookUrlError::Extras),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }
}
