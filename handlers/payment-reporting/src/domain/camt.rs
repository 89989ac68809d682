//! A shop's transactions as ISO 20022 tells them: camt.053.001.08, a statement with both balances,
//! and camt.054.001.08, which notifies of the same entries. A fee is an entry of its own, as the
//! ledger has it, so opening balance and entries are the closing balance.

use std::fmt::Write;

use time::OffsetDateTime;
use time::macros::format_description;
use values::{escaped, hong_kong_day, hong_kong_midnight};

use super::csv::decimal;
use super::export::{Export, ExportFormat};
use super::statement::Line;

/// What the two messages are called, and their parts.
struct Names {
    namespace: &'static str,
    message: &'static str,
    report: &'static str,
}

const STATEMENT: Names = Names {
    namespace: "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08",
    message: "BkToCstmrStmt",
    report: "Stmt",
};
const NOTIFICATION: Names = Names {
    namespace: "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08",
    message: "BkToCstmrDbtCdtNtfctn",
    report: "Ntfctn",
};

/// A part of such a file, which grows by entries.
pub(super) struct Camt<'a> {
    export: &'a Export,
    names: &'static Names,
    text: String,
}

/// Family and sub-family of payments, by the external code list.
#[derive(Clone, Copy)]
struct BankCode(&'static str, &'static str);

const RECEIVED: BankCode = BankCode("RCDT", "OTHR");
const ISSUED: BankCode = BankCode("ICDT", "OTHR");
const FEE: BankCode = BankCode("MDOP", "CHRG");
const FEE_RETURNED: BankCode = BankCode("MCOP", "CHRG");

impl<'a> Camt<'a> {
    pub(super) fn of(export: &'a Export) -> Self {
        let is_statement = export.format == ExportFormat::Camt053;
        let names = if is_statement { &STATEMENT } else { &NOTIFICATION };
        Self { export, names, text: String::new() }
    }

    pub(super) fn begin(&mut self, opening: i64, closing: i64) {
        let Names { namespace, message, report } = self.names;
        let (id, created) = (self.export.id, date_time(self.export.as_of));
        let from = date_time(hong_kong_midnight(self.export.period.first));
        let until = date_time(self.export.ends_at());
        self.put(format_args!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
        self.put(format_args!("<Document xmlns=\"{namespace}\"><{message}>"));
        self.put(format_args!(
            "<GrpHdr><MsgId>{id}</MsgId><CreDtTm>{created}</CreDtTm></GrpHdr>\n"
        ));
        self.put(format_args!("<{report}><Id>{id}</Id><CreDtTm>{created}</CreDtTm>"));
        self.put(format_args!("<FrToDt><FrDtTm>{from}</FrDtTm><ToDtTm>{until}</ToDtTm></FrToDt>"));
        self.put(format_args!(
            "<Acct><Id><Othr><Id>{}</Id></Othr></Id><Ccy>HKD</Ccy></Acct>\n",
            self.export.business_id
        ));
        if self.export.format == ExportFormat::Camt053 {
            // Before the days are over it is an interim balance.
            let closes = if self.export.is_whole() { "CLBD" } else { "ITBD" };
            let last = hong_kong_day(self.export.ends_at().saturating_sub(MILLISECOND));
            self.balance("OPBD", opening, self.export.period.first);
            self.balance(closes, closing, last.max(self.export.period.first));
        }
    }

    pub(super) fn add(&mut self, line: &Line) {
        let code = if line.is_incoming { RECEIVED } else { ISSUED };
        self.entry(line, ("", line.change()), code);
        let fee = line.fee_change();
        if fee != 0 {
            self.entry(line, ("-fee", fee), if fee < 0 { FEE } else { FEE_RETURNED });
        }
    }

    pub(super) fn end(&mut self) {
        let Names { message, report, .. } = self.names;
        self.put(format_args!("</{report}></{message}></Document>\n"));
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn balance(&mut self, code: &str, cents: i64, day: time::Date) {
        self.put(format_args!("<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"));
        self.amount(cents);
        self.put(format_args!("<Dt><Dt>{day}</Dt></Dt></Bal>\n"));
    }

    /// What it adds to the balance, as an amount and its direction.
    fn amount(&mut self, cents: i64) {
        let amount = decimal(cents.saturating_abs());
        let direction = if cents < 0 { "DBIT" } else { "CRDT" };
        self.put(format_args!("<Amt Ccy=\"HKD\">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>"));
    }

    fn entry(&mut self, line: &Line, (suffix, change): (&str, i64), code: BankCode) {
        let (transfer_id, day) = (line.transfer_id, hong_kong_day(line.moved_at));
        self.put(format_args!("<Ntry><NtryRef>{transfer_id}{suffix}</NtryRef>"));
        self.amount(change);
        self.put(format_args!("<Sts><Cd>BOOK</Cd></Sts>"));
        let booked = date_time(line.moved_at);
        self.put(format_args!("<BookgDt><DtTm>{booked}</DtTm></BookgDt>"));
        self.put(format_args!("<ValDt><Dt>{day}</Dt></ValDt>"));
        self.put(format_args!("<AcctSvcrRef>{transfer_id}</AcctSvcrRef>"));
        let BankCode(family, sub_family) = code;
        self.put(format_args!(
            "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub_family}</SubFmlyCd>\
             </Fmly></Domn><Prtry><Cd>{}{suffix}</Cd></Prtry></BkTxCd>",
            escaped(&line.kind)
        ));
        if suffix.is_empty() {
            self.details(line);
        }
        self.put(format_args!("</Ntry>\n"));
    }

    /// Who was on the other side, and what was said; nothing where there is nothing of it.
    fn details(&mut self, line: &Line) {
        let reference = line.reference.as_deref().map(|reference| {
            format!("<Refs><EndToEndId>{}</EndToEndId></Refs>", escaped(reference))
        });
        let side = if line.is_incoming { "Dbtr" } else { "Cdtr" };
        let name = Some(&line.other_name).filter(|name| !name.is_empty()).map(|name| {
            let name = escaped(name);
            format!("<RltdPties><{side}><Pty><Nm>{name}</Nm></Pty></{side}></RltdPties>")
        });
        let note = line
            .note
            .as_deref()
            .map(|note| format!("<RmtInf><Ustrd>{}</Ustrd></RmtInf>", escaped(note)));
        let parts: String = [reference, name, note].into_iter().flatten().collect();
        if !parts.is_empty() {
            self.put(format_args!("<NtryDtls><TxDtls>{parts}</TxDtls></NtryDtls>"));
        }
    }

    /// Writing to a text does not fail.
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.text.write_fmt(text);
    }
}

const MILLISECOND: time::Duration = time::Duration::MILLISECOND;

/// As clocks show it in Hong Kong, with their offset.
fn date_time(moment: OffsetDateTime) -> String {
    let form = format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+08:00"
    );
    let there = moment.to_offset(hong_kong_midnight(hong_kong_day(moment)).offset());
    // A moment of this era has such a text.
    there.format(form).unwrap_or_default()
}

#[cfg(test)]
mod tests;
