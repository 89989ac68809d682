//! Files that people send, and what is made of each.

use std::env;
use std::io::Write;
use std::process::Command;

use super::Purpose::{Message, Portrait};
use super::*;

const RED: [u8; 3] = [200, 20, 20];
const BLUE: [u8; 3] = [20, 20, 200];

fn jpeg_of(picture: &RgbImage) -> Vec<u8> {
    let mut file = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut file, 95)).unwrap();
    file
}

fn png_of(picture: &DynamicImage) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

/// Red on the left, blue on the right.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| Rgb(if x < width / 2 { RED } else { BLUE }))
}

fn opened(file: &[u8]) -> RgbImage {
    image::load_from_memory_with_format(file, ImageFormat::Jpeg).unwrap().to_rgb8()
}

fn large(file: &[u8], announced: ContentType) -> RgbImage {
    let made = remake(file, announced, Portrait).unwrap();
    opened(&made.iter().find(|(size, _)| *size == PictureSize::Large).unwrap().1)
}

fn is_like(pixel: &Rgb<u8>, colour: [u8; 3]) -> bool {
    pixel.0.iter().zip(colour).all(|(one, other)| one.abs_diff(other) < 24)
}

/// A segment of a JPEG, right behind its first two bytes.
fn with_segment(file: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&file[..2], &[0xFF, marker], &length, content, &file[2..]].concat()
}

/// EXIF that says how the picture is turned, and who took it where.
fn exif(orientation: u8) -> Vec<u8> {
    let mut content = b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01".to_vec();
    content.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
    content.extend(b"22.2793N 114.1628E Chan Tai Man");
    content
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [&kind[..], data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], &named, &crc32fast::hash(&named).to_be_bytes()].concat()
}

/// A PNG of a few kilobytes that is this large: one bit of grey a pixel, all white.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    png_by_hand([width, height], [1, 0], width.div_ceil(8))
}

/// The same with this depth and type of colour, and so many bytes in a row.
fn png_by_hand(size: [u32; 2], depth_and_colours: [u8; 2], row_bytes: u32) -> Vec<u8> {
    let row = vec![255; usize::try_from(row_bytes).unwrap()];
    let mut pixels = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..size[1] {
        // A row begins with its filter, of which 0 is none.
        pixels.write_all(&[0]).unwrap();
        pixels.write_all(&row).unwrap();
    }
    let header = [&size.map(u32::to_be_bytes).concat()[..], &depth_and_colours, &[0; 3]].concat();
    let signature = b"\x89PNG\r\n\x1a\n".to_vec();
    let pixels = pixels.finish().unwrap();
    [signature, chunk(b"IHDR", &header), chunk(b"IDAT", &pixels), chunk(b"IEND", &[])].concat()
}

/// A progressive JPEG of one scan, in which all is grey: for each block of each colour one bit
/// says that nothing changes.
fn progressive(width: u16, height: u16, colours: u8) -> Vec<u8> {
    let segment = |marker: u8, content: &[u8]| {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, marker][..], &length, content].concat()
    };
    let size = [height.to_be_bytes(), width.to_be_bytes()].concat();
    let of_frame = (1..=colours).flat_map(|colour| [colour, 0x11, 0]);
    let of_scan = (1..=colours).flat_map(|colour| [colour, 0]);
    let frame = [&[8][..], &size, &[colours], &of_frame.collect::<Vec<u8>>()].concat();
    let scan = [&[colours][..], &of_scan.collect::<Vec<u8>>(), &[0, 0, 0]].concat();
    // One code of one bit: no difference to the block before.
    let codes = [&[0, 1][..], &[0; 15], &[0]].concat();
    let blocks = usize::from(width.div_ceil(8)) * usize::from(height.div_ceil(8));
    [
        b"\xFF\xD8".to_vec(),
        segment(0xDB, &[&[0][..], &[1; 64]].concat()),
        segment(0xC2, &frame),
        segment(0xC4, &codes),
        segment(0xDA, &scan),
        vec![0; (blocks * usize::from(colours)).div_ceil(8)],
        b"\xFF\xD9".to_vec(),
    ]
    .concat()
}

