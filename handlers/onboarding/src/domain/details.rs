//! What an applicant says of themselves or of their business. Personal data: it is stored sealed
//! only, and has no `Debug` form.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;
use values::{BusinessId, HomeAddress, HongKongDate, LegalName, code_enum, simplified};

use super::document_number::{HkidNumber, Issuer, PassportNumber, RegistrationNumber};
use super::status::ApplicationKind;

code_enum! {
    /// What a business is by law.
    pub(crate) enum LegalForm {
        /// One person's.
        SoleProprietor = "sole-proprietor",
        /// Several people's.
        Partnership = "partnership",
        /// A company's.
        Company = "company",
    }
}

code_enum! {
    /// By what right somebody speaks for a business.
    pub(crate) enum RepresentativeRole {
        /// It is theirs, or a part of it.
        Owner = "owner",
        /// They direct it.
        Director = "director",
        /// Those have authorised them.
        Authorised = "authorised",
    }
}

/// Somebody who owns a part of a business.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BusinessOwner {
    /// As their identity document has it.
    pub(crate) name: LegalName,
    /// Null if they have none.
    pub(crate) name_chinese: Option<LegalName>,
    pub(crate) birth_date: HongKongDate,
}

/// What the applicant says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Details {
    /// Who they are, by a Hong Kong identity card.
    Hkid {
        document_number: HkidNumber,
        /// As the card has it.
        name: LegalName,
        /// As the card has it; null if it has none.
        name_chinese: Option<LegalName>,
        birth_date: HongKongDate,
    },
    /// Who they are, by a passport.
    Passport {
        issuer: Issuer,
        document_number: PassportNumber,
        /// As the passport has it.
        name: LegalName,
        /// Null if they have none.
        name_chinese: Option<LegalName>,
        birth_date: HongKongDate,
    },
    /// Where they live, by a bill or a letter that came there.
    Address { address: HomeAddress },
    /// What their business is, by its registration certificate.
    Business {
        /// The shop, as `business-profile` knows it.
        business_id: BusinessId,
        legal_form: LegalForm,
        /// As the certificate has it.
        legal_name: LegalName,
        /// As the certificate has it; null if it has none.
        legal_name_chinese: Option<LegalName>,
        registration_number: RegistrationNumber,
        /// All who own a quarter of it or more, and at least one person.
        #[schema(min_items = 1, max_items = 10)]
        owners: Vec<BusinessOwner>,
        /// By what right the applicant speaks for it.
        representative: RepresentativeRole,
    },
}

/// The most owners of one business that are named.
pub(crate) const OWNERS_MAX: usize = 10;
/// How often in a day a person may say something of themselves, by beginning or changing
/// applications: each time it is sealed. To withdraw one is always free, since it was begun before.
pub(crate) const DETAILS_A_DAY_MAX: u64 = 20;

/// Whose names are compared with a list. Personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Screenee {
    /// Spellings of one name, in Latin letters and in Chinese.
    pub(crate) names: Vec<String>,
    /// Of a person.
    pub(crate) birth_date: Option<Date>,
}

impl Screenee {
    /// Whether both are one person, as far as documents say: born on the same day, and of the same
    /// names, those in Chinese if both have one. Who has married is looked at by a human.
    pub(crate) fn is_same_person(&self, other: &Self) -> bool {
        let is_same = |(one, other): (&String, &String)| {
            let [one, other] = [one, other].map(|name| name.chars().map(simplified).collect());
            let [one, other] = [one, other].map(|name: String| LegalName::try_from(name));
            matches!((one, other), (Ok(one), Ok(other)) if one.is_same_name(&other))
        };
        let is_named = !self.names.is_empty() && !other.names.is_empty();
        is_named
            && self.birth_date == other.birth_date
            && self.names.iter().zip(&other.names).all(is_same)
    }
}

impl Details {
    pub(crate) const fn kind(&self) -> ApplicationKind {
        match self {
            Self::Hkid { .. } | Self::Passport { .. } => ApplicationKind::Identity,
            Self::Address { .. } => ApplicationKind::Address,
            Self::Business { .. } => ApplicationKind::Business,
        }
    }

    pub(crate) const fn business_id(&self) -> Option<BusinessId> {
        match self {
            Self::Business { business_id, .. } => Some(*business_id),
            Self::Hkid { .. } | Self::Passport { .. } | Self::Address { .. } => None,
        }
    }

    /// Whether as many owners are named as there may be.
    pub(crate) fn has_owners(&self) -> bool {
        match self {
            Self::Business { owners, .. } => (1..=OWNERS_MAX).contains(&owners.len()),
            Self::Hkid { .. } | Self::Passport { .. } | Self::Address { .. } => true,
        }
    }

    /// The kind of the document's number and the number, by which one document is known; an address
    /// has none.
    pub(crate) fn document_number(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Hkid { document_number, .. } => {
                Some(("hkid", document_number.as_str().to_owned()))
            }
            Self::Passport { issuer, document_number, .. } => {
                let number = format!("{}:{}", issuer.as_str(), document_number.as_str());
                Some(("passport", number))
            }
            Self::Business { registration_number, .. } => {
                Some(("business-registration", registration_number.as_str().to_owned()))
            }
            Self::Address { .. } => None,
        }
    }

    /// Everybody who is compared with the list; nobody of an address, whose person was before.
    pub(crate) fn screenees(&self) -> Vec<Screenee> {
        let screenee = |name: &LegalName, chinese: &Option<LegalName>, birth_date| Screenee {
            names: [Some(name), chinese.as_ref()]
                .into_iter()
                .flatten()
                .map(|name| name.as_str().to_owned())
                .collect(),
            birth_date,
        };
        match self {
            Self::Hkid { name, name_chinese, birth_date, .. }
            | Self::Passport { name, name_chinese, birth_date, .. } => {
                vec![screenee(name, name_chinese, Some(birth_date.0))]
            }
            Self::Address { .. } => Vec::new(),
            Self::Business { legal_name, legal_name_chinese, owners, .. } => {
                let owners = owners.iter().map(|owner| {
                    screenee(&owner.name, &owner.name_chinese, Some(owner.birth_date.0))
                });
                let business = screenee(legal_name, legal_name_chinese, None);
                std::iter::once(business).chain(owners).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn one_person_has_one_date_of_birth_and_the_same_names() {
        let known = |names: &[&str], birth_date| Screenee {
            names: names.iter().copied().map(str::to_owned).collect(),
            birth_date: Some(birth_date),
        };
        let born = date!(1990 - 01 - 31);
        let ann = known(&["Chan Tai Man", "陳大文"], born);
        for (other, is_same) in [
            (known(&["CHAN, Tai-Man"], born), true),
            (known(&["TAI MAN CHAN", "陈大文"], born), true),
            (known(&["Chan Tai Man", "陳大明"], born), false),
            (known(&["Chan Tai Ming"], born), false),
            (known(&["Chan Tai Man"], date!(1991 - 01 - 31)), false),
            (known(&[], born), false),
        ] {
            assert_eq!(ann.is_same_person(&other), is_same, "{}", other.names.join("|"));
            assert_eq!(other.is_same_person(&ann), is_same, "{}", other.names.join("|"));
        }
    }
}
