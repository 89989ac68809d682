//! What a program reads aloud of the pages, in its order: a heading, paragraphs, one table.

use std::num::{NonZeroU16, NonZeroU32};

use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagTree,
};

use super::Drawing;

/// Columns of the table but the last, which every row has.
const BEFORE_BALANCE: Option<NonZeroU32> = NonZeroU32::new(3);

/// Of the whole document, while its pages are drawn.
pub(super) struct Structure {
    tree: TagTree,
    heads: TagGroup,
    rows: TagGroup,
}

impl Structure {
    pub(super) fn new() -> Self {
        Self {
            tree: TagTree::new(),
            heads: TagGroup::new(Tag::THead),
            rows: TagGroup::new(Tag::TBody),
        }
    }

    /// Of nothing there is none.
    pub(super) fn heading(&mut self, title: &str, text: Option<Identifier>) {
        let Some(text) = text else { return };
        let tag = Tag::Hn(NonZeroU16::MIN, Some(title.to_owned()));
        self.tree.push(TagGroup::with_children(tag, vec![text.into()]));
    }

    /// Of nothing there is none.
    pub(super) fn paragraph(&mut self, texts: impl IntoIterator<Item = Identifier>) {
        let mut paragraph = TagGroup::new(Tag::P);
        let mut is_any = false;
        for text in texts {
            paragraph.push(text);
            is_any = true;
        }
        if is_any {
            self.tree.push(paragraph);
        }
    }

    /// Of the columns, on the first page.
    pub(super) fn heads(&mut self, heads: [Option<Identifier>; 4]) {
        let [Some(time), Some(what), Some(amount), Some(balance)] = heads else { return };
        let mut row = TagGroup::new(Tag::TR);
        for text in [time, what, amount, balance] {
            let tag = Tag::TH(TableHeaderScope::Column);
            row.push(TagGroup::with_children(tag, vec![text.into()]));
        }
        self.heads.push(row);
    }

    /// Of a balance, which has neither time nor amount, what it is goes over their columns: an
    /// empty cell would be none, and what is beside it would stand in another column.
    pub(super) fn row(
        &mut self,
        time: Option<Identifier>,
        what: Vec<Identifier>,
        amount: Option<Identifier>,
        balance: Identifier,
    ) {
        let cell = |text: Identifier| TagGroup::with_children(Tag::TD, vec![text.into()]);
        let what = what.into_iter().map(Into::into).collect();
        let mut row = TagGroup::new(Tag::TR);
        if let (Some(time), Some(amount)) = (time, amount) {
            row.push(cell(time));
            row.push(TagGroup::with_children(Tag::TD, what));
            row.push(cell(amount));
        } else {
            row.push(TagGroup::with_children(Tag::TD.with_col_span(BEFORE_BALANCE), what));
        }
        row.push(cell(balance));
        self.rows.push(row);
    }

    pub(super) fn into_tree(self) -> TagTree {
        let Self { mut tree, heads, rows } = self;
        tree.push(TagGroup::with_children(Tag::Table, vec![heads.into(), rows.into()]));
        tree
    }
}

/// Draws what is read. It has to be put into the structure, in one place.
pub(super) fn as_text<'a>(
    drawing: &mut Drawing<'a>,
    draw: impl FnOnce(&mut Drawing<'a>),
) -> Identifier {
    let text = drawing.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
    draw(drawing);
    drawing.surface.end_tagged();
    text
}

/// Draws what is not read.
pub(super) fn as_artifact<'a>(
    drawing: &mut Drawing<'a>,
    kind: ArtifactType,
    draw: impl FnOnce(&mut Drawing<'a>),
) {
    drawing.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
    draw(drawing);
    drawing.surface.end_tagged();
}
