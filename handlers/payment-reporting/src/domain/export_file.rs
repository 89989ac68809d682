//! The bytes of a file, block by block: a block is made of nothing but the export, the lines that
//! it has, and how much was written before, so it is the same however often it is made.

use super::camt::Camt;
use super::export::{EXPORT_ROWS_MAX, Export, ExportFailure, ExportFormat, Written};
use super::statement::Line;
use super::transaction::TransactionTable;
use uuid::Uuid;

/// A block, and how far the file is with it.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) bytes: Vec<u8>,
    pub(crate) written: Written,
}

impl Block {
    /// The next block of a file, of all lines from where it stands up to `next_id`, in order. The
    /// first begins the file, and that which reaches its end ends it, if it adds up.
    pub(crate) fn of(
        export: &Export,
        (opening, closing): (i64, i64),
        lines: &[Line],
        next_id: Uuid,
    ) -> Result<Self, ExportFailure> {
        let before = export.written;
        let change = |sum: i64, line: &Line| sum.saturating_add(line.net());
        let balance = lines.iter().fold(before.balance, change);
        let rows = before.rows.saturating_add(u64::try_from(lines.len()).unwrap_or(u64::MAX));
        if rows > EXPORT_ROWS_MAX {
            return Err(ExportFailure::TooLong);
        }
        let is_last = next_id >= export.before_id;
        if is_last && balance != closing {
            return Err(ExportFailure::DoesNotAddUp);
        }
        let text = match export.format {
            ExportFormat::Csv => {
                let mut table = match before.blocks {
                    0 => TransactionTable::in_language(export.language),
                    _ => TransactionTable::continued(export.language),
                };
                lines.iter().for_each(|line| table.add(line));
                table.into_text()
            }
            ExportFormat::Camt053 | ExportFormat::Camt054 => {
                let mut camt = Camt::of(export);
                if before.blocks == 0 {
                    camt.begin(opening, closing);
                }
                lines.iter().for_each(|line| camt.add(line));
                if is_last {
                    camt.end();
                }
                camt.into_text()
            }
        };
        let bytes = text.into_bytes();
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let written = Written {
            next_id,
            blocks: before.blocks.saturating_add(1),
            rows,
            bytes: before.bytes.saturating_add(length),
            balance,
        };
        Ok(Self { bytes, written })
    }
}
