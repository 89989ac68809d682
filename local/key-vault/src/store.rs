//! The contents on disk: one file that is replaced as a whole, readable by its owner only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::contents::Contents;
use crate::refusal::Refusal;

const FILE: &str = "vault.json";
const OWNER_ONLY: u32 = 0o600;

/// The contents, and the file that they are kept in.
pub(crate) struct Store {
    folder: PathBuf,
    contents: Contents,
}

impl Store {
    /// Reads what an earlier run kept in the folder, which is made if needed.
    ///
    /// # Errors
    /// The folder or the file cannot be read, or the file is not one of ours: keys are never made
    /// anew in the place of others.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let contents = match fs::read(folder.join(FILE)) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| damaged(folder, &error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Contents::default(),
            Err(error) => return Err(error),
        };
        Ok(Self { folder: folder.to_owned(), contents })
    }

    pub(crate) fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Changes the contents, on disk first. After an error they are what they were.
    pub(crate) fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Contents) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut contents = self.contents.clone();
        let outcome = change(&mut contents)?;
        self.write(&contents).map_err(|error| {
            let file = self.folder.join(FILE);
            eprintln!("key-vault: cannot write {}: {error}", file.display());
            Refusal::NotKept
        })?;
        self.contents = contents;
        Ok(outcome)
    }

    fn write(&self, contents: &Contents) -> io::Result<()> {
        let unfinished = self.folder.join("vault.json.new");
        let mut options = OpenOptions::new();
        let mut file =
            options.write(true).create(true).truncate(true).mode(OWNER_ONLY).open(&unfinished)?;
        file.write_all(&serde_json::to_vec(contents)?)?;
        file.sync_all()?;
        fs::rename(&unfinished, self.folder.join(FILE))?;
        File::open(&self.folder)?.sync_all()
    }
}

fn damaged(folder: &Path, error: &serde_json::Error) -> io::Error {
    let file = folder.join(FILE);
    io::Error::other(format!(
        "{}: {error}; bring the file back from a copy, or `make clean-local`, which forgets all \
         local data",
        file.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_named_and_never_replaced() {
        let folder = std::env::temp_dir().join(format!("vault-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(FILE), "{\"keys\": ").unwrap();
        let Err(told) = Store::open(&folder) else { panic!("it opened") };
        let told = told.to_string();
        assert!(told.contains("vault.json: EOF") && told.contains("make clean-local"), "{told}");
        assert_eq!(fs::read_to_string(folder.join(FILE)).unwrap(), "{\"keys\": ");
        fs::remove_dir_all(folder).unwrap();
    }
}
