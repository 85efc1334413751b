//! The screens: lists in the order people work in, page by page, and how long they are.

use std::collections::VecDeque;

use mattoni_core::{Aggregate, Digest, DigestBuilder, Id, Refusal};
use mattoni_practice::access::{Role, see};
use mattoni_practice::{Practice, State};
use mattoni_store::{Cursor, Direction, Line, Loaded, Placed, Span, Spot, Store};
use serde::{Deserialize, Serialize};

use crate::names::{words, words_of};
use crate::practices::{DUE, MINE, NAME, STATE, in_state, is_draft, office, service};
use crate::{Counter, DeskError, PracticeLine};

/// The most rows of a page.
pub const MAX_ROWS: usize = 200;
/// Places read at a time, beyond what the page still lacks.
const SPARE: usize = 8;

/// A list that people work with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "screen")]
#[non_exhaustive]
pub enum Screen {
    /// The practices the subject is on as a citizen, latest first.
    Mine,
    /// Open work by the last day for the answer, most urgent first.
    Work {
        /// Whose work.
        within: Within,
    },
    /// A service's practices in a state, longest there first.
    InState {
        /// Code of the service.
        service: String,
        /// The state.
        state: State,
    },
    /// Practices that were submitted, by the applicant's name: all the words, whole or begun, in
    /// whatever order, with or without accents and capitals.
    Named {
        /// What was typed.
        name: String,
        /// Where to look.
        within: Within,
    },
}

/// Whose practices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Within {
    /// Those an office has in charge, by its code.
    Office(String),
    /// A service's, by its code.
    Service(String),
}

impl Within {
    fn bucket(&self) -> String {
        match self {
            Self::Office(code) => office(code),
            Self::Service(code) => service(code),
        }
    }
}

/// A page of a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScreenPage {
    /// The practices, as the subject sees them.
    pub practices: Vec<Practice>,
    /// What to hand back for the next page; `None` at the end.
    pub next: Option<Cursor>,
    /// Whether every practice there is can be in it.
    pub lists: Lists,
}

/// A page of a screen, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinesPage {
    /// What the subject may see of each practice in a list.
    pub lines: Vec<PracticeLine>,
    /// What to hand back for the next page; `None` at the end.
    pub next: Option<Cursor>,
    /// Whether every practice there is can be in it.
    pub lists: Lists,
}

/// Whether the lists are up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lists {
    /// They are.
    Complete,
    /// Some practices are not in them yet: see [`Desk::rebuild_lists`](crate::Desk::rebuild_lists).
    BeingRebuilt,
}

