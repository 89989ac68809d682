//! A file of a shop's transactions, which is written in turns and kept for some days.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{BusinessId, ExportId, Language, UserId, code_enum, hong_kong_midnight};

use super::{Period, Sheet};

/// A year, and one day for those that leap.
pub(crate) const EXPORT_DAYS_MAX: i32 = 366;
/// Exports of a shop that wait or are written.
pub(crate) const OPEN_EXPORTS_MAX: u64 = 3;
/// The most transactions of a file.
const ROWS_MAX: u64 = 2_000_000;
/// The most of a workbook, below its head: what spreadsheets hold in one sheet.
const SHEET_ROWS_MAX: u64 = 1_048_575;
/// How many transfers of each direction are read for a block: some megabytes in memory.
pub(crate) const BLOCK_ROWS_MAX: u32 = 10_000;
/// For how many blocks a turn sums up what has moved: that takes less than writing them.
pub(crate) const BLOCKS_SUMMED: u32 = 5;
/// How long a file can be had.
pub(crate) const FILE_LASTS: Duration = Duration::days(7);
/// How long whoever asks for the same again has that file: the rest is time to download it.
pub(crate) const ANSWERED_AGAIN: Duration = Duration::days(6);
/// How long it is known afterwards that there was one.
pub(crate) const EXPORT_KNOWN: Duration = Duration::days(90);
/// What is no further after this time, although it was tried, is given up.
const GIVEN_UP_AFTER: Duration = Duration::hours(24);
/// Until when nobody else takes on what somebody has taken on: longer than a turn.
pub(crate) const LEASE_MINUTES: u32 = 2;
/// It is twice as long each time that there was no progress, up to this: others come first.
pub(crate) const LEASE_MINUTES_MAX: u32 = 30;
/// Exports that a shop may begin in a day.
pub(crate) const EXPORTS_PER_DAY_MAX: u64 = 10;
/// Raised with each change of what a file's bytes are, or where its blocks end.
pub(crate) const EXPORT_LAYOUT: u32 = 1;
/// How long a download may begin that somebody has asked for.
pub(crate) const DOWNLOAD_LINK_LASTS: Duration = Duration::minutes(10);

code_enum! {
    /// What kind of file.
    pub(crate) enum ExportFormat {
        /// A table for spreadsheets.
        Csv = "csv",
        /// A workbook for spreadsheets, whose amounts are numbers.
        Xlsx = "xlsx",
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
        /// It is being written.
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
        /// It was no further after a day.
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
            Self::Xlsx => {
                ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
            }
            Self::Camt053 | Self::Camt054 => ("xml", "application/xml"),
        }
    }

    pub(crate) const fn rows_max(self) -> u64 {
        match self {
            Self::Xlsx => SHEET_ROWS_MAX,
            Self::Csv | Self::Camt053 | Self::Camt054 => ROWS_MAX,
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
    pub(crate) summed: Summed,
    /// Before and after, in cents; none until all is summed up.
    pub(crate) balances: Option<(i64, i64)>,
    /// By what the blocks were made that are in storage.
    pub(crate) layout: u32,
    pub(crate) written: Written,
    /// When it was last further than before, and how often it has been taken on since.
    pub(crate) progressed_at: OffsetDateTime,
    pub(crate) tries: u32,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) ended_at: Option<OffsetDateTime>,
}

/// By how much, in cents, the shop's balance changed before an id: since the first day, and since
/// the last was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Summed {
    pub(crate) next_id: Uuid,
    pub(crate) since_begun: i64,
    pub(crate) since_ended: i64,
}

impl Summed {
    /// Nothing yet.
    pub(crate) const fn at(next_id: Uuid) -> Self {
        Self { next_id, since_begun: 0, since_ended: 0 }
    }
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
    /// What is known of a workbook's rows.
    pub(crate) sheet: Sheet,
}

impl Written {
    /// Nothing yet.
    pub(crate) const fn at(next_id: Uuid) -> Self {
        Self { next_id, blocks: 0, rows: 0, bytes: 0, balance: 0, sheet: Sheet::EMPTY }
    }
}

