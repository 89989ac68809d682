//! How many fields were read exactly, by kind of document and by damage.

use std::collections::BTreeMap;
use std::fmt;

use events::ocr::ReadingV1;
use specimens::{DAMAGES, Damage, KINDS, Kind};

/// Fields in a hundred that must be exact on undamaged specimens, and on others.
const CLEAN_MIN: u32 = 97;
const DAMAGED_MIN: u32 = 88;
/// Numbers in a hundred that must be certain on undamaged specimens with check digits: a reader
/// that is certain of nothing would never be wrong.
const CERTAIN_MIN: u32 = 80;
/// CPU seconds for a picture on the average, drawing it included.
const MEAN_SECONDS_MAX: f64 = 3.0;
/// How many times as much the slowest pair takes at most. Work beside it makes all of them slower,
/// by half and more, so a bound in seconds would be one on the machine's load.
const SLOWEST_MAX: f64 = 4.0;

pub(crate) struct Outcome {
    pub(crate) kind: Kind,
    pub(crate) damage: Damage,
    pub(crate) seed: u64,
    pub(crate) truth: BTreeMap<&'static str, String>,
    pub(crate) reading: ReadingV1,
}

#[derive(Default, Clone, Copy)]
struct Score {
    fields: u32,
    exact: u32,
    certain: u32,
}

#[derive(Default)]
pub(crate) struct Table {
    scores: BTreeMap<(Kind, Damage), Score>,
    /// Document numbers of undamaged specimens that have check digits.
    numbers: Score,
    images: u32,
    wrong: Vec<String>,
    wrongly_certain: Vec<String>,
    seconds: f64,
    seconds_max: f64,
}

impl Table {
    pub(crate) fn add(&mut self, outcome: Outcome) {
        let Outcome { kind, damage, seed, truth, reading } = outcome;
        let score = self.scores.entry((kind, damage)).or_default();
        self.images += 1;
        if reading.document != kind.name() {
            self.wrong.push(format!("{kind:?} {damage:?} {seed}: {}", reading.document));
        }
        score.fields += 1;
        score.exact += u32::from(reading.document == kind.name());
        for (name, value) in &truth {
            let field = reading.fields.get(*name);
            let read = field.map(|field| field.value.as_str());
            let is_certain = field.is_some_and(|field| field.is_confirmed);
            score.fields += 1;
            score.exact += u32::from(read == Some(value.as_str()));
            score.certain += u32::from(is_certain);
            let has_check_digit = kind != Kind::BusinessRegistration && *name == "document_number";
            if has_check_digit && damage == Damage::None {
                self.numbers.fields += 1;
                self.numbers.certain += u32::from(is_certain);
            }
            if read != Some(value.as_str()) {
                let text = format!("{kind:?} {damage:?} {seed} {name}: {value:?} read as {read:?}");
                if is_certain {
                    self.wrongly_certain.push(text.clone());
                }
                self.wrong.push(text);
            }
        }
    }

    pub(crate) fn took(&mut self, seconds: f64) {
        self.seconds += seconds;
        self.seconds_max = self.seconds_max.max(seconds);
    }

    fn mean_seconds(&self) -> f64 {
        self.seconds / f64::from(self.images)
    }

    fn sum(&self, is_part: impl Fn(Kind, Damage) -> bool) -> Score {
        let parts = self.scores.iter().filter(|((kind, damage), _)| is_part(*kind, *damage));
        parts.fold(Score::default(), |sum, (_, score)| Score {
            fields: sum.fields + score.fields,
            exact: sum.exact + score.exact,
            certain: sum.certain + score.certain,
        })
    }

    pub(crate) fn check(&self) {
        assert_eq!(self.wrongly_certain, Vec::<String>::new());
        let clean = self.sum(|_, damage| damage == Damage::None);
        let damaged = self.sum(|_, damage| damage != Damage::None);
        assert!(clean.exact * 100 >= CLEAN_MIN * clean.fields, "too little of the undamaged");
        assert!(damaged.exact * 100 >= DAMAGED_MIN * damaged.fields, "too little of the damaged");
        let Score { fields, certain, .. } = self.numbers;
        assert!(certain * 100 >= CERTAIN_MIN * fields, "only {certain} of {fields} are certain");
        let mean = self.mean_seconds();
        assert!(mean <= MEAN_SECONDS_MAX, "{mean} s of CPU for a picture");
        assert!(self.seconds_max <= SLOWEST_MAX * 2.0 * mean, "{} s for two", self.seconds_max);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.wrong {
            writeln!(f, "{line}")?;
        }
        write!(f, "{:24}", "exact fields in %")?;
        for damage in DAMAGES {
            write!(f, "{:>13}", format!("{damage:?}"))?;
        }
        writeln!(f, "{:>13}{:>13}", "all", "certain")?;
        for kind in KINDS {
            write!(f, "{:24}", kind.name())?;
            for damage in DAMAGES {
                write!(f, "{:>13.1}", self.sum(|k, d| k == kind && d == damage).percent())?;
            }
            let all = self.sum(|k, _| k == kind);
            writeln!(f, "{:>13.1}{:>13.1}", all.percent(), all.certain_percent())?;
        }
        write!(f, "{:24}", "all")?;
        for damage in DAMAGES {
            write!(f, "{:>13.1}", self.sum(|_, d| d == damage).percent())?;
        }
        let damaged = self.sum(|_, damage| damage != Damage::None);
        writeln!(f, "\ndamaged: {:.1} % of {} fields", damaged.percent(), damaged.fields)?;
        writeln!(
            f,
            "{} images, {:.1} s of CPU each, {:.1} s at most for two; {} wrong, held for certain",
            self.images,
            self.mean_seconds(),
            self.seconds_max,
            self.wrongly_certain.len(),
        )
    }
}

impl Score {
    fn percent(self) -> f64 {
        100.0 * f64::from(self.exact) / f64::from(self.fields)
    }

    fn certain_percent(self) -> f64 {
        100.0 * f64::from(self.certain) / f64::from(self.fields)
    }
}

/// What this process and those that it has waited for have used until now.
pub(crate) fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, after_name) = stat.rsplit_once(')').unwrap();
    // From the third column on: user and system time at the 14th to 17th, in hundredths.
    let columns = after_name.split_whitespace().skip(11).take(4);
    columns.map(|column| column.parse::<f64>().unwrap() / 100.0).sum()
}
