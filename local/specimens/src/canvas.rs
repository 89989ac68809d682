//! Paper to print on.

use ab_glyph::{Font, ScaleFont, point};
use image::{Rgb, RgbImage};

use crate::fonts::{Face, Faces};

/// A colour of print.
pub(crate) type Ink = [u8; 3];
pub(crate) const BLACK: Ink = [25, 25, 35];
pub(crate) const GREY: Ink = [120, 120, 130];

pub(crate) struct Canvas {
    pub(crate) image: RgbImage,
    faces: Faces,
}

impl Canvas {
    /// Paper with a pattern of fine lines, as documents have it against forgers.
    pub(crate) fn new(width: u32, height: u32, faces: Faces, paper: Ink) -> Self {
        let image = RgbImage::from_fn(width, height, |x, y| {
            let wave = (f64::from(x) / 37.0).sin() * 9.0 + f64::from(y);
            let is_line = wave.rem_euclid(14.0) < 1.2;
            Rgb(paper.map(|shade| if is_line { shade.saturating_sub(14) } else { shade }))
        });
        Self { image, faces }
    }

    /// Prints a line, whose baseline begins at (x, y), in letters of this height; returns its end.
    pub(crate) fn print(&mut self, x: f32, y: f32, size: f32, ink: Ink, text: &str) -> f32 {
        let mut x = x;
        for letter in text.chars() {
            let face = if letter.is_ascii() { self.faces.latin } else { self.faces.chinese };
            x += self.letter(x, y, size, ink, face, letter);
        }
        x
    }

    /// Prints a line of machine-readable letters, which stand `pitch` pixels apart.
    pub(crate) fn print_machine_readable(&mut self, x: f32, y: f32, pitch: f32, text: &str) {
        let font = Face::DejaVuMono.font();
        let size = pitch / font.as_scaled(1.0).h_advance(font.glyph_id('0'));
        let mut x = x;
        for letter in text.chars() {
            self.letter(x, y, size, BLACK, Face::DejaVuMono, letter);
            x += pitch;
        }
    }

    fn letter(&mut self, x: f32, y: f32, size: f32, ink: Ink, face: Face, letter: char) -> f32 {
        let font = face.font();
        let glyph = font.glyph_id(letter).with_scale_and_position(size, point(x, y));
        let advance = font.as_scaled(size).h_advance(glyph.id);
        if let Some(outline) = font.outline_glyph(glyph) {
            let bounds = outline.px_bounds();
            outline.draw(|dx, dy, coverage| {
                let (x, y) = (bounds.min.x as i32 + dx as i32, bounds.min.y as i32 + dy as i32);
                self.blend(x, y, ink, coverage);
            });
        }
        advance
    }

    fn blend(&mut self, x: i32, y: i32, ink: Ink, coverage: f32) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
        let Some(pixel) = self.image.get_pixel_mut_checked(x, y) else { return };
        for (shade, ink) in pixel.0.iter_mut().zip(ink) {
            let mixed = f32::from(*shade) * (1.0 - coverage) + f32::from(ink) * coverage;
            *shade = mixed.round() as u8;
        }
    }

    /// A likeness of nobody: head and shoulders, with the word that says what this is.
    pub(crate) fn portrait(&mut self, left: u32, top: u32, width: u32, height: u32) {
        let (centre, half) = (f64::from(width) / 2.0, f64::from(width) / 3.4);
        for y in 0..height {
            for x in 0..width {
                let (across, down) = (f64::from(x) - centre, f64::from(y) / f64::from(height));
                let head = (across / half).powi(2) + ((down - 0.4) / 0.27).powi(2);
                let shoulders = (across / (half * 1.6)).powi(2) + ((down - 1.05) / 0.4).powi(2);
                let shade: u8 = match () {
                    () if head < 1.0 => 150 + (down * 50.0) as u8,
                    () if shoulders < 1.0 => 70,
                    () => 205,
                };
                self.image.put_pixel(left + x, top + y, Rgb([shade, shade, shade]));
            }
        }
        let size = width as f32 / 6.0;
        self.print(left as f32 + 6.0, (top + height) as f32 - size, size, BLACK, "SPECIMEN");
    }

    /// The word across the paper, faint.
    pub(crate) fn say_specimen(&mut self, x: f32, y: f32, size: f32) {
        let paper = *self.image.get_pixel(0, 0);
        self.print(x, y, size, paper.0.map(|shade| shade.saturating_sub(22)), "SPECIMEN");
    }
}
