//! How far a partition is captured, so that a restart captures nothing twice and leaves nothing
//! out.
//!
//! Before a file appears, the step that it makes is noted. Whether the file is there then says
//! whether the step was made.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// The last captured event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) sequence: i64,
    pub(super) offset: i64,
}

/// What a file adds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) before: Place,
    pub(super) after: Place,
    /// The file that is captured then.
    pub(super) file: PathBuf,
}

impl Place {
    /// Before the first event.
    pub(super) const START: Self = Self { sequence: -1, offset: -1 };

    /// Where the note at `path` says that it stopped.
    pub(super) fn load(path: &Path) -> io::Result<Self> {
        match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::START),
            Err(error) => Err(error),
            Ok(note) => {
                let step = Step::parse(&note)
                    .ok_or_else(|| io::Error::other(format!("{} is damaged", path.display())))?;
                Ok(if step.file.exists() { step.after } else { step.before })
            }
        }
    }
}

impl Step {
    /// Replaces the note at `path`; synced.
    pub(super) fn save(&self, path: &Path) -> io::Result<()> {
        let Self { before, after, file } = self;
        let aside = path.with_extension("new");
        let mut note = File::create(&aside)?;
        write!(note, "{} {} ", before.sequence, before.offset)?;
        write!(note, "{} {} {}", after.sequence, after.offset, file.display())?;
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
    fn a_noted_step_was_made_if_its_file_is_there() {
        let folder = std::env::temp_dir().join(format!("capture-{}", uuid::Uuid::new_v4()));
        fs::create_dir_all(&folder).unwrap();
        let note = folder.join("captured");
        assert_eq!(Place::load(&note).unwrap(), Place::START);

        let before = Place { sequence: 4, offset: 400 };
        let after = Place { sequence: 9, offset: 900 };
        let file = folder.join("a file of 9");
        Step { before, after, file: file.clone() }.save(&note).unwrap();
        assert_eq!(Place::load(&note).unwrap(), before);
        fs::write(&file, "").unwrap();
        assert_eq!(Place::load(&note).unwrap(), after);

        fs::write(&note, "4 400 9").unwrap();
        assert!(Place::load(&note).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
