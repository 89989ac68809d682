//! Our own codes, and what is understood of others.
//!
//! A code of ours carries a template with the id of what it stands for and a tag over everything
//! it says, so that nobody else can make one or change one. A shop with an FPS id can be paid with
//! the same code from other wallets and banks. A link that shops' programs got is read as well.

use values::{BusinessId, DisplayName, PaymentRequestId, UserId};

use super::code_error::CodeError;
use super::emv::{EmvError, Objects};
use super::fps::{FPS_TEMPLATE, fps_template};
use super::fps_code::{AMOUNT, CURRENCY, FpsCode, HONG_KONG_DOLLARS};
use super::merchant_name::{NAME, NO_NAME, name_objects};
use super::payment_request::PaymentRequest;
use super::shop::Shop;
use super::signing_key::SigningKey;
use super::tip::{INDICATOR, PROMPT};

const FORMAT: u8 = 0;
const INITIATION: u8 = 1;
const CATEGORY: u8 = 52;
const COUNTRY: u8 = 58;
const CITY: u8 = 60;
const WALLET_TEMPLATE: u8 = 27;
const WALLET_GUID: u8 = 0;
const WALLET_ID: u8 = 1;
const WALLET_TAG: u8 = 2;

const FORMAT_1: &str = "01";
const STATIC: &str = "11";
const DYNAMIC: &str = "12";
const NO_CATEGORY: &str = "0000"; // Whoever sells nothing.
const OUR_GUID: &str = "hk.payme.wallet";
const HONG_KONG: &str = "HK";
const BYTE_ORDER_MARK: char = '\u{feff}';

/// What a code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Code {
    /// Ours, dynamic.
    PaymentRequest(PaymentRequestId),
    /// Ours, static.
    Shop(BusinessId),
    /// Ours, static.
    Person(UserId),
    /// Of another bank or wallet.
    Fps(Box<FpsCode>),
}

/// The dynamic code of a payment request.
pub(crate) fn payment_request_code(
    request: &PaymentRequest,
    shop: &Shop,
    key: &SigningKey,
) -> Result<String, EmvError> {
    let body = body(DYNAMIC, shop, &request.shop_name)?;
    let body = body.with(AMOUNT, request.amount.decimal())?;
    let body = if request.tip_allowed { body.with(INDICATOR, PROMPT.to_owned())? } else { body };
    sign(body, request.id.to_string(), key)
}

/// The static code of a shop.
pub(crate) fn shop_code(shop: &Shop, key: &SigningKey) -> Result<String, EmvError> {
    sign(body(STATIC, shop, &shop.shop_name)?, shop.business_id.to_string(), key)
}

/// The static code of a person. It does not say who that is: people show it around, and print it.
pub(crate) fn person_code(user_id: UserId, key: &SigningKey) -> Result<String, EmvError> {
    let mut objects = frame(STATIC, NO_CATEGORY);
    objects.push((NAME, NO_NAME.to_owned()));
    sign(Objects::new(objects)?, user_id.to_string(), key)
}

/// What a scanned text stands for. Scanners and files add line ends and byte order marks, and no
/// payload begins or ends with one.
pub(crate) fn read_code(text: &str, key: &SigningKey) -> Result<Code, CodeError> {
    let is_added = |character: char| character.is_whitespace() || character == BYTE_ORDER_MARK;
    let text = text.trim_matches(is_added);
    if let Some(id) = linked_request(text) {
        return Ok(Code::PaymentRequest(id));
    }
    let objects = Objects::from_payload(text)?;
    if objects.get(FORMAT) != Some(FORMAT_1) {
        return Err(CodeError::Unknown);
    }
    // Another wallet's template is not ours, whatever is in it.
    let wallet = objects.template(WALLET_TEMPLATE).unwrap_or_default();
    match wallet.filter(|wallet| wallet.get(WALLET_GUID) == Some(OUR_GUID)) {
        Some(wallet) => read_own(objects, &wallet, key),
        None => Ok(Code::Fps(Box::new(FpsCode::read(&objects)?))),
    }
}

/// The request of a link to its picture or its checkout page, of whatever host. Programs of shops
/// get such links and draw their code themselves. Nothing but the id is in one, so there is nothing
/// to forge.
fn linked_request(text: &str) -> Option<PaymentRequestId> {
    let address = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let (_host, path) = address.split_once('/')?;
    let picture = path
        .strip_prefix("api/v1/qr/payment-requests/")
        .and_then(|picture| picture.strip_suffix(".svg"));
    picture.or_else(|| path.strip_prefix("api/v1/qr/checkouts/"))?.parse().ok()
}

fn body(initiation: &str, shop: &Shop, name: &DisplayName) -> Result<Objects, EmvError> {
    let mut objects = frame(initiation, shop.category_code.as_str());
    objects.extend(name_objects(name, shop.shop_name_latin.as_ref())?);
    if let Some(fps_id) = &shop.fps_id {
        objects.push((FPS_TEMPLATE, fps_template(fps_id)?));
    }
    Objects::new(objects)
}

