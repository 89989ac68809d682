//! From a file that anybody may have sent to the two that are shown: in bounded memory, upright,
//! square where they show who somebody is, and with nothing in them but pixels.

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

use crate::file::{PictureSize, Purpose};
use crate::jpeg::outline;
use crate::refusals::{PICTURE_ANIMATED, PICTURE_DAMAGED, PICTURE_DIFFERS, PICTURE_PIXELS};

/// Pixels of the largest picture: apps scale what is larger before they upload it.
const PIXELS_MAX: u64 = 16_000_000;
/// Pixels of a picture's side.
const SIDE_MIN: u32 = 96;
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

/// The pictures to show, one of each size.
pub(crate) fn remake(
    file: &[u8],
    announced: ContentType,
    purpose: Purpose,
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
            part(decoder, purpose)?
        }
        (ContentType::Png, ImageFormat::Png) => {
            let decoder = PngDecoder::with_limits(Cursor::new(file), limits());
            let decoder = decoder.map_err(|error| refusal(&error))?;
            if decoder.is_apng().map_err(|error| refusal(&error))? {
                return Err(PICTURE_ANIMATED);
            }
            part(decoder, purpose)?
        }
        _ => return Err(PICTURE_DIFFERS),
    };
    PictureSize::ALL.iter().map(|size| Ok((*size, jpeg(&large, purpose.side(*size))?))).collect()
}

fn pixels(decoder: &impl ImageDecoder) -> u64 {
    let (width, height) = decoder.dimensions();
    u64::from(width) * u64::from(height)
}

/// What of the picture is shown, upright, at most as large as the largest that is.
fn part(mut decoder: impl ImageDecoder, purpose: Purpose) -> Result<RgbImage, Refusal> {
    let (width, height) = decoder.dimensions();
    let is_bounded = width <= SIDE_MAX
        && height <= SIDE_MAX
        && pixels(&decoder) <= PIXELS_MAX
        && decoder.total_bytes() <= DECODER_BYTES_MAX;
    let side = width.min(height);
    if !is_bounded || side < SIDE_MIN {
        return Err(PICTURE_PIXELS);
    }
    decoder.set_limits(limits()).map_err(|error| refusal(&error))?;
    // A broken tag turns nothing.
    let orientation = decoder.orientation();
    let whole = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    let mut shown = match purpose {
        Purpose::Portrait => {
            let middle = whole.crop_imm((width - side) / 2, (height - side) / 2, side, side);
            drop(whole);
            let side = side.min(purpose.side(PictureSize::Large));
            middle.resize_exact(side, side, FilterType::Triangle)
        }
        Purpose::Message => {
            let [width, height] = within(width, height, purpose.side(PictureSize::Large));
            // Filters take 100 MB more to scale the largest to this size.
            whole.thumbnail_exact(width, height)
        }
    };
    if let Ok(orientation) = orientation {
        shown.apply_orientation(orientation);
    }
    Ok(on_paper(&shown))
}

/// Width and height of the same form with no longer side than that.
fn within(width: u32, height: u32, side_max: u32) -> [u32; 2] {
    let longer = width.max(height).max(1);
    // Neither is more than [`SIDE_MAX`], so that the product fits.
    [width, height].map(|side| (side * longer.min(side_max) / longer).max(1))
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

fn jpeg(picture: &RgbImage, side_max: u32) -> Result<Vec<u8>, Refusal> {
    let [width, height] = within(picture.width(), picture.height(), side_max);
    let scaled = imageops::resize(picture, width, height, FilterType::Triangle);
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
