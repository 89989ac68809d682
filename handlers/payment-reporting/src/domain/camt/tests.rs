//! The order of elements and which must be there, as the schemas of camt.053.001.08 and
//! camt.054.001.08 have it, for all that stands in our files.

use std::collections::BTreeMap;

use time::macros::datetime;
use uuid::Uuid;
use values::TransferId;

use super::super::{Block, Written};
use super::*;

/// An element, and its children in order: `!` behind one that must be there, `*` behind one that
/// may come again.
const SCHEMA: [(&str, &str); 28] = [
    ("Document", "BkToCstmrStmt BkToCstmrDbtCdtNtfctn"),
    ("BkToCstmrStmt", "GrpHdr! Stmt!* SplmtryData*"),
    ("BkToCstmrDbtCdtNtfctn", "GrpHdr! Ntfctn!* SplmtryData*"),
    ("GrpHdr", "MsgId! CreDtTm! MsgRcpt MsgPgntn OrgnlBizQry AddtlInf"),
    (
        "Stmt",
        "Id! StmtPgntn ElctrncSeqNb RptgSeq LglSeqNb CreDtTm FrToDt CpyDplctInd RptgSrc Acct! \
         RltdAcct Intrst* Bal!* TxsSummry Ntry* AddtlStmtInf",
    ),
    (
        "Ntfctn",
        "Id! NtfctnPgntn ElctrncSeqNb RptgSeq LglSeqNb CreDtTm FrToDt CpyDplctInd RptgSrc Acct! \
         RltdAcct Intrst* TxsSummry Ntry* AddtlNtfctnInf",
    ),
    ("FrToDt", "FrDtTm! ToDtTm!"),
    ("Acct", "Id! Tp Ccy Nm Prxy Ownr Svcr"),
    ("Acct/Id", "IBAN Othr"),
    ("Othr", "Id! SchmeNm Issr"),
    ("Bal", "Tp! CdtLine* Amt! CdtDbtInd! Dt! Avlbty*"),
    ("Tp", "CdOrPrtry! SubTp"),
    ("CdOrPrtry", "Cd Prtry"),
    ("Bal/Dt", "Dt DtTm"),
    (
        "Ntry",
        "NtryRef Amt! CdtDbtInd! RvslInd Sts! BookgDt ValDt AcctSvcrRef Avlbty* BkTxCd! \
         ComssnWvrInd AddtlInfInd AmtDtls Chrgs TechInptChanl Intrst CardTx NtryDtls* AddtlNtryInf",
    ),
    ("Sts", "Cd Prtry"),
    ("BookgDt", "Dt DtTm"),
    ("ValDt", "Dt DtTm"),
    ("BkTxCd", "Domn Prtry"),
    ("Domn", "Cd! Fmly!"),
    ("Fmly", "Cd! SubFmlyCd!"),
    ("Prtry", "Cd! Issr"),
    ("NtryDtls", "Btch TxDtls*"),
    (
        "TxDtls",
        "Refs Amt CdtDbtInd AmtDtls Avlbty* BkTxCd Chrgs Intrst RltdPties RltdAgts LclInstrm Purp \
         RltdRmtInf* RmtInf RltdDts RltdPric RltdQties* FinInstrmId Tax RtrInf CorpActn SfkpgAcct \
         CshDpst* CardTx AddtlTxInf SplmtryData*",
    ),
    (
        "Refs",
        "MsgId AcctSvcrRef PmtInfId InstrId EndToEndId UETR TxId MndtId ChqNb ClrSysRef \
         AcctOwnrTxId AcctSvcrTxId MktInfrstrctrTxId PrcgId Prtry*",
    ),
    ("RltdPties", "InitgPty Dbtr DbtrAcct UltmtDbtr Cdtr CdtrAcct UltmtCdtr TradgPty Prtry*"),
    ("Pty", "Nm PstlAdr Id CtryOfRes CtctDtls"),
    ("RmtInf", "Ustrd* Strd*"),
];
/// The longest text of an element.
const LONGEST: [(&str, usize); 6] =
    [("MsgId", 35), ("Id", 34), ("NtryRef", 35), ("EndToEndId", 35), ("Ustrd", 140), ("Nm", 140)];

