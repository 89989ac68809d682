//! Even light: each pixel against the mean of its neighbourhood, so that glare and shadow vanish
//! and print stays.

use image::{GrayImage, Luma, imageops};

/// Half the side of the neighbourhood, in pixels: more than a line of print is high.
const NEIGHBOURHOOD: u32 = 32;
/// What the mean of a neighbourhood becomes.
const PAPER: u32 = 225;
/// From this mean difference between a pixel and its blurred self on, a picture is noisy.
const NOISE_MIN: u64 = 7;
/// How much a noisy picture is blurred, in pixels.
const BLUR: f32 = 1.0;

pub(super) fn even(grey: GrayImage) -> GrayImage {
    let calm = calmed(grey);
    let sums = Sums::of(&calm);
    GrayImage::from_fn(calm.width(), calm.height(), |x, y| {
        let shade = u32::from(calm.get_pixel(x, y).0[0]);
        let even = shade * PAPER / sums.mean_around(x, y).max(1);
        Luma([even.min(255) as u8])
    })
}

/// Without noise; the same where there is little.
fn calmed(grey: GrayImage) -> GrayImage {
    let blurred = imageops::fast_blur(&grey, BLUR);
    let differences = grey.pixels().zip(blurred.pixels());
    let sum: u64 = differences.map(|(one, other)| u64::from(one.0[0].abs_diff(other.0[0]))).sum();
    let pixels = u64::from(grey.width()) * u64::from(grey.height());
    if sum / pixels.max(1) < NOISE_MIN { grey } else { blurred }
}

/// The sum of all pixels above and left of each.
struct Sums {
    width: u32,
    height: u32,
    sums: Vec<u32>,
}

impl Sums {
    /// Of a picture that was made fitting, so that its sum is far from overflowing.
    fn of(grey: &GrayImage) -> Self {
        let (width, height) = grey.dimensions();
        let stride = width as usize + 1;
        let mut sums = vec![0; stride * (height as usize + 1)];
        for (row, pixels) in grey.rows().enumerate() {
            let mut of_row = 0;
            for (column, pixel) in pixels.enumerate() {
                of_row += u32::from(pixel.0[0]);
                let at = (row + 1) * stride + column + 1;
                sums[at] = sums[at - stride] + of_row;
            }
        }
        Self { width, height, sums }
    }

    fn mean_around(&self, x: u32, y: u32) -> u32 {
        let (left, top) = (x.saturating_sub(NEIGHBOURHOOD), y.saturating_sub(NEIGHBOURHOOD));
        let right = (x + NEIGHBOURHOOD + 1).min(self.width);
        let bottom = (y + NEIGHBOURHOOD + 1).min(self.height);
        let stride = self.width as usize + 1;
        let at = |x: u32, y: u32| self.sums[y as usize * stride + x as usize];
        let sum = at(right, bottom) + at(left, top) - at(left, bottom) - at(right, top);
        sum / ((right - left) * (bottom - top))
    }
}
