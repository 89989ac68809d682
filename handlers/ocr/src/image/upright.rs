//! How a page lies: its skew, and whether its lines run across or up. Where lines of print run
//! across, rows of pixels are dark and light in turn; the sharper that change, the straighter.

use image::{GrayImage, Luma, imageops};

/// The longer side of the picture on which is measured.
const THUMBNAIL: u32 = 700;
/// Degrees to either side that are tried.
const SKEW_MAX: i32 = 9;
/// Parts of a degree that are told apart.
const STEPS: i32 = 4;
/// Darker than this is print, where paper is 225.
const INK: u8 = 190;
/// How wide a stroke of print is at most, in pixels of the smaller picture.
const STROKE_MAX: u32 = 5;
/// Skew of fewer degrees is left as it is: turning blurs.
const SKEW_MIN: f64 = 0.4;
const PAPER: Luma<u8> = Luma([225]);

/// The same with its lines along an edge.
pub(super) fn straight(grey: GrayImage) -> GrayImage {
    let ink = Ink::of(&grey);
    let (across, up) = (ink.best_angle(false), ink.best_angle(true));
    // Turning straightens rows and columns alike, so the sharper of both tells.
    let degrees = if across.1 >= up.1 { across.0 } else { up.0 };
    if degrees.abs() < SKEW_MIN { grey } else { turned(&grey, -degrees) }
}

/// Whether its lines run up or down rather than across.
pub(super) fn lies(straight: &GrayImage) -> bool {
    let ink = Ink::of(straight);
    ink.sharpness(0.0, false) < ink.sharpness(0.0, true)
}

/// The places of print on a smaller copy, from its middle.
struct Ink {
    places: Vec<(f64, f64)>,
    /// From the middle to the farthest corner.
    reach: f64,
}

impl Ink {
    fn of(grey: &GrayImage) -> Self {
        let longer = grey.width().max(grey.height()).max(1);
        let part = f64::from(THUMBNAIL) / f64::from(longer);
        let side = |side: u32| ((f64::from(side) * part) as u32).max(1);
        let small = imageops::thumbnail(grey, side(grey.width()), side(grey.height()));
        let (middle_x, middle_y) =
            (f64::from(small.width()) / 2.0, f64::from(small.height()) / 2.0);
        let is_light = |x: u32, y: u32| small.get_pixel_checked(x, y).is_some_and(is_paper);
        // Portraits and the shadows at a page's edge are dark as well, but wider than a stroke.
        let is_stroke = |x: u32, y: u32| {
            let (left, up) = (x.wrapping_sub(STROKE_MAX), y.wrapping_sub(STROKE_MAX));
            is_light(left, y) && is_light(x + STROKE_MAX, y)
                || is_light(x, up) && is_light(x, y + STROKE_MAX)
        };
        let dark = small.enumerate_pixels().filter(|(_, _, pixel)| !is_paper(pixel));
        let strokes = dark.filter(|(x, y, _)| is_stroke(*x, *y));
        let places = strokes.map(|(x, y, _)| (f64::from(x) - middle_x, f64::from(y) - middle_y));
        Self { places: places.collect(), reach: middle_x.hypot(middle_y).ceil() }
    }

    /// The angle, in degrees, at which rows (or columns) are sharpest, and how sharp.
    fn best_angle(&self, is_column: bool) -> (f64, u64) {
        let angle = |step: i32| f64::from(step) / f64::from(STEPS);
        let best = |steps: &mut dyn Iterator<Item = i32>| {
            let tried = steps.map(|step| (step, self.sharpness(angle(step), is_column)));
            tried.max_by_key(|(_, sharpness)| *sharpness).unwrap_or_default()
        };
        let whole = best(&mut (-SKEW_MAX..=SKEW_MAX).map(|degree| degree * STEPS));
        let fine = best(&mut (whole.0 - STEPS..=whole.0 + STEPS));
        (angle(fine.0), fine.1)
    }

    /// How much the number of dark pixels changes from row to row, once turned back by an angle.
    fn sharpness(&self, degrees: f64, is_column: bool) -> u64 {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let mut rows = vec![0_u64; 2 * self.reach as usize + 2];
        for (x, y) in &self.places {
            let row = if is_column { x * cosine + y * sine } else { y * cosine - x * sine };
            rows[(row + self.reach) as usize] += 1;
        }
        rows.windows(2).map(|pair| pair[0].abs_diff(pair[1]).pow(2)).sum()
    }
}

/// Turned clockwise about its middle; the sheet grows so that nothing is cut off.
fn turned(grey: &GrayImage, degrees: f64) -> GrayImage {
    let (width, height) = (f64::from(grey.width()), f64::from(grey.height()));
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let wide = (width * cosine + height * sine.abs()).ceil();
    let high = (height * cosine + width * sine.abs()).ceil();
    GrayImage::from_fn(wide as u32, high as u32, |x, y| {
        let (across, down) = (f64::from(x) - wide / 2.0, f64::from(y) - high / 2.0);
        let from_x = across * cosine + down * sine + width / 2.0;
        let from_y = down * cosine - across * sine + height / 2.0;
        imageops::interpolate_bilinear(grey, from_x as f32, from_y as f32).unwrap_or(PAPER)
    })
}

const fn is_paper(pixel: &Luma<u8>) -> bool {
    pixel.0[0] >= INK
}
