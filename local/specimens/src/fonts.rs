//! The fonts of Debian's packages `fonts-dejavu-core` and `fonts-noto-cjk`.

use std::sync::OnceLock;

use ab_glyph::FontVec;

const FOLDER: &str = "/usr/share/fonts";

/// A typeface in which a specimen is printed.
#[derive(Clone, Copy)]
pub(crate) enum Face {
    DejaVuSans,
    DejaVuSerif,
    /// Stands for OCR-B, of which Debian has no free font.
    DejaVuMono,
    NotoSans,
    NotoSerif,
}

static FONTS: [OnceLock<FontVec>; 5] = [const { OnceLock::new() }; 5];

impl Face {
    /// The font, read once.
    ///
    /// # Panics
    /// If its package is not installed: `local/setup.sh` does that.
    pub(crate) fn font(self) -> &'static FontVec {
        // The collections of Noto hold Japanese, Korean, simplified and traditional Chinese, Hong
        // Kong.
        let (place, file, index) = match self {
            Self::DejaVuSans => (0, "truetype/dejavu/DejaVuSans.ttf", 0),
            Self::DejaVuSerif => (1, "truetype/dejavu/DejaVuSerif.ttf", 0),
            Self::DejaVuMono => (2, "truetype/dejavu/DejaVuSansMono.ttf", 0),
            Self::NotoSans => (3, "opentype/noto/NotoSansCJK-Regular.ttc", 3),
            Self::NotoSerif => (4, "opentype/noto/NotoSerifCJK-Regular.ttc", 3),
        };
        FONTS[place].get_or_init(|| {
            let path = format!("{FOLDER}/{file}");
            let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            FontVec::try_from_vec_and_index(bytes, index).unwrap()
        })
    }
}

/// A face for Latin letters and one for Chinese, as one document has them.
#[derive(Clone, Copy)]
pub(crate) struct Faces {
    pub(crate) latin: Face,
    pub(crate) chinese: Face,
}

impl Faces {
    /// One of three pairs, in turn.
    pub(crate) const fn of_seed(seed: u64) -> Self {
        match seed % 3 {
            0 => Self { latin: Face::DejaVuSans, chinese: Face::NotoSans },
            1 => Self { latin: Face::DejaVuSerif, chinese: Face::NotoSerif },
            _ => Self { latin: Face::NotoSans, chinese: Face::NotoSans },
        }
    }
}