/// What every code of ours says.
fn frame(initiation: &str, category: &str) -> Vec<(u8, String)> {
    vec![
        (FORMAT, FORMAT_1.to_owned()),
        (INITIATION, initiation.to_owned()),
        (CATEGORY, category.to_owned()),
        (CURRENCY, HONG_KONG_DOLLARS.to_owned()),
        (COUNTRY, HONG_KONG.to_owned()),
        (CITY, HONG_KONG.to_owned()),
    ]
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
    let person = || id.parse().map(Code::Person);
    request.or_else(|_| shop()).or_else(|_| person()).map_err(|_| CodeError::Unknown)
}

#[cfg(test)]
mod tests {
    use super::super::emv::with_checksum;
    use super::super::references::References;
    use super::super::tip::Tip;
    use super::*;
    use values::{FpsProxyType, Money, RequestStatus};

    const SUFFIX: &str = "01h455vb4pex5vsknk084sn02q";

    fn key() -> SigningKey {
        SigningKey::from_base64("iZ34Insr5EEymr4+OgUETej6H6UzD0tBgFnnD4M+CR4=").unwrap()
    }

    fn shop() -> Shop {
        Shop {
            business_id: format!("biz_{SUFFIX}").parse().unwrap(),
            shop_name: "永記茶餐廳".to_owned().try_into().unwrap(),
            shop_name_latin: None,
            category_code: "5812".to_owned().try_into().unwrap(),
            fps_id: Some("1234567".to_owned().try_into().unwrap()),
            logo_id: None,
            is_closed: false,
        }
    }

