//! What is found when a document and its applicant do not say the same.

use std::collections::BTreeMap;

use events::ocr::FieldV1;
use serde_json::{Value, json};
use time::macros::{date, datetime};

use super::*;

/// Already the 28th in Hong Kong.
const NOW: OffsetDateTime = datetime!(2026-11-27 16:00 UTC);
const CLEAR: Facts = Facts { is_number_in_use: false, is_other_person: false, is_hit: Some(false) };

fn hkid(change: &Value) -> Details {
    let mut details = json!({
        "type": "hkid", "document_number": "A123456(3)", "name": "Chan Tai Man",
        "name_chinese": "陳大文", "birth_date": "1990-01-31",
    });
    merge(&mut details, change);
    serde_json::from_value(details).unwrap()
}

fn passport() -> Details {
    let details = json!({
        "type": "passport", "issuer": "UTO", "document_number": "L898902C3",
        "name": "Eriksson Anna Maria", "name_chinese": null, "birth_date": "1974-08-12",
    });
    serde_json::from_value(details).unwrap()
}

fn business() -> Details {
    let details = json!({
        "type": "business", "business_id": "biz_01h455vb4pex5vsknk084sn02q",
        "legal_form": "company", "legal_name": "Wing Kee Limited", "legal_name_chinese": "永記有限公司",
        "registration_number": "12345678-000", "representative": "director",
        "owners": [{"name": "Chan Tai Man", "name_chinese": null, "birth_date": "1990-01-31"}],
    });
    serde_json::from_value(details).unwrap()
}

fn merge(into: &mut Value, change: &Value) {
    for (name, value) in change.as_object().unwrap() {
        into[name] = value.clone();
    }
}

fn reading(document: &str, fields: &[(&str, &str)]) -> ReadingV1 {
    let fields = fields.iter().map(|(name, value)| {
        let field = FieldV1 { value: (*value).to_owned(), confidence: 900, is_confirmed: true };
        ((*name).to_owned(), field)
    });
    ReadingV1 { document: document.to_owned(), fields: fields.collect::<BTreeMap<_, _>>() }
}

fn card() -> ReadingV1 {
    reading(
        "hkid-2018",
        &[
            ("document_number", "A1234563"),
            ("name", "CHAN, Tai Man"),
            ("name_chinese", "陳大文"),
            ("birth_date", "1990-01-31"),
        ],
    )
}

fn lines() -> ReadingV1 {
    reading(
        "mrz-td3",
        &[
            ("issuing_state", "UTO"),
            ("document_number", "L898902C3"),
            ("name", "ERIKSSON ANNA MARIA"),
            ("birth_date", "1974-08-12"),
            ("expiry_date", "2026-11-28"),
        ],
    )
}

fn found(details: &Details, reading: &ReadingV1) -> Vec<Finding> {
    match verdict(details, &Upload::Read(reading), CLEAR, NOW) {
        Verdict::Approve { .. } => Vec::new(),
        Verdict::Review { findings, .. } | Verdict::Again { findings } => findings,
    }
}

fn without(mut reading: ReadingV1, field: &str) -> ReadingV1 {
    reading.fields.remove(field);
    reading
}

fn with(mut reading: ReadingV1, name: &str, value: &str) -> ReadingV1 {
    reading.fields.get_mut(name).unwrap().value = value.to_owned();
    reading
}

fn unconfirmed(mut reading: ReadingV1, name: &str) -> ReadingV1 {
    reading.fields.get_mut(name).unwrap().is_confirmed = false;
    reading
}

#[test]
fn where_all_agrees_nobody_need_look() {
    let approved = verdict(&hkid(&json!({})), &Upload::Read(&card()), CLEAR, NOW);
    assert_eq!(approved, Verdict::Approve { expires_on: None });
    let last = Some(date!(2026 - 11 - 28));
    let approved = verdict(&passport(), &Upload::Read(&lines()), CLEAR, NOW);
    assert_eq!(approved, Verdict::Approve { expires_on: last }, "valid on its last day");
    let old = ReadingV1 { document: "hkid-2003".to_owned(), ..card() };
    assert_eq!(found(&hkid(&json!({})), &old), []);
}

