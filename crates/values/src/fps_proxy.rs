//! By what somebody outside is known to Hong Kong's Faster Payment System.

use std::fmt;

use crate::{FpsId, Phone, code_enum};

code_enum! {
    /// By what a payee is known to FPS.
    pub enum FpsProxyType {
        /// Seven to nine digits that a bank gave.
        FpsId = "fps-id",
        /// `+852-61234567`
        Mobile = "mobile",
        /// An e-mail address.
        Email = "email",
    }
}

/// A proxy of one kind, in the form that FPS takes it. Personal data: a phone number or an address.
#[derive(Clone, PartialEq, Eq)]
pub struct FpsProxy {
    proxy_type: FpsProxyType,
    text: String,
}

/// The text is no proxy of that kind. It repeats nothing of it, which is personal.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no {0}")]
pub struct FpsProxyError(&'static str);

impl FpsProxy {
    /// The most digits of a telephone number (E.164).
    const MOBILE_DIGITS_MAX: usize = 15;
    /// A template of a code has 99 characters, of which 20 say that it is of FPS and what is in it.
    const EMAIL_MAX: usize = 79;

    /// As many characters as anyone is shown afterwards.
    const SHOWN: usize = 4;

    /// A Hong Kong mobile may lack its country code; what has another one has a `+` before it.
    ///
    /// # Errors
    /// If it cannot be one of that kind.
    pub fn new(proxy_type: FpsProxyType, text: &str) -> Result<Self, FpsProxyError> {
        let text = match proxy_type {
            FpsProxyType::FpsId => FpsId::try_from(text.to_owned()).ok().map(String::from),
            FpsProxyType::Mobile => Self::mobile(text),
            FpsProxyType::Email => Self::is_email(text).then(|| text.to_owned()),
        };
        let text = text.ok_or(FpsProxyError(proxy_type.code()))?;
        Ok(Self { proxy_type, text })
    }

    /// Of which kind it is.
    pub const fn proxy_type(&self) -> FpsProxyType {
        self.proxy_type
    }

    /// As FPS takes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The last characters, by which whoever entered it knows it.
    pub fn ending(&self) -> &str {
        self.text.get(self.text.len().saturating_sub(Self::SHOWN)..).unwrap_or_default()
    }

    /// One of Hong Kong with or without its country code, or another country's in FPS's own form.
    fn mobile(text: &str) -> Option<String> {
        if !text.starts_with('+') {
            return Self::hong_kong_mobile(text);
        }
        if let Some(digits) = text.strip_prefix("+852") {
            return Self::hong_kong_mobile(digits.strip_prefix('-').unwrap_or(digits));
        }
        let (country, rest) = text.strip_prefix('+')?.split_once('-')?;
        let are_digits = [country, rest].concat().bytes().all(|byte| byte.is_ascii_digit());
        let length = country.len().saturating_add(rest.len());
        let is_number = !country.is_empty() && !rest.is_empty() && are_digits;
        (is_number && length <= Self::MOBILE_DIGITS_MAX).then(|| text.to_owned())
    }

    /// Eight digits of a Hong Kong mobile, as FPS writes it.
    fn hong_kong_mobile(digits: &str) -> Option<String> {
        let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_hong_kong = is_plain && format!("+852{digits}").parse::<Phone>().is_ok();
        is_hong_kong.then(|| format!("+852-{digits}"))
    }

    fn is_email(text: &str) -> bool {
        let is_visible = |character: char| character.is_ascii_graphic();
        text.len() <= Self::EMAIL_MAX
            && text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
            && text.chars().all(is_visible)
    }
}

/// Also what is printed for developers shows no proxy.
impl fmt::Debug for FpsProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} …", self.proxy_type.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_a_form() {
        use FpsProxyType::{Email, FpsId, Mobile};
        let long = format!("{}@example.com", "a".repeat(67));
        for (proxy_type, text, written) in [
            (FpsId, "1234567", Some("1234567")),
            (FpsId, "123456", None),
            (Mobile, "61234567", Some("+852-61234567")),
            (Mobile, "+85261234567", Some("+852-61234567")),
            (Mobile, "+852-61234567", Some("+852-61234567")),
            (Mobile, "+86-13800138000", Some("+86-13800138000")),
            (Mobile, "21234567", None),
            (Mobile, "85261234567", None),
            (Mobile, "+852-6123-4567", None),
            (Mobile, "+", None),
            (Mobile, "+8", None),
            (Mobile, "+852-", None),
            (Mobile, "+85221234567", None),
            (Mobile, "+8613800138000", None),
            (Mobile, "-61234567", None),
            (Mobile, "+852-文文", None),
            (Email, "shop@example.com", Some("shop@example.com")),
            (Email, long.as_str(), Some(long.as_str())),
            (Email, &format!("a{long}"), None),
            (Email, "shop@", None),
            (Email, "sh op@example.com", None),
            (Email, "61234567", None),
        ] {
            let proxy = FpsProxy::new(proxy_type, text).ok();
            assert_eq!(proxy.as_ref().map(FpsProxy::as_str), written, "{text}");
        }
    }

    #[test]
    fn nothing_is_printed_of_it() {
        let proxy = FpsProxy::new(FpsProxyType::Mobile, "61234567").unwrap();
        assert_eq!((format!("{proxy:?}"), proxy.ending()), ("mobile …".to_owned(), "4567"));
    }
}