    fn request(minor_units: i64) -> PaymentRequest {
        PaymentRequest {
            id: format!("preq_{SUFFIX}").parse().unwrap(),
            business_id: shop().business_id,
            shop_name: shop().shop_name,
            amount: Money::hkd(minor_units).unwrap(),
            capture_method: values::CaptureMethod::Automatic,
            tip_allowed: false,
            return_url: None,
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
        let end = "5204581253033445406128.505802HK5920Yong Ji Cha Can Ting6002HK\
                   64210002zh0105永記茶餐廳0202香港6304";
        assert!(payload.contains(end), "{payload}");
        let code = read_code(&payload, &key()).unwrap();
        assert_eq!(code, Code::PaymentRequest(request(12_850).id));
    }

    #[test]
    fn the_code_of_a_request_that_allows_a_tip_asks_for_one() {
        let request = PaymentRequest { tip_allowed: true, ..request(12_850) };
        let payload = payment_request_code(&request, &shop(), &key()).unwrap();
        assert!(payload.contains("5406128.505502015802HK"), "{payload}");
        assert_eq!(read_code(&payload, &key()), Ok(Code::PaymentRequest(request.id)));
        let forged = altered(&payload, "550201", "");
        assert_eq!(read_code(&forged, &key()), Err(CodeError::Forged));
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
    fn a_persons_code_names_nobody_and_reads_back_as_the_person_and_no_other() {
        let user_id: UserId = format!("usr_{SUFFIX}").parse().unwrap();
        let payload = person_code(user_id, &key()).unwrap();
        assert!(payload.contains("52040000") && payload.contains("5902NA"), "{payload}");
        assert_eq!(read_code(&payload, &key()), Ok(Code::Person(user_id)));
        let other = format!("usr_{}", SUFFIX.replace('h', "j"));
        let forged = altered(&payload, &user_id.to_string(), &other);
        assert_eq!(read_code(&forged, &key()), Err(CodeError::Forged));
    }

    #[test]
    fn a_long_name_is_cut_at_a_character_and_the_largest_amount_fits() {
        let name: DisplayName = format!("{}  茶", "茶".repeat(24)).try_into().unwrap();
        let request = PaymentRequest { shop_name: name, ..request(Money::MINOR_UNITS_MAX) };
        let payload = payment_request_code(&request, &shop(), &key()).unwrap();
        assert!(payload.contains(&format!("0124{}0202香港", "茶".repeat(24))), "{payload}");
        assert!(payload.contains("5925Cha Cha Cha Cha Cha Cha C6002HK"), "{payload}");
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
            ("Yong", "Yang"),
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
        let mut expected = FpsCode {
            proxy_type: FpsProxyType::FpsId,
            proxy: "1234567".to_owned(),
            merchant_name: "DEMO SHOP".to_owned().try_into().unwrap(),
            amount: Some(Money::hkd(12_345).unwrap()),
            tip: None,
            references: References::of_bill("INV001"),
        };
        assert_eq!(read_code(payload, &key()), Ok(Code::Fps(Box::new(expected.clone()))));
        let tipped = altered(payload, "5802HK", "55020256042.505802HK");
        expected.tip = Some(Tip::Fixed { fee: Money::hkd(250).unwrap() });
        assert_eq!(read_code(&tipped, &key()), Ok(Code::Fps(Box::new(expected))));
        for (from, to, error) in [
            ("5303344", "5303156", CodeError::Unknown),
            ("000201", "000202", CodeError::Unknown),
            ("hk.com.hkicl", "hk.com.other", CodeError::Unknown),
            ("123.45", "12.345", CodeError::Amount),
            ("DEMO SHOP", "DEMO\u{202e}SHOP", CodeError::Name),
            ("5802HK", "5502045802HK", CodeError::Tip),
            ("INV001", "INV\n01", CodeError::Reference),
            ("0106INV001", "0199INV001", EmvError::NoObjects.into()),
            ("0012hk.com", "0099hk.com", EmvError::NoObjects.into()),
        ] {
            let other = altered(payload, from, to);
            assert_eq!(read_code(&other, &key()), Err(error), "{other}");
        }
    }

    #[test]
    fn a_link_to_the_picture_or_page_of_a_request_stands_for_it_and_nothing_else_does() {
        let id = PaymentRequestId::new();
        let path = format!("/api/v1/qr/payment-requests/{id}.svg");
        let page = format!("/api/v1/qr/checkouts/{id}");
        for (host, path) in [("https://payme.example", &path), ("http://127.0.0.1:27071", &page)] {
            let read = read_code(&format!("{host}{path}\n"), &key());
            assert_eq!(read, Ok(Code::PaymentRequest(id)), "{host}{path}");
        }
        for text in [
            page.clone(),
            format!("https://payme.example{page}.svg"),
            format!("https://payme.example{page}/status"),
            path.clone(),
            format!("ftp://payme.example{path}"),
            format!("https://payme.example{path}?x=1"),
            format!("https://payme.example/x{path}"),
            "https://payme.example/api/v1/qr/payment-requests/x.svg".to_owned(),
            format!("https://payme.example/api/v1/qr/businesses/{id}.svg"),
        ] {
            assert_eq!(read_code(&text, &key()), Err(EmvError::NoObjects.into()), "{text}");
        }
    }

    #[test]
    fn what_scanners_add_at_the_ends_is_no_part_of_a_code() {
        let payload = payment_request_code(&request(12_850), &shop(), &key()).unwrap();
        let code = read_code(&payload, &key());
        assert!(code.is_ok());
        for text in [
            format!("{payload}\r\n"),
            format!("{payload}\n"),
            format!("\u{feff}{payload}"),
            format!(" \t{payload}\u{feff} "),
        ] {
            assert_eq!(read_code(&text, &key()), code, "{text:?}");
        }
        let within = payload.replacen("5802HK", "5802HK\n", 1);
        assert_eq!(read_code(&within, &key()), Err(EmvError::NoObjects.into()));
    }

    #[test]
    fn no_text_whatever_makes_reading_panic() {
        let seeds = [
            payment_request_code(&request(12_850), &shop(), &key()).unwrap(),
            "00020126330012hk.com.hkicl0313+852-6123456753033445406123.45550203570510.505802HK\
             5902NA62100106INV00164150002zh0105永記茶餐廳63040000"
                .to_owned(),
            "00020126240012hk.com.hkicl04041@2.530334455020256042.505915永記茶餐廳\
             64260002zh0116永記茶餐廳é63040000"
                .to_owned(),
        ];
        let alphabet: Vec<char> =
            "00112233445566789AB+-.*@文𠮷é\u{301}\0 \n\u{feff}".chars().collect();
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut random = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 33).unwrap() % below
        };
        let mut understood = 0;
        for round in 0..20_000 {
            let mut mutated: Vec<char> = seeds[round % seeds.len()].chars().collect();
            for _ in 0..random(4) {
                let (place, end) = (random(mutated.len()), random(mutated.len()));
                match random(8) {
                    0 => mutated.truncate(end.max(1)),
                    1..4 => mutated.insert(place, alphabet[random(alphabet.len())]),
                    _ => mutated[place] = alphabet[random(alphabet.len())],
                }
            }
            let mutated: String = mutated.into_iter().collect();
            // With a checksum that matches, so that what stands in the objects is reached.
            let checked = with_checksum(mutated.rsplit_once("6304").map_or("", |(start, _)| start));
            let invented = (0..random(600)).map(|_| alphabet[random(alphabet.len())]).collect();
            for text in [mutated, checked, invented] {
                understood += usize::from(read_code(&text, &key()).is_ok());
                if let Ok(read) = Objects::from_payload(&text) {
                    let again = Objects::from_payload(&read.to_payload());
                    assert_eq!(
                        again.map(|again| again.to_string()),
                        Ok(read.to_string()),
                        "{text}"
                    );
                }
            }
        }
        assert!(understood > 1_000, "{understood}");
    }
}
