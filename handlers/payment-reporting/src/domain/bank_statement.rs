//! A day's statement of the bank, camt.053.001.08: read whole or refused whole. Of what the bank
//! says only what is compared is kept, so names and texts of payers never get in.
//!
//! No document type and no entity but XML's own five is taken, so nothing expands.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use time::Date;
use time::macros::format_description;
use uuid::Uuid;
use values::{FpsPaymentId, SettlementId, TopUpId, WithdrawalId};

/// The longest file that is read, in bytes.
pub(crate) const STATEMENT_BYTES_MAX: usize = 192 * 1024 * 1024;
/// The most lines of a day, of the bank's and of ours.
pub(crate) const BANK_LINES_MAX: usize = 400_000;
/// How deep elements stand in each other; the message's own are at most 15.
const DEPTH_MAX: usize = 32;
/// The longest text of one element, in bytes.
const TEXT_BYTES_MAX: usize = 2_000;
/// ISO 20022's `Max35Text`, in characters.
const REFERENCE_CHARACTERS_MAX: usize = 35;
/// Digits before the point: what any balance of ours has, and less than a sum can overflow by.
const WHOLE_DIGITS_MAX: usize = 13;

const NAMESPACE: &[u8] = b"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";
const MESSAGE: &str = "/Document/BkToCstmrStmt";
const STATEMENT: &str = "/Document/BkToCstmrStmt/Stmt";
/// A balance that is none of a day's beginning or end, though its code says so.
const INTERIM: &str = "INTM";
const CURRENCY: &str = "HKD";
/// What stands where nobody has given a reference.
const NOT_PROVIDED: &str = "NOTPROVIDED";

/// What the bank booked in a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BankStatement {
    /// None if the bank has no file of the day.
    pub(crate) id: Option<String>,
    pub(crate) account: String,
    /// That of its closing balance.
    pub(crate) day: Date,
    /// Cents, as the other balance.
    pub(crate) opening: i64,
    pub(crate) closing: i64,
    pub(crate) lines: Vec<BankLine>,
}

/// One movement that the bank booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BankLine {
    /// The end-to-end reference; none if nobody gave one.
    pub(crate) reference: Option<String>,
    /// The bank's own reference; empty if it gave none.
    pub(crate) bank_reference: String,
    /// The sub-family of its kind by the external code list, such as `CHRG`; empty if not given.
    pub(crate) bank_code: String,
    /// Cents, negative if they left.
    pub(crate) amount: i64,
}

impl BankStatement {
    /// Of a day on which nothing was booked.
    pub(crate) fn of_nothing(day: Date, account: String, balance: i64) -> Self {
        let (opening, closing) = (balance, balance);
        Self { id: None, account, day, opening, closing, lines: Vec::new() }
    }
}

impl BankLine {
    /// The operation of ours that it names, as payments has told the bank.
    pub(crate) fn operation_id(&self) -> Option<Uuid> {
        let reference = self.reference.as_deref()?;
        let top_up = reference.parse().map(TopUpId::uuid);
        let withdrawal = || reference.parse().map(WithdrawalId::uuid);
        let fps_payment = || reference.parse().map(FpsPaymentId::uuid);
        let settlement = || reference.parse().map(SettlementId::uuid);
        let found = top_up.ok().or_else(|| withdrawal().ok());
        found.or_else(|| fps_payment().ok()).or_else(|| settlement().ok())
    }
}

/// Why a file is no statement, and up to which byte it was read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}, by byte {at}")]
pub(crate) struct StatementError {
    what: &'static str,
    at: u64,
}

pub(crate) fn read_bank_statement(bytes: &[u8]) -> Result<BankStatement, StatementError> {
    let mut reader = Reader::from_reader(bytes);
    let mut draft = Draft::default();
    loop {
        let event = reader.read_event();
        let at = reader.buffer_position();
        let done = match event {
            Ok(Event::Start(tag)) => draft.open(&tag),
            Ok(Event::Empty(tag)) => draft.open(&tag).and_then(|()| draft.close()),
            Ok(Event::End(_)) => draft.close(),
            Ok(Event::Text(text)) => {
                text.decode().map_err(|_| NOT_XML).and_then(|text| draft.add(&text))
            }
            Ok(Event::GeneralRef(name)) => {
                character(&name).and_then(|one| draft.add(one.encode_utf8(&mut [0; 4])))
            }
            Ok(Event::Decl(_) | Event::Comment(_)) => Ok(()),
            Ok(Event::CData(_) | Event::PI(_) | Event::DocType(_)) => {
                Err("a document type, an instruction or CDATA")
            }
            Ok(Event::Eof) => return draft.end().map_err(|what| StatementError { what, at }),
            Err(_) => Err(NOT_XML),
        };
        done.map_err(|what| StatementError { what, at })?;
    }
}

type Done<T = ()> = Result<T, &'static str>;

const NOT_XML: &str = "not well-formed XML in UTF-8";

fn character(name: &BytesRef<'_>) -> Done<char> {
    if let Some(one) = name.resolve_char_ref().map_err(|_| NOT_XML)? {
        return Ok(one);
    }
    match name.decode().map_err(|_| NOT_XML)?.as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err("an entity that XML does not define"),
    }
}