impl<S: Store> Counter<'_, S> {
    /// A page of the screen: up to `rows`, at least 1 and at most [`MAX_ROWS`], of what the
    /// subject may see, after `cursor`. Reading page after page shows none twice that stays where
    /// it is, whatever is committed meanwhile.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with `store.cursor.other-list` for the cursor of another screen or
    /// another subject; [`DeskError::Store`] when the machine fails.
    pub async fn screen(
        &self,
        screen: &Screen,
        cursor: Option<&Cursor>,
        rows: usize,
    ) -> Result<ScreenPage, DeskError> {
        self.shown_on(screen, cursor, rows.clamp(1, MAX_ROWS), self.lists().await?).await
    }

    async fn shown_on(
        &self,
        screen: &Screen,
        cursor: Option<&Cursor>,
        rows: usize,
        lists: Lists,
    ) -> Result<ScreenPage, DeskError> {
        let question = self.question(screen);
        let after = begin(cursor, question)?;
        let mut reading = self.reading(screen, after);
        let mut practices = Vec::new();
        let mut last = None;
        while practices.len() < rows {
            let wanted = rows - practices.len() + SPARE;
            match self.next_shown(screen, &mut reading, wanted).await? {
                Some((spot, practice)) => {
                    // Of a practice that is shown: no other may be told of.
                    last = Some(spot);
                    practices.push(practice);
                }
                None => return Ok(ScreenPage { practices, next: None, lists }),
            }
        }
        let next = last.map(|spot| Cursor::new(question, spot));
        Ok(ScreenPage { practices, next, lists })
    }

    /// The same page, told in lines: what a table of practices shows. Its cursors and those of
    /// [`screen`](Self::screen) go on from one another.
    ///
    /// Where the subject sees everything in the list, as an official does in the work of their
    /// office, no practice is read for it, and it costs the same wherever in a list of whatever
    /// length; otherwise it is made of the practices.
    ///
    /// # Errors
    /// As [`screen`](Self::screen); [`DeskError::Store`] when a line does not read.
    pub async fn lines(
        &self,
        screen: &Screen,
        cursor: Option<&Cursor>,
        rows: usize,
    ) -> Result<LinesPage, DeskError> {
        let rows = rows.clamp(1, MAX_ROWS);
        let lists = self.lists().await?;
        // Whatever was listed before there were lines has none until it is listed anew.
        let whole = self.counted_bucket(screen).filter(|_| lists == Lists::Complete);
        let Some((list, bucket)) = whole else {
            let page = self.shown_on(screen, cursor, rows, lists).await?;
            let lines = page.practices.iter().map(PracticeLine::of).collect();
            return Ok(LinesPage { lines, next: page.next, lists: page.lists });
        };
        let question = self.question(screen);
        let after = begin(cursor, question)?;
        let (store, ente, span) = (self.desk.store(), self.desk.ente(), Span::new(list, bucket));
        let page = store.lines(ente, Practice::KIND, &span, after.as_ref(), rows).await?;
        let more = page.len() == rows;
        let last = page.last().filter(|_| more).map(|line| line.spot.clone());
        let next = last.map(|spot| Cursor::new(question, spot));
        let lines = page.iter().map(read).collect::<Result<_, DeskError>>()?;
        Ok(LinesPage { lines, next, lists })
    }

    async fn lists(&self) -> Result<Lists, DeskError> {
        let behind = self.desk.lists_behind::<Practice>().await?;
        Ok(if behind == 0 { Lists::Complete } else { Lists::BeingRebuilt })
    }

    /// How many practices the screen shows over all its pages. Where the subject sees everything
    /// in the list this costs the same however many they are.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn size(&self, screen: &Screen) -> Result<u64, DeskError> {
        if let Some((list, bucket)) = self.counted_bucket(screen) {
            return self.desk.tally::<Practice>(list, &bucket).await;
        }
        let mut reading = self.reading(screen, None);
        let mut size = 0;
        while self.next_shown(screen, &mut reading, MAX_ROWS).await?.is_some() {
            size += 1;
        }
        Ok(size)
    }

    /// What a cursor is good for: this screen, for whoever reads it now.
    fn question(&self, screen: &Screen) -> Digest {
        // Texts and enums, which JSON always takes.
        let json = serde_json::to_vec(&(screen, &self.subject)).unwrap_or_default();
        DigestBuilder::new("mattoni.screen.v1").field(&json).finish()
    }

    fn reading(&self, screen: &Screen, after: Option<Spot>) -> Vec<Lane> {
        let spans = match screen {
            Screen::Mine => {
                let mut people: Vec<String> = self
                    .subject
                    .roles
                    .iter()
                    .filter_map(|role| match role {
                        Role::Citizen { person } => Some(person.to_string()),
                        _ => None,
                    })
                    .collect();
                people.sort_unstable();
                people.dedup();
                people.into_iter().map(|who| Span::new(MINE, who).downwards()).collect()
            }
            Screen::Work { within } => vec![Span::new(DUE, within.bucket())],
            Screen::InState { service, state } => {
                vec![Span::new(STATE, in_state(service, *state))]
            }
            Screen::Named { name, within } => {
                // The longest word is as a rule the rarest.
                let word = words(name).into_iter().max_by_key(String::len);
                word.iter()
                    .map(|word| Span::new(NAME, within.bucket()).beginning_with(word))
                    .collect()
            }
        };
        let lane = |span| Lane { span, read: VecDeque::new(), after: after.clone(), ended: false };
        spans.into_iter().map(lane).collect()
    }

    async fn next_shown(
        &self,
        screen: &Screen,
        lanes: &mut [Lane],
        wanted: usize,
    ) -> Result<Option<(Spot, Practice)>, DeskError> {
        loop {
            for lane in lanes.iter_mut().filter(|lane| lane.read.is_empty() && !lane.ended) {
                self.fill(lane, wanted).await?;
            }
            let Some(placed) = first(lanes) else { return Ok(None) };
            let loaded: Loaded<Practice> = Loaded::read(&placed.state)?;
            let shows = see(&self.subject, &loaded.state)
                .is_some_and(|seen| fits(screen, &seen, &placed.sort));
            if shows && let Some(practice) = self.shown(loaded.state) {
                return Ok(Some((placed.spot(), practice)));
            }
        }
    }

    async fn fill(&self, lane: &mut Lane, wanted: usize) -> Result<(), DeskError> {
        let (store, ente) = (self.desk.store(), self.desk.ente());
        let after = lane.after.as_ref();
        let page = store.page(ente, Practice::KIND, &lane.span, after, wanted).await?;
        lane.ended = page.len() < wanted;
        lane.after = page.last().map(Placed::spot).or(lane.after.take());
        lane.read = page.into();
        Ok(())
    }

    /// The bucket that holds exactly what the subject sees of the screen.
    fn counted_bucket(&self, screen: &Screen) -> Option<(&'static str, String)> {
        match screen {
            // No draft is in it.
            Screen::Work { within } if self.sees_all_within(within) => Some((DUE, within.bucket())),
            Screen::InState { service, state } if self.sees_all_in(service, *state) => {
                Some((STATE, in_state(service, *state)))
            }
            _ => None,
        }
    }

    /// Whether the subject sees every practice of the office or service that was submitted.
    fn sees_all_within(&self, within: &Within) -> bool {
        self.roles_here().any(|role| match (role, within) {
            (Role::Auditor | Role::System, _) => true,
            (
                Role::Operator { offices, .. } | Role::OfficeHead { offices, .. },
                Within::Office(code),
            ) => offices.contains(code),
            (
                Role::Operator { services, .. } | Role::OfficeHead { services, .. },
                Within::Service(code),
            ) => services.contains(code),
            _ => false,
        })
    }

    /// Whether the subject sees every practice of the service in this state.
    pub(super) fn sees_all_in(&self, service: &str, state: State) -> bool {
        match state {
            State::Draft | State::Expired => self.roles_here().any(|role| *role == Role::System),
            _ => self.sees_all_within(&Within::Service(service.to_owned())),
        }
    }

    /// The roles the subject has in this ente.
    fn roles_here(&self) -> impl Iterator<Item = &Role> {
        let here = self.subject.ente == *self.desk.ente();
        self.subject.roles.iter().filter(move |_| here)
    }
}

