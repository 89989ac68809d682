//! Reading a QR code from its picture, by decoders that know nothing of the encoder.

use std::io::Write;
use std::process::{Command, Stdio};

use test_client::Mismatch;

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
    let zbar = read_by_zbar(png).map_err(|e| mismatch("that zbarimg runs", &e.to_string()))?;
    if zbar == text { Ok(text) } else { Err(mismatch(&text, &zbar)) }
}

/// What zbar reads, which takes bytes without a character set for another text than `rqrr` does.
fn read_by_zbar(png: &[u8]) -> std::io::Result<String> {
    let mut zbar = Command::new("zbarimg")
        .args(["--raw", "-q", "--nodbus", "png:-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = zbar.stdin.take() {
        input.write_all(png)?;
    }
    let read = zbar.wait_with_output()?;
    Ok(String::from_utf8_lossy(&read.stdout).trim_end().to_owned())
}

fn mismatch(expected: &str, came: &str) -> Error {
    let (expected, came) = (expected.to_owned(), came.to_owned());
    Mismatch { what: "the QR picture".to_owned(), expected, came }.into()
}
