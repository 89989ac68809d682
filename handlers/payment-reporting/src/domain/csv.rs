//! CSV that spreadsheets open as it is meant: RFC 4180, in UTF-8 that says so.

/// By this spreadsheets know that the file is UTF-8; without it Chinese is garbage.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// With what a cell begins that a spreadsheet would compute, in the widths that people type.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A cell.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'a> {
    /// What somebody wrote: never a formula.
    Text(&'a str),
    /// What we wrote, numbers that may be negative too.
    Plain(&'a str),
}

/// A file that grows by rows.
#[derive(Default)]
pub(crate) struct Csv(String);

impl Csv {
    /// One that begins as a file does.
    pub(crate) fn begun() -> Self {
        Self(BYTE_ORDER_MARK.to_owned())
    }

    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) {
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.0.push(',');
            }
            match cell {
                Cell::Plain(text) => self.quoted("", text),
                Cell::Text(text) => self.quoted(if is_formula(text) { "'" } else { "" }, text),
            }
        }
        self.0.push_str("\r\n");
    }

    fn quoted(&mut self, before: &str, text: &str) {
        if !before.is_empty() || text.contains(['"', ',', '\r', '\n', ';', '\t']) {
            self.0.push('"');
            self.0.push_str(before);
            self.0.push_str(&text.replace('"', "\"\""));
            self.0.push('"');
        } else {
            self.0.push_str(text);
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// What stands before it does not matter to some programs, so it does not here.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches(' ').starts_with(FORMULA)
}

/// Cents as dollars with two decimals: `-128.50`.
pub(crate) fn decimal(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[Cell<'_>]) -> String {
        let mut csv = Csv::default();
        csv.row(cells);
        csv.into_text()
    }

    #[test]
    fn what_somebody_wrote_is_no_formula() {
        for text in ["=1+1", "+852", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "＋1", "－1", "＠x"]
        {
            assert_eq!(line(&[Cell::Text(text)]), format!("\"'{text}\"\r\n"));
        }
        for text in ["午餐", "1+1", "a=b", "", "\"quoted\""] {
            assert!(!line(&[Cell::Text(text)]).contains('\''), "{text}");
        }
    }

    #[test]
    fn a_cell_that_holds_what_divides_cells_is_quoted() {
        let cells = [Cell::Text("a,b"), Cell::Text("say \"hi\""), Cell::Text("two\nlines")];
        assert_eq!(line(&cells), "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\r\n");
    }

    #[test]
    fn a_number_stays_a_number() {
        assert_eq!(line(&[Cell::Plain(&decimal(-12_850)), Cell::Plain("")]), "-128.50,\r\n");
        assert_eq!((decimal(5), decimal(0)), ("0.05".into(), "0.00".into()));
        assert_eq!(decimal(i64::MIN), "-92233720368547758.08");
    }

    #[test]
    fn a_file_says_that_it_is_utf_8() {
        assert_eq!(Csv::begun().into_text().as_bytes(), [0xEF, 0xBB, 0xBF]);
    }
}