/// What was read of the file so far.
#[derive(Default)]
struct Draft {
    /// Of the element that is open.
    path: String,
    depth: usize,
    text: String,
    statements: u8,
    id: Option<String>,
    account: Option<String>,
    balance: Part,
    opening: Option<i64>,
    closing: Option<(i64, Date)>,
    entry: Part,
    details: Vec<Part>,
    detail: Part,
    lines: Vec<BankLine>,
}

/// A balance, an entry, or one of the payments that an entry is made of.
#[derive(Default)]
struct Part {
    /// What kind of balance it is, or whether an entry is booked.
    code: Option<String>,
    amount: Option<i64>,
    is_credit: Option<bool>,
    day: Option<Date>,
    reference: Option<String>,
    bank_reference: Option<String>,
    bank_code: Option<String>,
}

impl Part {
    fn signed(&self) -> Done<i64> {
        let amount = self.amount.ok_or("no amount")?;
        let is_credit = self.is_credit.ok_or("an amount without a direction")?;
        Ok(if is_credit { amount } else { amount.saturating_neg() })
    }
}

impl Draft {
    fn open(&mut self, tag: &BytesStart<'_>) -> Done {
        let name = tag.local_name();
        let name = std::str::from_utf8(name.as_ref()).map_err(|_| NOT_XML)?;
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH_MAX {
            return Err("elements too deep in each other");
        }
        self.path.push('/');
        self.path.push_str(name);
        self.text.clear();
        let attributes = || tag.attributes().flatten();
        if self.depth == 1 && !attributes().any(|one| *one.value == *NAMESPACE) {
            return Err("another message than camt.053.001.08");
        }
        let is_currency = |value: &[u8]| value == CURRENCY.as_bytes();
        match self.path.strip_prefix(STATEMENT) {
            Some("") => self.statements = self.statements.saturating_add(1),
            Some("/Bal") => self.balance = Part::default(),
            Some("/Ntry") => (self.entry, self.details) = (Part::default(), Vec::new()),
            Some("/Ntry/NtryDtls/TxDtls") => self.detail = Part::default(),
            Some("/Bal/Amt" | "/Ntry/Amt" | "/Ntry/NtryDtls/TxDtls/Amt")
                if !attributes()
                    .any(|one| one.key.as_ref() == b"Ccy" && is_currency(&one.value)) =>
            {
                return Err("an amount that is not in HKD");
            }
            _ => {}
        }
        Ok(())
    }

    fn add(&mut self, text: &str) -> Done {
        if self.text.len().saturating_add(text.len()) > TEXT_BYTES_MAX {
            return Err("a text that is too long");
        }
        self.text.push_str(text);
        Ok(())
    }

