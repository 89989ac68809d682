//! What reads print: Azure AI Document Intelligence, or Tesseract as a process of its own.
//!
//! Document Intelligence reads all scripts at once and looks once. Tesseract reads Latin letters
//! first; strips of the page are then read again, each with the alphabet that belongs there.

mod document_intelligence;
mod tesseract;

use crate::domain::{Area, Page, Strip};
use crate::image::Picture;

pub use document_intelligence::DocumentIntelligence;
pub use tesseract::Tesseract;

/// Why an engine read nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    /// It gave up on this picture, and would again.
    #[error("the engine gave up")]
    GaveUp,
    /// It cannot be asked at the moment.
    #[error("the engine is away: {0}")]
    Away(String),
}

/// One of the two.
#[derive(Clone)]
pub enum Engine {
    /// In Azure.
    DocumentIntelligence(DocumentIntelligence),
    /// On this machine.
    Tesseract(Tesseract),
}

impl Engine {
    /// Whether it can be asked. A service in Azure is believed to be there.
    pub(crate) async fn is_ready(&self) -> bool {
        match self {
            Self::DocumentIntelligence(_) => true,
            Self::Tesseract(tesseract) => tesseract.is_ready().await,
        }
    }

    /// Whether it works with this machine's cores.
    pub(crate) const fn works_here(&self) -> bool {
        match self {
            Self::DocumentIntelligence(_) => false,
            Self::Tesseract(_) => true,
        }
    }

    /// In how many ways up a picture must be shown to it. Document Intelligence turns it itself.
    pub(crate) const fn ways_up(&self) -> usize {
        match self {
            Self::DocumentIntelligence(_) => 1,
            Self::Tesseract(_) => 4,
        }
    }

    /// The engine and its version.
    pub(crate) async fn name(&self) -> String {
        match self {
            Self::DocumentIntelligence(service) => service.name(),
            Self::Tesseract(tesseract) => tesseract.name().await,
        }
    }

    /// Reads a whole page.
    pub(crate) async fn read_page(&self, picture: &Picture) -> Result<Page, EngineError> {
        match self {
            Self::DocumentIntelligence(service) => service.read_page(picture).await,
            Self::Tesseract(tesseract) => tesseract.read_page(picture).await,
        }
    }

    /// Reads a strip of a page that was read before.
    pub(crate) async fn read_strip(
        &self,
        picture: &Picture,
        page: &Page,
        area: Area,
        strip: Strip,
    ) -> Result<Page, EngineError> {
        match self {
            // It has looked at all that it can see.
            Self::DocumentIntelligence(_) => Ok(page.within(area)),
            Self::Tesseract(tesseract) => tesseract.read_strip(picture, area, strip).await,
        }
    }
}
