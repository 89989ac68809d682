//! From a file that anybody may have sent to the two that are shown: in bounded memory, upright,
//! square, and with nothing in them but pixels.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "sums over pixels, whose number and size are bounded first"
)]

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::PngDecoder;
use image::imageops::{self, FilterType};
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, Limits, Rgb, RgbImage, guess_format,
};
use values::{ContentType, Refusal};

use crate::file::PictureSize;
use crate::jpeg::outline;
use crate::refusals::{PICTURE_ANIMATED, PICTURE_DAMAGED, PICTURE_DIFFERS, PICTURE_PIXELS};

/// Pixels of the largest picture: phones send squares of a twentieth of it.
const PIXELS_MAX: u64 = 16_000_000;
/// Pixels of a picture's side at most.
const SIDE_MAX: u32 = 8_000;
/// What a decoder may take, in bytes: the largest picture with its alpha.
const DECODER_BYTES_MAX: u64 = 4 * PIXELS_MAX;
/// Colours of all pixels of a JPEG: its decoder takes two bytes for each where the file is
/// progressive, whatever it is allowed. With three colours it has as many pixels as others, with
/// the four of printers fewer.
const SAMPLES_MAX: u64 = 3 * PIXELS_MAX;
/// At this quality nobody sees on a phone that it is JPEG.
const QUALITY: u8 = 85;
/// What stands behind what one can see through.
const PAPER: u32 = 255;

/// The squares to show, one of each size.
pub(crate) fn remake(
    file: &[u8],
    announced: ContentType,
) -> Result<Vec<(PictureSize, Vec<u8>)>, Refusal> {
    let format = guess_format(file).map_err(|_| PICTURE_DIFFERS)?;
    let large = match (announced, format) {
        (ContentType::Jpeg, ImageFormat::Jpeg) => {
            let outline = outline(file);
            if !outline.is_whole {
                return Err(PICTURE_DAMAGED);
            }
            let decoder = JpegDecoder::new(Cursor::new(file)).map_err(|error| refusal(&error))?;
            if pixels(&decoder) * u64::from(outline.components) > SAMPLES_MAX {
                return Err(PICTURE_PIXELS);
            }
            square(decoder)?
        }
        (ContentType::Png, ImageFormat::Png) => {
            let decoder = PngDecoder::with_limits(Cursor::new(file), limits());
            let decoder = decoder.map_err(|error| refusal(&error))?;
            if decoder.is_apng().map_err(|error| refusal(&error))? {
                return Err(PICTURE_ANIMATED);
            }
            square(decoder)?
        }
        _ => return Err(PICTURE_DIFFERS),
    };
    PictureSize::ALL.iter().map(|size| Ok((*size, jpeg(&large, size.side())?))).collect()
}

fn pixels(decoder: &impl ImageDecoder) -> u64 {
    let (width, height) = decoder.dimensions();
    u64::from(width) * u64::from(height)
}

/// The middle of the picture, upright, at most as large as the largest that is shown.
fn square(mut decoder: impl ImageDecoder) -> Result<RgbImage, Refusal> {
    let (width, height) = decoder.dimensions();
    let is_bounded = width <= SIDE_MAX
        && height <= SIDE_MAX
        && pixels(&decoder) <= PIXELS_MAX
        && decoder.total_bytes() <= DECODER_BYTES_MAX;
    let side = width.min(height);
    if !is_bounded || side < PictureSize::Small.side() {
        return Err(PICTURE_PIXELS);
    }
    decoder.set_limits(limits()).map_err(|error| refusal(&error))?;
    // A broken tag turns nothing.
    let orientation = decoder.orientation();
    let whole = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    let middle = whole.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    drop(whole);
    let shown = side.min(PictureSize::Large.side());
    let mut square = middle.resize_exact(shown, shown, FilterType::Triangle);
    if let Ok(orientation) = orientation {
        square.apply_orientation(orientation);
    }
    Ok(on_paper(&square))
}

fn on_paper(picture: &DynamicImage) -> RgbImage {
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let alpha = u32::from(alpha);
        let seen = |colour: u8| {
            ((u32::from(colour) * alpha + PAPER * (PAPER - alpha) + PAPER / 2) / PAPER) as u8
        };
        Rgb([red, green, blue].map(seen))
    })
}

fn jpeg(square: &RgbImage, side: u32) -> Result<Vec<u8>, Refusal> {
    let side = side.min(square.width());
    let scaled = imageops::resize(square, side, side, FilterType::Triangle);
    let mut file = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut file, QUALITY);
    // Three bytes a pixel have no reason not to be written to memory.
    scaled.write_with_encoder(encoder).map_err(|_| PICTURE_DAMAGED)?;
    Ok(file)
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    limits
}

fn refusal(error: &ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => PICTURE_PIXELS,
        ImageError::Unsupported(_)
        | ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::IoError(_) => PICTURE_DAMAGED,
    }
}

#[cfg(test)]
mod tests;
