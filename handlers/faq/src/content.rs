//! What a program can check of the articles themselves.

use std::collections::{BTreeMap, BTreeSet};

use values::simplified;

use crate::domain::{Article, Category, figure_names};
use crate::{FILES, articles};

/// Simplified forms that Traditional Chinese uses too, in other words or in these.
const OF_BOTH_SCRIPTS: &str = "佣准出制即只台合同向回增家才每清真系群致表面";

/// The three parts of a file as they are written: figures are names.
fn parts(file: &str) -> Vec<&str> {
    file.split("\n# ").skip(1).collect()
}

/// The names of the figures in a text, each as often as it stands there.
fn figures(text: &str) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for name in text.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
        let count: &mut usize = counts.entry(name).or_default();
        *count = count.saturating_add(1);
    }
    counts
}

/// The lines of a body by what they are: a line of a list, another one, or none.
fn structure(part: &str) -> Vec<&'static str> {
    let kind = |line: &str| match line.split_once(' ') {
        None if line.is_empty() => "",
        Some(("-", _)) => "-",
        Some((number, _))
            if number.strip_suffix('.').is_some_and(|it| it.parse::<u8>().is_ok()) =>
        {
            "1."
        }
        _ => "text",
    };
    part.trim_end().lines().skip(2).map(kind).collect()
}

fn text(article: &Article, language: usize) -> String {
    let text = &article.texts[language];
    [text.title.as_str(), &text.keywords, &text.body].join("\n")
}

#[test]
fn there_are_articles_of_every_category_and_each_leads_on_to_others() {
    let articles = articles().unwrap();
    assert!(articles.len() >= 40, "{}", articles.len());
    let slugs: BTreeSet<&str> = articles.iter().map(|article| article.slug.as_str()).collect();
    assert_eq!(slugs.len(), articles.len(), "a slug stands in two categories");
    for category in Category::ALL {
        assert!(articles.iter().any(|article| article.category == *category), "{category:?}");
    }
    for article in &articles {
        let slug = article.slug.as_str();
        let related: BTreeSet<&str> = article.related.iter().map(|one| one.as_str()).collect();
        assert_eq!(related.len(), article.related.len(), "{slug} names one twice");
        assert!(!related.contains(slug), "{slug} leads to itself");
        let unknown: Vec<&&str> = related.difference(&slugs).collect();
        assert!(unknown.is_empty(), "{slug} leads to {unknown:?}");
        assert!(related.len() >= 2, "{slug} leads to too few");
    }
}

#[test]
fn no_figure_stands_in_an_article_but_by_its_name_and_each_is_used() {
    let mut used = BTreeSet::new();
    for (path, file) in FILES {
        for part in parts(file) {
            used.extend(figures(part).into_keys());
            let mut rest = part.to_owned();
            for name in figures(part).keys() {
                rest = rest.replace(&format!("{{{name}}}"), "");
            }
            for line in rest.lines() {
                let words = line.split_once(". ").filter(|(number, _)| number.len() == 1);
                let words = words.map_or(line, |(_, words)| words);
                let digit = words.contains(|c: char| c.is_numeric() && !('一'..='龥').contains(&c));
                assert!(!digit, "{path}: {line:?}: give the figure a name in figures/table.rs");
            }
        }
    }
    let unused: Vec<&str> = figure_names().filter(|name| !used.contains(name)).collect();
    assert!(unused.is_empty(), "no article names {unused:?}");
}

#[test]
fn the_three_languages_say_the_same_figures_and_have_the_same_lists() {
    for (path, file) in FILES {
        let parts = parts(file);
        for part in &parts {
            assert_eq!(figures(part), figures(parts[0]), "{path}: {part}");
            let count = |it: &str| structure(part).iter().filter(|kind| **kind == it).count();
            let first = |it: &str| structure(parts[0]).iter().filter(|kind| **kind == it).count();
            for kind in ["", "-", "1.", "text"] {
                assert_eq!(count(kind), first(kind), "{path}: {kind:?} in {part}");
            }
            // A list has an empty line before and after it.
            let structure = structure(part);
            for pair in structure.windows(2).filter(|pair| !pair.contains(&"")) {
                assert!(pair[0] == pair[1] && pair[0] != "text", "{path}: {part}");
            }
        }
    }
}

#[test]
fn each_script_has_its_own_characters_and_its_own_way_to_say_you() {
    let both: BTreeSet<char> = OF_BOTH_SCRIPTS.chars().collect();
    let simplified_forms: BTreeSet<char> = ('\u{3400}'..='\u{9fff}')
        .map(simplified)
        .zip('\u{3400}'..='\u{9fff}')
        .filter(|(form, written)| form != written)
        .map(|(form, _)| form)
        .collect();
    for article in articles().unwrap() {
        let slug = article.slug.as_str();
        let [traditional, simple] = [1, 2].map(|language| text(&article, language));
        let wrong =
            traditional.chars().filter(|c| simplified_forms.contains(c) && !both.contains(c));
        assert_eq!(wrong.collect::<String>(), "", "{slug}, zh-Hant");
        let wrong = simple.chars().filter(|c| simplified(*c) != *c);
        assert_eq!(wrong.collect::<String>(), "", "{slug}, zh-Hans");
        assert!(!traditional.contains('您') && !simple.contains('你'), "{slug}");
    }
}
