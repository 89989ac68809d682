//! A line of print by itself, as engines like it: cut close, a little paper around it, and letters
//! of a good height.

use image::imageops::{self, FilterType};
use image::{GrayImage, Luma};

/// Darker than this is print, where paper is 225.
const INK: u8 = 170;
/// Pixels of print in a row or column, or it is taken for dirt.
const INK_MIN: usize = 2;
/// The height of the letters and the paper on each side of them, in pixels.
const HEIGHT: u32 = 44;
const MARGIN: u32 = 16;
const PAPER: Luma<u8> = Luma([225]);
/// What ends higher above the line than this part of its height, in hundredths, is raised.
const RAISED: u32 = 28;
/// How far a letter reaches beyond its foot, as a part of its height, in hundredths.
const OVERHANG: u32 = 25;

/// The line in a picture; `None` if it is blank.
pub(super) fn line(part: &GrayImage) -> Option<GrayImage> {
    let tight = tight(part)?;
    let width = u64::from(tight.width()) * u64::from(HEIGHT) / u64::from(tight.height());
    let sized = imageops::resize(&tight, (width as u32).max(1), HEIGHT, FilterType::CatmullRom);
    let (width, height) = (sized.width() + 2 * MARGIN, HEIGHT + 2 * MARGIN);
    let mut sheet = GrayImage::from_pixel(width, height, PAPER);
    imageops::replace(&mut sheet, &sized, i64::from(MARGIN), i64::from(MARGIN));
    Some(sheet)
}

/// How many stars a line begins with, one or three of them or none, and the rest of it. Engines
/// take stars for letters; they stand above the line, and no letter does.
pub(super) fn stars(part: &GrayImage) -> Option<(usize, GrayImage)> {
    let tight = tight(part)?;
    let height = tight.height();
    let line = height - height * RAISED / 100;
    let stands = |x: u32| (line..height).any(|y| is_ink(&tight, x, y));
    let is_blank = |x: u32| !(0..height).any(|y| is_ink(&tight, x, y));
    let letters = (0..tight.width()).find(|x| stands(*x)).unwrap_or(tight.width());
    // Round letters reach a little further to the left above the line.
    let near = letters.saturating_sub(height * OVERHANG / 100);
    let end = (near..letters).rfind(|x| is_blank(*x)).unwrap_or(letters);
    let stars = match end {
        _ if end < height / 4 => 0,
        // Three are twice as wide as the line is high, one is half of that.
        _ if end > height + height / 4 => 3,
        _ => 1,
    };
    let rest = imageops::crop_imm(&tight, end, 0, tight.width() - end, height);
    Some((stars, rest.to_image()))
}

fn tight(part: &GrayImage) -> Option<GrayImage> {
    let (width, height) = part.dimensions();
    let in_row = |y: &u32| (0..width).filter(|x| is_ink(part, *x, *y)).count() >= INK_MIN;
    let in_column = |x: &u32| (0..height).filter(|y| is_ink(part, *x, *y)).count() >= INK_MIN;
    let (top, bottom) = ((0..height).find(in_row)?, (0..height).rfind(in_row)?);
    let (left, right) = ((0..width).find(in_column)?, (0..width).rfind(in_column)?);
    let (width, height) = (right - left + 1, bottom - top + 1);
    Some(imageops::crop_imm(part, left, top, width, height).to_image())
}

fn is_ink(picture: &GrayImage, x: u32, y: u32) -> bool {
    picture.get_pixel(x, y).0[0] < INK
}
