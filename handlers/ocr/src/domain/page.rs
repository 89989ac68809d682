//! A page as an engine reads it: words with their places, in lines.

/// A rectangle on the picture, in pixels from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) right: u32,
    pub(crate) bottom: u32,
}

impl Area {
    pub(crate) const fn height(self) -> u32 {
        self.bottom.saturating_sub(self.top)
    }

    pub(crate) const fn middle(self) -> u32 {
        self.top.midpoint(self.bottom)
    }

    /// The smallest that holds both.
    pub(crate) fn joined(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Larger by so many pixels on each side; the picture's edge is not known here.
    pub(crate) const fn with_margin(self, pixels: u32) -> Self {
        Self {
            left: self.left.saturating_sub(pixels),
            top: self.top.saturating_sub(pixels),
            right: self.right.saturating_add(pixels),
            bottom: self.bottom.saturating_add(pixels),
        }
    }

    /// Whether the other's middle lies in it.
    const fn holds_middle_of(self, other: Self) -> bool {
        let (across, down) = (other.left.midpoint(other.right), other.middle());
        self.left <= across && across <= self.right && self.top <= down && down <= self.bottom
    }

    /// Whether the other stands on the same height: their middles lie within half a line.
    pub(crate) const fn is_beside(self, other: Self) -> bool {
        self.middle().abs_diff(other.middle()).saturating_mul(2) < self.height()
    }
}

/// What stands between two blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    /// How sure the engine is, in thousandths.
    pub(crate) confidence: u16,
    pub(crate) area: Area,
}

/// Words that the engine holds for one line, from left to right; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    words: Vec<Word>,
}

impl Line {
    /// `None` without words.
    pub(crate) fn new(words: Vec<Word>) -> Option<Self> {
        (!words.is_empty()).then_some(Self { words })
    }

    pub(crate) fn words(&self) -> &[Word] {
        &self.words
    }

    /// The words, with a blank between each.
    pub(crate) fn text(&self) -> String {
        let texts: Vec<&str> = self.words.iter().map(|word| word.text.as_str()).collect();
        texts.join(" ")
    }

    /// That of the least sure word.
    pub(crate) fn confidence(&self) -> u16 {
        self.words.iter().map(|word| word.confidence).min().unwrap_or(0)
    }

    pub(crate) fn area(&self) -> Area {
        let areas = self.words.iter().map(|word| word.area);
        let nowhere = Area { left: 0, top: 0, right: 0, bottom: 0 };
        areas.reduce(Area::joined).unwrap_or(nowhere)
    }
}

/// All lines, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Page {
    lines: Vec<Line>,
}

impl Page {
    pub(crate) fn new(mut lines: Vec<Line>) -> Self {
        lines.sort_by_key(|line| line.area().middle());
        Self { lines }
    }

    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The same, with a text before its first word.
    pub(crate) fn beginning_with(mut self, text: &str) -> Self {
        let word = self.lines.first_mut().and_then(|line| line.words.first_mut());
        if let Some(word) = word {
            word.text.insert_str(0, text);
        }
        self
    }

    /// What of it stands in an area.
    pub(crate) fn within(&self, area: Area) -> Self {
        let line = |line: &Line| {
            let words = line.words.iter().filter(|word| area.holds_middle_of(word.area));
            Line::new(words.cloned().collect())
        };
        Self { lines: self.lines.iter().filter_map(line).collect() }
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
impl Page {
    /// These lines below each other, each word read with certainty; the first begins at `top`.
    pub(crate) fn printed(top: u32, lines: &[&str]) -> Self {
        let line = |(row, text): (u32, &&str)| {
            let top = top + 40 * row;
            let mut left = 100;
            let word = |text: &str| {
                let right = left + 20 * u32::try_from(text.chars().count()).unwrap();
                let area = Area { left, top, right, bottom: top + 24 };
                left = right + 20;
                Word { text: text.to_owned(), confidence: 1000, area }
            };
            Line::new(text.split_whitespace().map(word).collect())
        };
        Self::new((0..).zip(lines).filter_map(line).collect())
    }
}
