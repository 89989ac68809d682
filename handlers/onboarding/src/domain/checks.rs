//! What was read of a document compared with what the applicant has said.

use events::ocr::ReadingV1;
use time::{Date, OffsetDateTime};
use values::{HongKongDate, LegalName, hong_kong_day};

use super::act::Verdict;
use super::details::Details;
use super::document::UNPROCESSABLE;
use super::status::Finding;

/// The rules by which applications are decided; the trail says which. Another number with each
/// change of what is found here.
pub(crate) const RULES: &str = "rules 2";
/// How old a person must be.
const AGE_MIN_YEARS: i32 = 18;

/// What became of an upload.
pub(crate) enum Upload<'a> {
    /// It was read.
    Read(&'a ReadingV1),
    /// It could not be, for this reason.
    Failed(&'a str),
    /// It is not of the type or the length that was announced.
    Differs,
}

/// What is known besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Another person was approved by this document's number.
    pub(crate) is_number_in_use: bool,
    /// The applicant is known as another person.
    pub(crate) is_other_person: bool,
    /// Whether a name is like one on the list; none if there is no list yet.
    pub(crate) is_hit: Option<bool>,
}

/// What the checks come to: everything agrees, a human must look, or the applicant must upload
/// again. It is in doubt if anything is.
pub(crate) fn verdict(
    details: &Details,
    upload: &Upload<'_>,
    facts: Facts,
    now: OffsetDateTime,
) -> Verdict {
    let mut findings = Vec::new();
    let mut expires_on = None;
    match upload {
        Upload::Differs => return Verdict::Again { findings: vec![Finding::DocumentDiffers] },
        Upload::Failed(UNPROCESSABLE) => findings.push(Finding::Unprocessable),
        Upload::Failed(_) => {
            return Verdict::Again { findings: vec![Finding::DocumentUnreadable] };
        }
        Upload::Read(reading) => {
            let mut comparison = Comparison { reading, findings: Vec::new() };
            comparison.compare(details, hong_kong_day(now));
            expires_on = comparison.date("expiry_date");
            findings = comparison.findings;
        }
    }
    if facts.is_number_in_use {
        findings.push(Finding::NumberInUse);
    }
    if facts.is_other_person {
        findings.push(Finding::OtherPerson);
    }
    match facts.is_hit {
        _ if matches!(details, Details::Address { .. }) => {}
        None => findings.push(Finding::NotScreened),
        Some(true) => findings.push(Finding::ScreeningHit),
        Some(false) => {}
    }
    if matches!(details, Details::Address { .. } | Details::Business { .. }) {
        findings.push(Finding::HumanNeeded);
    }
    if findings.is_empty() {
        Verdict::Approve { expires_on }
    } else {
        Verdict::Review { findings, expires_on }
    }
}

/// A reading that is looked through for what does not agree.
struct Comparison<'a> {
    reading: &'a ReadingV1,
    findings: Vec<Finding>,
}

impl Comparison<'_> {
    fn compare(&mut self, details: &Details, today: Date) {
        match details {
            Details::Hkid { document_number, name, name_chinese, birth_date } => {
                self.require_document(&["hkid-2003", "hkid-2018"]);
                self.require_number(document_number.as_str());
                self.require_name("name", name, Finding::NameDiffers);
                self.require_chinese_name(name_chinese.as_ref());
                self.require_birth(*birth_date, today);
            }
            Details::Passport { issuer, document_number, name, name_chinese, birth_date } => {
                self.require_document(&["mrz-td3"]);
                self.require_number(document_number.as_str());
                self.require_same("issuing_state", issuer.as_str(), Finding::IssuerDiffers);
                self.require_name("name", name, Finding::NameDiffers);
                // The machine-readable lines have no Chinese.
                if let (Some(name), Some(_)) = (name_chinese, self.value("name_chinese")) {
                    self.require_name("name_chinese", name, Finding::ChineseNameDiffers);
                }
                self.require_birth(*birth_date, today);
                self.require_unexpired(today);
                self.require_confirmed(&["birth_date", "expiry_date"]);
            }
            Details::Business { legal_name, legal_name_chinese, registration_number, .. } => {
                self.require_document(&["business-registration"]);
                let number = registration_number.as_str();
                self.require_same("document_number", number, Finding::NumberDiffers);
                self.require_name("name", legal_name, Finding::NameDiffers);
                self.require_chinese_name(legal_name_chinese.as_ref());
                self.require_unexpired(today);
            }
            Details::Address { .. } => {}
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.reading.fields.get(name).map(|field| field.value.as_str())
    }

    fn date(&self, name: &str) -> Option<Date> {
        HongKongDate::try_from(self.value(name)?.to_owned()).ok().map(|HongKongDate(day)| day)
    }

    /// Each once.
    fn find(&mut self, finding: Finding) {
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    fn require_document(&mut self, kinds: &[&str]) {
        if !kinds.contains(&self.reading.document.as_str()) {
            self.find(Finding::WrongDocument);
        }
    }

    fn require_same(&mut self, field: &str, said: &str, otherwise: Finding) {
        match self.value(field) {
            None => self.find(Finding::FieldMissing),
            Some(read) if read != said => self.find(otherwise),
            Some(_) => {}
        }
    }

    /// A check digit must agree, since a misreading may be what somebody else has said.
    fn require_number(&mut self, said: &str) {
        self.require_same("document_number", said, Finding::NumberDiffers);
        self.require_confirmed(&["document_number"]);
    }

    fn require_confirmed(&mut self, fields: &[&str]) {
        let is_unconfirmed =
            |name: &&str| self.reading.fields.get(*name).is_some_and(|field| !field.is_confirmed);
        if fields.iter().any(is_unconfirmed) {
            self.find(Finding::NumberUnconfirmed);
        }
    }

    fn require_name(&mut self, field: &str, said: &LegalName, otherwise: Finding) {
        match self.value(field).map(|read| LegalName::try_from(read.to_owned())) {
            None => self.find(Finding::FieldMissing),
            Some(Ok(read)) if read.is_same_name(said) => {}
            Some(_) => self.find(otherwise),
        }
    }

    fn require_chinese_name(&mut self, said: Option<&LegalName>) {
        match said {
            Some(said) => self.require_name("name_chinese", said, Finding::ChineseNameDiffers),
            None if self.value("name_chinese").is_some() => {
                self.find(Finding::ChineseNameDiffers);
            }
            None => {}
        }
    }

    fn require_birth(&mut self, HongKongDate(said): HongKongDate, today: Date) {
        match self.date("birth_date") {
            None => self.find(Finding::FieldMissing),
            Some(read) if read != said => self.find(Finding::BirthDateDiffers),
            Some(_) => {}
        }
        if !is_of_age(said, today) {
            self.find(Finding::UnderAge);
        }
    }

    /// The last day is a day on which it is valid.
    fn require_unexpired(&mut self, today: Date) {
        match self.date("expiry_date") {
            None => self.find(Finding::FieldMissing),
            Some(last) if last < today => self.find(Finding::DocumentExpired),
            Some(_) => {}
        }
    }
}

/// Who is born on 29 February comes of age on 1 March, as the law of Hong Kong counts.
fn is_of_age(birth: Date, today: Date) -> bool {
    let years = today.year().saturating_sub(birth.year());
    let had_birthday =
        (u8::from(today.month()), today.day()) >= (u8::from(birth.month()), birth.day());
    years > AGE_MIN_YEARS || (years == AGE_MIN_YEARS && had_birthday)
}

#[cfg(test)]
mod tests;
