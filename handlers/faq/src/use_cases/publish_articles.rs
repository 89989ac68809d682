//! A program is deployed: the articles that it brings become those that people read.

use aws_lc_rs::digest::{Context, SHA256};
use mysql_async::Error;
use service::database::{Database, now};

use crate::domain::{Article, INDEX_VERSION, postings, words};
use crate::store::publication::{self, Published};

/// Publishes these articles and no others, in one transaction: readers see all of it or nothing.
///
/// An article whose text, category, weight or relations changed gets the next version, and what
/// the one before said is kept. One that is not among them any more is withdrawn. What is there
/// already is not written again, so nothing happens if nothing is new.
///
/// # Errors
/// The database's.
pub async fn publish(database: &Database, articles: &[Article]) -> Result<(), Error> {
    let digest = digest(articles);
    let mut tx = database.begin().await?;
    if publication::lock_publication(&mut tx).await? == digest {
        return Ok(());
    }
    let published = publication::list_published(&mut tx).await?;
    let now = now();
    let mut article_ids = Vec::new();
    for article in articles {
        let slug = article.slug.as_str();
        let known = published.iter().find(|known| known.slug == slug);
        article_ids.push(match known {
            Some(known) if known.is_same(&article.digest()) => known.article_id,
            Some(known) => publication::update_article(&mut tx, known, article, now).await?,
            None => publication::insert_article(&mut tx, article, now).await?,
        });
    }
    let is_gone = |known: &&Published| !article_ids.contains(&known.article_id);
    for gone in published.iter().filter(is_gone) {
        publication::withdraw_article(&mut tx, gone.article_id).await?;
    }
    publication::replace_index(&mut tx, &postings(articles), &words(articles), &article_ids)
        .await?;
    publication::save_publication(&mut tx, &digest).await?;
    tx.commit().await?;
    tracing::info!(articles = articles.len(), "published");
    Ok(())
}

/// What tells these articles, in the form in which they are searched, from any others.
fn digest(articles: &[Article]) -> Vec<u8> {
    let mut digest = Context::new(&SHA256);
    digest.update(INDEX_VERSION.as_bytes());
    articles.iter().for_each(|article| digest.update(&article.digest()));
    digest.finish().as_ref().to_vec()
}
