//! What a code says of a tip: it changes what the payer pays.

use serde::Serialize;
use utoipa::ToSchema;
use values::Money;

use super::amount::{read_amount, read_hundredths};
use super::code_error::CodeError;
use super::emv::Objects;

pub(super) const INDICATOR: u8 = 55;
const FIXED_FEE: u8 = 56;
const PERCENTAGE: u8 = 57;
pub(super) const PROMPT: &str = "01";
const FIXED: &str = "02";
const PROPORTIONAL: &str = "03";

/// What is paid on top of a code's amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum Tip {
    /// The payer is asked for one.
    Prompt,
    /// This much.
    Fixed { fee: Money },
    /// A part of the amount.
    Percentage {
        /// 1050 is 10.5 percent.
        #[schema(minimum = 1, maximum = 9999)]
        hundredths_of_a_percent: u16,
    },
}

impl Tip {
    /// `None` if the code says nothing of a tip. Objects that contradict each other are refused.
    pub(crate) fn read(objects: &Objects) -> Result<Option<Self>, CodeError> {
        let parts = (objects.get(INDICATOR), objects.get(FIXED_FEE), objects.get(PERCENTAGE));
        Ok(match parts {
            (None, None, None) => None,
            (Some(PROMPT), None, None) => Some(Self::Prompt),
            (Some(FIXED), Some(fee), None) => Some(Self::Fixed { fee: read_amount(fee)? }),
            (Some(PROPORTIONAL), None, Some(text)) => {
                let hundredths_of_a_percent = read_percentage(text).ok_or(CodeError::Tip)?;
                Some(Self::Percentage { hundredths_of_a_percent })
            }
            _ => return Err(CodeError::Tip),
        })
    }
}

/// More than nothing and less than everything, as the specification says.
fn read_percentage(text: &str) -> Option<u16> {
    let hundredths = u16::try_from(read_hundredths(text)?).ok()?;
    (1..10_000).contains(&hundredths).then_some(hundredths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(objects: &[(u8, &str)]) -> Result<Option<Tip>, CodeError> {
        let objects = objects.iter().map(|(id, value)| (*id, (*value).to_owned()));
        Tip::read(&Objects::new(objects).unwrap())
    }

    #[test]
    fn a_tip_is_read_as_it_is_asked_for() {
        let percentage = |hundredths_of_a_percent| Tip::Percentage { hundredths_of_a_percent };
        for (objects, tip) in [
            (&[][..], None),
            (&[(55, "01")], Some(Tip::Prompt)),
            (&[(55, "02"), (56, "12.5")], Some(Tip::Fixed { fee: Money::hkd(1_250).unwrap() })),
            (&[(55, "03"), (57, "10")], Some(percentage(1_000))),
            (&[(55, "03"), (57, "00.01")], Some(percentage(1))),
            (&[(55, "03"), (57, "99.99")], Some(percentage(9_999))),
        ] {
            assert_eq!(read(objects), Ok(tip), "{objects:?}");
        }
    }

    #[test]
    fn a_tip_that_contradicts_itself_is_refused() {
        for objects in [
            &[(55, "04")][..],
            &[(55, "1")],
            &[(55, "02")],
            &[(55, "03")],
            &[(56, "12.50")],
            &[(57, "10")],
            &[(55, "01"), (56, "12.50")],
            &[(55, "01"), (57, "10")],
            &[(55, "02"), (57, "10")],
            &[(55, "02"), (56, "0")],
            &[(55, "02"), (56, "-1")],
            &[(55, "02"), (56, "12.50"), (57, "10")],
            &[(55, "03"), (56, "12.50")],
            &[(55, "03"), (57, "0")],
            &[(55, "03"), (57, "100")],
            &[(55, "03"), (57, "1000000")],
            &[(55, "03"), (57, "ten")],
        ] {
            assert!(read(objects).is_err(), "{objects:?}");
        }
    }
}