/// The most bytes that this process has had at once.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// Whether this process runs nothing but the test of this name. If not, it is run and has to pass
/// in a process of its own.
fn is_alone(test: &str) -> bool {
    const ALONE: &str = "PICTURES_TEST_ALONE";
    if env::var_os(ALONE).is_some() {
        return true;
    }
    let mut run = Command::new(env::current_exe().unwrap());
    let run = run.args(["--exact", test]).env(ALONE, "1").output().unwrap();
    let printed = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && printed.contains("1 passed"), "{printed}");
    false
}

#[test]
fn a_picture_becomes_two_squares_of_its_middle() {
    let wide = halves(1200, 400);
    for (file, announced) in [
        (jpeg_of(&wide), ContentType::Jpeg),
        (png_of(&DynamicImage::ImageRgb8(wide.clone())), ContentType::Png),
    ] {
        let made = remake(&file, announced, Portrait).unwrap();
        let sides: Vec<(PictureSize, u32, u32)> = made
            .iter()
            .map(|(size, file)| (*size, opened(file).width(), opened(file).height()))
            .collect();
        assert_eq!(sides, [(PictureSize::Small, 96, 96), (PictureSize::Large, 384, 384)]);
        let large = large(&file, announced);
        assert!(is_like(large.get_pixel(40, 200), RED) && is_like(large.get_pixel(340, 200), BLUE));
        assert!(made.iter().all(|(_, file)| file.len() < 40_000));
    }
    assert_eq!(large(&jpeg_of(&halves(150, 200)), ContentType::Jpeg).width(), 150, "not enlarged");
}

#[test]
fn what_is_sent_is_shown_whole_upright_and_no_larger_than_a_screen() {
    let sides = |file: &[u8]| {
        let made = remake(file, ContentType::Jpeg, Message).unwrap();
        let sides = |(_, file): &(PictureSize, Vec<u8>)| {
            let picture = opened(file);
            [picture.width(), picture.height()]
        };
        made.iter().map(sides).collect::<Vec<_>>()
    };
    let wide = jpeg_of(&halves(3_200, 800));
    assert_eq!(sides(&wide), [[384, 96], [1_600, 400]]);
    assert_eq!(sides(&jpeg_of(&halves(300, 200))), [[300, 200]; 2], "not enlarged");
    let turned = with_segment(&wide, 0xE1, &exif(6));
    assert_eq!(sides(&turned), [[96, 384], [400, 1_600]]);
    for (_, made) in remake(&turned, ContentType::Jpeg, Message).unwrap() {
        assert!(!made.windows(9).any(|part| part == b"114.1628E"));
    }
}

#[test]
fn it_stands_as_its_camera_says_and_nothing_is_left_of_what_the_camera_says() {
    let plain = jpeg_of(&halves(400, 400));
    for (orientation, place, colour) in [
        (1, (40, 200), RED),
        (3, (340, 200), RED),
        (6, (200, 40), RED),
        (8, (200, 340), RED),
        (6, (200, 340), BLUE),
        (77, (40, 200), RED),
    ] {
        let file = with_segment(&plain, 0xE1, &exif(orientation));
        let turned = large(&file, ContentType::Jpeg);
        assert!(is_like(turned.get_pixel(place.0, place.1), colour), "{orientation}");
    }
    let words = [&b"Exif"[..], b"Chan Tai Man", b"114.1628E", b"<script>", b"PK\x03\x04"];
    let noted = with_segment(&plain, 0xFE, b"<script>alert(1)</script> Chan Tai Man");
    let mut file = with_segment(&noted, 0xE1, &exif(6));
    // Also a file of another kind behind it.
    file.extend(b"PK\x03\x04 an archive, <script>");
    for word in words {
        assert!(file.windows(word.len()).any(|part| part == word));
        for (_, made) in remake(&file, ContentType::Jpeg, Portrait).unwrap() {
            assert!(!made.windows(word.len()).any(|part| part == word), "{word:?}");
        }
    }
}

