//! Files that are no picture of a document, and what is told of each.

use std::io::Write;

use super::*;

/// Bytes that a picture may take of this process beside what the tests themselves hold.
const MEMORY_MAX: u64 = 300 * 1024 * 1024;

impl Fixture {
    /// What is told of a file.
    async fn failure_of(&self, content_type: &str, bytes: Vec<u8>) -> String {
        let uploaded = self.upload(content_type, bytes).await;
        self.tell(ON_DOCUMENTS, &uploaded).await.expect(200);
        let told = self.told().await;
        let told = told.iter().find(|told| told.document_id == uploaded.id.to_string()).unwrap();
        assert_eq!(told.reading, None);
        told.failure.clone().unwrap()
    }
}

#[tokio::test]
async fn each_broken_file_has_its_code_and_the_service_lives() {
    let fixture = Fixture::new().await;
    let (png, specimen) = identity_card();
    let jpeg = Damage::Jpeg60.send(&specimen.image, 1);
    let cut = |file: &[u8]| file[..file.len() / 2].to_vec();
    for (content_type, bytes, code) in [
        ("image/png", vec![], "empty"),
        ("image/png", b"/etc/passwd\n".to_vec(), "not-an-image"),
        ("image/jpeg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), "not-an-image"),
        ("application/pdf", pdf(40), "type-unsupported"),
        ("image/png", pdf(40), "type-unsupported"),
        ("image/heic", b"\0\0\0\x18ftypheic\0\0\0\0".to_vec(), "type-unsupported"),
        ("image/gif", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "type-unsupported"),
        ("image/svg+xml", png.clone(), "type-unsupported"),
        ("image/jpeg", png.clone(), "type-differs"),
        ("image/png", jpeg.clone(), "type-differs"),
        ("image/png", cut(&png), "damaged"),
        ("image/png", png[..60].to_vec(), "damaged"),
        ("image/jpeg", jpeg[..20].to_vec(), "damaged"),
        ("image/png", bomb(30_000, 30_000), "too-many-pixels"),
        ("image/png", bomb(9_999, 9_999), "too-many-pixels"),
        ("image/png", bomb(100, 100), "too-few-pixels"),
        ("image/png", vec![0; 10 * 1024 * 1024 + 1], "too-large"),
    ] {
        let length = bytes.len();
        let told = fixture.failure_of(content_type, bytes).await;
        assert_eq!(told, code, "{content_type} of {length} bytes");
    }
    // What comes next is read as ever.
    let uploaded = fixture.upload("image/png", png).await;
    fixture.tell(ON_DOCUMENTS, &uploaded).await.expect(200);
    let told = fixture.told().await;
    assert!(told.iter().any(|told| told.reading.is_some()));
}

#[tokio::test]
async fn a_picture_of_no_document_is_read_as_unknown() {
    let fixture = Fixture::new().await;
    let uploaded = fixture.upload("image/png", bomb(600, 600)).await;
    fixture.tell(ON_DOCUMENTS, &uploaded).await.expect(200);
    let reading = opened(&fixture.told_of(&uploaded).await).await;
    assert_eq!((reading.document.as_str(), reading.fields.len()), ("unknown", 0));
}

#[tokio::test]
async fn the_largest_picture_is_read_in_bounded_memory() {
    let fixture = Fixture::new().await;
    let before = peak_memory();
    let uploaded = fixture.upload("image/png", coloured(5_000, 5_000)).await;
    fixture.tell(ON_DOCUMENTS, &uploaded).await.expect(200);
    fixture.told_of(&uploaded).await;
    let taken = peak_memory().saturating_sub(before);
    assert!(taken <= MEMORY_MAX, "{} MB", taken >> 20);
}

/// Pages enough to keep a reader busy.
fn pdf(pages: usize) -> Vec<u8> {
    let page = "1 0 obj << /Type /Page /Contents (text) >> endobj\n";
    format!("%PDF-1.7\n{}%%EOF", page.repeat(pages)).into_bytes()
}

/// A PNG of a few kilobytes that is this large: one bit of grey a pixel, all white.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    png(width, height, [1, 0], width.div_ceil(8))
}

/// The same in colour: three bytes a pixel.
fn coloured(width: u32, height: u32) -> Vec<u8> {
    png(width, height, [8, 2], 3 * width)
}

fn png(width: u32, height: u32, depth_and_colours: [u8; 2], row_bytes: u32) -> Vec<u8> {
    let row = vec![255; usize::try_from(row_bytes).unwrap()];
    let mut pixels = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..height {
        // A row begins with its filter, of which 0 is none.
        pixels.write_all(&[0]).unwrap();
        pixels.write_all(&row).unwrap();
    }
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend(depth_and_colours);
    header.extend([0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in
        [(b"IHDR", header), (b"IDAT", pixels.finish().unwrap()), (b"IEND", Vec::new())]
    {
        file.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        let chunk = [&kind[..], &data[..]].concat();
        file.extend(&chunk);
        file.extend(crc32fast::hash(&chunk).to_be_bytes());
    }
    file
}
