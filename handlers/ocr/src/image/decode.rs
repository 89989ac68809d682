//! Decoding what somebody sent, in bounded memory.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use crate::domain::Failure;

/// The largest file, in bytes: a photograph by a phone is a third of it.
pub(crate) const FILE_BYTES_MAX: u64 = 10 * 1024 * 1024;
/// Pixels of the largest picture: what phones take at most without being asked for more.
const PIXELS_MAX: u64 = 25_000_000;
/// Pixels of a picture's side at most.
const SIDE_MAX: u32 = 10_000;
/// Pixels of a side at least; letters on less than that nobody reads.
const SIDE_MIN: u32 = 200;
/// What a decoder may take, in bytes: the largest picture in colour, and as much again.
const DECODER_BYTES_MAX: u64 = 6 * PIXELS_MAX;

/// The picture in grey, turned as its EXIF data say.
pub(super) fn decode(file: &[u8], content_type: &str) -> Result<GrayImage, Failure> {
    let format = format(file)?;
    let announced = match content_type.split(';').next().unwrap_or_default().trim() {
        "image/jpeg" => ImageFormat::Jpeg,
        "image/png" => ImageFormat::Png,
        _ => return Err(Failure::TypeUnsupported),
    };
    if format != announced {
        return Err(Failure::TypeDiffers);
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| failure(&error))?;
    let (width, height) = decoder.dimensions();
    if width > SIDE_MAX
        || height > SIDE_MAX
        || u64::from(width) * u64::from(height) > PIXELS_MAX
        || decoder.total_bytes() > DECODER_BYTES_MAX
    {
        return Err(Failure::TooManyPixels);
    }
    if width.min(height) < SIDE_MIN {
        return Err(Failure::TooFewPixels);
    }
    // A broken tag turns nothing.
    let orientation = decoder.orientation();
    let image = DynamicImage::from_decoder(decoder).map_err(|error| failure(&error))?;
    let mut grey = DynamicImage::ImageLuma8(image.into_luma8());
    if let Ok(orientation) = orientation {
        grey.apply_orientation(orientation);
    }
    Ok(grey.into_luma8())
}

/// What the file's first bytes say it is.
fn format(file: &[u8]) -> Result<ImageFormat, Failure> {
    if file.is_empty() {
        return Err(Failure::Empty);
    }
    // What people send instead, and may be told of. A HEIC file says so from its fifth byte on.
    let is_other = file.starts_with(b"%PDF") || file.get(4..8) == Some(b"ftyp");
    match image::guess_format(file) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png)) => Ok(format),
        Ok(_) => Err(Failure::TypeUnsupported),
        Err(_) if is_other => Err(Failure::TypeUnsupported),
        Err(_) => Err(Failure::NotAnImage),
    }
}

fn failure(error: &ImageError) -> Failure {
    match error {
        ImageError::Limits(_) => Failure::TooManyPixels,
        ImageError::Unsupported(_) => Failure::TypeUnsupported,
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::IoError(_) => Failure::Damaged,
    }
}
