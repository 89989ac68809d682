//! What is taken for a list, and what reading one costs.

use super::*;

#[test]
fn a_list_in_the_form_of_the_united_nations_is_read() {
    let list = r#"{"CONSOLIDATED_LIST": {"INDIVIDUALS": {"INDIVIDUAL": [
        {"DATAID": "1", "REFERENCE_NUMBER": "XXi.001", "UN_LIST_TYPE": "SPECIMEN",
         "FIRST_NAME": "DA WEN", "SECOND_NAME": "CHEN", "THIRD_NAME": null,
         "NAME_ORIGINAL_SCRIPT": "陳大文",
         "INDIVIDUAL_ALIAS": [{"QUALITY": "Good", "ALIAS_NAME": "Chan Tai Man; David Chan"},
                              {"QUALITY": "Low", "ALIAS_NAME": ""}],
         "INDIVIDUAL_DATE_OF_BIRTH": [{"TYPE_OF_DATE": "EXACT", "DATE": "1965-03-02"},
                                      {"YEAR": 1967}]},
        {"DATAID": 7, "FIRST_NAME": "ALI", "INDIVIDUAL_ALIAS": ""}]},
        "ENTITIES": {"ENTITY": {"DATAID": "9", "FIRST_NAME": "SPECIMEN TRADING",
            "ENTITY_ALIAS": {"ALIAS_NAME": "ST LTD"}}}}}"#;
    let entries = parse_list(list.as_bytes(), None).unwrap();
    assert_eq!(entries.len(), 3);
    assert_eq!((entries[0].id.as_str(), entries[0].program.as_str()), ("XXi.001", "SPECIMEN"));
    assert_eq!(entries[0].names, ["DA WEN CHEN", "陳大文", "Chan Tai Man", "David Chan"]);
    assert_eq!(entries[0].birth_years, [1965, 1967]);
    assert_eq!((entries[1].id.as_str(), entries[1].names.len()), ("7", 1));
    assert_eq!((entries[2].is_person, entries[2].names.len()), (false, 2));
}

#[test]
fn a_list_in_the_form_of_ofac_is_read() {
    let list = "2674,\"CHEN, Da Wen\",\"individual\",\"SPECIMEN\",-0- ,-0- ,-0- ,-0- ,-0- ,\
        -0- ,-0- ,\"DOB 02 Mar 1965; alt. DOB 1967; a.k.a. 'CHAN, \"\"Tai\"\" Man'; POB X\"\r\n\
        36,\"SPECIMEN TRADING\",-0- ,\"SPECIMEN\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\
        \u{1a}";
    let entries = parse_list(list.as_bytes(), None).unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].names, ["CHEN, Da Wen", "CHAN, \"Tai\" Man"]);
    assert_eq!((entries[0].is_person, entries[0].birth_years.clone()), (true, vec![1965, 1967]));
    assert_eq!((entries[1].is_person, entries[1].id.as_str()), (false, "36"));
}

#[test]
fn what_is_not_a_list_is_refused_whole() {
    for (text, error) in [
        ("", ListError::Entries),
        ("{}", ListError::Entries),
        ("{", ListError::Form),
        ("1,2,3\n", ListError::Record(1)),
        ("1,\"open", ListError::Form),
        ("1,,individual,,,,,,,,,\n", ListError::Entries),
        ("<html>no such blob</html>", ListError::Record(1)),
    ] {
        assert_eq!(parse_list(text.as_bytes(), None), Err(error), "{text}");
    }
    assert_eq!(parse_list(&[0xff, 0xfe, 0x31], None), Err(ListError::Form));
}

/// Two entries in OFAC's form.
const SDN: &str = "2674,\"CHEN, Da Wen\",\"individual\",\"SPECIMEN\",,,,,,,,\r\n\
    36,\"SPECIMEN TRADING\",-0- ,\"SPECIMEN\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n";

#[test]
fn aliases_of_a_file_beside_the_list_are_names_of_its_entries() {
    let aliases = "ent_num,alt_num,alt_type,alt_name,alt_remarks\n\
        36,12,\"aka\",\"ST LIMITED\",-0- \r\n\
        2674,13,\"aka\",\"CHAN, Tai Man\",-0- \r\n\
        2674,14,\"fka\",\"CHEN, Da Wen\",\"the same\"\r\n\u{1a}";
    let entries = parse_list(SDN.as_bytes(), Some(aliases.as_bytes())).unwrap();
    assert_eq!(entries[0].names, ["CHEN, Da Wen", "CHAN, Tai Man"]);
    assert_eq!(entries[1].names, ["SPECIMEN TRADING", "ST LIMITED"]);
    assert_eq!(ListSize::of(&entries), ListSize { entries: 2, names: Some(4) });
    for (aliases, error) in [
        ("99,1,aka,NOBODY,", ListError::Alias(1)),
        ("36,1,aka,ST,\n36,2,aka", ListError::Alias(2)),
        ("36,1,aka,ST,,", ListError::Alias(1)),
        (SDN, ListError::Alias(1)),
        ("36,\"", ListError::Form),
    ] {
        let parsed = parse_list(SDN.as_bytes(), Some(aliases.as_bytes()));
        assert_eq!(parsed, Err(error), "{aliases}");
    }
}

#[test]
fn a_list_has_shrunk_if_more_than_a_tenth_of_its_entries_or_names_is_gone() {
    let size = |entries, names| ListSize { entries, names };
    let before = size(100, Some(300));
    for (now, is_shrunk) in [
        (size(90, Some(270)), false),
        (size(89, Some(270)), true),
        (size(100, Some(269)), true),
        (size(500, Some(900)), false),
    ] {
        assert_eq!(now.is_shrunk_since(before), is_shrunk, "{now:?}");
    }
    assert!(!size(90, Some(90)).is_shrunk_since(size(100, None)), "its names were not counted");
}

#[test]
fn whatever_is_in_a_list_reading_it_takes_little_more_memory_than_its_text() {
    const LENGTH: usize = 16 * 1024 * 1024;
    let of = |unit: &str| unit.repeat(LENGTH / unit.len());
    let json = |unit: &str| format!(r#"{{"INDIVIDUALS": {{"INDIVIDUAL": [{}0]}}}}"#, of(unit));
    for (list, error) in [
        (of(","), Some(ListError::Record(1))),
        (of(",,,,,,,,,,,x\n"), Some(ListError::Entries)),
        (format!("1,x,,,,,,,,,,{}", of(";")), None),
        (json("{},"), Some(ListError::Entries)),
        (json("[0,0,0,0],"), Some(ListError::Entries)),
    ] {
        let before = resident_peak();
        let parsed = parse_list(list.as_bytes(), None);
        let more = resident_peak().saturating_sub(before);
        assert!(more < 4 * LENGTH, "{list:.20}: {more} bytes more");
        assert_eq!(parsed.err(), error, "{list:.20}");
    }
}

/// The most memory that this program has had, in bytes.
fn resident_peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kibibytes: usize = line.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    kibibytes.saturating_mul(1024)
}
