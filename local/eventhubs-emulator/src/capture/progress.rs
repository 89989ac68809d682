//! How far a partition is captured, so that a restart captures nothing twice and leaves nothing
//! out.
//!
//! Before a file appears, the step that it makes is noted. Whether the file is there then says
//! whether the step was made; if not, that step is made first.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

/// The last captured event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) sequence: i64,
    pub(super) offset: i64,
}

/// What a file adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) before: Place,
    pub(super) after: Place,
    /// The name of the file that is captured then.
    pub(super) file: String,
}

impl Place {
    /// Before the first event.
    pub(super) const START: Self = Self { sequence: -1, offset: -1 };
}

impl Step {
    /// The last step, by the note at `path`.
    pub(super) fn load(path: &Path) -> io::Result<Option<Self>> {
        match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
            Ok(note) => match Self::parse(&note) {
                Some(step) => Ok(Some(step)),
                None => Err(io::Error::other(format!("{} is damaged", path.display()))),
            },
        }
    }

    /// Replaces the note at `path`; synced.
    pub(super) fn save(&self, path: &Path) -> io::Result<()> {
        let Self { before, after, file } = self;
        let aside = path.with_extension("new");
        let mut note = File::create(&aside)?;
        write!(note, "{} {} ", before.sequence, before.offset)?;
        write!(note, "{} {} {}", after.sequence, after.offset, file)?;
        note.sync_all()?;
        fs::rename(&aside, path)?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }

    fn parse(note: &str) -> Option<Self> {
        let mut words = note.splitn(5, ' ');
        let mut number = || words.next()?.parse().ok();
        let before = Place { sequence: number()?, offset: number()? };
        let after = Place { sequence: number()?, offset: number()? };
        Some(Self { before, after, file: words.next()?.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_read_as_it_was_noted_and_a_damaged_note_is_named() {
        let folder = std::env::temp_dir().join(format!("capture-{}", uuid::Uuid::new_v4()));
        fs::create_dir_all(&folder).unwrap();
        let note = folder.join("captured");
        assert_eq!(Step::load(&note).unwrap(), None);

        let before = Place { sequence: 4, offset: 400 };
        let after = Place { sequence: 9, offset: 900 };
        let step = Step { before, after, file: "a file of 9".to_owned() };
        step.save(&note).unwrap();
        assert_eq!(Step::load(&note).unwrap(), Some(step));

        fs::write(&note, "4 400 9").unwrap();
        let told = Step::load(&note).unwrap_err().to_string();
        assert!(told.contains("captured is damaged"), "{told}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
