//! What the payee recognises a payment by: without it a bill stays unpaid.

use serde::Serialize;
use utoipa::ToSchema;
use values::Description;

use super::code_error::CodeError;
use super::emv::Objects;

/// The template that the specification calls additional data.
const TEMPLATE: u8 = 62;

/// What the payee recognises the payment by. Null: the code does not say. `***`: the code asks the
/// payer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct References {
    bill_number: Option<String>,
    mobile_number: Option<String>,
    store_label: Option<String>,
    loyalty_number: Option<String>,
    reference_label: Option<String>,
    customer_label: Option<String>,
    terminal_label: Option<String>,
    purpose: Option<String>,
}

impl References {
    #[cfg(test)]
    pub(crate) fn of_bill(number: &str) -> Self {
        Self { bill_number: Some(number.to_owned()), ..Self::default() }
    }

    /// All of them. A code with one that cannot be shown is refused: paid without it, the payment
    /// might not be recognised. Objects from 09 on name no payment and are left out.
    pub(crate) fn read(objects: &Objects) -> Result<Self, CodeError> {
        let Some(template) = objects.template(TEMPLATE)? else { return Ok(Self::default()) };
        let read = |id| template.get(id).map(read_reference).transpose();
        Ok(Self {
            bill_number: read(1)?,
            mobile_number: read(2)?,
            store_label: read(3)?,
            loyalty_number: read(4)?,
            reference_label: read(5)?,
            customer_label: read(6)?,
            terminal_label: read(7)?,
            purpose: read(8)?,
        })
    }
}

fn read_reference(text: &str) -> Result<String, CodeError> {
    // As legible as our own texts; it stands as the other wallet wrote it, spaces included.
    Description::try_from(text.trim().to_owned()).map_err(|_| CodeError::Reference)?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::emv::EmvError;
    use super::*;

    fn read(template: &str) -> Result<References, CodeError> {
        References::read(&Objects::new([(TEMPLATE, template.to_owned())]).unwrap())
    }

    #[test]
    fn every_reference_is_carried_as_it_stands() {
        let template = "0102B10213+852-612345670302S30402L40503***0602C60702T70803 賬單0904AMEx";
        let text = |text: &str| Some(text.to_owned());
        let references = References {
            bill_number: text("B1"),
            mobile_number: text("+852-61234567"),
            store_label: text("S3"),
            loyalty_number: text("L4"),
            reference_label: text("***"),
            customer_label: text("C6"),
            terminal_label: text("T7"),
            purpose: text(" 賬單"),
        };
        assert_eq!(read(template), Ok(references));
        assert_eq!(References::read(&Objects::new([]).unwrap()), Ok(References::default()));
    }

    #[test]
    fn references_that_cannot_be_read_or_shown_are_refused() {
        for (template, error) in [
            ("INV001", EmvError::NoObjects.into()),
            ("0106INV", EmvError::NoObjects.into()),
            ("0102A10102A2", EmvError::Repeated(1).into()),
            ("0104A\u{202e}B1", CodeError::Reference),
            ("0504A\nB1", CodeError::Reference),
        ] {
            assert_eq!(read(template), Err(error), "{template:?}");
        }
    }
}
