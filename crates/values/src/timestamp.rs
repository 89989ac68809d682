//! A moment, as every answer writes it.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU8;

use serde::{Serialize, Serializer};
use time::format_description::well_known::Iso8601;
use time::format_description::well_known::iso8601::{Config, EncodedConfig, TimePrecision};
use time::{OffsetDateTime, UtcOffset};
use utoipa::openapi::schema::{KnownFormat, SchemaFormat};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// RFC 3339 in UTC with three decimals, always: texts of one length sort like their moments, and
/// parsers that know one form only can read them.
///
/// JSON: `"2026-11-28T08:30:00.120Z"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(OffsetDateTime);

const FORM: EncodedConfig = Config::DEFAULT
    .set_time_precision(TimePrecision::Second { decimal_digits: NonZeroU8::new(3) })
    .encode();
const NANOSECONDS_IN_A_MILLISECOND: u32 = 1_000_000;

impl From<OffsetDateTime> for Timestamp {
    /// What is finer than a millisecond is cut off.
    fn from(moment: OffsetDateTime) -> Self {
        let finer = moment.nanosecond().rem_euclid(NANOSECONDS_IN_A_MILLISECOND);
        let cut = moment.replace_nanosecond(moment.nanosecond().saturating_sub(finer));
        Self(cut.unwrap_or(moment).to_offset(UtcOffset::UTC))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0.format(&Iso8601::<FORM>).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .pattern(Some(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"))
            .description(Some("A moment: RFC 3339, UTC, three decimals."))
            .examples(["2026-11-28T08:30:00.120Z"])
            .into()
    }
}

impl ToSchema for Timestamp {
    fn name() -> Cow<'static, str> {
        "Timestamp".into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::format_description::well_known::Rfc3339;

    use super::*;

    #[test]
    fn a_moment_is_written_in_utc_with_three_decimals_whatever_it_was_read_as() {
        for (read, written) in [
            ("2026-11-28T08:30:00Z", "2026-11-28T08:30:00.000Z"),
            ("2026-11-28T08:30:00.12Z", "2026-11-28T08:30:00.120Z"),
            ("2026-11-28T08:30:59.999999Z", "2026-11-28T08:30:59.999Z"),
            ("2026-11-28T08:30:05.001000001Z", "2026-11-28T08:30:05.001Z"),
            ("2026-11-28T00:30:00.5+08:00", "2026-11-27T16:30:00.500Z"),
        ] {
            let moment = OffsetDateTime::parse(read, &Rfc3339).unwrap();
            assert_eq!(serde_json::to_value(Timestamp::from(moment)).unwrap(), json!(written));
        }
    }
}
