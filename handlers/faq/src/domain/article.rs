//! An article: one file, three languages, as `README.md` of this service describes it.

use aws_lc_rs::digest::{Context, SHA256};
use values::Language;

use super::category::Category;
use super::figures;
use super::slug::Slug;

/// Characters of a title.
const TITLE_MAX: usize = 100;
/// Characters of a body.
const BODY_MAX: usize = 4_000;
/// Articles that one leads on to.
const RELATED_MAX: usize = 5;

/// What is published of an answer to a question.
#[derive(Debug, Clone)]
pub struct Article {
    pub(crate) slug: Slug,
    pub(crate) category: Category,
    /// The greater, the higher in lists.
    pub(crate) weight: u16,
    /// Those to read next, in this order.
    pub(crate) related: Vec<Slug>,
    /// One for each language, in their order.
    pub(crate) texts: Vec<Text>,
}

/// An article in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) language: Language,
    pub(crate) title: String,
    /// Words under which it is found and that do not stand in it.
    pub(crate) keywords: String,
    /// Paragraphs and lists, with an empty line between them.
    pub(crate) body: String,
}

/// A file is not an article.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct ArticleError {
    path: String,
    problem: String,
}

impl Article {
    /// The article of the file at `path`, `<category>/<slug>.md`.
    ///
    /// # Errors
    /// The first thing that is not as `README.md` asks.
    pub fn parse(path: &str, file: &str) -> Result<Self, ArticleError> {
        read(path, file).map_err(|problem| ArticleError { path: path.to_owned(), problem })
    }

    /// What tells it from any other article and version.
    pub(crate) fn digest(&self) -> Vec<u8> {
        let related = self.related_list();
        let weight = self.weight.to_string();
        let mut digest = Context::new(&SHA256);
        // No field has a control character but the line feeds of a body.
        let mut add = |field: &str| {
            digest.update(field.as_bytes());
            digest.update(b"\0");
        };
        [self.slug.as_str(), self.category.code(), &weight, &related]
            .into_iter()
            .for_each(&mut add);
        for Text { language, title, keywords, body } in &self.texts {
            [language.code(), title, keywords, body].into_iter().for_each(&mut add);
        }
        digest.finish().as_ref().to_vec()
    }

    /// The related slugs, as they are stored.
    pub(crate) fn related_list(&self) -> String {
        self.related.iter().map(Slug::as_str).collect::<Vec<&str>>().join(",")
    }
}

fn read(path: &str, file: &str) -> Result<Article, String> {
    let (folder, name) = path.split_once('/').ok_or("a file lies in the folder of its category")?;
    let category = Category::from_code(folder).ok_or("there is no such category")?;
    let slug = name.strip_suffix(".md").ok_or("a file's name ends in .md")?;
    let slug = slug.parse().map_err(|error: super::slug::SlugError| error.to_string())?;
    let mut parts = file.split("\n# ");
    let (weight, related) = front_matter(parts.next().unwrap_or_default())?;
    let mut texts = Vec::new();
    for language in Language::ALL {
        let part = parts.next().ok_or(format!("there is no part `# {}: …`", language.code()))?;
        texts.push(text(*language, part)?);
    }
    if parts.next().is_some() {
        return Err("there is a part too many".to_owned());
    }
    Ok(Article { slug, category, weight, related, texts })
}

/// The lines above the first title.
fn front_matter(lines: &str) -> Result<(u16, Vec<Slug>), String> {
    let mut lines = lines.lines();
    let mut next = |name: &str| {
        let line = lines.next().unwrap_or_default();
        line.strip_prefix(name).ok_or(format!("the line `{name}…` is missing"))
    };
    let weight = next("weight: ")?.parse().map_err(|_| "a weight is 0 to 65535")?;
    let related = next("related: ")?.split(", ").map(str::parse);
    let related: Result<Vec<Slug>, _> = related.collect();
    let related = related.map_err(|error| format!("related: {error}"))?;
    if related.len() > RELATED_MAX {
        return Err(format!("at most {RELATED_MAX} articles are related"));
    }
    Ok((weight, related))
}

