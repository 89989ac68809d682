//! Who is paid through Hong Kong's Faster Payment System: the merchant account template of the
//! Common QR Code Specification (HKQR).

use serde::Serialize;
use utoipa::ToSchema;
use values::FpsId;

use super::emv::{EmvError, Objects};

/// The object that holds the template.
pub(crate) const FPS_TEMPLATE: u8 = 26;
const GUID: u8 = 0;
const FPS_ID: u8 = 2;
/// FPS id, mobile, e-mail: exactly one stands in a code.
const PROXIES: [u8; 3] = [FPS_ID, 3, 4];
const FPS_GUID: &str = "hk.com.hkicl";
/// Seen in codes of others, in any case of letters; never written.
const FPS_GUIDS_TOLERATED: [&str; 3] = [FPS_GUID, "hk.com.hkicl.fps", "hk.edu.hkma.fps"];
/// The most digits of a telephone number (E.164).
const MOBILE_DIGITS_MAX: usize = 15;

/// By what a payee is known to FPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ProxyKind {
    FpsId,
    /// `+852-61234567`
    Mobile,
    Email,
}

/// The template for an FPS id.
pub(crate) fn fps_template(fps_id: &FpsId) -> Result<String, EmvError> {
    let objects = [(GUID, FPS_GUID.to_owned()), (FPS_ID, fps_id.as_str().to_owned())];
    Ok(Objects::new(objects)?.to_string())
}

/// The payee that a template names. Its form tells its kind, because some codes put it under
/// another kind's id.
pub(crate) fn read_fps_template(template: &Objects) -> Option<(ProxyKind, String)> {
    let guid = template.get(GUID)?;
    if !FPS_GUIDS_TOLERATED.iter().any(|known| guid.eq_ignore_ascii_case(known)) {
        return None;
    }
    let mut proxies = PROXIES.iter().filter_map(|id| template.get(*id));
    let (Some(proxy), None) = (proxies.next(), proxies.next()) else { return None };
    let kind = if FpsId::try_from(proxy.to_owned()).is_ok() {
        ProxyKind::FpsId
    } else if is_mobile(proxy) {
        ProxyKind::Mobile
    } else if is_email(proxy) {
        ProxyKind::Email
    } else {
        return None;
    };
    Some((kind, proxy.to_owned()))
}

fn is_mobile(text: &str) -> bool {
    let Some(number) = text.strip_prefix('+') else { return false };
    let (country, rest) = number.split_once('-').unwrap_or((number, ""));
    let digits = format!("{country}{rest}");
    !country.is_empty()
        && digits.len() <= MOBILE_DIGITS_MAX
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_email(text: &str) -> bool {
    let is_visible = |character: char| character.is_ascii_graphic();
    text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
        && text.chars().all(is_visible)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOBILE_CODE: &str = "00020101021126330012hk.com.hkicl0313+852-61234567\
        5204000053033445802HK5902NA6002HK63049B98";
    const FPS_ID_CODE: &str = "00020101021226270012hk.com.hkicl02071234567\
        5204000053033445406123.455802HK5909DEMO SHOP6002HK62100106INV001630427B6";

    /// The published payload is built byte for byte from its parts, and read back into them.
    fn assert_vector(
        payload: &str,
        others: &[(u8, &str)],
        template: String,
        payee: (ProxyKind, &str),
    ) {
        let others = others.iter().map(|(id, value)| (*id, (*value).to_owned()));
        let built = Objects::new(others).unwrap().with(FPS_TEMPLATE, template).unwrap();
        assert_eq!(built.to_payload(), payload);

        let read = Objects::from_payload(payload).unwrap();
        assert_eq!(read, built);
        let (kind, proxy) = read_fps_template(&read.template(FPS_TEMPLATE).unwrap()).unwrap();
        assert_eq!((kind, proxy.as_str()), payee);
    }

    #[test]
    fn the_published_code_of_a_mobile_is_built_and_read() {
        let others =
            [(0, "01"), (1, "11"), (52, "0000"), (53, "344"), (58, "HK"), (59, "NA"), (60, "HK")];
        let template = "0012hk.com.hkicl0313+852-61234567".to_owned();
        assert_vector(MOBILE_CODE, &others, template, (ProxyKind::Mobile, "+852-61234567"));
    }

    #[test]
    fn the_published_code_of_an_fps_id_with_an_amount_is_built_and_read() {
        let others = [
            (0, "01"),
            (1, "12"),
            (52, "0000"),
            (53, "344"),
            (54, "123.45"),
            (58, "HK"),
            (59, "DEMO SHOP"),
            (60, "HK"),
            (62, "0106INV001"),
        ];
        let template = fps_template(&"1234567".to_owned().try_into().unwrap()).unwrap();
        assert_vector(FPS_ID_CODE, &others, template, (ProxyKind::FpsId, "1234567"));
    }

    fn read(objects: &[(u8, &str)]) -> Option<(ProxyKind, String)> {
        let objects = objects.iter().map(|(id, value)| (*id, (*value).to_owned()));
        read_fps_template(&Objects::new(objects).unwrap())
    }

    #[test]
    fn other_spellings_of_the_scheme_and_misplaced_payees_are_tolerated() {
        let email = Some((ProxyKind::Email, "shop@example.com".to_owned()));
        assert_eq!(read(&[(0, "HK.COM.HKICL.FPS"), (4, "shop@example.com")]), email);
        let mobile = Some((ProxyKind::Mobile, "+85261234567".to_owned()));
        assert_eq!(read(&[(0, "hk.edu.hkma.fps"), (2, "+85261234567")]), mobile);
    }

    #[test]
    fn a_template_that_names_no_payee_or_two_is_refused() {
        for template in [
            &[(0, "hk.com.hkicl")][..],
            &[(2, "1234567")],
            &[(0, "hk.com.other"), (2, "1234567")],
            &[(0, "hk.com.hkicl"), (2, "1234567"), (3, "+852-61234567")],
            &[(0, "hk.com.hkicl"), (2, "123456")],
            &[(0, "hk.com.hkicl"), (2, "1234567890")],
            &[(0, "hk.com.hkicl"), (3, "+852-6123-4567")],
            &[(0, "hk.com.hkicl"), (3, "+")],
            &[(0, "hk.com.hkicl"), (3, "+852-文文")],
            &[(0, "hk.com.hkicl"), (4, "shop@")],
            &[(0, "hk.com.hkicl"), (4, "sh op@example.com")],
        ] {
            assert_eq!(read(template), None, "{template:?}");
        }
    }
}