#[test]
fn what_one_can_see_through_stands_on_white() {
    let clear = image::RgbaImage::from_pixel(200, 200, image::Rgba([0, 0, 0, 0]));
    let half = image::RgbaImage::from_pixel(200, 200, image::Rgba([0, 0, 0, 128]));
    for (picture, colour) in [(clear, [255; 3]), (half, [127; 3])] {
        let file = png_of(&DynamicImage::ImageRgba8(picture));
        assert!(is_like(large(&file, ContentType::Png).get_pixel(100, 100), colour));
    }
}

#[test]
fn each_file_that_is_no_picture_to_show_has_its_code() {
    let png = png_of(&DynamicImage::ImageRgb8(halves(200, 200)));
    let jpeg = jpeg_of(&halves(200, 200));
    let header = 8 + 25;
    let moving = [&png[..header], &chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]), &png[header..]];
    let moving = moving.concat();
    let cut = |file: &[u8]| file[..file.len() / 2].to_vec();
    use ContentType::{Jpeg, Png};
    for (file, announced, code) in [
        (vec![], Png, "picture-differs"),
        (b"/etc/passwd\n".to_vec(), Png, "picture-differs"),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), Png, "picture-differs"),
        (b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), Jpeg, "picture-differs"),
        (b"%PDF-1.7".to_vec(), Jpeg, "picture-differs"),
        (png.clone(), Jpeg, "picture-differs"),
        (jpeg.clone(), Png, "picture-differs"),
        (moving, Png, "picture-animated"),
        (bomb(7_999, 7_999), Png, "picture-pixels"),
        (bomb(30_000, 10), Png, "picture-pixels"),
        (bomb(95, 300), Png, "picture-pixels"),
        (cut(&png), Png, "picture-damaged"),
        (png[..40].to_vec(), Png, "picture-damaged"),
        (jpeg[..20].to_vec(), Jpeg, "picture-damaged"),
        (cut(&jpeg), Jpeg, "picture-damaged"),
        (progressive(4_001, 4_000, 3), Jpeg, "picture-pixels"),
        (progressive(4_000, 3_001, 4), Jpeg, "picture-pixels"),
    ] {
        let refused = remake(&file, announced, Portrait).unwrap_err();
        assert_eq!(refused.code(), code, "{} bytes", file.len());
    }
    assert!(remake(&bomb(4_000, 4_000), Png, Portrait).is_ok(), "the largest");
}

#[test]
fn the_largest_picture_is_made_in_bounded_memory() {
    const MEMORY_MAX: u64 = 200 * 1024 * 1024;
    if !is_alone("remake::tests::the_largest_picture_is_made_in_bounded_memory") {
        return;
    }
    // Eight bits of each colour, and how much of it one sees; sixteen bits would be too many.
    let largest = png_by_hand([4_000, 4_000], [8, 6], 16_000);
    let too_deep = png_by_hand([4_000, 4_000], [16, 6], 32_000);
    assert!(remake(&largest, ContentType::Png, Portrait).is_ok());
    assert_eq!(remake(&too_deep, ContentType::Png, Portrait).unwrap_err().code(), "picture-pixels");
    // Its decoder has all of it at once, two bytes for each colour of a pixel, beside the pixels.
    assert!(remake(&progressive(4_000, 4_000, 3), ContentType::Jpeg, Portrait).is_ok());
    assert!(remake(&progressive(4_000, 3_000, 4), ContentType::Jpeg, Portrait).is_ok());
    // Also shown whole, which is scaled to more pixels.
    assert!(remake(&largest, ContentType::Png, Message).is_ok());
    assert!(remake(&progressive(4_000, 4_000, 3), ContentType::Jpeg, Message).is_ok());
    let taken = peak_memory();
    assert!(taken <= MEMORY_MAX, "{} MB", taken >> 20);
}
