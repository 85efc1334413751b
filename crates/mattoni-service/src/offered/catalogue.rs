//! The catalogue: how services are found, by officials and by citizens.

use std::collections::BTreeSet;

use mattoni_core::record::{List, ListEntry, Personal, Projection, Question, Span, Spans, Subject};
use mattoni_core::search_words;
use serde::{Deserialize, Serialize};

use super::OfferedService;
use crate::{Category, Publication, ServiceSource, Sheet};

/// Services by title, in the buckets [`ALL_SERVICES`], `category/…`, `life-event/…`, `topic/…`,
/// `office/…`.
pub const CATALOGUE: List = List::plain("catalogue");
/// Services by each word of their title and short description, in the bucket [`ALL_SERVICES`].
pub const WORDS: List = List::plain("words");
/// The bucket of every service.
pub const ALL_SERVICES: &str = "all";

pub(super) const LISTS: &[List] = &[CATALOGUE, WORDS];

/// What lists show of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[not_personal]
pub struct CatalogueRow {
    /// Its code.
    pub code: String,
    /// The newest published version, or the newest draft where nothing is published.
    pub version: u32,
    /// Whether that version is published.
    pub published: bool,
    /// Its title.
    pub title: String,
    /// Its short description.
    pub short_description: String,
    /// Its category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
}

impl OfferedService {
    /// The version that lists show: the newest that is published, else the newest draft.
    pub(super) fn listed(&self) -> Option<&ServiceSource> {
        self.published().last().or_else(|| self.versions.values().last())
    }

    pub(super) fn catalogue_row(&self) -> CatalogueRow {
        let source = self.listed();
        let sheet = source.map(|source| &source.sheet);
        let text = |text: Option<&String>| text.cloned().unwrap_or_default();
        CatalogueRow {
            code: self.code.clone(),
            version: source.map_or(0, |source| source.version),
            published: source.is_some_and(|source| source.publication == Publication::Published),
            title: text(sheet.map(|sheet| &sheet.title)),
            short_description: text(sheet.map(|sheet| &sheet.short_description)),
            category: sheet.and_then(|sheet| sheet.category),
        }
    }

    pub(super) fn projected(&self) -> Projection {
        let Some(source) = self.listed() else { return Projection::new() };
        let sheet = &source.sheet;
        let title = sort_title(&sheet.title);
        let entry = |bucket: String| ListEntry::new(CATALOGUE, bucket, &title).with_row();
        let category = sheet.category.map(|category| bucket("category", category.code()));
        let events = sheet.life_events.iter().map(|event| bucket("life-event", event));
        let topics = sheet.topics.iter().map(|topic| bucket("topic", topic));
        let buckets: BTreeSet<String> = category
            .into_iter()
            .chain(events)
            .chain(topics)
            .chain(office_of(sheet).map(|office| bucket("office", &office)))
            .chain([ALL_SERVICES.to_owned()])
            .collect();
        let words = words_of(sheet);
        Projection::new()
            .entries(buckets.into_iter().map(entry))
            .entries(words.iter().map(|word| ListEntry::new(WORDS, ALL_SERVICES, word)))
    }
}

/// The words of a text, those that an article is joined to (*l'anagrafe*) by themselves.
fn words(text: &str) -> Vec<String> {
    search_words(&text.replace(['\'', '\u{2019}'], " "))
}

fn words_of(sheet: &Sheet) -> Vec<String> {
    words(&format!("{} {}", sheet.title, sheet.short_description))
}

fn bucket(what: &str, term: &str) -> String {
    format!("{what}/{term}")
}

/// The responsible office as it is looked for: without capitals and accents.
fn office_of(sheet: &Sheet) -> Option<String> {
    sheet.responsible.as_ref().map(|responsible| sort_title(&responsible.office))
}

/// Titles in the order in which people read them: without capitals and accents.
fn sort_title(title: &str) -> String {
    mattoni_core::plain_letters(title)
}

/// A question about the catalogue: all services, or those of a category, a life event, a topic, an
/// office, or with certain words in title or description.
///
/// ```
/// use mattoni_service::{Category, InCatalogue};
///
/// let schools = InCatalogue::new().category(Category::Education);
/// let nurseries = InCatalogue::new().words("nidi infanzia");
/// assert_ne!(schools, nurseries);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InCatalogue {
    /// Of this category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Of this life event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub life_event: Option<String>,
    /// Of this topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// For which this office is responsible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// Whose title or short description has words that begin like these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
}

impl InCatalogue {
    /// Every service.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Of this category (*categoria*).
    #[must_use]
    pub fn category(mut self, category: Category) -> Self {
        self.category = Some(category);
        self
    }

    /// Of this life event (*evento della vita*).
    #[must_use]
    pub fn life_event(mut self, event: impl Into<String>) -> Self {
        self.life_event = Some(event.into());
        self
    }

    /// Of this topic (*argomento*).
    #[must_use]
    pub fn topic(mut self, topic: impl Into<String>) -> Self {
        self.topic = Some(topic.into());
        self
    }

    /// For which this office is responsible (*unità organizzativa responsabile*), by the name that
    /// the sheet gives it; capitals and accents do not matter.
    #[must_use]
    pub fn office(mut self, office: &str) -> Self {
        self.office = Some(sort_title(office));
        self
    }

    /// With these words, or words that begin like them.
    #[must_use]
    pub fn words(mut self, text: &str) -> Self {
        self.words = words(text);
        self
    }
}

impl Question<OfferedService> for InCatalogue {
    fn spans(&self, _: &Subject) -> Spans {
        let catalogue = |bucket: String| Span::new(CATALOGUE, bucket);
        let span = match self {
            Self { words, .. } if !words.is_empty() => {
                Span::new(WORDS, ALL_SERVICES).beginning_with(&words[0])
            }
            Self { life_event: Some(event), .. } => catalogue(bucket("life-event", event)),
            Self { topic: Some(topic), .. } => catalogue(bucket("topic", topic)),
            Self { office: Some(office), .. } => catalogue(bucket("office", office)),
            Self { category: Some(category), .. } => catalogue(bucket("category", category.code())),
            _ => catalogue(ALL_SERVICES.to_owned()),
        };
        Spans::Of(vec![span])
    }

    fn picks(&self, seen: &OfferedService, sort: &str) -> bool {
        let Some(source) = seen.listed() else { return false };
        let sheet = &source.sheet;
        let there = words_of(sheet);
        let has = |word: &String| there.iter().any(|there| there.starts_with(word.as_str()));
        // A service with two words that begin alike is found once, at the first of them.
        let first = self.words.first().is_none_or(|word| {
            sort.is_empty()
                || there
                    .iter()
                    .find(|there| there.starts_with(word.as_str()))
                    .is_some_and(|w| w == sort)
        });
        first
            && self.category.is_none_or(|wanted| sheet.category == Some(wanted))
            && self.life_event.as_ref().is_none_or(|wanted| sheet.life_events.contains(wanted))
            && self.topic.as_ref().is_none_or(|wanted| sheet.topics.contains(wanted))
            && self.office.as_ref().is_none_or(|wanted| office_of(sheet).as_ref() == Some(wanted))
            && self.words.iter().all(has)
    }
}
