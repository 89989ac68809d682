//! What a JPEG says of itself before it is decoded, since its decoder keeps to no limit of memory
//! and shows what is cut off in grey.

/// Two bytes each: the start and the end of a picture.
const START_LENGTH: usize = 2;
const MARKER: u8 = 0xFF;
const END: u8 = 0xD9;
/// A byte of pixels that looks like a marker, and markers without a segment.
const STUFFED: u8 = 0x00;
const ALONE: [u8; 2] = [0x01, MARKER];
const RESTARTS: std::ops::RangeInclusive<u8> = 0xD0..=0xD7;
/// Frames are among these; three of them are other segments.
const FRAMES: std::ops::RangeInclusive<u8> = 0xC0..=0xCF;
const NO_FRAMES: [u8; 3] = [0xC4, 0xC8, 0xCC];
/// Where a frame, behind its marker, says how many components it has.
const COMPONENTS_AT: usize = 7;

/// What its markers say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Colours of a pixel, the most of any frame.
    pub(crate) components: u8,
    /// Whether it goes on to its end; what stands behind that is nothing of it.
    pub(crate) is_whole: bool,
}

/// From marker to marker, over the content of segments: a small picture within one ends nothing.
pub(crate) fn outline(file: &[u8]) -> Outline {
    let mut outline = Outline { components: 0, is_whole: false };
    let mut rest = file.get(START_LENGTH..).unwrap_or_default();
    while let Some(at) = rest.iter().position(|byte| *byte == MARKER) {
        rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
        let Some(marker) = rest.first().copied() else { break };
        match marker {
            END => return Outline { is_whole: true, ..outline },
            STUFFED => {}
            // The byte may begin the next marker.
            alone if ALONE.contains(&alone) || RESTARTS.contains(&alone) => {}
            segment => {
                rest = rest.get(1..).unwrap_or_default();
                if FRAMES.contains(&segment) && !NO_FRAMES.contains(&segment) {
                    let components = rest.get(COMPONENTS_AT).copied().unwrap_or_default();
                    outline.components = outline.components.max(components);
                }
                let length = rest.first_chunk().map_or(0, |length| u16::from_be_bytes(*length));
                rest = rest.get(usize::from(length)..).unwrap_or_default();
            }
        }
    }
    outline
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_goes_to_its_own_end_and_not_to_one_within_it() {
        let start: &[u8] = &[0xFF, 0xD8];
        // A picture for lists, whole, in a segment.
        let small: &[u8] = &[0xFF, 0xE1, 0, 6, 0xFF, 0xD8, 0xFF, 0xD9];
        let frame: &[u8] = &[0xFF, 0xC2, 0, 10, 8, 0, 1, 0, 1, 3, 9, 9];
        let scan: &[u8] = &[0xFF, 0xDA, 0, 3, 1, 7, 0xFF, 0x00, 7, 0xFF, 0xD0, 7];
        let end: &[u8] = &[0xFF, 0xFF, 0xD9];
        let whole = [start, small, frame, scan, end].concat();
        assert_eq!(outline(&whole), Outline { components: 3, is_whole: true });
        let noted = [&whole, &b"behind it"[..]].concat();
        assert!(outline(&noted).is_whole);
        for length in 0..whole.len() {
            assert!(!outline(&whole[..length]).is_whole, "{length}");
        }
    }

    #[test]
    fn the_frame_with_the_most_components_counts() {
        let frame = |marker, components| [0xFF, marker, 0, 8, 8, 0, 1, 0, 1, components];
        let no_frame = frame(0xC4, 9);
        let file = [&[0xFF, 0xD8][..], &frame(0xC0, 1), &no_frame, &frame(0xC2, 4)].concat();
        assert_eq!(outline(&file), Outline { components: 4, is_whole: false });
    }
}