/// What stands in an element.
#[derive(Debug, Default)]
struct Element {
    name: String,
    children: Vec<Element>,
    text: String,
}

/// The elements of a text that is well-formed.
fn parsed(text: &str) -> Element {
    let mut open = vec![Element::default()];
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        let (tag, after) = tag.split_once('>').unwrap();
        let top = open.last_mut().unwrap();
        top.text.push_str(before.trim_matches('\n'));
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let element = open.pop().unwrap();
            assert_eq!(element.name, name, "elements end as they begin");
            open.last_mut().unwrap().children.push(element);
        } else if !tag.starts_with('?') {
            let name = tag.split(' ').next().unwrap().to_owned();
            open.push(Element { name, ..Element::default() });
        }
    }
    assert_eq!(open.len(), 1, "all elements end");
    open.pop().unwrap().children.pop().unwrap()
}

/// As the schema has it, with all that it holds.
fn check(element: &Element, parent: &str) -> Result<(), String> {
    let name = &element.name;
    let schema: BTreeMap<&str, &str> = SCHEMA.into();
    if let Some((_, longest)) = LONGEST.iter().find(|(text, _)| text == name) {
        let length = element.text.chars().count();
        if element.children.is_empty() && !(1..=*longest).contains(&length) {
            return Err(format!("{parent}/{name} has {length} characters"));
        }
    }
    let key = format!("{parent}/{name}");
    let Some(order) = schema.get(&*key).or_else(|| schema.get(&**name)) else {
        // A party stands for a choice, and everything else holds a text.
        return element.children.iter().try_for_each(|child| check(child, name));
    };
    let mut children = element.children.iter().peekable();
    for next in order.split_whitespace() {
        let is_next = |child: &&&Element| child.name == next.trim_end_matches(['!', '*']);
        let count = std::iter::from_fn(|| children.next_if(|child| is_next(&child))).count();
        if (count == 0 && next.contains('!')) || (count > 1 && !next.contains('*')) {
            return Err(format!("{key} has {count} {next}"));
        }
    }
    if let Some(child) = children.next() {
        return Err(format!("{key} has {} where the schema has none", child.name));
    }
    element.children.iter().try_for_each(|child| check(child, name))
}

fn export(format: ExportFormat, blocks: u32) -> Export {
    let export = Export::of_november(format);
    Export { written: Written { blocks, balance: -500, ..export.written }, ..export }
}

fn line(is_incoming: bool, amount: i64, fee: i64) -> Line {
    Line {
        transfer_id: TransferId::new(),
        is_incoming,
        amount,
        kind: if is_incoming { "payment" } else { "refund" }.to_owned(),
        other_name: "陳大文".repeat(16),
        fee,
        tip: None,
        note: Some("<b>\"Tea & cake\"</b>".to_owned()),
        reference: Some("INV-2026-0042".to_owned()),
        moved_at: datetime!(2026-11-01 15:59:59.5 UTC),
    }
}

/// A file of two blocks: a payment of 128.50 with a fee of 1.93, and a refund of 50 with 0.75.
fn file(format: ExportFormat) -> String {
    let first = export(format, 0);
    let balances = (-500, -500 + 12_850 - 193 - 5_000 + 75);
    let begun = Block::of(&first, balances, &[line(true, 12_850, 193)], Uuid::nil()).unwrap();
    let second = Export { written: begun.written, ..first };
    let silent =
        Line { note: None, reference: None, other_name: String::new(), ..line(false, 5_000, 75) };
    let ended = Block::of(&second, balances, &[silent], second.before_id).unwrap();
    String::from_utf8([begun.bytes, ended.bytes].concat()).unwrap()
}

