//! How well names are found, and how fast.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
#![expect(clippy::print_stdout, reason = "figures are for the person at the terminal")]

use std::collections::BTreeMap;
use std::time::Instant;

use time::{Date, Month};

use super::*;
use crate::domain::details::Screenee;

const LABELLED: &str = include_str!("labelled.tsv");
/// Of what is found so much must be right, and of what is right so much found.
const PRECISION_MIN: f64 = 0.95;
const RECALL_MIN: f64 = 0.95;

fn screenee(names: &str, year: &str) -> Screenee {
    let birth_date =
        year.parse().ok().map(|year| Date::from_calendar_date(year, Month::June, 15).unwrap());
    Screenee { names: names.split('|').map(str::to_owned).collect(), birth_date }
}

fn entry(id: usize, names: &str, years: &str, is_person: bool) -> Entry {
    Entry {
        id: id.to_string(),
        program: "SPECIMEN".to_owned(),
        is_person,
        names: names.split('|').map(str::to_owned).collect(),
        birth_years: years.split('|').filter_map(|year| year.parse().ok()).collect(),
    }
}

struct Pair {
    is_same: bool,
    class: &'static str,
    text: &'static str,
    screenee: Screenee,
    entry: Entry,
}

fn pairs() -> Vec<Pair> {
    let lines = LABELLED.lines().filter(|line| !line.starts_with('#'));
    let pair = |(id, text): (usize, &'static str)| {
        let columns: Vec<&str> = text.split('\t').collect();
        let [label, class, who, year, listed, ..] = columns.as_slice() else {
            panic!("{text}: columns")
        };
        let screenee = screenee(who, year);
        let (listed, is_person) = match listed.split_once(':') {
            Some((kind, listed)) => (listed, kind == "person"),
            None => (*listed, screenee.birth_date.is_some()),
        };
        let years = columns.get(5).copied().unwrap_or_default();
        let entry = entry(id, listed, years, is_person);
        assert!(matches!(*label, "same" | "other"), "{text}");
        Pair { is_same: *label == "same", class, text, screenee, entry }
    };
    lines.enumerate().map(pair).collect()
}

