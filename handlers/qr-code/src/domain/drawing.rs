//! Turning a payload into something that a phone can scan.

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder, Luma};
use qrcode::bits::Bits;
use qrcode::render::svg;
use qrcode::types::QrError;
use qrcode::{EcLevel, QrCode, Version};
use utoipa::ToSchema;

/// Width and height of a drawing at least, quiet zone included, in pixels.
const PIXELS_MIN: u32 = 512;
/// Up to 15 % of a drawing may be unreadable.
const ERROR_CORRECTION: EcLevel = EcLevel::M;
const LARGEST_VERSION: i16 = 40;
/// What says in a QR code that its bytes are UTF-8 (an extended channel interpretation).
const UTF_8: u32 = 26;

/// In what form a code is wanted: the extension of its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum Format {
    Png,
    Svg,
    /// The payload itself.
    Txt,
}

impl Format {
    pub(crate) fn from_extension(extension: &str) -> Option<Self> {
        match extension {
            "png" => Some(Self::Png),
            "svg" => Some(Self::Svg),
            "txt" => Some(Self::Txt),
            _ => None,
        }
    }

    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
            Self::Txt => "text/plain; charset=utf-8",
        }
    }
}

/// Why a payload was not drawn.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DrawError {
    #[error("the payload does not fit into a QR code")]
    Encode(#[from] QrError),
    #[error("the PNG cannot be written")]
    Png(#[from] image::ImageError),
}

/// The file that holds the payload.
pub(crate) fn draw(payload: &str, format: Format) -> Result<Vec<u8>, DrawError> {
    match format {
        Format::Png => {
            let pixels = encode(payload)?
                .render::<Luma<u8>>()
                .min_dimensions(PIXELS_MIN, PIXELS_MIN)
                .build();
            let (width, height) = pixels.dimensions();
            let mut png = Vec::new();
            let encoder = PngEncoder::new(&mut png);
            encoder.write_image(&pixels, width, height, ExtendedColorType::L8)?;
            Ok(png)
        }
        Format::Svg => {
            let code = encode(payload)?;
            let mut drawing = code.render::<svg::Color<'_>>();
            Ok(drawing.min_dimensions(PIXELS_MIN, PIXELS_MIN).build().into_bytes())
        }
        Format::Txt => Ok(payload.as_bytes().to_owned()),
    }
}

/// The smallest code that holds the payload as plain bytes. The library's own choice of modes takes
/// some Chinese names in UTF-8 for Shift JIS, and readers then show other characters. Readers that
/// are not told the character set guess too, so it is written down. ASCII needs no such mark: every
/// guess reads it right, and readers that do not know the mark can read it too.
fn encode(payload: &str) -> Result<QrCode, QrError> {
    for version in (1..=LARGEST_VERSION).map(Version::Normal) {
        let mut bits = Bits::new(version);
        let told = if payload.is_ascii() { Ok(()) } else { bits.push_eci_designator(UTF_8) };
        let fits = told.and_then(|()| bits.push_byte_data(payload.as_bytes()));
        match fits.and_then(|()| bits.push_terminator(ERROR_CORRECTION)) {
            Ok(()) => return QrCode::with_bits(bits, ERROR_CORRECTION),
            Err(QrError::DataTooLong) => {}
            Err(error) => return Err(error),
        }
    }
    Err(QrError::DataTooLong)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_payload_takes_the_smallest_code_and_the_longest_still_fits() {
        // ISO/IEC 18004: versions 1 and 2 hold 14 and 26 bytes at level M.
        assert_eq!(encode(&"a".repeat(14)).unwrap().version(), Version::Normal(1));
        assert_eq!(encode(&"a".repeat(15)).unwrap().version(), Version::Normal(2));
        assert!(draw(&"文".repeat(512), Format::Png).is_ok());
        let error = draw(&"a".repeat(3000), Format::Svg).unwrap_err();
        assert!(matches!(error, DrawError::Encode(QrError::DataTooLong)));
    }

    #[test]
    fn chinese_is_held_as_bytes_and_not_as_shift_jis() {
        // 15 bytes, which would fit into version 1 if each two of them were a Kanji.
        let name = "葉興鍋葉興";
        assert_eq!(encode(name).unwrap().version(), Version::Normal(2));
        let by_library = QrCode::with_error_correction_level(name, ERROR_CORRECTION).unwrap();
        assert_eq!(by_library.version(), Version::Normal(1));
    }

    /// What zbar reads in a PNG, as many phones and tills do.
    fn read_by_zbar(png: &[u8]) -> String {
        let mut zbar = Command::new("zbarimg")
            .args(["--raw", "-q", "--nodbus", "png:-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        zbar.stdin.take().unwrap().write_all(png).unwrap();
        let read = zbar.wait_with_output().unwrap();
        assert!(read.status.success(), "{read:?}");
        String::from_utf8(read.stdout).unwrap().trim_end().to_owned()
    }

    fn read_by_rqrr(png: &[u8]) -> String {
        let picture = image::load_from_memory(png).unwrap().into_luma8();
        let side = usize::try_from(picture.width()).unwrap();
        let rows: Vec<&[u8]> = picture.as_raw().chunks(side).collect();
        let mut prepared =
            rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| rows[y][x]);
        let [code] = &prepared.detect_grids()[..] else { panic!("there is not exactly one code") };
        code.decode().unwrap().1
    }

    #[test]
    fn two_decoders_read_every_name_as_it_is_drawn() {
        for name in [
            "Wing Kee Tea House",
            "永記茶餐廳",
            "葉興鍋葉興",
            "茶",
            "𠮷野家",
            "Café Müller & 茶",
            "Café",
            "H&M",
            "Müller",
            "Ngô Đình",
            "Кафе",
            "さくら カフェ",
            "ｻｸﾗ",
            "김밥",
            "☕ Tea 👨\u{200d}👩\u{200d}👧",
            "👍🏽",
            "±×÷°",
        ] {
            let png = draw(name, Format::Png).unwrap();
            assert_eq!((&*read_by_zbar(&png), &*read_by_rqrr(&png)), (name, name));
        }
    }
}
