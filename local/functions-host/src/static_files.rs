//! Serves folders of files beside the apps (`--static /docs=DIR`).

use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use hyper::{Method, Response, StatusCode, header};

use crate::body::{Body, whole};
use crate::problem::Problem;
use crate::routes::decode;

const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// A folder and the path under which it is served.
#[derive(Clone, Debug)]
pub(crate) struct Mount {
    prefix: String,
    directory: PathBuf,
}

/// The argument is not of the form `/prefix=DIR`.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not of the form /prefix=DIR")]
pub(crate) struct MountError(String);

impl FromStr for Mount {
    type Err = MountError;

    fn from_str(text: &str) -> Result<Self, MountError> {
        match text.split_once('=') {
            Some((prefix, directory)) if prefix.starts_with('/') && !directory.is_empty() => {
                let prefix = prefix.trim_end_matches('/').to_owned();
                Ok(Self { prefix, directory: directory.into() })
            }
            _ => Err(MountError(text.to_owned())),
        }
    }
}

impl Mount {
    /// Answers a request below the prefix; nothing when the path is elsewhere.
    pub(crate) async fn serve(
        &self,
        method: &Method,
        path: &str,
    ) -> Option<Result<Response<Body>, Problem>> {
        let below = path.strip_prefix(self.prefix.as_str())?;
        if !below.is_empty() && !below.starts_with('/') {
            return None;
        }
        if !matches!(*method, Method::GET | Method::HEAD) {
            return Some(Err(Problem::NOT_FOUND));
        }
        if below.is_empty() {
            return Some(see_other(&format!("{}/", self.prefix)));
        }
        Some(match self.file(below).and_then(|file| read(&self.directory, &file)) {
            Some(Ok((file, content))) => Response::builder()
                .header(header::CONTENT_TYPE, content_type(&file))
                .body(whole(content))
                .map_err(|_| Problem::NOT_FOUND),
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(path, %error, "static file not served");
                Err(Problem::NOT_FOUND)
            }
            Some(Err(_)) | None => Err(Problem::NOT_FOUND),
        })
    }

    /// The file that a path below the prefix names; nothing when it could lead out of the folder.
    fn file(&self, below: &str) -> Option<PathBuf> {
        let mut file = self.directory.clone();
        for part in below.split('/').filter(|part| !part.is_empty()) {
            let part = decode(part)?;
            if part.starts_with('.') || part.contains(['/', '\\', '\0']) {
                return None;
            }
            file.push(part);
        }
        if below.ends_with('/') {
            file.push("index.html");
        }
        Some(file)
    }
}

/// The file with its real path, when that is inside `directory` (a link may point elsewhere).
fn read(directory: &Path, file: &Path) -> Option<io::Result<(PathBuf, Vec<u8>)>> {
    let content = || -> io::Result<Option<(PathBuf, Vec<u8>)>> {
        let real = file.canonicalize()?;
        let inside = real.starts_with(directory.canonicalize()?);
        let metadata = real.metadata()?;
        if !inside || !metadata.is_file() || metadata.len() > MAX_FILE_BYTES {
            return Ok(None);
        }
        let content = std::fs::read(&real)?;
        Ok(Some((real, content)))
    };
    content().transpose()
}

fn see_other(location: &str) -> Result<Response<Body>, Problem> {
    Response::builder()
        .status(StatusCode::SEE_OTHER)
        .header(header::LOCATION, location)
        .body(whole(""))
        .map_err(|_| Problem::NOT_FOUND)
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