/// Where a page begins after.
fn begin(cursor: Option<&Cursor>, question: Digest) -> Result<Option<Spot>, DeskError> {
    let after = cursor.map(|cursor| cursor.spot(question)).transpose();
    after.map_err(|refusal| DeskError::Refused(refusal.problems()))
}

/// What a list tells of a practice.
fn read(line: &Line) -> Result<PracticeLine, DeskError> {
    PracticeLine::read(Id::from_u128(line.spot.id.as_u128()), &line.text).map_err(|e| {
        let kind = mattoni_store::ErrorKind::Unreadable;
        let unreadable = mattoni_store::Error::new(kind, "failed to read a line of a list");
        DeskError::Store(unreadable.with("practice", line.spot.id).caused_by(e))
    })
}

/// One of the buckets that a screen is read from.
struct Lane {
    span: Span,
    read: VecDeque<Placed>,
    after: Option<Spot>,
    ended: bool,
}

/// The next place of all lanes; one that several have comes once.
fn first(lanes: &mut [Lane]) -> Option<Placed> {
    let direction = lanes.first()?.span.direction;
    let heads = lanes.iter().filter_map(|lane| lane.read.front()).map(Placed::spot);
    let next = match direction {
        Direction::Up => heads.min(),
        Direction::Down => heads.max(),
    }?;
    let mut first: Option<Placed> = None;
    for lane in lanes {
        if lane.read.front().is_some_and(|placed| placed.spot() == next) {
            // Read at two times, it may stand at two versions.
            let candidates = first.into_iter().chain(lane.read.pop_front());
            first = candidates.max_by_key(|placed| placed.state.version);
        }
    }
    first
}

/// Whether the place at `sort` is where the screen shows the practice.
fn fits(screen: &Screen, practice: &Practice, sort: &str) -> bool {
    let Screen::Named { name, .. } = screen else { return true };
    let (asked, has) = (words(name), words_of(practice.applicant()));
    let Some(longest) = asked.iter().max_by_key(|word| word.len()) else { return false };
    // Where two words of the name begin alike, the practice is shown at the first. In a sealed
    // store it has one place for both, which says no word.
    let first = has.iter().find(|word| word.starts_with(longest.as_str()));
    !is_draft(practice)
        && first.is_some_and(|word| word == sort || !has.iter().any(|word| word == sort))
        && asked.iter().all(|word| has.iter().any(|of| of.starts_with(word.as_str())))
}
