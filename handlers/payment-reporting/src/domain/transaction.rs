//! What a shop was paid or gave back, with what that cost it.

use values::{CustomerMessage, Language, hong_kong_time};

use super::csv::{Cell, Csv, decimal};
use super::statement::{Line, said, title};

impl Line {
    /// What it leaves to a shop: less the fee of a payment, and with what comes back of one.
    pub(crate) const fn net(&self) -> i64 {
        self.change().saturating_add(self.fee_change())
    }

    /// What its fee adds to that.
    pub(super) const fn fee_change(&self) -> i64 {
        if self.is_incoming { self.fee.saturating_neg() } else { self.fee }
    }
}

/// A table of a shop's transactions, in which amount and fee are the net of each row.
pub(crate) struct TransactionTable {
    csv: Csv,
    language: Language,
}

impl TransactionTable {
    pub(crate) fn in_language(language: Language) -> Self {
        let mut csv = Csv::begun();
        csv.row(&HEADS.each_ref().map(|head| Cell::Plain(head.in_language(language))));
        Self { csv, language }
    }

    /// Rows that stand below others in a file.
    pub(crate) fn continued(language: Language) -> Self {
        Self { csv: Csv::default(), language }
    }

    pub(crate) fn add(&mut self, line: &Line) {
        self.csv.row(&[
            Cell::Plain(&hong_kong_time(line.moved_at)),
            Cell::Plain(title(&line.kind).in_language(self.language)),
            Cell::Text(&line.other_name),
            Cell::Text(line.note.as_deref().unwrap_or_default()),
            Cell::Text(line.reference.as_deref().unwrap_or_default()),
            Cell::Plain(&decimal(line.change())),
            Cell::Plain(&line.tip.map(decimal).unwrap_or_default()),
            Cell::Plain(&decimal(line.fee_change())),
            Cell::Plain(&decimal(line.net())),
            Cell::Plain(&line.transfer_id.to_string()),
        ]);
    }

    pub(crate) fn into_text(self) -> String {
        self.csv.into_text()
    }
}

const HEADS: [CustomerMessage; 10] = [
    said("Time (Hong Kong)", "時間（香港）", "时间（香港）"),
    said("Type", "類別", "类别"),
    said("Customer", "顧客", "顾客"),
    said("Message", "留言", "留言"),
    said("Reference", "參考編號", "参考编号"),
    said("Amount (HKD)", "金額（港元）", "金额（港元）"),
    said("Of which tip (HKD)", "當中小費（港元）", "其中小费（港元）"),
    said("Fee (HKD)", "手續費（港元）", "手续费（港元）"),
    said("Net (HKD)", "淨額（港元）", "净额（港元）"),
    said("Transfer", "交易編號", "交易编号"),
];