    fn close(&mut self) -> Done {
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        let paging = self.path.strip_prefix(MESSAGE).and_then(|path| path.rsplit_once('/'));
        match paging {
            Some(("/GrpHdr/MsgPgntn" | "/Stmt/StmtPgntn", "PgNb")) if text != "1" => {
                return Err("one page of several");
            }
            Some(("/GrpHdr/MsgPgntn" | "/Stmt/StmtPgntn", "LastPgInd"))
                if !matches!(text, "true" | "1") =>
            {
                return Err("one page of several");
            }
            _ => {}
        }
        match self.path.strip_prefix(STATEMENT) {
            Some("/Id") => once(&mut self.id, reference(text)?)?,
            Some("/Acct/Id/IBAN" | "/Acct/Id/Othr/Id") => {
                once(&mut self.account, reference(text)?)?;
            }
            Some("/Acct/Ccy") if text != CURRENCY => return Err("an account that is not in HKD"),
            Some("/Bal/Tp/CdOrPrtry/Cd") => once(&mut self.balance.code, text.to_owned())?,
            Some("/Bal/Tp/SubTp/Cd") if text == INTERIM => {
                return Err("a balance in the middle of the day");
            }
            Some("/Bal/Amt") => once(&mut self.balance.amount, cents(text)?)?,
            Some("/Bal/CdtDbtInd") => once(&mut self.balance.is_credit, is_credit(text)?)?,
            Some("/Bal/Dt/Dt" | "/Bal/Dt/DtTm") => once(&mut self.balance.day, day(text)?)?,
            Some("/Bal") => self.end_balance()?,
            Some("/Ntry/Amt") => once(&mut self.entry.amount, cents(text)?)?,
            Some("/Ntry/CdtDbtInd") => once(&mut self.entry.is_credit, is_credit(text)?)?,
            Some("/Ntry/Sts/Cd") => once(&mut self.entry.code, text.to_owned())?,
            Some("/Ntry/AcctSvcrRef") => {
                once(&mut self.entry.bank_reference, reference(text)?)?;
            }
            Some("/Ntry/BkTxCd/Domn/Fmly/SubFmlyCd") => {
                once(&mut self.entry.bank_code, reference(text)?)?;
            }
            Some("/Ntry/NtryDtls/TxDtls/Refs/EndToEndId") => {
                once(&mut self.detail.reference, reference(text)?)?;
            }
            Some("/Ntry/NtryDtls/TxDtls/Refs/AcctSvcrRef") => {
                once(&mut self.detail.bank_reference, reference(text)?)?;
            }
            Some("/Ntry/NtryDtls/TxDtls/Amt") => once(&mut self.detail.amount, cents(text)?)?,
            Some("/Ntry/NtryDtls/TxDtls/CdtDbtInd") => {
                once(&mut self.detail.is_credit, is_credit(text)?)?;
            }
            Some("/Ntry/NtryDtls/TxDtls") => {
                self.details.push(std::mem::take(&mut self.detail));
                if self.details.len() > BANK_LINES_MAX {
                    return Err("more lines than a day may have");
                }
            }
            Some("/Ntry") => self.end_entry()?,
            _ => {}
        }
        let parent = self.path.rfind('/').ok_or(NOT_XML)?;
        self.path.truncate(parent);
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// Of all balances only the booked ones of the day's beginning and end count.
    fn end_balance(&mut self) -> Done {
        let amount = self.balance.signed()?;
        let day = self.balance.day.ok_or("a balance without a day")?;
        match self.balance.code.as_deref() {
            Some("OPBD") => once(&mut self.opening, amount),
            Some("CLBD") => once(&mut self.closing, (amount, day)),
            _ => Ok(()),
        }
    }

    /// One that is not booked is in no balance. One that is made of several payments counts as
    /// those, if they are all of it.
    fn end_entry(&mut self) -> Done {
        let entry = std::mem::take(&mut self.entry);
        let mut details = std::mem::take(&mut self.details);
        let total = entry.signed()?;
        match entry.code.as_deref() {
            Some("BOOK") => {}
            Some("PDNG" | "INFO") => return Ok(()),
            _ => return Err("an entry of which nobody knows whether it is booked"),
        }
        if details.is_empty() {
            details.push(Part::default());
        }
        let is_alone = details.len() == 1;
        let mut rest = total;
        for detail in details {
            if detail.is_credit.is_some_and(|is_credit| Some(is_credit) != entry.is_credit) {
                return Err("a part of an entry in the other direction");
            }
            let amount = match detail.amount {
                None if is_alone => total,
                amount => {
                    Part { amount, is_credit: entry.is_credit, ..Part::default() }.signed()?
                }
            };
            rest = rest.saturating_sub(amount);
            let bank_reference = detail.bank_reference.or_else(|| entry.bank_reference.clone());
            let given = |text: &String| !text.is_empty() && text != NOT_PROVIDED;
            if amount != 0 {
                self.lines.push(BankLine {
                    reference: detail.reference.filter(given),
                    bank_reference: bank_reference.unwrap_or_default(),
                    bank_code: entry.bank_code.clone().unwrap_or_default(),
                    amount,
                });
            }
        }
        if rest != 0 {
            return Err("an entry that is not the sum of its parts");
        }
        if self.lines.len() > BANK_LINES_MAX {
            return Err("more lines than a day may have");
        }
        Ok(())
    }

    fn end(self) -> Done<BankStatement> {
        if self.depth != 0 || self.statements != 1 {
            return Err("not one whole statement");
        }
        let opening = self.opening.ok_or("no opening balance")?;
        let (closing, day) = self.closing.ok_or("no closing balance")?;
        let sum = self.lines.iter().try_fold(opening, |sum, line| sum.checked_add(line.amount));
        if sum != Some(closing) {
            return Err("entries that are not the difference of the balances");
        }
        Ok(BankStatement {
            id: Some(self.id.filter(|id| !id.is_empty()).ok_or("no id")?),
            account: self.account.filter(|id| !id.is_empty()).ok_or("no account")?,
            day,
            opening,
            closing,
            lines: self.lines,
        })
    }
}

fn once<T>(place: &mut Option<T>, value: T) -> Done {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err("something twice that stands there once"),
    }
}

fn reference(text: &str) -> Done<String> {
    let is_short = text.chars().count() <= REFERENCE_CHARACTERS_MAX;
    if is_short { Ok(text.to_owned()) } else { Err("a reference that is too long") }
}

fn is_credit(text: &str) -> Done<bool> {
    match text {
        "CRDT" => Ok(true),
        "DBIT" => Ok(false),
        _ => Err("a direction that is neither CRDT nor DBIT"),
    }
}

fn day(text: &str) -> Done<Date> {
    let day = text.get(..10).unwrap_or(text);
    let form = format_description!("[year]-[month]-[day]");
    Date::parse(day, form).map_err(|_| "a day that is none")
}

/// `128.5`, `128.50` or `128` as cents; never a sign.
fn cents(text: &str) -> Done<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let are_digits = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
    let is_whole = (1..=WHOLE_DIGITS_MAX).contains(&whole.len()) && are_digits(whole);
    let fraction = fraction.trim_end_matches('0');
    if !is_whole || fraction.len() > 2 || !are_digits(fraction) || text.ends_with('.') {
        return Err("an amount that is none");
    }
    format!("{whole}{fraction:0<2}").parse().map_err(|_| "an amount that is none")
}

#[cfg(test)]
mod tests;
