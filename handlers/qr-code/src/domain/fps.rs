//! Who is paid through Hong Kong's Faster Payment System: the merchant account template of the
//! Common QR Code Specification (HKQR).

use values::{FpsId, FpsProxy, FpsProxyType};

use super::emv::{EmvError, Objects};

/// The object that holds the template.
pub(crate) const FPS_TEMPLATE: u8 = 26;
const GUID: u8 = 0;
const FPS_ID: u8 = 2;
const MOBILE: u8 = 3;
/// FPS id, mobile, e-mail: exactly one stands in a code.
const PROXIES: [u8; 3] = [FPS_ID, MOBILE, 4];
const FPS_GUID: &str = "hk.com.hkicl";
/// Seen in codes of others, in any case of letters; never written.
const FPS_GUIDS_TOLERATED: [&str; 3] = [FPS_GUID, "hk.com.hkicl.fps", "hk.edu.hkma.fps"];
/// The template for an FPS id.
pub(crate) fn fps_template(fps_id: &FpsId) -> Result<String, EmvError> {
    let objects = [(GUID, FPS_GUID.to_owned()), (FPS_ID, fps_id.as_str().to_owned())];
    Ok(Objects::new(objects)?.to_string())
}

/// The payee that a template names. The object's id decides its kind: eight digits can be an FPS id
/// or a telephone number, and a wrong guess would pay somebody else. A mobile with its country code
/// and an e-mail address are taken wherever they stand: nothing else looks like them.
pub(crate) fn read_fps_template(template: &Objects) -> Option<FpsProxy> {
    let guid = template.get(GUID)?;
    if !FPS_GUIDS_TOLERATED.iter().any(|known| guid.eq_ignore_ascii_case(known)) {
        return None;
    }
    let mut proxies = PROXIES.iter().filter_map(|id| Some((*id, template.get(*id)?)));
    let (Some((id, proxy)), None) = (proxies.next(), proxies.next()) else { return None };
    let proxy_type = match id {
        _ if proxy.starts_with('+') => FpsProxyType::Mobile,
        _ if proxy.contains('@') => FpsProxyType::Email,
        FPS_ID => FpsProxyType::FpsId,
        MOBILE => FpsProxyType::Mobile,
        _ => return None,
    };
    FpsProxy::new(proxy_type, proxy).ok()
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
        payee: (FpsProxyType, &str),
    ) {
        let others = others.iter().map(|(id, value)| (*id, (*value).to_owned()));
        let built = Objects::new(others).unwrap().with(FPS_TEMPLATE, template).unwrap();
        assert_eq!(built.to_payload(), payload);

        let read = Objects::from_payload(payload).unwrap();
        assert_eq!(read, built);
        let proxy = read_fps_template(&read.template(FPS_TEMPLATE).unwrap().unwrap()).unwrap();
        assert_eq!((proxy.proxy_type(), proxy.as_str()), payee);
    }

    #[test]
    fn the_published_code_of_a_mobile_is_built_and_read() {
        let others =
            [(0, "01"), (1, "11"), (52, "0000"), (53, "344"), (58, "HK"), (59, "NA"), (60, "HK")];
        let template = "0012hk.com.hkicl0313+852-61234567".to_owned();
        assert_vector(MOBILE_CODE, &others, template, (FpsProxyType::Mobile, "+852-61234567"));
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
        assert_vector(FPS_ID_CODE, &others, template, (FpsProxyType::FpsId, "1234567"));
    }

    fn read(objects: &[(u8, &str)]) -> Option<(FpsProxyType, String)> {
        let objects = objects.iter().map(|(id, value)| (*id, (*value).to_owned()));
        let proxy = read_fps_template(&Objects::new(objects).unwrap())?;
        Some((proxy.proxy_type(), proxy.as_str().to_owned()))
    }

    #[test]
    fn the_objects_id_decides_of_what_kind_a_payee_is() {
        for (id, proxy, kind, known_as) in [
            (2, "1234567", FpsProxyType::FpsId, "1234567"),
            (2, "61234567", FpsProxyType::FpsId, "61234567"),
            (2, "123456789", FpsProxyType::FpsId, "123456789"),
            (3, "61234567", FpsProxyType::Mobile, "+852-61234567"),
            (3, "+852-61234567", FpsProxyType::Mobile, "+852-61234567"),
            (3, "+85261234567", FpsProxyType::Mobile, "+852-61234567"),
            (3, "+86-13800138000", FpsProxyType::Mobile, "+86-13800138000"),
            (2, "+852-61234567", FpsProxyType::Mobile, "+852-61234567"),
            (4, "+852-61234567", FpsProxyType::Mobile, "+852-61234567"),
            (2, "shop@example.com", FpsProxyType::Email, "shop@example.com"),
            (3, "shop@example.com", FpsProxyType::Email, "shop@example.com"),
            (4, "shop@example.com", FpsProxyType::Email, "shop@example.com"),
        ] {
            let payee = Some((kind, known_as.to_owned()));
            assert_eq!(read(&[(0, "hk.com.hkicl"), (id, proxy)]), payee, "{id} {proxy}");
        }
    }

    #[test]
    fn other_spellings_of_the_scheme_are_tolerated() {
        let payee = Some((FpsProxyType::FpsId, "1234567".to_owned()));
        for guid in ["HK.COM.HKICL", "HK.COM.HKICL.FPS", "hk.edu.hkma.fps"] {
            assert_eq!(read(&[(0, guid), (2, "1234567")]), payee, "{guid}");
        }
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
            // A landline, and what may be an FPS id or a number without its country code.
            &[(0, "hk.com.hkicl"), (3, "21234567")],
            &[(0, "hk.com.hkicl"), (3, "1234567")],
            &[(0, "hk.com.hkicl"), (3, "123456789")],
            &[(0, "hk.com.hkicl"), (3, "85261234567")],
            &[(0, "hk.com.hkicl"), (4, "1234567")],
            &[(0, "hk.com.hkicl"), (4, "61234567")],
            &[(0, "hk.com.hkicl"), (3, "+")],
            &[(0, "hk.com.hkicl"), (3, "+852-文文")],
            &[(0, "hk.com.hkicl"), (4, "shop@")],
            &[(0, "hk.com.hkicl"), (4, "sh op@example.com")],
        ] {
            assert_eq!(read(template), None, "{template:?}");
        }
    }
}
