//! Why a document cannot be read. A repeat would not mend it.

/// What is wrong with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It has no bytes.
    Empty,
    /// It has more bytes than a document may have.
    TooLarge,
    /// It is of a kind that is known and not read: PDF, HEIC, GIF, ….
    TypeUnsupported,
    /// It is not what the upload called it.
    TypeDiffers,
    /// It is nothing that shows a picture.
    NotAnImage,
    /// Its end is missing, or it is broken elsewhere.
    Damaged,
    /// It would take more memory than a photograph does.
    TooManyPixels,
    /// It is too small to be legible.
    TooFewPixels,
    /// The engine cannot make anything of it, or takes too long to.
    Unreadable,
    /// It was deleted before it was read.
    Missing,
    /// Reading it has failed too often.
    Unprocessable,
}

impl Failure {
    /// As the event says it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge => "too-large",
            Self::TypeUnsupported => "type-unsupported",
            Self::TypeDiffers => "type-differs",
            Self::NotAnImage => "not-an-image",
            Self::Damaged => "damaged",
            Self::TooManyPixels => "too-many-pixels",
            Self::TooFewPixels => "too-few-pixels",
            Self::Unreadable => "unreadable",
            Self::Missing => "missing",
            Self::Unprocessable => "unprocessable",
        }
    }
}
