//! What scanners, cameras and their software do to a document on its way.

use fastrand::Rng;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType, ImageFormat, Rgb, RgbImage, imageops};

/// What has become of a picture before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// Nothing: a PNG of the drawing.
    None,
    /// Five degrees clockwise, on a table.
    SkewedRight,
    /// Five degrees the other way.
    SkewedLeft,
    /// A quarter turn clockwise.
    QuarterTurn,
    /// Upside down.
    HalfTurn,
    /// A dim room: noise on each pixel.
    Noise,
    /// Out of focus.
    Blur,
    /// A JPEG of quality 60.
    Jpeg60,
    /// The light of a lamp on it, dim elsewhere.
    Glare,
    /// From a phone held upright: on a table, turned as its EXIF data say, a little of all.
    Phone,
}

/// Every one.
pub const DAMAGES: [Damage; 10] = [
    Damage::None,
    Damage::SkewedRight,
    Damage::SkewedLeft,
    Damage::QuarterTurn,
    Damage::HalfTurn,
    Damage::Noise,
    Damage::Blur,
    Damage::Jpeg60,
    Damage::Glare,
    Damage::Phone,
];
const DEGREES: f32 = 5.0;
const TABLE: Rgb<u8> = Rgb([96, 84, 72]);

impl Damage {
    /// The file that is sent: a PNG or JPEG.
    pub fn send(self, drawing: &RgbImage, seed: u64) -> Vec<u8> {
        let mut rng = Rng::with_seed(seed);
        match self {
            Self::None => png(drawing.clone()),
            Self::SkewedRight => png(skewed(drawing, DEGREES)),
            Self::SkewedLeft => png(skewed(drawing, -DEGREES)),
            Self::QuarterTurn => jpeg(&imageops::rotate90(drawing), 90),
            Self::HalfTurn => jpeg(&imageops::rotate180(drawing), 90),
            Self::Noise => jpeg(&noisy(drawing, &mut rng, 22.0), 90),
            Self::Blur => jpeg(&imageops::blur(drawing, 1.6), 90),
            Self::Jpeg60 => jpeg(drawing, 60),
            Self::Glare => jpeg(&glaring(drawing, &mut rng), 85),
            Self::Phone => {
                let seen = noisy(&imageops::blur(&skewed(drawing, 1.5), 0.7), &mut rng, 8.0);
                // The sensor lies on its side; the tag says how to turn what it saw.
                with_orientation(jpeg(&imageops::rotate270(&seen), 80), 6)
            }
        }
    }
}

fn png(drawing: RgbImage) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(drawing).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

fn jpeg(drawing: &RgbImage, quality: u8) -> Vec<u8> {
    let mut file = Vec::new();
    let (width, height) = drawing.dimensions();
    JpegEncoder::new_with_quality(&mut file, quality)
        .encode(drawing, width, height, ExtendedColorType::Rgb8)
        .unwrap();
    file
}

/// Puts an EXIF segment with the tag Orientation right behind the start of a JPEG.
fn with_orientation(file: Vec<u8>, orientation: u8) -> Vec<u8> {
    let mut segment = vec![0xff, 0xe1, 0, 34];
    segment.extend(b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
    segment.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let mut tagged = file[..2].to_vec();
    tagged.extend(segment);
    tagged.extend(&file[2..]);
    tagged
}

/// Turned about its middle, on a table that is large enough.
fn skewed(drawing: &RgbImage, degrees: f32) -> RgbImage {
    let (width, height) = (drawing.width() as f32, drawing.height() as f32);
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let wide = width * cosine + height * sine.abs() + 40.0;
    let high = height * cosine + width * sine.abs() + 40.0;
    RgbImage::from_fn(wide as u32, high as u32, |x, y| {
        let (across, down) = (x as f32 - wide / 2.0, y as f32 - high / 2.0);
        let from_x = across * cosine + down * sine + width / 2.0;
        let from_y = down * cosine - across * sine + height / 2.0;
        imageops::interpolate_bilinear(drawing, from_x, from_y).unwrap_or(TABLE)
    })
}

/// Each pixel lighter or darker by a sum of three dice, which is nearly a bell curve.
fn noisy(drawing: &RgbImage, rng: &mut Rng, strength: f32) -> RgbImage {
    let mut noisy = drawing.clone();
    for pixel in noisy.pixels_mut() {
        let change = (rng.f32() + rng.f32() + rng.f32() - 1.5) * 2.0 * strength;
        pixel.0 = pixel.0.map(|shade| (f32::from(shade) + change).clamp(0.0, 255.0) as u8);
    }
    noisy
}

/// A lamp above the left or the right half; the rest lies in the dark.
fn glaring(drawing: &RgbImage, rng: &mut Rng) -> RgbImage {
    let (width, height) = (drawing.width() as f32, drawing.height() as f32);
    let (at_x, at_y) = (width * (0.25 + 0.5 * rng.f32()), height * (0.25 + 0.5 * rng.f32()));
    let mut lit = drawing.clone();
    for (x, y, pixel) in lit.enumerate_pixels_mut() {
        let away = ((x as f32 - at_x).powi(2) + (y as f32 - at_y).powi(2)).sqrt() / width;
        let lamp = (-(away / 0.22).powi(2)).exp();
        pixel.0 = pixel.0.map(|shade| {
            let dim = f32::from(shade) * (0.55 + 0.25 * (1.0 - away).max(0.0));
            (dim + (245.0 - dim) * 0.72 * lamp) as u8
        });
    }
    lit
}