#[test]
fn a_statement_and_a_notification_are_as_their_schemas_have_them() {
    for (format, namespace) in [
        (ExportFormat::Camt053, "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"),
        (ExportFormat::Camt054, "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"),
    ] {
        let file = file(format);
        assert!(file.contains(&format!("<Document xmlns=\"{namespace}\">")), "{file}");
        let document = parsed(&file);
        assert_eq!(check(&document, ""), Ok(()), "{file}");
        let balances = usize::from(format == ExportFormat::Camt053) * 2;
        assert_eq!(file.matches("<Bal>").count(), balances);
        assert_eq!(file.matches("<Ntry>").count(), 4, "two transactions and their fees");
    }
}

#[test]
fn what_is_not_as_the_schema_has_it_is_noticed() {
    let file = file(ExportFormat::Camt053);
    for (right, wrong) in [
        ("<Sts><Cd>BOOK</Cd></Sts>", ""),
        (
            "<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>",
            "<Sts><Cd>BOOK</Cd></Sts><CdtDbtInd>CRDT</CdtDbtInd>",
        ),
        ("<Ccy>HKD</Ccy>", "<Ccy>HKD</Ccy><Id></Id>"),
        ("<EndToEndId>INV", "<EndToEndId>INV-INV-INV-INV-INV-INV-INV"),
    ] {
        let changed = file.replacen(right, wrong, 1);
        assert!(changed != file && check(&parsed(&changed), "").is_err(), "{wrong}");
    }
}

#[test]
fn opening_balance_and_entries_are_the_closing_balance() {
    let file = file(ExportFormat::Camt053);
    let cents = |part: &str| {
        let amount = part.split_once("<Amt Ccy=\"HKD\">").unwrap().1.split_once('<').unwrap().0;
        let amount: i64 = amount.replace('.', "").parse().unwrap();
        if part.contains("<CdtDbtInd>DBIT") { -amount } else { amount }
    };
    let [opening, closing] = file.split("<Bal>").skip(1).collect::<Vec<_>>()[..] else { panic!() };
    let (closing, _) = closing.split_once("</Bal>").unwrap();
    assert!(opening.contains("<Cd>OPBD</Cd>") && opening.contains("<Dt>2026-11-01</Dt>"));
    assert!(closing.contains("<Cd>CLBD</Cd>") && closing.contains("<Dt>2026-11-02</Dt>"));
    let entries: i64 = file.split("<Ntry>").skip(1).map(cents).sum();
    assert_eq!((cents(opening), entries), (-500, 12_850 - 193 - 5_000 + 75));
    assert_eq!(cents(opening) + entries, cents(closing));
}

#[test]
fn what_somebody_wrote_is_text_and_a_moment_is_that_of_hong_kong() {
    let file = file(ExportFormat::Camt054);
    assert!(
        file.contains("<Ustrd>&lt;b&gt;&quot;Tea &amp; cake&quot;&lt;/b&gt;</Ustrd>"),
        "{file}"
    );
    assert!(file.contains("<BookgDt><DtTm>2026-11-01T23:59:59.500+08:00</DtTm></BookgDt>"));
    assert!(file.contains("<ToDtTm>2026-11-03T00:00:00.000+08:00</ToDtTm>"));
    assert!(file.contains("<Cd>payment-fee</Cd>") && file.contains("<Cd>refund-fee</Cd>"));
}

#[test]
fn a_file_that_does_not_add_up_or_is_too_long_is_none() {
    use super::super::export::ExportFailure;
    let export = export(ExportFormat::Csv, 1);
    let of = |export: &Export, closing| {
        Block::of(export, (0, closing), &[line(true, 100, 2)], export.before_id).map(drop)
    };
    assert_eq!(of(&export, -402), Ok(()));
    assert_eq!(of(&export, -401), Err(ExportFailure::DoesNotAddUp));
    let long =
        Export { written: Written { rows: export.format.rows_max(), ..export.written }, ..export };
    assert_eq!(of(&long, -402), Err(ExportFailure::TooLong));
}
