//! Our own codes, and what is understood of others.
//!
//! A code of ours carries a template with the id of what it stands for and a tag over everything
//! it says, so that nobody else can make one or change one. A shop with an FPS id can be paid with
//! the same code from other wallets and banks.

use values::{BusinessId, DisplayName, Money, PaymentRequestId};

use super::emv::{EmvError, Objects};
use super::fps::{FPS_TEMPLATE, ProxyKind, fps_template, read_fps_template};
use super::payment_request::PaymentRequest;
use super::shop::Shop;
use super::signing_key::SigningKey;

const FORMAT: u8 = 0;
const INITIATION: u8 = 1;
const CATEGORY: u8 = 52;
const CURRENCY: u8 = 53;
const AMOUNT: u8 = 54;
const COUNTRY: u8 = 58;
const NAME: u8 = 59;
const CITY: u8 = 60;
const WALLET_TEMPLATE: u8 = 27;
const WALLET_GUID: u8 = 0;
const WALLET_ID: u8 = 1;
const WALLET_TAG: u8 = 2;

const FORMAT_1: &str = "01";
const STATIC: &str = "11";
const DYNAMIC: &str = "12";
const OUR_GUID: &str = "hk.payme.wallet";
/// ISO 4217 numeric code.
const HONG_KONG_DOLLARS: &str = "344";
const HONG_KONG: &str = "HK";
const NAME_CHARACTERS_MAX: usize = 25;
const AMOUNT_CHARACTERS_MAX: usize = 13;

/// What a code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Code {
    /// Ours, dynamic.
    PaymentRequest(PaymentRequestId),
    /// Ours, static.
    Shop(BusinessId),
    /// Of another bank or wallet, payable by FPS. Nobody vouches for what it says.
    Fps { proxy_kind: ProxyKind, proxy: String, merchant_name: DisplayName, amount: Option<Money> },
}

/// Why a code is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CodeError {
    #[error(transparent)]
    Emv(#[from] EmvError),
    #[error("the merchant's name in the code cannot be shown")]
    Name,
    #[error("the amount in the code is not an amount of money")]
    Amount,
    #[error("the code claims to be ours, but was made or changed by somebody else")]
    Forged,
    #[error("the code is of a kind that cannot be paid here")]
    Unknown,
}

/// The dynamic code of a payment request.
pub(crate) fn payment_request_code(
    request: &PaymentRequest,
    shop: &Shop,
    key: &SigningKey,
) -> Result<String, EmvError> {
    let body = body(DYNAMIC, shop, &request.shop_name)?;
    let body = body.with(AMOUNT, request.amount.decimal())?;
    sign(body, request.id.to_string(), key)
}

/// The static code of a shop.
pub(crate) fn shop_code(shop: &Shop, key: &SigningKey) -> Result<String, EmvError> {
    sign(body(STATIC, shop, &shop.shop_name)?, shop.business_id.to_string(), key)
}

/// What a scanned text stands for.
pub(crate) fn read_code(payload: &str, key: &SigningKey) -> Result<Code, CodeError> {
    let objects = Objects::from_payload(payload)?;
    if objects.get(FORMAT) != Some(FORMAT_1) {
        return Err(CodeError::Unknown);
    }
    let wallet = objects.template(WALLET_TEMPLATE);
    if let Some(wallet) = wallet.filter(|wallet| wallet.get(WALLET_GUID) == Some(OUR_GUID)) {
        return read_own(objects, &wallet, key);
    }
    read_fps(&objects)
}

fn body(initiation: &str, shop: &Shop, name: &DisplayName) -> Result<Objects, EmvError> {
    let short_name: String = name.as_str().chars().take(NAME_CHARACTERS_MAX).collect();
    let mut objects = vec![
        (FORMAT, FORMAT_1.to_owned()),
        (INITIATION, initiation.to_owned()),
        (CATEGORY, shop.category_code.as_str().to_owned()),
        (CURRENCY, HONG_KONG_DOLLARS.to_owned()),
        (COUNTRY, HONG_KONG.to_owned()),
        (NAME, short_name.trim_end().to_owned()),
        (CITY, HONG_KONG.to_owned()),
    ];
    if let Some(fps_id) = &shop.fps_id {
        objects.push((FPS_TEMPLATE, fps_template(fps_id)?));
    }
    Objects::new(objects)
}