impl Export {
    /// As this version can go on with it: with what another has written, a file would be of two
    /// halves, so it begins anew.
    pub(crate) fn in_this_layout(self, first_id: Uuid) -> Self {
        if self.layout == EXPORT_LAYOUT {
            return self;
        }
        let (summed, written) = (Summed::at(first_id), Written::at(first_id));
        Self { layout: EXPORT_LAYOUT, summed, balances: None, written, ..self }
    }

    /// It was taken on before and is no further since. How long it has waited does not matter.
    pub(crate) fn is_given_up(&self, now: OffsetDateTime) -> bool {
        self.tries > 1 && self.progressed_at.saturating_add(GIVEN_UP_AFTER) < now
    }

    /// How it ended, once it has, for whoever counts.
    pub(crate) fn outcome(&self) -> Option<&'static str> {
        match self.status {
            ExportStatus::Done => Some(ExportStatus::Done.code()),
            ExportStatus::Failed => self.failure.map(ExportFailure::code),
            ExportStatus::Waiting | ExportStatus::Running | ExportStatus::Expired => None,
        }
    }

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
            ExportFormat::Csv | ExportFormat::Xlsx => "transactions",
            ExportFormat::Camt053 | ExportFormat::Camt054 => self.format.code(),
        };
        format!("{what}-{first}-{last}.{ending}")
    }

    pub(crate) fn file_expires_at(&self) -> Option<OffsetDateTime> {
        let ended_at = self.ended_at.filter(|_| self.status == ExportStatus::Done)?;
        Some(ended_at.saturating_add(FILE_LASTS))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    impl Export {
        /// Of the first two days of November 2026, which are over.
        pub(crate) fn of_november(format: ExportFormat) -> Self {
            let asked_at = datetime!(2026-11-29 16:00 UTC);
            Self {
                id: ExportId::new(),
                business_id: BusinessId::new(),
                owner_user_id: UserId::new(),
                format,
                language: Language::English,
                period: Period { first: date!(2026 - 11 - 01), last: date!(2026 - 11 - 02) },
                as_of: asked_at,
                before_id: Uuid::from_u128(1_793_635_200_000_u128 << 80),
                status: ExportStatus::Running,
                failure: None,
                rows_expected: 0,
                summed: Summed::at(Uuid::nil()),
                balances: None,
                layout: EXPORT_LAYOUT,
                written: Written::at(Uuid::nil()),
                progressed_at: asked_at,
                tries: 0,
                created_at: asked_at,
                ended_at: None,
            }
        }
    }

    #[test]
    fn what_is_no_further_after_a_day_is_given_up_but_not_what_only_waited() {
        let waited = Export::of_november(ExportFormat::Csv);
        let later = waited.progressed_at + GIVEN_UP_AFTER + Duration::SECOND;
        let tried = |tries| Export { tries, ..waited.clone() };
        assert!(!tried(1).is_given_up(later), "it is taken on for the first time");
        assert!(tried(2).is_given_up(later));
        assert!(!tried(2).is_given_up(later - Duration::minutes(1)));
        let further = Export { progressed_at: later - Duration::HOUR, ..tried(2) };
        assert!(!further.is_given_up(later), "however long ago it was asked for");
    }

    #[test]
    fn what_another_layout_has_written_begins_anew() {
        let first = Uuid::from_u128(7);
        let sheet = Sheet { checksum: 7, bytes: 70 };
        let next_id = Uuid::max();
        let written = Written { next_id, blocks: 3, rows: 9, bytes: 99, balance: 5, sheet };
        let own =
            Export { written, balances: Some((1, 5)), ..Export::of_november(ExportFormat::Csv) };
        let other = Export { layout: EXPORT_LAYOUT + 1, ..own.clone() }.in_this_layout(first);
        assert_eq!((other.layout, other.written), (EXPORT_LAYOUT, Written::at(first)));
        assert_eq!((other.summed, other.balances), (Summed::at(first), None));
        assert_eq!(own.in_this_layout(first).written, written);
    }
}
