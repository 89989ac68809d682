//! The API documentation page, put together from `web/docs` and Swagger UI.

use std::fs;
use std::path::Path;

use crate::error::Error;
use crate::programs::CHECKOUT;

const OWN_FILES: [&str; 2] = ["index.html", "initializer.js"];
const SWAGGER_UI_FILES: [&str; 4] =
    ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "LICENSE"];

/// Copies what the page needs to `folder`.
///
/// # Errors
/// `Io` with the path concerned.
pub(crate) fn assemble(folder: &Path) -> Result<(), Error> {
    let sources =
        [("web/docs", &OWN_FILES[..]), ("node_modules/swagger-ui-dist", &SWAGGER_UI_FILES)];
    for (source, files) in sources {
        for file in files {
            let path = Path::new(CHECKOUT).join(source).join(file);
            fs::copy(&path, folder.join(file))
                .map_err(Error::io(format!("cannot copy {}", path.display())))?;
        }
    }
    Ok(())
}
