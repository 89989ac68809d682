//! The bytes of a file, block by block: a block is made of nothing but the export, the lines that
//! it has, and how much was written before, so it is the same however often it is made.

use super::camt::Camt;
use super::export::{Export, ExportFailure, ExportFormat, Written};
use super::statement::Line;
use super::transaction::TransactionTable;
use super::xlsx::{TooLong, Workbook};
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
        if rows > export.format.rows_max() {
            return Err(ExportFailure::TooLong);
        }
        let is_last = next_id >= export.before_id;
        if is_last && balance != closing {
            return Err(ExportFailure::DoesNotAddUp);
        }
        let mut sheet = before.sheet;
        let bytes = match export.format {
            ExportFormat::Xlsx => {
                let mut workbook = Workbook::continued(export.language, sheet, before.bytes);
                lines.iter().for_each(|line| workbook.add(line));
                let block = workbook.into_bytes(is_last);
                let (bytes, known) = block.map_err(|TooLong| ExportFailure::TooLong)?;
                sheet = known;
                bytes
            }
            ExportFormat::Csv => {
                let mut table = match before.blocks {
                    0 => TransactionTable::in_language(export.language),
                    _ => TransactionTable::continued(export.language),
                };
                lines.iter().for_each(|line| table.add(line));
                table.into_text().into_bytes()
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
                camt.into_text().into_bytes()
            }
        };
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let written = Written {
            next_id,
            blocks: before.blocks.saturating_add(1),
            rows,
            bytes: before.bytes.saturating_add(length),
            balance,
            sheet,
        };
        Ok(Self { bytes, written })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use values::{BusinessId, ExportId, TransferId};

    use super::super::export::EXPORT_LAYOUT;
    use super::*;

    /// One payment with a fee and its refund in two blocks, in each format: the texts, and the
    /// workbook.
    fn files() -> (String, Vec<u8>) {
        let file = |format| {
            let export = Export {
                id: ExportId::from_uuid(Uuid::from_u128(1)),
                business_id: BusinessId::from_uuid(Uuid::from_u128(2)),
                ..Export::of_november(format)
            };
            let paid = Line {
                transfer_id: TransferId::from_uuid(Uuid::from_u128(3)),
                is_incoming: true,
                amount: 12_850,
                kind: "payment".to_owned(),
                other_name: "陳大文".to_owned(),
                fee: 193,
                tip: Some(850),
                note: Some("=Tea & cake".to_owned()),
                reference: Some("INV-42".to_owned()),
                moved_at: datetime!(2026-11-01 15:59:59.5 UTC),
            };
            let refund = Line { is_incoming: false, kind: "refund".to_owned(), ..paid.clone() };
            let begun = Block::of(&export, (0, 0), &[paid], Uuid::nil()).unwrap();
            let export = Export { written: begun.written, ..export };
            let ended = Block::of(&export, (0, 0), &[refund], export.before_id).unwrap();
            [begun.bytes, ended.bytes].concat()
        };
        let texts = [ExportFormat::Csv, ExportFormat::Camt053, ExportFormat::Camt054].map(file);
        (String::from_utf8(texts.concat()).unwrap(), file(ExportFormat::Xlsx))
    }

    #[test]
    fn other_bytes_are_another_layout() {
        let (texts, workbook): (&str, &[u8]) = match EXPORT_LAYOUT {
            1 => (
                include_str!("export_file/layout_1.txt"),
                include_bytes!("export_file/layout_1.xlsx"),
            ),
            _ => panic!("keep the files of this layout too"),
        };
        let made = files();
        assert!(made.0 == texts, "raise EXPORT_LAYOUT, and keep this: {}", made.0);
        let other = std::env::temp_dir().join("layout.xlsx");
        if made.1 != workbook {
            std::fs::write(&other, &made.1).unwrap();
        }
        assert!(made.1 == workbook, "raise EXPORT_LAYOUT, and keep {}", other.display());
    }
}
