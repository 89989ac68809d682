//! Hong Kong business registration certificates.

use std::collections::BTreeMap;

use fastrand::Rng;
use time::{Date, Duration};

use crate::Specimen;
use crate::canvas::{BLACK, Canvas, GREY};
use crate::fonts::Faces;
use crate::person::{date, day_first};

/// A4 at 150 dots an inch, in pixels.
const WIDTH: u32 = 1240;
const HEIGHT: u32 = 1754;
/// Name, the same in Chinese, nature.
const BUSINESSES: [(&str, &str, &str); 6] = [
    ("GOLDEN HARBOUR TRADING LIMITED", "金港貿易有限公司", "GENERAL TRADING"),
    ("SUNNY DUMPLING HOUSE", "陽光餃子館", "CATERING"),
    ("BLUE PEAK TECHNOLOGY LIMITED", "藍峰科技有限公司", "SOFTWARE"),
    ("LUCKY STAR STATIONERY COMPANY", "福星文具公司", "RETAIL"),
    ("EVER BRIGHT FLOWER SHOP", "永明花店", "RETAIL OF FLOWERS"),
    ("KWONG FAT HARDWARE LIMITED", "廣發五金有限公司", "HARDWARE"),
];
const STREETS: [&str; 4] = ["QUEEN'S ROAD", "NATHAN ROAD", "KING'S ROAD", "CASTLE PEAK ROAD"];
const DISTRICTS: [&str; 4] = ["CENTRAL", "MONG KOK", "NORTH POINT", "TSUEN WAN"];

pub(crate) fn draw(seed: u64) -> Specimen {
    let mut rng = Rng::with_seed(seed);
    let (name, chinese, nature) = BUSINESSES[rng.usize(..BUSINESSES.len())];
    let place = rng.usize(..STREETS.len());
    let (room, floor, street) = (rng.u32(1..30), rng.u32(1..40), rng.u32(1..900));
    let first = format!("ROOM {room}, {floor}/F, {street} {}", STREETS[place]);
    let second = format!("{}, HONG KONG", DISTRICTS[place]);
    let commencement = date(&mut rng, 2022, 2025);
    let years = if rng.bool() { 1 } else { 3 };
    let expiry = commencement.replace_year(commencement.year() + years).unwrap() - Duration::DAY;
    let number = format!("{:08}", rng.u32(10_000_000..80_000_000));
    let branch = format!("{:03}", rng.u32(0..4));
    let certificate = format!("{number}-{branch}-{}-{}", month(commencement), rng.digit(10));

    let mut canvas = Canvas::new(WIDTH, HEIGHT, Faces::of_seed(seed), [240, 240, 228]);
    canvas.say_specimen(220.0, 900.0, 190.0);
    canvas.print(390.0, 130.0, 40.0, BLACK, "商業登記條例");
    canvas.print(330.0, 176.0, 26.0, BLACK, "BUSINESS REGISTRATION ORDINANCE");
    canvas.print(420.0, 250.0, 46.0, BLACK, "商業登記證");
    canvas.print(300.0, 296.0, 30.0, BLACK, "BUSINESS REGISTRATION CERTIFICATE");
    canvas.print(480.0, 340.0, 26.0, BLACK, "SPECIMEN");
    let mut row = |y: f32, label: &str, english: &str, value: &[&str]| {
        canvas.print(90.0, y, 28.0, GREY, label);
        canvas.print(90.0, y + 36.0, 24.0, GREY, english);
        for (line, text) in (0_u8..).zip(value) {
            canvas.print(480.0, y + f32::from(line) * 42.0, 30.0, BLACK, text);
        }
    };
    row(440.0, "業務/法團名稱", "Name of Business", &[name, chinese]);
    row(580.0, "地址", "Address", &[&first, &second]);
    row(720.0, "業務性質", "Nature of Business", &[nature]);
    row(860.0, "法律地位", "Status", &["BODY CORPORATE"]);
    row(1000.0, "生效日期", "Date of Commencement", &[&day_first(commencement, '/')]);
    row(1140.0, "屆滿日期", "Date of Expiry", &[&day_first(expiry, '/')]);
    row(1280.0, "登記證號碼", "Certificate No.", &[&certificate]);
    row(1420.0, "登記費及徵費", "Fee and Levy", &["$2,200"]);

    let truth = BTreeMap::from([
        ("document_number", format!("{number}{branch}")),
        ("name", name.to_owned()),
        ("name_chinese", chinese.to_owned()),
        ("address", format!("{first}, {second}")),
        ("nature", nature.to_owned()),
        ("commencement_date", commencement.to_string()),
        ("expiry_date", expiry.to_string()),
    ]);
    Specimen { image: canvas.image, truth }
}

/// `MM-YY`.
fn month(date: Date) -> String {
    format!("{:02}-{:02}", u8::from(date.month()), date.year() % 100)
}
