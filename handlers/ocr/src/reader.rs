//! Reading one document: from its file to what stands on it.

use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;

use events::ocr::ReadingV1;
use time::OffsetDateTime;
use tokio::sync::Semaphore;

use crate::domain::{Document, Failure, Strip};
use crate::engine::{Engine, EngineError};
use crate::image::Picture;

/// Pictures that are worked on at once for each core; others wait for their turn.
const PICTURES_PER_CORE: usize = 1;

/// Why a document was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Of itself, so that it would not be read another time either.
    #[error("the document cannot be read")]
    Unreadable(Failure),
    /// Something that reading needs is away.
    #[error("{0}")]
    Away(String),
}

/// Reads documents, a few at a time.
#[derive(Clone)]
pub struct Reader {
    engine: Engine,
    turns: Arc<Semaphore>,
}

impl Reader {
    /// One that reads by this engine.
    pub fn new(engine: Engine) -> Self {
        let cores = available_parallelism().map_or(1, NonZero::get);
        let turns = Arc::new(Semaphore::new(cores.saturating_mul(PICTURES_PER_CORE)));
        Self { engine, turns }
    }

    /// The engine and its version.
    pub(crate) async fn engine(&self) -> String {
        self.engine.name().await
    }

    /// Whether the engine can be asked.
    pub(crate) async fn is_ready(&self) -> bool {
        self.engine.is_ready().await
    }

    /// Reads a file that was sent as this type.
    pub async fn read(&self, file: Vec<u8>, content_type: &str) -> Result<ReadingV1, ReadError> {
        let away = |error: &dyn std::error::Error| ReadError::Away(error.to_string());
        let turn = self.turns.acquire().await.map_err(|error| away(&error))?;
        let content_type = content_type.to_owned();
        let picture = tokio::task::spawn_blocking(move || Picture::open(&file, &content_type));
        let picture = picture.await.map_err(|error| away(&error))?;
        let picture = picture.map_err(ReadError::Unreadable)?;
        // Who only waits for Azure keeps nobody waiting.
        let _turn = Some(turn).filter(|_| self.engine.works_here());
        for picture in picture.ways_up().take(self.engine.ways_up()) {
            let page = self.engine.read_page(&picture).await?;
            let Some(document) = Document::on(&page) else { continue };
            let mut strips = Vec::new();
            for (strip, area) in document.strips(&page) {
                strips.push((strip, self.engine.read_strip(&picture, &page, area, strip).await?));
            }
            let look = |wanted: Strip| {
                let found = strips.iter().find(|(strip, _)| *strip == wanted);
                found.map(|(_, page)| page.clone()).unwrap_or_default()
            };
            let this_year = OffsetDateTime::now_utc().year();
            if let Some(reading) = document.read(&page, look, this_year) {
                return Ok(reading);
            }
        }
        let fields = Default::default();
        Ok(ReadingV1 { document: "unknown".to_owned(), fields })
    }
}

impl From<EngineError> for ReadError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::GaveUp => Self::Unreadable(Failure::Unreadable),
            EngineError::Away(reason) => Self::Away(reason),
        }
    }
}