/// `en: Title`, `keywords: …`, an empty line, and the body.
fn text(language: Language, part: &str) -> Result<Text, String> {
    let in_part = |problem: &str| format!("in {}: {problem}", language.code());
    let filled = figures::fill(part).map_err(|problem| in_part(&problem))?;
    let (head, body) = filled.split_once("\n\n").ok_or(in_part("there is no body"))?;
    let (title, keywords) = head.split_once("\nkeywords: ").ok_or(in_part("no keywords"))?;
    let title = title.strip_prefix(language.code()).and_then(|rest| rest.strip_prefix(": "));
    let title = title.ok_or(in_part("the languages come as en, zh-Hant, zh-Hans"))?;
    let body = body.trim_end_matches('\n');
    let is_within = |text: &str, most| (1..=most).contains(&text.chars().count());
    if !is_within(title, TITLE_MAX) || !is_within(body, BODY_MAX) {
        return Err(in_part("a title or body is empty or too long"));
    }
    let is_illegible = |c: char| is_invisible(c) || c.is_control() && c != '\n';
    if filled.chars().any(is_illegible) {
        return Err(in_part("a character is invisible"));
    }
    // Nothing of it is ever markup, wherever it is shown.
    if filled.contains(['<', '>', '&']) {
        return Err(in_part("<, > and & are not used"));
    }
    let [title, keywords, body] = [title, keywords, body].map(str::to_owned);
    Ok(Text { language, title, keywords, body })
}

/// Characters that change how others are read, or hide between them.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
weight: 90
related: wallet-limits, top-up

# en: How do I pay?
keywords: scan, code

Scan the code.

- It is quick.

# zh-Hant: 如何付款？
keywords: 掃描

掃描二維碼。

# zh-Hans: 如何付款？
keywords: 扫描

扫描二维码。
";

    #[test]
    fn a_file_is_an_article_in_three_languages() {
        let article = Article::parse("paying-shops/how-to-pay.md", FILE).unwrap();
        assert_eq!((article.slug.as_str(), article.weight), ("how-to-pay", 90));
        assert_eq!(article.related_list(), "wallet-limits,top-up");
        assert_eq!(article.texts[0].title, "How do I pay?");
        assert_eq!(article.texts[0].body, "Scan the code.\n\n- It is quick.");
        assert_eq!(article.texts[2].keywords, "扫描");
    }

    #[test]
    fn what_is_no_article_says_where() {
        let path = "paying-shops/how-to-pay.md";
        for (path, from, to, problem) in [
            ("how-to-pay.md", "", "", "folder of its category"),
            ("cooking/how-to-pay.md", "", "", "no such category"),
            ("paying-shops/How.md", "", "", "small letters"),
            (path, "weight: 90\n", "", "`weight: …`"),
            (path, "90", "heavy", "0 to 65535"),
            (path, "top-up", "Top up", "related: small letters"),
            (path, "# zh-Hans", "zh-Hans", "`# zh-Hans: …`"),
            (path, "# zh-Hant", "# fr", "in zh-Hant: the languages come as"),
            (path, "keywords: scan, code", "", "no keywords"),
            (path, "Scan", "Scan <b>", "<, > and &"),
            (path, "Scan", "Sc\u{200b}an", "invisible"),
            (path, "Scan", "Sc\u{202e}an", "invisible"),
            (path, "Scan", "Scan {no_such_figure}", "no_such_figure"),
            (path, "Scan", "Scan {", "in en: "),
        ] {
            let refused = Article::parse(path, &FILE.replace(from, to)).unwrap_err().to_string();
            assert!(refused.starts_with(path) && refused.contains(problem), "{refused}");
        }
        let long = FILE.replace("Scan the", &"Scan the ".repeat(500));
        let refused = Article::parse(path, &long).unwrap_err().to_string();
        assert!(refused.contains("too long"), "{refused}");
    }

    #[test]
    fn whatever_changes_of_an_article_changes_its_digest() {
        let digest = |path: &str, from: &str, to: &str| {
            Article::parse(path, &FILE.replace(from, to)).unwrap().digest()
        };
        let path = "paying-shops/how-to-pay.md";
        let same = digest(path, "", "");
        for (from, to) in [
            ("90", "91"),
            ("top-up", "withdraw"),
            ("pay?", "pay"),
            ("scan, code", "scan"),
            ("Scan the code", "Scan it"),
            ("扫描二维码", "扫码"),
        ] {
            assert_ne!(digest(path, from, to), same, "{from}");
        }
        assert_ne!(digest("problems/how-to-pay.md", "", ""), same);
        assert_eq!(digest(path, "", ""), same);
    }
}
