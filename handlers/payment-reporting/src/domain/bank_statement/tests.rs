//! What is read of a file, and what makes it none.

use time::macros::date;

use super::*;

const ENTRY: &str = "<Ntry><NtryRef>1</NtryRef><Amt Ccy=\"HKD\">100.50</Amt>\
    <CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><AcctSvcrRef>B&amp;1</AcctSvcrRef>\
    <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>OTHR</SubFmlyCd></Fmly></Domn>\
    </BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>top_01h455vb4pex5vsknk084sn02q</EndToEndId>\
    </Refs><RltdPties><Dbtr><Pty><Nm>陳大文</Nm></Pty></Dbtr></RltdPties></TxDtls></NtryDtls>\
    </Ntry>";

fn balance(code: &str, amount: &str, direction: &str) -> String {
    format!(
        "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"HKD\">{amount}</Amt>\
         <CdtDbtInd>{direction}</CdtDbtInd><Dt><Dt>2026-11-29</Dt></Dt></Bal>"
    )
}

fn file(opening: &str, closing: &str, entries: &str) -> String {
    let namespace = std::str::from_utf8(NAMESPACE).unwrap();
    let (opening, closing) = (balance("OPBD", opening, "CRDT"), balance("CLBD", closing, "CRDT"));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"{namespace}\">\
         <BkToCstmrStmt><GrpHdr><MsgId>m</MsgId></GrpHdr><Stmt><Id>S-1</Id>\
         <Acct><Id><Othr><Id>123-456</Id></Othr></Id><Ccy>HKD</Ccy></Acct>\
         {opening}{closing}{entries}</Stmt></BkToCstmrStmt></Document>\n"
    )
}

fn read(text: &str) -> Result<BankStatement, &'static str> {
    read_bank_statement(text.as_bytes()).map_err(|error| error.what)
}

#[test]
fn a_statement_is_what_is_compared_and_nothing_else() {
    let statement = read(&file("10", "110.5", ENTRY)).unwrap();
    let line = BankLine {
        reference: Some("top_01h455vb4pex5vsknk084sn02q".to_owned()),
        bank_reference: "B&1".to_owned(),
        bank_code: "OTHR".to_owned(),
        amount: 10_050,
    };
    let id: TopUpId = "top_01h455vb4pex5vsknk084sn02q".parse().unwrap();
    assert_eq!(line.operation_id(), Some(id.uuid()));
    let wanted = BankStatement {
        id: Some("S-1".to_owned()),
        account: "123-456".to_owned(),
        day: date!(2026 - 11 - 29),
        opening: 1_000,
        closing: 11_050,
        lines: vec![line],
    };
    assert_eq!(statement, wanted);
    assert!(!format!("{statement:?}").contains('陳'));
}

#[test]
fn an_entry_of_several_payments_is_those_payments() {
    let part = |amount: &str, reference: &str| {
        format!(
            "<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>\
             <Amt Ccy=\"HKD\">{amount}</Amt></TxDtls>"
        )
    };
    let entry = |parts: &str| {
        format!(
            "<Ntry><Amt Ccy=\"HKD\">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>\
             <Sts><Cd>BOOK</Cd></Sts><NtryDtls>{parts}</NtryDtls></Ntry>"
        )
    };
    let both = entry(&(part("1", "a") + &part("2.00", NOT_PROVIDED)));
    let lines = read(&file("10", "7", &both)).unwrap().lines;
    let seen: Vec<_> = lines.iter().map(|line| (line.reference.as_deref(), line.amount)).collect();
    assert_eq!(seen, [(Some("a"), -100), (None, -200)]);
    let short = entry(&(part("1", "a") + &part("1.99", "b")));
    assert_eq!(read(&file("10", "7", &short)), Err("an entry that is not the sum of its parts"));
}

#[test]
fn what_is_not_booked_is_no_movement() {
    let pending = ENTRY.replace("BOOK", "PDNG");
    assert_eq!(read(&file("10", "10", &pending)).unwrap().lines, []);
    assert!(read(&file("10", "10", &ENTRY.replace("BOOK", "?"))).is_err());
}

#[test]
fn what_does_not_add_up_is_refused() {
    let wrong = "entries that are not the difference of the balances";
    assert_eq!(read(&file("10", "110.51", ENTRY)), Err(wrong));
    assert_eq!(read(&file("10", "110.5", "")), Err(wrong));
}

#[test]
fn what_could_be_read_in_two_ways_or_makes_more_of_itself_is_refused() {
    let good = file("10", "110.5", ENTRY);
    for (from, to) in [
        ("camt.053.001.08", "camt.053.001.02"),
        ("<Document", "<!DOCTYPE d [<!ENTITY a \"aaaa\">]><Document"),
        ("<Id>S-1</Id>", "<Id>&a;</Id>"),
        ("<Id>S-1</Id>", "<Id><![CDATA[S-1]]></Id>"),
        ("<Id>S-1</Id>", "<Id>S-1</Id><Id>S-2</Id>"),
        ("<Id>S-1</Id>", ""),
        ("<Id>S-1</Id>", "<Id>123456789012345678901234567890123456</Id>"),
        ("<Ccy>HKD</Ccy>", "<Ccy>USD</Ccy>"),
        ("<Amt Ccy=\"HKD\">100.50", "<Amt Ccy=\"USD\">100.50"),
        ("100.50", "-100.50"),
        ("100.50", "100.505"),
        ("100.50", "1e2"),
        ("100.50", "12345678901234"),
        ("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<Sts>"),
        ("2026-11-29", "2026-11-31"),
        ("</Stmt>", "</Stmt><Stmt></Stmt>"),
        ("</Stmt></BkToCstmrStmt></Document>", ""),
        ("<Sts>", "<Sts"),
    ] {
        assert!(good.contains(from), "{from}");
        assert!(read(&good.replace(from, to)).is_err(), "{from} → {to}");
    }
    assert!(read(&good).is_ok());
}

#[test]
fn a_part_of_a_day_is_refused() {
    let good = file("10", "110.5", ENTRY);
    for (ends, part) in [("<Id>S-1</Id>", "StmtPgntn"), ("<MsgId>m</MsgId>", "MsgPgntn")] {
        let page = |number: &str, is_last: &str| {
            let paging = format!("<PgNb>{number}</PgNb><LastPgInd>{is_last}</LastPgInd>");
            good.replace(ends, &format!("{ends}<{part}>{paging}</{part}>"))
        };
        assert!(read(&page("1", "true")).is_ok());
        for other in [page("1", "false"), page("2", "true")] {
            assert_eq!(read(&other), Err("one page of several"), "{part}");
        }
    }
    let interim = "</CdOrPrtry><SubTp><Cd>INTM</Cd></SubTp>";
    let interim = good.replacen("</CdOrPrtry>", interim, 1);
    assert_eq!(read(&interim), Err("a balance in the middle of the day"));
}

#[test]
fn depth_texts_and_lines_have_limits() {
    let deep = "<a>".repeat(DEPTH_MAX);
    let good = file("10", "110.5", ENTRY);
    let nested = good.replace("<Id>S-1</Id>", &deep);
    assert_eq!(read(&nested), Err("elements too deep in each other"));
    let long = good.replace("陳大文", &"x".repeat(TEXT_BYTES_MAX + 1));
    assert_eq!(read(&long), Err("a text that is too long"));
    let short =
        "<Ntry><Amt Ccy=\"HKD\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts></Ntry>";
    let many = short.repeat(BANK_LINES_MAX + 1);
    assert_eq!(read(&file("0", "1", &many)), Err("more lines than a day may have"));
}
