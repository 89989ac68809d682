//! What moved in a wallet in a month, between what it held before and after.

use time::OffsetDateTime;
use values::{CustomerMessage, Language, OperationKind, TransferId, hong_kong_time};

use super::csv::{Cell, Csv, decimal};
use super::month::HongKongMonth;

/// One movement of an account.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) transfer_id: TransferId,
    pub(crate) is_incoming: bool,
    /// Cents.
    pub(crate) amount: i64,
    /// As payments calls what moved it; kinds that are not known here are shown too.
    pub(crate) kind: String,
    /// Empty where there is none.
    pub(crate) other_name: String,
    /// What a shop paid for it, or has back with it, and how much of it is a tip, in cents: its
    /// owner's to know.
    pub(crate) fee: i64,
    pub(crate) tip: Option<i64>,
    pub(crate) note: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) moved_at: OffsetDateTime,
}

impl Line {
    /// What it adds to the balance.
    pub(crate) const fn change(&self) -> i64 {
        if self.is_incoming { self.amount } else { self.amount.saturating_neg() }
    }
}

/// A month of a wallet. What is held has not moved.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) month: HongKongMonth,
    pub(crate) opening: i64,
    pub(crate) closing: i64,
    /// In order, each with the balance after it.
    pub(crate) lines: Vec<(Line, i64)>,
}

/// The books contradict themselves: better no statement than a wrong one.
#[derive(Debug, thiserror::Error)]
#[error("opening balance and movements do not add up to the closing balance")]
pub(crate) struct DoesNotAddUp;

impl Statement {
    /// Of both balances, each found by itself, and of all that moved between them, in order.
    pub(crate) fn of(
        month: HongKongMonth,
        opening: i64,
        closing: i64,
        lines: Vec<Line>,
    ) -> Result<Self, DoesNotAddUp> {
        let mut balance = opening;
        let with_balance = |line: Line| {
            balance = balance.saturating_add(line.change());
            (line, balance)
        };
        let lines: Vec<(Line, i64)> = lines.into_iter().map(with_balance).collect();
        (balance == closing).then_some(Self { month, opening, closing, lines }).ok_or(DoesNotAddUp)
    }

    /// What came in, or what went out.
    pub(crate) fn sum(&self, is_incoming: bool) -> i64 {
        let of_direction = self.lines.iter().filter(|(line, _)| line.is_incoming == is_incoming);
        of_direction.fold(0, |sum: i64, (line, _)| sum.saturating_add(line.amount))
    }

    /// As a table: what it held before, each movement, what it held after.
    pub(crate) fn csv(&self, language: Language) -> String {
        let mut csv = Csv::begun();
        let heads = HEADS.each_ref().map(|head| Cell::Plain(head.in_language(language)));
        csv.row(&heads);
        let balance_row = |csv: &mut Csv, title: &CustomerMessage, balance| {
            let (title, balance) = (title.in_language(language), decimal(balance));
            let mut cells = [Cell::Plain(""); HEADS.len()];
            cells[1] = Cell::Plain(title);
            cells[7] = Cell::Plain(&balance);
            csv.row(&cells);
        };
        balance_row(&mut csv, &OPENING, self.opening);
        for (line, balance) in &self.lines {
            let (time, amount) = (hong_kong_time(line.moved_at), decimal(line.amount));
            let (came, went) = if line.is_incoming { (&*amount, "") } else { ("", &*amount) };
            csv.row(&[
                Cell::Plain(&time),
                Cell::Plain(title(&line.kind).in_language(language)),
                Cell::Text(&line.other_name),
                Cell::Text(line.note.as_deref().unwrap_or_default()),
                Cell::Text(line.reference.as_deref().unwrap_or_default()),
                Cell::Plain(came),
                Cell::Plain(went),
                Cell::Plain(&decimal(*balance)),
                Cell::Plain(&line.transfer_id.to_string()),
            ]);
        }
        balance_row(&mut csv, &CLOSING, self.closing);
        csv.into_text()
    }
}

pub(super) const fn said(
    en: &'static str,
    zh_hant: &'static str,
    zh_hans: &'static str,
) -> CustomerMessage {
    CustomerMessage { en, zh_hant, zh_hans }
}

const HEADS: [CustomerMessage; 9] = [
    said("Time (Hong Kong)", "時間（香港）", "时间（香港）"),
    said("Type", "類別", "类别"),
    said("Other party", "對方", "对方"),
    said("Message", "留言", "留言"),
    said("Reference", "參考編號", "参考编号"),
    said("In (HKD)", "存入（港元）", "存入（港元）"),
    said("Out (HKD)", "支出（港元）", "支出（港元）"),
    said("Balance (HKD)", "結餘（港元）", "余额（港元）"),
    said("Transfer", "交易編號", "交易编号"),
];
pub(super) const OPENING: CustomerMessage = said("Opening balance", "承上結餘", "期初余额");
pub(super) const CLOSING: CustomerMessage = said("Closing balance", "結轉結餘", "期末余额");

/// What a movement is called.
pub(crate) fn title(kind: &str) -> CustomerMessage {
    OperationKind::from_code(kind).map_or(said("Other", "其他", "其他"), OperationKind::title)
}

#[cfg(test)]
pub(super) mod tests {
    use time::macros::datetime;

    use super::*;

    pub(in crate::domain) fn line(is_incoming: bool, amount: i64, note: &str) -> Line {
        Line {
            transfer_id: TransferId::new(),
            is_incoming,
            amount,
            kind: "peer-payment".to_owned(),
            other_name: "陳大文".to_owned(),
            fee: 0,
            tip: None,
            note: Some(note.to_owned()),
            reference: None,
            moved_at: datetime!(2026-11-30 15:59:59 UTC),
        }
    }

    fn statement(opening: i64, closing: i64) -> Result<Statement, DoesNotAddUp> {
        let lines = vec![line(true, 500, "=HYPERLINK(\"x\")"), line(false, 120, "午餐")];
        Statement::of("2026-11".parse().unwrap(), opening, closing, lines)
    }

    #[test]
    fn a_statement_adds_up_or_is_none() {
        let good = statement(100, 480).unwrap();
        assert_eq!(good.lines.iter().map(|(_, after)| *after).collect::<Vec<_>>(), [600, 480]);
        assert_eq!((good.sum(true), good.sum(false)), (500, 120));
        assert!(statement(100, 481).is_err());
    }

    #[test]
    fn a_table_has_a_row_for_each_movement_between_both_balances() {
        let csv = statement(100, 480).unwrap().csv(Language::TraditionalChinese);
        let rows: Vec<&str> = csv.trim_start_matches('\u{feff}').split("\r\n").collect();
        assert_eq!(rows.len(), 6, "a head, two balances, two movements, and the last line's end");
        assert!(rows[0].starts_with("時間（香港）,類別,對方"));
        assert_eq!(rows[1], ",承上結餘,,,,,,1.00,");
        assert!(rows[2].starts_with(
            "2026-11-30 23:59:59,個人轉賬,陳大文,\"'=HYPERLINK(\"\"x\"\")\",,5.00,,6.00,"
        ));
        assert!(rows[3].contains(",午餐,,,1.20,4.80,"));
        assert_eq!(rows[4], ",結轉結餘,,,,,,4.80,");
    }
}
