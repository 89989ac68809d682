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
/// some Chinese names in UTF-8 for Shift JIS, and readers then show other characters.
fn encode(payload: &str) -> Result<QrCode, QrError> {
    for version in (1..=LARGEST_VERSION).map(Version::Normal) {
        let mut bits = Bits::new(version);
        let fits = bits.push_byte_data(payload.as_bytes());
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
}