#[test]
fn each_difference_is_found_and_named() {
    use Finding::{
        BirthDateDiffers, ChineseNameDiffers, DocumentExpired, FieldMissing, IssuerDiffers,
        NameDiffers, NumberDiffers, NumberUnconfirmed, UnderAge, WrongDocument,
    };
    let said = |change: Value| (hkid(&change), card());
    let read = |reading| (hkid(&json!({})), reading);
    let passports = |reading| (passport(), reading);
    let wrong = ReadingV1 { document: "mrz-td1".to_owned(), ..card() };
    for ((details, reading), expected) in [
        (said(json!({"document_number": "G123456(A)"})), vec![NumberDiffers]),
        (said(json!({"name": "Chan Tai Ming"})), vec![NameDiffers]),
        (said(json!({"name_chinese": "陳大明"})), vec![ChineseNameDiffers]),
        (said(json!({"name_chinese": null})), vec![ChineseNameDiffers]),
        (said(json!({"birth_date": "1990-01-30"})), vec![BirthDateDiffers]),
        (said(json!({"birth_date": "2008-11-29"})), vec![BirthDateDiffers, UnderAge]),
        (said(json!({"birth_date": "2008-11-28"})), vec![BirthDateDiffers]),
        (read(wrong), vec![WrongDocument]),
        (read(unconfirmed(card(), "document_number")), vec![NumberUnconfirmed]),
        (read(without(card(), "document_number")), vec![FieldMissing]),
        (read(without(without(card(), "name"), "birth_date")), vec![FieldMissing]),
        (read(without(card(), "name_chinese")), vec![FieldMissing]),
        (read(with(card(), "birth_date", "31/01/1990")), vec![FieldMissing]),
        (passports(with(lines(), "expiry_date", "2026-11-27")), vec![DocumentExpired]),
        (passports(without(lines(), "expiry_date")), vec![FieldMissing]),
        (passports(unconfirmed(lines(), "expiry_date")), vec![NumberUnconfirmed]),
        (passports(with(lines(), "issuing_state", "CHN")), vec![IssuerDiffers]),
    ] {
        assert_eq!(found(&details, &reading), expected);
    }
}

#[test]
fn what_the_applicant_can_mend_comes_back_to_them_and_what_they_cannot_does_not() {
    let of = |upload: Upload<'_>| verdict(&hkid(&json!({})), &upload, CLEAR, NOW);
    let again = |finding| Verdict::Again { findings: vec![finding] };
    assert_eq!(of(Upload::Differs), again(Finding::DocumentDiffers));
    assert_eq!(of(Upload::Failed("not-an-image")), again(Finding::DocumentUnreadable));
    assert_eq!(of(Upload::Failed("a-code-of-tomorrow")), again(Finding::DocumentUnreadable));
    let findings = vec![Finding::Unprocessable];
    let review = Verdict::Review { findings, expires_on: None };
    assert_eq!(of(Upload::Failed("unprocessable")), review);
}

#[test]
fn who_is_on_a_list_or_was_not_compared_or_has_anothers_number_is_for_a_human() {
    for (facts, expected) in [
        (Facts { is_hit: Some(true), ..CLEAR }, Finding::ScreeningHit),
        (Facts { is_hit: None, ..CLEAR }, Finding::NotScreened),
        (Facts { is_number_in_use: true, ..CLEAR }, Finding::NumberInUse),
        (Facts { is_other_person: true, ..CLEAR }, Finding::OtherPerson),
    ] {
        let Verdict::Review { findings, .. } =
            verdict(&hkid(&json!({})), &Upload::Read(&card()), facts, NOW)
        else {
            panic!("approved in spite of {expected:?}");
        };
        assert_eq!(findings, [expected]);
    }
}

#[test]
fn addresses_and_businesses_are_always_for_a_human_who_sees_what_differs() {
    let address = json!({"type": "address", "address": "Flat 3B, 12 Nathan Road"});
    let address: Details = serde_json::from_value(address).unwrap();
    assert_eq!(found(&address, &reading("unknown", &[])), [Finding::HumanNeeded]);
    let certificate = reading(
        "business-registration",
        &[
            ("document_number", "12345678000"),
            ("name", "WING KEE LIMITED"),
            ("name_chinese", "永記有限公司"),
            ("expiry_date", "2027-03-31"),
        ],
    );
    assert_eq!(found(&business(), &certificate), [Finding::HumanNeeded]);
    let other = with(certificate, "document_number", "12345678001");
    assert_eq!(found(&business(), &other), [Finding::NumberDiffers, Finding::HumanNeeded]);
}

#[test]
fn one_comes_of_age_on_the_day_in_hong_kong() {
    for (birth, today, expected) in [
        (date!(2008 - 11 - 28), date!(2026 - 11 - 28), true),
        (date!(2008 - 11 - 29), date!(2026 - 11 - 28), false),
        (date!(2008 - 02 - 29), date!(2026 - 02 - 28), false),
        (date!(2008 - 02 - 29), date!(2026 - 03 - 01), true),
        (date!(2007 - 12 - 31), date!(2026 - 01 - 01), true),
        (date!(2030 - 01 - 01), date!(2026 - 01 - 01), false),
    ] {
        assert_eq!(is_of_age(birth, today), expected, "{birth} {today}");
    }
}
