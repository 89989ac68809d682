//! The form of ids.

use super::*;

#[test]
fn ids_follow_the_typeid_specification() {
    // Valid vector `decode-v7` of the TypeID specification, under our own prefix.
    let uuid = Uuid::parse_str("01890a5d-ac96-774b-bcce-b302099a8057").unwrap();
    let id = PaymentId::from_uuid(uuid);
    assert_eq!(id.to_string(), "pay_01h455vb4pex5vsknk084sn02q");
    assert_eq!("pay_01h455vb4pex5vsknk084sn02q".parse(), Ok(id));
    let largest = PaymentId::from_uuid(Uuid::max());
    assert_eq!(largest.to_string(), "pay_7zzzzzzzzzzzzzzzzzzzzzzzzz");
    assert_eq!(largest.to_string().parse(), Ok(largest));
}

#[test]
fn the_schema_says_the_form() {
    let schema = serde_json::to_value(PaymentId::schema()).unwrap();
    assert_eq!(schema["pattern"], "^pay_[0-7][0-9a-hjkmnp-tv-z]{25}$");
    assert_eq!(schema["description"], "A payment from a person to a shop.");
    assert_eq!(PaymentId::name(), "PaymentId");
}

#[test]
fn other_kinds_and_malformed_texts_are_refused() {
    let wrong_prefix = Err(IdError::WrongPrefix("usr"));
    assert_eq!("pay_01h455vb4pex5vsknk084sn02q".parse::<UserId>(), wrong_prefix);
    for suffix in [
        "",
        "8zzzzzzzzzzzzzzzzzzzzzzzzz",
        "01h455vb4pex5vsknk084sn02",
        "01H455VB4PEX5VSKNK084SN02Q",
        "é1h455vb4pex5vsknk084sn02",
    ] {
        assert_eq!(
            format!("usr_{suffix}").parse::<UserId>(),
            Err(IdError::MalformedSuffix),
            "{suffix}"
        );
    }
}

#[test]
fn ids_made_later_sort_later() {
    let (first, second) = (UserId::new(), UserId::new());
    assert!(first < second && first.to_string() < second.to_string());
}