#[test]
fn who_is_listed_is_found_under_other_spellings_and_who_is_not_is_left_alone() {
    let pairs = pairs();
    let mut classes: BTreeMap<&str, [u32; 4]> = BTreeMap::new();
    for pair in &pairs {
        // Alone in its list: neighbours would only make its words commoner.
        let index = Index::of(vec![pair.entry.clone()]);
        let is_hit = !index.screener().hits(&pair.screenee).is_empty();
        let column = match (pair.is_same, is_hit) {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (false, false) => 3,
        };
        if matches!(column, 1 | 2) {
            println!("{}: {}", if column == 1 { "missed" } else { "wrong" }, pair.text);
        }
        classes.entry(pair.class).or_default()[column] += 1;
    }
    println!("{:<16} {:>6} {:>6} {:>6} {:>6}", "class", "found", "missed", "wrong", "left");
    let mut sums = [0; 4];
    for (class, counts) in &classes {
        let [found, missed, wrong, left] = counts;
        println!("{class:<16} {found:>6} {missed:>6} {wrong:>6} {left:>6}");
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    let [found, missed, wrong, _] = sums.map(f64::from);
    let (precision, recall) = (found / (found + wrong), found / (found + missed));
    println!("{} pairs: precision {precision:.3}, recall {recall:.3}", pairs.len());
    assert!(precision >= PRECISION_MIN && recall >= RECALL_MIN);
}

#[test]
fn in_one_list_the_same_pairs_are_found() {
    let pairs = pairs();
    let index = Index::of(pairs.iter().map(|pair| pair.entry.clone()).collect());
    assert_eq!(index.len(), pairs.len());
    let mut screener = index.screener();
    let same: Vec<&Pair> = pairs.iter().filter(|pair| pair.is_same).collect();
    let missed = same
        .iter()
        .filter(|pair| !screener.hits(&pair.screenee).iter().any(|hit| *hit.entry == pair.entry));
    let missed: Vec<&str> = missed.map(|pair| pair.text).collect();
    assert!(missed.len() * 20 <= same.len(), "blocked from being compared: {missed:#?}");
}

#[test]
fn a_hit_says_how_much_alike_and_the_best_comes_first() {
    let index = Index::of(vec![
        entry(1, "Mohammed Rashid Karimi", "1972", true),
        entry(2, "Muhammad Rasheed Karimi", "1972", true),
    ]);
    let mut screener = index.screener();
    let hits = screener.hits(&screenee("Mohammed Rashid Karimi", "1972"));
    let found: Vec<(&str, u16)> =
        hits.iter().map(|hit| (hit.entry.id.as_str(), hit.score)).collect();
    assert_eq!(found[0], ("1", 1000));
    assert_eq!(found.len(), 2);
    assert!((880..1000).contains(&found[1].1), "{found:?}");
    let later = screener.hits(&screenee("Mohammed Rashid Karimi", "1990"));
    assert_eq!(later[0].score, 900, "years of birth that are far apart speak against it");
    assert!(screener.hits(&screenee("", "1990")).is_empty());
}

/// Names of many syllables, by a generator with a fixed seed.
struct Names(u64);

impl Names {
    fn next(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.next(from.len())]
    }

    fn word(&mut self, syllables: usize) -> String {
        const HEADS: [&str; 20] = [
            "b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "sh", "kh",
            "ch", "br", "st",
        ];
        const TAILS: [&str; 12] =
            ["a", "e", "i", "o", "u", "an", "en", "in", "or", "ar", "el", "us"];
        (0..syllables).map(|_| format!("{}{}", self.pick(&HEADS), self.pick(&TAILS))).collect()
    }

    /// A third of them as in Hong Kong, whose names share few syllables.
    fn name(&mut self) -> String {
        const SURNAMES: [&str; 24] = [
            "Chan", "Wong", "Lee", "Cheung", "Lau", "Ho", "Lam", "Ng", "Leung", "Cheng", "Yeung",
            "Tang", "Yip", "Hui", "Fung", "Tsang", "Chu", "Chow", "Tse", "So", "Chiu", "Kwok",
            "Tam", "Ma",
        ];
        const GIVEN: [&str; 28] = [
            "Tai", "Man", "Ming", "Kwok", "Wah", "Wai", "Keung", "Chi", "Ka", "Kin", "Chun", "Kit",
            "Wing", "Tak", "Fai", "Siu", "Mei", "Ling", "Yuk", "Yan", "Yee", "Ho", "Hoi", "Tsz",
            "Lok", "Hin", "Pui", "Shan",
        ];
        if self.next(3) == 0 {
            let (one, other) = (self.pick(&GIVEN), self.pick(&GIVEN));
            return format!("{} {one} {other}", self.pick(&SURNAMES));
        }
        let words = 2 + self.next(2);
        let words: Vec<String> = (0..words)
            .map(|_| {
                let syllables = 2 + self.next(2);
                self.word(syllables)
            })
            .collect();
        words.join(" ")
    }

    fn year(&mut self) -> i32 {
        1940 + i32::try_from(self.next(60)).unwrap()
    }
}

/// Screens so many people against a list of so many entries, one in a thousand of whom is on it
/// under words in another order. Prints what it took, and answers how many of them were found.
fn run(people: usize, listed: usize) -> (usize, usize) {
    let mut names = Names(2026);
    let entries: Vec<Entry> = (0..listed)
        .map(|id| {
            let (name, alias, year) = (names.name(), names.name(), names.year());
            entry(id, &format!("{name}|{alias}"), &year.to_string(), true)
        })
        .collect();
    let start = Instant::now();
    let index = Index::of(entries.clone());
    let built = start.elapsed();
    let start = Instant::now();
    let mut screener = index.screener();
    let (mut planted, mut found, mut hits) = (0, 0, 0);
    for person in 0..people {
        let of = entries.get(person / 1000).filter(|_| person % 1000 == 0);
        let (name, year) = match of {
            Some(entry) => {
                let words: Vec<&str> = entry.names[0].split(' ').rev().collect();
                (words.join(" "), entry.birth_years[0])
            }
            None => (names.name(), names.year()),
        };
        let all = screener.hits(&screenee(&name, &year.to_string()));
        hits += usize::from(!all.is_empty());
        if let Some(entry) = of {
            planted += 1;
            found += usize::from(all.iter().any(|hit| hit.entry == entry));
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!(
        "{people} people, {listed} entries: index {built:.1?}, screening {:.1?}, {hits} with hits, \
         {found} of {planted} planted; {peak}",
        start.elapsed()
    );
    (found, planted)
}

#[test]
fn many_people_are_compared_with_many_entries() {
    let (found, planted) = run(2_000, 1_000);
    assert_eq!((found, planted), (2, 2));
}

/// `make soak` runs it optimised, as it is shipped.
#[test]
#[ignore = "takes minutes"]
fn a_hundred_thousand_people_are_compared_with_twenty_thousand_entries() {
    let (found, planted) = run(100_000, 20_000);
    assert_eq!((found, planted), (100, 100));
}
