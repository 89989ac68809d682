//! Narrowing a list to what was created within some time.

use serde::Deserialize;
use service::Paging;
use time::OffsetDateTime;
use utoipa::IntoParams;

use crate::domain::Cut;

/// When the items were created.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreatedWithin {
    /// Items of this moment and later, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_from: Option<OffsetDateTime>,
    /// Items of before this moment, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_before: Option<OffsetDateTime>,
}

impl CreatedWithin {
    pub(super) fn narrow(&self, paging: Paging) -> Paging {
        narrow(paging, self.created_from, self.created_before)
    }
}

/// An id tells when it was made.
pub(super) fn narrow(
    paging: Paging,
    created_from: Option<OffsetDateTime>,
    created_before: Option<OffsetDateTime>,
) -> Paging {
    let id = |moment| Cut::at(moment).uuid();
    paging.between(created_from.map(id), created_before.map(id))
}
