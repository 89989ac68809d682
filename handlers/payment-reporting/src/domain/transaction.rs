//! What a shop was paid or gave back, with what that cost it.

use std::borrow::Cow;

use time::OffsetDateTime;
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

/// What stands in one column of a row.
pub(super) enum Column<'a> {
    Time(OffsetDateTime),
    /// What we wrote.
    Word(&'a str),
    /// What somebody wrote.
    Written(&'a str),
    Cents(i64),
    Id(String),
    Nothing,
}

impl Column<'_> {
    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Time(moment) => hong_kong_time(*moment).into(),
            Self::Word(text) | Self::Written(text) => (*text).into(),
            Self::Cents(cents) => decimal(*cents).into(),
            Self::Id(id) => id.into(),
            Self::Nothing => "".into(),
        }
    }
}

/// A row of a shop's transactions, under `HEADS`.
pub(super) fn columns<'a>(line: &'a Line, language: Language) -> [Column<'a>; HEADS.len()] {
    let written = |text: Option<&'a str>| text.map_or(Column::Nothing, Column::Written);
    [
        Column::Time(line.moved_at),
        Column::Word(title(&line.kind).in_language(language)),
        Column::Written(&line.other_name),
        written(line.note.as_deref()),
        written(line.reference.as_deref()),
        Column::Cents(line.change()),
        line.tip.map_or(Column::Nothing, Column::Cents),
        Column::Cents(line.fee_change()),
        Column::Cents(line.net()),
        Column::Id(line.transfer_id.to_string()),
    ]
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
        let columns = columns(line, self.language);
        let texts = columns.each_ref().map(Column::text);
        let cells: Vec<Cell<'_>> = columns
            .iter()
            .zip(&texts)
            .map(|(column, text)| {
                let is_written = matches!(column, Column::Written(_));
                if is_written { Cell::Text(text) } else { Cell::Plain(text) }
            })
            .collect();
        self.csv.row(&cells);
    }

    pub(crate) fn into_text(self) -> String {
        self.csv.into_text()
    }
}

pub(super) const HEADS: [CustomerMessage; 10] = [
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
