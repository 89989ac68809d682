//! A member of staff reads an application with what is sealed of it. The trail tells of each such
//! look, before anything is shown.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::Serialize;
use service::database::now;
use service::{Error, Id, Staff, Versioned};
use utoipa::ToSchema;
use values::{ApplicationId, ContentType, DocumentId, Timestamp};

use super::act_on_application::{Word, act_on, lock};
use super::list_reviews::ReviewItemBody;
use crate::domain::{
    Act, Actor, Application, ApplicationStatus, Deed, Details, Document, Finding, ListSource,
    NO_APPLICATION, Outcome,
};
use crate::store::screening::{ComparedList, StoredHit};
use crate::store::trail::TrailLine;
use crate::{App, store};

/// Lines of the trail and hits that are shown at most.
const LINES_MAX: u32 = 200;
const HITS_MAX: u32 = 100;
/// How many of them wait for Key Vault at once.
const HITS_AT_ONCE: usize = 16;

/// An application, and all by which it is decided.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewBody {
    application: ReviewItemBody,
    /// What the applicant says; null once it was deleted.
    details: Option<Details>,
    /// The upload that counts.
    document: Option<ReviewDocumentBody>,
    /// Of a business: what its owner calls it, and its category.
    shop: Option<ReviewShopBody>,
    /// The lists that its names were compared with, one of each source.
    lists: Vec<ComparedListBody>,
    /// Entries of lists that a name is like.
    hits: Vec<ScreeningHitBody>,
    /// What was done, the oldest first.
    trail: Vec<ReviewTrailLineBody>,
}

/// What was uploaded.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewDocumentBody {
    document_id: DocumentId,
    content_type: ContentType,
    /// In bytes.
    content_length: u64,
    announced_at: Timestamp,
    /// What has read it; null until then.
    engine: Option<String>,
    /// Why it was not read; null if it was.
    failure: Option<String>,
    /// What kind of document it is, as it was read.
    document_type: Option<String>,
    /// What was read of it; empty if nothing was, or once it was deleted.
    fields: BTreeMap<String, ReviewFieldBody>,
}

/// A field, as it was read.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewFieldBody {
    value: String,
    /// How sure the engine is, in thousandths.
    confidence: u16,
    /// Whether a check digit or a second place on the document agrees.
    is_confirmed: bool,
}

/// A business, as payers see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewShopBody {
    shop_name: String,
    category_code: String,
    is_closed: bool,
}

/// A list that names were compared with.
#[derive(Serialize, ToSchema)]
pub(crate) struct ComparedListBody {
    source: ListSource,
    list_version: u32,
    imported_at: Timestamp,
}

/// An entry of a list that a name is like.
#[derive(Serialize, ToSchema)]
pub(crate) struct ScreeningHitBody {
    /// The newest of the lists on which it was found.
    list_version: u32,
    /// As the list numbers the entry.
    reference: String,
    entry_name: String,
    program: String,
    /// In thousandths.
    score: u16,
    found_at: Timestamp,
    /// When it was decided that this is somebody else; null if nobody has.
    cleared_at: Option<Timestamp>,
}

/// What was done, by whom and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewTrailLineBody {
    done_at: Timestamp,
    /// `applicant`, `service` or `staff`.
    actor: String,
    actor_name: Option<String>,
    deed: Deed,
    from: Option<ApplicationStatus>,
    to: ApplicationStatus,
    findings: Vec<Finding>,
    note: Option<String>,
    document_id: Option<DocumentId>,
    /// The newest of the lists that names had been compared with; it stands for all.
    list_version: Option<u32>,
    engine: Option<String>,
    rules: String,
}

pub(crate) async fn read_review(
    app: App,
    Id(id): Id<ApplicationId>,
    by: Staff,
) -> Result<Versioned<ReviewBody>, Error> {
    by.require_reviewing()?;
    let mut tx = app.database.begin().await?;
    let mut locked = lock(&mut tx, id).await?.ok_or(NO_APPLICATION)?;
    let actor = Actor::Staff(by.staff_id, by.name.clone());
    act_on(&app, &mut tx, &mut locked, &Act::Look, &Word::of(&actor, now())).await?;
    tx.commit().await?;
    let application = locked.application;
    let body = show(&app, &application).await?;
    Ok(Versioned { version: application.version, body })
}

