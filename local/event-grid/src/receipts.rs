//! Which writes of blobs have been told, over restarts: a file for each day that is watched.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

use storage_client::Blob;
use time::Date;

/// The receipts of the days that are kept. They grow with the blobs of these days only.
#[derive(Debug)]
pub(crate) struct Receipts {
    folder: PathBuf,
    days: BTreeMap<Date, Day>,
}

#[derive(Debug)]
struct Day {
    /// The last ETag told, by the blob's name: an earlier one never comes back.
    etags: HashMap<String, String>,
    file: File,
}

impl Receipts {
    /// Those that are kept in `folder`, which is made if needed.
    pub(crate) fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder, days: BTreeMap::new() })
    }

    /// Takes up the receipts of these days and forgets all others.
    pub(crate) fn keep_only(&mut self, days: &[Date]) -> io::Result<()> {
        self.days.retain(|day, _| days.contains(day));
        for day in days {
            if !self.days.contains_key(day) {
                let opened = self.open_day(*day)?;
                self.days.insert(*day, opened);
                self.remove_others(days)?;
            }
        }
        Ok(())
    }

    /// Whether this write of the blob was told.
    pub(crate) fn has(&self, day: Date, blob: &Blob) -> bool {
        let etag = self.days.get(&day).and_then(|day| day.etags.get(&blob.name));
        etag == Some(&blob.etag)
    }

    /// Notes that this write of the blob was told.
    pub(crate) fn add(&mut self, day: Date, blob: &Blob) -> io::Result<()> {
        let Some(day) = self.days.get_mut(&day) else { return Ok(()) };
        day.file.write_all(line(&blob.name, &blob.etag).as_bytes())?;
        day.etags.insert(blob.name.clone(), blob.etag.clone());
        Ok(())
    }

    fn open_day(&self, day: Date) -> io::Result<Day> {
        let path = self.path(day);
        let text = match fs::read(&path) {
            Ok(text) => String::from_utf8_lossy(&text).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        // A line that a kill has torn is no receipt.
        let lines = text.lines().filter_map(|line| serde_json::from_str(line).ok());
        let etags: HashMap<String, String> = lines.collect();
        // Written anew: one line a blob, and nothing after which a line would not be read.
        let draft = path.with_extension("new");
        fs::write(&draft, etags.iter().map(|(name, etag)| line(name, etag)).collect::<String>())?;
        fs::rename(&draft, &path)?;
        Ok(Day { etags, file: OpenOptions::new().append(true).open(path)? })
    }

    fn remove_others(&self, days: &[Date]) -> io::Result<()> {
        let kept: Vec<PathBuf> = days.iter().map(|day| self.path(*day)).collect();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if !kept.contains(&path) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn path(&self, day: Date) -> PathBuf {
        self.folder.join(format!("{day}.receipts"))
    }
}

fn line(name: &str, etag: &str) -> String {
    format!("{}\n", serde_json::json!([name, etag]))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use time::OffsetDateTime;
    use time::macros::date;
    use uuid::Uuid;

    use super::*;

    const DAYS: [Date; 2] = [date!(2026 - 11 - 28), date!(2026 - 11 - 29)];

    fn blob(name: &str, etag: &str) -> Blob {
        Blob {
            name: name.to_owned(),
            etag: etag.to_owned(),
            modified_at: OffsetDateTime::UNIX_EPOCH,
            content_length: 0,
            content_type: String::new(),
            kind: String::new(),
        }
    }

    fn reopened(folder: &Path, days: &[Date]) -> Receipts {
        let mut receipts = Receipts::open(folder.to_path_buf()).unwrap();
        receipts.keep_only(days).unwrap();
        receipts
    }

    #[test]
    fn a_receipt_outlives_a_restart_and_a_torn_line_is_none() {
        let folder = std::env::temp_dir().join(format!("receipts-{}", Uuid::new_v4()));
        let mut receipts = reopened(&folder, &DAYS);
        receipts.add(DAYS[1], &blob("line\nbreak", "1")).unwrap();
        receipts.add(DAYS[1], &blob("torn", "1")).unwrap();
        let path = receipts.path(DAYS[1]);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.trim_end().trim_end_matches(']')).unwrap();

        let mut receipts = reopened(&folder, &DAYS);
        assert!(receipts.has(DAYS[1], &blob("line\nbreak", "1")));
        assert!(!receipts.has(DAYS[1], &blob("torn", "1")));
        receipts.add(DAYS[1], &blob("next", "1")).unwrap();
        assert!(reopened(&folder, &DAYS).has(DAYS[1], &blob("next", "1")));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn another_write_has_no_receipt_and_days_gone_by_are_forgotten() {
        let folder = std::env::temp_dir().join(format!("receipts-{}", Uuid::new_v4()));
        let mut receipts = reopened(&folder, &DAYS);
        receipts.add(DAYS[0], &blob("a", "1")).unwrap();
        assert!(!receipts.has(DAYS[0], &blob("a", "2")));
        receipts.add(DAYS[0], &blob("a", "2")).unwrap();
        assert!(receipts.has(DAYS[0], &blob("a", "2")));
        assert_eq!(reopened(&folder, &DAYS).days[&DAYS[0]].etags.len(), 1);
        receipts.keep_only(&[DAYS[1], date!(2026 - 11 - 30)]).unwrap();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
        fs::remove_dir_all(folder).unwrap();
    }
}
