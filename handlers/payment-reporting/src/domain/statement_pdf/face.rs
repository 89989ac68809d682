//! The font of a PDF, which has Latin and Chinese: how wide a text is, where a line of it ends, and
//! drawing it.
//!
//! Nothing is shaped: what it has needs none of that. A cluster that it lacks, an emoji or Thai, is
//! a box, whose text can be read and copied by programs all the same.

use std::ops::Range;

use krilla::Data;
use krilla::geom::Point;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};
use unicode_segmentation::UnicodeSegmentation;
use values::Language;

/// Noto Sans CJK, under the SIL Open Font License: its copyright and licence are in its own tables.
/// A PDF holds what it uses of it.
static NOTO_SANS_CJK: &[u8] =
    include_bytes!("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc");

/// What stands for a cluster that the font lacks.
const BOX: char = '□';

/// The file has no such font.
#[derive(Debug, thiserror::Error)]
#[error("the font cannot be read")]
pub(crate) struct FontUnreadable;

/// The font, in the forms that a language gives to characters.
pub(super) struct Face {
    font: Font,
    charmap: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    units_per_em: f32,
    lacking: skrifa::GlyphId,
}

impl Face {
    pub(super) fn of(language: Language) -> Result<Self, FontUnreadable> {
        // The file has a font for each: Japanese, Korean, Simplified, Taiwan's and Hong Kong's.
        let index = match language {
            Language::SimplifiedChinese => 2,
            Language::English | Language::TraditionalChinese => 4,
        };
        let font = Font::new(Data::from(NOTO_SANS_CJK), index).ok_or(FontUnreadable)?;
        let tables = FontRef::from_index(NOTO_SANS_CJK, index).map_err(|_| FontUnreadable)?;
        let metrics = tables.glyph_metrics(Size::unscaled(), LocationRef::default());
        let (charmap, units_per_em) = (tables.charmap(), font.units_per_em());
        let lacking = charmap.map(BOX).ok_or(FontUnreadable)?;
        Ok(Self { font, charmap, metrics, units_per_em, lacking })
    }

    /// In points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        self.glyphs(text).iter().map(|glyph| glyph.x_advance).sum::<f32>() * size
    }

    /// Lines of at most a width, which end at a space where there is one. Nothing else is left out.
    pub(super) fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let (mut line, mut wide) = (String::new(), 0.0);
        for cluster in text.graphemes(true) {
            let more = self.width(cluster, size);
            if wide + more > width && !line.is_empty() {
                // The space stays where it was: nobody sees it, but it is heard.
                let word = line.rfind(' ').map(|space| space.saturating_add(1));
                let rest = word.map(|word| line.split_off(word)).unwrap_or_default();
                wide = self.width(&rest, size);
                lines.push(std::mem::replace(&mut line, rest));
            }
            line.push_str(cluster);
            wide += more;
        }
        lines.push(line);
        lines
    }

    /// With its baseline's left end at a point, in points from the page's upper left corner.
    pub(super) fn draw(
        &self,
        surface: &mut Surface<'_>,
        (x, y): (f32, f32),
        size: f32,
        text: &str,
    ) {
        let glyphs = self.glyphs(text);
        surface.draw_glyphs(Point::from_xy(x, y), &glyphs, self.font.clone(), text, size, false);
    }

    /// One for each character, or one for a cluster that the font lacks; widths in ems.
    fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let mut glyphs = Vec::with_capacity(text.len());
        for (start, cluster) in text.grapheme_indices(true) {
            let whole = start..start.saturating_add(cluster.len());
            let found = self.found(start, cluster).unwrap_or_else(|| vec![(self.lacking, whole)]);
            glyphs.extend(found.into_iter().map(|(id, range)| {
                let advance = self.metrics.advance_width(id).unwrap_or_default();
                let advance = advance / self.units_per_em;
                KrillaGlyph::new(GlyphId::new(id.to_u32()), advance, 0.0, 0.0, 0.0, range, None)
            }));
        }
        glyphs
    }

    /// Each character of a cluster, and where in the text it stands; `None` if the font lacks one.
    /// What chooses a variant of a character is drawn with that, in the font's own form.
    fn found(&self, start: usize, cluster: &str) -> Option<Vec<(skrifa::GlyphId, Range<usize>)>> {
        let mut found: Vec<(skrifa::GlyphId, Range<usize>)> = Vec::new();
        for (at, one) in cluster.char_indices() {
            let from = start.saturating_add(at);
            let to = from.saturating_add(one.len_utf8());
            if let Some(id) = self.charmap.map(one) {
                found.push((id, from..to));
            } else {
                let (_, chosen) = found.last_mut().filter(|_| is_variation_selector(one))?;
                chosen.end = to;
            }
        }
        Some(found)
    }
}

const fn is_variation_selector(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: f32 = 10.0;

    fn face() -> Face {
        Face::of(Language::TraditionalChinese).unwrap()
    }

    #[test]
    fn every_character_of_what_we_write_and_of_names_in_hong_kong_is_in_the_font() {
        for text in ["月結單 月结单 Statement 1,234.50", "𨋢 嘅 啲 陳 𠮷 㗎 はい é Ж", "（：，。）"]
        {
            for &language in Language::ALL {
                let face = Face::of(language).unwrap();
                let has = |character| face.charmap.map(character).is_some();
                assert!(text.chars().all(has), "{text}");
            }
        }
    }

    #[test]
    fn a_line_ends_after_a_space_or_between_characters_and_loses_none() {
        let face = face();
        assert_eq!(face.lines("lunch on Friday", SIZE, 60.0), ["lunch on ", "Friday"]);
        assert_eq!(face.lines("一二三四五", SIZE, 21.0), ["一二", "三四", "五"]);
        assert_eq!(face.lines("", SIZE, 21.0), [""]);
        let long = "x".repeat(100);
        let lines = face.lines(&long, SIZE, 60.0);
        assert!(lines.iter().all(|line| face.width(line, SIZE) <= 60.0), "{lines:?}");
        assert_eq!(lines.concat(), long);
    }

    #[test]
    fn a_character_of_which_a_variant_is_chosen_is_drawn() {
        let (face, name) = (face(), "葛\u{e0100}城");
        let glyphs = face.glyphs(name);
        let ranges: Vec<_> = glyphs.iter().map(|glyph| glyph.text_range.clone()).collect();
        let chosen = "葛\u{e0100}".len();
        assert_eq!(ranges, [0..chosen, chosen..name.len()]);
        assert!(glyphs.iter().all(|glyph| glyph.glyph_id.to_u32() != face.lacking.to_u32()));
    }

    #[test]
    fn what_the_font_lacks_is_one_box_for_what_a_reader_sees_as_one() {
        let family = "👨‍👩‍👧";
        let glyphs = face().glyphs(family);
        assert_eq!((glyphs.len(), glyphs[0].text_range.clone()), (1, 0..family.len()));
    }
}
