//! From a file that anybody may have sent to pictures that an engine reads: decoded under limits,
//! upright, even and of a fitting size.
//!
//! Engines are given nothing but a PNG that was encoded here. What is not an image Tesseract would
//! hold for a list of files, and open them.
//!
//! Reading order: `decode` (the file), `upright` (turns and skew), `contrast`, `strip`
//! (parts of it); all are pure.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "sums over pixels, whose number and size `decode` bounds"
)]

mod contrast;
mod decode;
mod strip;
mod upright;

use std::io::Cursor;

use image::imageops::{self, FilterType};
use image::{GrayImage, ImageFormat};

use crate::domain::{Area, Failure};

pub(crate) use decode::FILE_BYTES_MAX;

/// The longer side of a picture that is read, in pixels: letters of documents are 20 to 50 high.
const LONG_SIDE_MAX: u32 = 1800;
/// Smaller pictures are enlarged to this.
const LONG_SIDE_MIN: u32 = 1000;

/// A page as it is read: grey, dark on light.
pub(crate) struct Picture(GrayImage);

impl Picture {
    /// The file as a picture, straightened but for whole quarter turns.
    pub(crate) fn open(file: &[u8], content_type: &str) -> Result<Self, Failure> {
        let grey = decode::decode(file, content_type)?;
        let even = contrast::even(fitting(&grey));
        Ok(Self(upright::straight(even)))
    }

    /// The picture in all four ways that it can be held, likelier ones first.
    pub(crate) fn ways_up(self) -> impl Iterator<Item = Self> {
        let lies = upright::lies(&self.0);
        let first = if lies { imageops::rotate270(&self.0) } else { self.0 };
        (0..4).scan(first, |picture, way| {
            *picture = match way {
                0 => return Some(Self(picture.clone())),
                // Upside down, then the quarter turns between.
                1 | 3 => imageops::rotate180(picture),
                _ => imageops::rotate90(picture),
            };
            Some(Self(picture.clone()))
        })
    }

    /// A part of it; `None` if there is nothing of it on the picture.
    pub(crate) fn part(&self, area: Area) -> Option<Self> {
        let (right, bottom) = (area.right.min(self.0.width()), area.bottom.min(self.0.height()));
        let width = right.checked_sub(area.left).filter(|width| *width > 0)?;
        let height = bottom.checked_sub(area.top).filter(|height| *height > 0)?;
        let part = imageops::crop_imm(&self.0, area.left, area.top, width, height);
        Some(Self(part.to_image()))
    }

    /// The one line in a part of it, enlarged or reduced to a good height; `None` if it is blank.
    pub(crate) fn line(&self, area: Area) -> Option<Self> {
        strip::line(&self.part(area)?.0).map(Self)
    }

    /// How many stars the one line in a part of it begins with, and what comes behind them.
    pub(crate) fn stars(&self, area: Area) -> Option<(usize, Self)> {
        let (stars, rest) = strip::stars(&self.part(area)?.0)?;
        Some((stars, Self(strip::line(&rest)?)))
    }

    /// The file that an engine is given.
    pub(crate) fn png(&self) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        // A grey image has no reason not to be written to memory; an empty file is refused.
        let _ = self.0.write_to(&mut file, ImageFormat::Png);
        file.into_inner()
    }
}

fn fitting(grey: &GrayImage) -> GrayImage {
    let longer = grey.width().max(grey.height()).max(1);
    let wanted = longer.clamp(LONG_SIDE_MIN, LONG_SIDE_MAX);
    if longer == wanted {
        return grey.clone();
    }
    let side = |side: u32| (u64::from(side) * u64::from(wanted) / u64::from(longer)).max(1);
    let (width, height) = (side(grey.width()) as u32, side(grey.height()) as u32);
    imageops::resize(grey, width, height, FilterType::CatmullRom)
}