fn sign(body: Objects, id: String, key: &SigningKey) -> Result<String, EmvError> {
    let tag = key.tag(&signed_text(&id, &body));
    let wallet =
        Objects::new([(WALLET_GUID, OUR_GUID.to_owned()), (WALLET_ID, id), (WALLET_TAG, tag)])?;
    Ok(body.with(WALLET_TEMPLATE, wallet.to_string())?.to_payload())
}

/// What the tag is over: a first line that names the format, the id, and all other objects.
fn signed_text(id: &str, body: &Objects) -> String {
    format!("payme-qr-v1\n{id}\n{body}")
}

fn read_own(objects: Objects, wallet: &Objects, key: &SigningKey) -> Result<Code, CodeError> {
    let (Some(id), Some(tag)) = (wallet.get(WALLET_ID), wallet.get(WALLET_TAG)) else {
        return Err(CodeError::Forged);
    };
    if !key.has_made(tag, &signed_text(id, &objects.without(WALLET_TEMPLATE))) {
        return Err(CodeError::Forged);
    }
    let request = id.parse().map(Code::PaymentRequest);
    let shop = || id.parse().map(Code::Shop);
    request.or_else(|_| shop()).map_err(|_| CodeError::Unknown)
}

fn read_fps(objects: &Objects) -> Result<Code, CodeError> {
    let template = objects.template(FPS_TEMPLATE).ok_or(CodeError::Unknown)?;
    let (proxy_kind, proxy) = read_fps_template(&template).ok_or(CodeError::Unknown)?;
    if objects.get(CURRENCY) != Some(HONG_KONG_DOLLARS) {
        return Err(CodeError::Unknown);
    }
    let name = objects.get(NAME).ok_or(CodeError::Name)?.trim();
    Ok(Code::Fps {
        proxy_kind,
        proxy,
        merchant_name: name.to_owned().try_into().map_err(|_| CodeError::Name)?,
        amount: objects.get(AMOUNT).map(read_amount).transpose()?,
    })
}

fn read_amount(text: &str) -> Result<Money, CodeError> {
    let (dollars, cents) = text.split_once('.').unwrap_or((text, ""));
    let is_decimal = text.len() <= AMOUNT_CHARACTERS_MAX
        && !dollars.is_empty()
        && cents.len() <= 2
        && [dollars, cents].concat().bytes().all(|byte| byte.is_ascii_digit());
    if !is_decimal {
        return Err(CodeError::Amount);
    }
    let minor_units = format!("{dollars}{cents:0<2}").parse().map_err(|_| CodeError::Amount)?;
    Money::hkd(minor_units).map_err(|_| CodeError::Amount)
}

#[cfg(test)]
mod tests {
    use super::super::emv::with_checksum;
    use super::*;
    use values::RequestStatus;

    const SUFFIX: &str = "01h455vb4pex5vsknk084sn02q";

    fn key() -> SigningKey {
        SigningKey::from_base64("iZ34Insr5EEymr4+OgUETej6H6UzD0tBgFnnD4M+CR4=").unwrap()
    }

    fn shop() -> Shop {
        Shop {
            business_id: format!("biz_{SUFFIX}").parse().unwrap(),
            shop_name: "永記茶餐廳".to_owned().try_into().unwrap(),
            category_code: "5812".to_owned().try_into().unwrap(),
            fps_id: Some("1234567".to_owned().try_into().unwrap()),
        }
    }

    fn request(minor_units: i64) -> PaymentRequest {
        PaymentRequest {
            id: format!("preq_{SUFFIX}").parse().unwrap(),
            business_id: shop().business_id,
            shop_name: shop().shop_name,
            amount: Money::hkd(minor_units).unwrap(),
            description: "Table 7".to_owned(),
            status: RequestStatus::Open,
            expires_at: time::OffsetDateTime::UNIX_EPOCH,
        }
    }

    /// The same payload with another text in it and a checksum that matches again.
    fn altered(payload: &str, from: &str, to: &str) -> String {
        assert!(payload.contains(from), "{payload}");
        let (objects, _checksum) = payload.rsplit_once("6304").unwrap();
        with_checksum(&objects.replacen(from, to, 1))
    }

