//! A file of a shop's transactions, which is written in turns and kept for some days.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{BusinessId, ExportId, Language, UserId, code_enum, hong_kong_midnight};

use super::Period;

/// A year, and one day for those that leap.
pub(crate) const EXPORT_DAYS_MAX: i32 = 366;
/// Exports of a shop that wait or are written.
pub(crate) const OPEN_EXPORTS_MAX: u64 = 3;
/// The most transactions of a file.
pub(crate) const EXPORT_ROWS_MAX: u64 = 2_000_000;
/// How many transfers of each direction are read for a block: some megabytes in memory.
pub(crate) const BLOCK_ROWS_MAX: u32 = 10_000;
/// How long a file can be had.
pub(crate) const FILE_LASTS: Duration = Duration::days(7);
/// How long it is known afterwards that there was one.
pub(crate) const EXPORT_KNOWN: Duration = Duration::days(90);
/// What is not written by then, since a store is away, is given up.
pub(crate) const GIVEN_UP_AFTER: Duration = Duration::hours(24);
/// How long a download may begin that somebody has asked for.
pub(crate) const DOWNLOAD_LINK_LASTS: Duration = Duration::minutes(10);

code_enum! {
    /// What kind of file.
    pub(crate) enum ExportFormat {
        /// A table for spreadsheets.
        Csv = "csv",
        /// A statement of ISO 20022, with both balances.
        Camt053 = "camt053",
        /// Credits and debits as ISO 20022 notifies of them.
        Camt054 = "camt054",
    }
}

code_enum! {
    /// How far a file is.
    pub(crate) enum ExportStatus {
        /// Its turn has not come yet.
        Waiting = "waiting",
        /// Some of it is written.
        Running = "running",
        /// It can be downloaded.
        Done = "done",
        /// There will be no file.
        Failed = "failed",
        /// It was deleted, as it was said when it was asked for.
        Expired = "expired",
    }
}

code_enum! {
    /// Why there is no file.
    pub(crate) enum ExportFailure {
        /// More moved than a file holds.
        TooLong = "too-long",
        /// It could not be written in a day.
        GivenUp = "given-up",
        /// The books contradict themselves: better no file than a wrong one.
        DoesNotAddUp = "does-not-add-up",
    }
}

impl ExportFormat {
    /// The file's ending and media type.
    pub(crate) const fn of_file(self) -> (&'static str, &'static str) {
        match self {
            Self::Csv => ("csv", "text/csv; charset=utf-8; header=present"),
            Self::Camt053 | Self::Camt054 => ("xml", "application/xml"),
        }
    }
}

/// What was asked for, and how far it is.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    pub(crate) id: ExportId,
    pub(crate) business_id: BusinessId,
    pub(crate) owner_user_id: UserId,
    pub(crate) format: ExportFormat,
    pub(crate) language: Language,
    pub(crate) period: Period,
    /// The moment of the books when it was asked for.
    pub(crate) as_of: OffsetDateTime,
    /// It has what is below this id: all of that was in the books by then, and never changes.
    pub(crate) before_id: Uuid,
    pub(crate) status: ExportStatus,
    pub(crate) failure: Option<ExportFailure>,
    /// What was counted of those days; other movements come on top.
    pub(crate) rows_expected: u64,
    /// Before and after, in cents; none until its first turn.
    pub(crate) balances: Option<(i64, i64)>,
    pub(crate) written: Written,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) ended_at: Option<OffsetDateTime>,
}

/// What the blocks hold that are in storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    /// Where the next block goes on.
    pub(crate) next_id: Uuid,
    pub(crate) blocks: u32,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    /// What the shop held after the last of them, in cents.
    pub(crate) balance: i64,
}

impl Export {
    /// The whole of its days were over.
    pub(crate) fn is_whole(&self) -> bool {
        self.ends_at() == self.days_end_at()
    }

    /// It has what moved before this moment.
    pub(crate) fn ends_at(&self) -> OffsetDateTime {
        let milliseconds = i128::try_from(self.before_id.as_u128() >> 80).unwrap_or(i128::MAX);
        let moment =
            OffsetDateTime::from_unix_timestamp_nanos(milliseconds.saturating_mul(1_000_000));
        moment.unwrap_or(self.as_of)
    }

    fn days_end_at(&self) -> OffsetDateTime {
        self.period.last.next_day().map_or(self.as_of, hong_kong_midnight)
    }

    /// Of the blob.
    pub(crate) fn blob_name(&self) -> String {
        self.id.to_string()
    }

    /// As a browser keeps it.
    pub(crate) fn file_name(&self) -> String {
        let Period { first, last } = self.period;
        let (ending, _) = self.format.of_file();
        let what = match self.format {
            ExportFormat::Csv => "transactions",
            ExportFormat::Camt053 | ExportFormat::Camt054 => self.format.code(),
        };
        format!("{what}-{first}-{last}.{ending}")
    }

    pub(crate) fn file_expires_at(&self) -> Option<OffsetDateTime> {
        let ended_at = self.ended_at.filter(|_| self.status == ExportStatus::Done)?;
        Some(ended_at.saturating_add(FILE_LASTS))
    }
}
