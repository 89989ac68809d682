//! Where captured files go: a folder, or a container of a storage account. Either has a file whole
//! or not at all, and no file twice.

use std::{
    env, io,
    path::{Path, PathBuf},
};

use storage_client::{Account, ConnectionStringError, Container, Service, StorageError};
use tokio::fs::{self, File};

use crate::arguments::CapturePlace;

/// The connection string of the account with the container.
const STORAGE: &str = "CAPTURE_STORAGE";
/// Where files are written before they are whole: readers pass names that begin with a dot by.
const ASIDE: &str = ".aside";

/// A folder, or a container.
#[derive(Debug, Clone)]
pub(crate) enum Destination {
    Folder(PathBuf),
    Container(Container),
}

/// The container cannot be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DestinationError {
    #[error("{STORAGE}, the connection string of the account with the container: {0}")]
    Unset(#[from] env::VarError),
    #[error("{STORAGE}: {0}")]
    ConnectionString(#[from] ConnectionStringError),
}

/// Why a file was not shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum ShowError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Storage(#[from] StorageError),
}

impl Destination {
    /// The place that the command line names.
    pub(crate) fn of(place: &CapturePlace) -> Result<Self, DestinationError> {
        match place {
            CapturePlace::Folder(folder) => Ok(Self::Folder(folder.clone())),
            CapturePlace::Container(name) => {
                let text = env::var(STORAGE)?;
                let account = Account::of_connection_string(&text, Service::Blob)?;
                Ok(Self::Container(Container::new(account, name)))
            }
        }
    }

    /// Where the file of a partition is written before it is whole; `data` are the partition's own.
    pub(super) fn aside(&self, hub: &str, partition: usize, data: &Path) -> PathBuf {
        match self {
            // A file is moved within one disk only.
            Self::Folder(root) => root.join(ASIDE).join(format!("{hub}-{partition}.avro")),
            Self::Container(_) => data.join("capturing.avro"),
        }
    }

    /// Whether there is a file of that name.
    pub(super) async fn has(&self, name: &str) -> Result<bool, ShowError> {
        match self {
            Self::Folder(root) => Ok(fs::try_exists(root.join(name)).await?),
            Self::Container(container) => Ok(container.has(name).await?),
        }
    }

    /// Shows the file that stands aside under a name that none has, or has from an earlier try.
    pub(super) async fn show(&self, aside: &Path, name: &str) -> Result<(), ShowError> {
        match self {
            Self::Folder(root) => {
                let file = root.join(name);
                let folder = file.parent().unwrap_or(root);
                fs::create_dir_all(folder).await?;
                fs::rename(aside, &file).await?;
                File::open(folder).await?.sync_all().await?;
            }
            Self::Container(container) => {
                container.create().await?;
                // An earlier try may still be on its way: whichever comes first is the file.
                let _is_new = container.put_new(name, fs::read(aside).await?).await?;
            }
        }
        Ok(())
    }
}