    #[test]
    fn a_dynamic_code_holds_what_other_wallets_need_and_reads_back_as_its_request() {
        let payload = payment_request_code(&request(12_850), &shop(), &key()).unwrap();
        let start = format!(
            "00020101021226270012hk.com.hkicl02071234567\
             27800015hk.payme.wallet0131preq_{SUFFIX}0222"
        );
        assert!(payload.starts_with(&start), "{payload}");
        let end = "5204581253033445406128.505802HK5905永記茶餐廳6002HK6304";
        assert!(payload.contains(end), "{payload}");
        let code = read_code(&payload, &key()).unwrap();
        assert_eq!(code, Code::PaymentRequest(request(12_850).id));
    }

    #[test]
    fn a_static_code_has_no_amount_and_reads_back_as_its_shop() {
        let shop = Shop { fps_id: None, ..shop() };
        let payload = shop_code(&shop, &key()).unwrap();
        assert!(payload.starts_with("00020101021127790015hk.payme.wallet0130biz_"), "{payload}");
        assert!(payload.contains("53033445802HK"), "{payload}");
        assert_eq!(read_code(&payload, &key()), Ok(Code::Shop(shop.business_id)));
    }

    #[test]
    fn a_long_name_is_cut_at_a_character_and_the_largest_amount_fits() {
        let name: DisplayName = format!("{}  茶", "茶".repeat(24)).try_into().unwrap();
        let request = PaymentRequest { shop_name: name, ..request(Money::MINOR_UNITS_MAX) };
        let payload = payment_request_code(&request, &shop(), &key()).unwrap();
        assert!(payload.contains(&format!("5924{}6002HK", "茶".repeat(24))), "{payload}");
        assert!(payload.contains("54139999999999.995802HK"), "{payload}");
        assert_eq!(read_code(&payload, &key()), Ok(Code::PaymentRequest(request.id)));
    }

    #[test]
    fn a_changed_or_forged_code_is_recognised() {
        let payload = payment_request_code(&request(12_850), &shop(), &key()).unwrap();
        let other_id = format!("preq_{}", SUFFIX.replace('h', "j"));
        for (from, to) in [
            ("128.50", "129.50"),
            ("1234567", "7654321"),
            ("5812", "5813"),
            ("永記", "水記"),
            ("010212", "010211"),
            (&*format!("preq_{SUFFIX}"), &*other_id),
            ("0222", "0322"),
        ] {
            let forged = altered(&payload, from, to);
            assert_eq!(read_code(&forged, &key()), Err(CodeError::Forged), "{forged}");
        }
        let other_key = SigningKey::from_base64(&"A".repeat(44)).unwrap();
        assert_eq!(read_code(&payload, &other_key), Err(CodeError::Forged));
    }

    #[test]
    fn a_code_of_another_wallet_is_read_by_its_fps_payee() {
        let payload = "00020101021226270012hk.com.hkicl020712345675204000053033445406123.455802HK\
                       5909DEMO SHOP6002HK62100106INV001630427B6";
        let expected = Code::Fps {
            proxy_kind: ProxyKind::FpsId,
            proxy: "1234567".to_owned(),
            merchant_name: "DEMO SHOP".to_owned().try_into().unwrap(),
            amount: Some(Money::hkd(12_345).unwrap()),
        };
        assert_eq!(read_code(payload, &key()), Ok(expected));
        for (from, to, error) in [
            ("5303344", "5303156", CodeError::Unknown),
            ("000201", "000202", CodeError::Unknown),
            ("hk.com.hkicl", "hk.com.other", CodeError::Unknown),
            ("123.45", "12.345", CodeError::Amount),
            ("DEMO SHOP", "DEMO\u{202e}SHOP", CodeError::Name),
        ] {
            let other = altered(payload, from, to);
            assert_eq!(read_code(&other, &key()), Err(error), "{other}");
        }
    }

    #[test]
    fn amounts_are_read_exactly_or_not_at_all() {
        for (text, minor_units) in
            [("123.45", 12_345), ("123.4", 12_340), ("123.", 12_300), ("123", 12_300), ("0.01", 1)]
        {
            assert_eq!(read_amount(text), Ok(Money::hkd(minor_units).unwrap()), "{text}");
        }
        for text in [
            "",
            ".",
            ".5",
            "0",
            "0.00",
            "-1",
            "+1",
            "1.234",
            "1,5",
            "1.2.3",
            "1e3",
            "99999999999.99",
        ] {
            assert_eq!(read_amount(text), Err(CodeError::Amount), "{text}");
        }
    }
}
