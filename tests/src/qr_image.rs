//! Reading a QR code from its picture, by a decoder that knows nothing of the encoder.

use crate::Error;

/// Codes with fewer pixels a side do not print well.
const SIDE_PIXELS_MIN: u32 = 512;

/// The text of the one code in a PNG.
///
/// # Errors
/// `Mismatch` for a picture that is small, unreadable or has not exactly one code.
pub(crate) fn decode(png: &[u8]) -> Result<String, Error> {
    let picture = image::load_from_memory_with_format(png, image::ImageFormat::Png)
        .map_err(|error| mismatch("a PNG", &error.to_string()))?
        .into_luma8();
    let (width, height) = picture.dimensions();
    if width.min(height) < SIDE_PIXELS_MIN {
        let expected = format!("at least {SIDE_PIXELS_MIN} pixels a side");
        return Err(mismatch(&expected, &format!("{width} × {height}")));
    }
    let side = |pixels: u32| usize::try_from(pixels).unwrap_or_default();
    let pixels = picture.as_raw();
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(side(width), side(height), |x, y| {
            let row = y.saturating_mul(side(width));
            pixels.get(row.saturating_add(x)).copied().unwrap_or(u8::MAX)
        });
    let codes = prepared.detect_grids();
    let [code] = codes.as_slice() else {
        return Err(mismatch("one QR code", &format!("{} of them", codes.len())));
    };
    let (_, text) = code.decode().map_err(|e| mismatch("a readable QR code", &e.to_string()))?;
    Ok(text)
}

fn mismatch(expected: &str, came: &str) -> Error {
    Error::Mismatch {
        what: "the QR picture".to_owned(),
        expected: expected.to_owned(),
        came: came.to_owned(),
    }
}