async fn show(app: &App, application: &Application) -> Result<ReviewBody, Error> {
    let id = application.id;
    let mut conn = app.database.conn().await?;
    let sealed = store::applications::find_details(&mut conn, id).await?;
    let document = match application.document_id {
        Some(document_id) => store::documents::find_document(&mut conn, document_id).await?,
        None => None,
    };
    let business = match application.business_id {
        Some(business_id) => store::people::find_business(&mut conn, business_id).await?,
        None => None,
    };
    let hits = store::screening::list_hits(&mut conn, id, HITS_MAX).await?;
    let lists = match application.list_version {
        Some(version) => store::screening::list_counting(&mut conn, version).await?,
        None => Vec::new(),
    };
    let trail = store::trail::list_lines(&mut conn, id, LINES_MAX).await?;
    drop(conn);
    let hits = stream::iter(hits).map(|hit| show_hit(app, id, hit));
    let hits = hits.buffered(HITS_AT_ONCE).try_collect().await?;
    let details = match sealed {
        Some(sealed) => Some(app.personal_data.open_details(id, &sealed.details).await?),
        None => None,
    };
    let document = match document {
        Some(document) => Some(show_document(app, document).await?),
        None => None,
    };
    Ok(ReviewBody {
        application: application.into(),
        details,
        document,
        shop: business.map(|business| ReviewShopBody {
            shop_name: business.shop_name,
            category_code: business.category_code,
            is_closed: business.is_closed,
        }),
        lists: lists.into_iter().map(ComparedListBody::from).collect(),
        hits,
        trail: trail.into_iter().map(ReviewTrailLineBody::from).collect(),
    })
}

async fn show_document(app: &App, document: Document) -> Result<ReviewDocumentBody, Error> {
    let (reading, failure) = match &document.outcome {
        Some(Outcome::Read(sealed)) => {
            (app.personal_data.open_reading(document.id, sealed).await?, None)
        }
        Some(Outcome::Failed(code)) => (None, Some(code.clone())),
        Some(Outcome::Differs) => (None, Some(Finding::DocumentDiffers.code().to_owned())),
        None => (None, None),
    };
    let (document_type, fields) = reading.map(|reading| (reading.document, reading.fields)).unzip();
    let fields = fields.unwrap_or_default().into_iter().map(|(name, field)| {
        let events::ocr::FieldV1 { value, confidence, is_confirmed } = field;
        (name, ReviewFieldBody { value, confidence, is_confirmed })
    });
    Ok(ReviewDocumentBody {
        document_id: document.id,
        content_type: document.announced.content_type,
        content_length: document.announced.content_length,
        announced_at: document.asked_at.into(),
        engine: document.engine,
        failure,
        document_type,
        fields: fields.collect(),
    })
}

impl From<ComparedList> for ComparedListBody {
    fn from(list: ComparedList) -> Self {
        let ComparedList { source, version: list_version, imported_at } = list;
        Self { source, list_version, imported_at: imported_at.into() }
    }
}

async fn show_hit(app: &App, id: ApplicationId, hit: StoredHit) -> Result<ScreeningHitBody, Error> {
    let StoredHit { list_version, entry_index, entry, score, found_at, cleared_at } = hit;
    let entry = app.personal_data.open_entry(id, &entry_index, &entry).await?;
    Ok(ScreeningHitBody {
        list_version,
        reference: entry.id,
        entry_name: entry.name,
        program: entry.program,
        score,
        found_at: found_at.into(),
        cleared_at: cleared_at.map(Timestamp::from),
    })
}

impl From<TrailLine> for ReviewTrailLineBody {
    fn from(line: TrailLine) -> Self {
        Self {
            done_at: line.done_at.into(),
            actor: line.actor,
            actor_name: line.actor_name,
            deed: line.deed,
            from: line.from,
            to: line.to,
            findings: line.findings,
            note: line.note,
            document_id: line.document_id,
            list_version: line.list_version,
            engine: line.engine,
            rules: line.rules,
        }
    }
}
